/*
 * SNP host model: SNP_INIT, SNP_INIT_EX, SNP_SHUTDOWN and SNP_SHUTDOWN_EX
 *
 * SEV-SNP Firmware ABI (#56860), "Platform Management Commands".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "snp.h"

#define INIT_RMP        (1U << 0)
#define INIT_LIST       (1U << 1)
#define INIT_HIDE       (1U << 3)   /* ciphertext of SNP guests */

#define SHUTDOWN_IOMMU  (1U << 0)
#define SHUTDOWN_X86    (1U << 1)

/* Always fixed: the HyperTransport hole, #56860 "SNP_INIT_EX". */
static const FwRange ht_hole = { 0xfd00000000ULL, 0xfe00000000ULL };

static const SnpRmpEntry hv_fixed = { .immutable = true };
static const SnpRmpEntry hypervisor;
static const SnpRmpEntry firmware = { .assigned = true, .immutable = true };
static const SnpRmpEntry firmware_iommu = {
    .assigned = true, .immutable = true, .gpa = SNP_RMP_IOMMU_TAG,
};
static const SnpRmpEntry reclaim = { .assigned = true };

typedef struct InitParams {
    bool init_rmp;
    uint16_t hidden_asids;
    int nr_fixed;
    FwRange fixed[SNP_RANGES_MAX];
} InitParams;

/* The list of ranges that the hypervisor wants in the HV_Fixed state. */
static FwStatus parse_ranges(hwaddr spa, InitParams *p)
{
    SnpRangeList list;
    FwStatus status;
    uint32_t n;

    status = fw_read_in(spa, &list, sizeof(list));
    if (status != FW_SUCCESS) {
        return status;
    }
    n = le32_to_cpu(list.num_elements);
    if (n > SNP_RANGES_MAX || list.reserved_04) {
        return FW_INVALID_PARAM;
    }
    for (uint32_t i = 0; i < n; i++) {
        const SnpRange *r = &list.ranges[i];
        hwaddr start = fw_spa(r->base);

        if (start & ~FW_PAGE_MASK || r->reserved_0c) {
            return FW_INVALID_PARAM;
        }
        p->fixed[i].start = start;
        p->fixed[i].end = start + le32_to_cpu(r->page_count) * FW_PAGE_SIZE;
    }
    p->nr_fixed = n;
    return FW_SUCCESS;
}

/* Only SNP guests' ASIDs can be told apart: those below plain SEV's; U45. */
static bool parse_hiding(const SnpCmdInitEx *c, InitParams *p)
{
    uint16_t asids = le16_to_cpu(c->max_snp_asid);

    if (!(le32_to_cpu(c->flags) & INIT_HIDE)) {
        return !asids;
    }
    p->hidden_asids = asids;
    return asids && asids < SNP_ASID_MIN_SEV;
}

/* RAPL and TIO are not announced: their bits are reserved. */
static FwStatus parse_init_ex(const SnpFw *fw, const SnpCmdInitEx *c,
                              InitParams *p)
{
    uint32_t known = INIT_RMP | INIT_LIST |
                     (fw->can_hide_ciphertext ? INIT_HIDE : 0);
    uint32_t flags = le32_to_cpu(c->flags);
    hwaddr list = fw_spa(c->list_paddr);

    if (flags & ~known || c->reserved_04 || !parse_hiding(c, p) ||
        !fw_is_zero(c->reserved_12, sizeof(c->reserved_12))) {
        return FW_INVALID_PARAM;
    }
    p->init_rmp = flags & INIT_RMP;
    if (!(flags & INIT_LIST)) {
        return FW_SUCCESS;
    }
    if (!p->init_rmp || list & ~FW_PAGE_MASK) {
        return FW_INVALID_PARAM;
    }
    return parse_ranges(list, p);
}

static void fill(const FwRange *r, void *opaque)
{
    snp_rmp_fill(r->start, r->end, opaque);
}

