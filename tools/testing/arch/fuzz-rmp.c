// SPDX-License-Identifier: GPL-2.0-only
/*
 * RMPUPDATE and PSMASH with operands that are anything, the guests' two
 * instructions in the host, and user mode.
 */
#include "fuzz.h"

#define OPERAND_GPA	0
#define OPERAND_BITS	8

#define RMPUPDATE	".byte 0xf2, 0x0f, 0x01, 0xfe"
#define PSMASH		".byte 0xf3, 0x0f, 0x01, 0xff"
#define PVALIDATE	".byte 0xf2, 0x0f, 0x01, 0xff"
#define RMPADJUST	".byte 0xf3, 0x0f, 0x01, 0xfe"

/* One instruction, for user mode; the #GP ends it */
extern const uint8_t user_rmpupdate[];
asm(".text\nuser_rmpupdate: " RMPUPDATE "\n\tud2\n");

static uint8_t operand[2 * PAGE_SIZE] __attribute__((aligned(4096)));

/* The page's entry and the one that says how large it is */
struct entries {
	uint64_t own, base;
};

static bool covered(uint64_t spa)
{
	return spa < WINDOW + BIT(32);		/* more than that no test needs to know */
}

static struct entries look(uint64_t spa)
{
	if (!covered(spa))
		return (struct entries) { };
	return (struct entries) { rmp_raw(spa), rmp_raw(spa & ~(SIZE_2M - 1)) };
}

static bool unchanged(uint64_t spa, struct entries was, const char *what)
{
	struct entries is = look(spa);

	if (is.own == was.own && is.base == was.base)
		return true;
	print("# ");
	print(what);
	print(" failed and changed the entry of ");
	print_hex(spa);
	print(" from ");
	print_hex(was.own);
	print(" to ");
	print_hex(is.own);
	print("\n");
	return false;
}

/* Three regions are mostly for large pages. */
static uint64_t page_of_window(void)
{
	static const uint8_t small[] = { 0, 1, 2, 6, 7 };

	if (one_in(3))
		return REGION_LARGE(below(3)) + (one_in(8) ? below(PAGES_2M) * PAGE_SIZE : 0);
	return WINDOW_PAGE(below(64) + PAGES_2M * small[below(ARRAY_SIZE(small))]);
}

static bool is_large_region(uint64_t spa)
{
	return spa >= REGION_LARGE(0) && spa < REGION_LARGE(3) && !(spa & (SIZE_2M - 1));
}

/* Few addresses, so that entries meet; only in the window may it work */
static uint64_t some_page(void)
{
	return one_in(4) ? odd_place() : page_of_window();
}

static void good_operand(struct rmp_update *u, bool large)
{
	*u = (struct rmp_update) {
		.gpa = one_in(2) ? 0 : WINDOW_PAGE(below(WINDOW_PAGES)),
		.assigned = !one_in(3),
	};
	u->size_2m = large ? !one_in(8) : one_in(16);
	if (u->assigned) {
		u->asid = below(3);
		u->immutable = one_in(3);
	}
}

static void spoil_operand(struct rmp_update *u)
{
	uint64_t *half = (uint64_t *)u + below(2);

	if (one_in(2))
		*half ^= BIT(below(64));
	else
		*half = odd_number();
}

static bool as_ordered(uint64_t spa, const struct rmp_update *u)
{
	uint64_t want = 0, got = rmp_raw(spa);

	if (u->assigned)
		want = RAW_ASSIGNED | u->gpa | RAW_ASID(u->asid) |
		       (u->size_2m ? RAW_2M : 0) | (u->immutable ? RAW_IMMUTABLE : 0);
	if (got == want)
		return true;
	print("# RMPUPDATE made the entry of ");
	print_hex(spa);
	print(" ");
	print_hex(got);
	print(" instead of ");
	print_hex(want);
	print("\n");
	return false;
}

