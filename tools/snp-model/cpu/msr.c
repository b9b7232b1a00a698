/*
 * SNP host model: model-specific registers
 *
 * AMD APM volume 2, sections 15.34 to 15.36 and appendix A.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "snp-cpu.h"
#include "../fw/fw.h"
#include "../generation.h"
#include "../rmp/table.h"
#include "tcg/helper-tcg.h"

#define PRED_CMD_IBPB           (1 << 0)
#define PRED_CMD_SBPB           (1 << 7)

#define MSR_DBGCTL              0x000001d9
#define MSR_LBR_FIRST           0x000001db
#define MSR_LBR_LAST            0x000001de
#define MSR_SYSCFG              0xc0010010
#define MSR_IORR_FIRST          0xc0010016
#define MSR_IORR_LAST           0xc0010019
#define MSR_TOP_MEM             0xc001001a
#define MSR_TOP_MEM2            0xc001001d
#define MSR_SMM_KEY             0xc0010119
#define MSR_VM_PAGE_FLUSH       0xc001011e
#define MSR_GHCB                0xc0010130
#define MSR_SEV_STATUS          0xc0010131
#define MSR_RMP_BASE            0xc0010132
#define MSR_RMP_END             0xc0010133
#define MSR_GUEST_TSC_FREQ      0xc0010134
#define MSR_RMP_CFG             0xc0010136
#define MSR_SECURE_AVIC         0xc0010138

#define SYSCFG_WRITABLE         MAKE_64BIT_MASK(18, 8)
#define RMP_ADDR_MASK           MAKE_64BIT_MASK(13, 39)
#define RMP_CFG_WRITABLE        (SNP_RMP_CFG_SEGMENTED | SNP_RMP_CFG_BITS)
#define DBGCTL_WRITABLE         0x3f
#define DBGCTL_LBR              (1 << 0)

#define SEV_STATUS_SEV          (1U << 0)
#define SEV_STATUS_SEV_ES       (1U << 1)
#define SEV_STATUS_SNP          (1U << 2)

uint64_t snp_cpu_syscfg(CPUX86State *env)
{
    return env->snp.syscfg;
}

uint64_t snp_cpu_hwcr(CPUX86State *env)
{
    return env->snp.hwcr;
}

uint64_t snp_cpu_rmp_base(CPUX86State *env)
{
    return env->snp.rmp_base;
}

uint64_t snp_cpu_rmp_end(CPUX86State *env)
{
    return env->snp.rmp_end;
}

uint64_t snp_cpu_rmp_cfg(CPUX86State *env)
{
    return env->snp.rmp_cfg;
}

void snp_cpu_snp_off(CPUX86State *env)
{
    qatomic_set(&env->snp.syscfg, env->snp.syscfg &
                ~(SNP_SYSCFG_SNP_EN | SNP_SYSCFG_VMPL_EN));
}

static uint64_t sev_status(CPUX86State *env)
{
    return (env->snp.guest_sev ? SEV_STATUS_SEV : 0) |
           (env->snp.guest_es ? SEV_STATUS_SEV_ES : 0) |
           (env->snp.guest_snp ? SEV_STATUS_SNP : 0);
}

/* Registers of an encrypted guest that no hypervisor can intercept. */
static bool rdmsr_guest(CPUX86State *env, uint32_t msr, uint64_t *val)
{
    if (msr == MSR_GHCB && env->snp.guest_es) {
        *val = env->snp.ghcb;
        return true;
    }
    if (msr == MSR_SEV_STATUS && env->snp.guest_sev) {
        *val = sev_status(env);
        return true;
    }
    return false;
}

static bool has_rmp_cfg(uint32_t msr)
{
    return msr == MSR_RMP_CFG && snp_generation()->segmented_rmp;
}

static G_NORETURN void msr_gp(CPUX86State *env, uintptr_t ra)
{
    raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
}

bool snp_cpu_rdmsr(CPUX86State *env, uint64_t *val, uintptr_t ra)
{
    uint32_t msr = env->regs[R_ECX];

    if (rdmsr_guest(env, msr, val)) {
        return true;
    }
    cpu_svm_check_intercept_param(env, SVM_EXIT_MSR, 0, ra);

    if (has_rmp_cfg(msr)) {
        *val = env->snp.rmp_cfg;
        return true;
    }
    switch (msr) {
    case MSR_SYSCFG:
        *val = env->snp.syscfg;
        return true;
    case MSR_K7_HWCR:
        *val = env->snp.hwcr;
        return true;
    case MSR_RMP_BASE:
        *val = env->snp.rmp_base;
        return true;
    case MSR_RMP_END:
        *val = env->snp.rmp_end;
        return true;
    case MSR_SEV_STATUS:
        *val = 0;       /* outside SEV guests; U5, might be #GP */
        return true;
    case MSR_DBGCTL:
        *val = env->snp.dbgctl;
        return true;
    case MSR_LBR_FIRST ... MSR_LBR_LAST:
        *val = env->snp.lbr[msr - MSR_LBR_FIRST];
        return true;
    case MSR_IA32_PRED_CMD:     /* takes writes only */
    case MSR_GHCB:
    case MSR_VM_PAGE_FLUSH:
    case MSR_GUEST_TSC_FREQ ... MSR_SECURE_AVIC:
        msr_gp(env, ra);
    default:
        return false;
    }
}

