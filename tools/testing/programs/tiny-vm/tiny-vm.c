// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tiny-vm.h"
#include "digest.h"

#define IMAGE_SLOT	0
#define SHARED_SLOT	1

/* Of page tables */
#define PRESENT		BIT_ULL(0)
#define WRITABLE	BIT_ULL(1)
#define LARGE		BIT_ULL(7)

/* Where KVM has the VMSAs that it builds measured. */
#define KVM_VMSA_GPA	0xfffffffff000ull

static struct {
	u8 code[PAGE_SIZE];
	u64 pml4[PAGE_SIZE / 8];
	u64 pdpt[PAGE_SIZE / 8];
	u8 stacks[1 + NR_APS][PAGE_SIZE];
} image __aligned(PAGE_SIZE);

kvm_static_assert(sizeof(image) == NR_IMAGE_PAGES * PAGE_SIZE);

static u8 ap_vmsas[NR_AP_VMSAS][PAGE_SIZE] __aligned(PAGE_SIZE);

static u8 bsp_vmsas[NR_GUESTS][PAGE_SIZE] __aligned(PAGE_SIZE);

static void (*const guests[NR_GUESTS])(u64) = {
	[GUEST_TELL_MARKER] = guest_tell_marker,
	[GUEST_STORM] = guest_storm,
	[GUEST_STEPS] = guest_steps,
	[GUEST_LIST] = guest_list,
};

static u64 guest_address(void (*fn)(u64))
{
	return CODE_GPA + ((u8 *)fn - __start_tiny_guest);
}

static void get_regs(struct kvm_regs *regs, void (*fn)(u64), int vcpu, u64 marker)
{
	*regs = (struct kvm_regs) {
		.rip = guest_address(fn),
		.rsp = STACKS_GPA + (vcpu + 1) * PAGE_SIZE - 8,
		.rdi = marker,
		.rflags = X86_EFLAGS_FIXED,
	};
}

static void get_sregs(struct kvm_sregs *sregs, u64 c_bit)
{
	const struct kvm_segment data = {
		.selector = 0x10, .limit = -1u, .type = 3, .s = 1, .present = 1, .db = 1, .g = 1,
	};

	sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
	sregs->cs = data;
	sregs->cs.selector = 0x08;
	sregs->cs.type = 0xb;
	sregs->cs.db = 0;
	sregs->cs.l = 1;
	sregs->tr = (struct kvm_segment) { .limit = 0x67, .type = 11, .present = 1 };
	sregs->ldt = (struct kvm_segment) { .limit = 0xffff, .type = 2, .present = 1 };
	sregs->gdt = sregs->idt = (struct kvm_dtable) { };

	sregs->cr0 = X86_CR0_PE | X86_CR0_ET | X86_CR0_NE | X86_CR0_PG;
	sregs->cr3 = PML4_GPA | c_bit;
	sregs->cr4 = X86_CR4_PAE | X86_CR4_OSFXSR;
	sregs->efer = EFER_LME | EFER_LMA | EFER_NX;
}

static void fill_vmsa(void *page, void (*fn)(u64), int vcpu, u64 marker, u64 c_bit)
{
	struct kvm_sregs sregs = {};
	struct kvm_regs regs;

	get_regs(&regs, fn, vcpu, marker);
	get_sregs(&sregs, c_bit);
	memset(page, 0, PAGE_SIZE);
	snp_vmsa_init(page, &regs, &sregs);
}

/* All VMs are alike, but where the C-bit is depends on the CPU. */
static void make_image(u64 c_bit)
{
	int size = __stop_tiny_guest - __start_tiny_guest;
	int i;

	if (image.pml4[0])
		return;

	TEST_ASSERT(size <= PAGE_SIZE, "The guest's code has %d bytes", size);
	memcpy(image.code, __start_tiny_guest, size);
	image.pml4[0] = PDPT_GPA | c_bit | PRESENT | WRITABLE;
	image.pdpt[0] = c_bit | PRESENT | WRITABLE | LARGE;
	image.pdpt[1] = SHARED_GPA | PRESENT | WRITABLE | LARGE;

	for (i = 0; i < NR_GUESTS; i++)
		fill_vmsa(bsp_vmsas[i], guests[i], 0, BSP_MARKER, c_bit);
	for (i = 0; i < NR_AP_VMSAS; i++)
		fill_vmsa(ap_vmsas[i], guest_tell_marker, 1 + i / VMSAS_PER_AP, AP_MARKER(i), c_bit);
}

