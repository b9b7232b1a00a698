/*
 * SNP host model: buffers of SEV commands
 *
 * SEV API (#55766): each command's table, whose names these are.  Numbers are
 * little endian, *_paddr are system physical addresses: fw_spa().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SEV_CMD_H
#define SNP_MODEL_FW_SEV_CMD_H

typedef struct QEMU_PACKED SevCmdInit {
    uint32_t flags;
    uint32_t reserved_04;
    uint64_t tmr_paddr;
    uint32_t tmr_length;
} SevCmdInit;
QEMU_BUILD_BUG_ON(sizeof(SevCmdInit) != 0x14);

typedef struct QEMU_PACKED SevCmdInitEx {
    uint32_t length;            /* of this buffer */
    uint32_t flags;
    uint64_t tmr_paddr;
    uint32_t tmr_length;
    uint32_t reserved_14;
    uint64_t nv_paddr;
    uint32_t nv_length;
} SevCmdInitEx;
QEMU_BUILD_BUG_ON(offsetof(SevCmdInitEx, nv_paddr) != 0x18);
QEMU_BUILD_BUG_ON(sizeof(SevCmdInitEx) != 0x24);

typedef struct QEMU_PACKED SevCmdPlatformStatus {
    uint8_t api_major;
    uint8_t api_minor;
    uint8_t state;
    uint32_t flags;
    uint8_t build;
    uint32_t guest_count;
} SevCmdPlatformStatus;
QEMU_BUILD_BUG_ON(offsetof(SevCmdPlatformStatus, build) != 0x07);
QEMU_BUILD_BUG_ON(sizeof(SevCmdPlatformStatus) != 0x0c);

typedef struct QEMU_PACKED SevCmdDownloadFirmware {
    uint64_t fw_paddr;
    uint32_t fw_length;
} SevCmdDownloadFirmware;
QEMU_BUILD_BUG_ON(sizeof(SevCmdDownloadFirmware) != 0x0c);

typedef struct QEMU_PACKED SevCmdGetId {
    uint64_t id_paddr;
    uint32_t id_length;
} SevCmdGetId;
QEMU_BUILD_BUG_ON(sizeof(SevCmdGetId) != 0x0c);

/* DECOMMISSION, DEACTIVATE, and what ends a launch or a migration */
typedef struct QEMU_PACKED SevCmdHandle {
    uint32_t handle;
} SevCmdHandle;
QEMU_BUILD_BUG_ON(sizeof(SevCmdHandle) != 0x04);

typedef struct QEMU_PACKED SevCmdActivate {
    uint32_t handle;
    uint32_t asid;
} SevCmdActivate;
QEMU_BUILD_BUG_ON(sizeof(SevCmdActivate) != 0x08);

typedef struct QEMU_PACKED SevCmdGuestStatus {
    uint32_t handle;
    uint32_t policy;
    uint32_t asid;
    uint8_t state;
} SevCmdGuestStatus;
QEMU_BUILD_BUG_ON(sizeof(SevCmdGuestStatus) != 0x0d);

#endif
