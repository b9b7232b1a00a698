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

#define CTX_MEASURE     0x04

/* What LAUNCH_MEASURE hands out, and what its MAC covers */
typedef struct QEMU_PACKED Measurement {
    uint8_t measure[32];
    uint8_t mnonce[16];
} Measurement;
QEMU_BUILD_BUG_ON(sizeof(Measurement) != 0x30);

typedef struct QEMU_PACKED MeasureInput {
    uint8_t context;
    uint8_t api_major;
    uint8_t api_minor;
    uint8_t build;
    uint32_t policy;
    uint8_t digest[32];
    uint8_t mnonce[16];
} MeasureInput;
QEMU_BUILD_BUG_ON(sizeof(MeasureInput) != 0x38);

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
    const SevCmdLaunchUpdate *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    hwaddr spa = fw_spa(c->paddr);
    uint32_t len = le32_to_cpu(c->length);
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
    const SevCmdLaunchUpdate *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    hwaddr spa = fw_spa(c->paddr);
    uint32_t len = le32_to_cpu(c->length);
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
                            const uint8_t mnonce[16])
{
    struct sha256_ctx final = g->running;
    MeasureInput in = {
        .context = CTX_MEASURE,
        .api_major = FW_API_MAJOR,
        .api_minor = FW_API_MINOR,
        .build = fw->build,
        .policy = cpu_to_le32(g->policy),
    };

    sha256_digest(&final, sizeof(g->digest), g->digest);
    memcpy(in.digest, g->digest, sizeof(in.digest));
    memcpy(in.mnonce, mnonce, sizeof(in.mnonce));
    fw_hmac_sha256(g->tik, sizeof(g->tik), &in, sizeof(in), g->measure);
}

FwStatus fw_sev_launch_measure(SnpFw *fw, FwCmd *cmd)
{
    SevCmdLaunchMeasure *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    hwaddr spa = fw_spa(c->measure_paddr);
    uint32_t len = le32_to_cpu(c->measure_length);
    Measurement out;
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != SEV_GSTATE_LUPDATE) {
        return FW_INVALID_GUEST_STATE;
    }
    c->measure_length = cpu_to_le32(sizeof(out));
    cmd->dirty = true;
    if (len < sizeof(out)) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, spa, sizeof(out));
    if (status != FW_SUCCESS) {
        return status;
    }
    fw_random(&fw->drbg, out.mnonce, sizeof(out.mnonce));
    compute_measure(fw, g, out.mnonce);
    memcpy(out.measure, g->measure, sizeof(out.measure));
    fw_put_out(fw, spa, &out, sizeof(out));
    g->state = SEV_GSTATE_LSECRET;
    return FW_SUCCESS;
}

FwStatus fw_sev_launch_secret(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdPacket *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    uint8_t trans[SEV_PACKET_MAX];
    SevPacketHdr hdr;
    FwStatus status;
    SevPacket p;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    status = sev_packet_parse(c, g, SEV_GSTATE_LSECRET, SEV_PACKET_SECRET,
                              &p);
    if (status == FW_SUCCESS) {
        status = fw_read_in(p.hdr, &hdr, sizeof(hdr));
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(p.trans, trans, p.trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, p.guest, p.guest_len);
    }
    if (status == FW_SUCCESS) {
        status = sev_packet_open(g, SEV_PACKET_SECRET, &hdr, trans,
                                 p.trans_len);
    }
    if (status == FW_SUCCESS) {
        fw_put_out(fw, p.guest, trans, p.guest_len);
    }
    return status;
}

FwStatus fw_sev_launch_finish(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdHandle *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != SEV_GSTATE_LSECRET) {
        return FW_INVALID_GUEST_STATE;
    }
    sev_guest_enter(g, SEV_GSTATE_RUNNING);
    return FW_SUCCESS;
}