static void *bsp_vmsa(struct tiny_vm *t)
{
	return bsp_vmsas[t->guest];
}

static void add_private_slot(struct kvm_vm *vm, int slot, gpa_t gpa, int nr_pages)
{
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, gpa, slot, nr_pages,
				    KVM_MEM_GUEST_MEMFD);
	vm_mem_set_private(vm, gpa, nr_pages * PAGE_SIZE);
}

struct tiny_vm *tiny_vm_create(unsigned int options)
{
	struct tiny_vm *t = calloc(1, sizeof(*t));
	int i;

	TEST_ASSERT(t, "calloc()");
	for (i = 0; i < TINY_MAX_VCPUS; i++)
		t->vcpus[i].fd = -1;

	t->direct = options & TINY_DIRECT;
	t->guest = options & TINY_STORM ? GUEST_STORM :
		   options & TINY_STEPS ? GUEST_STEPS :
		   options & TINY_LIST ? GUEST_LIST : GUEST_TELL_MARKER;
	t->vm = vm_create_barebones_type(KVM_X86_SNP_VM);
	make_image(t->vm->arch.c_bit);
	snp_vm_init(t->vm);
	vm_enable_cap(t->vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));
	if (options & TINY_IRQCHIP)
		vm_create_irqchip(t->vm);

	add_private_slot(t->vm, IMAGE_SLOT, IMAGE_GPA, NR_IMAGE_PAGES);
	add_private_slot(t->vm, TINY_VMSA_SLOT, VMSAS_GPA, NR_VMSA_PAGES);
	vm_userspace_mem_region_add(t->vm, VM_MEM_SRC_ANONYMOUS, SHARED_GPA, SHARED_SLOT,
				    NR_SHARED_PAGES, 0);
	t->shared = addr_gpa2hva(t->vm, SHARED_GPA);
	return t;
}

static size_t run_size(struct kvm_vm *vm)
{
	static int size;

	if (!size)
		size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	TEST_ASSERT(size >= (int)sizeof(struct kvm_run), "KVM_GET_VCPU_MMAP_SIZE: %d", size);
	return size;
}

static void remove_vcpu(struct kvm_vcpu *vcpu)
{
	if (vcpu->run)
		kvm_munmap(vcpu->run, run_size(vcpu->vm));
	if (vcpu->fd >= 0)
		kvm_close(vcpu->fd);
}

void tiny_vm_free(struct tiny_vm *t)
{
	int i;

	for (i = 0; i < TINY_MAX_VCPUS; i++)
		remove_vcpu(&t->vcpus[i]);
	/* The library forgets this one. */
	kvm_close(t->vm->arch.sev_fd);
	kvm_vm_free(t->vm);
	free(t);
}

/* What KVM builds VMSAs from, in KVM mode. */
static void set_registers(struct tiny_vm *t, struct kvm_vcpu *vcpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_sregs_get(vcpu, &sregs);
	get_sregs(&sregs, t->vm->arch.c_bit);
	vcpu_sregs_set(vcpu, &sregs);

	get_regs(&regs, guests[vcpu->id ? GUEST_TELL_MARKER : t->guest], 0, BSP_MARKER);
	vcpu_regs_set(vcpu, &regs);
}

/* The library's list of vCPUs is not for threads. */
int tiny_vm_create_vcpu(struct tiny_vm *t, int id)
{
	struct kvm_vcpu *vcpu = &t->vcpus[id];
	int fd = __vm_ioctl(t->vm, KVM_CREATE_VCPU, (void *)(unsigned long)id);

	if (fd < 0)
		return errno;

	vcpu->vm = t->vm;
	vcpu->id = id;
	WRITE_ONCE(vcpu->fd, fd);
	return 0;
}

void tiny_vm_init_vcpu(struct tiny_vm *t, int id)
{
	struct kvm_vcpu *vcpu = &t->vcpus[id];

	vcpu->run = kvm_mmap(run_size(t->vm), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd);
	vcpu_init_cpuid(vcpu, kvm_get_supported_cpuid());
	if (!t->direct)
		set_registers(t, vcpu);
}

void tiny_vm_add_vcpus(struct tiny_vm *t, int nr)
{
	int id;

	for (id = 0; id < nr; id++) {
		TEST_ASSERT_EQ(tiny_vm_create_vcpu(t, id), 0);
		tiny_vm_init_vcpu(t, id);
	}
}

bool tiny_vm_has_vcpu(struct tiny_vm *t, int id)
{
	return READ_ONCE(t->vcpus[id].fd) >= 0;
}

