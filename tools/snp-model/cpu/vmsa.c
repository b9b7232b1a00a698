/*
 * SNP host model: loading and storing the register file of SEV-ES guests
 *
 * AMD APM volume 2, section 15.35.3 and appendix B (swap types).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmsa.h"
#include "vmcb.h"
#include "exec/cpu-common.h"
#include "tcg/helper-tcg.h"

static void vmsa_read(hwaddr spa, SnpVmsa *v)
{
    cpu_physical_memory_read(spa, v, sizeof(*v));
}

static void vmsa_write(hwaddr spa, const SnpVmsa *v)
{
    cpu_physical_memory_write(spa, v, sizeof(*v));
}

/*
 * Not the hardware's function, which is unknown; nobody but the model looks
 * at it.  Never 0, so that a page of zeros is not sealed.
 */
static uint64_t vmsa_checksum(const SnpVmsa *v)
{
    const uint8_t *p = (const uint8_t *)v;
    uint64_t sum = 0xcbf29ce484222325ULL;

    for (size_t i = 0; i < sizeof(*v); i += 8) {
        if (i != offsetof(SnpVmsa, checksum)) {
            sum = (sum ^ ldq_le_p(p + i)) * 0x100000001b3ULL;
            sum ^= sum >> 29;
        }
    }
    return sum | 1;
}

void snp_vmsa_seal(hwaddr spa)
{
    SnpVmsa v;

    vmsa_read(spa, &v);
    v.checksum = cpu_to_le64(vmsa_checksum(&v));
    vmsa_write(spa, &v);
}

void snp_vmsa_probe(hwaddr spa, SnpVmsaHeader *h)
{
    SnpVmsa v;

    vmsa_read(spa, &v);
    h->sev_features = le64_to_cpu(v.sev_features);
    h->vmpl = v.vmpl;
    h->sealed = le64_to_cpu(v.checksum) == vmsa_checksum(&v);
}

/* --- Segments --- */

static target_ulong canonical(CPUX86State *env, uint64_t base)
{
    int shift = 64 - cpu_x86_virtual_addr_width(env);

    return (int64_t)(base << shift) >> shift;
}

static void seg_load(CPUX86State *env, const struct vmcb_seg *s,
                     SegmentCache *sc)
{
    uint16_t attrib = le16_to_cpu(s->attrib);

    sc->selector = le16_to_cpu(s->selector);
    sc->base = canonical(env, le64_to_cpu(s->base));
    sc->limit = le32_to_cpu(s->limit);
    sc->flags = (attrib & 0xff) << 8 | (attrib & 0xf00) << 12;
}

static void seg_save(struct vmcb_seg *s, const SegmentCache *sc)
{
    s->selector = cpu_to_le16(sc->selector);
    s->base = cpu_to_le64(sc->base);
    s->limit = cpu_to_le32(sc->limit);
    s->attrib = cpu_to_le16((sc->flags >> 8 & 0xff) |
                            (sc->flags >> 12 & 0xf00));
}

static void data_seg_load(CPUX86State *env, const struct vmcb_seg *s, int reg)
{
    SegmentCache sc;

    seg_load(env, s, &sc);
    cpu_x86_load_seg_cache(env, reg, sc.selector, sc.base, sc.limit,
                           sc.flags);
}

static void segs_load(CPUX86State *env, const SnpVmsa *v)
{
    data_seg_load(env, &v->fs, R_FS);
    data_seg_load(env, &v->gs, R_GS);
    seg_load(env, &v->ldtr, &env->ldt);
    seg_load(env, &v->tr, &env->tr);
}

static void segs_save(CPUX86State *env, SnpVmsa *v)
{
    seg_save(&v->fs, &env->segs[R_FS]);
    seg_save(&v->gs, &env->segs[R_GS]);
    seg_save(&v->ldtr, &env->ldt);
    seg_save(&v->tr, &env->tr);
}

/* --- System call registers, and what else VMSAVE stores --- */

