/*
 * SNP host model: SNP_VLEK_LOAD, and which endorsement key is meant
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_VLEK_LOAD".  What is wrapped is AMD's
 * business and opaque; here it is the private key itself, sealed with a key
 * that follows from the VCEK as the other keys of the chip do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define CMD_LEN         0x10
#define WRAPPED_LEN     432
#define WRAPPED_IV      0x000       /* 12 bytes, the last four of them zero */
#define WRAPPED_KEY     0x010
#define WRAPPED_KEY_LEN 0x180
#define WRAPPED_AAD     0x190       /* the TCB version that it is for */
#define WRAPPED_AAD_LEN 0x10
#define WRAPPED_TAG     0x1a0

static bool unwrap(const SnpFw *fw, const uint8_t *w, uint8_t *key)
{
    FwGcm gcm = {
        .key = fw->keys.vlek_wrap, .seqno = ldq_le_p(w + WRAPPED_IV),
        .aad = w + WRAPPED_AAD, .aad_len = WRAPPED_AAD_LEN,
    };

    return !ldl_le_p(w + WRAPPED_IV + 8) &&
           fw_gcm_open(&gcm, w + WRAPPED_KEY, key, WRAPPED_KEY_LEN,
                       w + WRAPPED_TAG) &&
           fw_p384_scalar_ok(key);
}

FwStatus fw_snp_vlek_load(SnpFw *fw, FwCmd *cmd)
{
    uint8_t w[WRAPPED_LEN], key[WRAPPED_KEY_LEN];
    FwStatus status;

    if (ldl_le_p(cmd->buf) != CMD_LEN || ldl_le_p(cmd->buf + 4)) {
        return FW_INVALID_PARAM;
    }
    status = fw_read_in(fw_addr(cmd->buf + 8), w, sizeof(w));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!unwrap(fw, w, key)) {
        return FW_BAD_MEASUREMENT;
    }
    if (ldq_le_p(w + WRAPPED_AAD) != fw->reported_tcb) {
        return FW_INVALID_PARAM;
    }
    memcpy(fw->vlek, key, sizeof(fw->vlek));
    fw->vlek_loaded = true;
    return FW_SUCCESS;
}

FwStatus snp_key_select(const SnpFw *fw, const SnpContext *ctx,
                        SnpKeySel sel, bool *vlek)
{
    *vlek = sel == SNP_KEY_VLEK || (sel == SNP_KEY_ANY && fw->vlek_loaded);
    return (*vlek ? !fw->vlek_loaded : ctx->vcek_disabled) ? FW_INVALID_KEY
                                                           : FW_SUCCESS;
}
