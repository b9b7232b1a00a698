// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of the window: into a state by the rules, and back.
 */
#include "fuzz.h"

#define RECLAIM_2M	BIT(0)

/* Assigned, immutable, vmsa, no ASID */
static bool is_context(uint64_t raw)
{
	return (raw & ~RAW_GPA) == (RAW_ASSIGNED | RAW_IMMUTABLE | RAW_VMSA);
}

static bool free_large(uint64_t spa, uint64_t raw)
{
	if ((raw & RAW_IMMUTABLE) && snp_page_reclaim(spa | RECLAIM_2M) != SUCCESS)
		return false;
	return rmp_release_2m(spa) == RMP_OK;
}

bool page_free(uint64_t spa)
{
	uint64_t raw = rmp_raw(spa), base = rmp_raw(spa & ~(SIZE_2M - 1));

	if ((base & RAW_ASSIGNED) && (base & RAW_2M))
		return free_large(spa & ~(SIZE_2M - 1), base);
	if (is_context(raw) && snp_decommission(spa) != SUCCESS)
		return false;
	if ((raw & RAW_IMMUTABLE) && snp_page_reclaim(spa) != SUCCESS)
		return false;
	return !raw || rmp_release(spa) == RMP_OK;
}

bool page_make(uint64_t spa, uint64_t gpa, uint32_t asid, bool immutable)
{
	struct rmp_update u = { .gpa = gpa, .assigned = 1, .immutable = immutable, .asid = asid };

	return page_free(spa) && rmpupdate(spa, &u) == RMP_OK;
}

bool tidy_pages(void)
{
	for (uint64_t i = 0; i < WINDOW_PAGES; i++) {
		uint64_t spa = WINDOW_PAGE(i), raw = rmp_raw(spa);

		if (!raw || page_free(spa))
			continue;
		print("# page ");
		print_hex(spa);
		print(" stays in the state ");
		print_hex(raw);
		print("\n");
		return false;
	}
	return true;
}

bool tidy_asids(void)
{
	wbinvd();
	return snp_df_flush() == SUCCESS;
}
