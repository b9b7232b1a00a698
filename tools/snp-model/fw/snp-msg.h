/*
 * SNP host model: what SNP guests and the firmware say to each other
 *
 * SEV-SNP Firmware ABI (#56860), "Guest Messages", and the CPUID page, which
 * a message can carry as well.  Names are the specification's, numbers are
 * little endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SNP_MSG_H
#define SNP_MODEL_FW_SNP_MSG_H

#include "ecc.h"

typedef struct QEMU_PACKED SnpMsgHdr {
    uint8_t authtag[32];
    uint64_t msg_seqno;
    uint64_t reserved_28;
    uint8_t algo;               /* from here on authenticated */
    uint8_t hdr_version;
    uint16_t hdr_size;
    uint8_t msg_type;
    uint8_t msg_version;
    uint16_t msg_size;
    uint32_t reserved_38;
    uint8_t msg_vmpck;
    uint8_t reserved_3d[0x23];
} SnpMsgHdr;
QEMU_BUILD_BUG_ON(offsetof(SnpMsgHdr, algo) != 0x30);
QEMU_BUILD_BUG_ON(offsetof(SnpMsgHdr, msg_vmpck) != 0x3c);
QEMU_BUILD_BUG_ON(sizeof(SnpMsgHdr) != 0x60);

typedef struct QEMU_PACKED SnpMsgPage {
    SnpMsgHdr hdr;
    uint8_t payload[0xfa0];
} SnpMsgPage;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgPage) != 0x1000);

typedef struct QEMU_PACKED SnpCpuidFunction {
    uint32_t eax_in;
    uint32_t ecx_in;
    uint64_t xcr0_in;
    uint64_t xss_in;
    uint32_t reg[4];            /* EAX to EDX */
    uint64_t reserved_28;
} SnpCpuidFunction;
QEMU_BUILD_BUG_ON(sizeof(SnpCpuidFunction) != 0x30);

typedef struct QEMU_PACKED SnpCpuidTable {
    uint32_t count;
    uint8_t reserved_04[0x0c];
    SnpCpuidFunction functions[64];
} SnpCpuidTable;
QEMU_BUILD_BUG_ON(sizeof(SnpCpuidTable) != 0xc10);

/* The request is the table, as much of it as there are functions. */
typedef struct QEMU_PACKED SnpMsgCpuidRsp {
    uint32_t status;
    uint8_t reserved_04[0x0c];
    SnpCpuidTable table;
} SnpMsgCpuidRsp;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgCpuidRsp) != 0xc20);

typedef struct QEMU_PACKED SnpMsgKeyReq {
    uint32_t root_key_select;
    uint32_t reserved_04;
    uint64_t guest_field_select;
    uint32_t vmpl;
    uint32_t guest_svn;
    uint64_t tcb_version;
} SnpMsgKeyReq;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgKeyReq) != 0x20);

typedef struct QEMU_PACKED SnpMsgKeyRsp {
    uint32_t status;
    uint8_t reserved_04[0x1c];
    uint8_t derived_key[32];
} SnpMsgKeyRsp;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgKeyRsp) != 0x40);

typedef struct QEMU_PACKED SnpMsgReportReq {
    uint8_t report_data[64];
    uint32_t vmpl;
    uint32_t key_sel;
    uint8_t reserved_48[0x18];
} SnpMsgReportReq;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgReportReq) != 0x60);

typedef struct QEMU_PACKED SnpVersion {
    uint8_t build;
    uint8_t minor;
    uint8_t major;
    uint8_t reserved_3;
} SnpVersion;

/* "ATTESTATION_REPORT Structure", version 3 */
typedef struct QEMU_PACKED SnpReport {
    uint32_t version;
    uint32_t guest_svn;
    uint64_t policy;
    uint8_t family_id[16];
    uint8_t image_id[16];
    uint32_t vmpl;
    uint32_t signature_algo;
    uint64_t current_tcb;
    uint64_t platform_info;
    uint32_t flags;             /* SIGNING_KEY and its neighbours */
    uint32_t reserved_04c;
    uint8_t report_data[64];
    uint8_t measurement[48];
    uint8_t host_data[32];
    uint8_t id_key_digest[48];
    uint8_t author_key_digest[48];
    uint8_t report_id[32];
    uint8_t report_id_ma[32];
    uint64_t reported_tcb;
    uint8_t cpuid_fam_id;
    uint8_t cpuid_mod_id;
    uint8_t cpuid_step;
    uint8_t reserved_18b[0x15];
    uint8_t chip_id[64];
    uint64_t committed_tcb;
    SnpVersion current;
    SnpVersion committed;
    uint64_t launch_tcb;
    uint8_t reserved_1f8[0xa8];
    FwSignature signature;      /* over what is above */
} SnpReport;
QEMU_BUILD_BUG_ON(offsetof(SnpReport, current_tcb) != 0x038);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, report_data) != 0x050);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, report_id) != 0x140);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, reported_tcb) != 0x180);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, chip_id) != 0x1a0);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, current) != 0x1e8);
QEMU_BUILD_BUG_ON(offsetof(SnpReport, signature) != 0x2a0);
QEMU_BUILD_BUG_ON(sizeof(SnpReport) != 0x4a0);

typedef struct QEMU_PACKED SnpMsgReportRsp {
    uint32_t status;
    uint32_t report_size;
    uint8_t reserved_08[0x18];
    SnpReport report;
} SnpMsgReportRsp;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgReportRsp) != 0x4c0);

typedef struct QEMU_PACKED SnpMsgTscInfoReq {
    uint8_t reserved_00[0x80];
} SnpMsgTscInfoReq;

typedef struct QEMU_PACKED SnpMsgTscInfoRsp {
    uint32_t status;
    uint32_t reserved_04;
    uint64_t guest_tsc_scale;
    uint64_t guest_tsc_offset;
    uint32_t tsc_factor;
    uint8_t reserved_1c[0x64];
} SnpMsgTscInfoRsp;
QEMU_BUILD_BUG_ON(sizeof(SnpMsgTscInfoReq) != 0x80);
QEMU_BUILD_BUG_ON(sizeof(SnpMsgTscInfoRsp) != 0x80);

#endif
