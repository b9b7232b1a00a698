// SPDX-License-Identifier: GPL-2.0-only
/*
 * What takes two CPUs: state that the firmware wants on each of them, cached
 * translations of the other one, and pages in use by a guest that runs there.
 */
#include "ap.h"
#include "guest.h"

#define PAGE_A		TEST_PAGE(3)
#define PAGE_CODE	TEST_PAGE(4)	/* the guest's, of nothing but RET */
#define CODE		(PRIVATE(PAGE_CODE) + 0x7a5)	/* shares no place in a cache */
#define RET		0xc3
#define NR_HERE		3		/* VMSAs, of the guest's CPU that runs here */
#define NR_AP		4		/* and on the other one */
/* Pages for which a direct-mapped TLB has the place of PAGE_CODE */
#define COLLIDING(n)	(SHARED(PAGE_CODE) % COLLIDE + ((n) + 1) * COLLIDE)
#define COLLIDE		0x1000000ULL
#define COLLIDING_MAX	40
#define AP_VMCB		FW_PAGE(16)
#define AP_HSAVE	FW_PAGE(17)
#define ORDER		((uint64_t)guest_page + 0x800)	/* stop, started */
#define VMSAS		5
#define WAIT_MAX	100000000

static volatile uint64_t ap_result;

static void ap_enable(void)
{
	snp_enable();
	wrmsr(MSR_VM_HSAVE_PA, AP_HSAVE);
}

static void ap_clear_hsave(void)
{
	wrmsr(MSR_VM_HSAVE_PA, 0);
}

static void ap_wbinvd(void)
{
	wbinvd();
}

static void ap_write(void)
{
	ap_result = probe_write(PAGE_A, 0);
}

static void test_init(void)
{
	tap_value(snp_init_ex(), INVALID_CONFIG, "pl-8.05",
		  "SNP_INIT_EX with SNP_EN on one CPU of two is INVALID_CONFIG (single source)");
	ap_call(ap_enable);
	tap_value(snp_init_ex(), INVALID_CONFIG, "pl-8.06",
		  "with VM_HSAVE_PA set on the other one, too (single source)");
	ap_call(ap_clear_hsave);
	tap_value(snp_init_ex(), SUCCESS, "pl-8.05", "with both as they should be: SUCCESS");
	wbinvd();
	tap_value(snp_df_flush(), WBINVD_REQUIRED, "pl-8.20",
		  "SNP_DF_FLUSH after WBINVD of one CPU is WBINVD_REQUIRED");
	ap_call(ap_wbinvd);
	tap_value(snp_df_flush(), SUCCESS, "pl-8.20", "after WBINVD of the other one, too: SUCCESS");
}

static void test_cached(void)
{
	ap_call(ap_write);
	need(ap_result == FAULT_NONE, "a page that the other CPU may write to");
	need(rmp_give(PAGE_A, PAGE_A, OTHER_ASID) == RMP_OK, "RMPUPDATE");
	ap_call(ap_write);
	tap_value(ap_result, FAULT_RMP_WRITE, "rmp-8.03",
		  "RMPUPDATE drops what the other CPU has cached");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
	ap_call(ap_write);
	tap_value(ap_result, FAULT_NONE, "rmp-8.03", "in both directions");
}

static void ap_guest(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, AP_HSAVE);
	asm volatile("vmsave %%rax" : : "a" (AP_HSAVE) : "memory");
	save_put((void *)(AP_HSAVE + VMCB_SAVE), SAVE_XCR0, 1);
	ap_result = vmrun_at((void *)AP_VMCB, (void *)(AP_HSAVE + VMCB_SAVE));
}

/* A guest that runs on the other CPU until it is told to end */
static void begin_guest(uint64_t vmsa)
{
	vmcb_put(VMCB_VMSA, vmsa);
	memcpy((void *)AP_VMCB, vmcb, PAGE_SIZE);
	guest_order(g_spin, ORDER, 0, 0);
	put64(ORDER, 0);
	put64(ORDER + 8, 0);
	ap_begin_call(ap_guest);
	for (unsigned int i = 0; i < WAIT_MAX && !get64(ORDER + 8) && !ap_is_done(); i++)
		asm volatile("pause");
	need(get64(ORDER + 8), "a guest that runs on the other CPU");
}

static void end_guest(void)
{
	put64(ORDER, 1);
	for (unsigned int i = 0; i < WAIT_MAX && !ap_is_done(); i++)
		asm volatile("pause");
	need(ap_is_done(), "an end of the guest");
}

