/*
 * SNP host model: SEV guests, ACTIVATE, DEACTIVATE, DECOMMISSION, GUEST_STATUS
 *
 * SEV API (#55766), chapter "Guest Management API".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev-session.h"

#define GUESTS_MAX      SNP_ASID_MAX    /* a choice: one for each ASID */

GHashTable *sev_guests_new(void)
{
    return g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
}

SevGuest *sev_guest_find(SnpFw *fw, uint32_t handle)
{
    return g_hash_table_lookup(fw->sev_guests, GUINT_TO_POINTER(handle));
}

static bool runnable(SevGuestState state)
{
    return state == SEV_GSTATE_RUNNING || state == SEV_GSTATE_SUPDATE;
}

void sev_guest_enter(SevGuest *g, SevGuestState state)
{
    g->state = state;
    if (g->asid) {
        fw_asid_use(g->asid, runnable(state) ? SNP_ASID_RUNNING
                                             : SNP_ASID_LAUNCHING);
    }
}

FwStatus sev_check_vmsa(const SevGuest *g, uint32_t len)
{
    if (len != FW_PAGE_SIZE) {
        return FW_INVALID_LEN;
    }
    return g->policy & SEV_POLICY_ES ? FW_SUCCESS : FW_UNSUPPORTED;
}

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

/* @other is set if the new guest is to have that one's memory key. */
static FwStatus check_new(SnpFw *fw, const SevCmdStart *c, SevGuest **other)
{
    uint32_t handle = le32_to_cpu(c->handle), policy = le32_to_cpu(c->policy);
    FwStatus status = check_policy(fw, policy);

    *other = NULL;
    if (status == FW_SUCCESS && handle) {
        *other = sev_guest_find(fw, handle);
        status = check_share(*other, policy);
    }
    if (status == FW_SUCCESS &&
        g_hash_table_size(fw->sev_guests) >= GUESTS_MAX) {
        status = FW_RESOURCE_LIMIT;
    }
    return status;
}

/* Without an owner's session a launch has transport keys of zeros (U23). */
static bool has_session(const SevCmdStart *c, SevGuestState state)
{
    return state == SEV_GSTATE_RUPDATE || c->dh_cert_length ||
           c->session_length;
}

FwStatus sev_guest_new(SnpFw *fw, FwCmd *cmd, SevGuestState state)
{
    g_autofree SevGuest *g = g_new0(SevGuest, 1);
    SevCmdStart *c = cmd->buf;
    SevGuest *other;
    FwStatus status = check_new(fw, c, &other);

    g->policy = le32_to_cpu(c->policy);
    if (status == FW_SUCCESS && has_session(c, state)) {
        status = sev_session_open(fw, g, c);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    g->handle = fw->next_handle++;
    g->state = state;
    fw_random(&fw->drbg, g->vek, sizeof(g->vek));
    if (other) {
        memcpy(g->vek, other->vek, sizeof(g->vek));
    }
    sha256_init(&g->running);
    c->handle = cpu_to_le32(g->handle);
    cmd->dirty = true;
    fw->sev_state = SEV_WORKING;
    g_hash_table_insert(fw->sev_guests, GUINT_TO_POINTER(g->handle), g);
    g = NULL;
    return FW_SUCCESS;
}

static void deactivate(SevGuest *g)
{
    if (g->asid) {
        fw_asid_release(g->asid);
        g->asid = 0;
    }
}

static gboolean drop(gpointer key, gpointer value, gpointer opaque)
{
    deactivate(value);
    return true;
}

void sev_guests_drop(SnpFw *fw)
{
    g_hash_table_foreach_remove(fw->sev_guests, drop, NULL);
}

FwStatus fw_sev_activate(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdActivate *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));
    uint32_t asid = le32_to_cpu(c->asid);
    SnpGuestKind kind;
    FwStatus status;

    if (!g) {
        return FW_INVALID_GUEST;
    }
    kind = g->policy & SEV_POLICY_ES ? SNP_GUEST_SEV_ES : SNP_GUEST_SEV;
    if (fw->snp_init && asid && asid <= SNP_ASID_MAX &&
        snp_rmp_asid_pages(asid)) {
        return FW_INVALID_CONFIG;
    }
    status = fw_asid_check(asid, kind, g->asid);
    if (status != FW_SUCCESS) {
        return status;
    }
    g->asid = asid;
    fw_asid_install(asid, kind,
                    runnable(g->state) ? SNP_ASID_RUNNING
                                       : SNP_ASID_LAUNCHING, g->vek);
    return FW_SUCCESS;
}

FwStatus fw_sev_deactivate(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdHandle *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    deactivate(g);
    return FW_SUCCESS;
}

FwStatus fw_sev_decommission(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdHandle *c = cmd->buf;
    SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    if (g->asid) {
        return FW_ACTIVE;
    }
    g_hash_table_remove(fw->sev_guests, GUINT_TO_POINTER(g->handle));
    if (!g_hash_table_size(fw->sev_guests)) {
        fw->sev_state = SEV_INIT;
    }
    return FW_SUCCESS;
}

/* A handle that nobody has: a guest in the UNINIT state. */
FwStatus fw_sev_guest_status(SnpFw *fw, FwCmd *cmd)
{
    static const SevGuest none;
    SevCmdGuestStatus *c = cmd->buf;
    const SevGuest *g = sev_guest_find(fw, le32_to_cpu(c->handle)) ?: &none;

    c->policy = cpu_to_le32(g->policy);
    c->asid = cpu_to_le32(g->asid);
    c->state = g->state;
    cmd->dirty = true;
    return FW_SUCCESS;
}
