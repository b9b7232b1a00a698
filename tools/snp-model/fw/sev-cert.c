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

static void cert_start(uint8_t *c, CertUsage usage,
                       const uint8_t key[FW_P384_LEN])
{
    FwEccPair pub;

    memset(c, 0, SEV_CERT_LEN);
    stl_le_p(c, 1);                     /* version */
    c[4] = FW_API_MAJOR;
    c[5] = FW_API_MINOR;
    stl_le_p(c + CERT_USAGE, usage);
    stl_le_p(c + CERT_ALGO,
             usage == USAGE_PDH ? ALGO_ECDH_SHA256 : ALGO_ECDSA_SHA256);
    fw_p384_public(key, &pub);
    stl_le_p(c + CERT_KEY, CURVE_P384);
    memcpy(c + CERT_KEY + 4, &pub, sizeof(pub));
    stl_le_p(c + CERT_SIGS, USAGE_NONE);
    stl_le_p(c + CERT_SIGS + CERT_SIG_LEN, USAGE_NONE);
}

/* @slot is 0 or 1. */
static void cert_sign(SnpFw *fw, uint8_t *c, int slot, CertUsage signer,
                      const uint8_t key[FW_P384_LEN])
{
    uint8_t *s = c + CERT_SIGS + slot * CERT_SIG_LEN;
    uint8_t digest[32];
    FwEccPair sig;

    fw_sha256(c, CERT_SIGNED, digest);
    fw_p384_sign(&fw->drbg, key, digest, sizeof(digest), &sig);
    stl_le_p(s, signer);
    stl_le_p(s + 4, ALGO_ECDSA_SHA256);
    memcpy(s + 8, &sig, sizeof(sig));
}

FwStatus fw_sev_pek_csr(SnpFw *fw, FwCmd *cmd)
{
    hwaddr spa = fw_addr(cmd->buf);
    uint32_t len = ldl_le_p(cmd->buf + 8);
    uint8_t csr[SEV_CERT_LEN];
    FwStatus status;

    stl_le_p(cmd->buf + 8, SEV_CERT_LEN);
    cmd->dirty = true;
    if (len < SEV_CERT_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, spa, SEV_CERT_LEN);
    if (status == FW_SUCCESS) {
        cert_start(csr, USAGE_PEK, fw->pek);
        fw_put_out(fw, spa, csr, SEV_CERT_LEN);
    }
    return status;
}

/* @pek is this platform's request, signed by @oca, which signs itself. */
static bool import_ok(SnpFw *fw, const uint8_t *pek, const uint8_t *oca)
{
    uint8_t own[SEV_CERT_LEN];

    cert_start(own, USAGE_PEK, fw->pek);
    return !memcmp(pek, own, CERT_SIGNED) &&
           sev_cert_signed(pek, USAGE_PEK, USAGE_OCA, oca) &&
           sev_cert_signed(oca, USAGE_OCA, USAGE_OCA, oca);
}

FwStatus fw_sev_pek_cert_import(SnpFw *fw, FwCmd *cmd)
{
    uint8_t pek[SEV_CERT_LEN], oca[SEV_CERT_LEN];
    FwStatus status;

    if (fw->sev_state != SEV_INIT) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (fw->owned) {
        return FW_ALREADY_OWNED;
    }
    if (ldl_le_p(cmd->buf + 8) != SEV_CERT_LEN ||
        ldl_le_p(cmd->buf + 0x18) != SEV_CERT_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_read_in(fw_addr(cmd->buf), pek, sizeof(pek));
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_addr(cmd->buf + 0x10), oca, sizeof(oca));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!import_ok(fw, pek, oca)) {
        return FW_INVALID_CERTIFICATE;
    }
    memcpy(fw->pek_cert, pek, sizeof(pek));
    memcpy(fw->oca_cert, oca, sizeof(oca));
    fw->owned = true;
    fw_random(&fw->drbg, fw->pdh, sizeof(fw->pdh));
    sev_identity_keys(fw);
    sev_nv_store(fw);
    return FW_SUCCESS;
}

/* The CEK endorses the PEK beside its owner, whoever that is. */
static void put_pek(SnpFw *fw, uint8_t *pek, uint8_t *oca)
{
    int own = 0;

    if (fw->owned) {
        memcpy(pek, fw->pek_cert, SEV_CERT_LEN);
        memcpy(oca, fw->oca_cert, SEV_CERT_LEN);
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
    g_autofree uint8_t *chain = g_malloc0(3 * SEV_CERT_LEN);
    uint8_t *pek = chain, *oca = pek + SEV_CERT_LEN,
            *cek = oca + SEV_CERT_LEN;
    uint8_t pdh[SEV_CERT_LEN];

    cert_start(pdh, USAGE_PDH, fw->pdh);
    cert_sign(fw, pdh, 0, USAGE_PEK, fw->pek);
    put_pek(fw, pek, oca);
    cert_start(cek, USAGE_CEK, fw->keys.cek);
    fw_put_out(fw, pdh_spa, pdh, sizeof(pdh));
    fw_put_out(fw, chain_spa, chain, 3 * SEV_CERT_LEN);
}

FwStatus fw_sev_pdh_cert_export(SnpFw *fw, FwCmd *cmd)
{
    hwaddr pdh = fw_addr(cmd->buf), chain = fw_addr(cmd->buf + 0x10);
    uint32_t pdh_len = ldl_le_p(cmd->buf + 8);
    uint32_t chain_len = ldl_le_p(cmd->buf + 0x18);
    FwStatus status;

    stl_le_p(cmd->buf + 8, SEV_CERT_LEN);
    stl_le_p(cmd->buf + 0x18, 3 * SEV_CERT_LEN);
    cmd->dirty = true;
    if (pdh_len < SEV_CERT_LEN || chain_len < 3 * SEV_CERT_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, pdh, SEV_CERT_LEN);
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, chain, 3 * SEV_CERT_LEN);
    }
    if (status == FW_SUCCESS) {
        put_chain(fw, pdh, chain);
    }
    return status;
}
