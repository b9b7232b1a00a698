// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which registers VMRUN and #VMEXIT of a guest with a VMSA load, save and
 * restore: APM volume 2, 15.35.3 and appendix B (swap types A, B and C).
 */
#include "guest.h"
#include "swap.h"

#define CR4_PKE		BIT(22)
#define SWAP_CR4	(GUEST_CR4 | CR4_OSFXSR | CR4_OSXSAVE | CR4_PKE)

#define MSR_FS_BASE	0xc0000100
#define MSR_GS_BASE	0xc0000101
#define MSR_KERNEL_GS	0xc0000102
#define MSR_STAR	0xc0000081
#define MSR_SYSENTER_CS	0x174
#define MSR_PAT		0x277
#define MSR_DBGCTL	0x1d9

/* Values of the guest when it starts, of the host, and of its save area */
#define GUEST(n)	(0x1100 + (n))
#define HOST(n)		(0x4400 + (n))
#define SAVED(n)	(0x5500 + (n))
#define GUEST_RSP	(GUEST_STACK - 0x100ULL)
#define GUEST_PAT	0x0007040600070405ULL
#define HOST_PAT	0x0007040600070404ULL
#define GUEST_PKRU	0x55555554
#define HOST_PKRU	0x15555554
#define GUEST_FCW	0x27f
#define GUEST_MXCSR	0x1fa0
#define GUEST_DR6	0xffff0ff2ULL
#define GUEST_DR7	0x700ULL
#define HOST_DR6	0xffff0ff4ULL
#define HOST_DR7	0x502ULL	/* the breakpoint at DR0, 0 */
#define HOST_CR2	0x4444000ULL
#define GUEST_MANTISSA	0x8123456789abcdefULL
#define GUEST_EXPONENT	0x4005

extern const uint8_t guest_swap[];
void swap_run(uint64_t vmcb_addr);
uint64_t swap_regs[16], swap_rsp;

static uint8_t fx[512] __attribute__((aligned(16)));
static const struct {
	const char *row, *what;
	uint32_t msr;
	unsigned int field, show;
} msrs[] = {
	{ "vm-3.02", "FS", MSR_FS_BASE, SAVE_FS + 8, S_FS_BASE },
	{ "vm-3.02", "GS", MSR_GS_BASE, SAVE_GS + 8, S_GS_BASE },
	{ "vm-3.24", "KernelGSBase", MSR_KERNEL_GS, SAVE_KERNEL_GS, S_KERNEL_GS },
	{ "vm-3.23", "STAR", MSR_STAR, SAVE_STAR, S_STAR },
	{ "vm-3.23", "LSTAR", MSR_STAR + 1, SAVE_LSTAR, S_LSTAR },
	{ "vm-3.23", "CSTAR", MSR_STAR + 2, SAVE_CSTAR, S_CSTAR },
	{ "vm-3.23", "SFMASK", MSR_STAR + 3, SAVE_SFMASK, S_SFMASK },
	{ "vm-3.24", "SYSENTER_CS", MSR_SYSENTER_CS, SAVE_SYSENTER_CS, S_SYSENTER_CS },
	{ "vm-3.24", "SYSENTER_ESP", MSR_SYSENTER_CS + 1, SAVE_SYSENTER_ESP, S_SYSENTER_ESP },
	{ "vm-3.24", "SYSENTER_EIP", MSR_SYSENTER_CS + 2, SAVE_SYSENTER_EIP, S_SYSENTER_EIP },
};

/* RAX and RSP are of type A; where the others are */
static const unsigned int gpr_fields[16] = {
	0, SAVE_RCX, SAVE_RDX, SAVE_RBX, 0, SAVE_RBP, SAVE_RSI, SAVE_RDI,
	SAVE_R8, SAVE_R8 + 8, SAVE_R8 + 16, SAVE_R8 + 24,
	SAVE_R8 + 32, SAVE_R8 + 40, SAVE_R8 + 48, SAVE_R8 + 56,
};
static const char *const gpr_rows[16] = {
	"vm-3.22", "vm-3.34", "vm-3.34", "vm-3.34", "vm-3.20", "vm-3.36", "vm-3.36", "vm-3.36",
	"vm-3.37", "vm-3.37", "vm-3.37", "vm-3.37", "vm-3.37", "vm-3.37", "vm-3.37", "vm-3.37",
};
static const char *const gpr_names[16] = {
	"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
	"R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15",
};

static uint64_t shown(unsigned int n)
{
	return get64((uint64_t)guest_page + CALL_REGS + 8 * n);
}

