// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Turin has and Milan has not: RMPREAD, its CPUID, its PSP, and how the
 * firmware tells versions and the chip's id.
 */
#include "guest.h"

#define UNCOVERED	0x7f00000000ULL
#define GPA		0x123456000ULL
#define GPA_2M		0x123400000ULL
#define ASID		5
#define PAGE_A		TEST_PAGE(3)
#define EAX_RMPREAD	BIT(21)
#define EAX_SEGMENTED	BIT(23)
#define UNTOUCHED	0x5a
#define TURIN_ID_LEN	8
#define ID_LEN		64

/* Followed by UD2 */
static const char code_rmpread[] = "\xf2\x0f\x01\xfd\x0f\x0b";

static struct rmp_update read;

static uint64_t fault_in(uint64_t cs, uint64_t ss)
{
	probe_begin();
	probe_mode(cs, ss, code_rmpread, PAGE_A, (uint64_t)&read);
	return probe_rip == (uint64_t)code_rmpread ? probe_end() : FAULT_NONE;
}

static void test_disabled(void)
{
	tap_value(fault_in(SEL_CODE, SEL_DATA), FAULT_UD, "rmp-5.91",
		  "RMPREAD without SYSCFG.SNP_EN is #UD (unconfirmed U16)");
}

static void test_modes(void)
{
	tap_value(fault_in(SEL_USER_CODE, SEL_USER_DATA), FAULT_GP, "rmp-5.91",
		  "RMPREAD in user mode is #GP(0) (unconfirmed U16)");
	tap_value(fault_in(SEL_CODE32, SEL_DATA), FAULT_UD, "rmp-5.91",
		  "RMPREAD in compatibility mode is #UD (unconfirmed U16)");
}

static void test_cpuid(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	tap_ok(r[0] & EAX_RMPREAD, "pl-2.14", "8000001F EAX[21]: RMPREAD");
	tap_ok(r[0] & EAX_SEGMENTED, "pl-2.15", "8000001F EAX[23]: the RMP can have segments");
	cpuid(0x80000000, 0, r);
	tap_ok(r[0] >= 0x80000025, "pl-2.15", "and leaf 80000025 exists");
	tap_value(rdmsr(MSR_RMP_CFG), 0, "pl-3.17", "RMP_CFG is 0 where it has none");
}

static bool reads(uint64_t spa, const struct rmp_update *want)
{
	memset(&read, UNTOUCHED, sizeof(read));
	return rmpread(spa, &read) == RMP_OK && same_bytes(&read, want, sizeof(read));
}