static void syscall_load(CPUX86State *env, const SnpVmsa *v)
{
    env->star = le64_to_cpu(v->star);
    env->lstar = le64_to_cpu(v->lstar);
    env->cstar = le64_to_cpu(v->cstar);
    env->fmask = le64_to_cpu(v->sfmask);
    env->kernelgsbase = canonical(env, le64_to_cpu(v->kernel_gs_base));
    env->sysenter_cs = le64_to_cpu(v->sysenter_cs);
    env->sysenter_esp = le64_to_cpu(v->sysenter_esp);
    env->sysenter_eip = le64_to_cpu(v->sysenter_eip);
}

static void syscall_save(CPUX86State *env, SnpVmsa *v)
{
    v->star = cpu_to_le64(env->star);
    v->lstar = cpu_to_le64(env->lstar);
    v->cstar = cpu_to_le64(env->cstar);
    v->sfmask = cpu_to_le64(env->fmask);
    v->kernel_gs_base = cpu_to_le64(env->kernelgsbase);
    v->sysenter_cs = cpu_to_le64(env->sysenter_cs);
    v->sysenter_esp = cpu_to_le64(env->sysenter_esp);
    v->sysenter_eip = cpu_to_le64(env->sysenter_eip);
}

/* --- General registers; RAX and RSP are switched with RIP --- */

static void gprs_load(CPUX86State *env, const SnpVmsa *v)
{
    env->regs[R_ECX] = le64_to_cpu(v->rcx);
    env->regs[R_EDX] = le64_to_cpu(v->rdx);
    env->regs[R_EBX] = le64_to_cpu(v->rbx);
    env->regs[R_EBP] = le64_to_cpu(v->rbp);
    env->regs[R_ESI] = le64_to_cpu(v->rsi);
    env->regs[R_EDI] = le64_to_cpu(v->rdi);
    for (int i = 0; i < 8; i++) {
        env->regs[R_R8 + i] = le64_to_cpu(v->r8_r15[i]);
    }
}

static void gprs_save(CPUX86State *env, SnpVmsa *v)
{
    v->rcx = cpu_to_le64(env->regs[R_ECX]);
    v->rdx = cpu_to_le64(env->regs[R_EDX]);
    v->rbx = cpu_to_le64(env->regs[R_EBX]);
    v->rbp = cpu_to_le64(env->regs[R_EBP]);
    v->rsi = cpu_to_le64(env->regs[R_ESI]);
    v->rdi = cpu_to_le64(env->regs[R_EDI]);
    for (int i = 0; i < 8; i++) {
        v->r8_r15[i] = cpu_to_le64(env->regs[R_R8 + i]);
    }
}

/* --- x87, SSE and AVX --- */

static void x87_load(CPUX86State *env, const SnpVmsa *v)
{
    uint16_t fsw = le16_to_cpu(v->x87_fsw);
    uint16_t ftw = le16_to_cpu(v->x87_ftw);

    env->fpstt = fsw >> 11 & 7;
    env->fpus = fsw & ~0x3800;
    cpu_set_fpuc(env, le16_to_cpu(v->x87_fcw));
    env->fpop = le16_to_cpu(v->x87_fop);
    env->fpcs = le16_to_cpu(v->x87_cs);
    env->fpds = le16_to_cpu(v->x87_ds);
    env->fpip = le64_to_cpu(v->x87_rip);
    env->fpdp = le64_to_cpu(v->x87_dp);
    for (int i = 0; i < 8; i++) {
        floatx80 *st = &env->fpregs[(env->fpstt + i) & 7].d;

        /* The tag word is abridged as by FXSAVE and not in stack order. */
        env->fptags[i] = !(ftw >> i & 1);
        st->low = le64_to_cpu(v->x87_mantissa[i]);
        st->high = le16_to_cpu(v->x87_exponent[i]);
    }
}

