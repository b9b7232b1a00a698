// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-launch: launches an SNP guest of one page and one vCPU with nothing but
 * ioctls, and says how each step ended.
 *
 * usage: snp-launch [--look] [--repeat N] [STEP ERRNO FIRMWARE-ERROR]
 *
 * Without a STEP all have to succeed, and the guest has to ask for its end.
 * With one, that step has to fail so, and the guest is torn down as it is.
 * FIRMWARE-ERROR is a number as KVM returns it.  With --repeat it has to fail in
 * one of N rounds.  --look gives the harness an opportunity to look at the guest.
 *
 * example: snp-launch LAUNCH_UPDATE EIO 0x16
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm.h>

#define PAGE		4096
#define RESET_PAGE	0xfffff000ull	/* of the reset vector */
#define POLICY		0x30000		/* SMT, and the bit that must be one */
#define GHCB_TERMINATE	0x100

#define HOLD_LEAF	0x534e5048	/* tools/snp-model/hold.c */
#define MARK_LOOK	3

static const struct {
	const char *name;
	int value;
} errnos[] = {
	{ "EIO", EIO }, { "EBUSY", EBUSY }, { "EINVAL", EINVAL }, { "ENOTTY", ENOTTY },
	{ "EFAULT", EFAULT }, { "ENOMEM", ENOMEM }, { "ENODEV", ENODEV }, { "EPERM", EPERM },
	{ "ETIMEDOUT", ETIMEDOUT }, { "EBADF", EBADF }, { "ENXIO", ENXIO },
};

/*
 * At the page's start, where the jump at the reset vector leads:
 * GHCB MSR := termination request; VMGEXIT.
 */
static const unsigned char guest_code[] = {
	0x66, 0xb9, 0x30, 0x01, 0x01, 0xc0,		/* mov $0xc0010130, %ecx */
	0x66, 0xb8, GHCB_TERMINATE & 0xff, GHCB_TERMINATE >> 8, 0, 0,	/* mov ..., %eax */
	0x66, 0x31, 0xd2,				/* xor %edx, %edx */
	0x0f, 0x30,					/* wrmsr */
	0xf3, 0x0f, 0x01, 0xd9,				/* vmgexit */
	0xf4,						/* hlt */
};
static const unsigned char reset_vector[] = { 0xe9, 0x0d, 0xf0 };	/* jmp to the start */
#define RESET_VECTOR	0xff0

struct guest {
	int kvm, vm, sev, memory, vcpu;
	unsigned char *page;	/* what is measured */
	uint32_t fw_error;
	struct kvm_run *run;
	size_t run_size;
};

static int sev(struct guest *g, uint32_t id, void *data)
{
	struct kvm_sev_cmd cmd = {
		.id = id,
		.data = (uintptr_t)data,
		.sev_fd = g->sev,
	};
	int ret = ioctl(g->vm, KVM_MEMORY_ENCRYPT_OP, &cmd);

	g->fw_error = cmd.error;
	return ret;
}

static int create_vm(struct guest *g)
{
	g->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g->kvm < 0)
		return -1;
	g->vm = ioctl(g->kvm, KVM_CREATE_VM, KVM_X86_SNP_VM);
	return g->vm;
}

static int init2(struct guest *g)
{
	struct kvm_sev_init init = { };

	g->sev = open("/dev/sev", O_RDWR | O_CLOEXEC);
	return g->sev < 0 ? -1 : sev(g, KVM_SEV_INIT2, &init);
}

static int add_memory(struct guest *g)
{
	struct kvm_create_guest_memfd memfd = { .size = PAGE };
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = RESET_PAGE,
		.memory_size = PAGE,
	};
	struct kvm_memory_attributes private = {
		.address = RESET_PAGE,
		.size = PAGE,
		.attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};

	g->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g->page == MAP_FAILED)
		return -1;
	memcpy(g->page, guest_code, sizeof(guest_code));
	memcpy(g->page + RESET_VECTOR, reset_vector, sizeof(reset_vector));

	g->memory = ioctl(g->vm, KVM_CREATE_GUEST_MEMFD, &memfd);
	if (g->memory < 0)
		return -1;
	region.guest_memfd = g->memory;
	region.userspace_addr = (uintptr_t)g->page;
	return ioctl(g->vm, KVM_SET_USER_MEMORY_REGION2, &region) ?:
	       ioctl(g->vm, KVM_SET_MEMORY_ATTRIBUTES, &private);
}