/* The later wins: the table's own pages are never HV_Fixed. */
static void init_rmp(SnpFw *fw, const InitParams *p)
{
    static const FwRange everything = { 0, 1ULL << 52 };

    fw->iommu_ranges = fw_host_iommu_ranges(fw->iommu);
    snp_rmp_lock();
    snp_rmp_abandon_guests();
    fill(&everything, (void *)&hv_fixed);
    fw_host_each_ram(fill, (void *)&hypervisor);
    fill(&ht_hole, (void *)&hv_fixed);
    for (int i = 0; i < p->nr_fixed; i++) {
        fill(&p->fixed[i], (void *)&hv_fixed);
    }
    for (int i = 0; i < fw->iommu_ranges; i++) {
        fill(&fw->iommu[i], (void *)&firmware_iommu);
    }
    for (unsigned int i = 0; i < fw->rmp.n; i++) {
        fill(&fw->rmp.piece[i], (void *)&firmware);
    }
    snp_rmp_reset_counters();
    snp_rmp_unlock();
}

static bool rmp_is_ram(const FwRmp *rmp)
{
    for (unsigned int i = 0; i < rmp->n; i++) {
        const FwRange *r = &rmp->piece[i];

        if (!fw_host_is_ram(r->start, r->end - r->start)) {
            return false;
        }
    }
    return true;
}

static FwStatus do_init(SnpFw *fw, const InitParams *p)
{
    FwStatus status;
    FwRmp rmp;

    if (fw->snp_init || fw->sev_state != SEV_UNINIT) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (!p->init_rmp && !fw->rmp_init) {
        return FW_RMP_INIT_REQUIRED;
    }
    status = fw_host_check_cores(&rmp);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!rmp_is_ram(&rmp) || !fw_host_iommu_on()) {
        return FW_INVALID_CONFIG;
    }
    fw->rmp = rmp;
    if (p->init_rmp) {
        init_rmp(fw, p);
    }
    fw_host_iommu_enforce(true);
    fw_asid_dirty_all();
    fw->hidden_asids = p->hidden_asids;
    fw_asid_hide(fw->hidden_asids);
    fw->snp_guest_count = 0;
    fw->rmp_init = true;
    fw->snp_init = true;
    return FW_SUCCESS;
}

FwStatus fw_snp_init(SnpFw *fw, FwCmd *cmd)
{
    InitParams p = { .init_rmp = true };

    return do_init(fw, &p);
}

FwStatus fw_snp_init_ex(SnpFw *fw, FwCmd *cmd)
{
    g_autofree InitParams *p = g_new0(InitParams, 1);
    FwStatus status = parse_init_ex(fw, cmd->buf, p);

    return status == FW_SUCCESS ? do_init(fw, p) : status;
}

static void drop_iommu_pages(SnpFw *fw)
{
    snp_rmp_lock();
    for (int i = 0; i < fw->iommu_ranges; i++) {
        fill(&fw->iommu[i], (void *)&reclaim);
    }
    snp_rmp_unlock();
    fw->iommu_ranges = 0;
}

static void drop_guest(gpointer key, gpointer value, gpointer opaque)
{
    SnpContext *ctx = value;

    if (ctx->asid) {
        fw_asid_release(ctx->asid);
    }
}

static FwStatus do_shutdown(SnpFw *fw, bool iommu, bool x86)
{
    if (!fw->snp_init) {
        return FW_SUCCESS;
    }
    if (fw->sev_state != SEV_UNINIT) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (fw_asid_any_dirty()) {
        return FW_DFFLUSH_REQUIRED;
    }
    g_hash_table_foreach(fw->contexts, drop_guest, NULL);
    g_hash_table_remove_all(fw->contexts);
    if (iommu) {
        fw_host_iommu_enforce(false);
        drop_iommu_pages(fw);
    }
    if (x86) {
        fw_host_snp_off();
        fw->rmp = (FwRmp) { };
    }
    fw->hidden_asids = 0;
    fw_asid_hide(0);
    fw->snp_guest_count = 0;
    fw->vlek_loaded = false;
    fw->rmp_init = false;
    fw->snp_init = false;
    return FW_SUCCESS;
}

FwStatus fw_snp_shutdown(SnpFw *fw, FwCmd *cmd)
{
    return do_shutdown(fw, false, false);
}

FwStatus fw_snp_shutdown_ex(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdShutdownEx *c = cmd->buf;
    uint32_t known = SHUTDOWN_IOMMU |
                     (fw->can_x86_shutdown ? SHUTDOWN_X86 : 0);
    uint32_t flags = le32_to_cpu(c->flags);

    if (le32_to_cpu(c->length) != sizeof(*c) || flags & ~known ||
        flags == SHUTDOWN_X86) {
        return FW_INVALID_PARAM;
    }
    return do_shutdown(fw, flags & SHUTDOWN_IOMMU, flags & SHUTDOWN_X86);
}
