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

#define CHAIN_LEN       (3 * SEV_CERT_LEN)
#define SESSION_LEN     0x40        /* where they are in the command */
#define HDR_LEN         0x10
#define GUEST_LEN       0x20
#define TRANS_LEN       0x30

/* What the policy asks of whom the guest is sent to. */
static FwStatus check_peer(const SnpFw *fw, const SevGuest *g,
                           const uint8_t *pdh, const uint8_t *chain)
{
    FwEccPair own, oca;
    uint32_t api = pdh[CERT_API_MAJOR] << 8 | pdh[CERT_API_MINOR];

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
    sev_cert_key(chain + SEV_CERT_LEN, USAGE_OCA, &oca);
    if (fw->owned) {
        sev_cert_key(fw->oca_cert, USAGE_OCA, &own);
    } else {
        fw_p384_public(fw->oca, &own);
    }
    return memcmp(&own, &oca, sizeof(own)) ? FW_POLICY_FAILURE : FW_SUCCESS;
}

static FwStatus read_peer(const SnpFw *fw, const SevGuest *g,
                          const FwCmd *cmd, FwEccPair *peer)
{
    g_autofree uint8_t *certs = g_malloc(SEV_CERT_LEN + CHAIN_LEN);
    FwStatus status;

    if (ldl_le_p(cmd->buf + 0x10) != SEV_CERT_LEN ||
        ldl_le_p(cmd->buf + 0x20) != CHAIN_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_read_in(fw_addr(cmd->buf + 8), certs, SEV_CERT_LEN);
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_addr(cmd->buf + 0x18), certs + SEV_CERT_LEN,
                            CHAIN_LEN);
    }
    if (status == FW_SUCCESS) {
        status = check_peer(fw, g, certs, certs + SEV_CERT_LEN);
    }
    if (status == FW_SUCCESS) {
        sev_cert_key(certs, USAGE_PDH, peer);
    }
    return status;
}

FwStatus fw_sev_send_start(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    uint32_t len = ldl_le_p(cmd->buf + SESSION_LEN);
    hwaddr spa = fw_addr(cmd->buf + 0x38);
    SevSession session;
    FwStatus status;
    FwEccPair peer;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    stl_le_p(cmd->buf + SESSION_LEN, sizeof(session));
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
    status = read_peer(fw, g, cmd, &peer);
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, spa, sizeof(session));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    sev_session_new(fw, g, &peer, &session);
    fw_put_out(fw, spa, &session, sizeof(session));
    stl_le_p(cmd->buf + 4, g->policy);
    g->state = SEV_GSTATE_SUPDATE;
    return FW_SUCCESS;
}

/* Both lengths, whatever they are worth, are told. */
static bool tell_lengths(FwCmd *cmd)
{
    uint32_t guest_len = ldl_le_p(cmd->buf + GUEST_LEN);
    bool enough = ldl_le_p(cmd->buf + HDR_LEN) >= SEV_PACKET_HDR_LEN &&
                  ldl_le_p(cmd->buf + TRANS_LEN) >= guest_len;

    stl_le_p(cmd->buf + HDR_LEN, SEV_PACKET_HDR_LEN);
    stl_le_p(cmd->buf + TRANS_LEN, guest_len);
    cmd->dirty = true;
    return enough;
}

static FwStatus put_packet(SnpFw *fw, const SevGuest *g, const SevPacket *p,
                           SevPacketKind kind)
{
    uint8_t hdr[SEV_PACKET_HDR_LEN], data[SEV_PACKET_MAX];
    FwStatus status = fw_check_out(fw, p->hdr, sizeof(hdr));

    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, p->trans, p->trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(p->guest, data, p->guest_len);
    }
    if (status == FW_SUCCESS) {
        sev_packet_seal(fw, g, kind, hdr, data, p->guest_len);
        fw_put_out(fw, p->hdr, hdr, sizeof(hdr));
        fw_put_out(fw, p->trans, data, p->guest_len);
    }
    return status;
}

static FwStatus send_update(SnpFw *fw, FwCmd *cmd, SevPacketKind kind)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    FwStatus status;
    SevPacket p;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (!tell_lengths(cmd)) {
        return FW_INVALID_LEN;
    }
    status = sev_packet_parse(cmd, g, SEV_GSTATE_SUPDATE, kind, &p);
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