static int add_vcpu(struct guest *g)
{
	int size = ioctl(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	g->vcpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	if (g->vcpu < 0 || size < 0)
		return -1;
	g->run_size = size;
	g->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	return g->run == MAP_FAILED ? -1 : 0;
}

static int launch_start(struct guest *g)
{
	struct kvm_sev_snp_launch_start start = { .policy = POLICY };

	return sev(g, KVM_SEV_SNP_LAUNCH_START, &start);
}

static int launch_update(struct guest *g)
{
	struct kvm_sev_snp_launch_update update = {
		.gfn_start = RESET_PAGE / PAGE,
		.uaddr = (uintptr_t)g->page,
		.len = PAGE,
		.type = KVM_SEV_SNP_PAGE_TYPE_NORMAL,
	};

	return sev(g, KVM_SEV_SNP_LAUNCH_UPDATE, &update);
}

static int launch_finish(struct guest *g)
{
	struct kvm_sev_snp_launch_finish finish = { };

	return sev(g, KVM_SEV_SNP_LAUNCH_FINISH, &finish);
}

static int run_guest(struct guest *g)
{
	const struct kvm_run *run = g->run;

	if (ioctl(g->vcpu, KVM_RUN, 0))
		return -1;
	if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
	    run->system_event.type == KVM_SYSTEM_EVENT_SEV_TERM &&
	    run->system_event.data[0] == GHCB_TERMINATE)
		return 0;
	printf("# exit reason %u, type %u, data %#llx\n", run->exit_reason,
	       run->system_event.type, (unsigned long long)run->system_event.data[0]);
	errno = ENXIO;
	return -1;
}

static const struct step {
	const char *name;
	int (*take)(struct guest *g);
} steps[] = {
	{ "CREATE_VM", create_vm },
	{ "INIT2", init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", add_vcpu },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE", launch_update },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", run_guest },
};

struct failure {
	const char *step;	/* NULL: none */
	int error;
	uint32_t fw_error;
};

static void destroy(struct guest *g)
{
	int fds[] = { g->vcpu, g->memory, g->vm, g->kvm, g->sev };

	if (g->run && g->run != MAP_FAILED)
		munmap(g->run, g->run_size);
	if (g->page && g->page != MAP_FAILED)
		munmap(g->page, PAGE);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void look(void)
{
	unsigned int eax, ebx, ecx, edx;

	__cpuid_count(HOLD_LEAF, MARK_LOOK, eax, ebx, ecx, edx);
}

/* The first step that fails, or none. */
static struct failure launch(bool looked_at)
{
	struct guest g = { .kvm = -1, .vm = -1, .sev = -1, .memory = -1, .vcpu = -1 };
	struct failure failure = { };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !failure.step; i++) {
		g.fw_error = 0;
		if (steps[i].take(&g) < 0)
			failure = (struct failure){ steps[i].name, errno, g.fw_error };
	}
	if (looked_at)
		look();
	destroy(&g);
	return failure;
}

static const char *name_of(int error)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(*errnos); i++)
		if (errnos[i].value == error)
			return errnos[i].name;
	return strerror(error);
}

static bool same(const struct failure *a, const struct failure *b)
{
	if (!a->step || !b->step)
		return a->step == b->step;
	return !strcmp(a->step, b->step) && a->error == b->error && a->fw_error == b->fw_error;
}

static void tell(const char *what, const struct failure *f)
{
	if (f->step)
		printf("%s: %s fails with %s, firmware error %#x\n", what, f->step,
		       name_of(f->error), f->fw_error);
	else
		printf("%s: every step succeeds\n", what);
}

static int usage(void)
{
	fprintf(stderr, "usage: snp-launch [--look] [--repeat N] [STEP ERRNO FIRMWARE-ERROR]\n");
	return 2;
}

static bool parse_failure(char **words, struct failure *f)
{
	f->step = words[0];
	for (size_t i = 0; i < sizeof(errnos) / sizeof(*errnos); i++)
		if (!strcmp(errnos[i].name, words[1]))
			f->error = errnos[i].value;
	f->fw_error = strtoul(words[2], NULL, 0);
	return f->error;
}

int main(int argc __attribute__((unused)), char **argv)
{
	struct failure wanted = { }, seen = { };
	bool looked_at = false;
	long rounds = 1, i;

	for (argv++; *argv && **argv == '-'; argv++) {
		if (!strcmp(*argv, "--look"))
			looked_at = true;
		else if (!strcmp(*argv, "--repeat") && argv[1])
			rounds = strtol(*++argv, NULL, 0);
		else
			return usage();
	}
	if (*argv && (!argv[1] || !argv[2] || argv[3] || !parse_failure(argv, &wanted)))
		return usage();

	for (i = 0; i < rounds && !seen.step; i++)
		seen = launch(looked_at);
	tell("wanted", &wanted);
	tell("seen", &seen);
	printf("rounds: %ld\n", i);
	return !same(&wanted, &seen);
}