static int sev_ioctl(struct tiny_vm *t, u32 cmd, void *arg, u32 *fw_error)
{
	return __vm_sev_ioctl_fw_error(t->vm, cmd, arg, fw_error) ? errno : 0;
}

int tiny_vm_enable_list(struct tiny_vm *t)
{
	u32 fw_error;

	return sev_ioctl(t, KVM_SEV_SNP_ENABLE_APIC_IDS, NULL, &fw_error);
}

int tiny_vm_start(struct tiny_vm *t)
{
	struct kvm_sev_snp_launch_start start = { .policy = POLICY };
	u32 fw_error;

	return sev_ioctl(t, KVM_SEV_SNP_LAUNCH_START, &start, &fw_error);
}

static int update(struct tiny_vm *t, gpa_t gpa, void *pages, u64 len, u8 type)
{
	struct kvm_sev_snp_launch_update update = {
		.gfn_start = gpa >> PAGE_SHIFT,
		.uaddr = (u64)pages,
		.len = len,
		.type = type,
	};
	u32 fw_error;
	int err;

	/* KVM succeeds if it got through one of the pages, and says how far it got. */
	do {
		err = sev_ioctl(t, KVM_SEV_SNP_LAUNCH_UPDATE, &update, &fw_error);
	} while (!err && update.len);
	return err;
}

int tiny_vm_update_image(struct tiny_vm *t)
{
	return update(t, IMAGE_GPA, &image, sizeof(image), KVM_SEV_SNP_PAGE_TYPE_NORMAL);
}

int tiny_vm_update_ap_vmsas(struct tiny_vm *t)
{
	return update(t, AP_VMSA_GPA(0), ap_vmsas, sizeof(ap_vmsas), KVM_SEV_SNP_PAGE_TYPE_NORMAL);
}

int tiny_vm_update_spare(struct tiny_vm *t)
{
	return update(t, SPARE_GPA, image.code, PAGE_SIZE, KVM_SEV_SNP_PAGE_TYPE_NORMAL);
}

int tiny_vm_update_vmsa(struct tiny_vm *t)
{
	return update(t, BSP_VMSA_GPA, bsp_vmsa(t), PAGE_SIZE, KVM_SEV_SNP_PAGE_TYPE_VMSA);
}

int tiny_vm_finish(struct tiny_vm *t, const u8 *digest, u32 *fw_error)
{
	struct snp_id_block id_block = { .version = 1, .policy = POLICY };
	u8 id_auth[KVM_SEV_SNP_ID_AUTH_SIZE] = {};
	struct kvm_sev_snp_launch_finish finish = {
		.id_block_en = !!digest,
		.id_block_uaddr = (u64)&id_block,
		.id_auth_uaddr = (u64)id_auth,
	};

	if (digest)
		memcpy(id_block.ld, digest, sizeof(id_block.ld));
	return sev_ioctl(t, KVM_SEV_SNP_LAUNCH_FINISH, &finish, fw_error);
}

int tiny_vm_try_finish(struct tiny_vm *t)
{
	u32 fw_error;

	return tiny_vm_finish(t, NULL, &fw_error);
}

static void extend_pages(u8 *digest, u8 type, gpa_t gpa, const void *pages, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		digest_extend(digest, type, gpa + i * PAGE_SIZE, pages + i * PAGE_SIZE);
}

/* Of the launch in the order of tiny_vm_update_all(), in KVM mode with all vCPUs alike. */
void tiny_vm_get_digest(struct tiny_vm *t, u8 *digest)
{
	u8 vmsa[PAGE_SIZE];
	int id;

	memset(digest, 0, SHA384_DIGEST_SIZE);
	extend_pages(digest, KVM_SEV_SNP_PAGE_TYPE_NORMAL, IMAGE_GPA, &image, NR_IMAGE_PAGES);
	extend_pages(digest, KVM_SEV_SNP_PAGE_TYPE_NORMAL, AP_VMSA_GPA(0), ap_vmsas, NR_AP_VMSAS);
	if (t->direct) {
		digest_extend(digest, KVM_SEV_SNP_PAGE_TYPE_VMSA, BSP_VMSA_GPA, bsp_vmsa(t));
		return;
	}

	/* KVM sets MCE as the host (which has it) does. */
	memcpy(vmsa, bsp_vmsas[0], PAGE_SIZE);
	((struct sev_es_save_area *)vmsa)->cr4 |= X86_CR4_MCE;
	for (id = 0; id < TINY_MAX_VCPUS; id++) {
		if (tiny_vm_has_vcpu(t, id))
			digest_extend(digest, KVM_SEV_SNP_PAGE_TYPE_VMSA, KVM_VMSA_GPA, vmsa);
	}
}