static void fill_vmsa(void *v)
{
	for (unsigned int i = 1; i < 16; i++) {
		if (gpr_fields[i])
			save_put(v, gpr_fields[i], GUEST(i));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		save_put(v, msrs[i].field, GUEST(msrs[i].show));
	save_put(v, SAVE_RAX, GUEST(0));
	save_put(v, SAVE_RSP, GUEST_RSP);
	save_put(v, SAVE_RIP, (uint64_t)guest_swap);
	save_put(v, SAVE_RFLAGS, 0x2 | BIT(0) | BIT(6));
	save_put(v, SAVE_CR2, GUEST(S_CR2));
	save_put(v, SAVE_CR4, SWAP_CR4);
	save_put(v, SAVE_DR6, GUEST_DR6);
	save_put(v, SAVE_DR7, GUEST_DR7);
	save_put(v, SAVE_G_PAT, GUEST_PAT);
	save_put(v, SAVE_DBGCTL, 0);
	save_put(v, SAVE_BR_FROM, GUEST(S_BR_FROM));
	save_put(v, SAVE_XCR0, 3);
	put32((uint64_t)v + SAVE_PKRU, GUEST_PKRU);
	save_segment(v, SAVE_LDTR, 0x18, 0x82, 0xfff, 0);
	put32((uint64_t)v + SAVE_FCW, GUEST_FCW);	/* and FOP 0 */
	put32((uint64_t)v + SAVE_MXCSR, GUEST_MXCSR);
	*(volatile uint16_t *)((uint64_t)v + SAVE_FTW) = 1;
	put64((uint64_t)v + SAVE_X87, GUEST_MANTISSA);
	*(volatile uint16_t *)((uint64_t)v + SAVE_X87 + 64) = GUEST_EXPONENT;
	put64((uint64_t)v + SAVE_XMM, GUEST(100));
}

static void host_debug(uint64_t dr6, uint64_t dr7)
{
	asm volatile("movq %0, %%dr6; movq %1, %%dr7" : : "r" (dr6), "r" (dr7));
}

/* What the host has before VMRUN, and what its save area has instead */
static void host_set(void)
{
	uint8_t *block = hsave + VMCB_SAVE;

	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		wrmsr(msrs[i].msr, SAVED(msrs[i].show));
	asm volatile("lldt %0" : : "r" ((uint16_t)SEL_LDT));
	svm_host_save_area();
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		wrmsr(msrs[i].msr, HOST(msrs[i].show));
	asm volatile("lldt %0" : : "r" ((uint16_t)0));
	for (unsigned int i = 1; i < 16; i++) {
		if (gpr_fields[i])
			save_put(block, gpr_fields[i], SAVED(i));
	}
	save_put(block, SAVE_XCR0, 3);
	put32((uint64_t)block + SAVE_PKRU, HOST_PKRU);
	wrmsr(MSR_PAT, HOST_PAT);
	wrmsr(MSR_DBGCTL, 1);
	host_debug(HOST_DR6, HOST_DR7);
	asm volatile("movq %0, %%cr2" : : "r" (HOST_CR2));
	asm volatile("fninit; fld1; movq %0, %%xmm0" : : "r" (HOST(100ULL)));
}

static void run(void)
{
	memset(guest_page, 0, sizeof(guest_page));
	swap_run((uint64_t)vmcb);
	asm volatile("fxsave64 %0" : "=m" (fx));
}

static void test_loaded(void)
{
	tap_ok(vmcb_get(VMCB_EXITCODE) == EXIT_VMGEXIT && get64((uint64_t)guest_page + CALL_DONE),
	       "vm-2.03", "the guest starts where its VMSA says");
	for (unsigned int i = 0; i < 16; i++)
		tap_value(shown(S_RAX + i), i == 4 ? GUEST_RSP : GUEST(i), gpr_rows[i],
			  gpr_names[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		tap_value(shown(msrs[i].show), GUEST(msrs[i].show), msrs[i].row, msrs[i].what);
	tap_value(shown(S_RFLAGS) & 0xfd5, BIT(0) | BIT(6), "vm-3.15", "RFLAGS");
	tap_value(shown(S_CR0), GUEST_CR0, "vm-3.12", "CR0");
	tap_value(shown(S_CR3) & ~c_bit() & ~0xfffULL, GUEST_REGION, "vm-3.12", "CR3");
	tap_value(shown(S_CR4), SWAP_CR4, "vm-3.12", "CR4");
	tap_value(shown(S_CR2), GUEST(S_CR2), "vm-3.25", "CR2");
	tap_value(shown(S_DR6), GUEST_DR6, "vm-3.14", "DR6");
	tap_value(shown(S_DR7), GUEST_DR7, "vm-3.13", "DR7");
	tap_value(shown(S_EFER), GUEST_EFER, "vm-3.09", "EFER");
	tap_value(shown(S_PAT), GUEST_PAT, "vm-3.26", "PAT");
	tap_value(shown(S_DBGCTL), 0, "vm-3.27", "DEBUGCTL");
	tap_value(shown(S_BR_FROM), GUEST(S_BR_FROM), "vm-3.27", "the last branch");
	tap_value(shown(S_SELECTORS), SEL_DATA * 0x1000100000001ULL | (uint64_t)SEL_CODE << 16,
		  "vm-3.01", "ES, CS, SS and DS");
	tap_value(shown(S_SELECTORS_2), SEL_DATA * 0x10001ULL | 0x18ULL << 32 |
		  (uint64_t)SEL_TSS << 48, "vm-3.04", "FS, GS, LDTR and TR");
	tap_value(shown(S_SELECTORS_2) >> 48, SEL_TSS, "vm-3.05", "TR");
	tap_value(shown(S_GDTR) & 0xffff, 0xff, "vm-3.03", "GDTR");
	tap_value(shown(S_IDTR) & 0xffff, 0x1ff, "vm-3.03", "IDTR");
	tap_value(shown(S_XCR0), 3, "vm-3.46", "XCR0");
	tap_value(shown(S_PKRU), GUEST_PKRU, "vm-3.30", "PKRU");
}

static void test_loaded_fpu(void)
{
	uint64_t p = (uint64_t)guest_page + S_FXSAVE;

	tap_value(get32(p + FX_FCW) & 0xffff, GUEST_FCW, "vm-3.47", "FCW");
	tap_value(get8(p + FX_FTW), 1, "vm-3.47", "FTW, in its abridged form");
	tap_value(get32(p + FX_MXCSR), GUEST_MXCSR, "vm-3.47", "MXCSR");
	tap_value(get64(p + FX_ST0), GUEST_MANTISSA, "vm-3.47", "a mantissa");
	tap_value(get64(p + FX_ST0 + 8) & 0xffff, GUEST_EXPONENT, "vm-3.47", "its exponent");
	tap_value(get64(p + FX_XMM0), GUEST(100), "vm-3.47", "XMM0");
}

/* Taken at once after #VMEXIT, before anything else changes them */
struct host_now {
	uint64_t cr0, cr2, cr3, cr4, dr6, dr7, efer, pat, dbgctl, msrs[ARRAY_SIZE(msrs)];
	uint16_t es, cs, ss, ds, ldtr, tr;
	uint32_t xcr0, pkru;
	struct { uint16_t limit; uint64_t base; } __attribute__((packed)) gdtr, idtr;
};

static void host_get(struct host_now *h)
{
	uint32_t high;

	asm volatile("movq %%cr2, %0" : "=r" (h->cr2));
	asm volatile("movq %%cr0, %0" : "=r" (h->cr0));
	asm volatile("movq %%cr3, %0" : "=r" (h->cr3));
	asm volatile("movq %%cr4, %0" : "=r" (h->cr4));
	asm volatile("movq %%dr6, %0" : "=r" (h->dr6));
	asm volatile("movq %%dr7, %0" : "=r" (h->dr7));
	asm volatile("movw %%es, %0" : "=r" (h->es));
	asm volatile("movw %%cs, %0" : "=r" (h->cs));
	asm volatile("movw %%ss, %0" : "=r" (h->ss));
	asm volatile("movw %%ds, %0" : "=r" (h->ds));
	asm volatile("sldt %0" : "=m" (h->ldtr));
	asm volatile("str %0" : "=m" (h->tr));
	asm volatile("sgdt %0" : "=m" (h->gdtr));
	asm volatile("sidt %0" : "=m" (h->idtr));
	asm volatile("xgetbv" : "=a" (h->xcr0), "=d" (high) : "c" (0));
	asm volatile("rdpkru" : "=a" (h->pkru), "=d" (high) : "c" (0));
	h->efer = rdmsr(MSR_EFER);
	h->pat = rdmsr(MSR_PAT);
	h->dbgctl = rdmsr(MSR_DBGCTL);
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		h->msrs[i] = rdmsr(msrs[i].msr);
}

static void test_host_a(const struct host_now *h, const struct host_now *b)
{
	tap_value(swap_regs[0], (uint64_t)vmcb, "vm-3.22", "type A: the host's RAX");
	tap_value(swap_regs[4], swap_rsp, "vm-3.20", "type A: the host's RSP");
	tap_ok(h->es == b->es && h->cs == b->cs && h->ss == b->ss && h->ds == b->ds, "vm-3.01",
	       "type A: the host's ES, CS, SS and DS");
	tap_ok(h->gdtr.base == b->gdtr.base && h->gdtr.limit == b->gdtr.limit &&
	       h->idtr.base == b->idtr.base && h->idtr.limit == b->idtr.limit, "vm-3.03",
	       "type A: the host's GDTR and IDTR");
	tap_value(h->tr, SEL_TSS, "vm-3.05", "type A: the host's TR");
	tap_value(h->efer, b->efer, "vm-3.09", "type A: the host's EFER");
	tap_ok(h->cr0 == b->cr0 && h->cr3 == b->cr3 && h->cr4 == b->cr4, "vm-3.12",
	       "type A: the host's CR0, CR3 and CR4");
	tap_value(h->dr7, HOST_DR7, "vm-3.13", "type A: the host's DR7 (single source)");
	tap_value(h->dr6, HOST_DR6, "vm-3.14", "type A: the host's DR6 (single source)");
	tap_value(h->dbgctl, 1, "vm-3.27", "type A: the host's DEBUGCTL");
	tap_value(h->pat, HOST_PAT, "vm-3.26", "the host's PAT was not touched");
}

static void test_host_b(const struct host_now *h)
{
	for (unsigned int i = 1; i < 16; i++) {
		if (gpr_fields[i])
			tap_value(swap_regs[i], SAVED(i), gpr_rows[i], gpr_names[i]);
	}
	tap_ok(swap_regs[3] == SAVED(3), "vm-3.50",
	       "type B comes from the host save area, at 400h in the layout of a VMSA");
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		tap_value(h->msrs[i], SAVED(msrs[i].show), msrs[i].row, msrs[i].what);
	tap_value(h->ldtr, SEL_LDT, "vm-3.04", "type B: the LDTR of the save area");
	tap_value(h->xcr0, 3, "vm-3.46", "type B: the XCR0 of the save area");
	tap_value(h->pkru, HOST_PKRU, "vm-3.30", "type B: the PKRU of the save area");
}

static void test_host_c(const struct host_now *h)
{
	tap_value(h->cr2, 0, "vm-3.25", "type C: CR2 is 0 (unconfirmed U22)");
	tap_value(get32((uint64_t)fx + FX_FCW) & 0xffff, 0x37f, "vm-3.47",
		  "type C: FCW is 37Fh (unconfirmed U22)");
	tap_value(get8((uint64_t)fx + FX_FTW), 0, "vm-3.47",
		  "type C: the x87 registers are empty (unconfirmed U22)");
	tap_value(get32((uint64_t)fx + FX_MXCSR), 0x1f80, "vm-3.47",
		  "type C: MXCSR is 1F80h (unconfirmed U22)");
	tap_ok(all_bytes(fx + FX_XMM0, 0, 16), "vm-3.47",
	       "type C: XMM0 is 0 (unconfirmed U22)");
}

/* What the guest left is what it finds. */
static void test_kept(void)
{
	uint64_t p = (uint64_t)guest_page + S_FXSAVE;

	tap_value(shown(S_CR2), LEFT_CR2, "vm-3.25", "the guest finds its CR2 again");
	for (unsigned int i = 0; i < 16; i++)
		tap_value(shown(S_RAX + i), i == 4 ? GUEST_RSP : LEFT_GPR + i, gpr_rows[i],
			  gpr_names[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		tap_value(shown(msrs[i].show), LEFT_MSR + msrs[i].show, msrs[i].row,
			  msrs[i].what);
	tap_value(get64(p + FX_XMM0), LEFT_GPR, "vm-3.47", "the guest finds its XMM0 again");
	tap_value(get64(p + FX_ST0), BIT(63), "vm-3.47", "and its x87 stack");
	tap_value(shown(S_PAT), GUEST_PAT, "vm-3.26", "and its PAT");
	tap_value(shown(S_PKRU), GUEST_PKRU, "vm-3.30", "and its PKRU");
	tap_value(shown(S_XCR0), 3, "vm-3.46", "and its XCR0");
	tap_value(shown(S_DR7), GUEST_DR7, "vm-3.13", "and its DR7");
}

int main(void)
{
	static struct host_now before, after;
	uint64_t cr4;

	platform_up();
	asm volatile("movq %%cr4, %0" : "=r" (cr4));
	asm volatile("movq %0, %%cr4" : : "r" (cr4 | CR4_OSFXSR | CR4_OSXSAVE | CR4_PKE));
	guest_build(1, c_bit());
	fill_vmsa((void *)GUEST_VMSA(0));
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
	svm_open_msrs();
	vmcb_put(VMCB_VMSA, GUEST_VMSA(0));
	vmcb_put32(VMCB_WORD4, vmcb_get(VMCB_WORD4) & ~INTERCEPT(EXIT_XSETBV));

	host_set();
	host_get(&before);
	run();
	host_get(&after);
	test_loaded();
	test_loaded_fpu();
	test_host_a(&after, &before);
	test_host_b(&after);
	test_host_c(&after);
	run();
	test_kept();
	tap_finish();
}
