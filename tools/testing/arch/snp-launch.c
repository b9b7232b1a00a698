// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware's rules for SNP guests, command by command: launch, use and end,
 * with 4 KiB and 2 MiB pages.  SEV-SNP Firmware ABI (56860).
 */
#include "guest.h"

#define GCTX_2		FW_PAGE(1)
#define OUT		FW_PAGE(2)
#define OUT_2		FW_PAGE(3)
#define PAGE_A		TEST_PAGE(0)
#define PAGE_B		TEST_PAGE(1)
#define PAGE_C		TEST_PAGE(2)
#define UNASSIGNED	TEST_PAGE(9)

#define DESIRED_ABI(major, minor) ((uint64_t)(major) << 8 | (minor))
#define NORMAL		UPDATE_TYPE(PAGE_NORMAL)
#define RECLAIM_2M	BIT(0)
#define REQUESTS	20000

static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint32_t asid_max, asid_min_sev;

static void firmware(uint64_t spa)
{
	need(rmp_assign(spa, 0, 0) == RMP_OK, "RMPUPDATE to Firmware");
}

static void pre_guest(uint64_t spa, uint32_t asid)
{
	need(rmp_assign(spa, spa, asid) == RMP_OK, "RMPUPDATE to Pre-Guest");
}

static void back(uint64_t spa)
{
	need(snp_page_reclaim(spa) == SUCCESS && rmp_release(spa) == RMP_OK, "PAGE_RECLAIM");
}

static void test_gctx_create(void)
{
	const char *row = "pl-11.02";

	tap_value(snp_gctx_create(GCTX + 8), INVALID_PARAM, row,
		  "GCTX_CREATE of no page's address is INVALID_PARAM (single source)");
	tap_value(snp_gctx_create(GCTX), INVALID_PAGE_STATE, row,
		  "GCTX_CREATE of a Hypervisor page is INVALID_PAGE_STATE");
	need(rmp_assign_2m(LARGE_REGION, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(snp_gctx_create(LARGE_REGION), INVALID_PAGE_SIZE, row,
		  "GCTX_CREATE of a 2 MiB page is INVALID_PAGE_SIZE");
	need(snp_page_reclaim(LARGE_REGION | RECLAIM_2M) == SUCCESS &&
	     rmp_release_2m(LARGE_REGION) == RMP_OK, "PAGE_RECLAIM");
	firmware(GCTX);
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY), INVALID_GUEST, "pl-11.01",
		  "LAUNCH_START without a context is INVALID_GUEST");
	tap_value(snp_gctx_create(GCTX), SUCCESS, row, "GCTX_CREATE");
	tap_value(rmp_raw(GCTX), RAW_ASSIGNED | RAW_IMMUTABLE | RAW_VMSA, "rmp-2.05",
		  "Context: as Firmware, with vmsa");
	tap_ok(rmp_raw(GCTX) & RAW_VMSA, "rmp-2.27", "Firmware becomes Context");
	tap_value(snp_gctx_create(GCTX), INVALID_PAGE_STATE, row,
		  "GCTX_CREATE again is INVALID_PAGE_STATE");
}

static uint8_t guest_state(uint64_t gctx)
{
	firmware(OUT_2);
	need(psp_call(SNP_GUEST_STATUS, gctx, OUT_2, 0, 0) == SUCCESS, "GUEST_STATUS");
	back(OUT_2);
	return get8(OUT_2 + 0xc);
}

