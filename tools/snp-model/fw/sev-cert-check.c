/*
 * SNP host model: reading the certificates of other platforms and owners
 *
 * SEV API (#55766), "SEV Certificate Format".  Keys are on P-384, as this
 * firmware's own are; RSA is for AMD's certificates, which the model lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-cert.h"

static bool algo_fits(uint32_t algo, CertUsage usage)
{
    return usage == USAGE_PDH
        ? algo == ALGO_ECDH_SHA256 || algo == ALGO_ECDH_SHA384
        : algo == ALGO_ECDSA_SHA256 || algo == ALGO_ECDSA_SHA384;
}

bool sev_cert_key(const uint8_t *cert, CertUsage usage, FwEccPair *pub)
{
    const uint8_t *key = cert + CERT_KEY;

    if (ldl_le_p(cert) != 1 || ldl_le_p(cert + CERT_USAGE) != usage ||
        !algo_fits(ldl_le_p(cert + CERT_ALGO), usage) ||
        ldl_le_p(key) != CURVE_P384) {
        return false;
    }
    memcpy(pub, key + 4, sizeof(*pub));
    return fw_p384_public_ok(pub);
}

int sev_cert_slot(const uint8_t *cert, CertUsage signer)
{
    for (int slot = 0; slot < 2; slot++) {
        if (ldl_le_p(cert + CERT_SIGS + slot * CERT_SIG_LEN) == signer) {
            return slot;
        }
    }
    return -1;
}

static bool verify(const uint8_t *cert, const uint8_t *sig,
                   const FwEccPair *key)
{
    uint8_t digest[FW_DIGEST_LEN];
    FwEccPair rs;

    memcpy(&rs, sig + 8, sizeof(rs));
    switch (ldl_le_p(sig + 4)) {
    case ALGO_ECDSA_SHA256:
        fw_sha256(cert, CERT_SIGNED, digest);
        return fw_p384_verify(key, digest, 32, &rs);
    case ALGO_ECDSA_SHA384:
        fw_sha384(cert, CERT_SIGNED, digest);
        return fw_p384_verify(key, digest, sizeof(digest), &rs);
    default:
        return false;
    }
}

bool sev_cert_signed(const uint8_t *cert, CertUsage usage, CertUsage signer,
                     const uint8_t *by)
{
    int slot = sev_cert_slot(cert, signer);
    FwEccPair own, key;

    return slot >= 0 && sev_cert_key(cert, usage, &own) &&
           sev_cert_key(by, signer, &key) &&
           verify(cert, cert + CERT_SIGS + slot * CERT_SIG_LEN, &key);
}

bool sev_chain_ok(const uint8_t *pdh, const uint8_t *chain)
{
    const uint8_t *pek = chain, *oca = pek + SEV_CERT_LEN,
                  *cek = oca + SEV_CERT_LEN;

    return sev_cert_signed(pdh, USAGE_PDH, USAGE_PEK, pek) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_OCA, oca) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_CEK, cek) &&
           sev_cert_signed(oca, USAGE_OCA, USAGE_OCA, oca);
}
