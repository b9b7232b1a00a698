// SPDX-License-Identifier: GPL-2.0-only
/* Numbers that are interesting as arguments, mostly those that are right. */
#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include <linux/psp-sev.h>
#include <snp/id-block.h>

#include "fuzz.h"
#include "world.h"

#define NUMBERS(...)	(const uint64_t[]){ __VA_ARGS__ }
#define COUNT(...)	(sizeof(NUMBERS(__VA_ARGS__)) / sizeof(uint64_t))
#define GOOD(...)	.good = NUMBERS(__VA_ARGS__), .nr_good = COUNT(__VA_ARGS__)
#define BAD(...)	.bad = NUMBERS(__VA_ARGS__), .nr_bad = COUNT(__VA_ARGS__)

#define ALL_ONES	0xffffffffffffffffull
#define NOT_CANONICAL	0x800000000000ull
#define GCTX_GPA	0x200000ull	/* 2M aligned */

const struct pool vms = { GOOD(0, 0, 0, 1) };
const struct pool vm_types = {
	GOOD(KVM_X86_SNP_VM, KVM_X86_SNP_VM, KVM_X86_SEV_ES_VM, KVM_X86_SEV_VM),
	BAD(KVM_X86_DEFAULT_VM, KVM_X86_SW_PROTECTED_VM, 5, 31),
};
const struct pool sev_files = { GOOD(FILE_SEV), BAD(FILE_KVM, FILE_VM, FILE_NONE) };
const struct pool vcpus = { GOOD(0, 0, 1, 2), BAD(3) };
const struct pool vcpu_ids = { GOOD(0, 1, 2), BAD(7, 255, 4095, 4096, ALL_ONES) };
const struct pool memfds = { GOOD(0, 0, 1), BAD(2, 3) };
const struct pool gpas = {
	GOOD(PRIVATE_GPA, PRIVATE_GPA, VMSA_GPA, RESET_GPA, SHARED_GPA),
	BAD(0, GCTX_GPA, RESET_GPA + 1, PRIVATE_GPA - PAGE, 1ull << 40, KVM_VMSA_GPA, ALL_ONES),
	.loose = true,
};
const struct pool gfns = {
	GOOD(VMSA_GPA / PAGE, RESET_GPA / PAGE, RESET_GPA / PAGE, PRIVATE_GPA / PAGE,
	     PRIVATE_GPA / PAGE + 2),
	BAD(0, GCTX_GPA / PAGE, PRIVATE_GPA / PAGE - 1, SHARED_GPA / PAGE, KVM_VMSA_GPA / PAGE,
	    ALL_ONES, ALL_ONES >> 12),
	.loose = true,
};
const struct pool lengths = {
	GOOD(PAGE, PAGE, PAGE, 2 * PAGE, PRIVATE_SIZE),
	BAD(0, 1, 16, PAGE - 1, PAGE + 1, 16 * PAGE, 1ull << 21, 1ull << 31, 1ull << 32,
	    ALL_ONES & ~(PAGE - 1), ALL_ONES),
	.loose = true,
};
const struct pool buffers = {
	GOOD(BUFFER(CODE), BUFFER(VMSA), BUFFER(ZERO), BUFFER(RANDOM), BUFFER(OUT)),
	BAD(0, BUFFER(CODE) + 1, BUFFER(CODE) + 0x800, BUFFER(BAD_FEATURES), BUFFER(BAD_VMPL),
	    BUFFER(CPUID), BUFFER(READ_ONLY), BUFFER(HOLE), BUFFER(HOLE) - 16, NOT_CANONICAL,
	    ALL_ONES, ALL_ONES << 12),
};
const struct pool page_types = {
	GOOD(KVM_SEV_SNP_PAGE_TYPE_NORMAL, KVM_SEV_SNP_PAGE_TYPE_NORMAL,
	     KVM_SEV_SNP_PAGE_TYPE_VMSA, KVM_SEV_SNP_PAGE_TYPE_ZERO,
	     KVM_SEV_SNP_PAGE_TYPE_UNMEASURED, KVM_SEV_SNP_PAGE_TYPE_SECRETS,
	     KVM_SEV_SNP_PAGE_TYPE_CPUID),
	BAD(KVM_SEV_PAGE_TYPE_INVALID, 7, 0xff),
};
const struct pool no_flags = { GOOD(0), BAD(1, 2, 0x8000), .loose = true };
const struct pool policies = { GOOD(0, 1, 4, 5), BAD(2, 0x20, 0xff0000, ALL_ONES), .loose = true };
const struct pool snp_policies = {
	GOOD(SNP_POLICY_DEFAULT, SNP_POLICY_DEFAULT, SNP_POLICY_DEFAULT | 1ull << 19),
	BAD(0, 1ull << 17, 1ull << 16, SNP_POLICY_DEFAULT | 1ull << 18,
	    SNP_POLICY_DEFAULT | 1ull << 20, SNP_POLICY_DEFAULT | 0xff, 1ull << 25, ALL_ONES),
	.loose = true,
};
const struct pool features = {
	GOOD(0, 0, 0, 1ull << 5, 1ull << 9), BAD(1, 2, 8, ALL_ONES), .loose = true,
};
const struct pool ghcb_versions = { GOOD(0, 2), BAD(1, 3, 0xffff) };
const struct pool switches = { GOOD(0, 1), BAD(2, 0xff) };
const struct pool slots = {
	GOOD(SLOT_PRIVATE, SLOT_SHARED), BAD(2, 511, 0x10000, 0xffffffff),
};
const struct pool slot_flags = {
	GOOD(KVM_MEM_GUEST_MEMFD, 0),
	BAD(KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY,
	    KVM_MEM_GUEST_MEMFD | KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_GUEST_MEMFD | KVM_MEM_READONLY),
	.loose = true,
};
const struct pool slot_sizes = {
	GOOD(PRIVATE_SIZE, SHARED_SIZE),
	BAD(0, PAGE, 1, PRIVATE_SIZE * 2, 1ull << 21, 1ull << 40, ALL_ONES & ~(PAGE - 1)),
};
const struct pool memfd_sizes = {
	GOOD(PRIVATE_SIZE, MEMFD_SIZE), BAD(0, 1, 1ull << 21, 1ull << 62, ALL_ONES),
};
const struct pool memfd_flags = {
	GOOD(0),
	BAD(GUEST_MEMFD_FLAG_MMAP, GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED, 4),
	.loose = true,
};
const struct pool offsets = {
	GOOD(0, 0, PAGE, 2 * PAGE, 3 * PAGE),
	BAD(1, PRIVATE_SIZE, 1ull << 21, ALL_ONES << 12, 1ull << 63),
};
const struct pool attributes = { GOOD(KVM_MEMORY_ATTRIBUTE_PRIVATE, 0), BAD(1, 4, ALL_ONES) };
const struct pool registers = { GOOD(0, 0xfff0, 0x2, 0x10), BAD(ALL_ONES, NOT_CANONICAL), .loose = true };
const struct pool debug_controls = {
	GOOD(0), BAD(KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
		     KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP | KVM_GUESTDBG_USE_SW_BP,
		     KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_BLOCKIRQ, ALL_ONES),
};
const struct pool mp_states = {
	GOOD(KVM_MP_STATE_RUNNABLE, KVM_MP_STATE_HALTED, KVM_MP_STATE_AP_RESET_HOLD),
	BAD(KVM_MP_STATE_UNINITIALIZED, KVM_MP_STATE_INIT_RECEIVED, KVM_MP_STATE_SIPI_RECEIVED,
	    KVM_MP_STATE_STOPPED, ALL_ONES),
};
const struct pool msrs = {
	GOOD(0xc0000080 /* EFER */, 0x1d9 /* DEBUGCTL */, 0xc0010130 /* GHCB */, 0xda0 /* XSS */,
	     0x10 /* TSC */, 0xc0000103 /* TSC_AUX */),
	BAD(0xc0010131, 0x1db, 0x277, 0xc0010015), .loose = true,
};
const struct pool msr_values = { GOOD(0, 1, 0x500, GHCB_GPA), BAD(ALL_ONES, 1ull << 63), .loose = true };
const struct pool run_times = { GOOD(RUN_LONG, RUN_LONG, RUN_SHORT, RUN_NOT) };
const struct pool tsc_khzs = { GOOD(2000000, 1000000), BAD(0, 1, 0xffffffff) };
/* Those that change the platform are left out: they would outlive their sequence. */
const struct pool dev_commands = {
	GOOD(SEV_PLATFORM_STATUS, SNP_PLATFORM_STATUS, SEV_GET_ID, SEV_GET_ID2, SEV_PDH_CERT_EXPORT,
	     SEV_PEK_CSR),
	BAD(SEV_MAX, SEV_MAX + 1, 0xffffffff),
};
const struct pool handles = { GOOD(0), BAD(1, 2, 3, 0xffff, 0xffffffff) };
const struct pool command_ids = {
	GOOD(KVM_SEV_CERT_EXPORT, KVM_SEV_SEND_UPDATE_VMSA, KVM_SEV_RECEIVE_UPDATE_VMSA),
	BAD(99, KVM_SEV_NR_MAX, KVM_SEV_NR_MAX + 1, 0xffffffff, 0x80000000),
	.loose = true,
};
const struct pool ghcb_msrs = {
	GOOD(GHCB_MSR_TERMINATE, GHCB_GPA, GHCB_MSR_REGISTER, 0x2, 0x80, 0x10,
	     0x4 | 0x8000001full << 32, 1ull << 52 | RESET_GPA | 0x14, 2ull << 52 | PRIVATE_GPA | 0x14),
	BAD(0, 0x6, 0x7, 0x12 | 1ull << 40, 3ull << 52 | 0x14, GHCB_GPA + 0x800, PRIVATE_GPA,
	    0xfffffffffffff000, 0x100 | 0xff << 16, 0x4),
	.loose = true,
};
const struct pool ghcb_exits = {
	GOOD(0x80000013, 0x80000010, 0x80000011, 0x80000012, 0x80000017, 0x80000004, 0x80000001,
	     0x80000002, 0x80000003, 0x72, 0x7b, 0x7c, 0x81),
	BAD(0, 0x80000005, 0x80000018, 0x800000fd, 0x800000fe, 0x8000ffff, 0x400, 0x27, 0x37, 0x6e,
	    0x89, ALL_ONES),
	.loose = true,
};
const struct pool ghcb_infos = {
	GOOD(0, 1, 1ull << 32, 1ull << 32 | 1, 2, VMSA_GPA, PRIVATE_GPA, GHCB_GPA, GHCB_GPA + PAGE,
	     GHCB_GPA + 0x800, 8),
	BAD(ALL_ONES, 1ull << 40, 0x7fffffff, GHCB_GPA + 0xff8, RESET_GPA + 1),
	.loose = true,
};
const struct pool psc_ops = { GOOD(1, 2), BAD(0, 3, 4, 15) };
const struct pool allocations = { GOOD(1, 2, 3, 4, 5, 6, 8, 12) };
const struct pool caps = {
	GOOD(KVM_CAP_EXIT_HYPERCALL, KVM_CAP_MAX_VCPUS, KVM_CAP_X2APIC_API, KVM_CAP_SPLIT_IRQCHIP),
	BAD(KVM_CAP_MAX_VCPU_ID, KVM_CAP_DISABLE_QUIRKS2, KVM_CAP_EXIT_ON_EMULATION_FAILURE,
	    KVM_CAP_X86_DISABLE_EXITS, 0xffff),
};
const struct pool cap_values = {
	GOOD(1ull << KVM_HC_MAP_GPA_RANGE, 1, 2, 24), BAD(0, ALL_ONES), .loose = true,
};
const struct pool bitmaps = { GOOD(ALL_ONES), BAD(0), .loose = true };

/* splitmix64 */
uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

unsigned int rng_below(struct rng *r, unsigned int n)
{
	return rng_next(r) % n;
}

bool rng_percent(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}

/* Next to a good number, or with one bit more or less */
static uint64_t stray(const struct pool *pool, struct rng *r)
{
	uint64_t number = pool->good[rng_below(r, pool->nr_good)];

	if (rng_percent(r, 30))
		return number + rng_below(r, 5) - 2;
	return number ^ 1ull << rng_below(r, 64);
}

uint64_t pool_pick(const struct pool *pool, struct rng *r, unsigned int wrong)
{
	if (rng_percent(r, wrong) && pool->nr_bad)
		return pool->bad[rng_below(r, pool->nr_bad)];
	if (rng_percent(r, wrong / 3) && pool->loose)
		return stray(pool, r);
	return pool->good[rng_below(r, pool->nr_good)];
}
