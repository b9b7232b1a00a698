// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad input of one kind, as much as the command line says:
 *
 *   KIND SEED COUNT
 *
 * After every 1,000 all that was left is taken back, a guest is launched and
 * run, and another one is launched for a known digest.  At marks whoever watches
 * from outside compares census and counters with what this program has seen.
 */
#include "fuzz.h"
#include "idblocks.h"

#define BLOCK		1000
#define MARK_TIDY	4
#define MARK_LAUNCHED	5
#define HOLD_LEAF	0x534e5048

#define DIGEST_LEN	48
#define KNOWN		ID_B		/* a page of zeros and a VMSA: */
#define KNOWN_ZEROS	0x1000
#define KNOWN_VMSA	0xfffffffff000ULL
#define VMSA_TSC_SCALE	0x2f0

uint32_t fuzzed_answers[PSP_STATUSES];

static const struct fuzzer *const fuzzers[] = {
	&fuzz_mailbox, &fuzz_rmp, &fuzz_vmcb, &fuzz_vmsa,
};

static void mark(uint32_t number)
{
	uint32_t r[4];

	cpuid(HOLD_LEAF, number, r);
}

static void print_signed(int64_t value)
{
	if (value < 0)
		print("-");
	print_hex(value < 0 ? -value : value);
}

static void print_counts(const char *what, const uint32_t *counts, unsigned int nr)
{
	print("# ");
	print(what);
	for (unsigned int i = 0; i < nr; i++) {
		if (!counts[i])
			continue;
		print(" ");
		print_hex(i);
		print(":");
		print_dec(counts[i]);
	}
	print("\n");
}

/* What this program has seen since it began, for a mark */
static void print_seen(void)
{
	print_counts("commands", psp_answers, PSP_STATUSES);
	print_counts("fuzzed", fuzzed_answers, PSP_STATUSES);
	print_counts("rmpupdates", rmpupdate_results, RMP_RESULTS);
	print_counts("psmashs", psmash_results, RMP_RESULTS);
	print("# exits");
	for (unsigned int i = 0; i < OUTCOMES && outcomes[i].count; i++) {
		print(" ");
		print_signed(outcomes[i].code);
		print(":");
		print_dec(outcomes[i].count);
	}
	print("\n# elsewhere 0x0:");
	print_dec(vmruns_elsewhere);
	print("\n# faults 0x0:");
	print_dec(vmrun_faults);
	print("\n# seen\n");
}

static void print_digest(void)
{
	print("# digest ");
	for (unsigned int i = 0; i < DIGEST_LEN; i++) {
		char hex[] = { "0123456789abcdef"[id_blobs[KNOWN].block[i] >> 4],
			       "0123456789abcdef"[id_blobs[KNOWN].block[i] & 15], 0 };

		print(hex);
	}
	print("\n");
}

static bool launch_and_run(void)
{
	bool ok;

	svm_host_save_area();
	guest_build(1, c_bit());
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
	guest_call(g_nop, 0, 0, 0);
	fuzz_note(g.exit);
	ok = guest_gave(0);
	return tidy_pages() && tidy_asids() && ok;
}

static bool known_pages(void)
{
	uint64_t zeros = TEST_PAGE(0), vmsa = TEST_PAGE(1);

	memset((void *)zeros, 0, 2 * PAGE_SIZE);
	put64(vmsa + SAVE_FEATURES, FEATURE_SNP);
	memset((void *)(vmsa + VMSA_TSC_SCALE), 0xff, 16);
	return rmp_assign(zeros, KNOWN_ZEROS, GUEST_ASID) == RMP_OK &&
	       snp_launch_update(GCTX, zeros, PAGE_NORMAL) == SUCCESS &&
	       rmp_assign(vmsa, KNOWN_VMSA, GUEST_ASID) == RMP_OK &&
	       snp_launch_update(GCTX, vmsa, PAGE_VMSA) == SUCCESS;
}

/* The firmware compares its digest with that of the ID block. */
static bool launch_known(void)
{
	const struct id_blob *id = &id_blobs[KNOWN];
	bool ok;

	guest_launch_begin(ID_POLICY_GUEST);
	ok = known_pages() &&
	     snp_launch_finish(GCTX, id->block, id->auth, FINISH_ID_BLOCK) == SUCCESS;
	mark(MARK_LAUNCHED);
	return tidy_pages() && tidy_asids() && ok;
}

/* Only SNP_INIT wants no save area; whoever needs one has it before. */
static void launches(const char *name)
{
	bool save_area = rdmsr(MSR_VM_HSAVE_PA);

	tap_ok(launch_and_run(), name, "a guest can be launched and runs");
	tap_ok(launch_known(), name, "one is launched for the known digest");
	if (!save_area)
		wrmsr(MSR_VM_HSAVE_PA, 0);
	print_seen();
	mark(MARK_TIDY);
}

static void block(const struct fuzzer *f, unsigned int nr)
{
	bool ok = f->begin();

	for (unsigned int i = 0; ok && i < nr; i++) {
		ok = f->one(i);
		if (!ok) {
			print("# number ");
			print_dec(i);
			print(" of the block\n");
		}
	}
	tap_ok(ok, f->name, "all of these end as they may");
	tap_ok(f->end(), f->name, "all of it can be taken back");
	launches(f->name);
}

static uint64_t word_number(const char **words)
{
	const char *p = *words;
	uint64_t n = 0;

	while (*p == ' ')
		p++;
	need(*p >= '0' && *p <= '9', "KIND SEED COUNT");
	while (*p >= '0' && *p <= '9')
		n = n * 10 + *p++ - '0';
	*words = p;
	return n;
}

static const struct fuzzer *word_kind(const char **words)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fuzzers); i++) {
		const char *name = fuzzers[i]->name, *p = *words;

		while (*name && *name == *p) {
			name++;
			p++;
		}
		if (*name || *p != ' ')
			continue;
		*words = p;
		return fuzzers[i];
	}
	bail_out("no such kind");
}

int main(void)
{
	const char *words = command_line();
	const struct fuzzer *f = word_kind(&words);
	uint64_t seed = word_number(&words), count = word_number(&words);

	numbers_from(seed);
	platform_up();
	wrmsr(MSR_VM_HSAVE_PA, 0);
	guests_init();
	f->once();
	print_digest();
	launches(f->name);
	for (; count > BLOCK; count -= BLOCK)
		block(f, BLOCK);
	block(f, count);
	tap_finish();
}
