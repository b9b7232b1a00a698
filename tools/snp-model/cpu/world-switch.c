/*
 * SNP host model: VMRUN and #VMEXIT
 *
 * AMD APM volume 2, sections 15.5, 15.34.3, 15.35 and 15.36.12.
 *
 * QEMU's helper_vmrun() and do_vmexit() do the world switch; what is here
 * decides whether the guest may run at all, and adds what encrypted guests
 * need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "vmsa.h"
#include "vmcb.h"
#include "../rmp/rmp.h"
#include "../fw/fw.h"
#include "../fw/host.h"
#include "count.h"
#include "../trace.h"
#include "exec/cputlb.h"
#include "tcg/helper-tcg.h"

#define VMCB_LBR_SAVE \
    (VMCB_SAVE + offsetof(struct vmcb_save_area, dbgctl))

/* Why a VMRUN fails: an exit code, and words for whoever has to find out. */
typedef struct Verdict {
    int32_t code;
    const char *why;
} Verdict;

#define VALID           ((Verdict) { 0, NULL })
#define INVALID(why)    ((Verdict) { SVM_EXIT_ERR, why })

/* --- Pages of running guests --- */

static void page_mark(uint64_t *mark, hwaddr spa)
{
    /* One more than the page, as 0 says that there is none. */
    qatomic_store_release(mark, (spa & TARGET_PAGE_MASK) + 1);
}

static void page_unmark(uint64_t *mark)
{
    qatomic_store_release(mark, 0);
}

bool snp_cpu_page_in_use(hwaddr spa, const CPUX86State *except)
{
    uint64_t mark = (spa & TARGET_PAGE_MASK) + 1;
    CPUState *cs;

    CPU_FOREACH(cs) {
        CPUX86State *env = cpu_env(cs);

        if (env == except) {
            continue;
        }
        if (qatomic_load_acquire(&env->snp.vmcb_in_use) == mark ||
            qatomic_load_acquire(&env->snp.vmsa_in_use) == mark) {
            return true;
        }
    }
    return false;
}

bool snp_cpu_page_host_owned(hwaddr spa)
{
    SnpRmpEntry e;

    if (!snp_rmp_enabled() || !snp_rmp_covers(spa)) {
        return true;
    }
    snp_rmp_get(spa, &e);
    return !e.assigned;
}

/* --- VMRUN --- */

static void vmrun_verdict(CPUX86State *env, Verdict v, uintptr_t ra)
{
    if (v.code) {
        qemu_log_mask(LOG_GUEST_ERROR, "VMRUN of 0x%" PRIx64 ": %s\n",
                      env->vm_vmcb, v.why);
        trace_snp_vmrun_fail(env_cpu(env)->cpu_index, env->vm_vmcb, v.code,
                             v.why);
        cpu_vmexit(env, v.code, 0, ra);
    }
}

/*
 * Exceptions of VMRUN itself; its intercept has been checked.  Those of a VMCB
 * in use (U47) and of a save area that is not the host's any more (U48) are
 * choices.
 */
void snp_vmrun_begin(CPUX86State *env, hwaddr vmcb, uintptr_t ra)
{
    bool ok;

    snp_rmp_lock();
    ok = env->vm_hsave && snp_cpu_page_host_owned(env->vm_hsave) &&
         snp_cpu_page_host_owned(vmcb) &&
         !(snp_rmp_enabled() && snp_cpu_page_in_use(vmcb, env));
    if (ok) {
        page_mark(&env->snp.vmcb_in_use, vmcb);
    }
    snp_rmp_unlock();
    if (!ok) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, ra);
    }
    env->snp.entering = true;
    snp_tlb_leave_host(env);
}

/* APM 15.34.3, 15.35: the ASID must be one that the firmware has set up. */
static Verdict check_asid(CPUX86State *env)
{
    uint32_t asid = env->snp.asid;
    SnpGuestKind kind, want = SNP_GUEST_SEV;

    if (asid > SNP_ASID_MAX) {
        return INVALID("ASID above those of encrypted guests");
    }
    if (asid < SNP_ASID_MIN_SEV && !env->snp.guest_es) {
        return INVALID("ASID of SEV-ES guests for a SEV guest");
    }
    if (env->snp.guest_es) {
        want = env->snp.guest_snp ? SNP_GUEST_SNP : SNP_GUEST_SEV_ES;
    }
    if (snp_fw_asid(asid, &kind, NULL) != SNP_ASID_RUNNING) {
        return INVALID("no guest with a finished launch has this ASID");
    }
    return kind == want ? VALID :
           INVALID("the ASID belongs to another kind of guest");
}

