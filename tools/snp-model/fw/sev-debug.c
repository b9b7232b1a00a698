/*
 * SNP host model: DBG_DECRYPT, DBG_ENCRYPT and ATTESTATION_REPORT
 *
 * SEV API (#55766), "Guest Debug API" and "ATTESTATION_REPORT".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-cert.h"

/*
 * One handler for both directions.  Memory of SEV and SEV-ES guests is kept
 * as the guest sees it, so "ciphertext" is the identity at every address:
 * the one cipher under which guest loads and stores, LAUNCH_UPDATE and these
 * commands agree.
 */
FwStatus fw_sev_debug(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdDbg *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    hwaddr src = fw_spa(c->src_paddr), dst = fw_spa(c->dst_paddr);
    uint32_t len = le32_to_cpu(c->length);
    uint8_t page[FW_PAGE_SIZE];
    FwStatus status;

    if ((src | dst) & 15) {
        return FW_INVALID_ADDRESS;
    }
    if (len & 15 || !len) {
        return FW_INVALID_LEN;
    }
    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->policy & SEV_POLICY_NODBG) {
        return FW_POLICY_FAILURE;
    }
    if (!g->asid) {
        return FW_INACTIVE;
    }
    if (!fw_host_is_ram(src, len)) {
        return FW_INVALID_ADDRESS;
    }
    status = fw_check_out(fw, dst, len);
    if (status != FW_SUCCESS) {
        return status;
    }
    for (uint32_t done = 0; done < len; done += sizeof(page)) {
        uint32_t n = MIN(sizeof(page), len - done);

        fw_host_read(src + done, page, n);
        fw_host_write(dst + done, page, n);
    }
    fw_release_out(fw, dst, len);
    return FW_SUCCESS;
}

/* The signature covers what is above its usage. */
typedef struct QEMU_PACKED Report {
    uint8_t mnonce[16];
    uint8_t launch_digest[32];
    uint32_t policy;
    uint32_t sig_usage;
    uint32_t sig_algo;
    uint32_t reserved_3c;
    FwEccPair sig1;
} Report;
QEMU_BUILD_BUG_ON(offsetof(Report, sig_usage) != 0x34);
QEMU_BUILD_BUG_ON(sizeof(Report) != 0xd0);

static void build_report(SnpFw *fw, const SevGuest *g,
                         const uint8_t mnonce[16], Report *r)
{
    uint8_t digest[32];

    *r = (Report) {
        .policy = cpu_to_le32(g->policy),
        .sig_usage = cpu_to_le32(USAGE_PEK),
        .sig_algo = cpu_to_le32(ALGO_ECDSA_SHA256),
    };
    memcpy(r->mnonce, mnonce, sizeof(r->mnonce));
    memcpy(r->launch_digest, g->digest, sizeof(r->launch_digest));
    fw_sha256(r, offsetof(Report, sig_usage), digest);
    fw_p384_sign(&fw->drbg, fw->pek, digest, sizeof(digest), &r->sig1);
}

FwStatus fw_sev_attestation_report(SnpFw *fw, FwCmd *cmd)
{
    SevCmdAttestationReport *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    hwaddr spa = fw_spa(c->paddr);
    uint32_t len = le32_to_cpu(c->length);
    FwStatus status;
    Report report;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    c->length = cpu_to_le32(sizeof(report));
    cmd->dirty = true;
    if (len < sizeof(report)) {
        return FW_INVALID_LEN;
    }
    if (g->state != SEV_GSTATE_LSECRET && g->state != SEV_GSTATE_RUNNING) {
        return FW_INVALID_GUEST_STATE;
    }
    status = fw_check_out(fw, spa, sizeof(report));
    if (status == FW_SUCCESS) {
        build_report(fw, g, c->mnonce, &report);
        fw_put_out(fw, spa, &report, sizeof(report));
    }
    return status;
}
