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