static void test_launch_start(void)
{
	const char *row = "pl-11.03";

	tap_value(snp_launch_start(GCTX, POLICY_SMT), POLICY_FAILURE, row,
		  "LAUNCH_START with policy bit 17 clear is POLICY_FAILURE");
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY | DESIRED_ABI(0xff, 0)), POLICY_FAILURE,
		  row, "with a later ABI, too");
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY | BIT(40)), POLICY_FAILURE, row,
		  "with reserved bits, too");
	tap_value(psp_call(SNP_LAUNCH_START, GCTX, POLICY_ORDINARY, 0, BIT(5)), INVALID_PARAM,
		  row, "with reserved flags it is INVALID_PARAM");
	tap_value(snp_activate(GCTX, GUEST_ASID), INVALID_GUEST_STATE, "pl-11.04",
		  "ACTIVATE before LAUNCH_START is INVALID_GUEST_STATE");
	tap_value(guest_state(GCTX), 0, "pl-11.02", "GCTX_CREATE makes the state 0");
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY | POLICY_DEBUG), SUCCESS, row,
		  "LAUNCH_START");
	tap_value(guest_state(GCTX), 1, row, "makes the state 1");
	tap_value(snp_launch_start(GCTX, POLICY_ORDINARY), INVALID_GUEST_STATE, row,
		  "LAUNCH_START again is INVALID_GUEST_STATE");
}

static void test_inactive(void)
{
	pre_guest(PAGE_A, GUEST_ASID);
	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL, 0), INACTIVE, "pl-11.05",
		  "LAUNCH_UPDATE before ACTIVATE is INACTIVE");
	tap_value(snp_launch_finish(GCTX, NULL, NULL, 0), INACTIVE, "pl-11.07",
		  "LAUNCH_FINISH before ACTIVATE is INACTIVE");
	tap_value(snp_activate(GCTX, GUEST_ASID), INVALID_CONFIG, "pl-11.04",
		  "ACTIVATE on an ASID that has pages is INVALID_CONFIG (single source)");
	back(PAGE_A);
}

static void test_activate(void)
{
	const char *row = "pl-11.04";

	tap_value(snp_activate(GCTX, 0), INVALID_ASID, row, "ACTIVATE on 0 is INVALID_ASID");
	tap_value(snp_activate(GCTX, asid_min_sev), INVALID_ASID, row,
		  "on an ASID of plain SEV, too");
	tap_value(snp_activate(GCTX, asid_max + 1), INVALID_ASID, row, "above all, too");
	tap_value(snp_activate(GCTX, GUEST_ASID), SUCCESS, row, "ACTIVATE");
	tap_value(snp_activate(GCTX, OTHER_ASID), ACTIVE, row, "ACTIVATE again is ACTIVE");
	firmware(GCTX_2);
	need(snp_gctx_create(GCTX_2) == SUCCESS &&
	     snp_launch_start(GCTX_2, POLICY_ORDINARY) == SUCCESS, "a second guest");
	tap_value(snp_activate(GCTX_2, GUEST_ASID), ASID_OWNED, row,
		  "ACTIVATE of another guest on the ASID is ASID_OWNED");
	need(snp_decommission(GCTX_2) == SUCCESS, "DECOMMISSION");
	back(GCTX_2);
}

static void test_update_inputs(void)
{
	const char *row = "pl-11.05";
	uint64_t reserved[8] = { GCTX, NORMAL, PAGE_A, 0xff };

	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL, 0), INVALID_PAGE_STATE, row,
		  "LAUNCH_UPDATE of a Hypervisor page is INVALID_PAGE_STATE");
	pre_guest(PAGE_A, GUEST_ASID);
	tap_value(psp_command(SNP_LAUNCH_UPDATE, reserved), INVALID_PARAM, row,
		  "with a reserved byte set it is INVALID_PARAM");
	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL | BIT(9), 0), INVALID_PARAM, row,
		  "with a reserved bit set, too");
	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL | UPDATE_2M, 0), INVALID_PAGE_SIZE, row,
		  "2 MiB of a 4 KiB page is INVALID_PAGE_SIZE");
	tap_value(snp_launch_page(GCTX, PAGE_A, UPDATE_TYPE(0), 0), INVALID_PARAM, row,
		  "type 0 is INVALID_PARAM");
	tap_value(snp_launch_page(GCTX, PAGE_A, UPDATE_TYPE(7), 0), INVALID_PARAM, row,
		  "type 7, too");
	tap_value(snp_launch_page(FW_PAGE(9), PAGE_A, NORMAL, 0), INVALID_GUEST, row,
		  "without a context it is INVALID_GUEST");
	pre_guest(PAGE_B, OTHER_ASID);
	tap_value(snp_launch_page(GCTX, PAGE_B, NORMAL, 0), INVALID_PAGE_OWNER, row,
		  "of another ASID's page it is INVALID_PAGE_OWNER");
	back(PAGE_B);
	tap_value(rmp_raw(PAGE_A), RAW_ASSIGNED | RAW_IMMUTABLE | PAGE_A | RAW_ASID(GUEST_ASID),
		  row, "nothing of that changed the page");
}

