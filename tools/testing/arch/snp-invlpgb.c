// SPDX-License-Identifier: GPL-2.0-only
/*
 * INVLPGB and TLBSYNC: AMD64 APM volume 3, in the host with two CPUs, and in guests
 * as the VMCB says (volume 2, appendix B).
 */
#include "ap.h"
#include "guest.h"

#define PAGE_A		TEST_PAGE(3)
#define PAGE_B		TEST_PAGE(4)
#define PAGE_C		TEST_PAGE(5)
#define PAGE_OTHER	TEST_PAGE(40)
#define LARGE_PAGE	(LARGE_REGION + 3 * PAGE_SIZE)	/* PAGE_A + 2 MiB */
#define GVA		(96 * PAGE_SIZE)
#define ASID_PLAIN	600
#define VMSAS		8

/* RAX */
#define VA		BIT(0)
#define PCID		BIT(1)
#define ASID		BIT(2)
#define GLOBAL		BIT(3)
#define FINAL		BIT(4)
#define NESTED		BIT(5)
/* ECX */
#define STRIDE_2M	BIT(31)
/* EDX */
#define IN_PCID(n)	((uint64_t)(n) << 16)
#define CR4_PCIDE	BIT(17)

static volatile uint64_t ap_address, ap_value;

static void ap_read(void)
{
	ap_value = get64(ap_address);
}

static uint64_t read_there(uint64_t addr)
{
	ap_address = addr;
	ap_call(ap_read);
	return ap_value;
}

static uint64_t invlpgb(uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	probe_begin();
	asm volatile(PROBED(".byte 0x0f, 0x01, 0xfe")
		     : : "a" (rax), "c" (rcx), "d" (rdx) : "memory");
	return probe_end();
}

static uint64_t tlbsync(void)
{
	probe_begin();
	asm volatile(PROBED(".byte 0x0f, 0x01, 0xff") : : : "memory");
	return probe_end();
}

static void test_cpuid(void)
{
	uint32_t r[4];

	cpuid(0x80000008, 0, r);
	tap_ok(r[1] & BIT(3), "pl-2.11", "80000008 EBX: INVLPGB and TLBSYNC");
	tap_value(r[3] & 0xffff, 7, "pl-2.12",
		  "80000008 EDX: of seven pages more (unconfirmed U36)");
	tap_ok(!(r[1] & BIT(21)), "pl-2.12",
	       "80000008 EBX: not of nested translations (unconfirmed U36)");
	cpuid(0x8000000a, 0, r);
	tap_ok(r[3] & BIT(24), "pl-2.12",
	       "8000000A EDX: the VMCB says whether a guest may (unconfirmed U36)");
}

/*
 * The other CPU has cached @addr, then it is made to be PAGE_OTHER; what does that
 * CPU find after INVLPGB?
 */
static bool drops(uint64_t addr, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	uint64_t found;

	put64(addr, 1);
	put64(PAGE_OTHER, 2);
	need(read_there(addr) == 1, "a page that the other CPU has cached");
	*small_pte(addr) = PAGE_OTHER | PTE_SMALL;
	need(read_there(addr) == 1, "a translation that is out of date");
	need(invlpgb(rax, rcx, rdx) == FAULT_NONE && tlbsync() == FAULT_NONE, "INVLPGB");
	found = read_there(addr);
	*small_pte(addr) = addr | PTE_SMALL;
	invlpgb(ASID | GLOBAL, 0, 0);
	tlbsync();
	return found == 2;
}

static void test_flush(void)
{
	tap_ok(drops(PAGE_A, PAGE_A | VA | ASID, 0, 0), "vm-13.01",
	       "INVLPGB of an address drops what the other CPU has cached of it");
	tap_ok(drops(PAGE_A, PAGE_A | VA | ASID | GLOBAL | FINAL, 0, 0), "vm-13.01",
	       "global and final translations, too");
	tap_ok(drops(PAGE_C, PAGE_A | VA | ASID, 2, 0), "vm-13.02",
	       "INVLPGB of three pages reaches the third");
	tap_ok(drops(LARGE_PAGE, PAGE_A | VA | ASID, STRIDE_2M | 1, 0), "vm-13.02",
	       "ECX[31]: the second is 2 MiB further");
	tap_ok(drops(PAGE_A, ASID, 0, 0), "vm-13.03",
	       "INVLPGB without an address drops all of the host's");
	tap_ok(drops(PAGE_A, 0, 0, 0), "vm-13.03", "without an ASID that of all");
	tap_ok(drops(PAGE_A, ASID | PCID, 0, 0), "vm-13.03", "of PCID 0 as well");
}

