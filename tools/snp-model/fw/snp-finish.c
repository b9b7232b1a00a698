/*
 * SNP host model: SNP_LAUNCH_FINISH and the ID block
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_LAUNCH_FINISH", "ID Block", "ID
 * Authentication Information Structure".  Order of checks: digest, policy,
 * key algorithms, signatures.  A failed command changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define FINISH_ID_BLOCK     (1ULL << 0)
#define FINISH_AUTH_KEY     (1ULL << 1)
#define FINISH_VCEK_DIS     (1ULL << 2)
#define FINISH_FLAGS        0x7ULL

typedef struct IdInfo {
    SnpIdBlock block;
    SnpIdAuth auth;
    bool author;
} IdInfo;

static FwStatus read_id(const SnpCmdLaunchFinish *c, IdInfo *id)
{
    FwStatus status;

    status = fw_read_in(fw_spa(c->id_block_paddr), &id->block,
                        sizeof(id->block));
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_spa(c->id_auth_paddr), &id->auth,
                            sizeof(id->auth));
    }
    return status;
}

static bool signed_by(const FwPublicKey *key, const FwSignature *sig,
                      const void *data, size_t len)
{
    uint8_t digest[FW_DIGEST_LEN];

    if (le32_to_cpu(key->curve) != FW_CURVE_P384) {
        return false;
    }
    fw_sha384(data, len, digest);
    return fw_p384_verify(&key->q, digest, sizeof(digest), &sig->rs);
}

static FwStatus check_id(const SnpContext *ctx, const IdInfo *id)
{
    const SnpIdBlock *b = &id->block;
    const SnpIdAuth *a = &id->auth;

    if (memcmp(b->ld, ctx->ld, sizeof(b->ld))) {
        return FW_BAD_MEASUREMENT;
    }
    if (le64_to_cpu(b->policy) != ctx->policy) {
        return FW_POLICY_FAILURE;
    }
    if (le32_to_cpu(a->id_key_algo) != SNP_ALGO_ECDSA_P384 ||
        (id->author &&
         le32_to_cpu(a->auth_key_algo) != SNP_ALGO_ECDSA_P384)) {
        return FW_INVALID_PARAM;
    }
    if (!signed_by(&a->id_key, &a->id_block_sig, b, sizeof(*b))) {
        return FW_BAD_SIGNATURE;
    }
    if (id->author && !signed_by(&a->author_key, &a->id_key_sig,
                                 &a->id_key, sizeof(a->id_key))) {
        return FW_BAD_SIGNATURE;
    }
    return FW_SUCCESS;
}

static void record_id(SnpContext *ctx, const IdInfo *id)
{
    const SnpIdBlock *b = &id->block;
    const SnpIdAuth *a = &id->auth;

    memcpy(ctx->family_id, b->family_id, sizeof(ctx->family_id));
    memcpy(ctx->image_id, b->image_id, sizeof(ctx->image_id));
    ctx->guest_svn = le32_to_cpu(b->guest_svn);
    fw_sha384(&a->id_key, sizeof(a->id_key), ctx->id_key_digest);
    if (id->author) {
        fw_sha384(&a->author_key, sizeof(a->author_key),
                  ctx->author_key_digest);
        ctx->author_key = true;
    }
}

static FwStatus take_id(SnpContext *ctx, const SnpCmdLaunchFinish *c)
{
    g_autofree IdInfo *id = g_new0(IdInfo, 1);
    uint64_t flags = le64_to_cpu(c->flags);
    FwStatus status;

    if (!(flags & FINISH_ID_BLOCK)) {
        return FW_SUCCESS;
    }
    id->author = flags & FINISH_AUTH_KEY;
    status = read_id(c, id);
    if (status == FW_SUCCESS) {
        status = check_id(ctx, id);
    }
    if (status == FW_SUCCESS) {
        record_id(ctx, id);
    }
    return status;
}

FwStatus fw_snp_launch_finish(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdLaunchFinish *c = cmd->buf;
    uint64_t flags = le64_to_cpu(c->flags);
    SnpContext *ctx;
    FwStatus status;

    if (flags & ~FINISH_FLAGS) {
        return FW_INVALID_PARAM;
    }
    status = snp_context_find(fw, fw_spa(c->gctx_paddr), &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state != SNP_GSTATE_LAUNCH) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!ctx->asid) {
        return FW_INACTIVE;
    }
    status = take_id(ctx, c);
    if (status != FW_SUCCESS) {
        return status;
    }
    memcpy(ctx->host_data, c->host_data, sizeof(ctx->host_data));
    ctx->vcek_disabled = flags & FINISH_VCEK_DIS;
    ctx->state = SNP_GSTATE_RUNNING;
    fw_asid_use(ctx->asid, SNP_ASID_RUNNING);
    return FW_SUCCESS;
}
