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

bool sev_cert_key(const SevCert *cert, CertUsage usage, FwEccPair *pub)
{
    if (le32_to_cpu(cert->version) != 1 ||
        le32_to_cpu(cert->pubkey_usage) != usage ||
        !algo_fits(le32_to_cpu(cert->pubkey_algo), usage) ||
        le32_to_cpu(cert->pubkey.curve) != FW_CURVE_P384) {
        return false;
    }
    *pub = cert->pubkey.q;
    return fw_p384_public_ok(pub);
}

int sev_cert_slot(const SevCert *cert, CertUsage signer)
{
    for (int slot = 0; slot < ARRAY_SIZE(cert->sig); slot++) {
        if (le32_to_cpu(cert->sig[slot].usage) == signer) {
            return slot;
        }
    }
    return -1;
}

static bool verify(const SevCert *cert, const SevCertSig *s,
                   const FwEccPair *key)
{
    uint8_t digest[FW_DIGEST_LEN];

    switch (le32_to_cpu(s->algo)) {
    case ALGO_ECDSA_SHA256:
        fw_sha256(cert, offsetof(SevCert, sig), digest);
        return fw_p384_verify(key, digest, 32, &s->sig.rs);
    case ALGO_ECDSA_SHA384:
        fw_sha384(cert, offsetof(SevCert, sig), digest);
        return fw_p384_verify(key, digest, sizeof(digest), &s->sig.rs);
    default:
        return false;
    }
}

bool sev_cert_signed(const SevCert *cert, CertUsage usage, CertUsage signer,
                     const SevCert *by)
{
    int slot = sev_cert_slot(cert, signer);
    FwEccPair own, key;

    return slot >= 0 && sev_cert_key(cert, usage, &own) &&
           sev_cert_key(by, signer, &key) &&
           verify(cert, &cert->sig[slot], &key);
}

bool sev_chain_ok(const SevCert *pdh, const SevChain *chain)
{
    const SevCert *pek = &chain->pek, *oca = &chain->oca;

    return sev_cert_signed(pdh, USAGE_PDH, USAGE_PEK, pek) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_OCA, oca) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_CEK, &chain->cek) &&
           sev_cert_signed(oca, USAGE_OCA, USAGE_OCA, oca);
}
