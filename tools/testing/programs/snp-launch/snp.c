// SPDX-License-Identifier: GPL-2.0-only
/* The launch of an SNP guest, with VMSAs of KVM's or with one of its own. */
#include <string.h>

#include "launch.h"

#define POLICY		0x30000		/* SMT, and the bit that must be one */

static int add_memory(struct guest *g)
{
	return vm_add_memory(g, true);
}

static int launch_start(struct guest *g)
{
	struct kvm_sev_snp_launch_start start = { .policy = POLICY };

	return sev_command(g, KVM_SEV_SNP_LAUNCH_START, &start);
}

static int update_page(struct guest *g, uint64_t gpa, void *page, int type)
{
	struct kvm_sev_snp_launch_update update = {
		.gfn_start = gpa / PAGE,
		.uaddr = (uintptr_t)page,
		.len = PAGE,
		.type = type,
	};

	return sev_command(g, KVM_SEV_SNP_LAUNCH_UPDATE, &update);
}

static int launch_update(struct guest *g)
{
	return update_page(g, RESET_PAGE, reset_page(g), KVM_SEV_SNP_PAGE_TYPE_NORMAL);
}

/* A register of @size bytes at @offset (APM volume 2, appendix B, VMSA layout). */
static void put(unsigned char *vmsa, unsigned int offset, uint64_t value, unsigned int size)
{
	memcpy(vmsa + offset, &value, size);
}

static void put_segment(unsigned char *vmsa, unsigned int offset, uint16_t selector,
			uint16_t attributes, uint64_t base)
{
	put(vmsa, offset, selector, 2);
	put(vmsa, offset + 2, attributes, 2);
	put(vmsa, offset + 4, 0xffff, 4);
	put(vmsa, offset + 8, base, 8);
}

/* Registers as after RESET: real mode, at the reset vector. */
static void make_vmsa(unsigned char *vmsa)
{
	static const unsigned int data_segments[] = { 0x00, 0x20, 0x30, 0x40, 0x50 };

	memset(vmsa, 0, PAGE);
	for (size_t i = 0; i < ARRAY_SIZE(data_segments); i++)
		put_segment(vmsa, data_segments[i], 0, 0x93, 0);
	put_segment(vmsa, 0x10, 0xf000, 0x9b, 0xffff0000);	/* CS */
	put_segment(vmsa, 0x60, 0, 0, 0);			/* GDTR */
	put_segment(vmsa, 0x70, 0, 0x82, 0);			/* LDTR */
	put_segment(vmsa, 0x80, 0, 0, 0);			/* IDTR */
	put_segment(vmsa, 0x90, 0, 0x8b, 0);			/* TR */
	put(vmsa, 0x0d0, 0x1000, 8);				/* EFER.SVME */
	put(vmsa, 0x158, 0x10, 8);				/* CR0.ET */
	put(vmsa, 0x160, 0x400, 8);				/* DR7 */
	put(vmsa, 0x168, 0xffff0ff0, 8);			/* DR6 */
	put(vmsa, 0x170, 0x2, 8);				/* RFLAGS */
	put(vmsa, 0x178, 0xfff0, 8);				/* RIP */
	put(vmsa, 0x268, 0x0007040600070406, 8);		/* PAT */
	put(vmsa, 0x3b0, 0x1, 8);				/* SEV_FEATURES.SNPActive */
	put(vmsa, 0x3e8, 0x1, 8);				/* XCR0.X87 */
	put(vmsa, 0x408, 0x1f80, 4);				/* MXCSR */
	put(vmsa, 0x410, 0x37f, 2);				/* X87_FCW */
}

static int launch_update_vmsa(struct guest *g)
{
	make_vmsa(g->mem);
	return update_page(g, first_gpa(g), g->mem, KVM_SEV_SNP_PAGE_TYPE_VMSA);
}

static int launch_finish(struct guest *g)
{
	struct kvm_sev_snp_launch_finish finish = { };

	return sev_command(g, KVM_SEV_SNP_LAUNCH_FINISH, &finish);
}

static const struct step kvm_steps[] = {
	{ "INIT2", vm_init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", vm_add_vcpus },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE", launch_update },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", vm_run_guest },
	{ }
};

static const struct step direct_steps[] = {
	{ "INIT2", vm_init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", vm_add_vcpus },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE", launch_update },
	{ "LAUNCH_UPDATE_VMSA", launch_update_vmsa },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", vm_run_guest },
	{ }
};

const struct launch snp_launch = { KVM_X86_SNP_VM, 1, kvm_steps };
const struct launch direct_launch = { KVM_X86_SNP_VM, 2, direct_steps };
