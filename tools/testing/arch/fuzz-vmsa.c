// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMSAs that are not what they should be, of SNP and SEV-ES guests.  Only a
 * launch puts bytes of the hypervisor's into a VMSA, so each batch is one.
 */
#include "fuzz.h"

#define BATCH		50
#define RUNS		2		/* what it left, and on from there */
#define ES_EVERY	4		/* of so many batches */
#define ES_VMSA(n)	TEST_PAGE(n)

static bool es_batch;

/* What vmcb_init() leaves to guests, and a hypervisor cannot */
static void intercept_svm(void)
{
	vmcb_put32(VMCB_WORD4, vmcb_get(VMCB_WORD4) | WORD4_SVM);
	vmcb_put(VMCB_NCR3, narrow_ncr3);
}

static uint64_t vmsa(unsigned int i)
{
	return es_batch ? ES_VMSA(i) : GUEST_VMSA(i);
}

static void fill(void)
{
	for (unsigned int i = 0; i < BATCH; i++) {
		memset((void *)vmsa(i), 0, PAGE_SIZE);
		save_put((void *)vmsa(i), SAVE_FEATURES, es_batch ? 0 : FEATURE_SNP);
		random_registers((void *)vmsa(i), true);
		if (!es_batch && !one_in(32))
			save_put((void *)vmsa(i), SAVE_FEATURES, FEATURE_SNP);
	}
}

static bool launch_es(void)
{
	uint64_t pages[BATCH];

	guest_build(0, 0);
	fill();
	for (unsigned int i = 0; i < BATCH; i++)
		pages[i] = vmsa(i);
	if (!sev_es_launch(SEV_ES_ASID, pages, BATCH))
		return false;
	vmcb_init(SEV_ES_ASID, NESTED_NP | NESTED_SEV | NESTED_ES, narrow_ncr3);
	intercept_svm();
	return true;
}

static void launch_snp(void)
{
	guest_build(BATCH, c_bit());
	fill();
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
	intercept_svm();
}

static bool tidy(void)
{
	return sev_end() && tidy_pages() && tidy_asids();
}

static bool one(unsigned int nr)
{
	if (nr % BATCH == 0) {
		if (!tidy())
			return false;
		es_batch = nr / BATCH % ES_EVERY == 1;
		if (!es_batch)
			launch_snp();
		else if (!launch_es())
			return false;
	}
	vmcb_put(VMCB_VMSA, vmsa(nr % BATCH));
	for (unsigned int i = 0; i < RUNS; i++)
		fuzz_run((uint64_t)vmcb);
	return true;
}

static bool begin(void)
{
	return true;
}

const struct fuzzer fuzz_vmsa = {
	.name = "vmsa", .once = guests_platform, .begin = begin, .one = one, .end = tidy,
};
