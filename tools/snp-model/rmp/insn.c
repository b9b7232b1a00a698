/*
 * SNP host model: RMPUPDATE, RMPREAD, PSMASH, PVALIDATE and RMPADJUST
 *
 * AMD APM volume 3, and volume 2 section 15.36.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cpu_ldst.h"
#include "exec/helper-proto.h"
#include "tcg/helper-tcg.h"
#include "access.h"
#include "../fw/fw.h"
#include "../fw/host.h"
#include "count.h"
#include "table.h"
#include "../cpu/snp-cpu.h"
#include "../generation.h"
#include "../trace.h"

#define RMPADJUST_VMSA      (1ULL << 16)

static void set_result(CPUX86State *env, SnpRmpActor insn, uint32_t code,
                       bool carry)
{
    snp_rmp_count_result(insn, code);
    env->regs[R_EAX] = code;
    CC_SRC = (code ? 0 : CC_Z) | (carry ? CC_C : 0);
    CC_OP = CC_OP_EFLAGS;
}

/* Host instructions: #UD before #GP before the result (unconfirmed U16). */
static bool host_insn_allowed(CPUX86State *env, uintptr_t ra)
{
    if (!(env->hflags & HF_CS64_MASK) ||
        !(env->snp.syscfg & SNP_SYSCFG_SNP_EN)) {
        raise_exception_ra(env, EXCP06_ILLOP, ra);
    }
    if (env->hflags & HF_CPL_MASK) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
    }
    return !(env->hflags & HF_GUEST_MASK);
}

static void guest_insn_check(CPUX86State *env, uintptr_t ra)
{
    if (!env->snp.guest_snp) {
        raise_exception_ra(env, EXCP06_ILLOP, ra);
    }
    if (env->hflags & HF_CPL_MASK) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
    }
}

static bool range_in_use(hwaddr spa, bool large)
{
    unsigned pages = large ? SNP_RMP_SUBPAGES : 1;

    for (unsigned i = 0; i < pages; i++) {
        if (snp_cpu_page_in_use(spa + i * TARGET_PAGE_SIZE, NULL)) {
            return true;
        }
    }
    return false;
}

/* Bring the page's bytes from what the old owner sees to what the new does. */
static void change_hands(hwaddr spa, const SnpRmpEntry *old,
                         const SnpRmpEntry *new)
{
    uint16_t from = snp_rmp_is_guest_view(old) ? old->asid : 0;
    uint16_t to = snp_rmp_is_guest_view(new) ? new->asid : 0;
    uint8_t key[32] = { };

    if (from == to) {
        return;
    }
    if (from) {
        snp_fw_asid(from, NULL, key);
        snp_page_scramble(spa, key);
    }
    if (to) {
        snp_fw_asid(to, NULL, key);
        snp_page_scramble(spa, key);
    }
}

/* The 16 bytes at RCX: gpa, assigned, size, immutable, reserved, asid. */
static bool parse_rmpupdate(uint64_t gpa, uint64_t word, SnpRmpEntry *new)
{
    uint64_t reserved = 0xfffffc00fffefefeULL;  /* asid has 10 bits */

    if ((word & reserved) || (gpa & ~MAKE_64BIT_MASK(12, 39))) {
        return false;
    }
    *new = (SnpRmpEntry) {
        .gpa = gpa,
        .assigned = word & 1,
        .size_2m = word & (1 << 8),
        .immutable = word & (1 << 16),
        .asid = word >> 32,
        .perms = { SNP_PERM_ALL },
    };
    return new->assigned || (!new->immutable && !new->asid);
}

static bool any_immutable(hwaddr spa, bool large)
{
    unsigned pages = large ? SNP_RMP_SUBPAGES : 1;
    SnpRmpEntry e;

    for (unsigned i = 0; i < pages; i++) {
        snp_rmp_get(spa + i * TARGET_PAGE_SIZE, &e);
        if (e.immutable) {
            return true;
        }
    }
    return false;
}

