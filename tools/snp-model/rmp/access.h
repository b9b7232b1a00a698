/*
 * SNP host model: the RMP check on every access (hook of the page walk)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_ACCESS_H
#define SNP_MODEL_ACCESS_H

#include "cpu.h"
#include "exec/mmu-access-type.h"

/* EXITINFO1 of a nested page fault, APM 15.36.10; bit 31 also in #PF. */
#define SNP_FAULT_RMP       (1ULL << 31)
#define SNP_FAULT_ENC       (1ULL << 34)
#define SNP_FAULT_SIZEM     (1ULL << 35)
#define SNP_FAULT_VMPL      (1ULL << 36)

#define SNP_EXCP_VC         29

#ifdef CONFIG_SNP_HOST_MODEL
extern bool snp_rmp_active;
#else
#define snp_rmp_active  false
#endif

typedef struct SnpAccess {
    /* Where the verdict will be cached. */
    int cpu;
    int mmu_idx;
    vaddr addr;

    hwaddr gpa;             /* guests with nested paging only */
    hwaddr spa;
    uint64_t leaf_size;     /* of the host's or the nested page table's leaf */
    MMUAccessType type;
    bool nested;            /* by a guest with nested paging */
    bool is_user;
    bool enc;               /* C-bit of the leaf */
    bool page_table;        /* the walk's own access, incl. A and D bits */
    int prot;               /* in: by the page tables; out: what holds */
    bool ciphertext;        /* out: the page is a guest's, the key another's */
} SnpAccess;

typedef enum SnpVerdict {
    SNP_VERDICT_OK,
    SNP_VERDICT_FAULT,          /* #PF in the host, #VMEXIT(NPF) in a guest */
    SNP_VERDICT_NOT_VALIDATED,  /* #VC in the guest */
} SnpVerdict;

/* Fetches and page-table accesses are private whatever the leaf says. */
static inline bool snp_effective_enc(MMUAccessType type, bool page_table,
                                     bool leaf_enc)
{
    return leaf_enc || page_table || type == MMU_INST_FETCH;
}

/*
 * Check an access that the page tables allow.  On success @a->prot is what the
 * TLB may remember; on a fault *@error has the bits to report.
 */
SnpVerdict snp_access_check(CPUX86State *env, SnpAccess *a, uint64_t *error);

/* The page at a guest's linear address, for PVALIDATE and RMPADJUST. */
typedef struct SnpGuestPage {
    hwaddr gpa;
    hwaddr spa;
    uint64_t leaf_size;     /* of the nested page table's leaf */
} SnpGuestPage;

/* Hooks in excp_helper.c: translate for a write or fault; nested page fault. */
void x86_snp_translate(CPUX86State *env, vaddr gva, SnpGuestPage *page,
                       uintptr_t ra);
G_NORETURN void x86_snp_raise_npf(CPUX86State *env, hwaddr gpa, uint64_t bits,
                                  uintptr_t ra);

/*
 * The address bit that is the C-bit in the tables being walked.  @guest: they
 * are a guest's own, under nested paging.  0 also if the model is off.
 */
static inline uint64_t snp_walk_cbit(const CPUX86State *env, bool guest)
{
    bool on = guest ? env->snp.guest_sev
                    : env->snp.syscfg & SNP_SYSCFG_MEM_ENC;

    return on ? SNP_CBIT_MASK : 0;
}

#endif
