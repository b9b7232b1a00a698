/*
 * SNP host model: RECEIVE_START, _UPDATE_DATA, _UPDATE_VMSA, _FINISH
 *
 * SEV API (#55766), chapter "Guest Receiving API".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-session.h"

FwStatus fw_sev_receive_start(SnpFw *fw, FwCmd *cmd)
{
    return sev_guest_new(fw, cmd, SEV_GSTATE_RUPDATE);
}

/* The memory is the firmware's until it is handed back with its content. */
static FwStatus receive(SnpFw *fw, const SevGuest *g, const SevPacket *p,
                        SevPacketKind kind)
{
    uint8_t data[SEV_PACKET_MAX];
    SevPacketHdr hdr;
    FwStatus status = fw_read_in(p->hdr, &hdr, sizeof(hdr));

    if (status == FW_SUCCESS) {
        status = fw_read_in(p->trans, data, p->trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, p->guest, p->guest_len);
    }
    if (status == FW_SUCCESS) {
        status = sev_packet_open(g, kind, &hdr, data, p->guest_len);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    fw_host_write(p->guest, data, p->guest_len);
    if (kind == SEV_PACKET_VMSA) {
        fw_host_seal_vmsa(p->guest);
    }
    fw_release_out(fw, p->guest, p->guest_len);
    return FW_SUCCESS;
}

static FwStatus receive_update(SnpFw *fw, FwCmd *cmd, SevPacketKind kind)
{
    const SevCmdPacket *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    FwStatus status;
    SevPacket p;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    status = sev_packet_parse(c, g, SEV_GSTATE_RUPDATE, kind, &p);
    return status == FW_SUCCESS ? receive(fw, g, &p, kind) : status;
}

FwStatus fw_sev_receive_update_data(SnpFw *fw, FwCmd *cmd)
{
    return receive_update(fw, cmd, SEV_PACKET_DATA);
}

FwStatus fw_sev_receive_update_vmsa(SnpFw *fw, FwCmd *cmd)
{
    return receive_update(fw, cmd, SEV_PACKET_VMSA);
}

FwStatus fw_sev_receive_finish(SnpFw *fw, FwCmd *cmd)
{
    return sev_session_close(fw, cmd, SEV_GSTATE_RUPDATE, SEV_GSTATE_RUNNING);
}