static uint32_t check_rmpupdate(hwaddr spa, const SnpRmpEntry *new)
{
    hwaddr last = spa + (new->size_2m ? SNP_RMP_REGION : TARGET_PAGE_SIZE) - 1;
    SnpRmpEntry old;

    if (!snp_rmp_covers(spa) || !snp_rmp_covers(last) ||
        (new->size_2m && !QEMU_IS_ALIGNED(spa, SNP_RMP_REGION))) {
        return SNP_FAIL_INPUT;
    }
    if (any_immutable(spa, new->size_2m)) {
        return SNP_FAIL_PERMISSION;
    }
    /* HV_Fixed, but for the time before SNP_INIT has said so. */
    if (!fw_host_is_ram(spa, last + 1 - spa)) {
        return SNP_FAIL_PERMISSION;
    }
    if (range_in_use(spa, new->size_2m)) {
        return SNP_FAIL_INUSE;
    }
    snp_rmp_get(spa, &old);
    /* A region's own large entry is no overlap with a large one: U15. */
    if (new->size_2m ? !old.size_2m && !snp_rmp_region_free(spa)
                     : old.size_2m) {
        return SNP_FAIL_OVERLAP;
    }
    return SNP_SUCCESS;
}

static uint32_t rmpupdate(hwaddr spa, uint64_t gpa, uint64_t word)
{
    SnpRmpEntry old, new;
    unsigned pages;
    uint32_t ret;

    if (!parse_rmpupdate(gpa, word, &new)) {
        return SNP_FAIL_INPUT;
    }
    snp_rmp_lock();
    ret = check_rmpupdate(spa, &new);
    if (ret == SNP_SUCCESS) {
        pages = new.size_2m ? SNP_RMP_SUBPAGES : 1;
        for (unsigned i = 0; i < pages; i++) {
            hwaddr page = spa + i * TARGET_PAGE_SIZE;

            snp_rmp_get(page, &old);
            change_hands(page, &old, &new);
        }
        if (!new.assigned) {
            new = (SnpRmpEntry) { .size_2m = new.size_2m };
        }
        snp_rmp_change(spa, &new, SNP_BY_RMPUPDATE);
    }
    snp_rmp_unlock();
    return ret;
}

void helper_rmpupdate(CPUX86State *env)
{
    uintptr_t ra = GETPC();
    hwaddr spa = env->regs[R_EAX] & TARGET_PAGE_MASK;
    uint64_t gpa, word;
    uint32_t ret;

    if (!host_insn_allowed(env, ra)) {
        set_result(env, SNP_BY_RMPUPDATE, SNP_FAIL_PERMISSION, false);
        return;
    }
    gpa = cpu_ldq_data_ra(env, env->regs[R_ECX], ra);
    word = cpu_ldq_data_ra(env, env->regs[R_ECX] + 8, ra);
    if (!snp_rmp_fault_due(SNP_BY_RMPUPDATE, word & 1, &ret)) {
        ret = rmpupdate(spa, gpa, word);
    }
    trace_snp_rmpupdate(spa, gpa, word, ret);
    set_result(env, SNP_BY_RMPUPDATE, ret, false);
}

static uint32_t rmpread(CPUX86State *env, hwaddr spa, uintptr_t ra)
{
    SnpRmpEntry e;
    uint64_t word;

    if (!snp_rmp_covers(spa)) {
        return SNP_FAIL_INPUT;
    }
    snp_rmp_get_own(spa, &e);
    word = e.assigned | (uint64_t)e.size_2m << 8 |
           (uint64_t)e.immutable << 16 | (uint64_t)e.asid << 32;
    cpu_stq_data_ra(env, env->regs[R_ECX], e.gpa, ra);
    cpu_stq_data_ra(env, env->regs[R_ECX] + 8, word, ra);
    return SNP_SUCCESS;
}

