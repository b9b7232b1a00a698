/*
 * SNP host model: which intercepts reach the hypervisor, and what it is told
 *
 * AMD APM volume 2, sections 15.7.1 (next RIP), 15.8.4 and 15.10 (decode
 * assists), 15.35.4 to 15.35.6 (automatic exits and #VC).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "snp-cpu.h"
#include "vmcb.h"
#include "count.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"

#define NPF_RSVD            (1 << 3)
#define PF_FETCH            (1 << 4)
#define CR_ASSIST_VALID     (1ULL << 63)
#define MAX_INSN_BYTES      15

/* Exits that a guest with protected registers cannot handle itself. */
static bool exit_is_automatic(uint32_t code, uint64_t info_1)
{
    switch (code) {
    case SVM_EXIT_EXCP_BASE + EXCP12_MCHK:
    case SVM_EXIT_INTR ... SVM_EXIT_VINTR:
    case SVM_EXIT_PAUSE:
    case SVM_EXIT_HLT:
    case SVM_EXIT_SHUTDOWN:
    case SVM_EXIT_EFER_TRAP ... SVM_EXIT_CR15_TRAP:
    case SVM_EXIT_BUSLOCK:
    case SVM_EXIT_IDLE_HLT:
    case SVM_EXIT_VMGEXIT:
    case SVM_EXIT_VMSAVE:       /* APM 15.36.12, no support for it */
        return true;
    case SVM_EXIT_NPF:
        /* A reserved bit is how the hypervisor marks MMIO. */
        return !(info_1 & NPF_RSVD);
    default:
        return (int32_t)code < 0;
    }
}

/* Automatic exits that leave RIP behind the instruction. */
static bool exit_is_trap(uint32_t code)
{
    switch (code) {
    case SVM_EXIT_PAUSE:
    case SVM_EXIT_HLT:
    case SVM_EXIT_EFER_TRAP ... SVM_EXIT_CR15_TRAP:
    case SVM_EXIT_IDLE_HLT:
    case SVM_EXIT_VMGEXIT:
        return true;
    default:
        return false;
    }
}

void snp_cpu_raise_vc(CPUX86State *env, uint32_t code, uintptr_t ra)
{
    snp_count_vc(env, code);
    raise_exception_err_ra(env, EXCP1D_VC, code, ra);
}

/*
 * Called first in every #VMEXIT: does not return if the guest gets #VC
 * instead.  Callers may have stored EXITINFO2 already; VMRUN left 0 there and
 * so does an exit that does not happen.
 */
void snp_exit_filter(CPUX86State *env, uint32_t code, uint64_t info_1,
                     uintptr_t ra)
{
    if (!env->snp.guest_es || exit_is_automatic(code, info_1)) {
        return;
    }
    x86_stq_phys(env_cpu(env), env->vm_vmcb + VMCB_EXITINFO2, 0);
    snp_cpu_raise_vc(env, code, ra);
}

static target_ulong next_rip(CPUX86State *env)
{
    target_ulong rip = env->eip + env->snp.insn_len;

    return env->hflags & HF_CS64_MASK ? rip : (uint32_t)rip;
}

/* Called when the guest's registers are those at its current instruction. */
void snp_exit_retire(CPUX86State *env, uint32_t code)
{
    if (env->snp.guest_es && exit_is_trap(code)) {
        env->eip = next_rip(env);
        do_end_instruction(env);
    }
}

/*
 * A control register or EFER write of an encrypted guest: the hypervisor is
 * told afterwards, as it can neither read the operand nor do it itself.
 */
void snp_write_trap(CPUX86State *env, uint32_t code, uint64_t value,
                    uintptr_t ra)
{
    if (env->snp.guest_es && cpu_svm_has_intercept(env, code)) {
        cpu_vmexit(env, code, value, ra);
    }
}