static bool one_rmpupdate(void)
{
	struct rmp_update u;
	uint64_t spa = some_page();
	struct entries was = look(spa);
	uint64_t rax;

	good_operand(&u, is_large_region(spa));
	while (one_in(4))
		spoil_operand(&u);
	rax = rmpupdate(spa, &u);
	if (rax >= RMP_RESULTS)
		return false;
	fuzzed_answers[rax]++;
	return rax == RMP_OK ? as_ordered(spa & ~(PAGE_SIZE - 1), &u) :
			       unchanged(spa, was, "RMPUPDATE");
}

/* An operand where it faults, crosses a page or is no memory */
static bool one_operand_address(void)
{
	uint64_t at[] = { (uint64_t)operand + PAGE_SIZE - below(16), NOWHERE, BIT(47), BIT(63),
			  rdmsr(MSR_RMP_BASE) + below(PAGE_SIZE), 0x200000000000, PSP_ADDRESS + PSP_CMDRESP };
	uint64_t spa = page_of_window(), rax = spa, rcx = at[below(ARRAY_SIZE(at))];
	struct entries was = look(spa);
	uint64_t fault;

	fill_random(operand, sizeof(operand));
	probe_begin();
	asm volatile(PROBED(RMPUPDATE) : "+a" (rax) : "c" (rcx) : "memory", "cc");
	fault = probe_end();
	if (fault == FAULT_NONE)
		rmpupdate_results[rax % RMP_RESULTS]++;
	else if (fault >> 32 != VECTOR_PF && fault != FAULT_GP)
		return false;
	return (fault == FAULT_NONE && rax == RMP_OK) || unchanged(spa, was, "RMPUPDATE");
}

static bool one_psmash(void)
{
	uint64_t spa = one_in(2) ? REGION_LARGE(below(3)) : odd_number();
	struct entries was = look(spa);
	uint64_t rax = psmash(spa);

	if (rax == RMP_OK)
		return rmp_raw(spa) == (was.own & ~RAW_2M);
	return rax < RMP_RESULTS && unchanged(spa, was, "PSMASH");
}

static bool one_of_guests(void)
{
	uint64_t rax = odd_number(), rcx = odd_number(), rdx = odd_number();

	probe_begin();
	if (one_in(2))
		asm volatile(PROBED(PVALIDATE)
			     : "+a" (rax) : "c" (rcx), "d" (rdx) : "memory", "cc");
	else
		asm volatile(PROBED(RMPADJUST)
			     : "+a" (rax) : "c" (rcx), "d" (rdx) : "memory", "cc");
	return probe_end() == FAULT_UD;
}

static bool one_of_users(void)
{
	probe_begin();
	probe_mode(SEL_USER_CODE, SEL_USER_DATA, user_rmpupdate, page_of_window(),
		   (uint64_t)operand);
	return probe_end() == FAULT_GP;
}

/*
 * Immutable pages pile up, and only the firmware takes them back.  A large page
 * that was smashed takes 512 times RMPUPDATE before it can be a large one again.
 */
static void take_back(void)
{
	uint64_t spa = page_of_window();

	if (rmp_raw(spa) & RAW_IMMUTABLE)
		need(page_free(spa), "an immutable page back");
	if (!one_in(40))
		return;
	spa = REGION_LARGE(below(3));
	for (uint64_t i = 0; i < PAGES_2M; i++)
		need(page_free(spa + i * PAGE_SIZE), "a smashed page back");
}

static bool one(unsigned int nr)
{
	(void)nr;
	take_back();
	switch (below(32)) {
	case 0:
		return one_operand_address();
	case 1:
		return one_of_guests();
	case 2:
		return one_of_users();
	case 3 ... 8:
		return one_psmash();
	default:
		return one_rmpupdate();
	}
}

static void once(void)
{
}

static bool begin(void)
{
	return true;
}

const struct fuzzer fuzz_rmp = {
	.name = "rmp", .once = once, .begin = begin, .one = one, .end = tidy_pages,
};
