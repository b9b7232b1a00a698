/*
 * SNP host model: transport keys and what they protect
 *
 * SEV API (#55766), "Session Data Buffer", "Key Derivation" and the packet
 * headers of LAUNCH_SECRET, SEND_UPDATE_* and RECEIVE_UPDATE_*.  Who sends
 * makes both keys up and wraps them with keys that follow from an ECDH
 * exchange of the two platforms' PDHs, or of a guest owner's key and a PDH.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-cert.h"
#include "sev-session.h"

typedef struct WrapKeys {
    uint8_t kek[16];
    uint8_t kik[16];
} WrapKeys;

/* False if @peer is no public key. */
static bool agree(const SnpFw *fw, const FwEccPair *peer,
                  const uint8_t nonce[16], WrapKeys *k)
{
    uint8_t z[FW_P384_LEN], master[16];

    if (!fw_p384_ecdh(fw->pdh, peer, z)) {
        return false;
    }
    fw_kdf(z, sizeof(z), "sev-master-secret", nonce, 16, master);
    fw_kdf(master, sizeof(master), "sev-kek", NULL, 0, k->kek);
    fw_kdf(master, sizeof(master), "sev-kik", NULL, 0, k->kik);
    return true;
}

static void policy_mac(const SevGuest *g, uint8_t mac[32])
{
    uint8_t policy[4];

    stl_le_p(policy, g->policy);
    fw_hmac_sha256(g->tik, sizeof(g->tik), policy, sizeof(policy), mac);
}

/* Of the guest only its policy is known yet. */
static FwStatus unwrap(const SnpFw *fw, SevGuest *g, const FwEccPair *peer,
                       const SevSession *s)
{
    uint8_t keys[32], mac[32];
    WrapKeys k;

    if (!agree(fw, peer, s->nonce, &k)) {
        return FW_INVALID_CERTIFICATE;
    }
    fw_hmac_sha256(k.kik, sizeof(k.kik), s->wrap_tk, sizeof(s->wrap_tk), mac);
    if (memcmp(mac, s->wrap_mac, sizeof(mac))) {
        return FW_BAD_MEASUREMENT;
    }
    fw_aes128_ctr(k.kek, s->wrap_iv, s->wrap_tk, keys, sizeof(keys));
    memcpy(g->tek, keys, sizeof(g->tek));
    memcpy(g->tik, keys + sizeof(g->tek), sizeof(g->tik));
    policy_mac(g, mac);
    return memcmp(mac, s->policy_mac, sizeof(mac)) ? FW_BAD_MEASUREMENT
                                                   : FW_SUCCESS;
}

FwStatus sev_session_open(SnpFw *fw, SevGuest *g, const SevCmdStart *c)
{
    SevCert cert;
    FwStatus status;
    FwEccPair peer;
    SevSession s;

    if (le32_to_cpu(c->dh_cert_length) != sizeof(cert) ||
        le32_to_cpu(c->session_length) != sizeof(s)) {
        return FW_INVALID_LEN;
    }
    status = fw_read_in(fw_spa(c->dh_cert_paddr), &cert, sizeof(cert));
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_spa(c->session_paddr), &s, sizeof(s));
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!sev_cert_key(&cert, USAGE_PDH, &peer)) {
        return FW_INVALID_CERTIFICATE;
    }
    return unwrap(fw, g, &peer, &s);
}

void sev_session_new(SnpFw *fw, SevGuest *g, const FwEccPair *peer,
                     SevSession *s)
{
    uint8_t keys[32];
    WrapKeys k;

    fw_random(&fw->drbg, keys, sizeof(keys));
    memcpy(g->tek, keys, sizeof(g->tek));
    memcpy(g->tik, keys + sizeof(g->tek), sizeof(g->tik));
    fw_random(&fw->drbg, s->nonce, sizeof(s->nonce));
    fw_random(&fw->drbg, s->wrap_iv, sizeof(s->wrap_iv));
    agree(fw, peer, s->nonce, &k);
    fw_aes128_ctr(k.kek, s->wrap_iv, keys, s->wrap_tk, sizeof(keys));
    fw_hmac_sha256(k.kik, sizeof(k.kik), s->wrap_tk, sizeof(s->wrap_tk),
                   s->wrap_mac);
    policy_mac(g, s->policy_mac);
}