/* APM 15.7.1: instruction intercepts, #BP and #OF; zero otherwise. */
static bool exit_has_next_rip(uint32_t code)
{
    switch (code) {
    case SVM_EXIT_READ_CR0 ... SVM_EXIT_EXCP_BASE - 1:
    case SVM_EXIT_EXCP_BASE + EXCP03_INT3:
    case SVM_EXIT_EXCP_BASE + EXCP04_INTO:
    case SVM_EXIT_CR0_SEL_WRITE ... SVM_EXIT_MSR:
    case SVM_EXIT_VMRUN ... SVM_EXIT_XSETBV:
    case SNP_EXIT_INVLPGB ... SNP_EXIT_TLBSYNC:
        return true;
    default:
        return false;
    }
}

/* Bytes at CS:RIP as far as they can be fetched without a fault. */
static int fetch_insn(CPUX86State *env, uint8_t *buf)
{
    int mmu_idx = cpu_mmu_index(env_cpu(env), true);
    target_ulong addr = env->segs[R_CS].base + env->eip;
    int len = 0;

    while (len < MAX_INSN_BYTES) {
        void *host;
        int n, flags;

        addr = env->hflags & HF_CS64_MASK ? addr : (uint32_t)addr;
        flags = probe_access_flags(env, addr, 0, MMU_INST_FETCH, mmu_idx,
                                   true, &host, 0);
        if ((flags & (TLB_INVALID_MASK | TLB_MMIO)) || !host) {
            break;
        }
        n = MIN(MAX_INSN_BYTES - len, -(addr | TARGET_PAGE_MASK));
        memcpy(buf + len, host, n);
        addr += n;
        len += n;
    }
    return len;
}

static bool is_legacy_prefix(uint8_t b)
{
    switch (b) {
    case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
    case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:
        return true;
    default:
        return false;
    }
}

/* The general register of MOV to or from a control or debug register. */
static bool mov_crdr_gpr(CPUX86State *env, unsigned *gpr)
{
    uint8_t insn[MAX_INSN_BYTES] = {};
    int len = fetch_insn(env, insn);
    unsigned rex = 0;
    int i = 0;

    while (i < len && is_legacy_prefix(insn[i])) {
        i++;
    }
    if (i < len && (env->hflags & HF_CS64_MASK) && (insn[i] & 0xf0) == 0x40) {
        rex = insn[i++];
    }
    if (i + 2 >= len || insn[i] != 0x0f || (insn[i + 1] & 0xfc) != 0x20) {
        return false;
    }
    *gpr = (insn[i + 2] & 7) | (rex & 1) << 3;
    return true;
}

static void store_insn_bytes(CPUX86State *env, bool wanted)
{
    CPUState *cs = env_cpu(env);
    uint8_t insn[MAX_INSN_BYTES] = {};
    int i, len = wanted ? fetch_insn(env, insn) : 0;

    x86_stb_phys(cs, env->vm_vmcb + VMCB_INSN_LEN, len);
    for (i = 0; i < len; i++) {
        x86_stb_phys(cs, env->vm_vmcb + VMCB_INSN_BYTES + i, insn[i]);
    }
}

/*
 * Fill in the next RIP and the decode assists, for which there is nothing to
 * see in guests with protected registers.  Returns EXITINFO1.
 */
uint64_t snp_exit_assist(CPUX86State *env, uint32_t code, uint64_t info_1)
{
    bool visible = !env->snp.guest_es && !env->snp.entering;
    bool data_fault = code == SVM_EXIT_NPF ||
                      code == SVM_EXIT_EXCP_BASE + EXCP0E_PAGE;
    unsigned gpr;

    snp_count_exit(env, code, info_1);
    x86_stq_phys(env_cpu(env), env->vm_vmcb + VMCB_NRIP,
                 visible && exit_has_next_rip(code) ? next_rip(env) : 0);
    store_insn_bytes(env, visible && data_fault && !(info_1 & PF_FETCH));

    if (!visible) {
        return info_1;
    }
    switch (code) {
    case SVM_EXIT_READ_CR0 ... SVM_EXIT_READ_DR0 - 1:
    case SVM_EXIT_CR0_SEL_WRITE:
        return mov_crdr_gpr(env, &gpr) ? CR_ASSIST_VALID | gpr : info_1;
    case SVM_EXIT_READ_DR0 ... SVM_EXIT_EXCP_BASE - 1:
        return mov_crdr_gpr(env, &gpr) ? gpr : info_1;
    default:
        return info_1;
    }
}
