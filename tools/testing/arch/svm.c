// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running guests, of whichever kind.
 */
#include "svm.h"

#define IOPM_SIZE	0x3000
#define MSRPM_SIZE	0x2000
#define MSRPM_C0000000	0x800		/* bytes: two bits for each MSR */

#define WORD3_ALL	(INTERCEPT(EXIT_INTR) | INTERCEPT(EXIT_NMI) | INTERCEPT(EXIT_SMI) | \
			 INTERCEPT(EXIT_INIT) | INTERCEPT(EXIT_RDPMC) | INTERCEPT(EXIT_CPUID) | \
			 INTERCEPT(EXIT_INVD) | INTERCEPT(EXIT_PAUSE) | INTERCEPT(EXIT_HLT) | \
			 INTERCEPT(EXIT_IOIO) | INTERCEPT(EXIT_MSR) | INTERCEPT(EXIT_SHUTDOWN))
#define WORD4_ALL	(INTERCEPT(EXIT_VMRUN) | INTERCEPT(EXIT_VMMCALL) | \
			 INTERCEPT(EXIT_WBINVD) | INTERCEPT(EXIT_MONITOR) | \
			 INTERCEPT(EXIT_MWAIT) | INTERCEPT(EXIT_XSETBV))
#define WORD4_TRAPS	(INTERCEPT(EXIT_EFER_TRAP) | INTERCEPT(EXIT_CR0_TRAP) | \
			 INTERCEPT(EXIT_CR4_TRAP) | INTERCEPT(EXIT_CR8_TRAP))

uint8_t vmcb[PAGE_SIZE] __attribute__((aligned(4096)));
uint8_t hsave[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t iopm[IOPM_SIZE] __attribute__((aligned(4096)));
static uint8_t msrpm[MSRPM_SIZE] __attribute__((aligned(4096)));

void svm_enable(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	memset(iopm, 0xff, sizeof(iopm));
	memset(msrpm, 0xff, sizeof(msrpm));
	/* EFER is left to the guest: its writes are trapped, not intercepted. */
	msrpm[MSRPM_C0000000 + (MSR_EFER & 0x1fff) / 4] = 0xfc;
}

void svm_open_msrs(void)
{
	memset(msrpm, 0, sizeof(msrpm));
}

void svm_open_ports(bool open)
{
	memset(iopm, open ? 0 : 0xff, sizeof(iopm));
}

/* What VMRUN does not save and #VMEXIT of an SEV-ES guest restores */
void svm_host_save_area(void)
{
	wrmsr(MSR_VM_HSAVE_PA, (uint64_t)hsave);
	asm volatile("vmsave %%rax" : : "a" (hsave) : "memory");
	save_put(hsave + VMCB_SAVE, SAVE_XCR0, 1);
}

void vmcb_init(uint32_t asid, uint64_t nested, uint64_t ncr3)
{
	memset(vmcb, 0, sizeof(vmcb));
	vmcb_put32(VMCB_WORD3, WORD3_ALL);
	vmcb_put32(VMCB_WORD4, WORD4_ALL);
	if (nested & NESTED_ES) {
		vmcb_put32(VMCB_WORD4, WORD4_ALL | WORD4_TRAPS);
		vmcb_put(VMCB_LBR, LBR_ENABLE);
	}
	vmcb_put(VMCB_IOPM, (uint64_t)iopm);
	vmcb_put(VMCB_MSRPM, (uint64_t)msrpm);
	vmcb_put32(VMCB_ASID, asid);
	vmcb_put32(VMCB_TLB, 1);
	vmcb_put(VMCB_INT_CTL, INT_MASKING);
	vmcb_put(VMCB_NESTED, nested);
	vmcb_put(VMCB_NCR3, ncr3);
}

void save_put(void *save, unsigned int field, uint64_t value)
{
	put64((uint64_t)save + field, value);
}

void save_segment(void *save, unsigned int field, uint16_t selector,
		  uint16_t attributes, uint32_t limit, uint64_t base)
{
	save_put(save, field, selector | (uint64_t)attributes << 16 | (uint64_t)limit << 32);
	save_put(save, field + 8, base);
}

void save_init(void *save, uint64_t cr3, uint64_t rip, uint64_t rsp)
{
	static const unsigned int data[] = { SAVE_ES, SAVE_SS, SAVE_DS, SAVE_FS, SAVE_GS };

	save_segment(save, SAVE_CS, SEL_CODE, 0xa9b, 0xffffffff, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(data); i++)
		save_segment(save, data[i], SEL_DATA, 0xc93, 0xffffffff, 0);
	save_segment(save, SAVE_LDTR, 0, 0x82, 0, 0);
	save_put(save, SAVE_EFER, GUEST_EFER);
	save_put(save, SAVE_CR4, GUEST_CR4);
	save_put(save, SAVE_CR3, cr3);
	save_put(save, SAVE_CR0, GUEST_CR0);
	save_put(save, SAVE_DR7, 0x400);
	save_put(save, SAVE_DR6, 0xffff0ff0);
	save_put(save, SAVE_RFLAGS, 2);
	save_put(save, SAVE_RIP, rip);
	save_put(save, SAVE_RSP, rsp);
	save_put(save, SAVE_G_PAT, 0x0007040600070406ULL);
}

int64_t vmrun_at(void *the_vmcb, void *host_block)
{
	svm_run((uint64_t)the_vmcb, host_block);
	return get64((uint64_t)the_vmcb + VMCB_EXITCODE);
}

int64_t vmrun(void)
{
	return vmrun_at(vmcb, hsave + VMCB_SAVE);
}

uint64_t probe_vmrun(uint64_t addr)
{
	probe_begin();
	asm volatile("clgi\n\t" PROBED("vmrun %%rax") "\n\tcli\n\tstgi"
		     : : "a" (addr)
		     : "memory", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
		       "r11", "r12", "r13", "r14", "r15");
	return probe_end();
}
