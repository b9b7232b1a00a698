// SPDX-License-Identifier: GPL-2.0-only
/*
 * What firmware may be able to do beyond the rest: hide the ciphertext of SNP guests,
 * and turn SNP off again on all CPUs.
 */
#include "guest.h"

#define PAGE_A		TEST_PAGE(3)	/* the guest's */
#define PAGE_B		TEST_PAGE(4)	/* the firmware's */
#define MARK		0x1122334455667788ULL
#define ASIDS		10
#define INIT_HIDE	BIT(3)
#define POLICY_HIDE	BIT(24)
#define SHUTDOWN_IOMMU	(BIT(0) << 32)
#define SHUTDOWN_X86	(BIT(1) << 32)
#define SHUTDOWN_LEN	8
#define STATUS_CAN_HIDE	BIT(5)
#define STATUS_HIDES	BIT(6)
#define FEATURES	(BIT(1) | BIT(3))
#define RMP_COUNTERS	0x4000ULL

static uint8_t out[PAGE_SIZE] __attribute__((aligned(4096)));

static uint32_t status_flags(uint64_t page)
{
	need(psp_call(SNP_PLATFORM_STATUS, page, 0, 0, 0) == SUCCESS, "SNP_PLATFORM_STATUS");
	return get32(page + 8) & (STATUS_CAN_HIDE | STATUS_HIDES);
}

static void test_announced(void)
{
	need(psp_call(SNP_FEATURE_INFO, 16, (uint64_t)out, 0, 0) == SUCCESS, "FEATURE_INFO");
	tap_value(get32((uint64_t)out + 8) & FEATURES, FEATURES, "pl-9.12",
		  "FEATURE_INFO: ECX[1], x86 shutdown, and ECX[3], ciphertext hiding");
	tap_value(status_flags((uint64_t)out), STATUS_CAN_HIDE, "pl-9.12",
		  "SNP_PLATFORM_STATUS: it can hide ciphertext, and does not");
}

static uint32_t init(uint64_t flags, uint16_t asids)
{
	return psp_call(SNP_INIT_EX, INIT_RMP | flags, 0, asids, 0);
}

static void test_init(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	tap_value(init(INIT_HIDE, 0), INVALID_PARAM, "pl-8.17",
		  "SNP_INIT_EX, hiding for no ASID is INVALID_PARAM (unconfirmed U45)");
	tap_value(init(INIT_HIDE, r[3]), INVALID_PARAM, "pl-8.17",
		  "for those of plain SEV guests, too (unconfirmed U45)");
	tap_value(init(0, ASIDS), INVALID_PARAM, "pl-8.17",
		  "so are ASIDs without hiding (unconfirmed U45)");
	need(init(INIT_HIDE, ASIDS) == SUCCESS, "SNP_INIT_EX");
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	need(rmp_assign(PAGE_B, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(status_flags(PAGE_B), STATUS_CAN_HIDE | STATUS_HIDES, "pl-9.12",
		  "SNP_PLATFORM_STATUS: it hides");
	need(rmp_release(PAGE_B) == RMP_OK, "RMPUPDATE");
}

static void test_hiding(void)
{
	put64(PAGE_A, MARK);
	need(rmp_assign(GCTX, 0, 0) == RMP_OK && snp_gctx_create(GCTX) == SUCCESS,
	     "GCTX_CREATE");
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY | POLICY_HIDE), SUCCESS, "pl-8.18",
		  "a guest's policy may want it");
	tap_value(snp_activate(GCTX, ASIDS + 1), INVALID_ASID, "pl-8.18",
		  "SNP guests have the ASIDs that are hidden, and no others");
	tap_value(snp_activate(GCTX, ASIDS), SUCCESS, "pl-8.18", "the last of them");
	need(rmp_assign(PAGE_A, PAGE_A, ASIDS) == RMP_OK, "RMPUPDATE");
	need(snp_launch_update(GCTX, PAGE_A, PAGE_NORMAL) == SUCCESS, "LAUNCH_UPDATE");
	tap_value(get64(PAGE_A), ~0ULL, "rmp-4.09", "the host reads FFh of a guest's page");
	tap_value(get8(PAGE_A + 0xfff), 0xff, "rmp-4.09", "whatever the size");
}