static uint64_t user_fault(const char *code)
{
	probe_begin();
	probe_mode(SEL_USER_CODE, SEL_USER_DATA, code, 0, 0);
	return probe_rip == (uint64_t)code ? probe_end() : FAULT_NONE;
}

static void test_faults(void)
{
	static const struct {
		uint64_t rax, rcx, rdx;
		const char *what;
	} illegal[] = {
		{ BIT(6), 0, 0, "RAX[6] is #GP (unconfirmed U34)" },
		{ BIT(11), 0, 0, "RAX[11] is #GP (unconfirmed U34)" },
		{ NESTED, 0, 0, "nested translations are #GP (unconfirmed U34)" },
		{ VA, BIT(16), 0, "ECX[16] is #GP (unconfirmed U34)" },
		{ VA, BIT(30), 0, "ECX[30] is #GP (unconfirmed U34)" },
		{ VA, 8, 0, "more pages than CPUID says are #GP (unconfirmed U34)" },
		{ 0, 0, BIT(28), "EDX[28] is #GP (unconfirmed U34)" },
		{ ASID, 0, 1024, "an ASID that there is not is #GP (unconfirmed U34)" },
		{ PCID, 0, IN_PCID(1), "a PCID without CR4.PCIDE is #GP (unconfirmed U34)" },
	};
	uint64_t cr4;

	tap_value(user_fault("\x0f\x01\xfe"), FAULT_GP, "vm-13.04", "INVLPGB in user mode is #GP(0)");
	tap_value(user_fault("\x0f\x01\xff"), FAULT_GP, "vm-13.04", "TLBSYNC in user mode is #GP(0)");
	for (unsigned int i = 0; i < ARRAY_SIZE(illegal); i++)
		tap_value(invlpgb(illegal[i].rax, illegal[i].rcx, illegal[i].rdx), FAULT_GP,
			  "vm-13.05", illegal[i].what);
	tap_value(invlpgb(VA, 7, 0), FAULT_NONE, "vm-13.05", "as many pages as CPUID says are not");
	tap_value(invlpgb(ASID, 0, 1023), FAULT_NONE, "vm-13.05", "nor is the last ASID");
	asm volatile("movq %%cr4, %0" : "=r" (cr4));
	asm volatile("movq %0, %%cr4" : : "r" (cr4 | CR4_PCIDE));
	tap_value(invlpgb(PCID, 0, IN_PCID(1)), FAULT_NONE, "vm-13.05",
		  "nor is a PCID with CR4.PCIDE");
	asm volatile("movq %0, %%cr4" : : "r" (cr4));
}

static void call(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	guest_order(fn, rax, rcx, rdx);
	guest_registers(vmcb + VMCB_SAVE, false);
	guest_resume();
}

static bool gave(uint64_t rax)
{
	return guest_left(EXIT_VMMCALL) && !g.fault && g.rax == rax;
}

static bool faulted(uint64_t fault)
{
	return guest_left(EXIT_VMMCALL) && g.fault == fault;
}

static void test_enable(void)
{
	call(g_invlpgb, ASID, 0, 0);
	tap_ok(faulted(FAULT_UD), "vm-13.06", "INVLPGB in a guest is #UD");
	call(g_tlbsync, 0, 0, 0);
	tap_ok(faulted(FAULT_UD), "vm-13.06", "TLBSYNC in a guest is #UD");
	vmcb_put(VMCB_NESTED, NESTED_NP | NESTED_INVLPGB);
	call(g_invlpgb, ASID, 0, 0);
	tap_ok(gave(ASID), "vm-13.06", "INVLPGB is none where 090h has bit 7");
	call(g_tlbsync, 0, 0, 0);
	tap_ok(gave(0), "vm-13.06", "nor is TLBSYNC");
}

/* The guest's own page table changes, in memory that the host can write to. */
static bool guest_drops(uint64_t rax, uint64_t rdx)
{
	guest_map_low(GVA, PAGE_A);
	vmcb_put32(VMCB_TLB, 1);
	call(g_read, GVA, 0, 0);
	need(gave(1), "a page that the guest has cached");
	vmcb_put32(VMCB_TLB, 0);
	guest_map_low(GVA, PAGE_B);
	call(g_read, GVA, 0, 0);
	need(gave(1), "a translation that is out of date");
	call(g_invlpgb, rax, 0, rdx);
	need(gave(rax), "INVLPGB");
	call(g_read, GVA, 0, 0);
	return gave(2);
}

