// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMP in segments: AMD64 APM volume 2, 15.36.3.  At first as the BIOS has made
 * it, then with a segment table of our own, whose segments cover less, more and
 * nothing, and whose tables are in no order.
 */
#include "guest.h"

#define BITS		31		/* segments of 2 GiB */
#define SEGMENT		BIT(BITS)
#define GIB		BIT(30)
#define HIGH		0x100000000ULL	/* RAM above 4 GiB begins here */
#define HIGH_PAGE	(HIGH + 0x8005000ULL)
#define NOT_MAPPED	0x60000000ULL	/* RAM behind what segment 0 covers */
#define NO_SEGMENT	0x80000000ULL	/* segment 1 */
#define BEHIND		0x180000000ULL	/* segment 3 */
#define LAST		(BEHIND - PAGE_SIZE)
#define GPA		0x123456000ULL
#define ASID		5
#define ENTRIES		0x4000
#define RST_SIZE	0x1000
#define ENTRY_SIZE	16
#define MIB		0x100000ULL

static uint64_t base, table_0, table_2;

static uint64_t rst_entry(unsigned int n)
{
	return get64(base + ENTRIES + n * 8);
}

static void test_cpuid(void)
{
	uint32_t r[4];
	uint64_t cfg = rdmsr(MSR_RMP_CFG), bits = cfg >> RMP_CFG_SHIFT & 63;

	cpuid(0x80000025, 0, r);
	tap_ok((r[0] & 63) <= bits && bits <= (r[0] >> 6 & 63), "pl-2.16",
	       "80000025 EAX: the least and the most that a segment may be (unconfirmed U43)");
	tap_ok((r[1] & 0x3ff) && r[1] & BIT(10), "pl-2.16",
	       "80000025 EBX: how many segments there may be, at most (unconfirmed U43)");
	tap_ok(cfg & RMP_CFG_SEGMENTED, "pl-3.17", "RMP_CFG[0]: the RMP is in segments");
	tap_value(rdmsr(MSR_RMP_END), 0, "pl-4.05", "the BIOS leaves RMP_END 0");
}

/* Up to the end of RAM, and by tables that are in what they cover */
static void test_bios(void)
{
	unsigned int bits = rdmsr(MSR_RMP_CFG) >> RMP_CFG_SHIFT & 63;
	uint64_t top = 0, end = base;

	for (unsigned int n = 0; n < RST_SIZE / 8; n++) {
		uint64_t e = rst_entry(n), size = (e & RST_MAPPED) << 30;

		if (!size)
			continue;
		need(size <= BIT(bits), "a segment of the BIOS's");
		top = ((uint64_t)n << bits) + size;
		end = (e & RST_BASE) + size / PAGE_SIZE * ENTRY_SIZE;
	}
	tap_ok(top >= BEHIND && end <= top, "pl-4.03",
	       "the BIOS's segments cover all RAM, and so themselves");
}

static void test_msr(void)
{
	uint64_t cfg = (uint64_t)BITS << RMP_CFG_SHIFT | RMP_CFG_SEGMENTED;

	tap_value(probe_wrmsr(MSR_RMP_CFG, cfg), FAULT_NONE, "pl-3.17",
		  "RMP_CFG can be written to before SNP_EN");
	tap_value(rdmsr(MSR_RMP_CFG), cfg, "pl-3.17", "bits 13:8 are a segment's size");
	tap_value(probe_wrmsr(MSR_RMP_CFG, cfg | BIT(1)), FAULT_GP, "pl-3.18",
		  "other bits are #GP (unconfirmed U43)");
}

static void make_segments(void)
{
	uint64_t rst = base + ENTRIES;

	table_2 = base + 2 * MIB;
	table_0 = table_2 + SEGMENT / PAGE_SIZE * ENTRY_SIZE + MIB;
	memset((void *)rst, 0, RST_SIZE);
	put64(rst, table_0 | 1);
	put64(rst + 2 * 8, table_2 | 7);
}

static uint32_t give(uint64_t spa)
{
	uint32_t result = rmp_give(spa, GPA, ASID);

	rmp_release(spa);
	return result;
}

