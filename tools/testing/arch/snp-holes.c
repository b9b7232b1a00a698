// SPDX-License-Identifier: GPL-2.0-only
/*
 * RMPs in segments that no BIOS makes: by tables that overlap, then, after a machine
 * reset, far apart.  What a segment table says may cost the machine no more than
 * what is covered.
 */
#include "guest.h"

#define NOTE		OTHER_REGION	/* memory that nobody else writes to: */
#define BOOTED		0x5265626f6f746564ULL
#define BITS		40ULL		/* segments of 1 TiB */
#define FAR		63		/* the last one */
#define ENTRIES		0x4000
#define RST_SIZE	0x1000
#define MIB		0x100000ULL
#define LOW_GIB		5ULL		/* up to where the table is itself */
#define TABLE_OF(gib)	((gib) * 4 * MIB)

static uint64_t base;

static uint64_t low_table(void)
{
	return base + 2 * MIB;
}

/* Two segments, the last one by the table at @far */
static void make_segments(uint64_t far)
{
	uint64_t rst = base + ENTRIES;

	wrmsr(MSR_RMP_CFG, BITS << RMP_CFG_SHIFT | RMP_CFG_SEGMENTED);
	memset((void *)rst, 0, RST_SIZE);
	put64(rst, low_table() | LOW_GIB);
	put64(rst + FAR * 8, far | 1);
	memset((void *)low_table(), 0, TABLE_OF(LOW_GIB + 1));
	snp_enable();
}

static void note_overlap(void)
{
	make_segments(low_table() + TABLE_OF(1));
	put64(NOTE + 8, rmp_assign(TEST_PAGE(3), 0, 0));
	put64(NOTE, BOOTED);
}

static void test_holes(void)
{
	uint64_t far = low_table() + TABLE_OF(LOW_GIB);

	make_segments(far);
	tap_value(snp_init_ex(), SUCCESS, "rmp-1.20", "SNP_INIT_EX with 63 TiB that nothing covers");
	tap_value(rmp_assign(TEST_PAGE(3), 0, 0), RMP_OK, "rmp-1.20", "the first segment counts");
	tap_value(get64(far) & RAW_FIELDS, RAW_IMMUTABLE, "rmp-1.20",
		  "as does the last, whose addresses are no RAM");
	tap_value(rmp_give((FAR - 1ULL) << BITS, 0, GUEST_ASID), RMP_FAIL_INPUT, "rmp-1.20",
		  "and none between them");
}

int main(void)
{
	machine_up();
	base = rdmsr(MSR_RMP_BASE);
	if (get64(NOTE) != BOOTED) {
		note_overlap();
		boot_again();
	}
	tap_value(get64(NOTE + 8), RMP_FAIL_INPUT, "rmp-1.21",
		  "with tables that overlap nothing is covered (unconfirmed U43)");
	test_holes();
	tap_finish();
}