static void test_guest_flush(void)
{
	put64(PAGE_A, 1);
	put64(PAGE_B, 2);
	tap_ok(guest_drops(GVA | VA | ASID | GLOBAL, 0), "vm-13.07",
	       "INVLPGB of an address drops what the guest has cached of it");
	tap_ok(guest_drops(ASID | GLOBAL, 0), "vm-13.07", "and without one all that it has");
	tap_ok(guest_drops(ASID | GLOBAL, 1), "vm-13.08",
	       "whatever ASID it names, the guest's is meant");
	tap_ok(guest_drops(GLOBAL, 0xffff), "vm-13.08", "or none");
	vmcb_put32(VMCB_TLB, 1);
}

static void intercept(uint64_t codes)
{
	vmcb_put32(VMCB_WORD5, codes);
}

static void test_intercepts(void)
{
	uint64_t rip;

	intercept(INTERCEPT(EXIT_INVLPGB));
	call(g_invlpgb, ASID, 0, 0);
	rip = vmcb_get(VMCB_SAVE + SAVE_RIP);
	tap_ok(guest_left(EXIT_INVLPGB) && rip == (uint64_t)g_invlpgb && !g.info1, "vm-13.09",
	       "014h, bit 0: INVLPGB is exit A0h");
	tap_value(vmcb_get(VMCB_NRIP), rip + 3, "vm-13.09", "nRIP is behind it");
	call(g_invlpgb, BIT(11), 0, 0);
	tap_ok(guest_left(EXIT_INVLPGB), "vm-13.10",
	       "also if it is illegal (unconfirmed U35)");
	intercept(INTERCEPT(EXIT_INVLPGB_ILLEGAL));
	call(g_invlpgb, ASID, 0, 0);
	tap_ok(gave(ASID), "vm-13.10", "014h, bit 1: a legal INVLPGB is no exit");
	call(g_invlpgb, BIT(11), 0, 0);
	tap_ok(guest_left(EXIT_INVLPGB_ILLEGAL), "vm-13.10", "an illegal one is exit A1h");
	intercept(0);
	call(g_invlpgb, BIT(11), 0, 0);
	tap_ok(faulted(FAULT_GP), "vm-13.10", "and #GP without that (unconfirmed U34)");
	intercept(INTERCEPT(EXIT_TLBSYNC));
	call(g_tlbsync, 0, 0, 0);
	tap_ok(guest_left(EXIT_TLBSYNC), "vm-13.09", "014h, bit 4: TLBSYNC is exit A4h");
}

static void test_snp_guest(void)
{
	guest_call(g_invlpgb, ASID | GLOBAL, 0, 0);
	tap_ok(guest_gave(ASID | GLOBAL), "vm-13.11",
	       "an SNP guest has INVLPGB, without bit 7 of 090h");
	guest_call(g_tlbsync, 0, 0, 0);
	tap_ok(guest_gave(0), "vm-13.11", "and TLBSYNC");
	intercept(INTERCEPT(EXIT_INVLPGB));
	guest_call(g_invlpgb, ASID, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, EXIT_INVLPGB)), "vm-13.12",
	       "INVLPGB that is intercepted is #VC there");
	intercept(INTERCEPT(EXIT_TLBSYNC));
	guest_call(g_tlbsync, 0, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, EXIT_TLBSYNC)), "vm-13.12",
	       "so is TLBSYNC");
	intercept(0);
}

static void snp_up(void)
{
	snp_zero_rmp();
	snp_enable();
	ap_call(snp_enable);
	need(snp_init_ex() == SUCCESS, "SNP_INIT_EX");
	wbinvd();
	ap_call(wbinvd);
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	svm_host_save_area();
}

int main(void)
{
	machine_up();
	ap_start();
	test_cpuid();
	test_flush();
	test_faults();
	snp_up();
	guest_build(0, 0);
	vmcb_init(ASID_PLAIN, NESTED_NP, guest_ncr3());
	test_enable();
	test_guest_flush();
	test_intercepts();
	guest_build(VMSAS, c_bit());
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
	test_snp_guest();
	tap_finish();
}