/* What SYSCFG.SNP_EN freezes until reset: APM 15.36.2. */
static bool frozen_by_snp_en(uint32_t msr)
{
    switch (msr) {
    case MSR_MTRRfix64K_00000:
    case MSR_MTRRfix16K_80000:
    case MSR_MTRRfix16K_A0000:
    case MSR_MTRRfix4K_C0000 ... MSR_MTRRfix4K_F8000:
    case MSR_IORR_FIRST ... MSR_IORR_LAST:
    case MSR_TOP_MEM:
    case MSR_TOP_MEM2:
    case MSR_SMM_KEY:
    case MSR_RMP_BASE:      /* U4, as RMP_END */
    case MSR_RMP_END:
    case MSR_RMP_CFG:
        return true;
    default:
        return false;
    }
}

static void wrmsr_syscfg(CPUX86State *env, uint64_t val)
{
    /* Once SNP_EN is set, writes are ignored without a fault. */
    if (!(env->snp.syscfg & SNP_SYSCFG_SNP_EN)) {
        qatomic_set(&env->snp.syscfg, val & SYSCFG_WRITABLE);
        if ((val & SNP_SYSCFG_SNP_EN) &&
            !snp_rmp_enable(env->snp.rmp_base, env->snp.rmp_end,
                            env->snp.rmp_cfg)) {
            qemu_log_mask(LOG_GUEST_ERROR, "SNP_EN with an RMP from 0x%" PRIx64
                          " to 0x%" PRIx64 ", RMP_CFG 0x%" PRIx64
                          ", that is no RAM: no checks\n", env->snp.rmp_base,
                          env->snp.rmp_end, env->snp.rmp_cfg);
        }
    }
}

/* Only the firmware's bookkeeping of caches can tell that this happened. */
void snp_cpu_wbinvd(CPUX86State *env, bool rep, uintptr_t ra)
{
    if (env->hflags & HF_CPL_MASK) {
        msr_gp(env, ra);
    }
    if (!rep ||
        !(env->features[FEAT_8000_0008_EBX] & CPUID_8000_0008_EBX_WBNOINVD)) {
        snp_fw_note_wbinvd(env_cpu(env)->cpu_index);
    }
}

/* The translator records branches only when it sees the flag. */
void snp_cpu_set_dbgctl(CPUX86State *env, uint64_t val)
{
    env->snp.dbgctl = val;
    if (val & DBGCTL_LBR) {
        env->hflags |= HF_LBR_MASK;
    } else {
        env->hflags &= ~HF_LBR_MASK;
    }
}

static bool wrmsr_host(CPUX86State *env, uint32_t msr, uint64_t val)
{
    switch (msr) {
    case MSR_SYSCFG:
        wrmsr_syscfg(env, val);
        return true;
    case MSR_K7_HWCR:
        env->snp.hwcr = val | (env->snp.hwcr & SNP_HWCR_SMMLOCK);
        return true;
    case MSR_RMP_BASE:
        env->snp.rmp_base = val & RMP_ADDR_MASK;
        return true;
    case MSR_RMP_END:
        env->snp.rmp_end = val & (RMP_ADDR_MASK | MAKE_64BIT_MASK(0, 13));
        return true;
    case MSR_DBGCTL:
        snp_cpu_set_dbgctl(env, val & DBGCTL_WRITABLE);
        return true;
    case MSR_LBR_FIRST ... MSR_LBR_LAST:
        env->snp.lbr[msr - MSR_LBR_FIRST] = val;
        return true;
    default:
        return false;
    }
}

/*
 * Linux tells by a write to PRED_CMD whether there is SBPB, unless it knows
 * that it is a guest: that TCG ignores registers which it does not know would
 * be a yes.
 */
static uint64_t pred_cmds(CPUX86State *env)
{
    bool ibpb = env->features[FEAT_8000_0008_EBX] & CPUID_8000_0008_EBX_IBPB;
    bool sbpb = env->features[FEAT_8000_0021_EAX] & CPUID_8000_0021_EAX_SBPB;

    return (ibpb ? PRED_CMD_IBPB : 0) | (sbpb ? PRED_CMD_SBPB : 0);
}

bool snp_cpu_wrmsr(CPUX86State *env, uint64_t val, uintptr_t ra)
{
    uint32_t msr = env->regs[R_ECX];

    if (msr == MSR_GHCB && env->snp.guest_es) {
        env->snp.ghcb = val;
        return true;
    }
    cpu_svm_check_intercept_param(env, SVM_EXIT_MSR, 1, ra);

    if ((env->snp.syscfg & SNP_SYSCFG_SNP_EN) && frozen_by_snp_en(msr)) {
        msr_gp(env, ra);
    }
    if (has_rmp_cfg(msr)) {
        if (val & ~RMP_CFG_WRITABLE) {
            msr_gp(env, ra);        /* U43 */
        }
        env->snp.rmp_cfg = val;
        return true;
    }
    switch (msr) {
    case MSR_VM_HSAVE_PA:
        /* Zero is what Linux writes before SNP_INIT; VMRUN refuses it. */
        if (val && !snp_cpu_page_host_owned(val)) {
            msr_gp(env, ra);
        }
        return false;
    case MSR_IA32_PRED_CMD:
        if (!pred_cmds(env) || (val & ~pred_cmds(env))) {
            msr_gp(env, ra);
        }
        return true;
    case MSR_GHCB:
    case MSR_SEV_STATUS:
    case MSR_VM_PAGE_FLUSH:
    case MSR_GUEST_TSC_FREQ ... MSR_SECURE_AVIC:
        msr_gp(env, ra);
    default:
        return wrmsr_host(env, msr, val);
    }
}