static uint32_t shut_down(uint64_t flags)
{
	return psp_call(SNP_SHUTDOWN_EX, SHUTDOWN_LEN | flags, 0, 0, 0);
}

static void test_shutdown(void)
{
	const uint64_t on = SYSCFG_SNP_EN | SYSCFG_VMPL_EN;

	need(rmp_assign(PAGE_B, 0, 0) == RMP_OK, "RMPUPDATE");
	need(probe_write(PAGE_B, 0) == FAULT_RMP_WRITE, "a page of the firmware's");
	need(snp_decommission(GCTX) == SUCCESS, "DECOMMISSION");
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	tap_value(shut_down(SHUTDOWN_X86), INVALID_PARAM, "pl-8.32",
		  "SNP_SHUTDOWN_EX, x86 without the IOMMU is INVALID_PARAM");
	need((rdmsr(MSR_SYSCFG) & on) == on, "SNP_EN");
	tap_value(shut_down(SHUTDOWN_X86 | SHUTDOWN_IOMMU), SUCCESS, "pl-8.37",
		  "SNP_SHUTDOWN_EX with both");
	tap_ok(!(rdmsr(MSR_SYSCFG) & SYSCFG_SNP_EN), "pl-8.37", "clears SYSCFG.SNP_EN");
	tap_value(rdmsr(MSR_SYSCFG) & (SYSCFG_VMPL_EN | SYSCFG_MFDM), SYSCFG_MFDM, "pl-8.38",
		  "and VMPL_EN, but not MFDM (unconfirmed U46)");
	tap_value(probe_write(PAGE_B, 0), FAULT_NONE, "pl-8.37", "all pages are the host's");
	tap_ok(get64(PAGE_A) != MARK && get64(PAGE_A) != ~0ULL, "pl-8.38",
	       "a guest's page is ciphertext still (unconfirmed U46)");
	tap_value(probe_wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_END)), FAULT_NONE, "pl-8.37",
		  "what SNP_EN has frozen is so no more");
}

static void test_again(void)
{
	tap_value(probe_write(rdmsr(MSR_RMP_BASE), 0), FAULT_NONE, "pl-8.39",
		  "the host may write to the RMP again");
	snp_zero_rmp();
	snp_enable();
	tap_value(init(0, 0), SUCCESS, "pl-8.39", "and SNP can be turned on again");
	tap_value(rmp_raw(PAGE_B), 0, "pl-8.39", "with a table of its own");
	tap_value(rmp_assign(PAGE_B, 0, 0), RMP_OK, "pl-8.39", "that is enforced:");
	tap_value(probe_write(PAGE_B, 0), FAULT_RMP_WRITE, "pl-8.39", "a firmware page");
}

/* There is no way back from an SNP_EN that has found no RMP: the last of all. */
static void test_no_entry(void)
{
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	need(shut_down(SHUTDOWN_X86 | SHUTDOWN_IOMMU) == SUCCESS, "SNP_SHUTDOWN_EX");
	wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_BASE) + RMP_COUNTERS);
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_SNP_EN);
	tap_value(rmp_assign(0, 0, 0), RMP_FAIL_INPUT, "pl-4.06",
		  "an RMP of the counters and 1 byte does not even cover the first page");
	tap_value(probe_write(PAGE_B, 0), FAULT_NONE, "pl-4.06", "and forbids nothing");
}

int main(void)
{
	machine_up();
	test_announced();
	snp_zero_rmp();
	snp_enable();
	test_init();
	test_hiding();
	test_shutdown();
	test_again();
	test_no_entry();
	tap_finish();
}
