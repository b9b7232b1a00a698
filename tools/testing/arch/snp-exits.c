// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an SNP guest is left: automatic exits, #VC instead of others, VMGEXIT
 * and the GHCB MSR, injection.  APM volume 2, 15.35.4 to 15.35.6, and 15.20.
 */
#include "ap.h"
#include "guest.h"

#define VMSAS		60
#define MSR_TSC		0x10
#define EFER_SCE	BIT(0)
#define CR0_MP		BIT(1)
#define FREE(n)		TEST_PAGE(100 + (n))
#define BEYOND_WIDTH	BIT(50)		/* above the reduced physical address width */
#define VECTOR_DB	1
#define VECTOR_NMI	2

static uint32_t word3, word4;

/* The function ended, and a run before its end was left with this code. */
static void leaves(const void *fn, uint64_t rax, uint64_t rcx, int64_t exit,
		   const char *row, const char *what)
{
	bool left;

	guest_call(fn, rax, rcx, 0);
	left = guest_left(exit) && !g.done;
	guest_resume();
	tap_ok(left && guest_left(EXIT_VMGEXIT) && g.done && !g.fault, row, what);
}

static void test_instructions(void)
{
	leaves(g_hlt, 0, 0, EXIT_HLT, "vm-4.08", "HLT exits, and RIP is behind it");
	leaves(g_pause, 0, 0, EXIT_PAUSE, "vm-4.07", "PAUSE exits, and RIP is behind it");
	leaves(g_vmgexit_f2, 0, 0, EXIT_VMGEXIT, "vm-4.15",
	       "VMGEXIT exits, and RIP is behind it");
	guest_call(g_shutdown, 0, 0, 0);
	tap_ok(guest_left(EXIT_SHUTDOWN), "vm-4.09", "an exception without handlers: SHUTDOWN");
}

static void test_traps(void)
{
	uint64_t cr0 = GUEST_CR0 | CR0_MP, cr4 = GUEST_CR4 | CR4_OSXSAVE;
	uint64_t efer = GUEST_EFER | EFER_SCE;

	guest_call(g_write_cr0, cr0, 0, 0);
	tap_ok(guest_left(EXIT_CR0_TRAP) && g.info1 == cr0, "vm-4.11",
	       "a write to CR0 exits afterwards, with the new value");
	guest_resume();
	guest_call(g_read_cr0, 0, 0, 0);
	tap_ok(guest_gave(cr0), "vm-4.11", "CR0 has that value");
	guest_call(g_write_cr4, cr4, 0, 0);
	tap_ok(guest_left(EXIT_CR4_TRAP) && g.info1 == cr4, "vm-4.11",
	       "a write to CR4 exits afterwards, with the new value");
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-4.11", "and the guest goes on behind it");
	guest_call(g_read_cr4, 0, 0, 0);
	tap_ok(guest_gave(cr4), "vm-1.01", "the upper half of word 4 traps CR0 to CR15");
	guest_call(g_xsetbv, 1, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, EXIT_XSETBV)), "vm-4.47", "XSETBV: #VC 8Dh");
	leaves(g_write_cr8, 0, 0, EXIT_CR8_TRAP, "vm-4.11", "a write to CR8 exits afterwards");

	guest_call(g_wrmsr, efer, MSR_EFER, 0);
	tap_ok(guest_left(EXIT_EFER_TRAP) && g.info1 == efer, "vm-4.10",
	       "a write to EFER exits afterwards, with the new value");
	guest_resume();
	guest_call(g_wrmsr, GUEST_EFER & ~EFER_SVME, MSR_EFER, 0);
	guest_resume();
	guest_call(g_rdmsr, 0, MSR_EFER, 0);
	tap_ok(guest_gave(GUEST_EFER), "vm-4.17", "EFER.SVME reads 1 whatever the guest writes");
}

static void test_no_traps(void)
{
	vmcb_put32(VMCB_WORD4, word4 & ~(INTERCEPT(EXIT_EFER_TRAP) | INTERCEPT(EXIT_CR0_TRAP)));
	guest_call(g_write_cr0, GUEST_CR0, 0, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-1.01",
	       "bit 16 of word 4 is what traps CR0");
	guest_call(g_wrmsr, GUEST_EFER, MSR_EFER, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-1.01",
	       "bit 15 of word 4 is what traps EFER");
	vmcb_put32(VMCB_WORD4, word4);
}