/* APM table 15-41.  Called with the RMP lock held. */
static bool vmsa_page_is_valid(CPUX86State *env, hwaddr spa)
{
    SnpRmpEntry e;

    if (!env->snp.guest_snp) {
        return snp_cpu_page_host_owned(spa);
    }
    if (!snp_rmp_enabled() || !snp_rmp_covers(spa)) {
        return false;
    }
    snp_rmp_get(spa, &e);
    return e.assigned && e.asid == env->snp.asid && !e.immutable &&
           !e.size_2m && e.vmsa;
}

/* A soft interrupt would need the next RIP, which protected guests keep. */
static bool injection_is_valid(uint32_t event_inj)
{
    uint8_t vector = event_inj & SVM_EVTINJ_VEC_MASK;

    if (!(event_inj & SVM_EVTINJ_VALID)) {
        return true;
    }
    switch (event_inj & SVM_EVTINJ_TYPE_MASK) {
    case SVM_EVTINJ_TYPE_SOFT:
        return false;
    case SVM_EVTINJ_TYPE_EXEPT:
        return vector != EXCP03_INT3 && vector != EXCP04_INTO;
    default:
        return true;
    }
}

static Verdict check_vmsa_header(CPUX86State *env, const SnpVmsaHeader *h)
{
    if (h->sev_features & ~VMSA_FEATURE_SNP_ACTIVE) {
        return INVALID("SEV feature that this CPU lacks");
    }
    if (env->snp.guest_snp && !snp_rmp_enabled()) {
        return INVALID("SNP guest while SNP is off");
    }
    if (!env->snp.guest_snp && !h->sealed) {
        return INVALID("VMSA checksum does not match");
    }
    if (env->snp.guest_snp && h->vmpl > 3) {
        return INVALID("no such VMPL");
    }
    return VALID;
}

/*
 * The VMSA, which also says whether this is an SNP guest.  Called with the
 * RMP lock held: nobody may assign or take the page from here on.
 */
static Verdict check_vmsa(CPUX86State *env, hwaddr spa)
{
    SnpVmsaHeader h;
    const char *illegal;
    Verdict v;

    if ((spa & ~TARGET_PAGE_MASK) || !fw_host_is_ram(spa, TARGET_PAGE_SIZE)) {
        return INVALID("VMSA address");
    }
    snp_vmsa_probe(spa, &h);
    env->snp.guest_snp = h.sev_features & VMSA_FEATURE_SNP_ACTIVE;
    if (!vmsa_page_is_valid(env, spa)) {
        return INVALID("RMP state of the VMSA page");
    }
    v = check_vmsa_header(env, &h);
    if (v.code) {
        return v;
    }
    if (snp_cpu_page_in_use(spa, NULL)) {
        return (Verdict) { SVM_EXIT_BUSY, "VMSA is in use" };
    }
    illegal = snp_vmsa_illegal(env, spa);
    if (illegal) {
        return INVALID(illegal);
    }
    env->snp.vmsa = spa;
    env->snp.vmpl = env->snp.guest_snp ? h.vmpl : 0;
    env->snp.sev_features = h.sev_features;
    page_mark(&env->snp.vmsa_in_use, spa);
    return VALID;
}

static Verdict check_sev_es(CPUX86State *env)
{
    CPUState *cs = env_cpu(env);
    hwaddr vmcb = env->vm_vmcb;
    Verdict v;

    if (!(x86_ldq_phys(cs, vmcb + VMCB_LBR_CTL) & LBR_CTL_LBRV)) {
        return INVALID("SEV-ES guest without LBR virtualization");
    }
    if (!injection_is_valid(x86_ldl_phys(cs, vmcb + VMCB_EVENTINJ))) {
        return INVALID("EVENTINJ that a SEV-ES guest cannot take");
    }
    snp_rmp_lock();
    v = check_vmsa(env, x86_ldq_phys(cs, vmcb + VMCB_VMSA));
    snp_rmp_unlock();
    return v;
}

