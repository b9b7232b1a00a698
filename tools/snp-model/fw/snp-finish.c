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

#define ID_BLOCK_LEN        96
#define ID_AUTH_LEN         4096
#define ALGO_ECDSA_P384     1
#define CURVE_P384          2

/* Offsets in the ID authentication structure */
#define AUTH_ID_ALGO        0x000
#define AUTH_AUTHOR_ALGO    0x004
#define AUTH_ID_SIG         0x040
#define AUTH_ID_KEY         0x240
#define AUTH_ID_KEY_SIG     0x680
#define AUTH_AUTHOR_KEY     0x880
#define PUBLIC_KEY_LEN      0x404

typedef struct IdInfo {
    uint8_t block[ID_BLOCK_LEN];
    uint8_t auth[ID_AUTH_LEN];
    bool author;
} IdInfo;

static FwStatus read_id(const FwCmd *cmd, IdInfo *id)
{
    FwStatus status;

    status = fw_read_in(fw_addr(cmd->buf + 0x08), id->block, ID_BLOCK_LEN);
    if (status == FW_SUCCESS) {
        status = fw_read_in(fw_addr(cmd->buf + 0x10), id->auth, ID_AUTH_LEN);
    }
    return status;
}

static void load_pair(FwEccPair *pair, const uint8_t *p)
{
    memcpy(pair->a, p, FW_ECC_FIELD);
    memcpy(pair->b, p + FW_ECC_FIELD, FW_ECC_FIELD);
}

/* @key is a public key structure, @sig a signature structure. */
static bool signed_by(const uint8_t *key, const uint8_t *sig,
                      const uint8_t *data, size_t len)
{
    uint8_t digest[FW_DIGEST_LEN];
    FwEccPair pub, rs;

    if (ldl_le_p(key) != CURVE_P384) {
        return false;
    }
    load_pair(&pub, key + 4);
    load_pair(&rs, sig);
    fw_sha384(data, len, digest);
    return fw_p384_verify(&pub, digest, sizeof(digest), &rs);
}

static FwStatus check_id(const SnpContext *ctx, const IdInfo *id)
{
    const uint8_t *a = id->auth;

    if (memcmp(id->block, ctx->ld, FW_DIGEST_LEN)) {
        return FW_BAD_MEASUREMENT;
    }
    if (ldq_le_p(id->block + 0x58) != ctx->policy) {
        return FW_POLICY_FAILURE;
    }
    if (ldl_le_p(a + AUTH_ID_ALGO) != ALGO_ECDSA_P384 ||
        (id->author && ldl_le_p(a + AUTH_AUTHOR_ALGO) != ALGO_ECDSA_P384)) {
        return FW_INVALID_PARAM;
    }
    if (!signed_by(a + AUTH_ID_KEY, a + AUTH_ID_SIG,
                   id->block, ID_BLOCK_LEN)) {
        return FW_BAD_SIGNATURE;
    }
    if (id->author && !signed_by(a + AUTH_AUTHOR_KEY, a + AUTH_ID_KEY_SIG,
                                 a + AUTH_ID_KEY, PUBLIC_KEY_LEN)) {
        return FW_BAD_SIGNATURE;
    }
    return FW_SUCCESS;
}

static void record_id(SnpContext *ctx, const IdInfo *id)
{
    memcpy(ctx->family_id, id->block + 0x30, sizeof(ctx->family_id));
    memcpy(ctx->image_id, id->block + 0x40, sizeof(ctx->image_id));
    ctx->guest_svn = ldl_le_p(id->block + 0x54);
    fw_sha384(id->auth + AUTH_ID_KEY, PUBLIC_KEY_LEN, ctx->id_key_digest);
    if (id->author) {
        fw_sha384(id->auth + AUTH_AUTHOR_KEY, PUBLIC_KEY_LEN,
                  ctx->author_key_digest);
        ctx->author_key = true;
    }
}

static FwStatus take_id(SnpContext *ctx, const FwCmd *cmd, uint64_t flags)
{
    g_autofree IdInfo *id = g_new0(IdInfo, 1);
    FwStatus status;

    if (!(flags & FINISH_ID_BLOCK)) {
        return FW_SUCCESS;
    }
    id->author = flags & FINISH_AUTH_KEY;
    status = read_id(cmd, id);
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
    uint64_t flags = ldq_le_p(cmd->buf + 0x18);
    SnpContext *ctx;
    FwStatus status;

    if (flags & ~FINISH_FLAGS) {
        return FW_INVALID_PARAM;
    }
    status = snp_context_find(fw, fw_addr(cmd->buf), &ctx);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (ctx->state != SNP_GSTATE_LAUNCH) {
        return FW_INVALID_GUEST_STATE;
    }
    if (!ctx->asid) {
        return FW_INACTIVE;
    }
    status = take_id(ctx, cmd, flags);
    if (status != FW_SUCCESS) {
        return status;
    }
    memcpy(ctx->host_data, cmd->buf + 0x20, sizeof(ctx->host_data));
    ctx->vcek_disabled = flags & FINISH_VCEK_DIS;
    ctx->state = SNP_GSTATE_RUNNING;
    fw_asid_use(ctx->asid, SNP_ASID_RUNNING);
    return FW_SUCCESS;
}
