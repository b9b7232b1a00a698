/*
 * SNP host model: keys and signatures in the firmware interface
 *
 * #56860, "Public Key and Signature Formats"; #55766 has the same.  ECC
 * numbers are 72 byte little endian fields.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_ECC_H
#define SNP_MODEL_FW_ECC_H

#define FW_ECC_FIELD    72
#define FW_CURVE_P384   2

typedef struct FwEccPair {
    uint8_t a[FW_ECC_FIELD];    /* X, or R of a signature */
    uint8_t b[FW_ECC_FIELD];    /* Y, or S */
} FwEccPair;

typedef struct QEMU_PACKED FwPublicKey {
    uint32_t curve;
    FwEccPair q;
    uint8_t reserved_094[0x370];
} FwPublicKey;
QEMU_BUILD_BUG_ON(sizeof(FwPublicKey) != 0x404);

typedef struct QEMU_PACKED FwSignature {
    FwEccPair rs;
    uint8_t reserved_090[0x170];
} FwSignature;
QEMU_BUILD_BUG_ON(sizeof(FwSignature) != 0x200);

#endif
