/*
 * SNP host model: buffers of SEV commands, and the certificates in them
 *
 * SEV API (#55766): each command's table, whose names these are.  Numbers are
 * little endian, *_paddr are system physical addresses: fw_spa().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SEV_CMD_H
#define SNP_MODEL_FW_SEV_CMD_H

#include "ecc.h"

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

/* "SEV Certificate Format" */
typedef struct QEMU_PACKED SevCertSig {
    uint32_t usage;
    uint32_t algo;
    FwSignature sig;
} SevCertSig;

typedef struct QEMU_PACKED SevCert {
    uint32_t version;
    uint8_t api_major;
    uint8_t api_minor;
    uint8_t reserved_006[2];
    uint32_t pubkey_usage;
    uint32_t pubkey_algo;
    FwPublicKey pubkey;
    SevCertSig sig[2];          /* over what is above */
} SevCert;
QEMU_BUILD_BUG_ON(offsetof(SevCert, pubkey) != 0x010);
QEMU_BUILD_BUG_ON(offsetof(SevCert, sig) != 0x414);
QEMU_BUILD_BUG_ON(sizeof(SevCert) != 0x824);

/* What vouches for a PDH */
typedef struct QEMU_PACKED SevChain {
    SevCert pek;
    SevCert oca;
    SevCert cek;
} SevChain;

typedef struct QEMU_PACKED SevCmdPekCsr {
    uint64_t csr_paddr;
    uint32_t csr_length;
} SevCmdPekCsr;
QEMU_BUILD_BUG_ON(sizeof(SevCmdPekCsr) != 0x0c);

typedef struct QEMU_PACKED SevCmdPekCertImport {
    uint64_t pek_cert_paddr;
    uint32_t pek_cert_length;
    uint32_t reserved_0c;
    uint64_t oca_cert_paddr;
    uint32_t oca_cert_length;
} SevCmdPekCertImport;
QEMU_BUILD_BUG_ON(sizeof(SevCmdPekCertImport) != 0x1c);

typedef struct QEMU_PACKED SevCmdPdhCertExport {
    uint64_t pdh_cert_paddr;
    uint32_t pdh_cert_length;
    uint32_t reserved_0c;
    uint64_t certs_paddr;
    uint32_t certs_length;
} SevCmdPdhCertExport;
QEMU_BUILD_BUG_ON(sizeof(SevCmdPdhCertExport) != 0x1c);

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

/* LAUNCH_START and, where the certificate is that of a PDH, RECEIVE_START */
typedef struct QEMU_PACKED SevCmdStart {
    uint32_t handle;
    uint32_t policy;
    uint64_t dh_cert_paddr;
    uint32_t dh_cert_length;
    uint32_t reserved_14;
    uint64_t session_paddr;
    uint32_t session_length;
} SevCmdStart;
QEMU_BUILD_BUG_ON(offsetof(SevCmdStart, session_paddr) != 0x18);
QEMU_BUILD_BUG_ON(sizeof(SevCmdStart) != 0x24);

/* LAUNCH_UPDATE_DATA and LAUNCH_UPDATE_VMSA */
typedef struct QEMU_PACKED SevCmdLaunchUpdate {
    uint32_t handle;
    uint32_t reserved_04;
    uint64_t paddr;
    uint32_t length;
} SevCmdLaunchUpdate;
QEMU_BUILD_BUG_ON(sizeof(SevCmdLaunchUpdate) != 0x14);

typedef struct QEMU_PACKED SevCmdLaunchMeasure {
    uint32_t handle;
    uint32_t reserved_04;
    uint64_t measure_paddr;
    uint32_t measure_length;
} SevCmdLaunchMeasure;
QEMU_BUILD_BUG_ON(sizeof(SevCmdLaunchMeasure) != 0x14);

/* LAUNCH_SECRET, SEND_UPDATE_* and RECEIVE_UPDATE_* */
typedef struct QEMU_PACKED SevCmdPacket {
    uint32_t handle;
    uint32_t reserved_04;
    uint64_t hdr_paddr;
    uint32_t hdr_length;
    uint32_t reserved_14;
    uint64_t guest_paddr;
    uint32_t guest_length;
    uint32_t reserved_24;
    uint64_t trans_paddr;
    uint32_t trans_length;
} SevCmdPacket;
QEMU_BUILD_BUG_ON(offsetof(SevCmdPacket, guest_paddr) != 0x18);
QEMU_BUILD_BUG_ON(offsetof(SevCmdPacket, trans_paddr) != 0x28);
QEMU_BUILD_BUG_ON(sizeof(SevCmdPacket) != 0x34);

typedef struct QEMU_PACKED SevCmdAttestationReport {
    uint32_t handle;
    uint32_t reserved_04;
    uint64_t paddr;
    uint8_t mnonce[16];
    uint32_t length;
} SevCmdAttestationReport;
QEMU_BUILD_BUG_ON(sizeof(SevCmdAttestationReport) != 0x24);

typedef struct QEMU_PACKED SevCmdSendStart {
    uint32_t handle;
    uint32_t policy;
    uint64_t pdh_cert_paddr;
    uint32_t pdh_cert_length;
    uint32_t reserved_14;
    uint64_t plat_certs_paddr;
    uint32_t plat_certs_length;
    uint32_t reserved_24;
    uint64_t amd_certs_paddr;
    uint32_t amd_certs_length;
    uint32_t reserved_34;
    uint64_t session_paddr;
    uint32_t session_length;
} SevCmdSendStart;
QEMU_BUILD_BUG_ON(offsetof(SevCmdSendStart, plat_certs_paddr) != 0x18);
QEMU_BUILD_BUG_ON(offsetof(SevCmdSendStart, session_paddr) != 0x38);
QEMU_BUILD_BUG_ON(sizeof(SevCmdSendStart) != 0x44);

/* DBG_DECRYPT and DBG_ENCRYPT */
typedef struct QEMU_PACKED SevCmdDbg {
    uint32_t handle;
    uint32_t reserved_04;
    uint64_t src_paddr;
    uint64_t dst_paddr;
    uint32_t length;
} SevCmdDbg;
QEMU_BUILD_BUG_ON(sizeof(SevCmdDbg) != 0x1c);

#endif
