/*
 * SNP host model: every command the firmware knows, once
 *
 * Ids and buffers: SEV API (#55766) and SEV-SNP Firmware ABI (#56860).
 * Anything that is not here is an INVALID_COMMAND.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "sev.h"
#include "snp.h"

#define IN      false
#define OUT     true    /* writes to its command buffer */

const FwCmdInfo fw_commands[] = {
    /* id, name, buffer, in or out, platform, handler */
    { 0x01, "INIT", sizeof(SevCmdInit), IN, FW_SEV_UNINIT, fw_sev_init },
    { 0x02, "SHUTDOWN", 0, IN, FW_ANY, fw_sev_shutdown },
    { 0x03, "FACTORY_RESET", 0, IN, FW_SEV_UNINIT, fw_sev_factory_reset },
    { 0x04, "PLATFORM_STATUS", sizeof(SevCmdPlatformStatus), OUT, FW_ANY,
      fw_sev_platform_status },
    { 0x05, "PEK_GEN", 0, IN, FW_SEV_INIT, fw_sev_pek_gen },
    { 0x06, "PEK_CSR", sizeof(SevCmdPekCsr), OUT, FW_SEV_INIT,
      fw_sev_pek_csr },
    { 0x07, "PEK_CERT_IMPORT", sizeof(SevCmdPekCertImport), IN, FW_SEV_INIT,
      fw_sev_pek_cert_import },
    { 0x08, "PDH_CERT_EXPORT", sizeof(SevCmdPdhCertExport), OUT, FW_SEV_INIT,
      fw_sev_pdh_cert_export },
    { 0x09, "PDH_GEN", 0, IN, FW_SEV_INIT, fw_sev_pdh_gen },
    { 0x0a, "DF_FLUSH", 0, IN, FW_SEV_INIT, fw_cmd_df_flush },
    { 0x0b, "DOWNLOAD_FIRMWARE", sizeof(SevCmdDownloadFirmware), IN,
      FW_SEV_UNINIT, fw_sev_download_firmware },
    { 0x0c, "GET_ID", sizeof(SevCmdGetId), OUT, FW_ANY, fw_sev_get_id },
    { 0x0d, "INIT_EX", sizeof(SevCmdInitEx), IN, FW_SEV_UNINIT,
      fw_sev_init_ex },

    { 0x20, "DECOMMISSION", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_decommission },
    { 0x21, "ACTIVATE", sizeof(SevCmdActivate), IN, FW_SEV_INIT,
      fw_sev_activate },
    { 0x22, "DEACTIVATE", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_deactivate },
    { 0x23, "GUEST_STATUS", sizeof(SevCmdGuestStatus), OUT, FW_SEV_INIT,
      fw_sev_guest_status },

    { 0x30, "LAUNCH_START", sizeof(SevCmdStart), OUT, FW_SEV_INIT,
      fw_sev_launch_start },
    { 0x31, "LAUNCH_UPDATE_DATA", sizeof(SevCmdLaunchUpdate), IN, FW_SEV_INIT,
      fw_sev_launch_update_data },
    { 0x32, "LAUNCH_UPDATE_VMSA", sizeof(SevCmdLaunchUpdate), IN, FW_SEV_INIT,
      fw_sev_launch_update_vmsa },
    { 0x33, "LAUNCH_MEASURE", sizeof(SevCmdLaunchMeasure), OUT, FW_SEV_INIT,
      fw_sev_launch_measure },
    { 0x34, "LAUNCH_SECRET", sizeof(SevCmdPacket), IN, FW_SEV_INIT,
      fw_sev_launch_secret },
    { 0x35, "LAUNCH_FINISH", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_launch_finish },
    { 0x36, "ATTESTATION_REPORT", sizeof(SevCmdAttestationReport), OUT,
      FW_SEV_INIT, fw_sev_attestation_report },

    { 0x40, "SEND_START", sizeof(SevCmdSendStart), OUT, FW_SEV_INIT,
      fw_sev_send_start },
    { 0x41, "SEND_UPDATE_DATA", sizeof(SevCmdPacket), OUT, FW_SEV_INIT,
      fw_sev_send_update_data },
    { 0x42, "SEND_UPDATE_VMSA", sizeof(SevCmdPacket), OUT, FW_SEV_INIT,
      fw_sev_send_update_vmsa },
    { 0x43, "SEND_FINISH", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_send_finish },
    { 0x44, "SEND_CANCEL", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_send_cancel },
    { 0x50, "RECEIVE_START", sizeof(SevCmdStart), OUT, FW_SEV_INIT,
      fw_sev_receive_start },
    { 0x51, "RECEIVE_UPDATE_DATA", sizeof(SevCmdPacket), IN, FW_SEV_INIT,
      fw_sev_receive_update_data },
    { 0x52, "RECEIVE_UPDATE_VMSA", sizeof(SevCmdPacket), IN, FW_SEV_INIT,
      fw_sev_receive_update_vmsa },
    { 0x53, "RECEIVE_FINISH", sizeof(SevCmdHandle), IN, FW_SEV_INIT,
      fw_sev_receive_finish },

    { 0x60, "DBG_DECRYPT", sizeof(SevCmdDbg), IN, FW_SEV_INIT, fw_sev_debug },
    { 0x61, "DBG_ENCRYPT", sizeof(SevCmdDbg), IN, FW_SEV_INIT, fw_sev_debug },

    { 0x81, "SNP_INIT", 0, IN, FW_ANY, fw_snp_init },
    { 0x82, "SNP_SHUTDOWN", 0, IN, FW_ANY, fw_snp_shutdown },
    { 0x83, "SNP_PLATFORM_STATUS", sizeof(SnpCmdPlatformStatus), IN, FW_ANY,
      fw_snp_platform_status },
    { 0x84, "SNP_DF_FLUSH", 0, IN, FW_SNP_INIT, fw_cmd_df_flush },
    { 0x85, "SNP_INIT_EX", sizeof(SnpCmdInitEx), IN, FW_ANY, fw_snp_init_ex },
    { 0x86, "SNP_SHUTDOWN_EX", sizeof(SnpCmdShutdownEx), IN, FW_ANY,
      fw_snp_shutdown_ex },

    { 0x90, "SNP_DECOMMISSION", sizeof(SnpCmdGctx), IN, FW_SNP_INIT,
      fw_snp_decommission },
    { 0x91, "SNP_ACTIVATE", sizeof(SnpCmdActivate), IN, FW_SNP_INIT,
      fw_snp_activate },
    { 0x92, "SNP_GUEST_STATUS", sizeof(SnpCmdGuestStatus), IN, FW_SNP_INIT,
      fw_snp_guest_status },
    { 0x93, "SNP_GCTX_CREATE", sizeof(SnpCmdGctx), IN, FW_SNP_INIT,
      fw_snp_gctx_create },
    { 0x94, "SNP_GUEST_REQUEST", sizeof(SnpCmdGuestRequest), IN, FW_SNP_INIT,
      fw_snp_guest_request },

    { 0xa0, "SNP_LAUNCH_START", sizeof(SnpCmdLaunchStart), IN, FW_SNP_INIT,
      fw_snp_launch_start },
    { 0xa1, "SNP_LAUNCH_UPDATE", sizeof(SnpCmdLaunchUpdate), IN, FW_SNP_INIT,
      fw_snp_launch_update },
    { 0xa2, "SNP_LAUNCH_FINISH", sizeof(SnpCmdLaunchFinish), IN, FW_SNP_INIT,
      fw_snp_launch_finish },

    { 0xb0, "SNP_DBG_DECRYPT", sizeof(SnpCmdDbg), IN, FW_SNP_INIT,
      fw_snp_dbg_decrypt },
    { 0xb1, "SNP_DBG_ENCRYPT", sizeof(SnpCmdDbg), IN, FW_SNP_INIT,
      fw_snp_dbg_encrypt },
    { 0xb2, "SNP_VERIFY_MITIGATION", sizeof(SnpCmdVerifyMitigation), IN,
      FW_ANY, fw_snp_verify_mitigation },

    { 0xc7, "SNP_PAGE_RECLAIM", sizeof(SnpCmdPage), IN, FW_SNP_INIT,
      fw_snp_page_reclaim },
    { 0xc8, "SNP_PAGE_UNSMASH", sizeof(SnpCmdPage), IN, FW_SNP_INIT,
      fw_unsupported },
    { 0xc9, "SNP_CONFIG", sizeof(SnpCmdConfig), IN, FW_SNP_INIT,
      fw_snp_config },
    { 0xca, "SNP_DOWNLOAD_FIRMWARE_EX", 0, IN, FW_ANY, fw_unsupported },
    { 0xcb, "SNP_COMMIT", sizeof(SnpCmdCommit), IN, FW_ANY, fw_snp_commit },
    { 0xcd, "SNP_VLEK_LOAD", sizeof(SnpCmdVlekLoad), IN, FW_SNP_INIT,
      fw_snp_vlek_load },
    { 0xce, "SNP_FEATURE_INFO", sizeof(SnpCmdFeatureInfo), IN, FW_ANY,
      fw_snp_feature_info },
};

const unsigned int fw_nr_commands = ARRAY_SIZE(fw_commands);
