// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested page tables of the guests: identity, by 2 MiB pages unless split.
 */
#include "svm.h"

#define GIB_MAPPED	8
#define TABLES_MAX	8
#define NPT_TABLE	0x067ULL
#define NPT_IS_LARGE	BIT(7)
#define NPT_ADDRESS	0x0007fffffffff000ULL

static uint64_t pml4[512] __attribute__((aligned(4096)));
static uint64_t pdpts[512] __attribute__((aligned(4096)));
static uint64_t dirs[GIB_MAPPED * 512] __attribute__((aligned(4096)));
static uint64_t tables[TABLES_MAX][512] __attribute__((aligned(4096)));
static unsigned int tables_used;

uint64_t npt_init(void)
{
	pml4[0] = (uint64_t)pdpts | NPT_TABLE;
	for (int i = 0; i < GIB_MAPPED; i++)
		pdpts[i] = (uint64_t)&dirs[i * 512] | NPT_TABLE;
	for (uint64_t i = 0; i < ARRAY_SIZE(dirs); i++)
		dirs[i] = i * SIZE_2M | NPT_LARGE;
	return (uint64_t)pml4;
}

uint64_t *npt_huge(uint64_t gpa)
{
	return &pdpts[gpa / (512 * SIZE_2M)];
}

uint64_t *npt_large(uint64_t gpa)
{
	return &dirs[gpa / SIZE_2M];
}

uint64_t *npt_small(uint64_t gpa)
{
	uint64_t *dir = npt_large(gpa);

	if (*dir & NPT_IS_LARGE) {
		uint64_t *table, base = *dir & NPT_ADDRESS & ~(SIZE_2M - 1);

		need(tables_used < ARRAY_SIZE(tables), "a nested page table is left");
		table = tables[tables_used++];
		for (uint64_t i = 0; i < PAGES_2M; i++)
			table[i] = (base + i * PAGE_SIZE) | NPT_LEAF;
		*dir = (uint64_t)table | NPT_TABLE;
	}
	return (uint64_t *)(*dir & NPT_ADDRESS) + gpa / PAGE_SIZE % PAGES_2M;
}
