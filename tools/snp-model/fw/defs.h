/*
 * SNP host model: constants of the PSP firmware interface
 *
 * SEV-SNP Firmware ABI Specification (AMD #56860) and SEV API (AMD #55766);
 * values as in Linux include/uapi/linux/psp-sev.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_DEFS_H
#define SNP_MODEL_FW_DEFS_H

/* Every status a command can end with, once: name, value. */
#define FW_STATUSES(X)              \
    X(SUCCESS,                0x00) \
    X(INVALID_PLATFORM_STATE, 0x01) \
    X(INVALID_GUEST_STATE,    0x02) \
    X(INVALID_CONFIG,         0x03) \
    X(INVALID_LEN,            0x04) \
    X(ALREADY_OWNED,          0x05) \
    X(INVALID_CERTIFICATE,    0x06) \
    X(POLICY_FAILURE,         0x07) \
    X(INACTIVE,               0x08) \
    X(INVALID_ADDRESS,        0x09) \
    X(BAD_SIGNATURE,          0x0a) \
    X(BAD_MEASUREMENT,        0x0b) \
    X(ASID_OWNED,             0x0c) \
    X(INVALID_ASID,           0x0d) \
    X(WBINVD_REQUIRED,        0x0e) \
    X(DFFLUSH_REQUIRED,       0x0f) \
    X(INVALID_GUEST,          0x10) \
    X(INVALID_COMMAND,        0x11) \
    X(ACTIVE,                 0x12) \
    X(HWERROR_PLATFORM,       0x13) \
    X(HWERROR_UNSAFE,         0x14) \
    X(UNSUPPORTED,            0x15) \
    X(INVALID_PARAM,          0x16) \
    X(RESOURCE_LIMIT,         0x17) \
    X(SECURE_DATA_INVALID,    0x18) \
    X(INVALID_PAGE_SIZE,      0x19) \
    X(INVALID_PAGE_STATE,     0x1a) \
    X(INVALID_MDATA_ENTRY,    0x1b) \
    X(INVALID_PAGE_OWNER,     0x1c) \
    X(AEAD_OFLOW,             0x1d) \
    X(EXIT_RING_BUFFER,       0x1f) \
    X(RMP_INIT_REQUIRED,      0x20) \
    X(BAD_SVN,                0x21) \
    X(BAD_VERSION,            0x22) \
    X(SHUTDOWN_REQUIRED,      0x23) \
    X(UPDATE_FAILED,          0x24) \
    X(RESTORE_REQUIRED,       0x25) \
    X(RMP_INIT_FAILED,        0x26) \
    X(INVALID_KEY,            0x27) \
    X(SHUTDOWN_INCOMPLETE,    0x28) \
    X(NO_ANSWER,              0x3f) /* not a status: the mailbox hangs */

typedef enum FwStatus {
#define X(name, value) FW_##name = value,
    FW_STATUSES(X)
#undef X
    FW_STATUS_MAX = 0x40,
} FwStatus;

/* SNP_LAUNCH_UPDATE's types of pages */
#define SNP_PAGE_TYPES(X) \
    X(NORMAL,     1) \
    X(VMSA,       2) \
    X(ZERO,       3) \
    X(UNMEASURED, 4) \
    X(SECRETS,    5) \
    X(CPUID,      6)

typedef enum SnpPageType {
#define X(name, value) SNP_TYPE_##name = value,
    SNP_PAGE_TYPES(X)
#undef X
    SNP_TYPE_MAX,
} SnpPageType;

/* What this firmware says it is. */
#define FW_API_MAJOR        1
#define FW_API_MINOR        55
#define FW_BUILD            25

/*
 * TCB version, Milan and Genoa layout: boot loader SVN in byte 0, TEE in 1,
 * SNP in 6, microcode in 7.
 */
#define FW_TCB_BOOT_LOADER  0x04ULL
#define FW_TCB_TEE          0x00ULL
#define FW_TCB_SNP          0x17ULL
#define FW_TCB_MICROCODE    0xd1ULL
#define FW_TCB                                                      \
    (FW_TCB_BOOT_LOADER | FW_TCB_TEE << 8 | FW_TCB_SNP << 48 |      \
     FW_TCB_MICROCODE << 56)

/* The encryption bit of an address; the firmware ignores it. */
#define FW_C_BIT            51

#define FW_PAGE_SIZE        4096ULL
#define FW_PAGE_MASK        (~(FW_PAGE_SIZE - 1))
#define FW_2M_SIZE          0x200000ULL
#define FW_2M_PAGES         512

#define FW_DIGEST_LEN       48      /* SHA-384 */
#define FW_CHIP_ID_LEN      64

/* SNP guest policy (#56860, "Guest Policy Structure") */
#define SNP_POLICY_ABI_MINOR    0x00ffULL
#define SNP_POLICY_ABI_MAJOR    0xff00ULL
#define SNP_POLICY_SMT          (1ULL << 16)
#define SNP_POLICY_MBO          (1ULL << 17)
#define SNP_POLICY_MIGRATE_MA   (1ULL << 18)
#define SNP_POLICY_DEBUG        (1ULL << 19)
#define SNP_POLICY_SINGLE_SOCKET (1ULL << 20)
#define SNP_POLICY_KNOWN        0x1fffffULL
#define SNP_POLICY_HIDE         (1ULL << 24)    /* ciphertext */

/* SEV guest policy (#55766, "Guest Policy Structure") */
#define SEV_POLICY_NODBG        (1U << 0)
#define SEV_POLICY_NOKS         (1U << 1)
#define SEV_POLICY_ES           (1U << 2)
#define SEV_POLICY_NOSEND       (1U << 3)
#define SEV_POLICY_DOMAIN       (1U << 4)
#define SEV_POLICY_SEV          (1U << 5)
#define SEV_POLICY_API_MAJOR(p) (((p) >> 16) & 0xff)
#define SEV_POLICY_API_MINOR(p) (((p) >> 24) & 0xff)

#endif