static void test_interrupts(void)
{
	unsigned int irqs = irq_count, nmis = nmi_count;

	apic_enable();
	apic_send_self(APIC_FIXED | VECTOR_IRQ);
	guest_call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INTR) && !g.done, "vm-4.02", "an interrupt of the host exits");
	asm volatile("sti; nop; nop; cli" : : : "memory");
	need(irq_count == irqs + 1, "an interrupt");
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-4.02", "and leaves the guest as it was");
	asm volatile("clgi" : : : "memory");
	apic_send_self(APIC_NMI);
	guest_call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_NMI) && !g.done, "vm-4.03", "an NMI exits");
	need(nmi_count == nmis + 1, "an NMI");
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-4.03", "and leaves the guest as it was");

	vmcb_put32(VMCB_WORD3, word3 | INTERCEPT(EXIT_VINTR));
	vmcb_put(VMCB_INT_CTL, INT_MASKING | INT_VIRQ | 0xfULL << 16 | INT_VECTOR(VECTOR_IRQ));
	guest_call(g_interrupts_on, 0, 0, 0);
	tap_ok(guest_left(EXIT_VINTR) && !g.done, "vm-4.06",
	       "a virtual interrupt that is intercepted exits once interrupts are on");
	vmcb_put32(VMCB_WORD3, word3);
	guest_resume();
	tap_ok(guest_faulted(FAULT(VECTOR_IRQ, 0)), "vm-1.04",
	       "otherwise the guest gets it");
	vmcb_put(VMCB_INT_CTL, INT_MASKING);
}

/* Where SMBASE has the handler after a reset, and a counter behind it */
#define SMM_HANDLER	0x38000ULL
#define SMM_COUNTER	0x38100ULL

static const uint8_t smm_handler[] = {
	0x2e, 0xff, 0x06, 0x00, 0x81,	/* incw %cs:0x8100 */
	0x0f, 0xaa,			/* rsm */
};

static void test_smi(uint32_t intercepts, const char *row, const char *what)
{
	vmcb_put32(VMCB_WORD3, intercepts);
	put32(SMM_COUNTER, 0);
	asm volatile("clgi" : : : "memory");
	apic_send_self(APIC_SMI);
	guest_call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_SMI) && !g.done, row, what);
	tap_value(get32(SMM_COUNTER), 1, row, "the host takes it, once, after STGI");
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, row, "and the guest is as it was");
	vmcb_put32(VMCB_WORD3, word3);
}

static void test_smis(void)
{
	memcpy((void *)SMM_HANDLER, smm_handler, sizeof(smm_handler));
	test_smi(word3, "vm-4.04", "an SMI exits");
	test_smi(word3 & ~INTERCEPT(EXIT_SMI), "vm-4.19", "an SMI that is not intercepted exits");
}

/* No exit happens, and RIP is that of the instruction. */
static void vc(const void *fn, uint64_t rax, uint64_t rcx, uint32_t code, const char *row,
	       const char *what)
{
	guest_call(fn, rax, rcx, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, code)), row, what);
}

static void test_vc(void)
{
	vmcb_put32(VMCB_WORD3, word3 | INTERCEPT(EXIT_RDTSC));
	vmcb_put32(VMCB_WORD4, word4 | INTERCEPT(EXIT_RDTSCP));
	vmcb_put32(VMCB_DR, BIT(7) | BIT(16 + 7));
	vmcb_put32(VMCB_EXCEPTIONS, BIT(VECTOR_DB));
	vc(g_cpuid, 0, 0, EXIT_CPUID, "vm-4.30", "CPUID: #VC 72h");
	tap_value(g.rip, (uint64_t)g_cpuid, "vm-4.49", "#VC comes before the instruction");
	tap_value(vmcb_get(VMCB_EXITCODE), EXIT_VMGEXIT, "vm-4.49",
		  "#VC is no exit: the next one is the guest's own");
	vc(g_inb, 0, 0, EXIT_IOIO, "vm-4.31", "IN: #VC 7Bh");
	vc(g_outb, 0, 0, EXIT_IOIO, "vm-4.31", "OUT: #VC 7Bh");
	vc(g_rdmsr, 0, MSR_TSC, EXIT_MSR, "vm-4.32", "RDMSR: #VC 7Ch");
	vc(g_wrmsr, 0, MSR_TSC, EXIT_MSR, "vm-4.32", "WRMSR: #VC 7Ch");
	vc(g_rdtsc, 0, 0, EXIT_RDTSC, "vm-4.33", "RDTSC: #VC 6Eh");
	vc(g_rdtscp, 0, 0, EXIT_RDTSCP, "vm-4.34", "RDTSCP: #VC 87h");
	vc(g_rdpmc, 0, 0, EXIT_RDPMC, "vm-4.35", "RDPMC: #VC 6Fh");
	vc(g_invd, 0, 0, EXIT_INVD, "vm-4.36", "INVD: #VC 76h");
	vc(g_wbinvd, 0, 0, EXIT_WBINVD, "vm-4.37", "WBINVD: #VC 89h");
	vc(g_vmmcall, 0, 0, EXIT_VMMCALL, "vm-4.38", "VMMCALL: #VC 81h");
	vc(g_monitor, (uint64_t)guest_page, 0, EXIT_MONITOR, "vm-4.39", "MONITOR: #VC 8Ah");
	vc(g_mwait, 0, 0, EXIT_MWAIT, "vm-4.40", "MWAIT: #VC 8Bh");
	vc(g_read_dr7, 0, 0, EXIT_READ_DR7, "vm-4.41", "a read of DR7: #VC 27h");
	vc(g_write_dr7, 0x400, 0, EXIT_WRITE_DR7, "vm-4.42", "a write to DR7: #VC 37h");
	vc(g_step, 0, 0, EXIT_DB, "vm-4.43", "#DB that is intercepted: #VC 41h");
	vmcb_put32(VMCB_EXCEPTIONS, 0);
	vmcb_put32(VMCB_DR, 0);
}