static void test_fields(void)
{
	static const struct rmp_update none;
	static const struct rmp_update firmware = { .assigned = 1, .immutable = 1 };
	static const struct rmp_update pages = { .assigned = 1, .gpa = GPA, .asid = ASID };
	uint64_t raw;

	tap_ok(reads(PAGE_A, &none), "rmp-5.02", "F2 0F 01 FD is RMPREAD: an unassigned page");
	need(rmp_assign(PAGE_A, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_ok(reads(PAGE_A, &firmware), "rmp-5.90", "assigned and immutable");
	tap_ok(reads(PAGE_A + 0xabc, &firmware), "rmp-5.92",
	       "an address within the page does as well (unconfirmed U42)");
	need(snp_page_reclaim(PAGE_A) == SUCCESS && rmp_release(PAGE_A) == RMP_OK,
	     "PAGE_RECLAIM");
	need(rmp_give(PAGE_A, GPA, ASID) == RMP_OK, "RMPUPDATE");
	raw = rmp_raw(PAGE_A);
	tap_ok(reads(PAGE_A, &pages), "rmp-5.90", "guest address and ASID");
	tap_value(rmp_raw(PAGE_A), raw, "rmp-5.95", "RMPREAD changes nothing");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
}

static void test_large(void)
{
	static const struct rmp_update base = {
		.assigned = 1, .size_2m = 1, .gpa = GPA_2M, .asid = ASID,
	};
	static const struct rmp_update within = {
		.assigned = 1, .gpa = GPA_2M + 7 * PAGE_SIZE, .asid = ASID,
	};
	static const struct rmp_update none;

	need(rmp_give_2m(LARGE_REGION, GPA_2M, ASID) == RMP_OK, "RMPUPDATE");
	tap_ok(reads(LARGE_REGION, &base), "rmp-5.90", "the size of a 2 MiB page");
	tap_ok(reads(LARGE_REGION + 7 * PAGE_SIZE, &within), "rmp-5.93",
	       "within it the page's own entry, which has no size (unconfirmed U42)");
	need(rmp_release_2m(LARGE_REGION) == RMP_OK, "RMPUPDATE");
	need(rmp_give(LARGE_REGION, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_ok(reads(LARGE_REGION + PAGE_SIZE, &none), "rmp-5.94",
	       "the status of the region is 0, also beside an assigned page (unconfirmed U42)");
	need(rmp_release(LARGE_REGION) == RMP_OK, "RMPUPDATE");
}

static void test_refused(void)
{
	memset(&read, UNTOUCHED, sizeof(read));
	tap_value(rmpread(UNCOVERED, &read), RMP_FAIL_INPUT, "rmp-5.92",
		  "RMPREAD of what is not covered is FAIL_INPUT (unconfirmed U42)");
	tap_ok(all_bytes(&read, UNTOUCHED, sizeof(read)), "rmp-5.92", "and writes nothing");
}

static void test_guest(void)
{
	guest_build(1, c_bit());
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
	guest_call(g_rmpread, PAGE_A, (uint64_t)guest_page, 0);
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.96",
	       "RMPREAD in a guest is 2 (unconfirmed U42)");
}

static void test_psp(void)
{
	tap_ok(pci_find(0x1022, 0x17d8) >= 0, "pl-6.06",
	       "PCI function 1022:17d8 (single source)");
	psp_write(PSP_INTEN_TURIN + 4, ~0U);
	psp_write(PSP_CMDRESP, 0x7ff << CMDRESP_COMMAND | CMDRESP_IOC);
	while (!(psp_read(PSP_CMDRESP) & CMDRESP_DONE))
		;
	tap_ok(psp_read(PSP_INTEN_TURIN + 4) & INT_COMPLETE, "pl-6.06",
	       "the interrupt status is at 10514h (single source)");
	tap_ok(!(psp_read(PSP_INTSTS) & INT_COMPLETE), "pl-6.06", "and not where Genoa has it");
	psp_write(PSP_INTEN_TURIN + 4, INT_COMPLETE);
	tap_ok(!(psp_read(PSP_INTEN_TURIN + 4) & INT_COMPLETE), "pl-6.06",
	       "writing 1 clears it (single source)");
}

/* Before SNP_INIT, while the firmware writes to any page */
static void test_id(void)
{
	static uint8_t id[ID_LEN];
	uint64_t command[2] = { (uint64_t)id, ID_LEN };

	need(psp_command(SEV_GET_ID, command) == SUCCESS, "GET_ID");
	tap_ok(!all_bytes(id, 0, TURIN_ID_LEN) &&
	       all_bytes(id + TURIN_ID_LEN, 0, ID_LEN - TURIN_ID_LEN), "pl-9.11",
	       "the chip's id is 8 bytes, and 0 behind them");
}

static void test_versions(void)
{
	static uint8_t status[PAGE_SIZE] __attribute__((aligned(4096)));

	need(psp_call(SNP_PLATFORM_STATUS, (uint64_t)status, 0, 0, 0) == SUCCESS,
	     "SNP_PLATFORM_STATUS");
	tap_ok(status[0x10] && status[0x11] && status[0x12] && status[0x13] &&
	       all_bytes(status + 0x14, 0, 3) && status[0x17], "pl-9.10",
	       "TCB version: FMC, boot loader, TEE and SNP in bytes 0 to 3, microcode in 7");
	tap_ok(status[0x13] < 4, "pl-9.06", "its SNP part is below 4 (single source)");
}

int main(void)
{
	machine_up();
	test_cpuid();
	test_psp();
	test_id();
	test_versions();
	test_disabled();
	snp_launchable();
	test_modes();
	test_fields();
	test_large();
	test_refused();
	test_guest();
	tap_finish();
}