/* Writes what RMPUPDATE would take; the region's status stays 0: U42. */
void helper_rmpread(CPUX86State *env)
{
    uintptr_t ra = GETPC();
    hwaddr spa = env->regs[R_EAX];
    uint32_t ret = SNP_FAIL_PERMISSION;

    if (!snp_generation()->rmpread) {
        raise_exception_ra(env, EXCP06_ILLOP, ra);
    }
    if (host_insn_allowed(env, ra) &&
        !snp_rmp_fault_due(SNP_BY_RMPREAD, false, &ret)) {
        ret = rmpread(env, spa, ra);
    }
    trace_snp_rmpread(spa, ret);
    set_result(env, SNP_BY_RMPREAD, ret, false);
}

static uint32_t psmash(hwaddr spa)
{
    SnpRmpEntry e;
    uint32_t ret = SNP_SUCCESS;

    if (!QEMU_IS_ALIGNED(spa, SNP_RMP_REGION) || !snp_rmp_covers(spa) ||
        !snp_rmp_covers(spa + SNP_RMP_REGION - 1)) {
        return SNP_FAIL_INPUT;
    }
    snp_rmp_lock();
    snp_rmp_get(spa, &e);
    if (range_in_use(spa, true)) {
        ret = SNP_FAIL_INUSE;
    } else if (!e.assigned || !e.size_2m) {
        ret = SNP_FAIL_BADSTATE;
    } else {
        snp_rmp_smash(spa);
    }
    snp_rmp_unlock();
    return ret;
}

void helper_psmash(CPUX86State *env)
{
    hwaddr spa = env->regs[R_EAX];
    uint32_t ret = SNP_FAIL_PERMISSION;

    if (host_insn_allowed(env, GETPC()) &&
        !snp_rmp_fault_due(SNP_BY_PSMASH, false, &ret)) {
        ret = psmash(spa);
    }
    trace_snp_psmash(spa, ret);
    set_result(env, SNP_BY_PSMASH, ret, false);
}

/*
 * Find the guest page at @gva and its entry; the RMP lock is held on success.
 * Faults if the guest cannot write there, if the page is not the guest's, or
 * if its sizes disagree in a way that only the hypervisor can mend.
 */
static uint32_t lock_guest_page(CPUX86State *env, vaddr gva, bool large,
                                SnpGuestPage *p, SnpRmpEntry *e, uintptr_t ra)
{
    uint64_t fault = 0;

    x86_snp_translate(env, gva, p, ra);
    snp_rmp_lock();
    snp_rmp_get(p->spa, e);
    if (!e->assigned || e->asid != env->snp.asid || e->gpa != p->gpa ||
        e->immutable) {
        fault = SNP_FAULT_RMP;
    } else if (large && !e->size_2m) {
        snp_rmp_unlock();
        return SNP_FAIL_SIZEMISMATCH;
    } else if (!large && e->size_2m) {
        fault = SNP_FAULT_RMP | SNP_FAULT_SIZEM;
    } else if (e->size_2m != (p->leaf_size >= SNP_RMP_REGION)) {
        fault = SNP_FAULT_RMP;
    } else if (large && !QEMU_IS_ALIGNED(p->gpa, SNP_RMP_REGION)) {
        /* Small pages of the guest lead into the middle of the large one. */
        snp_rmp_unlock();
        return SNP_FAIL_INPUT;                                  /* U25 */
    }
    if (fault) {
        snp_rmp_unlock();
        x86_snp_raise_npf(env, p->gpa, fault, ra);
    }
    return SNP_SUCCESS;
}

/*
 * Bits 11:0 of the address do not matter: OVMF finds out whether it runs at
 * VMPL0 with RMPADJUST of an array in the middle of its code.
 */
static bool bad_guest_page(vaddr gva, uint64_t size)
{
    vaddr page = gva & TARGET_PAGE_MASK;

    return size > 1 || (size && !QEMU_IS_ALIGNED(page, SNP_RMP_REGION));
}

/*
 * Of EDX only bit 0 counts: Linux hands over a C bool, and what compilers
 * leave in the register's other bits is anything.
 */