static void test_in_use(void)
{
	uint64_t vmsa = GUEST_VMSA(guest_next_vmsa());

	begin_guest(vmsa);
	tap_value(rmp_assign(AP_VMCB, 0, 0), RMP_FAIL_INUSE, "rmp-5.26",
		  "RMPUPDATE of a VMCB in use is FAIL_INUSE");
	tap_value(rmp_release(vmsa), RMP_FAIL_INUSE, "rmp-5.26",
		  "RMPUPDATE of a VMSA in use is FAIL_INUSE");
	tap_value(rmp_release(vmsa), RMP_FAIL_INUSE, "vm-6.25",
		  "VMRUN holds its pages until the exit");
	tap_value(psmash(GUEST_REGION), RMP_FAIL_INUSE, "rmp-5.52",
		  "PSMASH of 2 MiB with a page in use is FAIL_INUSE");
	flush_tlb();
	tap_value(probe_write(AP_VMCB, 0), FAULT_RMP_WRITE, "vm-6.29",
		  "a write to a VMCB in use is #PF with the RMP bit");
	tap_value(probe_read(AP_VMCB), FAULT_NONE, "vm-6.29", "a read is none");
	tap_value(probe_vmrun(AP_VMCB), FAULT_GP, "vm-6.34",
		  "VMRUN of a VMCB in use is #GP(0) (unconfirmed U47)");
	tap_ok(vmrun() == EXIT_BUSY, "vm-6.32",
	       "VMRUN of a VMSA that runs already: BUSY (unconfirmed U33)");

	end_guest();
	tap_value(ap_result, EXIT_VMGEXIT, "vm-6.25", "the guest was not disturbed");
	tap_value(rmp_release(vmsa), RMP_OK, "vm-6.25", "after the exit RMPUPDATE succeeds");
	tap_value(probe_write(AP_VMCB, 0), FAULT_NONE, "vm-6.29", "and a write is no fault");
}

static void call_on_ap(const void *fn, uint64_t rax)
{
	vmcb_put(VMCB_VMSA, GUEST_VMSA(NR_AP));
	vmcb_put32(VMCB_TLB, 0);
	memcpy((void *)AP_VMCB, vmcb, PAGE_SIZE);
	guest_order(fn, rax, 0, 0);
	ap_call(ap_guest);
	need(ap_result == EXIT_VMGEXIT, "an end of the guest");
}

/*
 * Code goes on being executed when the TLB has long had other uses for its entry:
 * QEMU keeps what it has translated.
 */
static void test_code(void)
{
	uint64_t page = (uint64_t)guest_page;

	call_on_ap(g_call, CODE);
	need(!get64(page + CALL_VECTOR), "code that the other CPU may execute");
	for (unsigned int i = 0; i < COLLIDING_MAX; i++)
		call_on_ap(g_read, COLLIDING(i));
	guest_call_on(NR_HERE, g_pvalidate, PRIVATE(PAGE_CODE), 0, 0);
	need(guest_gave(0), "PVALIDATE");
	call_on_ap(g_call, CODE);
	tap_ok(get64(page + CALL_VECTOR) == VECTOR_VC && get64(page + CALL_ERROR) == 0x404,
	       "rmp-8.04", "PVALIDATE takes code from the guest's other CPU, too");
}

static void test_decommission(void)
{
	uint64_t vmsa = GUEST_VMSA(guest_next_vmsa());

	begin_guest(vmsa);
	tap_value(snp_decommission(GCTX), SUCCESS, "pl-11.42",
		  "DECOMMISSION of a guest that runs (unconfirmed U29)");
	end_guest();
	tap_value(ap_result, EXIT_VMGEXIT, "pl-11.42",
		  "it goes on until it exits (unconfirmed U29)");
	tap_value(vmrun(), EXIT_INVALID, "pl-11.42",
		  "and VMRUN is VMEXIT_INVALID then (unconfirmed U29)");
}

int main(void)
{
	machine_up();
	ap_start();
	snp_zero_rmp();
	snp_enable();
	test_init();
	svm_host_save_area();
	test_cached();
	guest_build(VMSAS, c_bit());
	guest_launch_begin(POLICY_ORDINARY);
	memset((void *)PAGE_CODE, RET, PAGE_SIZE);
	guest_add_page(PAGE_CODE, PAGE_NORMAL, 0);
	guest_launch_end();
	test_in_use();
	test_code();
	test_decommission();
	tap_finish();
}
