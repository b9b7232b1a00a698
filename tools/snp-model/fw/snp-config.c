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

#define STATUS_LEN          0x20
#define STATUS_RMP_INIT         (1U << 0)   /* byte 3 */
#define STATUS_ALIAS_CHECK      (1U << 1)   /* complete: there are none */
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
    hwaddr spa = fw_addr(cmd->buf);
    uint8_t out[STATUS_LEN] = {};
    FwStatus status;

    if (crosses_page(spa, sizeof(out))) {
        return FW_INVALID_PARAM;
    }
    status = fw_check_out(fw, spa, sizeof(out));
    if (status != FW_SUCCESS) {
        return status;
    }
    out[0] = FW_API_MAJOR;
    out[1] = FW_API_MINOR;
    out[2] = fw->snp_init;
    out[3] = STATUS_ALIAS_CHECK | (fw->rmp_init ? STATUS_RMP_INIT : 0);
    stl_le_p(out + 4, fw->build);
    stl_le_p(out + 8, STATUS_FEATURE_INFO |
                      (fw->vlek_loaded ? STATUS_VLEK : 0) |
                      (fw->mask_chip_id ? STATUS_MASK_CHIP_ID : 0) |
                      (fw->mask_chip_key ? STATUS_MASK_CHIP_KEY : 0) |
                      (fw->can_hide_ciphertext ? STATUS_CAN_HIDE : 0) |
                      (fw->hidden_asids ? STATUS_HIDES : 0));
    stl_le_p(out + 0xc, fw->snp_guest_count);
    stq_le_p(out + 0x10, fw->product->tcb);
    stq_le_p(out + 0x18, fw->reported_tcb);
    fw_put_out(fw, spa, out, sizeof(out));
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
    uint32_t leaf = ldl_le_p(cmd->buf + 4);
    hwaddr spa = fw_addr(cmd->buf + 8);
    uint8_t out[16] = {};
    FwStatus status;

    if (ldl_le_p(cmd->buf) != 16) {
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
        stl_le_p(out, 1);       /* highest leaf */
        stl_le_p(out + 4, 1);
        stl_le_p(out + 8, features(fw));
    }
    fw_put_out(fw, spa, out, sizeof(out));
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
    uint64_t tcb = ldq_le_p(cmd->buf);
    uint32_t flags = ldl_le_p(cmd->buf + 8);

    if (flags & ~(STATUS_MASK_CHIP_ID | STATUS_MASK_CHIP_KEY) ||
        !fw_is_zero(cmd->buf + 12, 52) ||
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
    if (ldl_le_p(cmd->buf) != 4) {
        return FW_INVALID_PARAM;
    }
    fw->committed_build = fw->build;
    return FW_SUCCESS;
}
