/*
 * SNP host model: counters of RMP changes, faults of RMP instructions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_RMP_COUNT_H
#define SNP_MODEL_RMP_COUNT_H

#include "rmp.h"

/* What RMP instructions return in EAX, once: name, value. */
#define SNP_RESULTS(X)          \
    X(SUCCESS,            0)    \
    X(FAIL_INPUT,         1)    \
    X(FAIL_PERMISSION,    2)    \
    X(FAIL_INUSE,         3)    \
    X(FAIL_OVERLAP,       4)    \
    X(FAIL_SIZEMISMATCH,  6)    \
    X(FAIL_BADSTATE,      7)    /* PSMASH of no large page: U10 */

typedef enum SnpResult {
#define X(name, value) SNP_##name = value,
    SNP_RESULTS(X)
#undef X
    SNP_RESULT_MAX = 8,
} SnpResult;

/* Who changes the RMP. */
typedef enum SnpRmpActor {
    SNP_BY_RMPUPDATE,
    SNP_BY_PSMASH,
    SNP_BY_PVALIDATE,
    SNP_BY_RMPADJUST,
    SNP_BY_RMPREAD,     /* changes nothing, but has results */
    SNP_BY_FIRMWARE,
    SNP_BY_MAX,
} SnpRmpActor;

const char *snp_rmp_actor_name(SnpRmpActor by);

/*
 * One update, and the 4 KiB pages that it took from a state to another.
 * Under the RMP lock, as is whoever reads the counters.
 */
typedef struct SnpRmpCount {
    uint64_t updates;
    uint64_t pages;
} SnpRmpCount;

void snp_rmp_count_update(SnpRmpActor by, SnpPageState from, SnpPageState to);
void snp_rmp_count_pages(SnpRmpActor by, SnpPageState from, SnpPageState to,
                         uint64_t pages);
SnpRmpCount snp_rmp_count(SnpRmpActor by, SnpPageState from, SnpPageState to);

/* How an instruction ended.  Any thread. */
void snp_rmp_count_result(SnpRmpActor insn, uint32_t result);
uint64_t snp_rmp_results(SnpRmpActor insn, uint32_t result);
const char *snp_rmp_result_name(uint32_t result);

/*
 * Take note of an instruction; true when it is to end with @result and do
 * nothing.  @assign is what an RMPUPDATE wants: an assigned page or a shared
 * one.  Any thread.
 */
bool snp_rmp_fault_due(SnpRmpActor insn, bool assign, uint32_t *result);

/*
 * "INSTRUCTION,N,RESULT": the N-th INSTRUCTION from now ends with RESULT; N 0
 * takes that back, "" takes back all.  RMPUPDATE:assigned and RMPUPDATE:shared
 * count those only that want such a page.  False if that is none of these.
 */
bool snp_rmp_set_fault(const char *spec);

/* Faults still to come, in that form with what is left of N. */
void snp_rmp_each_fault(void (*fn)(const char *spec, void *opaque),
                        void *opaque);

#endif
