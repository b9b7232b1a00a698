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

#define KEY_LEN         0x180

typedef struct QEMU_PACKED Wrapped {
    uint64_t seqno;             /* the IV is this and four zero bytes */
    uint32_t iv_end;
    uint32_t reserved_00c;
    uint8_t key[KEY_LEN];
    uint64_t tcb;               /* from here on authenticated */
    uint64_t reserved_198;
    uint8_t tag[FW_GCM_TAG_LEN];
} Wrapped;
QEMU_BUILD_BUG_ON(offsetof(Wrapped, tcb) != 0x190);
QEMU_BUILD_BUG_ON(offsetof(Wrapped, tag) != 0x1a0);
QEMU_BUILD_BUG_ON(sizeof(Wrapped) != 432);

static bool unwrap(const SnpFw *fw, const Wrapped *w, uint8_t *key)
{
    FwGcm gcm = {
        .key = fw->keys.vlek_wrap, .seqno = le64_to_cpu(w->seqno),
        .aad = &w->tcb,
        .aad_len = offsetof(Wrapped, tag) - offsetof(Wrapped, tcb),
    };

    return !w->iv_end && fw_gcm_open(&gcm, w->key, key, KEY_LEN, w->tag) &&
           fw_p384_scalar_ok(key);
}

FwStatus fw_snp_vlek_load(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdVlekLoad *c = cmd->buf;
    uint8_t key[KEY_LEN];
    FwStatus status;
    Wrapped w;

    if (le32_to_cpu(c->length) != sizeof(*c) || c->vlek_wrapped_version ||
        !fw_is_zero(c->reserved_05, sizeof(c->reserved_05))) {
        return FW_INVALID_PARAM;
    }
    status = fw_read_in(fw_spa(c->vlek_wrapped_paddr), &w, sizeof(w));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!unwrap(fw, &w, key)) {
        return FW_BAD_MEASUREMENT;
    }
    if (le64_to_cpu(w.tcb) != fw->reported_tcb) {
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
