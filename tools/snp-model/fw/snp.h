/*
 * SNP host model: SNP guests as the firmware sees them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SNP_H
#define SNP_MODEL_FW_SNP_H

#include "core.h"
#include "snp-cmd.h"
#include "snp-msg.h"

#define SNP_VMPLS   4

typedef enum SnpGuestState {
    SNP_GSTATE_INIT,
    SNP_GSTATE_LAUNCH,
    SNP_GSTATE_RUNNING,
} SnpGuestState;

/*
 * A guest context.  On hardware it is the content of the context page,
 * encrypted; here the page holds noise and this is found by its address.
 */
typedef struct SnpContext {
    hwaddr spa;
    SnpGuestState state;
    uint64_t policy;
    uint32_t asid;                      /* 0 = not active */
    uint32_t vmsas;                     /* measured so far, for tests */
    uint8_t vek[32];                    /* memory key */
    uint8_t vmpck[SNP_VMPLS][32];
    uint64_t seqno[SNP_VMPLS];          /* last message number used */
    uint8_t ld[FW_DIGEST_LEN];
    uint8_t report_id[32];
    uint8_t vmrk[32];
    uint8_t gosvw[16];
    uint32_t desired_tsc_khz;
    uint64_t launch_tcb;

    /* From LAUNCH_FINISH */
    bool author_key;
    bool vcek_disabled;
    uint8_t host_data[32];
    uint8_t family_id[16];
    uint8_t image_id[16];
    uint32_t guest_svn;
    uint8_t id_key_digest[FW_DIGEST_LEN];
    uint8_t author_key_digest[FW_DIGEST_LEN];
} SnpContext;

/* snp-guest.c */
GHashTable *snp_contexts_new(void);
FwStatus snp_context_find(SnpFw *fw, hwaddr spa, SnpContext **ctx);
FwHandler fw_snp_gctx_create, fw_snp_activate, fw_snp_decommission,
          fw_snp_guest_status;

/* snp-launch.c */
FwHandler fw_snp_launch_start, fw_snp_launch_update;

/* snp-finish.c */
FwHandler fw_snp_launch_finish;

/* snp-digest.c */
void snp_digest_page(uint8_t ld[FW_DIGEST_LEN], SnpPageType type,
                     const uint8_t perms[SNP_VMPLS], uint64_t gpa,
                     const uint8_t *page);
void snp_secrets_page(const SnpContext *ctx, SnpSecretsPage *page);

/* snp-cpuid.c */
bool snp_cpuid_check(SnpCpuidTable *table);

/* snp-request.c, snp-report.c, snp-derive.c */
FwHandler fw_snp_guest_request;

typedef struct SnpMsg {
    uint8_t vmpck;                  /* of the key that sealed the request */
    const void *in;
    uint16_t in_len;
    void *out;                      /* zeroed */
    uint16_t out_len;
} SnpMsg;

typedef FwStatus SnpMsgHandler(SnpFw *fw, SnpContext *ctx, SnpMsg *m);
SnpMsgHandler snp_msg_report, snp_msg_key, snp_msg_cpuid, snp_msg_tsc_info;

/* snp-page.c */
FwHandler fw_snp_page_reclaim, fw_snp_dbg_decrypt, fw_snp_dbg_encrypt;

/* snp-platform.c, snp-config.c */
FwHandler fw_snp_init, fw_snp_init_ex, fw_snp_shutdown, fw_snp_shutdown_ex,
          fw_snp_platform_status, fw_snp_feature_info, fw_snp_config,
          fw_snp_commit;

/* snp-vlek.c */
FwHandler fw_snp_vlek_load;
typedef enum SnpKeySel {
    SNP_KEY_ANY,                /* the VLEK, if there is one */
    SNP_KEY_VCEK,
    SNP_KEY_VLEK,
} SnpKeySel;
FwStatus snp_key_select(const SnpFw *fw, const SnpContext *ctx,
                        SnpKeySel sel, bool *vlek);

FwHandler fw_snp_verify_mitigation;     /* snp-mitigation.c */
bool fw_tcb_at_most(uint64_t tcb, uint64_t limit);

#endif
