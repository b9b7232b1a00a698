/*
 * SNP host model: CPUID
 *
 * AMD APM volume 3, functions 8000_0008h, 8000_000Ah, 8000_001Fh and
 * 8000_0025h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "snp-cpu.h"
#include "../fw/fw.h"
#include "../generation.h"
#include "../rmp/table.h"

/* CPUID 8000_001F EAX */
#define SEV_EAX_SME         (1U << 0)
#define SEV_EAX_SEV         (1U << 1)
#define SEV_EAX_SEV_ES      (1U << 3)
#define SEV_EAX_SNP         (1U << 4)
#define SEV_EAX_VMPL        (1U << 5)
#define SEV_EAX_COHERENT    (1U << 10)
#define SEV_EAX_RMPREAD     (1U << 21)
#define SEV_EAX_SEGMENTED   (1U << 23)

#define SEV_VMPLS           4

/* Default physical address width before the reduction, as on Milan. */
#define SNP_PHYS_BITS       48

/* 8000_0008 EBX: INVLPGB and TLBSYNC; 8000_000A EDX: the VMCB's part in it */
#define EBX_INVLPGB         (1U << 3)
#define SVM_TLB_CONTROL     (1U << 24)

/* 8000_0025 EAX and EBX */
#define RMP_SEGMENT_MAX_SHIFT   6
#define RMP_SEGMENTS_HARD       (1U << 10)  /* no more than these */

void snp_cpu_add_features(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    if (snp_generation()->segmented_rmp) {
        env->cpuid_min_xlevel = MAX(env->cpuid_min_xlevel, 0x80000025);
    }
    /*
     * The page walks and all other address checks of TCG use phys_bits, so
     * that it has to be what memory encryption leaves of the bus width.
     */
    if (cpu->phys_bits == 0) {
        cpu->phys_bits = SNP_PHYS_BITS - SNP_PHYS_REDUCTION;
    }
    if (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM) {
        env->features[FEAT_SVM] |= SNP_TCG_SVM_FEATURES &
                                   ~env->user_features[FEAT_SVM];
    }
}

void snp_cpu_cpuid(X86CPU *cpu, uint32_t index, uint32_t *eax, uint32_t *ebx,
                   uint32_t *ecx, uint32_t *edx)
{
    switch (index) {
    case 0x80000008:
        *eax += SNP_PHYS_REDUCTION;
        *ebx |= EBX_INVLPGB;
        *edx |= SNP_INVLPGB_MORE_PAGES;
        break;
    case 0x8000000A:
        if (*eax) {
            *ebx = SNP_SVM_ASIDS;
            *edx |= SVM_TLB_CONTROL;
        }
        break;
    case 0x8000001F:
        *eax = SEV_EAX_SME | SEV_EAX_SEV | SEV_EAX_SEV_ES | SEV_EAX_SNP |
               SEV_EAX_VMPL | SEV_EAX_COHERENT;
        *eax |= snp_generation()->rmpread ? SEV_EAX_RMPREAD : 0;
        *eax |= snp_generation()->segmented_rmp ? SEV_EAX_SEGMENTED : 0;
        *ebx = SNP_CBIT | (SNP_PHYS_REDUCTION << 6) | (SEV_VMPLS << 12);
        *ecx = SNP_ASID_MAX;
        *edx = SNP_ASID_MIN_SEV;
        break;
    case 0x80000025:
        if (snp_generation()->segmented_rmp) {
            *eax = SNP_RMP_SEGMENT_BITS_MIN |
                   SNP_RMP_SEGMENT_BITS_MAX << RMP_SEGMENT_MAX_SHIFT;
            *ebx = SNP_RMP_SEGMENTS | RMP_SEGMENTS_HARD;
        }
        break;
    }
}
