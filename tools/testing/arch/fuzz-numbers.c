// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that follow from a seed, and those of them that tend to break things.
 */
#include "fuzz.h"

#define HIGH_RAM	0x100000000ULL

static uint64_t state;

void numbers_from(uint64_t seed)
{
	state = seed;
}

/* SplitMix64 */
uint64_t number(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

uint32_t below(uint32_t n)
{
	return (number() >> 32) * n >> 32;
}

bool one_in(uint32_t n)
{
	return !below(n);
}

void fill_random(void *to, size_t n)
{
	for (uint64_t *p = to; n >= sizeof(*p); n -= sizeof(*p))
		*p++ = number();
}

/*
 * None in the program's own memory: what a host gives away there is gone.
 */
uint64_t odd_place(void)
{
	static const uint64_t places[] = {
		0xfec00000, 0xfee00000, 0xfffff000, NOWHERE, PSP_ADDRESS, 0x80000000,
		HIGH_RAM, 0x180000000, 0x1fffff000, 0xfd00000000, BIT(PHYS_BITS) - PAGE_SIZE, BIT(PHYS_BITS),
		BIT(51), BIT(51) | WINDOW, BIT(52), 0x7ffffffff000, 0x800000000000,
		0xffff800000000000, ~0ULL << 12,
	};
	uint64_t base = rdmsr(MSR_RMP_BASE), at;

	switch (below(4)) {
	case 0:
		at = WINDOW_PAGE(below(WINDOW_PAGES));
		break;
	case 1:
		at = base + below((rdmsr(MSR_RMP_END) + 1 - base) / PAGE_SIZE) * PAGE_SIZE;
		break;
	case 2:
		at = WINDOW + below(8) * SIZE_2M;
		break;
	default:
		at = places[below(ARRAY_SIZE(places))];
		break;
	}
	return one_in(4) ? at + below(PAGE_SIZE) : at;
}

uint64_t odd_number(void)
{
	switch (below(8)) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return BIT(below(64));
	case 3:
		return ~BIT(below(64));
	case 4:
		return below(256);
	case 5:
		return odd_place();
	case 6:
		return BIT(24) | (uint32_t)number();	/* no page of the program's */
	default:
		return number();
	}
}
