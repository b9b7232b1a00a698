/*
 * SNP host model: SNP_PLATFORM_STATUS, SNP_FEATURE_INFO, SNP_CONFIG,
 * SNP_COMMIT
 *
 * SEV-SNP Firmware ABI (#56860), "Platform Management Commands".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "snp.h"

#define CHECK_RMP_INIT          (1U << 0)
#define CHECK_ALIASES           (1U << 1)   /* complete: there are none */
#define STATUS_MASK_CHIP_ID     (1U << 0)
#define STATUS_MASK_CHIP_KEY    (1U << 1)
#define STATUS_VLEK             (1U << 2)
#define STATUS_FEATURE_INFO     (1U << 3)
#define STATUS_CAN_HIDE         (1U << 5)   /* ciphertext */
#define STATUS_HIDES            (1U << 6)

/* Leaf 0, ECX */
#define FEATURE_VLEK            (1U << 0)
#define FEATURE_X86_SHUTDOWN    (1U << 1)
#define FEATURE_HIDE_CIPHERTEXT (1U << 3)
#define FEATURE_VERIFY_MITIGATION (1U << 13)

static bool crosses_page(hwaddr spa, uint64_t len)
{
    return (spa & ~FW_PAGE_MASK) + len > FW_PAGE_SIZE;
}

FwStatus fw_snp_platform_status(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdPlatformStatus *c = cmd->buf;
    hwaddr spa = fw_spa(c->status_paddr);
    SnpPlatformStatus out = { };
    FwStatus status;

    if (crosses_page(spa, sizeof(out))) {
        return FW_INVALID_PARAM;
    }
    status = fw_check_out(fw, spa, sizeof(out));
    if (status != FW_SUCCESS) {
        return status;
    }
    out.api_major = FW_API_MAJOR;
    out.api_minor = FW_API_MINOR;
    out.state = fw->snp_init;
    out.checks = CHECK_ALIASES | (fw->rmp_init ? CHECK_RMP_INIT : 0);
    out.build_id = cpu_to_le32(fw->build);
    out.flags = cpu_to_le32(STATUS_FEATURE_INFO |
                            (fw->vlek_loaded ? STATUS_VLEK : 0) |
                            (fw->mask_chip_id ? STATUS_MASK_CHIP_ID : 0) |
                            (fw->mask_chip_key ? STATUS_MASK_CHIP_KEY : 0) |
                            (fw->can_hide_ciphertext ? STATUS_CAN_HIDE : 0) |
                            (fw->hidden_asids ? STATUS_HIDES : 0));
    out.guest_count = cpu_to_le32(fw->snp_guest_count);
    out.current_tcb = cpu_to_le64(fw->product->tcb);
    out.reported_tcb = cpu_to_le64(fw->reported_tcb);
    fw_put_out(fw, spa, &out, sizeof(out));
    return FW_SUCCESS;
}

static uint32_t features(const SnpFw *fw)
{
    return FEATURE_VLEK |
           (fw->can_x86_shutdown ? FEATURE_X86_SHUTDOWN : 0) |
           (fw->can_hide_ciphertext ? FEATURE_HIDE_CIPHERTEXT : 0) |
           (fw->mitigations ? FEATURE_VERIFY_MITIGATION : 0);
}

FwStatus fw_snp_feature_info(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdFeatureInfo *c = cmd->buf;
    uint32_t leaf = le32_to_cpu(c->ecx_in);
    hwaddr spa = fw_spa(c->feature_info_paddr);
    SnpFeatureInfo out = { };
    FwStatus status;

    if (le32_to_cpu(c->length) != sizeof(*c)) {
        return FW_INVALID_PARAM;
    }
    if (spa & 7 || crosses_page(spa, sizeof(out))) {
        return FW_INVALID_ADDRESS;
    }
    if (leaf > 1) {
        return FW_INVALID_PARAM;
    }
    status = fw_check_out(fw, spa, sizeof(out));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (leaf == 0) {
        out.eax = cpu_to_le32(1);       /* highest leaf */
        out.ebx = cpu_to_le32(1);
        out.ecx = cpu_to_le32(features(fw));
    }
    fw_put_out(fw, spa, &out, sizeof(out));
    return FW_SUCCESS;
}

/* No component of @tcb is above that of @limit. */
bool fw_tcb_at_most(uint64_t tcb, uint64_t limit)
{
    for (int shift = 0; shift < 64; shift += 8) {
        if ((tcb >> shift & 0xff) > (limit >> shift & 0xff)) {
            return false;
        }
    }
    return true;
}

FwStatus fw_snp_config(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdConfig *c = cmd->buf;
    uint64_t tcb = le64_to_cpu(c->reported_tcb);
    uint32_t flags = le32_to_cpu(c->flags);

    if (flags & ~(STATUS_MASK_CHIP_ID | STATUS_MASK_CHIP_KEY) ||
        !fw_is_zero(c->reserved_0c, sizeof(c->reserved_0c)) ||
        !fw_tcb_at_most(tcb, fw->product->tcb)) {
        return FW_INVALID_PARAM;
    }
    tcb = tcb ?: fw->product->tcb;
    /* a VLEK is for one TCB version */
    fw->vlek_loaded = fw->vlek_loaded && tcb == fw->reported_tcb;
    fw->reported_tcb = tcb;
    fw->mask_chip_id = flags & STATUS_MASK_CHIP_ID;
    fw->mask_chip_key = flags & STATUS_MASK_CHIP_KEY;
    return FW_SUCCESS;
}

/* From now on no older firmware is taken. */
FwStatus fw_snp_commit(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdCommit *c = cmd->buf;

    if (le32_to_cpu(c->length) != sizeof(*c)) {
        return FW_INVALID_PARAM;
    }
    fw->committed_build = fw->build;
    return FW_SUCCESS;
}
