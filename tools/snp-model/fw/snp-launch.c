/*
 * SNP host model: SNP_LAUNCH_START and SNP_LAUNCH_UPDATE
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_LAUNCH_START", "SNP_LAUNCH_UPDATE".
 * A rejected page leaves the context and the RMP as they were; only a
 * rejected CPUID page is written to, with what would have been accepted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "snp.h"

#define START_MA_EN     (1U << 0)
#define START_IMI_EN    (1U << 1)

#define PERMS_ALL       0x1f    /* R, W, XU, XS, SSS */

static FwStatus check_policy(const SnpFw *fw, uint64_t policy)
{
    uint64_t known = SNP_POLICY_KNOWN |
                     (fw->hidden_asids ? SNP_POLICY_HIDE : 0);
    uint32_t major = extract64(policy, 8, 8), minor = extract64(policy, 0, 8);

    if (!(policy & SNP_POLICY_MBO) || policy & ~known) {
        return FW_POLICY_FAILURE;
    }
    if (major > FW_API_MAJOR ||
        (major == FW_API_MAJOR && minor > FW_API_MINOR)) {
        return FW_POLICY_FAILURE;
    }
    if (!(policy & SNP_POLICY_SMT) && fw_host_smt()) {
        return FW_POLICY_FAILURE;
    }
    return FW_SUCCESS;
}

static FwStatus check_start(const SnpFw *fw, const SnpContext *ctx,
                            const SnpCmdLaunchStart *c)
{
    uint32_t flags = le32_to_cpu(c->flags);
    FwStatus status;

    if (ctx->state != SNP_GSTATE_INIT) {
        return FW_INVALID_GUEST_STATE;
    }
    status = check_policy(fw, le64_to_cpu(c->policy));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (flags & ~(START_MA_EN | START_IMI_EN)) {
        return FW_INVALID_PARAM;
    }
    /* no migration agents, no incoming migration images in this model */
    return flags ? FW_UNSUPPORTED : FW_SUCCESS;
}

FwStatus fw_snp_launch_start(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdLaunchStart *c = cmd->buf;
    SnpContext *ctx;
    FwStatus status;

    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status == FW_SUCCESS) {
        status = check_start(fw, ctx, c);
    }
    if (status != FW_SUCCESS) {
        return status;
    }
    ctx->policy = le64_to_cpu(c->policy);
    ctx->desired_tsc_khz = le32_to_cpu(c->desired_tsc_freq);
    memcpy(ctx->gosvw, c->gosvw, sizeof(ctx->gosvw));
    fw_random(&fw->drbg, ctx->vek, sizeof(ctx->vek));
    fw_random(&fw->drbg, ctx->vmpck, sizeof(ctx->vmpck));
    fw_random(&fw->drbg, ctx->report_id, sizeof(ctx->report_id));
    fw_random(&fw->drbg, ctx->vmrk, sizeof(ctx->vmrk));
    ctx->launch_tcb = fw->product->tcb;
    ctx->state = SNP_GSTATE_LAUNCH;
    fw->snp_guest_count++;
    return FW_SUCCESS;
}

typedef struct Update {
    hwaddr spa;
    bool size_2m;
    SnpPageType type;
    bool imi;
    uint8_t perms[SNP_VMPLS];
} Update;

static bool parse_update(const SnpCmdLaunchUpdate *c, Update *u)
{
    uint32_t page = le32_to_cpu(c->page);

    u->size_2m = page & 1;
    u->type = extract32(page, 1, 3);
    u->imi = extract32(page, 4, 1);
    u->spa = fw_spa(c->page_paddr);
    memcpy(u->perms, c->vmpl_perms, sizeof(u->perms));
    for (int i = 1; i < SNP_VMPLS; i++) {
        if (u->perms[i] & ~PERMS_ALL) {
            return false;
        }
    }
    return !(page >> 5) && !c->reserved_0c && !u->perms[0] &&
           !c->reserved_1c && !(u->spa & ~FW_PAGE_MASK);
}