static void test_update(void)
{
	const char *row = "pl-11.05";
	uint8_t full;

	need(rmp_give(PAGE_B, PAGE_B, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	full = rmp_perm(PAGE_B, 0);
	need(rmp_release(PAGE_B) == RMP_OK, "RMPUPDATE");
	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL,
				  UPDATE_VMPL(1, PERM_R) | UPDATE_VMPL(2, PERM_W) |
				  UPDATE_VMPL(3, PERM_XU)), SUCCESS, row, "LAUNCH_UPDATE");
	tap_value(rmp_raw(PAGE_A), RAW_ASSIGNED | PAGE_A | RAW_ASID(GUEST_ASID) | RAW_VALIDATED,
		  "rmp-2.26", "Pre-Guest becomes Guest-Valid");
	tap_value(rmp_perm(PAGE_A, 0), full, row, "VMPL0 has what RMPUPDATE gives it");
	tap_ok((rmp_perm(PAGE_A, 0) & PERM_RWX) == PERM_RWX && rmp_perm(PAGE_A, 1) == PERM_R &&
	       rmp_perm(PAGE_A, 2) == PERM_W && rmp_perm(PAGE_A, 3) == PERM_XU, row,
	       "VMPL0 may do everything, VMPL 1 to 3 what the command says");
	pre_guest(PAGE_B, GUEST_ASID);
	need(snp_launch_update(GCTX, PAGE_B, PAGE_VMSA) == SUCCESS, "LAUNCH_UPDATE");
	tap_ok(rmp_raw(PAGE_B) & RAW_VMSA && !(rmp_raw(PAGE_A) & RAW_VMSA), row,
	       "a page of type VMSA has vmsa, another one has not");
	tap_value(rmp_release(PAGE_A) | rmp_release(PAGE_B), RMP_OK, "pl-11.16",
		  "launched pages go back by RMPUPDATE alone");
}

