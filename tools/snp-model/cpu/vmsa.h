/*
 * SNP host model: the VM save area of SEV-ES and SNP guests
 *
 * AMD APM volume 2, appendix B, table "VMSA layout".  The host's block in the
 * host save area (VM_HSAVE_PA + 400h) has the same layout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_VMSA_H
#define SNP_MODEL_VMSA_H

#include "snp-cpu.h"

#define VMSA_FEATURE_SNP_ACTIVE     (1ULL << 0)

typedef struct QEMU_PACKED SnpVmsa {
    struct vmcb_seg es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint64_t pl_ssp[4];
    uint64_t u_cet;
    uint8_t reserved_0c8[2];
    uint8_t vmpl;
    uint8_t cpl;
    uint8_t reserved_0cc[4];
    uint64_t efer;
    uint8_t reserved_0d8[0x68];
    uint64_t xss;
    uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint64_t dr[4];
    uint64_t dr_addr_mask[4];
    uint8_t reserved_1c0[0x18];
    uint64_t rsp;
    uint64_t s_cet, ssp, isst_addr;
    uint64_t rax;
    uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
    uint64_t cr2;
    uint8_t reserved_248[0x20];
    uint64_t g_pat;
    uint64_t dbgctl;
    uint64_t lbr[4];
    uint8_t reserved_298[0x48];
    uint64_t spec_ctrl;
    uint32_t pkru;
    uint32_t tsc_aux;
    uint64_t tsc_scale, tsc_offset;
    uint64_t reg_prot_nonce;
    uint64_t rcx, rdx, rbx;
    uint64_t secure_avic_ctl;
    uint64_t rbp, rsi, rdi;
    uint64_t r8_r15[8];
    uint64_t reserved_380;
    uint64_t checksum;
    uint64_t guest_exitinfo1, guest_exitinfo2, guest_exitintinfo, guest_nrip;
    uint64_t sev_features;
    uint64_t vintr_ctrl;
    uint64_t guest_exitcode;
    uint64_t vtom;
    uint64_t tlb_id, pcpu_id;
    uint64_t eventinj;
    uint64_t xcr0;
    uint8_t reserved_3f0[0x10];
    uint64_t x87_dp;
    uint32_t mxcsr;
    uint16_t x87_ftw, x87_fsw, x87_fcw, x87_fop, x87_ds, x87_cs;
    uint64_t x87_rip;
    uint64_t x87_mantissa[8];
    uint16_t x87_exponent[8];
    uint64_t xmm[16][2];
    uint64_t ymm_high[16][2];
} SnpVmsa;

QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, vmpl) != 0x0ca);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, xss) != 0x140);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, rsp) != 0x1d8);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, cr2) != 0x240);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, g_pat) != 0x268);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, spec_ctrl) != 0x2e0);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, rcx) != 0x308);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, r8_r15) != 0x340);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, sev_features) != 0x3b0);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, xcr0) != 0x3e8);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, mxcsr) != 0x408);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, x87_mantissa) != 0x420);
QEMU_BUILD_BUG_ON(offsetof(SnpVmsa, xmm) != 0x470);
QEMU_BUILD_BUG_ON(sizeof(SnpVmsa) != 0x670);

/* What VMRUN looks at before it loads anything. */
typedef struct SnpVmsaHeader {
    uint64_t sev_features;
    uint8_t vmpl;
    bool sealed;
} SnpVmsaHeader;

void snp_vmsa_probe(hwaddr spa, SnpVmsaHeader *h);

/* vmsa-check.c: why the guest's registers cannot be loaded, or NULL. */
const char *snp_vmsa_illegal(CPUX86State *env, hwaddr spa);

/*
 * The part of the guest's registers that the VMCB's save area has no room
 * for or that VMRUN does not switch for ordinary guests.
 */
void snp_vmsa_load(CPUX86State *env);
void snp_vmsa_save(CPUX86State *env);

/* Swap type A beyond what VMRUN saves anyway, and types A, B and C at exit. */
void snp_host_save(CPUX86State *env);
void snp_host_restore(CPUX86State *env);

#endif
