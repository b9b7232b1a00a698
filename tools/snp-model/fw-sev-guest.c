/*
 * SNP host model: ACTIVATE, DEACTIVATE, DECOMMISSION, GUEST_STATUS
 *
 * SEV API (#55766), chapter "Guest Management API".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "fw-sev.h"

GHashTable *sev_guests_new(void)
{
    return g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
}

SevGuest *sev_guest_find(SnpFw *fw, uint32_t handle)
{
    return g_hash_table_lookup(fw->sev_guests, GUINT_TO_POINTER(handle));
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
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));
    uint32_t asid = ldl_le_p(cmd->buf + 4);
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
                    g->state == SEV_GSTATE_RUNNING ? SNP_ASID_RUNNING
                                                   : SNP_ASID_LAUNCHING,
                    g->vek);
    return FW_SUCCESS;
}

FwStatus fw_sev_deactivate(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));

    if (!g) {
        return FW_INVALID_GUEST;
    }
    deactivate(g);
    return FW_SUCCESS;
}

FwStatus fw_sev_decommission(SnpFw *fw, FwCmd *cmd)
{
    SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf));

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
    const SevGuest *g = sev_guest_find(fw, ldl_le_p(cmd->buf)) ?: &none;

    stl_le_p(cmd->buf + 4, g->policy);
    stl_le_p(cmd->buf + 8, g->asid);
    cmd->buf[0xc] = g->state;
    cmd->dirty = true;
    return FW_SUCCESS;
}
