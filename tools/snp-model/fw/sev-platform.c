/*
 * SNP host model: INIT, INIT_EX, SHUTDOWN and what else concerns the platform
 *
 * SEV API (#55766), chapter "Platform Management API".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sev.h"

#define INIT_ES             (1U << 0)
#define INIT_EX_LEN         0x24
#define NV_LEN              0x8000U

#define TMR_LEN             0x100000ULL
#define TMR_LEN_SNP         0x200000ULL

#define STATUS_OWNED        (1U << 0)
#define STATUS_ES           (1U << 8)

typedef struct InitParams {
    uint32_t flags;
    uint32_t reserved;
    hwaddr tmr;
    uint32_t tmr_len;
} InitParams;

/* The trusted memory region, where the firmware saves SEV-ES state. */
static FwStatus check_tmr(SnpFw *fw, const InitParams *p)
{
    uint64_t len = fw->rmp_init ? TMR_LEN_SNP : TMR_LEN;

    if (!(p->flags & INIT_ES)) {
        return FW_SUCCESS;
    }
    if (p->tmr & (len - 1)) {
        return FW_INVALID_ADDRESS;
    }
    if (p->tmr_len != len) {
        return FW_INVALID_LEN;
    }
    return fw_check_owned(fw, p->tmr, len);
}

static FwStatus check_init(SnpFw *fw, const InitParams *p)
{
    if (p->flags & ~INIT_ES || p->reserved) {
        return FW_INVALID_PARAM;
    }
    if (fw_host_snp_enabled() && !fw->rmp_init) {
        return FW_INVALID_PLATFORM_STATE;
    }
    return check_tmr(fw, p);
}

static void commit_init(SnpFw *fw, const InitParams *p)
{
    fw->sev_es = p->flags & INIT_ES;
    fw->tmr = (FwRange) { p->tmr, p->tmr + (fw->sev_es ? p->tmr_len : 0) };
    fw->sev_state = SEV_INIT;
    fw_random(&fw->drbg, fw->pdh, sizeof(fw->pdh));
    sev_identity_keys(fw);
    fw_asid_dirty_all();
}

FwStatus fw_sev_init(SnpFw *fw, FwCmd *cmd)
{
    InitParams p = {
        .flags = ldl_le_p(cmd->buf),
        .reserved = ldl_le_p(cmd->buf + 4),
        .tmr = fw_addr(cmd->buf + 8),
        .tmr_len = ldl_le_p(cmd->buf + 0x10),
    };
    FwStatus status = check_init(fw, &p);

    if (status == FW_SUCCESS) {
        fw->nv = 0;
        commit_init(fw, &p);
    }
    return status;
}

static FwStatus check_nv(SnpFw *fw, hwaddr spa, uint32_t len)
{
    if (spa & ~FW_PAGE_MASK) {
        return FW_INVALID_ADDRESS;
    }
    if (len < NV_LEN) {
        return FW_INVALID_LEN;
    }
    return fw_check_out(fw, spa, NV_LEN);
}

FwStatus fw_sev_init_ex(SnpFw *fw, FwCmd *cmd)
{
    InitParams p = {
        .flags = ldl_le_p(cmd->buf + 4),
        .tmr = fw_addr(cmd->buf + 8),
        .tmr_len = ldl_le_p(cmd->buf + 0x10),
        .reserved = ldl_le_p(cmd->buf + 0x14),
    };
    hwaddr nv = fw_addr(cmd->buf + 0x18);
    FwStatus status;

    if (ldl_le_p(cmd->buf) != INIT_EX_LEN) {
        return FW_INVALID_LEN;
    }
    status = check_init(fw, &p);
    if (status == FW_SUCCESS) {
        status = check_nv(fw, nv, ldl_le_p(cmd->buf + 0x20));
    }
    if (status == FW_SUCCESS) {
        status = sev_nv_load(fw, nv);
    }
    if (status == FW_SUCCESS) {
        commit_init(fw, &p);
    }
    return status;
}

FwStatus fw_sev_shutdown(SnpFw *fw, FwCmd *cmd)
{
    sev_guests_drop(fw);
    fw->sev_state = SEV_UNINIT;
    fw->sev_es = false;
    fw->tmr = (FwRange) { };
    fw->nv = 0;
    return FW_SUCCESS;
}

FwStatus fw_sev_factory_reset(SnpFw *fw, FwCmd *cmd)
{
    sev_identity_new(fw);
    return FW_SUCCESS;
}

FwStatus fw_sev_platform_status(SnpFw *fw, FwCmd *cmd)
{
    uint8_t *out = cmd->buf;

    out[0] = FW_API_MAJOR;
    out[1] = FW_API_MINOR;
    out[2] = fw->sev_state;
    stl_le_p(out + 3, (fw->sev_es ? STATUS_ES : 0) |
                      (fw->owned ? STATUS_OWNED : 0));
    out[7] = fw->build;
    stl_le_p(out + 8, g_hash_table_size(fw->sev_guests));
    cmd->dirty = true;
    return FW_SUCCESS;
}

/* That of the one PSP that there is; the length is unconfirmed. */
FwStatus fw_sev_get_id(SnpFw *fw, FwCmd *cmd)
{
    hwaddr spa = fw_addr(cmd->buf);
    uint32_t len = ldl_le_p(cmd->buf + 8);
    uint8_t id[FW_CHIP_ID_LEN] = {};
    FwStatus status;

    memcpy(id, fw->keys.chip_id, fw->product->chip_id_len);
    stl_le_p(cmd->buf + 8, FW_CHIP_ID_LEN);
    cmd->dirty = true;
    if (len < FW_CHIP_ID_LEN) {
        return FW_INVALID_LEN;
    }
    status = fw_check_out(fw, spa, FW_CHIP_ID_LEN);
    if (status == FW_SUCCESS) {
        fw_put_out(fw, spa, id, FW_CHIP_ID_LEN);
    }
    return status;
}

/* Migration, firmware updates, VLEKs: not in this model. */
FwStatus fw_unsupported(SnpFw *fw, FwCmd *cmd)
{
    return FW_UNSUPPORTED;
}
