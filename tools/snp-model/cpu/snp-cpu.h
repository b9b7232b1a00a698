/*
 * SNP host model: what the PSP firmware may ask the CPUs, and the hooks that
 * target/i386 calls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_SNP_CPU_H
#define SNP_MODEL_SNP_CPU_H

#include "cpu.h"
#include "exec/cputlb.h"

/*
 * The machine was started with the model switched on.  Where there is no model
 * this is a macro, so that calls of it go without optimisation as well.
 */
#ifdef CONFIG_SNP_HOST_MODEL
bool snp_model_enabled(void);
#else
#define snp_model_enabled() false
#endif

/* State that SNP_INIT checks on every CPU; defined with the MSRs. */
uint64_t snp_cpu_syscfg(CPUX86State *env);
uint64_t snp_cpu_hwcr(CPUX86State *env);
uint64_t snp_cpu_rmp_base(CPUX86State *env);
uint64_t snp_cpu_rmp_end(CPUX86State *env);
uint64_t snp_cpu_rmp_cfg(CPUX86State *env);
/* What only the firmware can: clear SYSCFG.SNP_EN and VMPL_EN. */
void snp_cpu_snp_off(CPUX86State *env);

/*
 * True while some CPU but @except runs a guest whose VMCB or VMSA is the page
 * at @spa.  The caller holds the RMP lock, which VMRUN takes to mark its pages,
 * or accepts a value that is out of date.
 */
bool snp_cpu_page_in_use(hwaddr spa, const CPUX86State *except);

/*
 * Store the checksum that VMRUN of a SEV-ES (not SNP) guest wants to find in
 * its VMSA: for LAUNCH_UPDATE_VMSA and whatever else writes one.
 */
void snp_vmsa_seal(hwaddr spa);

#ifdef CONFIG_SNP_HOST_MODEL
/* #VC in the running SEV-ES or SNP guest, before its current instruction. */
G_NORETURN void snp_cpu_raise_vc(CPUX86State *env, uint32_t code,
                                 uintptr_t ra);
void snp_cpu_wbinvd(CPUX86State *env, bool rep, uintptr_t ra);
void snp_vmsa_load_segs(CPUX86State *env);
void snp_save_segs(CPUX86State *env, hwaddr save_area);
#endif

/* #VC error codes that are no exit codes of ordinary guests. */
#define SNP_VC_NOT_VALIDATED    0x404
#define SNP_VC_NOT_RESTARTABLE  0x406

/* Address bits of CR3 that are legal beyond the physical address width. */
static inline uint64_t snp_cr3_cbit(CPUX86State *env)
{
    bool on = env->hflags & HF_GUEST_MASK
              ? env->snp.guest_sev : env->snp.syscfg & SNP_SYSCFG_MEM_ENC;

    return on ? SNP_CBIT_MASK : 0;
}

/* --- Hooks of target/i386, to be called only when the model is enabled. --- */

#define SNP_TCG_SVM_FEATURES \
    (CPUID_SVM_LBRV | CPUID_SVM_NRIPSAVE | CPUID_SVM_FLUSHASID | \
     CPUID_SVM_DECODEASSIST)

/* ASIDs above SNP_ASID_MAX are those of guests without encryption. */
#define SNP_SVM_ASIDS           1024

/* INVLPGB takes so many pages besides the first. */
#define SNP_INVLPGB_MORE_PAGES  7

/* cpuid.c */
void snp_cpu_add_features(X86CPU *cpu);
void snp_cpu_cpuid(X86CPU *cpu, uint32_t index, uint32_t *eax, uint32_t *ebx,
                   uint32_t *ecx, uint32_t *edx);

/*
 * tlb.c: flush what the host, or the guest that runs, has in the TLBs; the MMU
 * indexes of that.
 */
#ifdef CONFIG_SNP_HOST_MODEL
void snp_tlb_flush(CPUX86State *env);
uint16_t snp_tlb_world(CPUX86State *env);
#else
static inline void snp_tlb_flush(CPUX86State *env)
{
    tlb_flush(env_cpu(env));
}

static inline uint16_t snp_tlb_world(CPUX86State *env)
{
    return (uint16_t)-1;
}
#endif
void snp_tlb_leave_host(CPUX86State *env);
void snp_tlb_enter_guest(CPUX86State *env);
void snp_tlb_leave_guest(CPUX86State *env);
void snp_tlb_enter_host(CPUX86State *env);

/* hold.c */
void snp_hold_cpuid(CPUX86State *env);

/* msr.c: false if the MSR is none of the model's. */
bool snp_cpu_rdmsr(CPUX86State *env, uint64_t *val, uintptr_t ra);
bool snp_cpu_wrmsr(CPUX86State *env, uint64_t val, uintptr_t ra);

void snp_cpu_set_dbgctl(CPUX86State *env, uint64_t val);

/* exit.c: which exits happen at all and what #VMEXIT reports. */
void snp_exit_filter(CPUX86State *env, uint32_t code, uint64_t info_1,
                     uintptr_t ra);
void snp_exit_retire(CPUX86State *env, uint32_t code);
uint64_t snp_exit_assist(CPUX86State *env, uint32_t code, uint64_t info_1);
void snp_write_trap(CPUX86State *env, uint32_t code, uint64_t value,
                    uintptr_t ra);

/* world-switch.c */
target_ulong snp_inject_next_rip(CPUX86State *env);
void snp_inject_exception(CPUX86State *env, int vector);
void snp_vmexit_events(CPUX86State *env);
bool snp_cpu_page_host_owned(hwaddr spa);
void snp_vmrun_begin(CPUX86State *env, hwaddr vmcb, uintptr_t ra);
hwaddr snp_vmrun_check(CPUX86State *env, uint64_t nested_ctl, uint32_t asid,
                       uintptr_t ra);
void snp_vmrun_load(CPUX86State *env);
void snp_vmexit_begin(CPUX86State *env);
void snp_vmexit_finish(CPUX86State *env);
void snp_cpu_leave_guest(CPUX86State *env);

#ifndef CONFIG_SNP_HOST_MODEL
/* What only an encrypted guest, or the model's own code, gets to. */
static inline G_NORETURN void snp_cpu_raise_vc(CPUX86State *env, uint32_t code,
                                               uintptr_t ra)
{
    g_assert_not_reached();
}

static inline void snp_cpu_wbinvd(CPUX86State *env, bool rep, uintptr_t ra)
{
}

static inline void snp_vmsa_load_segs(CPUX86State *env)
{
}

static inline void snp_save_segs(CPUX86State *env, hwaddr save_area)
{
}
#endif

#endif