void helper_pvalidate(CPUX86State *env)
{
    uintptr_t ra = GETPC();
    vaddr gva = env->hflags & HF_CS64_MASK ? env->regs[R_EAX]
                                           : (uint32_t)env->regs[R_EAX];
    uint32_t size = env->regs[R_ECX];
    bool validate = env->regs[R_EDX] & 1, same = false;
    SnpGuestPage p = { };
    SnpRmpEntry e;
    uint32_t ret;

    guest_insn_check(env, ra);
    if (env->snp.vmpl) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);     /* U13 */
    }
    if (bad_guest_page(gva, size)) {
        ret = SNP_FAIL_INPUT;
    } else if (!snp_rmp_fault_due(SNP_BY_PVALIDATE, false, &ret)) {
        ret = lock_guest_page(env, gva, size, &p, &e, ra);
    }
    if (ret == SNP_SUCCESS) {
        same = e.validated == validate;
        if (!same) {
            e.validated = validate;
            snp_rmp_change(p.spa, &e, SNP_BY_PVALIDATE);
        }
        snp_rmp_unlock();
    }
    trace_snp_pvalidate(gva, p.gpa, size, validate, ret, same);
    set_result(env, SNP_BY_PVALIDATE, ret, same);
}

static uint32_t check_rmpadjust(CPUX86State *env, uint64_t rdx)
{
    unsigned vmpl = rdx & 0xff;
    uint8_t perms = rdx >> 8;

    if (rdx >> 17 || (perms & ~SNP_PERM_ALL) || vmpl > 3) {
        return SNP_FAIL_INPUT;
    }
    return vmpl <= env->snp.vmpl ? SNP_FAIL_PERMISSION : SNP_SUCCESS;
}

static uint32_t rmpadjust(CPUX86State *env, const SnpGuestPage *p,
                          SnpRmpEntry *e, uint64_t rdx)
{
    uint8_t perms = rdx >> 8;

    if (perms & ~e->perms[env->snp.vmpl & 3]) {
        return SNP_FAIL_PERMISSION;
    }
    if (range_in_use(p->spa, e->size_2m)) {
        return SNP_FAIL_INUSE;
    }
    e->perms[rdx & 3] = perms;
    if (!env->snp.vmpl) {
        e->vmsa = rdx & RMPADJUST_VMSA;
    }
    snp_rmp_change(p->spa, e, SNP_BY_RMPADJUST);
    return SNP_SUCCESS;
}

void helper_rmpadjust(CPUX86State *env)
{
    uintptr_t ra = GETPC();
    vaddr gva = env->regs[R_EAX];
    uint64_t size = env->regs[R_ECX], rdx = env->regs[R_EDX];
    SnpGuestPage p = { };
    SnpRmpEntry e;
    uint32_t ret;

    /* Unlike PVALIDATE, it is of 64-bit code only. */
    if (!(env->hflags & HF_CS64_MASK)) {
        raise_exception_ra(env, EXCP06_ILLOP, ra);
    }
    guest_insn_check(env, ra);
    ret = bad_guest_page(gva, size) ? SNP_FAIL_INPUT
                                    : check_rmpadjust(env, rdx);
    if (ret == SNP_SUCCESS &&
        !snp_rmp_fault_due(SNP_BY_RMPADJUST, false, &ret)) {
        ret = lock_guest_page(env, gva, size, &p, &e, ra);
    }
    if (ret == SNP_SUCCESS) {
        if (!e.validated) {
            snp_rmp_unlock();
            env->cr[2] = gva;
            snp_cpu_raise_vc(env, SNP_VC_NOT_VALIDATED, ra);
        }
        ret = rmpadjust(env, &p, &e, rdx);
        snp_rmp_unlock();
    }
    trace_snp_rmpadjust(gva, p.gpa, size, rdx, ret);
    set_result(env, SNP_BY_RMPADJUST, ret, false);
}
