// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests without encryption on an SNP host: the RMP concerns their writes, and
 * SEV's exits and instructions do not concern them.
 */
#include "guest.h"

#define ASID_PLAIN	600
#define PAGE_A		TEST_PAGE(3)
#define PAGE_B		TEST_PAGE(4)
#define MARK		0x1122334455667788ULL
#define NPF_BITS	(NPF_P | NPF_U | NPF_FINAL | NPF_RMP)

static void call(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	guest_order(fn, rax, rcx, rdx);
	guest_registers(vmcb + VMCB_SAVE, false);
	guest_resume();
}

static void firmware(uint64_t spa)
{
	need(rmp_assign(spa, 0, 0) == RMP_OK, "RMPUPDATE");
}

static void back(uint64_t spa)
{
	need(snp_page_reclaim(spa) == SUCCESS && rmp_release(spa) == RMP_OK, "PAGE_RECLAIM");
}

static void test_exits(void)
{
	uint64_t rip;

	call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done, "vm-4.52", "VMGEXIT is VMMCALL");
	tap_ok(guest_left(EXIT_VMMCALL), "rmp-5.09", "VMGEXIT outside of SEV-ES is VMMCALL");
	call(g_vmgexit_f2, 0, 0, 0);
	rip = vmcb_get(VMCB_SAVE + SAVE_RIP);
	tap_ok(guest_left(EXIT_VMMCALL) && rip == (uint64_t)g_vmgexit_f2, "rmp-5.09",
	       "with F2 as well");
	tap_value(vmcb_get(VMCB_NRIP), rip + 4, "vm-1.15", "nRIP is behind the instruction");
	call(g_cpuid, 0, 0, 0);
	tap_ok(guest_left(EXIT_CPUID), "vm-4.49", "what is no automatic exit is an exit here");
}

static void test_asid(void)
{
	uint32_t r[4], good = vmcb_get(VMCB_ASID);

	cpuid(0x8000000a, 0, r);
	vmcb_put32(VMCB_ASID, r[1]);
	call(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done, "vm-6.31",
	       "an ASID that CPUID 8000000A does not have: it runs (unconfirmed U31)");
	vmcb_put32(VMCB_ASID, good);
}

static void test_instructions(void)
{
	call(g_pvalidate, PRIVATE(PAGE_A), 0, 1);
	tap_ok(guest_left(EXIT_VMMCALL) && g.fault == FAULT_UD, "rmp-5.71", "PVALIDATE is #UD");
	call(g_rmpadjust, PRIVATE(PAGE_A), 0, 1);
	tap_ok(guest_left(EXIT_VMMCALL) && g.fault == FAULT_UD, "rmp-5.71", "RMPADJUST is #UD");
	call(g_rmpupdate, PAGE_A, (uint64_t)guest_page, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && !g.fault && g.rax == RMP_FAIL_PERMISSION, "rmp-5.13",
	       "RMPUPDATE in a guest is 2 (single source)");
}

static void test_writes(void)
{
	call(g_write, SHARED(PAGE_A), MARK, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && get64(PAGE_A) == MARK, "rmp-3.05",
	       "a plain guest writes to a hypervisor's page");
	firmware(PAGE_A);
	call(g_read, SHARED(PAGE_A), 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.rax == MARK, "rmp-3.07",
	       "it may read an assigned page");
	call(g_write, SHARED(PAGE_A), 0, 0);
	tap_ok(guest_npf(NPF_BITS | NPF_W, PAGE_A), "rmp-3.05",
	       "its write there is #NPF with RMP");
	tap_ok(get8((uint64_t)vmcb + VMCB_FETCHED), "vm-1.16",
	       "the instruction bytes of a plain guest are told");
	back(PAGE_A);
}

/* Of an SNP guest beside it, which never runs */
static void test_ciphertext(void)
{
	put64(PAGE_B, MARK);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(PAGE_B, PAGE_NORMAL, 0);
	call(g_read, SHARED(PAGE_B), 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done && g.rax != MARK, "rmp-4.07",
	       "a plain guest reads ciphertext of another guest's page");
	tap_ok(g.rax == get64(PAGE_B), "rmp-4.07", "as the host does");
	need(rmp_release(PAGE_B) == RMP_OK && snp_decommission(GCTX) == SUCCESS, "DECOMMISSION");
	back(GCTX);
}

static void test_large(void)
{
	need(rmp_give(LARGE_REGION, LARGE_REGION, OTHER_ASID) == RMP_OK, "RMPUPDATE");
	call(g_write, SHARED(LARGE_REGION + 8 * PAGE_SIZE), 0, 0);
	tap_ok(guest_npf(NPF_BITS | NPF_W, LARGE_REGION + 8 * PAGE_SIZE), "rmp-3.05",
	       "under 2 MiB in the nested tables all 512 pages count");
	need(rmp_release(LARGE_REGION) == RMP_OK, "RMPUPDATE");
	call(g_write, SHARED(LARGE_REGION + 8 * PAGE_SIZE), 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL), "rmp-3.05", "with none assigned it may write");
}

static void test_tables(void)
{
	call(g_read, GVA_SHARED_TABLE + (PAGE_A & (SIZE_2M - 1)), 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL), "rmp-3.06", "a page table in a hypervisor's page");
	firmware(SHARED_TABLE);
	call(g_read, GVA_SHARED_TABLE + (PAGE_A & (SIZE_2M - 1)), 0, 0);
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & (NPF_RMP | NPF_TABLES | NPF_ENC)) ==
	       (NPF_RMP | NPF_TABLES), "rmp-3.06",
	       "one in an assigned page is #NPF with RMP during the walk");
	back(SHARED_TABLE);
}

/* Without nested paging a guest's write is judged as the host's are. */
static void test_shadow(void)
{
	vmcb_put(VMCB_NESTED, 0);
	vmcb_put32(VMCB_EXCEPTIONS, BIT(VECTOR_PF));
	call(g_write, SHARED(PAGE_A), MARK, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done, "rmp-3.05",
	       "a guest without nested paging writes to a hypervisor's page");
	firmware(PAGE_A);
	call(g_write, SHARED(PAGE_A), 0, 0);
	tap_ok(guest_left(0x40 + VECTOR_PF) && g.info1 == (PF_RMP | PF_WRITE | PF_PRESENT) &&
	       g.info2 == PAGE_A, "rmp-3.31", "#PF that is intercepted: bit 31 and no other above");
	back(PAGE_A);
}

int main(void)
{
	platform_up();
	guest_build(0, 0);
	vmcb_init(ASID_PLAIN, NESTED_NP, guest_ncr3());
	test_exits();
	test_asid();
	test_instructions();
	test_writes();
	test_ciphertext();
	test_large();
	test_tables();
	test_shadow();
	tap_finish();
}
