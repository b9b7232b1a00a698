/*
 * SNP host model: transport keys of SEV guests and what they protect
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SEV_SESSION_H
#define SNP_MODEL_FW_SEV_SESSION_H

#include "crypto.h"
#include "sev.h"

/* The session data buffer */
typedef struct QEMU_PACKED SevSession {
    uint8_t nonce[16];
    uint8_t wrap_tk[32];        /* TEK and TIK */
    uint8_t wrap_iv[16];
    uint8_t wrap_mac[32];
    uint8_t policy_mac[32];
} SevSession;
QEMU_BUILD_BUG_ON(sizeof(SevSession) != 0x80);

/* The transport keys that LAUNCH_START or RECEIVE_START names in @c. */
FwStatus sev_session_open(SnpFw *fw, SevGuest *g, const SevCmdStart *c);

/* New transport keys, for the platform whose PDH is @peer, a valid key. */
void sev_session_new(SnpFw *fw, SevGuest *g, const FwEccPair *peer,
                     SevSession *s);

/* What a packet is, as its MAC says */
typedef enum SevPacketKind {
    SEV_PACKET_SECRET = 1,
    SEV_PACKET_DATA = 2,
    SEV_PACKET_VMSA = 3,
} SevPacketKind;

#define SEV_PACKET_MAX      0x4000

typedef struct QEMU_PACKED SevPacketHdr {
    uint32_t flags;
    uint8_t iv[16];
    uint8_t mac[32];
} SevPacketHdr;
QEMU_BUILD_BUG_ON(sizeof(SevPacketHdr) != 0x34);

typedef struct SevPacket {
    hwaddr hdr, guest, trans;
    uint32_t hdr_len, guest_len, trans_len;
} SevPacket;

/*
 * What LAUNCH_SECRET, SEND_UPDATE_* and RECEIVE_UPDATE_* share: their operands,
 * of a guest that is active and in @state.
 */
FwStatus sev_packet_parse(const SevCmdPacket *c, const SevGuest *g,
                          SevGuestState state, SevPacketKind kind,
                          SevPacket *p);

/* SEND_* or RECEIVE_* ends for a guest in @from, which goes on in @to. */
FwStatus sev_session_close(SnpFw *fw, const FwCmd *cmd, SevGuestState from,
                           SevGuestState to);

/* @data is decrypted in place when it proves genuine. */
FwStatus sev_packet_open(const SevGuest *g, SevPacketKind kind,
                         const SevPacketHdr *hdr, uint8_t *data,
                         uint32_t len);
void sev_packet_seal(SnpFw *fw, const SevGuest *g, SevPacketKind kind,
                     SevPacketHdr *hdr, uint8_t *data, uint32_t len);

#endif
