/*
 * SNP host model: SEV and SEV-ES guests as the firmware sees them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_SEV_H
#define SNP_MODEL_FW_SEV_H

#include <nettle/sha2.h>
#include "core.h"

typedef enum SevGuestState {
    SEV_GSTATE_UNINIT,
    SEV_GSTATE_LUPDATE,
    SEV_GSTATE_LSECRET,
    SEV_GSTATE_RUNNING,
    SEV_GSTATE_SUPDATE,         /* being sent, and may run */
    SEV_GSTATE_RUPDATE,
    SEV_GSTATE_SENT,
} SevGuestState;

typedef struct SevGuest {
    uint32_t handle;
    uint32_t policy;
    uint32_t asid;              /* 0 = not active */
    SevGuestState state;
    uint8_t vek[32];            /* memory key */
    uint8_t tek[16];            /* transport keys */
    uint8_t tik[16];
    struct sha256_ctx running;  /* over everything measured so far */
    uint8_t digest[32];
    uint8_t measure[32];        /* what LAUNCH_MEASURE told */
} SevGuest;

/* sev-guest.c */
GHashTable *sev_guests_new(void);
SevGuest *sev_guest_find(SnpFw *fw, uint32_t handle);
void sev_guests_drop(SnpFw *fw);
FwStatus sev_guest_new(SnpFw *fw, FwCmd *cmd, SevGuestState state);
void sev_guest_enter(SevGuest *g, SevGuestState state);
FwStatus sev_check_vmsa(const SevGuest *g, uint32_t len);
FwHandler fw_sev_activate, fw_sev_deactivate, fw_sev_decommission,
          fw_sev_guest_status;

/* sev-launch.c */
FwHandler fw_sev_launch_start, fw_sev_launch_update_data,
          fw_sev_launch_update_vmsa, fw_sev_launch_measure,
          fw_sev_launch_secret, fw_sev_launch_finish;

/* sev-send.c */
FwHandler fw_sev_send_start, fw_sev_send_update_data,
          fw_sev_send_update_vmsa, fw_sev_send_finish, fw_sev_send_cancel;

/* sev-receive.c */
FwHandler fw_sev_receive_start, fw_sev_receive_update_data,
          fw_sev_receive_update_vmsa, fw_sev_receive_finish;

/* sev-debug.c */
FwHandler fw_sev_debug, fw_sev_attestation_report;

/* sev-platform.c */
FwHandler fw_sev_init, fw_sev_init_ex, fw_sev_shutdown,
          fw_sev_factory_reset, fw_sev_platform_status, fw_sev_get_id,
          fw_unsupported;

/* sev-cert.c */
void sev_identity_new(SnpFw *fw);
void sev_identity_keys(SnpFw *fw);
FwHandler fw_sev_pek_gen, fw_sev_pdh_gen, fw_sev_pek_csr,
          fw_sev_pek_cert_import, fw_sev_pdh_cert_export;

/* download.c */
FwHandler fw_sev_download_firmware;

/* sev-nv.c */
FwStatus sev_nv_load(SnpFw *fw, hwaddr spa);
void sev_nv_store(SnpFw *fw);

#endif
