/*
 * SNP host model: SEND_START, _UPDATE_DATA, _UPDATE_VMSA, _FINISH, _CANCEL
 *
 * SEV API (#55766), chapter "Guest Sending API".  The receiver's certificates
 * are always checked as far as the model can: up to its CEK.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-cert.h"
#include "sev-session.h"

/* What the policy asks of whom the guest is sent to. */
static FwStatus check_peer(const SnpFw *fw, const SevGuest *g,
                           const SevCert *pdh, const SevChain *chain)
{
    FwEccPair own, oca;
    uint32_t api = pdh->api_major << 8 | pdh->api_minor;

    if (!sev_chain_ok(pdh, chain)) {
        return FW_INVALID_CERTIFICATE;
    }
    if (g->policy & SEV_POLICY_SEV) {
        return FW_INVALID_CERTIFICATE;  /* AMD endorses no CEK of a model */
    }
    if (api < (SEV_POLICY_API_MAJOR(g->policy) << 8 |
               SEV_POLICY_API_MINOR(g->policy))) {
        return FW_POLICY_FAILURE;
    }
    if (!(g->policy & SEV_POLICY_DOMAIN)) {
        return FW_SUCCESS;
    }
    sev_cert_key(&chain->oca, USAGE_OCA, &oca);
    if (fw->owned) {
        sev_cert_key(&fw->oca_cert, USAGE_OCA, &own);
    } else {
        fw_p384_public(fw->oca, &own);
    }
    return memcmp(&own, &oca, sizeof(own)) ? FW_POLICY_FAILURE : FW_SUCCESS;
}

static FwStatus read_peer(const SnpFw *fw, const SevGuest *g,
                          const SevCmdSendStart *c, FwEccPair *peer)
{
    g_autofree SevChain *chain = g_new(SevChain, 1);
    FwStatus status;
    SevCert pdh;

    if (le32_to_cpu(c->pdh_cert_length) != sizeof(pdh) ||
        le32_to_cpu(c->plat_certs_length) != sizeof(*chain)) {
        return FW_INVALID_LEN;
    }
    status = fw_read_in(fw_spa(c->pdh_cert_paddr), &pdh, sizeof(pdh));
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_spa(c->plat_certs_paddr), chain,
                            sizeof(*chain));
    }
    if (status == FW_SUCCESS) {
        status = check_peer(fw, g, &pdh, chain);
    }
    if (status == FW_SUCCESS) {
        sev_cert_key(&pdh, USAGE_PDH, peer);
    }
    return status;
}

FwStatus fw_sev_send_start(SnpFw *fw, FwCmd *cmd)
{
    SevCmdSendStart *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    uint32_t len = le32_to_cpu(c->session_length);
    hwaddr spa = fw_spa(c->session_paddr);
    SevSession session;
    FwStatus status;
    FwEccPair peer;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    c->session_length = cpu_to_le32(sizeof(session));
    cmd->dirty = true;
    if (len < sizeof(session)) {
        return FW_INVALID_LEN;
    }
    if (g->state != SEV_GSTATE_RUNNING) {
        return FW_INVALID_GUEST_STATE;
    }
    if (g->policy & SEV_POLICY_NOSEND) {
        return FW_POLICY_FAILURE;
    }
    status = read_peer(fw, g, c, &peer);
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, spa, sizeof(session));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    sev_session_new(fw, g, &peer, &session);
    fw_put_out(fw, spa, &session, sizeof(session));
    c->policy = cpu_to_le32(g->policy);
    g->state = SEV_GSTATE_SUPDATE;
    return FW_SUCCESS;
}

/* Both lengths, whatever they are worth, are told. */
static bool tell_lengths(SevCmdPacket *c)
{
    uint32_t guest_len = le32_to_cpu(c->guest_length);
    bool enough = le32_to_cpu(c->hdr_length) >= sizeof(SevPacketHdr) &&
                  le32_to_cpu(c->trans_length) >= guest_len;

    c->hdr_length = cpu_to_le32(sizeof(SevPacketHdr));
    c->trans_length = cpu_to_le32(guest_len);
    return enough;
}

static FwStatus put_packet(SnpFw *fw, const SevGuest *g, const SevPacket *p,
                           SevPacketKind kind)
{
    uint8_t data[SEV_PACKET_MAX];
    SevPacketHdr hdr;
    FwStatus status = fw_check_out(fw, p->hdr, sizeof(hdr));

    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, p->trans, p->trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(p->guest, data, p->guest_len);
    }
    if (status == FW_SUCCESS) {
        sev_packet_seal(fw, g, kind, &hdr, data, p->guest_len);
        fw_put_out(fw, p->hdr, &hdr, sizeof(hdr));
        fw_put_out(fw, p->trans, data, p->guest_len);
    }
    return status;
}

static FwStatus send_update(SnpFw *fw, FwCmd *cmd, SevPacketKind kind)
{
    SevCmdPacket *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    FwStatus status;
    SevPacket p;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    cmd->dirty = true;
    if (!tell_lengths(c)) {
        return FW_INVALID_LEN;
    }
    status = sev_packet_parse(c, g, SEV_GSTATE_SUPDATE, kind, &p);
    return status == FW_SUCCESS ? put_packet(fw, g, &p, kind) : status;
}

FwStatus fw_sev_send_update_data(SnpFw *fw, FwCmd *cmd)
{
    return send_update(fw, cmd, SEV_PACKET_DATA);
}

FwStatus fw_sev_send_update_vmsa(SnpFw *fw, FwCmd *cmd)
{
    return send_update(fw, cmd, SEV_PACKET_VMSA);
}

FwStatus fw_sev_send_finish(SnpFw *fw, FwCmd *cmd)
{
    return sev_session_close(fw, cmd, SEV_GSTATE_SUPDATE, SEV_GSTATE_SENT);
}

FwStatus fw_sev_send_cancel(SnpFw *fw, FwCmd *cmd)
{
    return sev_session_close(fw, cmd, SEV_GSTATE_SUPDATE, SEV_GSTATE_RUNNING);
}