static void x87_save(CPUX86State *env, SnpVmsa *v)
{
    uint16_t ftw = 0;

    for (int i = 0; i < 8; i++) {
        const floatx80 *st = &env->fpregs[(env->fpstt + i) & 7].d;

        ftw |= !env->fptags[i] << i;
        v->x87_mantissa[i] = cpu_to_le64(st->low);
        v->x87_exponent[i] = cpu_to_le16(st->high);
    }
    v->x87_ftw = cpu_to_le16(ftw);
    v->x87_fsw = cpu_to_le16((env->fpus & ~0x3800) | env->fpstt << 11);
    v->x87_fcw = cpu_to_le16(env->fpuc);
    v->x87_fop = cpu_to_le16(env->fpop);
    v->x87_cs = cpu_to_le16(env->fpcs);
    v->x87_ds = cpu_to_le16(env->fpds);
    v->x87_rip = cpu_to_le64(env->fpip);
    v->x87_dp = cpu_to_le64(env->fpdp);
}

static void simd_load(CPUX86State *env, const SnpVmsa *v)
{
    cpu_set_mxcsr(env, le32_to_cpu(v->mxcsr));
    for (int i = 0; i < 16; i++) {
        ZMMReg *r = &env->xmm_regs[i];

        r->ZMM_Q(0) = le64_to_cpu(v->xmm[i][0]);
        r->ZMM_Q(1) = le64_to_cpu(v->xmm[i][1]);
        r->ZMM_Q(2) = le64_to_cpu(v->ymm_high[i][0]);
        r->ZMM_Q(3) = le64_to_cpu(v->ymm_high[i][1]);
    }
}

static void simd_save(CPUX86State *env, SnpVmsa *v)
{
    v->mxcsr = cpu_to_le32(env->mxcsr);
    for (int i = 0; i < 16; i++) {
        const ZMMReg *r = &env->xmm_regs[i];

        v->xmm[i][0] = cpu_to_le64(r->ZMM_Q(0));
        v->xmm[i][1] = cpu_to_le64(r->ZMM_Q(1));
        v->ymm_high[i][0] = cpu_to_le64(r->ZMM_Q(2));
        v->ymm_high[i][1] = cpu_to_le64(r->ZMM_Q(3));
    }
}

/* Swap type C: the host finds the FPU as after reset. */
static void fpu_reset(CPUX86State *env)
{
    static const SnpVmsa init = {
        .mxcsr = const_le32(0x1f80),
        .x87_fcw = const_le16(0x37f),
    };

    x87_load(env, &init);
    simd_load(env, &init);
}

/* --- The rest --- */

static void xstate_load(CPUX86State *env, const SnpVmsa *v)
{
    env->xcr0 = le64_to_cpu(v->xcr0);
    env->xss = le64_to_cpu(v->xss);
    env->pkru = le32_to_cpu(v->pkru);
    cpu_sync_avx_hflag(env);
    cpu_sync_bndcs_hflags(env);
}

static void debug_load(CPUX86State *env, const SnpVmsa *v)
{
    snp_cpu_set_dbgctl(env, le64_to_cpu(v->dbgctl));
    for (int i = 0; i < ARRAY_SIZE(env->snp.lbr); i++) {
        env->snp.lbr[i] = le64_to_cpu(v->lbr[i]);
    }
}

static void debug_save(CPUX86State *env, SnpVmsa *v)
{
    v->dbgctl = cpu_to_le64(env->snp.dbgctl);
    for (int i = 0; i < ARRAY_SIZE(env->snp.lbr); i++) {
        v->lbr[i] = cpu_to_le64(env->snp.lbr[i]);
    }
}

void snp_vmsa_load(CPUX86State *env)
{
    SnpVmsa v;

    vmsa_read(env->snp.vmsa, &v);
    segs_load(env, &v);
    syscall_load(env, &v);
    gprs_load(env, &v);
    x87_load(env, &v);
    simd_load(env, &v);
    xstate_load(env, &v);
    debug_load(env, &v);
    env->snp.host_pat = env->pat;
    env->pat = le64_to_cpu(v.g_pat);
}