static void test_unconditional(void)
{
	guest_call(g_vmsave, FREE(20), 0, 0);
	tap_ok(guest_left(EXIT_VMSAVE) && !g.done, "vm-6.28",
	       "VMSAVE that is not intercepted is #VMEXIT(VMSAVE)");
	vmcb_put32(VMCB_WORD3, word3 & ~(INTERCEPT(EXIT_CPUID) | INTERCEPT(EXIT_IOIO)));
	vc(g_cpuid, 0, 0, EXIT_CPUID, "vm-4.30", "CPUID without its intercept: #VC as well");
	vc(g_inb, 0, 0, EXIT_IOIO, "vm-4.31", "IN without its intercept: #VC as well");
	vmcb_put32(VMCB_WORD3, word3);
	vmcb_put32(VMCB_WORD4, word4);
	guest_call(g_rdtsc, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done && !g.fault, "vm-4.33",
	       "RDTSC without its intercept is no #VC");
}

static void test_npf(void)
{
	uint64_t page = FREE(0);

	*npt_small(page) = 0;
	guest_call(g_read, SHARED(page), 0, 0);
	tap_ok(guest_left(EXIT_NPF), "vm-4.14", "a nested page fault exits");
	tap_value(vmcb_get(VMCB_FETCHED) & 0xff, 0, "vm-1.16", "no instruction bytes are told");
	tap_ok(!(g.info1 & NPF_ENC), "vm-5.01", "a shared one without ENC");
	tap_value(g.info2, page, "vm-5.02", "EXITINFO2 is the guest physical address");
	*npt_small(page) = page | NPT_LEAF;
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-4.14", "and the access is done again");
	*npt_small(page) = page | NPT_LEAF | BEYOND_WIDTH;
	vc(g_read, SHARED(page), 0, EXIT_NPF, "vm-4.45",
	   "one with a reserved bit, MMIO, is #VC 400h instead");
	vc(g_write, SHARED(page), 0, EXIT_NPF, "vm-5.04", "a write as well");
	*npt_small(page) = page | NPT_LEAF;
}

/* In the VMSA, which the guest itself can read */
static void test_exit_info(void)
{
	uint64_t page = FREE(1), vmsa;

	*npt_small(page) = 0;
	guest_call(g_read, SHARED(page) + 0x18, 0, 0);
	vmsa = PRIVATE(GUEST_VMSA(guest_last_vmsa()));
	guest_call(g_read, vmsa + SAVE_EXITCODE, 0, 0);
	tap_ok(guest_gave(EXIT_NPF), "vm-4.18", "an automatic exit leaves GUEST_EXITCODE");
	guest_call(g_read, vmsa + SAVE_EXITINFO1, 0, 0);
	tap_ok(guest_gave(NPF_U | NPF_FINAL), "vm-4.18", "GUEST_EXITINFO1");
	guest_call(g_read, vmsa + SAVE_EXITINFO2, 0, 0);
	tap_ok(guest_gave(page + 0x18), "vm-4.18", "and GUEST_EXITINFO2 in the VMSA");
	*npt_small(page) = page | NPT_LEAF;
}

static void test_ghcb(void)
{
	vmcb_put(VMCB_GHCB, 0x123456000);
	guest_call(g_rdmsr, 0, MSR_GHCB, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault && g.rax == 0x23456000 && g.rdx == 1,
	       "vm-1.10", "VMRUN loads the GHCB MSR from the VMCB");
	guest_call(g_wrmsr, 0x777, MSR_GHCB, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault, "vm-4.53",
	       "the GHCB MSR is not intercepted, whatever the bitmap says");
	tap_value(vmcb_get(VMCB_GHCB), 0x777, "vm-1.10", "the exit stores it");
	guest_call(g_rdmsr, 0, MSR_GHCB, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.rax == 0x777, "vm-4.51",
	       "and finds it again");
	guest_call(g_rdmsr, 0, MSR_SEV_STATUS, 0);
	tap_ok(guest_gave(7), "pl-3.07", "SEV_STATUS in an SNP guest: SEV, SEV-ES and SNP");
}

