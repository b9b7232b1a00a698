/*
 * SNP host model: SNP_GUEST_REQUEST, the sealed channel from the guest
 *
 * SEV-SNP Firmware ABI (#56860), "Guest Messages", "SNP_GUEST_REQUEST".
 * Order: guest state, header, authentication, sequence number, type, body.
 * A body that asks for too much is answered inside the sealed reply.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define HDR_LEN         0x60
#define HDR_SEQNO       0x20
#define HDR_RSVD1       0x28
#define HDR_AAD         0x30    /* from here on authenticated */
#define HDR_ALGO        0x30
#define HDR_VERSION     0x31
#define HDR_SIZE        0x32
#define HDR_TYPE        0x34
#define HDR_MSG_VERSION 0x35
#define HDR_MSG_SIZE    0x36
#define HDR_RSVD2       0x38
#define HDR_VMPCK       0x3c
#define HDR_RSVD3       0x3d
#define AAD_LEN         (HDR_LEN - HDR_AAD)
#define PAYLOAD_MAX     (FW_PAGE_SIZE - HDR_LEN)
#define ALGO_GCM        1

/* Request type (the reply's is one more), lengths, who answers. */
static const struct {
    uint8_t type;
    uint16_t in_len;        /* 0: any */
    uint16_t out_len;
    SnpMsgHandler *handler;
} messages[] = {
    { 0x01, 0,    0x10 + SNP_CPUID_TABLE_MAX, snp_msg_cpuid },
    { 0x03, 0x20, 0x40,  snp_msg_key },
    { 0x05, 0x60, 0x4c0, snp_msg_report },
    { 0x11, 0x80, 0x80,  snp_msg_tsc_info },
};

static bool header_ok(const uint8_t *hdr, hwaddr spa)
{
    uint32_t size = lduw_le_p(hdr + HDR_MSG_SIZE);

    return fw_is_zero(hdr + HDR_RSVD1, 8) &&
           fw_is_zero(hdr + HDR_RSVD2, 4) &&
           fw_is_zero(hdr + HDR_RSVD3, HDR_LEN - HDR_RSVD3) &&  /* U28 */
           hdr[HDR_ALGO] == ALGO_GCM && hdr[HDR_VERSION] == 1 &&
           lduw_le_p(hdr + HDR_SIZE) == HDR_LEN && size && !(size % 16) &&
           (spa & ~FW_PAGE_MASK) + HDR_LEN + size <= FW_PAGE_SIZE &&
           hdr[HDR_VMPCK] < SNP_VMPLS;
}

static FwStatus check_pages(SnpFw *fw, hwaddr req, hwaddr resp)
{
    if (resp & ~FW_PAGE_MASK ||
        (req & ~FW_PAGE_MASK) + HDR_LEN > FW_PAGE_SIZE) {
        return FW_INVALID_ADDRESS;
    }
    /* stays Firmware: the hypervisor uses it again and again */
    if (snp_rmp_state(resp) != SNP_PAGE_FIRMWARE || fw_is_rmp(fw, resp)) {
        return FW_INVALID_PAGE_STATE;
    }
    return FW_SUCCESS;
}

static FwStatus open_request(SnpContext *ctx, const uint8_t *hdr,
                             const uint8_t *sealed, uint8_t *plain)
{
    uint8_t vmpck = hdr[HDR_VMPCK];
    uint64_t seqno = ldq_le_p(hdr + HDR_SEQNO);
    FwGcm g = { ctx->vmpck[vmpck], seqno, hdr + HDR_AAD, AAD_LEN };

    if (!fw_gcm_open(&g, sealed, plain, lduw_le_p(hdr + HDR_MSG_SIZE), hdr)) {
        return FW_BAD_MEASUREMENT;
    }
    if (ctx->seqno[vmpck] >= UINT64_MAX - 1 ||
        seqno != ctx->seqno[vmpck] + 1) {
        return FW_AEAD_OFLOW;
    }
    return FW_SUCCESS;
}

static void seal_reply(SnpContext *ctx, const uint8_t *req, hwaddr spa,
                       const uint8_t *body, uint16_t len)
{
    g_autofree uint8_t *out = g_malloc0(HDR_LEN + len);
    uint8_t vmpck = req[HDR_VMPCK];
    uint64_t seqno = ldq_le_p(req + HDR_SEQNO) + 1;
    FwGcm g = { ctx->vmpck[vmpck], seqno, out + HDR_AAD, AAD_LEN };

    stq_le_p(out + HDR_SEQNO, seqno);
    out[HDR_ALGO] = ALGO_GCM;
    out[HDR_VERSION] = 1;
    stw_le_p(out + HDR_SIZE, HDR_LEN);
    out[HDR_TYPE] = req[HDR_TYPE] + 1;
    out[HDR_MSG_VERSION] = 1;
    stw_le_p(out + HDR_MSG_SIZE, len);
    out[HDR_VMPCK] = vmpck;
    fw_gcm_seal(&g, body, out + HDR_LEN, len, out);
    fw_host_write(spa, out, HDR_LEN + len);
    ctx->seqno[vmpck] = seqno;
}

static FwStatus answer(SnpFw *fw, SnpContext *ctx, const uint8_t *hdr,
                       const uint8_t *in, hwaddr resp)
{
    uint8_t out[PAYLOAD_MAX] = {};
    uint16_t in_len = lduw_le_p(hdr + HDR_MSG_SIZE);

    if (hdr[HDR_MSG_VERSION] != 1) {
        return FW_INVALID_PARAM;
    }
    for (int i = 0; i < ARRAY_SIZE(messages); i++) {
        SnpMsg m = { hdr[HDR_VMPCK], in, in_len, out, messages[i].out_len };
        FwStatus status;

        if (messages[i].type != hdr[HDR_TYPE]) {
            continue;
        }
        if (messages[i].in_len && messages[i].in_len != in_len) {
            return FW_INVALID_PARAM;
        }
        status = messages[i].handler(fw, ctx, &m);
        if (status != FW_SUCCESS) {
            memset(out, 0, m.out_len);
        }
        stl_le_p(out, status);
        seal_reply(ctx, hdr, resp, out, m.out_len);
        return FW_SUCCESS;
    }
    return FW_INVALID_PARAM;
}

FwStatus fw_snp_guest_request(SnpFw *fw, FwCmd *cmd)
{
    hwaddr req = fw_addr(cmd->buf + 8), resp = fw_addr(cmd->buf + 0x10);
    uint8_t hdr[HDR_LEN], sealed[PAYLOAD_MAX], plain[PAYLOAD_MAX];
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, fw_addr(cmd->buf), &ctx);
    if (status == FW_SUCCESS) {
        status = check_pages(fw, req, resp);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(req, hdr, HDR_LEN);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state != SNP_GSTATE_RUNNING) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!header_ok(hdr, req)) {
        return FW_INVALID_PARAM;
    }
    status = fw_read_in(req + HDR_LEN, sealed, lduw_le_p(hdr + HDR_MSG_SIZE));
    if (status == FW_SUCCESS) {
        status = open_request(ctx, hdr, sealed, plain);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    return answer(fw, ctx, hdr, plain, resp);
}