/* What VMRUN loads before it looks at more. */
void snp_vmsa_load_segs(CPUX86State *env)
{
    SnpVmsa v;

    vmsa_read(env->snp.vmsa, &v);
    data_seg_load(env, &v.es, R_ES);
    data_seg_load(env, &v.cs, R_CS);
    data_seg_load(env, &v.ss, R_SS);
    data_seg_load(env, &v.ds, R_DS);
    seg_load(env, &v.idtr, &env->idt);
    seg_load(env, &v.gdtr, &env->gdt);
}

/* ES, CS, SS and DS, before #VMEXIT loads those of the host. */
void snp_save_segs(CPUX86State *env, hwaddr save_area)
{
    struct vmcb_seg s[4] = {};

    QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, ds) != sizeof(s) - sizeof(s[0]));
    seg_save(&s[R_ES], &env->segs[R_ES]);
    seg_save(&s[R_CS], &env->segs[R_CS]);
    seg_save(&s[R_SS], &env->segs[R_SS]);
    seg_save(&s[R_DS], &env->segs[R_DS]);
    cpu_physical_memory_write(save_area, s, sizeof(s));
}

static void exit_info_save(CPUX86State *env, SnpVmsa *v)
{
    CPUState *cs = env_cpu(env);
    hwaddr vmcb = env->vm_vmcb;

    v->guest_exitcode = cpu_to_le64(x86_ldq_phys(cs, vmcb + VMCB_EXITCODE));
    v->guest_exitinfo1 = cpu_to_le64(x86_ldq_phys(cs, vmcb + VMCB_EXITINFO1));
    v->guest_exitinfo2 = cpu_to_le64(x86_ldq_phys(cs, vmcb + VMCB_EXITINFO2));
    v->guest_exitintinfo =
        cpu_to_le64(x86_ldq_phys(cs, vmcb + VMCB_EXITINTINFO));
    v->guest_nrip = v->rip;
}

void snp_vmsa_save(CPUX86State *env)
{
    SnpVmsa v;

    /* Keeps what the common part of #VMEXIT has stored already. */
    vmsa_read(env->snp.vmsa, &v);
    segs_save(env, &v);
    syscall_save(env, &v);
    gprs_save(env, &v);
    x87_save(env, &v);
    simd_save(env, &v);
    debug_save(env, &v);
    v.xcr0 = cpu_to_le64(env->xcr0);
    v.xss = cpu_to_le64(env->xss);
    v.pkru = cpu_to_le32(env->pkru);
    v.g_pat = cpu_to_le64(env->pat);
    exit_info_save(env, &v);
    if (!env->snp.guest_snp) {
        v.checksum = cpu_to_le64(vmsa_checksum(&v));
    }
    vmsa_write(env->snp.vmsa, &v);
}

static hwaddr host_block(CPUX86State *env)
{
    return env->vm_hsave + VMCB_SAVE;
}

/* TR and the debug MSRs; VMRUN itself saves the rest of type A. */
void snp_host_save(CPUX86State *env)
{
    const size_t size = offsetof(SnpVmsa, x87_dp);
    SnpVmsa v;

    cpu_physical_memory_read(host_block(env), &v, size);
    seg_save(&v.tr, &env->tr);
    debug_save(env, &v);
    cpu_physical_memory_write(host_block(env), &v, size);
}

void snp_host_restore(CPUX86State *env)
{
    SnpVmsa v = {};

    cpu_physical_memory_read(host_block(env), &v, offsetof(SnpVmsa, x87_dp));
    segs_load(env, &v);
    syscall_load(env, &v);
    gprs_load(env, &v);
    debug_load(env, &v);
    /* Unlike an ordinary #VMEXIT, which disables the host's breakpoints. */
    cpu_x86_update_dr7(env, le64_to_cpu(v.dr7));
    env->pat = env->snp.host_pat;
    env->cr[2] = 0;
    fpu_reset(env);
    xstate_load(env, &v);
}
