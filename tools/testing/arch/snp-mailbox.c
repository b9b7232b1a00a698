// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hypervisor without an operating system: brings SEV-SNP up and launches
 * guests by the PSP's mailbox, and has the firmware judge their digests.  What
 * is expected comes from specifications, nothing from the model.
 */
#include "arch.h"
#include "idblocks.h"
#include "iommu.h"
#include "psp.h"
#include "rmp.h"

#define ASID		1
#define ASID_OTHER	2
#define POLICY_BIT17_0	0x10000ULL	/* without the bit that must be 1 */

#define VMSA_GPA	0xfffffffff000ULL
#define VMSA_FEATURES	0x3b0
#define VMSA_TSC_SCALE	0x2f0		/* and the offset: 16 bytes */

/* All that is ever assigned is in here, 2 MiB mapped by 4 KiB pages. */
#define REGION		0x10000000ULL
#define GCTX		(REGION + 0x8000)
#define GUEST_PAGE(n)	(REGION + 0x1000 + (n) * PAGE_SIZE)
#define GUEST_PAGES_MAX	3

struct guest_page {
	enum psp_page_type type;
	uint64_t gpa;
};

struct launch {
	const char *name;
	enum id_name id;
	uint64_t flags;
	unsigned int nr_pages;
	struct guest_page pages[GUEST_PAGES_MAX];
};

#define ZEROS(gpa)	{ PAGE_NORMAL, gpa }
#define VMSA(gpa)	{ PAGE_VMSA, gpa }
#define WITH_AUTHOR	(FINISH_ID_BLOCK | FINISH_AUTHOR_KEY)

static const struct launch launches[] = {
	{ "A", ID_A, WITH_AUTHOR, 1, { ZEROS(0x1000) } },
	{ "B", ID_B, FINISH_ID_BLOCK, 2, { ZEROS(0x1000), VMSA(VMSA_GPA) } },
	{ "C", ID_C, WITH_AUTHOR, 3,
	  { ZEROS(0x1000), VMSA(VMSA_GPA), VMSA(VMSA_GPA) } },
	{ "D", ID_D, FINISH_ID_BLOCK, 2, { ZEROS(0x1000), VMSA(0x801000) } },
	{ "E", ID_E, WITH_AUTHOR, 3,
	  { ZEROS(0x1000), VMSA(0x801000), { PAGE_ZERO, 0x802000 } } },
	{ "F", ID_F, FINISH_ID_BLOCK, 2, { VMSA(0x801000), ZEROS(0x1000) } },
};

static const struct {
	const char *what;
	enum id_name id;
	uint64_t flags;
	enum psp_status status;
} refusals[] = {
	{ "first byte of the digest: BAD_MEASUREMENT", ID_DIGEST_FIRST, 1,
	  BAD_MEASUREMENT },
	{ "last byte of the digest: BAD_MEASUREMENT", ID_DIGEST_LAST, 1,
	  BAD_MEASUREMENT },
	{ "the digest of another guest: BAD_MEASUREMENT", ID_B, 1, BAD_MEASUREMENT },
	{ "policy: POLICY_FAILURE", ID_POLICY, 1, POLICY_FAILURE },
	{ "key algorithm 2: INVALID_PARAM", ID_ALGO, 1, INVALID_PARAM },
	{ "author's key algorithm 2: INVALID_PARAM", ID_AUTHOR_ALGO, 3, INVALID_PARAM },
	{ "signature, R: BAD_SIGNATURE", ID_SIG_R, 1, BAD_SIGNATURE },
	{ "signature, S: BAD_SIGNATURE", ID_SIG_S, 1, BAD_SIGNATURE },
	{ "block changed after it was signed: BAD_SIGNATURE", ID_CONTENT, 1,
	  BAD_SIGNATURE },
	{ "another public key: BAD_SIGNATURE", ID_KEY_OTHER, 1, BAD_SIGNATURE },
	{ "curve 1: BAD_SIGNATURE", ID_KEY_CURVE, 1, BAD_SIGNATURE },
	{ "a public key that is no point: BAD_SIGNATURE", ID_KEY_POINT, 1,
	  BAD_SIGNATURE },
	{ "author's signature: BAD_SIGNATURE", ID_AUTHOR_SIG, 3, BAD_SIGNATURE },
	{ "another author's public key: BAD_SIGNATURE", ID_AUTHOR_KEY, 3, BAD_SIGNATURE },
};

static uint32_t finish(enum id_name id, uint64_t flags)
{
	return snp_launch_finish(GCTX, id_blobs[id].block, id_blobs[id].auth, flags);
}

