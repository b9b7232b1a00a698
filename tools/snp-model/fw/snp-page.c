/*
 * SNP host model: SNP_PAGE_RECLAIM, SNP_DBG_DECRYPT, SNP_DBG_ENCRYPT
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_PAGE_RECLAIM", "SNP_DBG_DECRYPT",
 * "SNP_DBG_ENCRYPT".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "snp.h"

/*
 * A Pre-Guest page that goes to the guest without LAUNCH_UPDATE: the guest
 * must not see what the hypervisor has in it.
 */
static void scramble(hwaddr spa, bool size_2m, uint32_t asid)
{
    unsigned int pages = size_2m ? FW_2M_PAGES : 1;
    uint8_t key[32];

    snp_fw_asid(asid, NULL, key);
    for (unsigned int i = 0; i < pages; i++) {
        snp_page_scramble(spa + i * FW_PAGE_SIZE, key);
    }
}

static FwStatus reclaim_locked(hwaddr spa, bool size_2m)
{
    SnpPageState state = snp_rmp_state(spa);
    SnpRmpEntry e;

    if (state == SNP_PAGE_DEFAULT) {
        return FW_INVALID_PAGE_STATE;
    }
    snp_rmp_get(spa, &e);
    if (e.size_2m != size_2m) {
        return FW_INVALID_PAGE_SIZE;
    }
    if (!e.immutable) {
        return FW_SUCCESS;
    }
    switch (state) {
    case SNP_PAGE_FIRMWARE:
    case SNP_PAGE_METADATA:
    case SNP_PAGE_PRE_SWAP:
        break;
    case SNP_PAGE_PRE_GUEST:
        scramble(spa, size_2m, e.asid);
        break;
    default:
        return FW_INVALID_PAGE_STATE;
    }
    e.immutable = false;
    snp_rmp_put(spa, &e);
    return FW_SUCCESS;
}

FwStatus fw_snp_page_reclaim(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdPage *c = cmd->buf;
    hwaddr spa = fw_spa(c->page_paddr);
    bool size_2m = spa & 1;
    FwStatus status;

    spa &= ~1ULL;
    if (spa & ((size_2m ? FW_2M_SIZE : FW_PAGE_SIZE) - 1)) {
        return FW_INVALID_PARAM;
    }
    /* The trusted memory region: U30. */
    if (fw_is_rmp(fw, spa) || (spa >= fw->tmr.start && spa < fw->tmr.end)) {
        return FW_INVALID_PAGE_STATE;
    }
    snp_rmp_lock();
    status = reclaim_locked(spa, size_2m);
    snp_rmp_unlock();
    return status;
}

typedef struct Dbg {
    SnpContext *ctx;
    hwaddr src;
    hwaddr dst;
} Dbg;

static FwStatus parse_dbg(SnpFw *fw, const SnpCmdDbg *c, Dbg *d)
{
    FwStatus status;

    d->src = fw_spa(c->src_paddr);
    d->dst = fw_spa(c->dst_paddr);
    if ((d->src | d->dst) & ~FW_PAGE_MASK) {
        return FW_INVALID_PARAM;
    }
    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &d->ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!fw_host_is_ram(d->src, FW_PAGE_SIZE) ||
        !fw_host_is_ram(d->dst, FW_PAGE_SIZE)) {
        return FW_INVALID_ADDRESS;
    }
    return d->ctx->policy & SNP_POLICY_DEBUG ? FW_SUCCESS : FW_POLICY_FAILURE;
}

static FwStatus check_owner(const SnpContext *ctx, hwaddr spa,
                            SnpRmpEntry *e)
{
    if (!ctx->asid) {
        return FW_INACTIVE;
    }
    snp_rmp_get(spa, e);
    return e->assigned && e->asid == ctx->asid ? FW_SUCCESS
                                               : FW_INVALID_PAGE_OWNER;
}

/*
 * The guest's pages hold what the guest sees: decryption is a copy.  Of a
 * Pre-Guest page, which holds the hypervisor's view, it is the garbage that
 * decrypting plaintext gives.
 */
FwStatus fw_snp_dbg_decrypt(SnpFw *fw, FwCmd *cmd)
{
    uint8_t page[FW_PAGE_SIZE];
    SnpRmpEntry e;
    Dbg d;
    FwStatus status;

    status = parse_dbg(fw, cmd->buf, &d);
    if (status == FW_SUCCESS) {
        status = fw_check_out(fw, d.dst, FW_PAGE_SIZE);
    }
    if (status == FW_SUCCESS) {
        status = check_owner(d.ctx, d.src, &e);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    if (e.immutable && !e.validated) {
        snp_page_scramble(d.src, d.ctx->vek);
        fw_host_read_guest(d.src, page, sizeof(page));
        snp_page_scramble(d.src, d.ctx->vek);
    } else {
        fw_host_read_guest(d.src, page, sizeof(page));
    }
    fw_put_out(fw, d.dst, page, sizeof(page));
    return FW_SUCCESS;
}

/*
 * The firmware writes only what no CPU can be using: the destination is the
 * guest's, and immutable.  Reclaiming a Pre-Guest page scrambles it, so what
 * is written is what scrambling makes plain.
 */
FwStatus fw_snp_dbg_encrypt(SnpFw *fw, FwCmd *cmd)
{
    uint8_t page[FW_PAGE_SIZE];
    SnpRmpEntry e;
    Dbg d;
    FwStatus status;

    status = parse_dbg(fw, cmd->buf, &d);
    if (status == FW_SUCCESS) {
        status = check_owner(d.ctx, d.dst, &e);
    }
    if (status == FW_SUCCESS && !e.immutable) {
        status = FW_INVALID_PAGE_STATE;
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    fw_host_read(d.src, page, sizeof(page));
    fw_host_write(d.dst, page, sizeof(page));
    if (!e.validated) {
        snp_page_scramble(d.dst, d.ctx->vek);
    }
    return FW_SUCCESS;
}
