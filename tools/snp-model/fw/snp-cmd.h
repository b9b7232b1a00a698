/*
 * SNP host model: buffers of SNP commands, and what they point to
 *
 * SEV-SNP Firmware ABI (#56860): each command's table, whose names these are.
 * Numbers are little endian, *_paddr are system physical addresses: fw_spa().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SNP_CMD_H
#define SNP_MODEL_FW_SNP_CMD_H

#include "ecc.h"

#define SNP_ALGO_ECDSA_P384     1       /* with SHA-384 */

typedef struct QEMU_PACKED SnpCmdInitEx {
    uint32_t flags;
    uint32_t reserved_04;
    uint64_t list_paddr;
    uint16_t max_snp_asid;
    uint8_t reserved_12[0x2e];
} SnpCmdInitEx;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdInitEx) != 0x40);

#define SNP_RANGES_MAX  255

/* The page at list_paddr */
typedef struct QEMU_PACKED SnpRange {
    uint64_t base;
    uint32_t page_count;
    uint32_t reserved_0c;
} SnpRange;

typedef struct QEMU_PACKED SnpRangeList {
    uint32_t num_elements;
    uint32_t reserved_04;
    SnpRange ranges[SNP_RANGES_MAX];
    uint8_t reserved_ff8[8];
} SnpRangeList;
QEMU_BUILD_BUG_ON(sizeof(SnpRange) != 0x10);
QEMU_BUILD_BUG_ON(sizeof(SnpRangeList) != 0x1000);

typedef struct QEMU_PACKED SnpCmdShutdownEx {
    uint32_t length;            /* of this buffer */
    uint32_t flags;
} SnpCmdShutdownEx;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdShutdownEx) != 0x08);

typedef struct QEMU_PACKED SnpCmdPlatformStatus {
    uint64_t status_paddr;
} SnpCmdPlatformStatus;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdPlatformStatus) != 0x08);

/* What is at status_paddr then */
typedef struct QEMU_PACKED SnpPlatformStatus {
    uint8_t api_major;
    uint8_t api_minor;
    uint8_t state;
    uint8_t checks;             /* IS_RMP_INIT, ALIAS_CHECK_COMPLETE */
    uint32_t build_id;
    uint32_t flags;
    uint32_t guest_count;
    uint64_t current_tcb;
    uint64_t reported_tcb;
} SnpPlatformStatus;
QEMU_BUILD_BUG_ON(offsetof(SnpPlatformStatus, guest_count) != 0x0c);
QEMU_BUILD_BUG_ON(sizeof(SnpPlatformStatus) != 0x20);

typedef struct QEMU_PACKED SnpCmdFeatureInfo {
    uint32_t length;
    uint32_t ecx_in;
    uint64_t feature_info_paddr;
} SnpCmdFeatureInfo;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdFeatureInfo) != 0x10);

/* What is at feature_info_paddr then */
typedef struct QEMU_PACKED SnpFeatureInfo {
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
} SnpFeatureInfo;
QEMU_BUILD_BUG_ON(sizeof(SnpFeatureInfo) != 0x10);

/* SNP_GCTX_CREATE and SNP_DECOMMISSION */
typedef struct QEMU_PACKED SnpCmdGctx {
    uint64_t gctx_paddr;
} SnpCmdGctx;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdGctx) != 0x08);

typedef struct QEMU_PACKED SnpCmdActivate {
    uint64_t gctx_paddr;
    uint32_t asid;
} SnpCmdActivate;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdActivate) != 0x0c);

typedef struct QEMU_PACKED SnpCmdGuestStatus {
    uint64_t gctx_paddr;
    uint64_t status_paddr;
} SnpCmdGuestStatus;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdGuestStatus) != 0x10);

/* What is at status_paddr then */
typedef struct QEMU_PACKED SnpGuestStatus {
    uint64_t policy;
    uint32_t asid;
    uint8_t state;
    uint8_t reserved_0d[3];
    uint32_t flags;             /* VCEK_DIS */
    uint8_t reserved_14[0x0c];
} SnpGuestStatus;
QEMU_BUILD_BUG_ON(offsetof(SnpGuestStatus, flags) != 0x10);
QEMU_BUILD_BUG_ON(sizeof(SnpGuestStatus) != 0x20);

typedef struct QEMU_PACKED SnpCmdGuestRequest {
    uint64_t gctx_paddr;
    uint64_t request_paddr;
    uint64_t response_paddr;
} SnpCmdGuestRequest;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdGuestRequest) != 0x18);

typedef struct QEMU_PACKED SnpCmdLaunchStart {
    uint64_t gctx_paddr;
    uint64_t policy;
    uint64_t ma_gctx_paddr;
    uint32_t flags;
    uint32_t desired_tsc_freq;
    uint8_t gosvw[16];
} SnpCmdLaunchStart;
QEMU_BUILD_BUG_ON(offsetof(SnpCmdLaunchStart, flags) != 0x18);
QEMU_BUILD_BUG_ON(sizeof(SnpCmdLaunchStart) != 0x30);

typedef struct QEMU_PACKED SnpCmdLaunchUpdate {
    uint64_t gctx_paddr;
    uint32_t page;              /* PAGE_SIZE, PAGE_TYPE, IMI_PAGE */
    uint32_t reserved_0c;
    uint64_t page_paddr;
    uint8_t vmpl_perms[4];      /* that of VMPL 0 is reserved */
    uint32_t reserved_1c;
} SnpCmdLaunchUpdate;
QEMU_BUILD_BUG_ON(offsetof(SnpCmdLaunchUpdate, page_paddr) != 0x10);
QEMU_BUILD_BUG_ON(sizeof(SnpCmdLaunchUpdate) != 0x20);

