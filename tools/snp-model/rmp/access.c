/*
 * SNP host model: the RMP check on every access
 *
 * AMD APM volume 2 section 15.36.10, table "RMP Memory Access Checks".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/page-protection.h"
#include "access.h"
#include "table.h"
#include "../cpu/snp-cpu.h"

static bool is_large(const SnpAccess *a)
{
    return a->leaf_size >= SNP_RMP_REGION;
}

/*
 * Hypervisor-owned: under a large leaf the whole 2 MiB must be, because
 * hardware caches one translation for it.  1 GiB leaves count as the 2 MiB
 * around the address.
 */
static bool hypervisor_owned(SnpAccess *a)
{
    SnpRmpEntry e;

    snp_rmp_note_cached(a, is_large(a));
    snp_rmp_get(a->spa, &e);
    a->ciphertext = snp_rmp_is_guest_view(&e);
    return is_large(a) ? snp_rmp_region_free(a->spa) : !e.assigned;
}

static uint64_t fault_bits(CPUX86State *env, const SnpAccess *a)
{
    uint64_t bits = PG_ERROR_P_MASK | SNP_FAULT_RMP;

    if (a->nested || a->is_user) {
        bits |= PG_ERROR_U_MASK;    /* the nested walk is a user access */
    }
    if (a->type == MMU_DATA_STORE) {
        bits |= PG_ERROR_W_MASK;
    } else if (a->type == MMU_INST_FETCH) {
        bits |= PG_ERROR_I_D_MASK;
    }
    if (env->snp.guest_snp &&
        snp_effective_enc(a->type, a->page_table, a->enc)) {
        bits |= SNP_FAULT_ENC;
    }
    return bits;
}

/*
 * Reads and fetches are free, but have no key; writes need a page of the
 * hypervisor's that no other CPU's guest is using, as HvInUseWrAllowed is not
 * announced.  #VMEXIT itself stores to the VMCB of this one.
 */
static SnpVerdict check_shared(CPUX86State *env, SnpAccess *a, uint64_t *error)
{
    bool writes = a->page_table || a->type == MMU_DATA_STORE;

    if (hypervisor_owned(a) && !snp_cpu_page_in_use(a->spa, env)) {
        return SNP_VERDICT_OK;
    }
    if (writes) {
        *error = fault_bits(env, a);
        return SNP_VERDICT_FAULT;
    }
    /* Remember reads only: the first write comes back here. */
    a->prot &= ~PAGE_WRITE;
    return SNP_VERDICT_OK;
}

static int vmpl_prot(const SnpRmpEntry *e, CPUX86State *env, bool is_user)
{
    uint8_t perms = e->perms[env->snp.vmpl & 3];
    uint8_t exec = is_user ? SNP_PERM_EXEC_USER : SNP_PERM_EXEC_SUPER;

    if (!(perms & SNP_PERM_READ)) {
        perms &= ~SNP_PERM_WRITE;   /* illegal, APM 15.36.7 */
    }
    return (perms & SNP_PERM_READ ? PAGE_READ : 0) |
           (perms & SNP_PERM_WRITE ? PAGE_WRITE : 0) |
           (perms & exec ? PAGE_EXEC : 0);
}

static SnpVerdict check_private(CPUX86State *env, SnpAccess *a,
                                uint64_t *error)
{
    SnpRmpEntry e;
    int allowed;

    snp_rmp_note_cached(a, false);
    snp_rmp_get(a->spa, &e);    /* all zero, thus not owned, if not covered */
    if (!e.assigned || e.asid != env->snp.asid ||
        e.gpa != (a->gpa & ~0xfffULL) ||
        e.immutable ||
        e.size_2m != is_large(a)) {
        *error = fault_bits(env, a);
        return SNP_VERDICT_FAULT;
    }
    if (!e.validated) {
        return SNP_VERDICT_NOT_VALIDATED;
    }
    allowed = vmpl_prot(&e, env, a->is_user);
    if (!(allowed & (1 << a->type))) {
        *error = fault_bits(env, a) | SNP_FAULT_VMPL;
        return SNP_VERDICT_FAULT;
    }
    a->prot &= allowed;
    return SNP_VERDICT_OK;
}

SnpVerdict snp_access_check(CPUX86State *env, SnpAccess *a, uint64_t *error)
{
    SnpVerdict verdict;

    if (!a->nested || !env->snp.guest_snp) {
        return check_shared(env, a, error);
    }
    if (!snp_effective_enc(a->type, a->page_table, a->enc)) {
        verdict = check_shared(env, a, error);
        a->prot &= ~PAGE_EXEC;      /* a fetch would be private */
        return verdict;
    }
    verdict = check_private(env, a, error);
    if (a->type == MMU_INST_FETCH && !a->enc) {
        a->prot &= PAGE_EXEC;       /* a load or store would be shared */
    }
    return verdict;
}