static void test_covered(void)
{
	tap_value(give(NOT_MAPPED), RMP_FAIL_INPUT, "rmp-1.16",
		  "what a segment covers ends where the segment table says");
	tap_value(give(TEST_PAGE(3)), RMP_OK, "rmp-1.16", "below it is covered");
	tap_value(give(NO_SEGMENT), RMP_FAIL_INPUT, "rmp-1.17",
		  "a segment of size 0 is not covered at all");
	tap_value(give(LAST), RMP_OK, "rmp-1.18", "the last page of a segment is covered");
	tap_value(give(BEHIND), RMP_FAIL_INPUT, "rmp-1.18",
		  "a size beyond the segment's counts as the segment's");
	tap_value(probe_write(NOT_MAPPED, 1), FAULT_NONE, "rmp-2.12",
		  "what is not covered is always the host's");
}

static uint64_t raw(uint64_t table, uint64_t spa)
{
	return get64(table + spa % SEGMENT / PAGE_SIZE * ENTRY_SIZE) & RAW_FIELDS;
}

static void test_entries(void)
{
	uint64_t want = RAW_ASSIGNED | GPA | RAW_ASID(ASID);

	need(rmp_give(TEST_PAGE(3), GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(raw(table_0, TEST_PAGE(3)), want, "rmp-1.15",
		  "the entry of a page is in its segment's table, at bits 51:20 of the "
		  "segment table's entry");
	need(rmp_release(TEST_PAGE(3)) == RMP_OK, "RMPUPDATE");
	tap_value(raw(table_0, TEST_PAGE(3)), 0, "rmp-1.15", "and is cleared there");
	need(rmp_give(HIGH_PAGE, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(raw(table_2, HIGH_PAGE), want, "rmp-1.15",
		  "by the address's place in the segment");
	need(rmp_release(HIGH_PAGE) == RMP_OK, "RMPUPDATE");
	tap_value(rmp_asid_pages(ASID), 0, "rmp-1.19", "the counters are at RMP_BASE");
	need(rmp_give(HIGH_PAGE, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(rmp_asid_pages(ASID), 1, "rmp-1.19", "for the pages of all segments");
	need(rmp_release(HIGH_PAGE) == RMP_OK, "RMPUPDATE");
}

static void test_access(void)
{
	need(rmp_assign(TEST_PAGE(3), 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(probe_write(TEST_PAGE(3), 0), FAULT_RMP_WRITE, "rmp-3.03",
		  "the host's write to an assigned page is #PF with the RMP bit");
	need(snp_page_reclaim(TEST_PAGE(3)) == SUCCESS && rmp_release(TEST_PAGE(3)) == RMP_OK,
	     "PAGE_RECLAIM");
}

static void test_pieces(void)
{
	uint64_t firmware = RAW_ASSIGNED | RAW_IMMUTABLE;

	tap_value(raw(table_2, base), firmware, "pl-8.16",
		  "SNP_INIT_EX: the counters are Firmware (unconfirmed U44)");
	tap_value(raw(table_2, base + ENTRIES), firmware, "pl-8.16",
		  "the segment table, too (unconfirmed U44)");
	tap_ok(raw(table_2, table_0) == firmware && raw(table_2, table_2) == firmware, "pl-8.16",
	       "and the tables of all segments (unconfirmed U44)");
	tap_value(raw(table_2, table_2 + SEGMENT / PAGE_SIZE * ENTRY_SIZE), 0, "rmp-1.18",
		  "a segment's table is no longer than the segment needs");
	tap_value(probe_write(table_0, 0), FAULT_RMP_WRITE, "pl-4.04",
		  "the host may not write to any of it");
	tap_value(probe_wrmsr(MSR_RMP_CFG, rdmsr(MSR_RMP_CFG)), FAULT_GP, "pl-3.11",
		  "WRMSR RMP_CFG is #GP after SNP_EN");
}

int main(void)
{
	machine_up();
	base = rdmsr(MSR_RMP_BASE);
	test_cpuid();
	test_bios();
	test_msr();
	make_segments();
	snp_zero_rmp();
	snp_enable();
	need(snp_init_ex() == SUCCESS, "SNP_INIT_EX");
	test_pieces();
	test_covered();
	test_entries();
	test_access();
	tap_finish();
}
