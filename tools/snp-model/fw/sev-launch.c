/*
 * SNP host model: LAUNCH_START, _UPDATE_DATA, _UPDATE_VMSA, _MEASURE,
 * _SECRET, _FINISH
 *
 * SEV API (#55766), chapter "Guest Launch API".  Memory of SEV and SEV-ES
 * guests is not scrambled: encryption in place leaves it as it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "sev-session.h"

#define NONCE_LEN       16
#define MEASURE_LEN     (32 + NONCE_LEN)

#define CTX_MEASURE     0x04

FwStatus fw_sev_launch_start(SnpFw *fw, FwCmd *cmd)
{
    return sev_guest_new(fw, cmd, SEV_GSTATE_LUPDATE);
}

static FwStatus check_region(hwaddr spa, uint64_t len)
{
    if (spa & 15) {
        return FW_INVALID_ADDRESS;
    }
    return len & 15 || !len ? FW_INVALID_LEN : FW_SUCCESS;
}

/* On success the region is still the firmware's: fw_release_out(). */
static FwStatus measure_region(SnpFw *fw, SevGuest *g, hwaddr spa,
                               uint64_t len)
{
    uint8_t page[FW_PAGE_SIZE];
    FwStatus status;

    if (!g->asid) {
        return FW_INACTIVE;
    }
    if (g->state != SEV_GSTATE_LUPDATE) {
        return FW_INVALID_GUEST_STATE;
    }
    status = fw_check_out(fw, spa, len);
    if (status != FW_SUCCESS) {
        return status;
    }
    for (uint64_t done = 0; done < len; done += sizeof(page)) {
        size_t n = MIN(sizeof(page), len - done);

        fw_host_read(spa + done, page, n);
        sha256_update(&g->running, n, page);
    }
    return FW_SUCCESS;
}

FwStatus fw_sev_launch_update_data(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    hwaddr spa = fw_addr(cmd->buf + 8);
    uint32_t len = ldl_le_p(cmd->buf + 0x10);
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    status = check_region(spa, len);
    if (status == FW_SUCCESS) {
        status = measure_region(fw, g, spa, len);
    }
    if (status == FW_SUCCESS) {
        fw_release_out(fw, spa, len);
    }
    return status;
}

FwStatus fw_sev_launch_update_vmsa(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    hwaddr spa = fw_addr(cmd->buf + 8);
    uint32_t len = ldl_le_p(cmd->buf + 0x10);
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (spa & 15) {
        return FW_INVALID_ADDRESS;
    }
    status = sev_check_vmsa(g, len);
    if (status == FW_SUCCESS) {
        status = measure_region(fw, g, spa, len);
    }
    if (status == FW_SUCCESS) {
        /* VMRUN wants to see that nobody has changed it since. */
        fw_host_seal_vmsa(spa);
        fw_release_out(fw, spa, len);
    }
    return status;
}

static void compute_measure(const SnpFw *fw, SevGuest *g,
                            const uint8_t nonce[NONCE_LEN])
{
    struct sha256_ctx final = g->running;
    uint8_t in[8 + 32 + NONCE_LEN];

    sha256_digest(&final, sizeof(g->digest), g->digest);
    in[0] = CTX_MEASURE;
    in[1] = FW_API_MAJOR;
    in[2] = FW_API_MINOR;
    in[3] = fw->build;
    stl_le_p(in + 4, g->policy);
    memcpy(in + 8, g->digest, sizeof(g->digest));
    memcpy(in + 40, nonce, NONCE_LEN);
    fw_hmac_sha256(g->tik, sizeof(g->tik), in, sizeof(in), g->measure);
}

FwStatus fw_sev_launch_measure(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    hwaddr spa = fw_addr(cmd->buf + 8);
    uint32_t len = ldl_le_p(cmd->buf + 0x10);
    uint8_t out[MEASURE_LEN];
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != SEV_GSTATE_LUPDATE) {
        return FW_INVALID_GUEST_STATE;
    }
    stl_le_p(cmd->buf + 0x10, MEASURE_LEN);
    cmd->dirty = true;
    if (len < MEASURE_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, spa, MEASURE_LEN);
    if (status != FW_SUCCESS) {
        return status;
    }
    fw_random(&fw->drbg, out + 32, NONCE_LEN);
    compute_measure(fw, g, out + 32);
    memcpy(out, g->measure, 32);
    fw_put_out(fw, spa, out, MEASURE_LEN);
    g->state = SEV_GSTATE_LSECRET;
    return FW_SUCCESS;
}

FwStatus fw_sev_launch_secret(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    uint8_t hdr[SEV_PACKET_HDR_LEN], trans[SEV_PACKET_MAX];
    FwStatus status;
    SevPacket p;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    status = sev_packet_parse(cmd, g, SEV_GSTATE_LSECRET, SEV_PACKET_SECRET,
                              &p);
    if (status == FW_SUCCESS) {
        status = fw_read_in(p.hdr, hdr, p.hdr_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(p.trans, trans, p.trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, p.guest, p.guest_len);
    }
    if (status == FW_SUCCESS) {
        status = sev_packet_open(g, SEV_PACKET_SECRET, hdr, trans,
                                 p.trans_len);
    }
    if (status == FW_SUCCESS) {
        fw_put_out(fw, p.guest, trans, p.guest_len);
    }
    return status;
}

FwStatus fw_sev_launch_finish(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != SEV_GSTATE_LSECRET) {
        return FW_INVALID_GUEST_STATE;
    }
    sev_guest_enter(g, SEV_GSTATE_RUNNING);
    return FW_SUCCESS;
}
