/*
 * SNP host model: attestation reports
 *
 * SEV-SNP Firmware ABI (#56860), "MSG_REPORT_REQ", "ATTESTATION_REPORT
 * Structure", version 3, as from builds 22 to 30 of 1.55.  Signed with ECDSA
 * P-384 over SHA-384 by the model's VCEK, which, unlike a real one, does not
 * depend on the TCB version, or by the VLEK that was loaded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

#define REPORT_VERSION      3

#define PLATFORM_SMT        (1U << 0)
#define PLATFORM_HIDES      (1U << 4)   /* ciphertext */
#define PLATFORM_ALIAS_CHECK (1U << 5)  /* no two addresses are one cell */

#define REPORT_AUTHOR_KEY   (1U << 0)
#define REPORT_MASK_KEY     (1U << 1)
#define REPORT_KEY_VLEK     (1U << 2)
#define REPORT_KEY_NONE     (7U << 2)   /* 0: VCEK */

static void put_identity(const SnpContext *ctx, SnpReport *r)
{
    r->guest_svn = cpu_to_le32(ctx->guest_svn);
    r->policy = cpu_to_le64(ctx->policy);
    memcpy(r->family_id, ctx->family_id, sizeof(r->family_id));
    memcpy(r->image_id, ctx->image_id, sizeof(r->image_id));
    memcpy(r->measurement, ctx->ld, sizeof(r->measurement));
    memcpy(r->host_data, ctx->host_data, sizeof(r->host_data));
    memcpy(r->id_key_digest, ctx->id_key_digest, sizeof(r->id_key_digest));
    memcpy(r->author_key_digest, ctx->author_key_digest,
           sizeof(r->author_key_digest));
    memcpy(r->report_id, ctx->report_id, sizeof(r->report_id));
    /* no migration agent */
    memset(r->report_id_ma, 0xff, sizeof(r->report_id_ma));
}

static void put_version(uint8_t build, SnpVersion *v)
{
    v->build = build;
    v->minor = FW_API_MINOR;
    v->major = FW_API_MAJOR;
}

/* Family and model as the CPU's own CPUID 1 EAX adds them up. */
static void put_cpu(SnpReport *r)
{
    uint32_t regs[4], eax;

    fw_host_cpuid(1, 0, regs);
    eax = regs[0];
    r->cpuid_fam_id = extract32(eax, 8, 4) + extract32(eax, 20, 8);
    r->cpuid_mod_id = extract32(eax, 4, 4) | extract32(eax, 16, 4) << 4;
    r->cpuid_step = extract32(eax, 0, 4);
}

static uint32_t signing_key(const SnpFw *fw, bool vlek)
{
    return fw->mask_chip_key ? REPORT_MASK_KEY | REPORT_KEY_NONE :
           vlek ? REPORT_KEY_VLEK : 0;
}

static void put_platform(const SnpFw *fw, const SnpContext *ctx, bool vlek,
                         SnpReport *r)
{
    r->current_tcb = cpu_to_le64(fw->product->tcb);
    r->platform_info = cpu_to_le64(PLATFORM_ALIAS_CHECK |
                                   (fw->hidden_asids ? PLATFORM_HIDES : 0) |
                                   (fw_host_smt() ? PLATFORM_SMT : 0));
    r->flags = cpu_to_le32((ctx->author_key ? REPORT_AUTHOR_KEY : 0) |
                           signing_key(fw, vlek));
    r->reported_tcb = cpu_to_le64(fw->reported_tcb);
    put_cpu(r);
    if (!fw->mask_chip_id) {
        memcpy(r->chip_id, fw->keys.chip_id, fw->product->chip_id_len);
    }
    r->committed_tcb = cpu_to_le64(fw->product->tcb);
    put_version(fw->build, &r->current);
    put_version(fw->committed_build, &r->committed);
    r->launch_tcb = cpu_to_le64(ctx->launch_tcb);
}

static void sign(SnpFw *fw, bool vlek, SnpReport *r)
{
    uint8_t digest[FW_DIGEST_LEN];

    fw_sha384(r, offsetof(SnpReport, signature), digest);
    fw_p384_sign(&fw->drbg, vlek ? fw->vlek : fw->keys.vcek, digest,
                 sizeof(digest), &r->signature.rs);
}

static FwStatus check_request(const SnpFw *fw, const SnpContext *ctx,
                              const SnpMsg *m, bool *vlek)
{
    const SnpMsgReportReq *req = m->in;
    uint32_t vmpl = le32_to_cpu(req->vmpl);
    uint32_t key_sel = le32_to_cpu(req->key_sel);

    if (vmpl >= SNP_VMPLS || vmpl < m->vmpck || key_sel > SNP_KEY_VLEK ||
        !fw_is_zero(req->reserved_48, sizeof(req->reserved_48))) {
        return FW_INVALID_PARAM;
    }
    return snp_key_select(fw, ctx, key_sel, vlek);
}

FwStatus snp_msg_report(SnpFw *fw, SnpContext *ctx, SnpMsg *m)
{
    const SnpMsgReportReq *req = m->in;
    SnpMsgReportRsp *rsp = m->out;
    SnpReport *r = &rsp->report;
    bool vlek;
    FwStatus status = check_request(fw, ctx, m, &vlek);

    if (status != FW_SUCCESS) {
        return status;
    }
    rsp->report_size = cpu_to_le32(sizeof(*r));
    r->version = cpu_to_le32(REPORT_VERSION);
    r->vmpl = req->vmpl;
    r->signature_algo = cpu_to_le32(SNP_ALGO_ECDSA_P384);
    memcpy(r->report_data, req->report_data, sizeof(r->report_data));
    put_identity(ctx, r);
    put_platform(fw, ctx, vlek, r);
    if (!fw->mask_chip_key) {
        sign(fw, vlek, r);
    }
    return FW_SUCCESS;
}
