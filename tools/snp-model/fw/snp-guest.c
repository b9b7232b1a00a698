/*
 * SNP host model: guest contexts, activation, decommission
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_GCTX_CREATE", "SNP_ACTIVATE",
 * "SNP_DECOMMISSION", "SNP_GUEST_STATUS".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "snp.h"

static guint hash_spa(gconstpointer key)
{
    return *(const hwaddr *)key >> 12;
}

static gboolean equal_spa(gconstpointer a, gconstpointer b)
{
    return *(const hwaddr *)a == *(const hwaddr *)b;
}

static void context_free(gpointer ctx)
{
    memset(ctx, 0, sizeof(SnpContext));
    g_free(ctx);
}

/* Keyed by the context's own spa field. */
GHashTable *snp_contexts_new(void)
{
    return g_hash_table_new_full(hash_spa, equal_spa, NULL, context_free);
}

/* A page that is not in the Context state is no guest. */
FwStatus snp_context_find(SnpFw *fw, hwaddr spa, SnpContext **ctx)
{
    if (spa & ~FW_PAGE_MASK || snp_rmp_state(spa) != SNP_PAGE_CONTEXT) {
        return FW_INVALID_GUEST;
    }
    *ctx = g_hash_table_lookup(fw->contexts, &spa);
    return *ctx ? FW_SUCCESS : FW_INVALID_GUEST;
}

static void set_context_state(hwaddr spa, bool context)
{
    SnpRmpEntry e;

    snp_rmp_get(spa, &e);
    e.vmsa = context;
    snp_rmp_put(spa, &e);
}

/* What the hypervisor sees of a context: ciphertext. */
static void write_noise(SnpFw *fw, hwaddr spa)
{
    uint8_t page[FW_PAGE_SIZE];

    fw_random(&fw->drbg, page, sizeof(page));
    fw_host_write(spa, page, sizeof(page));
}

FwStatus fw_snp_gctx_create(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdGctx *c = cmd->buf;
    hwaddr spa = fw_spa(c->gctx_paddr);
    SnpContext *ctx;
    SnpRmpEntry e;
    FwStatus status = FW_SUCCESS;

    if (spa & ~FW_PAGE_MASK) {
        return FW_INVALID_PARAM;
    }
    snp_rmp_lock();
    if (snp_rmp_state(spa) != SNP_PAGE_FIRMWARE || fw_is_rmp(fw, spa)) {
        status = FW_INVALID_PAGE_STATE;
    } else {
        snp_rmp_get(spa, &e);
        if (e.size_2m) {
            status = FW_INVALID_PAGE_SIZE;
        } else {
            set_context_state(spa, true);
        }
    }
    snp_rmp_unlock();
    if (status != FW_SUCCESS) {
        return status;
    }
    ctx = g_new0(SnpContext, 1);
    ctx->spa = spa;
    g_hash_table_replace(fw->contexts, &ctx->spa, ctx);
    write_noise(fw, spa);
    return FW_SUCCESS;
}

FwStatus fw_snp_activate(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdActivate *c = cmd->buf;
    uint32_t asid = le32_to_cpu(c->asid);
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state == SNP_GSTATE_INIT) {
        return FW_INVALID_GUEST_STATE;
    }
    if (asid && asid <= SNP_ASID_MAX && snp_rmp_asid_pages(asid)) {
        return FW_INVALID_CONFIG;
    }
    if (ctx->policy & SNP_POLICY_SINGLE_SOCKET && fw_host_sockets() > 1) {
        return FW_POLICY_FAILURE;
    }
    status = fw_asid_check(asid, SNP_GUEST_SNP, ctx->asid);
    if (status != FW_SUCCESS) {
        return status;
    }
    ctx->asid = asid;
    fw_asid_install(asid, SNP_GUEST_SNP,
                    ctx->state == SNP_GSTATE_RUNNING ? SNP_ASID_RUNNING
                                                     : SNP_ASID_LAUNCHING,
                    ctx->vek);
    return FW_SUCCESS;
}

FwStatus fw_snp_decommission(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdGctx *c = cmd->buf;
    hwaddr spa = fw_spa(c->gctx_paddr);
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, spa, &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->asid) {
        fw_asid_release(ctx->asid);
    }
    if (ctx->state != SNP_GSTATE_INIT) {
        fw->snp_guest_count--;
    }
    g_hash_table_remove(fw->contexts, &spa);
    snp_rmp_lock();
    set_context_state(spa, false);
    snp_rmp_unlock();
    return FW_SUCCESS;
}

FwStatus fw_snp_guest_status(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdGuestStatus *c = cmd->buf;
    hwaddr spa = fw_spa(c->status_paddr);
    SnpGuestStatus out = { };
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if ((spa & ~FW_PAGE_MASK) + sizeof(out) > FW_PAGE_SIZE) {
        return FW_INVALID_ADDRESS;
    }
    status = fw_check_out(fw, spa, sizeof(out));
    if (status != FW_SUCCESS) {
        return status;
    }
    out.policy = cpu_to_le64(ctx->policy);
    out.asid = cpu_to_le32(ctx->asid);
    out.state = ctx->state;
    out.flags = cpu_to_le32(ctx->vcek_disabled);
    fw_put_out(fw, spa, &out, sizeof(out));
    return FW_SUCCESS;
}