/* What the firmware writes to a page of the type for secrets */
typedef struct QEMU_PACKED SnpSecretsPage {
    uint32_t version;
    uint32_t flags;
    uint32_t fms;               /* family, model, stepping */
    uint32_t reserved_00c;
    uint8_t gosvw[16];
    uint8_t vmpck[4][32];
    uint8_t guest_0a0[0x60];
    uint8_t vmsa_tweak_bitmap[64];
    uint8_t guest_140[0x20];
    uint32_t tsc_factor;
    uint8_t reserved_164[0xe9c];
} SnpSecretsPage;
QEMU_BUILD_BUG_ON(offsetof(SnpSecretsPage, vmsa_tweak_bitmap) != 0x100);
QEMU_BUILD_BUG_ON(offsetof(SnpSecretsPage, tsc_factor) != 0x160);
QEMU_BUILD_BUG_ON(sizeof(SnpSecretsPage) != 0x1000);

typedef struct QEMU_PACKED SnpCmdLaunchFinish {
    uint64_t gctx_paddr;
    uint64_t id_block_paddr;
    uint64_t id_auth_paddr;
    uint64_t flags;
    uint8_t host_data[32];
} SnpCmdLaunchFinish;
QEMU_BUILD_BUG_ON(offsetof(SnpCmdLaunchFinish, flags) != 0x18);
QEMU_BUILD_BUG_ON(sizeof(SnpCmdLaunchFinish) != 0x40);

/* What is at id_block_paddr and at id_auth_paddr */
typedef struct QEMU_PACKED SnpIdBlock {
    uint8_t ld[48];
    uint8_t family_id[16];
    uint8_t image_id[16];
    uint32_t version;
    uint32_t guest_svn;
    uint64_t policy;
} SnpIdBlock;
QEMU_BUILD_BUG_ON(offsetof(SnpIdBlock, version) != 0x50);
QEMU_BUILD_BUG_ON(sizeof(SnpIdBlock) != 0x60);

typedef struct QEMU_PACKED SnpIdAuth {
    uint32_t id_key_algo;
    uint32_t auth_key_algo;
    uint8_t reserved_008[0x38];
    FwSignature id_block_sig;
    FwPublicKey id_key;
    uint8_t reserved_644[0x3c];
    FwSignature id_key_sig;
    FwPublicKey author_key;
    uint8_t reserved_c84[0x37c];
} SnpIdAuth;
QEMU_BUILD_BUG_ON(offsetof(SnpIdAuth, id_block_sig) != 0x040);
QEMU_BUILD_BUG_ON(offsetof(SnpIdAuth, id_key) != 0x240);
QEMU_BUILD_BUG_ON(offsetof(SnpIdAuth, id_key_sig) != 0x680);
QEMU_BUILD_BUG_ON(offsetof(SnpIdAuth, author_key) != 0x880);
QEMU_BUILD_BUG_ON(sizeof(SnpIdAuth) != 0x1000);

/* SNP_DBG_DECRYPT and SNP_DBG_ENCRYPT */
typedef struct QEMU_PACKED SnpCmdDbg {
    uint64_t gctx_paddr;
    uint64_t src_paddr;
    uint64_t dst_paddr;
} SnpCmdDbg;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdDbg) != 0x18);

/* SNP_PAGE_RECLAIM and SNP_PAGE_UNSMASH */
typedef struct QEMU_PACKED SnpCmdPage {
    uint64_t page_paddr;        /* bit 0: PAGE_SIZE */
} SnpCmdPage;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdPage) != 0x08);

typedef struct QEMU_PACKED SnpCmdConfig {
    uint64_t reported_tcb;
    uint32_t flags;
    uint8_t reserved_0c[0x34];
} SnpCmdConfig;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdConfig) != 0x40);

typedef struct QEMU_PACKED SnpCmdCommit {
    uint32_t length;
} SnpCmdCommit;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdCommit) != 0x04);

typedef struct QEMU_PACKED SnpCmdVlekLoad {
    uint32_t length;
    uint8_t vlek_wrapped_version;
    uint8_t reserved_05[3];
    uint64_t vlek_wrapped_paddr;
} SnpCmdVlekLoad;
QEMU_BUILD_BUG_ON(sizeof(SnpCmdVlekLoad) != 0x10);

typedef struct QEMU_PACKED SnpCmdVerifyMitigation {
    uint32_t length;
    uint16_t subcommand;
    uint16_t reserved_06;
    uint64_t vector;
    uint32_t flags;
    uint32_t reserved_14;
    uint64_t src_paddr;
    uint64_t dst_paddr;
    uint8_t reserved_28[0x18];
} SnpCmdVerifyMitigation;
QEMU_BUILD_BUG_ON(offsetof(SnpCmdVerifyMitigation, dst_paddr) != 0x20);
QEMU_BUILD_BUG_ON(sizeof(SnpCmdVerifyMitigation) != 0x40);

/* What is at dst_paddr then */
typedef struct QEMU_PACKED SnpMitigations {
    uint64_t verified_vector;
    uint64_t supported_vector;
    uint32_t failure_status;
} SnpMitigations;
QEMU_BUILD_BUG_ON(sizeof(SnpMitigations) != 0x14);

#endif