static void test_platform(void)
{
	const char *g = "platform";

	tap_ok(rdmsr(MSR_SYSCFG) & SYSCFG_MEM_ENC, g, "SYSCFG.MemEncryptionModEn");
	tap_ok(rdmsr(MSR_HWCR) & HWCR_SMMLOCK, g, "HWCR.SmmLock");
	tap_value(snp_gctx_create(GCTX), INVALID_PLATFORM_STATE, g,
		  "GCTX_CREATE before SNP_INIT_EX is INVALID_PLATFORM_STATE");
	snp_zero_rmp();
	tap_value(snp_init_ex(), INVALID_CONFIG, g,
		  "SNP_INIT_EX before SNP_EN is INVALID_CONFIG");
	snp_enable();
	tap_value(rdmsr(MSR_SYSCFG) & (SYSCFG_SNP_EN | SYSCFG_VMPL_EN | SYSCFG_MFDM),
		  SYSCFG_SNP_EN | SYSCFG_VMPL_EN | SYSCFG_MFDM, g,
		  "SYSCFG takes SNP_EN, VMPL_EN and MFDM");
	tap_value(snp_init_ex(), SUCCESS, g, "SNP_INIT_EX");
	tap_value(snp_init_ex(), INVALID_PLATFORM_STATE, g,
		  "SNP_INIT_EX again is INVALID_PLATFORM_STATE");
	tap_value(probe_write(rdmsr(MSR_RMP_BASE), 0), FAULT_RMP_WRITE, g,
		  "a write to the RMP is an RMP page fault");
	tap_value(snp_df_flush(), WBINVD_REQUIRED, g,
		  "SNP_DF_FLUSH is WBINVD_REQUIRED before WBINVD");
	wbinvd();
	tap_value(snp_df_flush(), SUCCESS, g, "SNP_DF_FLUSH after WBINVD");
	tap_value(psp_command(0x7ff, NULL), INVALID_COMMAND, g,
		  "command 0x7ff is INVALID_COMMAND");
}

/* A context page up to an active guest */
static void begin(const char *g)
{
	tap_value(rmp_assign(GCTX, 0, 0), RMP_OK, g, "RMPUPDATE to Firmware");
	tap_value(snp_gctx_create(GCTX), SUCCESS, g, "GCTX_CREATE");
	tap_value(snp_launch_start(GCTX, ID_POLICY_GUEST), SUCCESS, g, "LAUNCH_START");
	tap_value(snp_activate(GCTX, ASID), SUCCESS, g, "ACTIVATE");
}

static void add_page(const char *g, unsigned int n, const struct guest_page *p)
{
	uint64_t spa = GUEST_PAGE(n);

	memset((void *)spa, 0, PAGE_SIZE);
	if (p->type == PAGE_VMSA) {
		*(volatile uint8_t *)(spa + VMSA_FEATURES) = 1;
		memset((void *)(spa + VMSA_TSC_SCALE), 0xff, 16);
	} else if (p->type == PAGE_ZERO) {
		memset((void *)spa, 0x5a, PAGE_SIZE);	/* does not count */
	}
	tap_value(rmp_assign(spa, p->gpa, ASID), RMP_OK, g, "RMPUPDATE to Pre-Guest");
	tap_value(snp_launch_update(GCTX, spa, p->type), SUCCESS, g, "LAUNCH_UPDATE");
}

/* The hypervisor has a page back when it can write to it. */
static void take_back(const char *g, uint64_t spa, const char *what)
{
	uint64_t mark = 0x1122334455667788ULL ^ spa;

	tap_ok(probe_write(spa, 0) == FAULT_RMP_WRITE && rmp_release(spa) == RMP_OK &&
	       probe_write(spa, mark) == FAULT_NONE &&
	       *(volatile uint64_t *)spa == mark, g, what);
}

static void take_gctx_back(const char *g)
{
	tap_value(snp_decommission(GCTX), SUCCESS, g, "DECOMMISSION");
	tap_value(rmp_release(GCTX), RMP_FAIL_PERMISSION, g,
		  "RMPUPDATE of a Firmware page is FAIL_PERMISSION");
	tap_value(snp_page_reclaim(GCTX), SUCCESS, g, "PAGE_RECLAIM of the context");
	take_back(g, GCTX, "the context page is the hypervisor's again");
}

static void flush_asids(const char *g)
{
	wbinvd();
	tap_value(snp_df_flush(), SUCCESS, g, "WBINVD and SNP_DF_FLUSH");
}

static void end(const char *g, unsigned int nr_pages)
{
	for (unsigned int i = 0; i < nr_pages; i++)
		take_back(g, GUEST_PAGE(i), "a guest page is the hypervisor's again");
	take_gctx_back(g);
	flush_asids(g);
}

static void test_launch(const struct launch *l)
{
	begin(l->name);
	for (unsigned int i = 0; i < l->nr_pages; i++)
		add_page(l->name, i, &l->pages[i]);
	tap_value(finish(l->id, l->flags), SUCCESS, l->name,
		  "LAUNCH_FINISH with this digest");
	tap_value(finish(l->id, l->flags), INVALID_GUEST_STATE, l->name,
		  "LAUNCH_FINISH again is INVALID_GUEST_STATE");
	end(l->name, l->nr_pages);
}

