/*
 * SNP host model: per-CPU state, embedded in CPUX86State as "snp"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_SNP_CPU_STATE_H
#define SNP_MODEL_SNP_CPU_STATE_H

/* Who knows the CPU knows whether there is a model: CONFIG_SNP_HOST_MODEL. */
#ifndef CONFIG_USER_ONLY
#include CONFIG_DEVICES
#endif

#define SNP_SYSCFG_MFDM     (1ULL << 19)    /* MtrrFixDramModEn */
#define SNP_SYSCFG_MEM_ENC  (1ULL << 23)    /* MemEncryptionModEn */
#define SNP_SYSCFG_SNP_EN   (1ULL << 24)
#define SNP_SYSCFG_VMPL_EN  (1ULL << 25)

#define SNP_HWCR_SMMLOCK    (1ULL << 0)

/*
 * CPUID 8000001F EBX.  X86CPU.phys_bits is the *reduced* width, as far as the
 * CPU checks addresses; CPUID 80000008 reports it plus the reduction.
 */
#define SNP_CBIT            51
#define SNP_CBIT_MASK       (1ULL << SNP_CBIT)
#define SNP_PHYS_REDUCTION  5

/* What translations depend on, other than memory. */
typedef struct SnpTlbTag {
    uint64_t cr0, cr3, cr4, efer, pkru;
    uint64_t nested_cr3;    /* 0 in the host, and without nested paging */
    uint64_t nested_mode;   /* likewise */
    uint64_t asid;          /* of any guest; 0 in the host */
    uint64_t sev;           /* kind and VMPL */
} SnpTlbTag;

typedef struct SnpCpuState {
    /* What the guest between VMRUN and #VMEXIT is; all clear for the host. */
    bool guest_sev;         /* SEV, SEV-ES or SNP: the C-bit means something */
    bool guest_es;          /* SEV-ES or SNP: register file in a VMSA */
    bool guest_snp;
    uint8_t vmpl;
    uint32_t asid;          /* 0 in the host */

    uint64_t syscfg;
    uint64_t hwcr;
    uint64_t rmp_base;
    uint64_t rmp_end;
    uint64_t rmp_cfg;

    /* World switch, see world-switch.c; 0 and false outside VMRUN..#VMEXIT. */
    bool entering;          /* VMRUN may still fail: no guest state to save */
    uint64_t vmcb_in_use;   /* page + 1, so that 0 means none; atomic */
    uint64_t vmsa_in_use;   /* likewise */
    uint64_t vmsa;          /* where the SEV-ES guest's state lives */
    uint64_t ghcb;          /* MSR C0010130 */
    uint64_t sev_features;
    uint64_t host_pat;

    /* What is in the TLBs, see tlb.c. */
    bool switching;         /* the end of the world switch says what to flush */
    uint64_t vmcb_asid;
    SnpTlbTag host_tlb;
    SnpTlbTag guest_tlb;    /* asid 0: nothing is known of them */

    /* Length of the instruction that cpu_restore_state() last unwound to. */
    uint8_t insn_len;

    /* DEBUGCTL and the last branch MSRs: 1D9, 1DB to 1DE. */
    uint64_t dbgctl;
    uint64_t lbr[4];
} SnpCpuState;

#endif
