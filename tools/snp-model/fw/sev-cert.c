/*
 * SNP host model: the certificates of SEV's platform authentication
 *
 * SEV API (#55766), "SEV Certificate Format", and the PEK and PDH commands.
 * The CEK is not endorsed by AMD, so its certificate carries no signature.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-cert.h"

/* PEK and OCA follow from the identity; the PDH is as old as the INIT. */
void sev_identity_keys(SnpFw *fw)
{
    uint8_t seed[32];

    fw_p384_derive(fw->identity, "PEK", fw->pek);
    fw_p384_derive(fw->identity, "OCA", fw->oca);
    memcpy(seed, fw->pdh, sizeof(seed));
    fw_p384_derive(seed, "PDH", fw->pdh);
}

/* A new identity owns itself. */
void sev_identity_new(SnpFw *fw)
{
    fw->owned = false;
    fw_random(&fw->drbg, fw->identity, sizeof(fw->identity));
    fw_random(&fw->drbg, fw->pdh, sizeof(fw->pdh));
    sev_identity_keys(fw);
    sev_nv_store(fw);
}

FwStatus fw_sev_pek_gen(SnpFw *fw, FwCmd *cmd)
{
    if (fw->sev_state == SEV_WORKING) {
        return FW_INVALID_PLATFORM_STATE;
    }
    sev_identity_new(fw);
    return FW_SUCCESS;
}

FwStatus fw_sev_pdh_gen(SnpFw *fw, FwCmd *cmd)
{
    fw_random(&fw->drbg, fw->pdh, sizeof(fw->pdh));
    sev_identity_keys(fw);
    return FW_SUCCESS;
}

static void cert_start(SevCert *c, CertUsage usage,
                       const uint8_t key[FW_P384_LEN])
{
    *c = (SevCert) {
        .version = cpu_to_le32(1),
        .api_major = FW_API_MAJOR,
        .api_minor = FW_API_MINOR,
        .pubkey_usage = cpu_to_le32(usage),
        .pubkey_algo = cpu_to_le32(usage == USAGE_PDH ? ALGO_ECDH_SHA256
                                                      : ALGO_ECDSA_SHA256),
        .pubkey.curve = cpu_to_le32(FW_CURVE_P384),
        .sig[0].usage = cpu_to_le32(USAGE_NONE),
        .sig[1].usage = cpu_to_le32(USAGE_NONE),
    };
    fw_p384_public(key, &c->pubkey.q);
}

/* @slot is 0 or 1. */
static void cert_sign(SnpFw *fw, SevCert *c, int slot, CertUsage signer,
                      const uint8_t key[FW_P384_LEN])
{
    SevCertSig *s = &c->sig[slot];
    uint8_t digest[32];

    fw_sha256(c, offsetof(SevCert, sig), digest);
    fw_p384_sign(&fw->drbg, key, digest, sizeof(digest), &s->sig.rs);
    s->usage = cpu_to_le32(signer);
    s->algo = cpu_to_le32(ALGO_ECDSA_SHA256);
}

FwStatus fw_sev_pek_csr(SnpFw *fw, FwCmd *cmd)
{
    SevCmdPekCsr *c = cmd->buf;
    hwaddr spa = fw_spa(c->csr_paddr);
    uint32_t len = le32_to_cpu(c->csr_length);
    FwStatus status;
    SevCert csr;

    c->csr_length = cpu_to_le32(sizeof(csr));
    cmd->dirty = true;
    if (len < sizeof(csr)) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, spa, sizeof(csr));
    if (status == FW_SUCCESS) {
        cert_start(&csr, USAGE_PEK, fw->pek);
        fw_put_out(fw, spa, &csr, sizeof(csr));
    }
    return status;
}

/* @pek is this platform's request, signed by @oca, which signs itself. */
static bool import_ok(SnpFw *fw, const SevCert *pek, const SevCert *oca)
{
    SevCert own;

    cert_start(&own, USAGE_PEK, fw->pek);
    return !memcmp(pek, &own, offsetof(SevCert, sig)) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_OCA, oca) &&
           sev_cert_signed(oca, USAGE_OCA, USAGE_OCA, oca);
}

FwStatus fw_sev_pek_cert_import(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdPekCertImport *c = cmd->buf;
    SevCert pek, oca;
    FwStatus status;

    if (fw->sev_state != SEV_INIT) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (fw->owned) {
        return FW_ALREADY_OWNED;
    }
    if (le32_to_cpu(c->pek_cert_length) != sizeof(pek) ||
        le32_to_cpu(c->oca_cert_length) != sizeof(oca)) {
        return FW_INVALID_LEN;
    }
    status = fw_read_in(fw_spa(c->pek_cert_paddr), &pek, sizeof(pek));
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_spa(c->oca_cert_paddr), &oca, sizeof(oca));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!import_ok(fw, &pek, &oca)) {
        return FW_INVALID_CERTIFICATE;
    }
    fw->pek_cert = pek;
    fw->oca_cert = oca;
    fw->owned = true;
    fw_random(&fw->drbg, fw->pdh, sizeof(fw->pdh));
    sev_identity_keys(fw);
    sev_nv_store(fw);
    return FW_SUCCESS;
}

/* The CEK endorses the PEK beside its owner, whoever that is. */
static void put_pek(SnpFw *fw, SevCert *pek, SevCert *oca)
{
    int own = 0;

    if (fw->owned) {
        *pek = fw->pek_cert;
        *oca = fw->oca_cert;
        own = sev_cert_slot(pek, USAGE_OCA);
    } else {
        cert_start(pek, USAGE_PEK, fw->pek);
        cert_start(oca, USAGE_OCA, fw->oca);
        cert_sign(fw, pek, 0, USAGE_OCA, fw->oca);
        cert_sign(fw, oca, 0, USAGE_OCA, fw->oca);
    }
    cert_sign(fw, pek, !own, USAGE_CEK, fw->keys.cek);
}

/* The PDH's certificate, and those of PEK, OCA and CEK above it. */
static void put_chain(SnpFw *fw, hwaddr pdh_spa, hwaddr chain_spa)
{
    g_autofree SevChain *chain = g_new0(SevChain, 1);
    SevCert pdh;

    cert_start(&pdh, USAGE_PDH, fw->pdh);
    cert_sign(fw, &pdh, 0, USAGE_PEK, fw->pek);
    put_pek(fw, &chain->pek, &chain->oca);
    cert_start(&chain->cek, USAGE_CEK, fw->keys.cek);
    fw_put_out(fw, pdh_spa, &pdh, sizeof(pdh));
    fw_put_out(fw, chain_spa, chain, sizeof(*chain));
}

FwStatus fw_sev_pdh_cert_export(SnpFw *fw, FwCmd *cmd)
{
    SevCmdPdhCertExport *c = cmd->buf;
    hwaddr pdh = fw_spa(c->pdh_cert_paddr), chain = fw_spa(c->certs_paddr);
    uint32_t pdh_len = le32_to_cpu(c->pdh_cert_length);
    uint32_t chain_len = le32_to_cpu(c->certs_length);
    FwStatus status;

    c->pdh_cert_length = cpu_to_le32(sizeof(SevCert));
    c->certs_length = cpu_to_le32(sizeof(SevChain));
    cmd->dirty = true;
    if (pdh_len < sizeof(SevCert) || chain_len < sizeof(SevChain)) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, pdh, sizeof(SevCert));
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, chain, sizeof(SevChain));
    }
    if (status == FW_SUCCESS) {
        put_chain(fw, pdh, chain);
    }
    return status;
}
