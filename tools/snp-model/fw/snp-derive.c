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

/* The committed TCB counts, the product's; what is reported may be lower. */
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
typedef struct QEMU_PACKED KeyInput {
    char label[16];
    uint32_t root;
    uint32_t reserved_14;
    uint64_t mix;
    uint32_t vmpl;
    uint32_t svn;
    uint64_t tcb;
    uint64_t policy;
    uint8_t image_id[16];
    uint8_t family_id[16];
    uint8_t measurement[FW_DIGEST_LEN];
    uint8_t author_key;
    uint8_t reserved_89[7];
} KeyInput;
QEMU_BUILD_BUG_ON(sizeof(KeyInput) != 0x90);

static void derive(const SnpFw *fw, const SnpContext *ctx,
                   const KeyRequest *k, uint8_t key[32])
{
    KeyInput in = {
        .label = "SNP derived key",
        .root = cpu_to_le32(k->root),
        .mix = cpu_to_le64(k->mix),
        .vmpl = cpu_to_le32(k->vmpl),
        .svn = cpu_to_le32(k->mix & MIX_GUEST_SVN ? k->svn : 0),
        .tcb = cpu_to_le64(k->mix & MIX_TCB ? k->tcb : 0),
        .policy = cpu_to_le64(k->mix & MIX_POLICY ? ctx->policy : 0),
        .author_key = ctx->author_key,
    };
    uint8_t root[32];

    if (k->mix & MIX_IMAGE_ID) {
        memcpy(in.image_id, ctx->image_id, sizeof(in.image_id));
    }
    if (k->mix & MIX_FAMILY_ID) {
        memcpy(in.family_id, ctx->family_id, sizeof(in.family_id));
    }
    if (k->mix & MIX_MEASUREMENT) {
        memcpy(in.measurement, ctx->ld, sizeof(in.measurement));
    }
    memcpy(root, k->root & ROOT_VMRK ? ctx->vmrk : fw->keys.root, 32);
    if (k->vlek) {
        fw_hmac_sha256(fw->vlek, sizeof(fw->vlek), "derived keys", 12, root);
    }
    fw_hmac_sha256(root, sizeof(root), &in, sizeof(in), key);
}

FwStatus snp_msg_key(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    const SnpMsgKeyReq *req = m->in;
    SnpMsgKeyRsp *rsp = m->out;
    KeyRequest k = {
        .root = le32_to_cpu(req->root_key_select),
        .mix = le64_to_cpu(req->guest_field_select),
        .vmpl = le32_to_cpu(req->vmpl),
        .svn = le32_to_cpu(req->guest_svn),
        .tcb = le64_to_cpu(req->tcb_version),
    };
    FwStatus status = check_key(fw, ctx, &k, m->vmpck);

    if (req->reserved_04) {
        status = FW_INVALID_PARAM;
    }
    if (status == FW_SUCCESS) {
        derive(fw, ctx, &k, rsp->derived_key);
    }
    return status;
}

/* A table like a CPUID page comes back, with a verdict. */
FwStatus snp_msg_cpuid(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    SnpMsgCpuidRsp *rsp = m->out;

    memcpy(&rsp->table, m->in, MIN(m->in_len, sizeof(rsp->table)));
    return snp_cpuid_check(&rsp->table) ? FW_SUCCESS : FW_INVALID_PARAM;
}

/* Guests run on the host's TSC: scale 1.0 (8.32 fixed point), offset 0. */
FwStatus snp_msg_tsc_info(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    SnpMsgTscInfoRsp *rsp = m->out;

    if (!fw_is_zero(m->in, m->in_len)) {
        return FW_INVALID_PARAM;
    }
    rsp->guest_tsc_scale = cpu_to_le64(1ULL << 32);
    return FW_SUCCESS;
}
