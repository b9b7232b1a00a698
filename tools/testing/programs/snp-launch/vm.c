// SPDX-License-Identifier: GPL-2.0-only
/* What launching guests of all kinds has in common. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <snp/ghcb.h>

#include "launch.h"

/*
 * At the page's start, where the jump at the reset vector leads:
 * GHCB MSR := termination request; VMGEXIT.
 */
static const unsigned char guest_code[] = {
	0x66, 0xb9, 0x30, 0x01, 0x01, 0xc0,		/* mov $0xc0010130, %ecx */
	0x66, 0xb8, GHCB_MSR_TERMINATE_REQ & 0xff, GHCB_MSR_TERMINATE_REQ >> 8, 0, 0,	/* mov ..., %eax */
	0x66, 0x31, 0xd2,				/* xor %edx, %edx */
	0x0f, 0x30,					/* wrmsr */
	0xf3, 0x0f, 0x01, 0xd9,				/* vmgexit */
	0xf4,						/* hlt */
};
static const unsigned char reset_vector[] = { 0xe9, 0x0d, 0xf0 };	/* jmp to the start */
#define RESET_VECTOR	0xff0

int sev_command(struct guest *g, uint32_t id, void *data)
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

unsigned char *reset_page(struct guest *g)
{
	return g->mem + (g->pages - 1) * PAGE;
}

uint64_t first_gpa(const struct guest *g)
{
	return RESET_PAGE - (g->pages - 1) * PAGE;
}

int vm_create(struct guest *g, const struct launch *launch, int nr_vcpus)
{
	*g = (struct guest){ .sev = -1, .memory = -1, .nr_vcpus = nr_vcpus, .pages = launch->pages };
	for (int i = 0; i < MAX_VCPUS; i++)
		g->vcpus[i].fd = -1;
	g->vm = -1;
	g->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g->kvm < 0)
		return -1;
	g->vm = ioctl(g->kvm, KVM_CREATE_VM, launch->vm_type);
	return g->vm;
}

int vm_init2(struct guest *g)
{
	struct kvm_sev_init init = { };

	if (g->sev < 0)
		g->sev = open("/dev/sev", O_RDWR | O_CLOEXEC);
	return g->sev < 0 ? -1 : sev_command(g, KVM_SEV_INIT2, &init);
}

static int set_private(struct guest *g)
{
	struct kvm_memory_attributes private = {
		.address = first_gpa(g),
		.size = g->pages * PAGE,
		.attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};

	return ioctl(g->vm, KVM_SET_MEMORY_ATTRIBUTES, &private);
}

int vm_add_memory(struct guest *g, bool private)
{
	struct kvm_create_guest_memfd memfd = { .size = g->pages * PAGE };
	struct kvm_userspace_memory_region2 region = {
		.guest_phys_addr = first_gpa(g),
		.memory_size = g->pages * PAGE,
	};

	g->mem = mmap(NULL, g->pages * PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g->mem == MAP_FAILED)
		return -1;
	memcpy(reset_page(g), guest_code, sizeof(guest_code));
	memcpy(reset_page(g) + RESET_VECTOR, reset_vector, sizeof(reset_vector));

	region.userspace_addr = (uintptr_t)g->mem;
	if (private) {
		g->memory = ioctl(g->vm, KVM_CREATE_GUEST_MEMFD, &memfd);
		if (g->memory < 0)
			return -1;
		region.flags = KVM_MEM_GUEST_MEMFD;
		region.guest_memfd = g->memory;
	}
	if (ioctl(g->vm, KVM_SET_USER_MEMORY_REGION2, &region))
		return -1;
	return private ? set_private(g) : 0;
}

int vm_add_vcpus(struct guest *g)
{
	int size = ioctl(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	for (int i = 0; i < g->nr_vcpus; i++) {
		struct vcpu *vcpu = &g->vcpus[i];

		vcpu->fd = ioctl(g->vm, KVM_CREATE_VCPU, i);
		if (vcpu->fd < 0 || size < 0)
			return -1;
		vcpu->run_size = size;
		vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
		if (vcpu->run == MAP_FAILED)
			return -1;
	}
	return 0;
}

int vm_run_guest(struct guest *g)
{
	const struct kvm_run *run = g->vcpus[0].run;

	if (ioctl(g->vcpus[0].fd, KVM_RUN, 0))
		return -1;
	if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
	    run->system_event.type == KVM_SYSTEM_EVENT_SEV_TERM &&
	    run->system_event.data[0] == GHCB_MSR_TERMINATE_REQ)
		return 0;
	printf("# exit reason %u, type %u, data %#llx\n", run->exit_reason,
	       run->system_event.type, (unsigned long long)run->system_event.data[0]);
	errno = ENXIO;
	return -1;
}

void vm_destroy(struct guest *g)
{
	int fds[] = { g->memory, g->vm, g->kvm, g->sev };

	for (int i = 0; i < MAX_VCPUS; i++) {
		struct vcpu *vcpu = &g->vcpus[i];

		if (vcpu->run && vcpu->run != MAP_FAILED)
			munmap(vcpu->run, vcpu->run_size);
		if (vcpu->fd >= 0)
			close(vcpu->fd);
	}
	if (g->mem && g->mem != MAP_FAILED)
		munmap(g->mem, g->pages * PAGE);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