static FwStatus check_type(const Update *u)
{
    if (u->type < SNP_TYPE_NORMAL || u->type > SNP_TYPE_CPUID) {
        return FW_INVALID_PARAM;
    }
    if (u->size_2m && (u->type == SNP_TYPE_VMSA ||
                       u->type == SNP_TYPE_SECRETS ||
                       u->type == SNP_TYPE_CPUID)) {
        return FW_INVALID_PAGE_SIZE;
    }
    return FW_SUCCESS;
}

/* In the order of the specification; under the RMP lock. */
static FwStatus check_update(const SnpContext *ctx, const Update *u,
                             SnpRmpEntry *e)
{
    FwStatus status;

    if (snp_rmp_state(u->spa) != SNP_PAGE_PRE_GUEST) {
        return FW_INVALID_PAGE_STATE;
    }
    snp_rmp_get(u->spa, e);
    if (e->size_2m != u->size_2m) {
        return FW_INVALID_PAGE_SIZE;
    }
    if (u->size_2m && u->spa & (FW_2M_SIZE - 1)) {
        return FW_INVALID_ADDRESS;
    }
    status = check_type(u);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state != SNP_GSTATE_LAUNCH) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!ctx->asid) {
        return FW_INACTIVE;
    }
    if (e->asid != ctx->asid) {
        return FW_INVALID_PAGE_OWNER;
    }
    return u->imi ? FW_INVALID_PARAM : FW_SUCCESS;
}

/*
 * What encryption leaves for the guest to see.  The page holds the
 * hypervisor's view until now and the guest's from now on.
 */
static FwStatus place_page(const SnpContext *ctx, const Update *u, hwaddr spa,
                           void *page)
{
    fw_host_read(spa, page, FW_PAGE_SIZE);
    switch (u->type) {
    case SNP_TYPE_ZERO:
        memset(page, 0, FW_PAGE_SIZE);
        break;
    case SNP_TYPE_SECRETS:
        snp_secrets_page(ctx, page);
        break;
    case SNP_TYPE_CPUID:
        if (!snp_cpuid_check(page)) {
            fw_host_write(spa, page, FW_PAGE_SIZE);
            return FW_INVALID_PARAM;
        }
        return FW_SUCCESS;
    default:
        return FW_SUCCESS;
    }
    fw_host_write(spa, page, FW_PAGE_SIZE);
    return FW_SUCCESS;
}

static FwStatus place_pages(SnpContext *ctx, const Update *u, uint64_t gpa)
{
    unsigned int pages = u->size_2m ? FW_2M_PAGES : 1;
    uint8_t page[FW_PAGE_SIZE];

    for (unsigned int i = 0; i < pages; i++) {
        hwaddr offset = i * FW_PAGE_SIZE;
        FwStatus status = place_page(ctx, u, u->spa + offset, page);

        if (status != FW_SUCCESS) {
            return status;      /* CPUID, hence the only page */
        }
        snp_digest_page(ctx->ld, u->type, u->perms, gpa + offset, page);
    }
    return FW_SUCCESS;
}

static FwStatus update_locked(SnpContext *ctx, const Update *u)
{
    SnpRmpEntry e;
    FwStatus status;

    status = check_update(ctx, u, &e);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!fw_host_is_ram(u->spa, u->size_2m ? FW_2M_SIZE : FW_PAGE_SIZE)) {
        return FW_INVALID_ADDRESS;
    }
    status = place_pages(ctx, u, e.gpa);
    if (status != FW_SUCCESS) {
        return status;
    }
    e.validated = true;
    e.immutable = false;
    e.vmsa = u->type == SNP_TYPE_VMSA;
    memcpy(e.perms, u->perms, sizeof(e.perms));
    e.perms[0] = PERMS_ALL;
    snp_rmp_put(u->spa, &e);
    ctx->vmsas += e.vmsa;
    return FW_SUCCESS;
}

FwStatus fw_snp_launch_update(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdLaunchUpdate *c = cmd->buf;
    Update u;
    SnpContext *ctx;
    FwStatus status;

    if (!parse_update(c, &u)) {
        return FW_INVALID_PARAM;
    }
    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    snp_rmp_lock();
    status = update_locked(ctx, &u);
    snp_rmp_unlock();
    if (status == FW_SUCCESS) {
        fw->launch_pages[u.type] += u.size_2m ? FW_2M_PAGES : 1;
    }
    return status;
}
