// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's page tables: identity, by 2 MiB pages unless they are split.
 */
#include "arch.h"

#define TABLES_MAX	12
#define PTE_IS_LARGE	BIT(7)
#define PTE_ADDRESS	0x000ffffffffff000ULL

static uint64_t tables[TABLES_MAX][512] __attribute__((aligned(4096)));
static unsigned int tables_used;

void flush_tlb(void)
{
	asm volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");
}

/*
 * A large page of the host may be written to only as long as none of it is
 * assigned.
 */
void map_small(uint64_t addr)
{
	uint64_t *dir = &page_dirs[addr / SIZE_2M];
	uint64_t *table;

	if (!(*dir & PTE_IS_LARGE))
		return;
	need(tables_used < TABLES_MAX, "a page table is left");
	table = tables[tables_used++];
	addr &= ~(SIZE_2M - 1);
	for (int i = 0; i < PAGES_2M; i++)
		table[i] = (addr + i * PAGE_SIZE) | PTE_SMALL;
	*dir = (uint64_t)table | PTE_SMALL;
	flush_tlb();
}

/* Of an address that map_small() was called for */
uint64_t *small_pte(uint64_t addr)
{
	uint64_t *table = (uint64_t *)(page_dirs[addr / SIZE_2M] & PTE_ADDRESS);

	return &table[addr / PAGE_SIZE % PAGES_2M];
}