static void test_state(void)
{
	uint64_t page = FREE(2);

	guest_call(g_sti_vmgexit, 0, 0, 0);
	tap_ok(vmcb_get(VMCB_INT_STATE) & STATE_GUEST_IF, "vm-1.06",
	       "bit 1 at 068h is the guest's RFLAGS.IF: 1");
	tap_ok(vmcb_get(VMCB_INT_STATE) & STATE_GUEST_IF, "vm-8.04",
	       "the hypervisor sees that an interrupt would be taken");
	guest_resume();
	tap_ok(!(vmcb_get(VMCB_INT_STATE) & STATE_GUEST_IF), "vm-1.06", "and 0");
	*npt_small(page) = 0;
	guest_call(g_sti_shadow, SHARED(page), 0, 0);
	tap_ok(guest_left(EXIT_NPF) && vmcb_get(VMCB_INT_STATE) & STATE_SHADOW, "vm-1.05",
	       "bit 0 at 068h is the interrupt shadow");
	tap_ok(vmcb_get(VMCB_INT_STATE) & STATE_SHADOW, "vm-8.03",
	       "the hypervisor sees the shadow");
	*npt_small(page) = page | NPT_LEAF;
	guest_resume();
	tap_ok(!(vmcb_get(VMCB_INT_STATE) & STATE_SHADOW), "vm-1.05", "0 without one");
}

static void inject(uint64_t event)
{
	vmcb_put(VMCB_EVENTINJ, EVENT_VALID | event);
	guest_call(g_nop, 0, 0, 0);
}

static void test_injection(void)
{
	uint64_t event = EVENT_EXCEPTION | EVENT_ERROR(0x1230) | VECTOR_GP;

	inject(event);
	tap_ok(guest_faulted(FAULT(VECTOR_GP, 0x1230)), "vm-8.01",
	       "EVENTINJ of #GP with an error code");
	tap_ok(!(vmcb_get(VMCB_EVENTINJ) & EVENT_VALID), "vm-1.11",
	       "EVENTINJ is not valid any more afterwards");
	inject(EVENT_EXCEPTION | VECTOR_UD);
	tap_ok(guest_faulted(FAULT_UD), "vm-8.01", "EVENTINJ of #UD");
	inject(EVENT_NMI | VECTOR_NMI);
	tap_ok(guest_faulted(FAULT(VECTOR_NMI, 0)), "vm-8.02", "EVENTINJ of an NMI");
	inject(EVENT_INTR | VECTOR_IRQ);
	tap_ok(guest_faulted(FAULT(VECTOR_IRQ, 0)), "vm-8.01", "EVENTINJ of an interrupt");

	*npt_small(GUEST_TABLES) = 0;
	inject(event);
	tap_ok(guest_left(EXIT_NPF) && vmcb_get(VMCB_EXITINTINFO) == (EVENT_VALID | event),
	       "vm-1.08", "EXITINTINFO is the event that could not be delivered");
	vmcb_put(VMCB_INT_CTL, INT_MASKING | INT_VIRQ | 0xfULL << 16 | INT_VECTOR(VECTOR_IRQ));
	guest_call(g_interrupts_on, 0, 0, 0);
	tap_ok(guest_left(EXIT_NPF) && (uint32_t)vmcb_get(VMCB_EXITINTINFO) ==
	       (EVENT_VALID | EVENT_INTR | VECTOR_IRQ), "vm-1.08", "or a virtual interrupt");
	vmcb_put(VMCB_INT_CTL, INT_MASKING);
	*npt_small(GUEST_TABLES) = GUEST_TABLES | NPT_LEAF;
	guest_call(g_nop, 0, 0, 0);
	tap_value(vmcb_get(VMCB_EXITINTINFO) & EVENT_VALID, 0, "vm-1.08",
		  "and not valid without one");
}

static void test_ncr3(void)
{
	uint64_t ncr3 = vmcb_get(VMCB_NCR3);

	memset((void *)FREE(3), 0, PAGE_SIZE);
	vmcb_put(VMCB_NCR3, FREE(3));
	guest_call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_NPF), "vm-1.12", "nCR3 is the nested page table");
	vmcb_put(VMCB_NCR3, ncr3);
}

int main(void)
{
	guest_up(VMSAS);
	word3 = vmcb_get(VMCB_WORD3);
	word4 = vmcb_get(VMCB_WORD4);
	test_instructions();
	test_traps();
	test_no_traps();
	test_interrupts();
	test_smis();
	test_vc();
	test_unconditional();
	test_npf();
	test_exit_info();
	test_ghcb();
	test_state();
	test_injection();
	test_ncr3();
	tap_finish();
}
