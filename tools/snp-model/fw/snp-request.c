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

#define AAD_LEN         (sizeof(SnpMsgHdr) - offsetof(SnpMsgHdr, algo))
#define PAYLOAD_MAX     sizeof_field(SnpMsgPage, payload)
#define ALGO_GCM        1

/* Request type (the reply's is one more), lengths, who answers. */
static const struct {
    uint8_t type;
    uint16_t in_len;        /* 0: any */
    uint16_t out_len;
    SnpMsgHandler *handler;
} messages[] = {
    { 0x01, 0, sizeof(SnpMsgCpuidRsp), snp_msg_cpuid },
    { 0x03, sizeof(SnpMsgKeyReq), sizeof(SnpMsgKeyRsp), snp_msg_key },
    { 0x05, sizeof(SnpMsgReportReq), sizeof(SnpMsgReportRsp),
      snp_msg_report },
    { 0x11, sizeof(SnpMsgTscInfoReq), sizeof(SnpMsgTscInfoRsp),
      snp_msg_tsc_info },
};

static bool header_ok(const SnpMsgHdr *hdr, hwaddr spa)
{
    uint32_t size = le16_to_cpu(hdr->msg_size);

    return !hdr->reserved_28 &&
           !hdr->reserved_38 &&
           fw_is_zero(hdr->reserved_3d, sizeof(hdr->reserved_3d)) && /* U28 */
           hdr->algo == ALGO_GCM && hdr->hdr_version == 1 &&
           le16_to_cpu(hdr->hdr_size) == sizeof(*hdr) &&
           size && !(size % 16) &&
           (spa & ~FW_PAGE_MASK) + sizeof(*hdr) + size <= FW_PAGE_SIZE &&
           hdr->msg_vmpck < SNP_VMPLS;
}

static FwStatus check_pages(SnpFw *fw, hwaddr req, hwaddr resp)
{
    if (resp & ~FW_PAGE_MASK ||
        (req & ~FW_PAGE_MASK) + sizeof(SnpMsgHdr) > FW_PAGE_SIZE) {
        return FW_INVALID_ADDRESS;
    }
    /* stays Firmware: the hypervisor uses it again and again */
    if (snp_rmp_state(resp) != SNP_PAGE_FIRMWARE || fw_is_rmp(fw, resp)) {
        return FW_INVALID_PAGE_STATE;
    }
    return FW_SUCCESS;
}

static FwStatus open_request(SnpContext *ctx, const SnpMsgHdr *hdr,
                             const uint8_t *sealed, uint8_t *plain)
{
    uint8_t vmpck = hdr->msg_vmpck;
    uint64_t seqno = le64_to_cpu(hdr->msg_seqno);
    FwGcm g = { ctx->vmpck[vmpck], seqno, &hdr->algo, AAD_LEN };

    if (!fw_gcm_open(&g, sealed, plain, le16_to_cpu(hdr->msg_size),
                     hdr->authtag)) {
        return FW_BAD_MEASUREMENT;
    }
    if (ctx->seqno[vmpck] >= UINT64_MAX - 1 ||
        seqno != ctx->seqno[vmpck] + 1) {
        return FW_AEAD_OFLOW;
    }
    return FW_SUCCESS;
}

static void seal_reply(SnpContext *ctx, const SnpMsgHdr *req, hwaddr spa,
                       const uint8_t *body, uint16_t len)
{
    g_autofree SnpMsgPage *out = g_new0(SnpMsgPage, 1);
    SnpMsgHdr *hdr = &out->hdr;
    uint8_t vmpck = req->msg_vmpck;
    uint64_t seqno = le64_to_cpu(req->msg_seqno) + 1;
    FwGcm g = { ctx->vmpck[vmpck], seqno, &hdr->algo, AAD_LEN };

    hdr->msg_seqno = cpu_to_le64(seqno);
    hdr->algo = ALGO_GCM;
    hdr->hdr_version = 1;
    hdr->hdr_size = cpu_to_le16(sizeof(*hdr));
    hdr->msg_type = req->msg_type + 1;
    hdr->msg_version = 1;
    hdr->msg_size = cpu_to_le16(len);
    hdr->msg_vmpck = vmpck;
    fw_gcm_seal(&g, body, out->payload, len, hdr->authtag);
    fw_host_write(spa, out, sizeof(*hdr) + len);
    ctx->seqno[vmpck] = seqno;
}

static FwStatus answer(SnpFw *fw, SnpContext *ctx, const SnpMsgHdr *hdr,
                       const uint8_t *in, hwaddr resp)
{
    uint8_t out[PAYLOAD_MAX] = {};
    uint16_t in_len = le16_to_cpu(hdr->msg_size);

    if (hdr->msg_version != 1) {
        return FW_INVALID_PARAM;
    }
    for (int i = 0; i < ARRAY_SIZE(messages); i++) {
        SnpMsg m = { hdr->msg_vmpck, in, in_len, out, messages[i].out_len };
        FwStatus status;

        if (messages[i].type != hdr->msg_type) {
            continue;
        }
        if (messages[i].in_len && messages[i].in_len != in_len) {
            return FW_INVALID_PARAM;
        }
        status = messages[i].handler(fw, ctx, &m);
        if (status != FW_SUCCESS) {
            memset(out, 0, m.out_len);
        }
        stl_le_p(out, status);      /* what every reply begins with */
        seal_reply(ctx, hdr, resp, out, m.out_len);
        return FW_SUCCESS;
    }
    return FW_INVALID_PARAM;
}

FwStatus fw_snp_guest_request(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdGuestRequest *c = cmd->buf;
    hwaddr req = fw_spa(c->request_paddr), resp = fw_spa(c->response_paddr);
    uint8_t sealed[PAYLOAD_MAX], plain[PAYLOAD_MAX];
    SnpMsgHdr hdr;
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status == FW_SUCCESS) {
        status = check_pages(fw, req, resp);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(req, &hdr, sizeof(hdr));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state != SNP_GSTATE_RUNNING) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!header_ok(&hdr, req)) {
        return FW_INVALID_PARAM;
    }
    status = fw_read_in(req + sizeof(hdr), sealed, le16_to_cpu(hdr.msg_size));
    if (status == FW_SUCCESS) {
        status = open_request(ctx, &hdr, sealed, plain);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    return answer(fw, ctx, &hdr, plain, resp);
}