static void test_update_large(void)
{
	const char *row = "pl-11.05";
	static const enum psp_page_type small_only[] = { PAGE_VMSA, PAGE_SECRETS, PAGE_CPUID };

	need(rmp_assign_2m(LARGE_REGION, LARGE_REGION, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	for (unsigned int i = 0; i < ARRAY_SIZE(small_only); i++)
		tap_value(snp_launch_page(GCTX, LARGE_REGION,
					  UPDATE_TYPE(small_only[i]) | UPDATE_2M, 0),
			  INVALID_PAGE_SIZE, row,
			  "a VMSA, secrets or CPUID page of 2 MiB is INVALID_PAGE_SIZE");
	tap_value(snp_launch_page(GCTX, LARGE_REGION, NORMAL, 0), INVALID_PAGE_SIZE, row,
		  "4 KiB of a 2 MiB page is INVALID_PAGE_SIZE");
	tap_value(snp_launch_page(GCTX, LARGE_REGION + PAGE_SIZE, NORMAL | UPDATE_2M, 0),
		  INVALID_ADDRESS, row, "2 MiB at another address is INVALID_ADDRESS");
	tap_value(snp_launch_page(GCTX, LARGE_REGION, UPDATE_TYPE(PAGE_ZERO) | UPDATE_2M, 0),
		  SUCCESS, row, "2 MiB of zeros");
	tap_value(rmp_raw(LARGE_REGION), RAW_ASSIGNED | RAW_2M | LARGE_REGION |
		  RAW_ASID(GUEST_ASID) | RAW_VALIDATED, row, "are Guest-Valid at once");
	need(rmp_release_2m(LARGE_REGION) == RMP_OK, "RMPUPDATE");
}

/* A count that is too large, then features that no processor has */
static void test_cpuid_page(void)
{
	const char *row = "pl-11.06";
	uint64_t state;

	memset((void *)PAGE_C, 0, PAGE_SIZE);
	put32(PAGE_C, 65);
	pre_guest(PAGE_C, GUEST_ASID);
	tap_value(snp_launch_update(GCTX, PAGE_C, PAGE_CPUID), INVALID_PARAM, row,
		  "a CPUID page of 65 entries is INVALID_PARAM (single source)");
	back(PAGE_C);
	memset((void *)PAGE_C, 0, PAGE_SIZE);
	put32(PAGE_C, 1);
	put32(PAGE_C + 0x10, 7);
	put32(PAGE_C + 0x10 + 0x1c, ~0U);
	pre_guest(PAGE_C, GUEST_ASID);
	state = rmp_raw(PAGE_C);
	tap_value(snp_launch_update(GCTX, PAGE_C, PAGE_CPUID), INVALID_PARAM, row,
		  "one with features that are not there, too");
	tap_value(rmp_raw(PAGE_C), state, row, "the page is still Pre-Guest");
	tap_ok(get32(PAGE_C) == 1 && get32(PAGE_C + 0x10) == 7 &&
	       get32(PAGE_C + 0x10 + 0x1c) != ~0U, row,
	       "and holds what would be accepted, in the clear");
	tap_value(snp_launch_update(GCTX, PAGE_C, PAGE_CPUID), SUCCESS, row,
		  "which then is accepted");
	back(PAGE_C);
}

static void test_finish(void)
{
	const char *row = "pl-11.07";

	put64(PAGE_B, GCTX);
	put64(PAGE_B + 8, OUT);
	pre_guest(PAGE_B, GUEST_ASID);
	need(snp_launch_update(GCTX, PAGE_B, PAGE_NORMAL) == SUCCESS, "LAUNCH_UPDATE");

	tap_value(psp_call(SNP_GUEST_REQUEST, GCTX, (uint64_t)page, OUT, 0), INVALID_PAGE_STATE,
		  "pl-11.09", "GUEST_REQUEST into a Hypervisor page is INVALID_PAGE_STATE");
	firmware(OUT);
	tap_value(psp_call(SNP_GUEST_REQUEST, GCTX, (uint64_t)page, OUT, 0), INVALID_GUEST_STATE,
		  "pl-11.09", "GUEST_REQUEST before LAUNCH_FINISH is INVALID_GUEST_STATE");
	tap_value(snp_launch_finish(GCTX, NULL, NULL, BIT(3)), INVALID_PARAM, row,
		  "LAUNCH_FINISH with reserved flags is INVALID_PARAM");
	tap_value(snp_launch_finish(FW_PAGE(9), NULL, NULL, 0), INVALID_GUEST, row,
		  "LAUNCH_FINISH without a context is INVALID_GUEST");
	tap_value(snp_launch_finish(GCTX, NULL, NULL, 0), SUCCESS, row, "LAUNCH_FINISH");
	tap_value(guest_state(GCTX), 2, row, "makes the state 2");
	tap_value(snp_launch_finish(GCTX, NULL, NULL, 0), INVALID_GUEST_STATE, row,
		  "LAUNCH_FINISH again is INVALID_GUEST_STATE");
	pre_guest(PAGE_A, GUEST_ASID);
	tap_value(snp_launch_page(GCTX, PAGE_A, NORMAL, 0), INVALID_GUEST_STATE, "pl-11.05",
		  "LAUNCH_UPDATE after LAUNCH_FINISH is INVALID_GUEST_STATE");
	back(PAGE_A);
}

static void test_guest_request(void)
{
	static const uint8_t reserved[] = { 0x28, 0x2f, 0x38, 0x3b, 0x3d, 0x5f };
	const char *row = "pl-11.09";

	tap_value(psp_call(SNP_GUEST_REQUEST, GCTX, (uint64_t)page, OUT, 0), INVALID_PARAM, row,
		  "GUEST_REQUEST with a header of zeros is INVALID_PARAM (single source)");
	page[0x30] = 1;				/* AES-256-GCM */
	page[0x31] = 1;				/* header version */
	page[0x32] = 0x60;			/* header size */
	page[0x34] = 5;				/* report */
	page[0x35] = 1;				/* message version */
	page[0x36] = 0x60;			/* message size */
	page[0x20] = 1;				/* sequence number */
	for (unsigned int i = 0; i < ARRAY_SIZE(reserved); i++) {
		page[reserved[i]] = 1;
		tap_value(psp_call(SNP_GUEST_REQUEST, GCTX, (uint64_t)page, OUT, 0),
			  INVALID_PARAM, "pl-11.17",
			  "a reserved byte of the header set: INVALID_PARAM (unconfirmed U28)");
		page[reserved[i]] = 0;
	}
	tap_value(psp_call(SNP_GUEST_REQUEST, GCTX, (uint64_t)page, OUT, 0), BAD_MEASUREMENT,
		  row, "one that is not authentic is BAD_MEASUREMENT (single source)");
	tap_value(rmp_raw(OUT), RAW_ASSIGNED | RAW_IMMUTABLE, row,
		  "the response page stays Firmware");
	back(OUT);
}

/* PAGE_B was launched with a command in it. */
static void test_no_key(void)
{
	unsigned int taken = 0;

	firmware(OUT);
	tap_ok(psp_command(SNP_GUEST_STATUS, (void *)PAGE_B) != SUCCESS, "rmp-4.08",
	       "the firmware takes ciphertext for a command that is in a guest's page");
	/* As often as test-snp-watched.py needs it */
	for (unsigned int i = 0; i < REQUESTS; i++)
		taken += psp_call(SNP_GUEST_REQUEST, GCTX, PAGE_B, OUT, 0) != INVALID_PARAM;
	tap_value(taken, 0, "rmp-4.08", "and for a guest's message");
	back(OUT);
	need(rmp_release(PAGE_B) == RMP_OK, "RMPUPDATE");
}

static void test_guest_status(void)
{
	const char *row = "pl-11.08";

	tap_value(psp_call(SNP_GUEST_STATUS, GCTX, OUT, 0, 0), INVALID_PAGE_STATE, row,
		  "GUEST_STATUS into a Hypervisor page is INVALID_PAGE_STATE");
	firmware(OUT);
	tap_value(psp_call(SNP_GUEST_STATUS, FW_PAGE(9), OUT, 0, 0), INVALID_GUEST, row,
		  "GUEST_STATUS without a context is INVALID_GUEST");
	tap_value(psp_call(SNP_GUEST_STATUS, GCTX, OUT, 0, 0), SUCCESS, row, "GUEST_STATUS");
	tap_ok(get64(OUT) == (POLICY_ORDINARY | POLICY_DEBUG) && get32(OUT + 8) == GUEST_ASID &&
	       get8(OUT + 0xc) == 2, row, "policy, ASID and state");
	back(OUT);
}

static uint32_t debug(unsigned int id, uint64_t src, uint64_t dst)
{
	return psp_call(id, GCTX, src, dst, 0);
}

static void test_debug(void)
{
	const char *row = "pl-11.10";

	pre_guest(PAGE_A, OTHER_ASID);
	tap_value(debug(SNP_DBG_DECRYPT, PAGE_A, OUT), INVALID_PAGE_STATE, row,
		  "DBG_DECRYPT into a Hypervisor page is INVALID_PAGE_STATE");
	firmware(OUT);
	tap_value(debug(SNP_DBG_DECRYPT, PAGE_A, OUT), INVALID_PAGE_OWNER, row,
		  "DBG_DECRYPT of another ASID's page is INVALID_PAGE_OWNER");
	back(PAGE_A);
	need(rmp_give(PAGE_A, PAGE_A, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	tap_value(debug(SNP_DBG_DECRYPT, PAGE_A, OUT), SUCCESS, row, "DBG_DECRYPT");
	tap_ok(get64(OUT) != get64(PAGE_A), row, "gives what the guest sees, not what the host does");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
	back(OUT);
	firmware(GCTX_2);
	firmware(OUT);
	need(snp_gctx_create(GCTX_2) == SUCCESS &&
	     snp_launch_start(GCTX_2, POLICY_ORDINARY) == SUCCESS, "a second guest");
	tap_value(psp_call(SNP_DBG_DECRYPT, GCTX_2, PAGE_A, OUT, 0), POLICY_FAILURE, row,
		  "DBG_DECRYPT without the policy bit is POLICY_FAILURE");
	need(snp_decommission(GCTX_2) == SUCCESS, "DECOMMISSION");
	back(GCTX_2);
	back(OUT);
}

static uint32_t guests(void)
{
	firmware(OUT);
	need(psp_call(SNP_PLATFORM_STATUS, OUT, 0, 0, 0) == SUCCESS, "SNP_PLATFORM_STATUS");
	back(OUT);
	return get32(OUT + 0xc);
}

static void test_decommission(void)
{
	const char *row = "pl-11.11";

	tap_value(guests(), 1, row, "one guest");
	tap_value(snp_decommission(FW_PAGE(9)), INVALID_GUEST, row,
		  "DECOMMISSION without a context is INVALID_GUEST");
	tap_value(snp_page_reclaim(GCTX), INVALID_PAGE_STATE, "pl-11.12",
		  "PAGE_RECLAIM of a context is INVALID_PAGE_STATE");
	tap_value(snp_decommission(GCTX), SUCCESS, row, "DECOMMISSION");
	tap_value(rmp_raw(GCTX), RAW_ASSIGNED | RAW_IMMUTABLE, "rmp-2.28",
		  "Context becomes Firmware");
	tap_value(guests(), 0, row, "no guest");
	tap_value(snp_decommission(GCTX), INVALID_GUEST, row,
		  "DECOMMISSION again is INVALID_GUEST");
	need(snp_gctx_create(GCTX) == SUCCESS &&
	     snp_launch_start(GCTX, POLICY_ORDINARY) == SUCCESS, "another guest");
	tap_value(snp_activate(GCTX, GUEST_ASID), DFFLUSH_REQUIRED, row,
		  "the ASID is dirty: ACTIVATE is DFFLUSH_REQUIRED");
	tap_value(snp_df_flush(), WBINVD_REQUIRED, "pl-8.21",
		  "SNP_DECOMMISSION asks for a new WBINVD");
	wbinvd();
	tap_value(snp_df_flush(), SUCCESS, "pl-8.22", "SNP_DF_FLUSH");
	tap_value(snp_activate(GCTX, GUEST_ASID), SUCCESS, "pl-8.22",
		  "makes the ASID usable");
	need(snp_decommission(GCTX) == SUCCESS, "DECOMMISSION");
	back(GCTX);
}

static void test_reclaim(void)
{
	const char *row = "pl-11.12";

	tap_value(snp_page_reclaim(PAGE_A | 2), INVALID_PARAM, row,
		  "PAGE_RECLAIM with reserved bits is INVALID_PARAM");
	tap_value(snp_page_reclaim(PAGE_A), SUCCESS, row,
		  "PAGE_RECLAIM of a page that is not immutable does nothing");
	tap_value(rmp_raw(PAGE_A), 0, row, "the page is as it was");
	need(rmp_assign_2m(LARGE_REGION, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(snp_page_reclaim(LARGE_REGION), INVALID_PAGE_SIZE, row,
		  "PAGE_RECLAIM of 4 KiB of 2 MiB is INVALID_PAGE_SIZE");
	tap_value(snp_page_reclaim(LARGE_REGION | RECLAIM_2M), SUCCESS, row,
		  "PAGE_RECLAIM of 2 MiB");
	tap_value(rmp_raw(LARGE_REGION), RAW_ASSIGNED | RAW_2M, row, "makes them Reclaim");
	need(rmp_release_2m(LARGE_REGION) == RMP_OK, "RMPUPDATE");
	firmware(PAGE_B);
	tap_value(snp_page_reclaim(PAGE_B | RECLAIM_2M), INVALID_PARAM, row,
		  "2 MiB at no multiple is INVALID_PARAM");
	back(PAGE_B);
}

static uint32_t feature_info(uint32_t len, uint32_t leaf, uint64_t addr)
{
	return psp_call(SNP_FEATURE_INFO, len | (uint64_t)leaf << 32, addr, 0, 0);
}

static void test_feature_info(void)
{
	const char *row = "pl-11.14";

	tap_value(feature_info(15, 0, OUT), INVALID_PARAM, row,
		  "FEATURE_INFO of another length is INVALID_PARAM (single source)");
	tap_value(feature_info(16, 0, OUT + 4), INVALID_ADDRESS, row,
		  "at an odd address is INVALID_ADDRESS (single source)");
	tap_value(feature_info(16, 2, OUT), INVALID_PARAM, row,
		  "of leaf 2 is INVALID_PARAM (single source)");
	firmware(OUT);
	tap_value(feature_info(16, 0, OUT), SUCCESS, row, "FEATURE_INFO");
	tap_value(get32(OUT), 1, row, "leaf 1 is the last one (single source)");
	tap_value(get32(OUT + 8) & 0x2f, 1, row,
		  "VLEKs can be loaded; no x86 shutdown, RAPL disable, ciphertext hiding or CXL");
	back(OUT);
}

static void test_config(void)
{
	const char *row = "pl-11.15";
	uint64_t tcb;

	firmware(OUT);
	need(psp_call(SNP_PLATFORM_STATUS, OUT, 0, 0, 0) == SUCCESS, "SNP_PLATFORM_STATUS");
	back(OUT);
	tcb = get64(OUT + 0x10);
	tap_value(psp_call(SNP_CONFIG, tcb + 1, 0, 0, 0), INVALID_PARAM, row,
		  "SNP_CONFIG of a later TCB is INVALID_PARAM");
	tap_value(psp_call(SNP_CONFIG, tcb - 1, 0, 0, 0), SUCCESS, row,
		  "SNP_CONFIG of an earlier one");
	firmware(OUT);
	need(psp_call(SNP_PLATFORM_STATUS, OUT, 0, 0, 0) == SUCCESS, "SNP_PLATFORM_STATUS");
	back(OUT);
	tap_value(get64(OUT + 0x18), tcb - 1, row, "sets what is reported");
	tap_value(psp_call(SNP_CONFIG, 0, 0, 0, 0), SUCCESS, row, "SNP_CONFIG of 0");
	firmware(OUT);
	need(psp_call(SNP_PLATFORM_STATUS, OUT, 0, 0, 0) == SUCCESS, "SNP_PLATFORM_STATUS");
	back(OUT);
	tap_value(get64(OUT + 0x18), tcb, row, "takes it back");
}

int main(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	asid_max = r[2];
	asid_min_sev = r[3];
	platform_up();
	test_gctx_create();
	test_launch_start();
	test_inactive();
	test_activate();
	test_update_inputs();
	test_update();
	test_update_large();
	test_cpuid_page();
	test_finish();
	test_guest_request();
	test_no_key();
	test_guest_status();
	test_debug();
	test_decommission();
	test_reclaim();
	test_feature_info();
	test_config();
	tap_finish();
}
