/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The architecture of an SEV-SNP host, as programs on it see it: CPUID, MSRs, the RMP's
 * size.  Constants and layouts, no logic.  The host model and the architecture tests have
 * their own: they judge each other.
 */
#ifndef SNP_HOST_H
#define SNP_HOST_H

/* CPUID */
#define SNP_LEAF_FEATURES	0x80000001	/* ECX bit 2: SVM */
#define SNP_LEAF_ADDRESS	0x80000008	/* EAX bits 7:0: physical address bits */
#define SNP_LEAF_SVM		0x8000000a
#define SNP_LEAF_ENCRYPTION	0x8000001f

#define SNP_FEATURE_SVM		(1u << 2)
#define SNP_ENCRYPTION_SEV	(1u << 1)
#define SNP_ENCRYPTION_SEV_ES	(1u << 3)
#define SNP_ENCRYPTION_SEV_SNP	(1u << 4)

/* MSRs */
#define MSR_PATCH_LEVEL		0x8b
#define MSR_SYSCFG		0xc0010010
#define MSR_HWCR		0xc0010015
#define MSR_VM_CR		0xc0010114
#define MSR_VM_HSAVE_PA		0xc0010117
#define MSR_GHCB		0xc0010130
#define MSR_SEV_STATUS		0xc0010131
#define MSR_RMP_BASE		0xc0010132
#define MSR_RMP_END		0xc0010133
#define MSR_GUEST_TSC_FREQ	0xc0010134
#define MSR_RMP_CFG		0xc0010136

#define SYSCFG_MEM_ENCRYPT	(1ull << 23)
#define SYSCFG_SNP_EN		(1ull << 24)
#define VM_CR_SVMDIS		(1ull << 4)

/* The RMP: 16 KiB for the processor, then an entry for each page of 4 KiB */
#define RMP_BOOKKEEPING		0x4000
#define RMP_ENTRY_SIZE		16

/* The IOMMU's extended features */
#define IOMMU_EFR_SNP		(1ull << 63)

/* SNP_PLATFORM_STATUS */
#define SNP_STATE_INIT		1

#endif
