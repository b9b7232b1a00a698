/*
 * SNP host model: SEV's certificates
 *
 * SEV API (#55766), "SEV Certificate Format".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SEV_CERT_H
#define SNP_MODEL_FW_SEV_CERT_H

#include "crypto.h"
#include "sev.h"

typedef enum CertUsage {
    USAGE_OCA = 0x1001,
    USAGE_PEK = 0x1002,
    USAGE_PDH = 0x1003,
    USAGE_CEK = 0x1004,
    USAGE_NONE = 0x1000,
} CertUsage;

#define ALGO_ECDSA_SHA256   0x0002
#define ALGO_ECDH_SHA256    0x0003
#define ALGO_ECDSA_SHA384   0x0102
#define ALGO_ECDH_SHA384    0x0103

/* sev-cert-check.c */

/* The P-384 key of a certificate for @usage; false if it is none. */
bool sev_cert_key(const SevCert *cert, CertUsage usage, FwEccPair *pub);

/* Which of a certificate's two signatures @signer made, or -1. */
int sev_cert_slot(const SevCert *cert, CertUsage signer);

/* A certificate for @usage that @by, one for @signer, has signed. */
bool sev_cert_signed(const SevCert *cert, CertUsage usage, CertUsage signer,
                     const SevCert *by);

bool sev_chain_ok(const SevCert *pdh, const SevChain *chain);

#endif
