/*
 * SNP host model: what a world switch leaves in the TLBs
 *
 * AMD APM volume 2, sections 5.5.2 and 15.16.
 *
 * Host and guest have MMU indexes of their own, so a world switch by itself
 * flushes nothing.  As on hardware what a guest leaves behind is tagged with
 * its ASID, and is used by the next VMRUN with that ASID unless TLB_CONTROL
 * says otherwise.  There is one set of indexes for guests: another ASID finds
 * it flushed.  So does the same ASID with other control registers, nested page
 * tables or VMPL: hardware does not compare these, but the hypervisor's stores
 * to the VMCB are no writes of control registers, which would flush.
 *
 * What RMP entries allow is not part of the tag: a change of one drops the
 * translations that it gave, in whichever set they are (rmp/marks.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "snp-cpu.h"

uint16_t snp_tlb_world(CPUX86State *env)
{
    if (!snp_model_enabled()) {
        return (1 << NB_MMU_MODES) - 1;
    }
    return env->hflags & HF_GUEST_MASK ? MMU_GUEST_BITS : MMU_HOST_BITS;
}

void snp_tlb_flush(CPUX86State *env)
{
    if (!env->snp.switching) {
        tlb_flush_by_mmuidx(env_cpu(env), snp_tlb_world(env));
    }
}

static SnpTlbTag tag_now(CPUX86State *env)
{
    return (SnpTlbTag) {
        .cr0 = env->cr[0],
        .cr3 = env->cr[3],
        .cr4 = env->cr[4],
        .efer = env->efer,
        .pkru = env->pkru,
    };
}

static SnpTlbTag tag_of_guest(CPUX86State *env)
{
    SnpTlbTag tag = tag_now(env);

    tag.asid = env->snp.vmcb_asid;
    if (env->hflags2 & HF2_NPT_MASK) {
        tag.nested_cr3 = env->nested_cr3;
        tag.nested_mode = env->nested_pg_mode;
    }
    tag.sev = env->snp.guest_sev | env->snp.guest_es << 1 |
              env->snp.guest_snp << 2 | env->snp.vmpl << 3;
    return tag;
}

static bool same(const SnpTlbTag *a, const SnpTlbTag *b)
{
    return !memcmp(a, b, sizeof(*a));
}

void snp_tlb_leave_host(CPUX86State *env)
{
    env->snp.host_tlb = tag_now(env);
    env->snp.switching = true;
}

void snp_tlb_enter_guest(CPUX86State *env)
{
    SnpTlbTag tag = tag_of_guest(env);

    if (!same(&tag, &env->snp.guest_tlb)) {
        tlb_flush_by_mmuidx(env_cpu(env), MMU_GUEST_BITS | MMU_NESTED_BITS);
    }
    env->snp.switching = false;
}

void snp_tlb_leave_guest(CPUX86State *env)
{
    if (!env->snp.entering) {
        env->snp.guest_tlb = tag_of_guest(env);
    }
    env->snp.switching = true;
}

void snp_tlb_enter_host(CPUX86State *env)
{
    SnpTlbTag tag = tag_now(env);

    if (!same(&tag, &env->snp.host_tlb)) {
        tlb_flush_by_mmuidx(env_cpu(env), MMU_HOST_BITS);
    }
    env->snp.switching = false;
}