static FwStatus operands(const SevCmdPacket *c, SevPacket *p)
{
    p->hdr = fw_spa(c->hdr_paddr);
    p->hdr_len = le32_to_cpu(c->hdr_length);
    p->guest = fw_spa(c->guest_paddr);
    p->guest_len = le32_to_cpu(c->guest_length);
    p->trans = fw_spa(c->trans_paddr);
    p->trans_len = le32_to_cpu(c->trans_length);
    if (p->hdr_len != sizeof(SevPacketHdr) || p->guest_len > SEV_PACKET_MAX ||
        p->trans_len != p->guest_len) {
        return FW_INVALID_LEN;
    }
    if (p->guest & 15) {
        return FW_INVALID_ADDRESS;
    }
    return p->guest_len & 15 || !p->guest_len ? FW_INVALID_LEN : FW_SUCCESS;
}

FwStatus sev_packet_parse(const SevCmdPacket *c, const SevGuest *g,
                          SevGuestState state, SevPacketKind kind,
                          SevPacket *p)
{
    FwStatus status;

    if (g->state != state) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!g->asid) {
        return FW_INACTIVE;
    }
    status = operands(c, p);
    if (status == FW_SUCCESS && kind == SEV_PACKET_VMSA) {
        status = sev_check_vmsa(g, p->guest_len);
    }
    return status;
}

FwStatus sev_session_close(SnpFw *fw, const FwCmd *cmd, SevGuestState from,
                           SevGuestState to)
{
    const SevCmdHandle *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != from) {
        return FW_INVALID_GUEST_STATE;
    }
    memset(g->tek, 0, sizeof(g->tek));
    memset(g->tik, 0, sizeof(g->tik));
    sev_guest_enter(g, to);
    return FW_SUCCESS;
}

/* What a packet's MAC covers, before data and a secret's measurement */
typedef struct QEMU_PACKED MacStart {
    uint8_t kind;
    uint32_t flags;
    uint8_t iv[16];
    uint32_t guest_length;
    uint32_t trans_length;
} MacStart;
QEMU_BUILD_BUG_ON(sizeof(MacStart) != 0x1d);

static void packet_mac(const SevGuest *g, SevPacketKind kind,
                       const SevPacketHdr *hdr, const uint8_t *data,
                       uint32_t len, uint8_t mac[32])
{
    MacStart start = {
        .kind = kind,
        .flags = hdr->flags,
        .guest_length = cpu_to_le32(len),
        .trans_length = cpu_to_le32(len),
    };
    size_t extra = kind == SEV_PACKET_SECRET ? sizeof(g->measure) : 0;
    size_t total = sizeof(start) + len + extra;
    g_autofree uint8_t *in = g_malloc(total);

    memcpy(start.iv, hdr->iv, sizeof(start.iv));
    memcpy(in, &start, sizeof(start));
    memcpy(in + sizeof(start), data, len);
    memcpy(in + sizeof(start) + len, g->measure, extra);
    fw_hmac_sha256(g->tik, sizeof(g->tik), in, total, mac);
}

FwStatus sev_packet_open(const SevGuest *g, SevPacketKind kind,
                         const SevPacketHdr *hdr, uint8_t *data, uint32_t len)
{
    uint8_t mac[32];

    if (hdr->flags) {
        return FW_UNSUPPORTED;      /* compressed */
    }
    packet_mac(g, kind, hdr, data, len, mac);
    if (memcmp(mac, hdr->mac, sizeof(mac))) {
        return FW_BAD_MEASUREMENT;
    }
    fw_aes128_ctr(g->tek, hdr->iv, data, data, len);
    return FW_SUCCESS;
}

void sev_packet_seal(SnpFw *fw, const SevGuest *g, SevPacketKind kind,
                     SevPacketHdr *hdr, uint8_t *data, uint32_t len)
{
    hdr->flags = 0;
    fw_random(&fw->drbg, hdr->iv, sizeof(hdr->iv));
    fw_aes128_ctr(g->tek, hdr->iv, data, data, len);
    packet_mac(g, kind, hdr, data, len, hdr->mac);
}
