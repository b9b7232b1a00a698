/*
 * SNP host model: INVLPGB and TLBSYNC
 *
 * AMD APM volume 3; volume 2, section 5.5.3 and appendix B for guests.
 *
 * What INVLPGB asks for is done on all CPUs before the next instruction, so
 * TLBSYNC has nothing to wait for.  More is dropped than is asked for: PCID and
 * global pages select nothing, an ASID only tells the host from guests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"
#include "tcg/helper-tcg.h"
#include "snp-cpu.h"
#include "vmcb.h"

#define RAX_VA          (1U << 0)
#define RAX_PCID        (1U << 1)
#define RAX_ASID        (1U << 2)
/* Bit 5, nested translations, would take CPUID 80000008 EBX[21]. */
#define RAX_RESERVED    MAKE_64BIT_MASK(5, 7)

#define ECX_STRIDE_2M   (1U << 31)
#define ECX_RESERVED    MAKE_64BIT_MASK(16, 15)
#define EDX_RESERVED    MAKE_64BIT_MASK(28, 4)

#define STRIDE_4K       0x1000
#define STRIDE_2M       0x200000

typedef struct Request {
    uint64_t rax;
    uint32_t ecx;
    uint32_t edx;
} Request;

static unsigned int more_pages(const Request *r)
{
    return extract32(r->ecx, 0, 16);
}

static unsigned int asid_of(const Request *r)
{
    return extract32(r->edx, 0, 16);
}

static unsigned int pcid_of(const Request *r)
{
    return extract32(r->edx, 16, 12);
}

/* A guest's ASID is in the place of whatever it names. */
static bool is_legal(const CPUX86State *env, const Request *r)
{
    bool guest = env->hflags & HF_GUEST_MASK;

    if (r->rax & RAX_RESERVED || r->ecx & ECX_RESERVED ||
        r->edx & EDX_RESERVED || more_pages(r) > SNP_INVLPGB_MORE_PAGES) {
        return false;
    }
    if (r->rax & RAX_PCID && pcid_of(r) && !(env->cr[4] & CR4_PCIDE_MASK)) {
        return false;
    }
    return guest || !(r->rax & RAX_ASID) || asid_of(r) < SNP_SVM_ASIDS;
}

static void check_allowed(CPUX86State *env, uintptr_t ra)
{
    if (env->hflags & HF_GUEST_MASK && !env->snp.guest_es &&
        !(x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_NESTED_CTL) &
          NESTED_CTL_INVLPGB)) {
        raise_exception_ra(env, EXCP06_ILLOP, ra);
    }
    if (env->hflags & HF_CPL_MASK) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
    }
}

/* In a word of the VMCB that QEMU does not know. */
static void check_intercept(CPUX86State *env, uint32_t code, uintptr_t ra)
{
    if (env->hflags & HF_GUEST_MASK &&
        x86_ldl_phys(env_cpu(env), env->vm_vmcb + VMCB_INTERCEPT_A0) &
        (1U << (code - SNP_EXIT_INVLPGB))) {
        cpu_vmexit(env, code, 0, ra);
    }
}

static uint16_t worlds(CPUX86State *env, const Request *r)
{
    if (env->hflags & HF_GUEST_MASK) {
        return MMU_GUEST_BITS;
    }
    if (!(r->rax & RAX_ASID)) {
        return MMU_GUEST_BITS | MMU_HOST_BITS;
    }
    return asid_of(r) ? MMU_GUEST_BITS : MMU_HOST_BITS;
}

static void flush(CPUX86State *env, const Request *r)
{
    uint64_t stride = r->ecx & ECX_STRIDE_2M ? STRIDE_2M : STRIDE_4K;
    vaddr addr = r->rax & TARGET_PAGE_MASK;
    CPUState *cs = env_cpu(env);

    if (!(r->rax & RAX_VA)) {
        tlb_flush_by_mmuidx_all_cpus_synced(cs, worlds(env, r));
        return;
    }
    for (unsigned int i = 0; i <= more_pages(r); i++) {
        tlb_flush_page_by_mmuidx_all_cpus_synced(cs, addr + i * stride,
                                                 worlds(env, r));
    }
}

void helper_invlpgb(CPUX86State *env)
{
    uintptr_t ra = GETPC();
    bool long_mode = env->hflags & HF_CS64_MASK;
    Request r = {
        .rax = long_mode ? env->regs[R_EAX] : (uint32_t)env->regs[R_EAX],
        .ecx = env->regs[R_ECX],
        .edx = env->regs[R_EDX],
    };

    check_allowed(env, ra);
    check_intercept(env, SNP_EXIT_INVLPGB, ra);
    if (!is_legal(env, &r)) {
        check_intercept(env, SNP_EXIT_INVLPGB_ILLEGAL, ra);
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
    }
    flush(env, &r);
}

void helper_tlbsync(CPUX86State *env)
{
    uintptr_t ra = GETPC();

    check_allowed(env, ra);
    check_intercept(env, SNP_EXIT_TLBSYNC, ra);
}
