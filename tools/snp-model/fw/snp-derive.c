/*
 * SNP host model: derived keys, and the small guest messages
 *
 * SEV-SNP Firmware ABI (#56860), "MSG_KEY_REQ", "MSG_CPUID_REQ",
 * "MSG_TSC_INFO_REQ".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define ROOT_VMRK           (1U << 0)   /* else VCEK or VLEK */
#define ROOT_KEY_SEL        1           /* bits 2:1 */

#define MIX_POLICY          (1ULL << 0)
#define MIX_IMAGE_ID        (1ULL << 1)
#define MIX_FAMILY_ID       (1ULL << 2)
#define MIX_MEASUREMENT     (1ULL << 3)
#define MIX_GUEST_SVN       (1ULL << 4)
#define MIX_TCB             (1ULL << 5)
#define MIX_KNOWN           0x3fULL

typedef struct KeyRequest {
    uint32_t root;
    uint64_t mix;
    uint32_t vmpl;
    uint32_t svn;
    uint64_t tcb;
    bool vlek;
} KeyRequest;

/* The committed TCB counts, which is the product's; what is reported may be lower. */
static FwStatus check_key(const SnpFw *fw, const SnpContext *ctx,
                          KeyRequest *k, uint8_t vmpck)
{
    uint32_t key_sel = extract32(k->root, ROOT_KEY_SEL, 2);

    if (k->root >> 3 || k->mix & ~MIX_KNOWN || key_sel == 3 ||
        k->vmpl >= SNP_VMPLS || k->vmpl < vmpck) {
        return FW_INVALID_PARAM;
    }
    if ((k->mix & MIX_GUEST_SVN && k->svn > ctx->guest_svn) ||
        (k->mix & MIX_TCB &&
         !fw_tcb_at_most(k->tcb, fw->product->tcb))) {
        return FW_INVALID_PARAM;
    }
    return k->root & ROOT_VMRK ? FW_SUCCESS
                               : snp_key_select(fw, ctx, key_sel, &k->vlek);
}

/* Every input at its own place, zero when it is not mixed in. */
static void derive(const SnpFw *fw, const SnpContext *ctx,
                   const KeyRequest *k, uint8_t key[32])
{
    uint8_t in[0x90] = "SNP derived key", root[32];

    stl_le_p(in + 0x10, k->root);
    stq_le_p(in + 0x18, k->mix);
    stl_le_p(in + 0x20, k->vmpl);
    stl_le_p(in + 0x24, k->mix & MIX_GUEST_SVN ? k->svn : 0);
    stq_le_p(in + 0x28, k->mix & MIX_TCB ? k->tcb : 0);
    stq_le_p(in + 0x30, k->mix & MIX_POLICY ? ctx->policy : 0);
    if (k->mix & MIX_IMAGE_ID) {
        memcpy(in + 0x38, ctx->image_id, 16);
    }
    if (k->mix & MIX_FAMILY_ID) {
        memcpy(in + 0x48, ctx->family_id, 16);
    }
    if (k->mix & MIX_MEASUREMENT) {
        memcpy(in + 0x58, ctx->ld, FW_DIGEST_LEN);
    }
    in[0x88] = ctx->author_key;
    memcpy(root, k->root & ROOT_VMRK ? ctx->vmrk : fw->keys.root, 32);
    if (k->vlek) {
        fw_hmac_sha256(fw->vlek, sizeof(fw->vlek), "derived keys", 12, root);
    }
    fw_hmac_sha256(root, sizeof(root), in, sizeof(in), key);
}

FwStatus snp_msg_key(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    KeyRequest k = {
        .root = ldl_le_p(m->in),
        .mix = ldq_le_p(m->in + 8),
        .vmpl = ldl_le_p(m->in + 0x10),
        .svn = ldl_le_p(m->in + 0x14),
        .tcb = ldq_le_p(m->in + 0x18),
    };
    FwStatus status = check_key(fw, ctx, &k, m->vmpck);

    if (ldl_le_p(m->in + 4)) {
        status = FW_INVALID_PARAM;
    }
    if (status == FW_SUCCESS) {
        derive(fw, ctx, &k, m->out + 0x20);
    }
    return status;
}

/* A table like a CPUID page comes back, with a verdict. */
FwStatus snp_msg_cpuid(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    uint8_t *table = m->out + 0x10;

    memcpy(table, m->in, MIN(m->in_len, SNP_CPUID_TABLE_MAX));
    return snp_cpuid_check(table) ? FW_SUCCESS : FW_INVALID_PARAM;
}

/* Guests run on the host's TSC: scale 1.0 (8.32 fixed point), offset 0. */
FwStatus snp_msg_tsc_info(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    if (!fw_is_zero(m->in, m->in_len)) {
        return FW_INVALID_PARAM;
    }
    stq_le_p(m->out + 8, 1ULL << 32);
    return FW_SUCCESS;
}