static void enter_sev_es(CPUX86State *env)
{
    env->snp.ghcb = x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_GHCB);
    /* The guest handles its own #VC, and is the only one that can do CPUID. */
    env->intercept_exceptions &= ~(1U << EXCP1D_VC);
    env->intercept |= 1ULL << (SVM_EXIT_CPUID - SVM_EXIT_INTR);
    env->intercept |= 1ULL << (SVM_EXIT_VMSAVE - SVM_EXIT_INTR);
    /* Its handler must not see the guest's registers. */
    env->intercept |= 1ULL << (SVM_EXIT_SMI - SVM_EXIT_INTR);
    if (env->snp.guest_snp) {
        env->intercept |= 1ULL << (SVM_EXIT_IOIO - SVM_EXIT_INTR);
    }
}

/* APM 15.20: of any guest. */
static bool event_is_known(uint32_t event_inj)
{
    uint8_t vector = event_inj & SVM_EVTINJ_VEC_MASK;

    if (!(event_inj & SVM_EVTINJ_VALID)) {
        return true;
    }
    switch (event_inj & SVM_EVTINJ_TYPE_MASK) {
    case SVM_EVTINJ_TYPE_INTR:
    case SVM_EVTINJ_TYPE_NMI:
    case SVM_EVTINJ_TYPE_SOFT:
        return true;
    case SVM_EVTINJ_TYPE_EXEPT:
        return vector != EXCP02_NMI && vector < 31;
    default:
        return false;
    }
}

static Verdict check_sev(CPUX86State *env, uint64_t nested_ctl)
{
    Verdict v = VALID;

    if (!(nested_ctl & SVM_NPT_ENABLED)) {
        return INVALID("SEV guest without nested paging");
    }
    if (!(env->snp.hwcr & SNP_HWCR_SMMLOCK)) {
        return INVALID("SEV guest while HWCR.SmmLock is clear");
    }
    if (nested_ctl & NESTED_CTL_SEV_ES) {
        env->snp.guest_es = true;
        v = check_sev_es(env);
    }
    return v.code ? v : check_asid(env);
}

/*
 * Consistency checks of encrypted guests, after those of any guest that only
 * need the VMCB's control area.  EVENTINJ is looked at here as well, since QEMU
 * does so when the guest's state is loaded and would be stored again.  Returns
 * where that state is.
 */
hwaddr snp_vmrun_check(CPUX86State *env, uint64_t nested_ctl, uint32_t asid,
                       uintptr_t ra)
{
    bool sev = (nested_ctl & NESTED_CTL_SEV) &&
               (env->snp.syscfg & SNP_SYSCFG_MEM_ENC);
    Verdict v = VALID;

    env->snp.vmcb_asid = asid;
    if (sev) {
        env->snp.asid = asid;
        env->snp.guest_sev = true;
        v = check_sev(env, nested_ctl);
    }
    if (!v.code &&
        !event_is_known(x86_ldl_phys(env_cpu(env),
                                     env->vm_vmcb + VMCB_EVENTINJ))) {
        v = INVALID("EVENTINJ of no event");
    }
    vmrun_verdict(env, v, ra);
    if (!env->snp.guest_es) {
        return env->vm_vmcb + VMCB_SAVE;
    }
    enter_sev_es(env);
    return env->snp.vmsa;
}

static bool lbr_is_virtual(CPUX86State *env)
{
    return x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_LBR_CTL) &
           LBR_CTL_LBRV;
}

static void lbr_load(CPUX86State *env, hwaddr from)
{
    CPUState *cs = env_cpu(env);

    snp_cpu_set_dbgctl(env, x86_ldq_phys(cs, from));
    for (int i = 0; i < ARRAY_SIZE(env->snp.lbr); i++) {
        env->snp.lbr[i] = x86_ldq_phys(cs, from + 8 * (i + 1));
    }
}

