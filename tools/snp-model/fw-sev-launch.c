/*
 * SNP host model: LAUNCH_START, _UPDATE_DATA, _UPDATE_VMSA, _MEASURE,
 * _SECRET, _FINISH
 *
 * SEV API (#55766), chapter "Guest Launch API".  Memory of SEV and SEV-ES
 * guests is not scrambled: encryption in place leaves it as it is.  Launching
 * with an owner's session is not supported, the transport keys are zeros.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "fw-crypto.h"
#include "fw-sev.h"

#define NONCE_LEN       16
#define MEASURE_LEN     (32 + NONCE_LEN)

#define CTX_SECRET      0x01
#define CTX_MEASURE     0x04

#define SECRET_HDR_LEN  52      /* flags, IV, HMAC */
#define SECRET_MAX      0x4000

static FwStatus check_policy(const SnpFw *fw, uint32_t policy)
{
    uint32_t major = SEV_POLICY_API_MAJOR(policy);

    if (policy & SEV_POLICY_ES && !fw->sev_es) {
        return FW_UNSUPPORTED;
    }
    if (major > FW_API_MAJOR ||
        (major == FW_API_MAJOR &&
         SEV_POLICY_API_MINOR(policy) > FW_API_MINOR)) {
        return FW_POLICY_FAILURE;
    }
    return FW_SUCCESS;
}

/* The new guest may share another's memory key, if both allow it. */
static FwStatus check_share(const SevGuest *other, uint32_t policy)
{
    if (!other) {
        return FW_INVALID_GUEST;
    }
    return (policy | other->policy) & SEV_POLICY_NOKS ||
           policy != other->policy ? FW_POLICY_FAILURE : FW_SUCCESS;
}

FwStatus fw_sev_launch_start(SnpFw *fw, FwCmd *cmd)
{
    uint32_t handle = ldl_le_p(cmd->buf), policy = ldl_le_p(cmd->buf + 4);
    SevGuest *g, *other = NULL;
    FwStatus status;

    if (ldl_le_p(cmd->buf + 0x10) || ldl_le_p(cmd->buf + 0x20)) {
        return FW_UNSUPPORTED;      /* DH certificate, session */
    }
    status = check_policy(fw, policy);
    if (status == FW_SUCCESS && handle) {
        other = sev_guest_find(fw, handle);
        status = check_share(other, policy);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    g = g_new0(SevGuest, 1);
    g->handle = fw->next_handle++;
    g->policy = policy;
    g->state = SEV_GSTATE_LUPDATE;
    fw_random(&fw->drbg, g->vek, sizeof(g->vek));
    if (other) {
        memcpy(g->vek, other->vek, sizeof(g->vek));
    }
    sha256_init(&g->running);
    g_hash_table_insert(fw->sev_guests, GUINT_TO_POINTER(g->handle), g);
    fw->sev_state = SEV_WORKING;
    stl_le_p(cmd->buf, g->handle);
    cmd->dirty = true;
    return FW_SUCCESS;
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
    if (len != FW_PAGE_SIZE) {
        return FW_INVALID_LEN;
    }
    if (!(g->policy & SEV_POLICY_ES)) {
        return FW_UNSUPPORTED;
    }
    status = measure_region(fw, g, spa, len);
    if (status == FW_SUCCESS) {
        /* VMRUN wants to see that nobody has changed it since. */
        fw_host_seal_vmsa(spa);
        fw_release_out(fw, spa, len);
    }
    return status;
}

static void compute_measure(SevGuest *g, const uint8_t nonce[NONCE_LEN])
{
    struct sha256_ctx final = g->running;
    uint8_t in[8 + 32 + NONCE_LEN];

    sha256_digest(&final, sizeof(g->digest), g->digest);
    in[0] = CTX_MEASURE;
    in[1] = FW_API_MAJOR;
    in[2] = FW_API_MINOR;
    in[3] = FW_BUILD;
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
    compute_measure(g, out + 32);
    memcpy(out, g->measure, 32);
    fw_put_out(fw, spa, out, MEASURE_LEN);
    g->state = SEV_GSTATE_LSECRET;
    return FW_SUCCESS;
}

typedef struct Secret {
    hwaddr hdr, guest, trans;
    uint32_t hdr_len, guest_len, trans_len;
} Secret;

static FwStatus parse_secret(const FwCmd *cmd, Secret *s)
{
    s->hdr = fw_addr(cmd->buf + 0x08);
    s->hdr_len = ldl_le_p(cmd->buf + 0x10);
    s->guest = fw_addr(cmd->buf + 0x18);
    s->guest_len = ldl_le_p(cmd->buf + 0x20);
    s->trans = fw_addr(cmd->buf + 0x28);
    s->trans_len = ldl_le_p(cmd->buf + 0x30);
    if (s->hdr_len != SECRET_HDR_LEN || s->guest_len > SECRET_MAX ||
        s->trans_len != s->guest_len) {
        return FW_INVALID_LEN;
    }
    return check_region(s->guest, s->guest_len);
}

/* @trans is the sealed secret, decrypted in place when it proves genuine. */
static FwStatus open_secret(const SevGuest *g, const Secret *s,
                            const uint8_t *hdr, uint8_t *trans)
{
    size_t len = 1 + 20 + 8 + s->trans_len + sizeof(g->measure);
    g_autofree uint8_t *in = g_malloc(len);
    uint8_t mac[32];

    if (ldl_le_p(hdr)) {
        return FW_UNSUPPORTED;      /* compressed */
    }
    in[0] = CTX_SECRET;
    memcpy(in + 1, hdr, 20);
    stl_le_p(in + 21, s->guest_len);
    stl_le_p(in + 25, s->trans_len);
    memcpy(in + 29, trans, s->trans_len);
    memcpy(in + 29 + s->trans_len, g->measure, sizeof(g->measure));
    fw_hmac_sha256(g->tik, sizeof(g->tik), in, len, mac);
    if (memcmp(mac, hdr + 20, sizeof(mac))) {
        return FW_BAD_MEASUREMENT;
    }
    fw_aes128_ctr(g->tek, hdr + 4, trans, trans, s->trans_len);
    return FW_SUCCESS;
}

FwStatus fw_sev_launch_secret(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    uint8_t hdr[SECRET_HDR_LEN], trans[SECRET_MAX];
    FwStatus status;
    Secret s;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->state != SEV_GSTATE_LSECRET) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!g->asid) {
        return FW_INACTIVE;
    }
    status = parse_secret(cmd, &s);
    if (status == FW_SUCCESS) {
        status = fw_read_in(s.hdr, hdr, s.hdr_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_read_in(s.trans, trans, s.trans_len);
    }
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, s.guest, s.guest_len);
    }
    if (status == FW_SUCCESS) {
        status = open_secret(g, &s, hdr, trans);
    }
    if (status == FW_SUCCESS) {
        fw_put_out(fw, s.guest, trans, s.guest_len);
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
    g->state = SEV_GSTATE_RUNNING;
    if (g->asid) {
        fw_asid_running(g->asid);
    }
    return FW_SUCCESS;
}
