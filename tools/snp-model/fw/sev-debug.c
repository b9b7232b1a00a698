/*
 * SNP host model: DBG_DECRYPT, DBG_ENCRYPT and ATTESTATION_REPORT
 *
 * SEV API (#55766), "Guest Debug API" and "ATTESTATION_REPORT".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "sev.h"

/*
 * One handler for both directions.  Memory of SEV and SEV-ES guests is kept
 * as the guest sees it, so "ciphertext" is the identity at every address:
 * the one cipher under which guest loads and stores, LAUNCH_UPDATE and these
 * commands agree.
 */
FwStatus fw_sev_debug(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    hwaddr src = fw_addr(cmd->buf + 8), dst = fw_addr(cmd->buf + 0x10);
    uint32_t len = ldl_le_p(cmd->buf + 0x18);
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

#define REPORT_LEN          0xd0
#define REPORT_SIGNED       0x34    /* nonce, digest, policy */
#define USAGE_PEK           0x1002
#define ALGO_ECDSA_SHA256   0x0002

static void build_report(SnpFw *fw, const SevGuest *g, const uint8_t *nonce,
                         uint8_t r[REPORT_LEN])
{
    uint8_t digest[32];
    FwEccPair sig;

    memset(r, 0, REPORT_LEN);
    memcpy(r, nonce, 16);
    memcpy(r + 0x10, g->digest, sizeof(g->digest));
    stl_le_p(r + 0x30, g->policy);
    stl_le_p(r + 0x34, USAGE_PEK);
    stl_le_p(r + 0x38, ALGO_ECDSA_SHA256);
    fw_sha256(r, REPORT_SIGNED, digest);
    fw_p384_sign(&fw->drbg, fw->pek, digest, sizeof(digest), &sig);
    memcpy(r + 0x40, &sig, sizeof(sig));
}

FwStatus fw_sev_attestation_report(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    hwaddr spa = fw_addr(cmd->buf + 8);
    uint32_t len = ldl_le_p(cmd->buf + 0x20);
    uint8_t report[REPORT_LEN];
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    stl_le_p(cmd->buf + 0x20, REPORT_LEN);
    cmd->dirty = true;
    if (len < REPORT_LEN) {
        return FW_INVALID_LEN;
    }
    if (g->state != SEV_GSTATE_LSECRET && g->state != SEV_GSTATE_RUNNING) {
        return FW_INVALID_GUEST_STATE;
    }
    status = fw_check_out(fw, spa, REPORT_LEN);
    if (status == FW_SUCCESS) {
        build_report(fw, g, cmd->buf + 0x10, report);
        fw_put_out(fw, spa, report, REPORT_LEN);
    }
    return status;
}