/* After each of them, the right ID block must still be accepted. */
static void test_refusals(void)
{
	const char *g = "refused ID block";

	begin(g);
	add_page(g, 0, &launches[0].pages[0]);
	for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		tap_value(finish(refusals[i].id, refusals[i].flags),
			  refusals[i].status, g, refusals[i].what);
	tap_value(finish(ID_A, WITH_AUTHOR), SUCCESS, g, "the right one");
	end(g, 1);
}

/* The author's part counts only with its flag. */
static void test_author_ignored(void)
{
	const char *g = "no author";

	begin(g);
	add_page(g, 0, &launches[0].pages[0]);
	tap_value(finish(ID_AUTHOR_SIG, FINISH_ID_BLOCK), SUCCESS, g,
		  "a bad author's signature does not matter without its flag");
	end(g, 1);
}

static void test_update_states(const char *g)
{
	uint64_t spa = GUEST_PAGE(0);

	tap_value(snp_launch_update(GCTX, spa, PAGE_NORMAL), INVALID_PAGE_STATE, g,
		  "LAUNCH_UPDATE of a hypervisor's page is INVALID_PAGE_STATE");
	tap_value(rmp_assign(spa, 0x1000, ASID_OTHER), RMP_OK, g, "another guest's page");
	tap_value(snp_launch_update(GCTX, spa, PAGE_NORMAL), INVALID_PAGE_OWNER, g,
		  "LAUNCH_UPDATE of it is INVALID_PAGE_OWNER");
	tap_value(rmp_release(spa), RMP_FAIL_PERMISSION, g,
		  "RMPUPDATE of a Pre-Guest page is FAIL_PERMISSION");
	tap_value(snp_page_reclaim(spa), SUCCESS, g, "PAGE_RECLAIM of it");
	take_back(g, spa, "it is the hypervisor's again");
}

/* Commands out of order; none of them is measured. */
static void test_states(void)
{
	const char *g = "states";

	tap_value(snp_gctx_create(GCTX), INVALID_PAGE_STATE, g,
		  "GCTX_CREATE of a hypervisor's page is INVALID_PAGE_STATE");
	tap_value(snp_launch_start(GCTX, ID_POLICY_GUEST), INVALID_GUEST, g,
		  "LAUNCH_START without a context is INVALID_GUEST");
	tap_value(rmp_assign(GCTX, 0, 0), RMP_OK, g, "RMPUPDATE to Firmware");
	tap_value(snp_gctx_create(GCTX), SUCCESS, g, "GCTX_CREATE");
	tap_value(snp_launch_start(GCTX, POLICY_BIT17_0), POLICY_FAILURE, g,
		  "LAUNCH_START without policy bit 17 is POLICY_FAILURE");
	tap_value(snp_activate(GCTX, ASID), INVALID_GUEST_STATE, g,
		  "ACTIVATE before LAUNCH_START is INVALID_GUEST_STATE");
	tap_value(snp_launch_start(GCTX, ID_POLICY_GUEST), SUCCESS, g, "LAUNCH_START");
	tap_value(finish(ID_A, WITH_AUTHOR), INACTIVE, g,
		  "LAUNCH_FINISH before ACTIVATE is INACTIVE");
	tap_value(snp_activate(GCTX, ASID), SUCCESS, g, "ACTIVATE");
	test_update_states(g);
	add_page(g, 0, &launches[0].pages[0]);
	tap_value(finish(ID_A, WITH_AUTHOR), SUCCESS, g, "LAUNCH_FINISH with digest A");
	take_back(g, GUEST_PAGE(0), "the guest page is the hypervisor's again");
	take_gctx_back(g);
}

/* After DECOMMISSION the ASID is dirty. */
static void test_dirty_asid(void)
{
	const char *g = "dirty ASID";

	tap_value(rmp_assign(GCTX, 0, 0), RMP_OK, g, "RMPUPDATE to Firmware");
	tap_value(snp_gctx_create(GCTX), SUCCESS, g, "GCTX_CREATE");
	tap_value(snp_launch_start(GCTX, ID_POLICY_GUEST), SUCCESS, g, "LAUNCH_START");
	tap_value(snp_activate(GCTX, ASID), DFFLUSH_REQUIRED, g,
		  "ACTIVATE is DFFLUSH_REQUIRED");
	tap_value(snp_df_flush(), WBINVD_REQUIRED, g, "SNP_DF_FLUSH is WBINVD_REQUIRED");
	flush_asids(g);
	tap_value(snp_activate(GCTX, ASID), SUCCESS, g, "ACTIVATE");
	take_gctx_back(g);
	flush_asids(g);
}

int main(void)
{
	cpu_init();
	map_small(REGION);
	psp_init();
	iommu_on(0);
	test_platform();
	test_states();
	test_dirty_asid();
	for (unsigned int i = 0; i < ARRAY_SIZE(launches); i++)
		test_launch(&launches[i]);
	test_refusals();
	test_author_ignored();
	tap_finish();
}