static void lbr_save(CPUX86State *env, hwaddr to)
{
    CPUState *cs = env_cpu(env);

    x86_stq_phys(cs, to, env->snp.dbgctl);
    for (int i = 0; i < ARRAY_SIZE(env->snp.lbr); i++) {
        x86_stq_phys(cs, to + 8 * (i + 1), env->snp.lbr[i]);
    }
}

/* Nothing can fail any more: the rest of the guest's state. */
void snp_vmrun_load(CPUX86State *env)
{
    env->snp.entering = false;
    snp_count_vmrun(env);
    if (env->snp.guest_es) {
        snp_host_save(env);
        snp_vmsa_load(env);
    } else if (lbr_is_virtual(env)) {
        lbr_save(env, env->vm_hsave + VMCB_LBR_SAVE);
        lbr_load(env, env->vm_vmcb + VMCB_LBR_SAVE);
    }
    snp_tlb_enter_guest(env);
}

/* APM 15.20: software interrupts, #BP and #OF return behind "themselves". */
target_ulong snp_inject_next_rip(CPUX86State *env)
{
    return x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_NRIP);
}

void snp_inject_exception(CPUX86State *env, int vector)
{
    switch (vector) {
    case EXCP03_INT3:
    case EXCP04_INTO:
        env->exception_is_int = IS_INT3;
        env->exception_next_eip = snp_inject_next_rip(env);
        break;
    case EXCP00_DIVZ:
    case EXCP08_DBLE:
    case EXCP0A_TSS ... EXCP0E_PAGE:
    case EXCP1D_VC:
        /* For a fault while it is being delivered: double fault, shutdown. */
        env->old_exception = vector;
        break;
    }
}

/* --- #VMEXIT --- */

/*
 * What was being delivered, if anything: QEMU notes it in EVENTINJ.  After a
 * VMRUN that failed EVENTINJ is as the hypervisor left it.
 */
void snp_vmexit_events(CPUX86State *env)
{
    CPUState *cs = env_cpu(env);
    hwaddr vmcb = env->vm_vmcb;
    uint32_t event = x86_ldl_phys(cs, vmcb + VMCB_EVENTINJ);
    bool vectoring = (event & SVM_EVTINJ_VALID) && !env->snp.entering;

    x86_stl_phys(cs, vmcb + VMCB_EXITINTINFO, vectoring ? event : 0);
    x86_stl_phys(cs, vmcb + VMCB_EXITINTINFO_ERR,
                 vectoring ? x86_ldl_phys(cs, vmcb + VMCB_EVENTINJ_ERR) : 0);
    if (!env->snp.entering) {
        x86_stl_phys(cs, vmcb + VMCB_EVENTINJ, 0);
    }
}

/* Nothing of the guest's state is stored yet. */
void snp_vmexit_begin(CPUX86State *env)
{
    snp_tlb_leave_guest(env);
}

/* Called when the exit information and the common host state are in place. */
void snp_vmexit_finish(CPUX86State *env)
{
    CPUState *cs = env_cpu(env);

    if (env->snp.entering) {
        snp_cpu_leave_guest(env);
        return;
    }
    if (env->snp.guest_es) {
        snp_vmsa_save(env);
        x86_stq_phys(cs, env->vm_vmcb + VMCB_GHCB, env->snp.ghcb);
        x86_stq_phys(cs, env->vm_vmcb + VMCB_GUEST_SEV_FEATURES,
                     env->snp.sev_features);
        snp_host_restore(env);
    } else if (lbr_is_virtual(env)) {
        lbr_save(env, env->vm_vmcb + VMCB_LBR_SAVE);
        lbr_load(env, env->vm_hsave + VMCB_LBR_SAVE);
    }
    snp_cpu_leave_guest(env);
}

/* The CPU is the host's again, after #VMEXIT or INIT. */
void snp_cpu_leave_guest(CPUX86State *env)
{
    snp_tlb_enter_host(env);
    env->snp.entering = false;
    env->snp.guest_sev = false;
    env->snp.guest_es = false;
    env->snp.guest_snp = false;
    env->snp.vmpl = 0;
    env->snp.asid = 0;
    env->snp.vmsa = 0;
    env->snp.sev_features = 0;
    page_unmark(&env->snp.vmsa_in_use);
    page_unmark(&env->snp.vmcb_in_use);
}
