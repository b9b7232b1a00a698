// SPDX-License-Identifier: GPL-2.0-only
/* A guest of eight pages that counts. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "move.h"

#define PORT		0x42

/* In real mode, with DS at BASE: count what is on the data page, and tell it. */
static const unsigned char code[] = {
	0xa1, 0x00, 0x10,	/* mov 0x1000, %ax */
	0x40,			/* inc %ax */
	0xa3, 0x00, 0x10,	/* mov %ax, 0x1000 */
	0xe7, PORT,		/* out %ax, $PORT */
	0xeb, 0xf5,		/* jmp to the start */
};

static void set_up_cpu(struct guest *g)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rflags = 2 };

	ioctl(g->vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = sregs.ds.base = BASE;
	sregs.cs.selector = sregs.ds.selector = BASE >> 4;
	ioctl(g->vcpu, KVM_SET_SREGS, &sregs);
	ioctl(g->vcpu, KVM_SET_REGS, &regs);
}

void vm_create(struct guest *g, unsigned long type, uint32_t policy)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = BASE, .memory_size = PAGES * PAGE,
	};
	int size = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct kvm_sev_init init = { };
	struct kvm_enc_region pinned;
	uint32_t error;

	*g = (struct guest){ .policy = policy };
	g->vm = ioctl(kvm_fd, KVM_CREATE_VM, type);
	if (type != KVM_X86_DEFAULT_VM)
		ok(!command(g, KVM_SEV_INIT2, &init, &error), "a VM, type %lu", type);
	g->mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	region.userspace_addr = (uintptr_t)g->mem;
	ok(!ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &region), "its memory");
	pinned = (struct kvm_enc_region){ .addr = region.userspace_addr, .size = PAGES * PAGE };
	if (type != KVM_X86_DEFAULT_VM)
		ok(!ioctl(g->vm, KVM_MEMORY_ENCRYPT_REG_REGION, &pinned), "is registered");
	g->vcpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	g->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	set_up_cpu(g);
}

void vm_load_code(struct guest *g)
{
	memcpy(g->mem + CODE_PAGE * PAGE, code, sizeof(code));
	for (int page = SECRET_PAGE; page < PAGES; page++)
		memset(g->mem + page * PAGE, 0xa0 + page, PAGE);
}

void vm_copy_registers(const struct guest *from, struct guest *to)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	/* KVM leaves an OUT behind only when the guest is entered again. */
	from->run->immediate_exit = 1;
	ioctl(from->vcpu, KVM_RUN, 0);
	from->run->immediate_exit = 0;
	ioctl(from->vcpu, KVM_GET_SREGS, &sregs);
	ioctl(from->vcpu, KVM_GET_REGS, &regs);
	ioctl(to->vcpu, KVM_SET_SREGS, &sregs);
	ioctl(to->vcpu, KVM_SET_REGS, &regs);
}

unsigned int vm_count(struct guest *g)
{
	const struct kvm_run *run = g->run;

	if (ioctl(g->vcpu, KVM_RUN, 0) || run->exit_reason != KVM_EXIT_IO || run->io.port != PORT)
		return 0;
	return *(const uint16_t *)((const char *)run + run->io.data_offset);
}

void vm_destroy(struct guest *g)
{
	munmap(g->run, ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0));
	close(g->vcpu);
	close(g->vm);
	munmap(g->mem, PAGES * PAGE);
}
