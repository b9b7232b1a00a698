/*
 * SNP host model: attestation reports
 *
 * SEV-SNP Firmware ABI (#56860), "MSG_REPORT_REQ", "ATTESTATION_REPORT
 * Structure", version 3, as from builds 22 to 30 of 1.55.  Signed with ECDSA P-384
 * over SHA-384 by the model's VCEK, which, unlike a real one, does not depend
 * on the TCB version, or by the VLEK that was loaded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define REPORT_LEN          0x4a0
#define REPORT_SIGNED_LEN   0x2a0
#define REPORT_OFFSET       0x20        /* in the reply */

#define REPORT_VERSION      3

#define PLATFORM_SMT        (1U << 0)
#define PLATFORM_HIDES      (1U << 4)   /* ciphertext */
#define PLATFORM_ALIAS_CHECK (1U << 5)  /* no two addresses are one cell */

#define REPORT_AUTHOR_KEY   (1U << 0)
#define REPORT_MASK_KEY     (1U << 1)
#define REPORT_KEY_VLEK     (1U << 2)
#define REPORT_KEY_NONE     (7U << 2)   /* 0: VCEK */

static void put_identity(const SnpContext *ctx, uint8_t *r)
{
    stl_le_p(r + 0x004, ctx->guest_svn);
    stq_le_p(r + 0x008, ctx->policy);
    memcpy(r + 0x010, ctx->family_id, sizeof(ctx->family_id));
    memcpy(r + 0x020, ctx->image_id, sizeof(ctx->image_id));
    memcpy(r + 0x090, ctx->ld, sizeof(ctx->ld));
    memcpy(r + 0x0c0, ctx->host_data, sizeof(ctx->host_data));
    memcpy(r + 0x0e0, ctx->id_key_digest, FW_DIGEST_LEN);
    memcpy(r + 0x110, ctx->author_key_digest, FW_DIGEST_LEN);
    memcpy(r + 0x140, ctx->report_id, sizeof(ctx->report_id));
    memset(r + 0x160, 0xff, 32);        /* no migration agent */
}

static void put_version(uint8_t build, uint8_t *r)
{
    r[0] = build;
    r[1] = FW_API_MINOR;
    r[2] = FW_API_MAJOR;
}

/* Family and model as the CPU's own CPUID 1 EAX adds them up. */
static void put_cpu(uint8_t *r)
{
    uint32_t regs[4], eax;

    fw_host_cpuid(1, 0, regs);
    eax = regs[0];
    r[0] = extract32(eax, 8, 4) + extract32(eax, 20, 8);
    r[1] = extract32(eax, 4, 4) | extract32(eax, 16, 4) << 4;
    r[2] = extract32(eax, 0, 4);
}

static uint32_t signing_key(const SnpFw *fw, bool vlek)
{
    return fw->mask_chip_key ? REPORT_MASK_KEY | REPORT_KEY_NONE :
           vlek ? REPORT_KEY_VLEK : 0;
}

static void put_platform(const SnpFw *fw, const SnpContext *ctx, bool vlek,
                         uint8_t *r)
{
    stq_le_p(r + 0x038, fw->product->tcb);
    stq_le_p(r + 0x040, PLATFORM_ALIAS_CHECK |
                        (fw->hidden_asids ? PLATFORM_HIDES : 0) |
                        (fw_host_smt() ? PLATFORM_SMT : 0));
    stl_le_p(r + 0x048, (ctx->author_key ? REPORT_AUTHOR_KEY : 0) |
                        signing_key(fw, vlek));
    stq_le_p(r + 0x180, fw->reported_tcb);
    put_cpu(r + 0x188);
    if (!fw->mask_chip_id) {
        memcpy(r + 0x1a0, fw->keys.chip_id, fw->product->chip_id_len);
    }
    stq_le_p(r + 0x1e0, fw->product->tcb);
    put_version(fw->build, r + 0x1e8);
    put_version(fw->committed_build, r + 0x1ec);
    stq_le_p(r + 0x1f0, ctx->launch_tcb);
}

static void sign(SnpFw *fw, bool vlek, uint8_t *r)
{
    uint8_t digest[FW_DIGEST_LEN];
    FwEccPair sig;

    fw_sha384(r, REPORT_SIGNED_LEN, digest);
    fw_p384_sign(&fw->drbg, vlek ? fw->vlek : fw->keys.vcek, digest,
                 sizeof(digest), &sig);
    memcpy(r + REPORT_SIGNED_LEN, sig.a, FW_ECC_FIELD);
    memcpy(r + REPORT_SIGNED_LEN + FW_ECC_FIELD, sig.b, FW_ECC_FIELD);
}

static FwStatus check_request(const SnpFw *fw, const SnpContext *ctx,
                              const SnpMsg *m, bool *vlek)
{
    uint32_t vmpl = ldl_le_p(m->in + 0x40);
    uint32_t key_sel = ldl_le_p(m->in + 0x44);

    if (vmpl >= SNP_VMPLS || vmpl < m->vmpck || key_sel > SNP_KEY_VLEK ||
        !fw_is_zero(m->in + 0x48, 0x18)) {
        return FW_INVALID_PARAM;
    }
    return snp_key_select(fw, ctx, key_sel, vlek);
}

FwStatus snp_msg_report(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    uint8_t *r = m->out + REPORT_OFFSET;
    bool vlek;
    FwStatus status = check_request(fw, ctx, m, &vlek);

    if (status != FW_SUCCESS) {
        return status;
    }
    stl_le_p(m->out + 4, REPORT_LEN);
    stl_le_p(r, REPORT_VERSION);
    stl_le_p(r + 0x030, ldl_le_p(m->in + 0x40));    /* VMPL */
    stl_le_p(r + 0x034, 1);             /* ECDSA P-384 with SHA-384 */
    memcpy(r + 0x050, m->in, 64);       /* report data */
    put_identity(ctx, r);
    put_platform(fw, ctx, vlek, r);
    if (!fw->mask_chip_key) {
        sign(fw, vlek, r);
    }
    return FW_SUCCESS;
}