/*
 * The firmware compares digests before it looks at anything else of an ID block,
 * and refuses one that nobody signed in any case.
 */
static bool digest_is_wrong(struct tiny_vm *t, const u8 *digest)
{
	u32 fw_error;
	int err = tiny_vm_finish(t, digest, &fw_error);

	TEST_ASSERT(err == EIO && fw_error, "Unsigned ID block: errno %d, firmware error %#x",
		    err, fw_error);
	return fw_error == SEV_RET_BAD_MEASUREMENT;
}

void tiny_vm_assert_digest(struct tiny_vm *t)
{
	u8 digest[SHA384_DIGEST_SIZE];

	tiny_vm_get_digest(t, digest);
	TEST_ASSERT(!digest_is_wrong(t, digest), "The firmware measured something else");
	if (!t->direct)
		return;

	digest[0] ^= 1;
	TEST_ASSERT(digest_is_wrong(t, digest), "The firmware takes any digest");
}

void tiny_vm_update_all(struct tiny_vm *t)
{
	TEST_ASSERT_EQ(tiny_vm_start(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_ap_vmsas(t), 0);
	if (t->direct)
		TEST_ASSERT_EQ(tiny_vm_update_vmsa(t), 0);
}

static void assert_runs(struct tiny_vm *t)
{
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	assert_outcome(tiny_vcpu_run(&t->vcpus[1]), t->direct ? NO_ENTRY : RAN);
}

static void assert_launches(unsigned int options, bool judged)
{
	struct tiny_vm *t = tiny_vm_create(options);

	tiny_vm_add_vcpus(t, 2);
	tiny_vm_update_all(t);
	if (judged)
		tiny_vm_assert_digest(t);
	if (t->direct || !judged)
		assert_runs(t);
	tiny_vm_free(t);
}

/* A launch in KVM mode that asked for the firmware's opinion can't be finished. */
void tiny_vm_assert_sound(void)
{
	assert_launches(TINY_DIRECT, true);
	assert_launches(0, true);
	assert_launches(0, false);
}

static bool is_marker_of(struct kvm_vcpu *vcpu, u64 marker)
{
	if (!vcpu->id)
		return marker == BSP_MARKER || marker == STOPPED_MARKER;

	/* An AP that KVM built the VMSA of runs what the BSP runs. */
	return marker == BSP_MARKER || (marker >= AP_MARKER((vcpu->id - 1) * VMSAS_PER_AP) &&
					marker < AP_MARKER(vcpu->id * VMSAS_PER_AP));
}

static enum outcome exit_outcome(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	u64 marker = run->hypercall.args[0] >> PAGE_SHIFT;

	switch (run->exit_reason) {
	case KVM_EXIT_FAIL_ENTRY:
		return NO_ENTRY;
	case KVM_EXIT_HYPERCALL:
		TEST_ASSERT_EQ(run->hypercall.nr, KVM_HC_MAP_GPA_RANGE);
		TEST_ASSERT(is_marker_of(vcpu, marker), "vCPU %u runs with marker %#lx",
			    vcpu->id, marker);
		return RAN;
	case KVM_EXIT_SNP_APIC_IDS:
		return ASKS;
	default:
		TEST_FAIL("vCPU %u: KVM_RUN exits with %s", vcpu->id,
			  exit_reason_str(run->exit_reason));
		return 0;
	}
}

enum outcome tiny_vcpu_run(struct kvm_vcpu *vcpu)
{
	if (!__vcpu_run(vcpu))
		return exit_outcome(vcpu);

	switch (errno) {
	case EINTR:
		return INTERRUPTED;
	case EAGAIN:
		return WAITS;
	case ENOTTY:
	case EFAULT:
		return NO_VM;
	default:
		TEST_FAIL("vCPU %u: KVM_RUN: %s", vcpu->id, strerror(errno));
		return 0;
	}
}

const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case RAN: return "the guest ran";
	case NO_ENTRY: return "failed entry";
	case INTERRUPTED: return "interrupted";
	case WAITS: return "waits to be started";
	case NO_VM: return "no VM";
	case ASKS: return "asks for the list";
	}
	return "?";
}

bool errno_in(int err, const int *allowed, int nr)
{
	while (nr--) {
		if (allowed[nr] == err)
			return true;
	}
	return false;
}
