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
    const SevCmdInit *c = cmd->buf;
    InitParams p = {
        .flags = le32_to_cpu(c->flags),
        .reserved = c->reserved_04,
        .tmr = fw_spa(c->tmr_paddr),
        .tmr_len = le32_to_cpu(c->tmr_length),
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
    const SevCmdInitEx *c = cmd->buf;
    InitParams p = {
        .flags = le32_to_cpu(c->flags),
        .tmr = fw_spa(c->tmr_paddr),
        .tmr_len = le32_to_cpu(c->tmr_length),
        .reserved = c->reserved_14,
    };
    hwaddr nv = fw_spa(c->nv_paddr);
    FwStatus status;

    if (le32_to_cpu(c->length) != sizeof(*c)) {
        return FW_INVALID_LEN;
    }
    status = check_init(fw, &p);
    if (status == FW_SUCCESS) {
        status = check_nv(fw, nv, le32_to_cpu(c->nv_length));
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
    SevCmdPlatformStatus *c = cmd->buf;

    c->api_major = FW_API_MAJOR;
    c->api_minor = FW_API_MINOR;
    c->state = fw->sev_state;
    c->flags = cpu_to_le32((fw->sev_es ? STATUS_ES : 0) |
                           (fw->owned ? STATUS_OWNED : 0));
    c->build = fw->build;
    c->guest_count = cpu_to_le32(g_hash_table_size(fw->sev_guests));
    cmd->dirty = true;
    return FW_SUCCESS;
}

/* That of the one PSP that there is; the length is unconfirmed. */
FwStatus fw_sev_get_id(SnpFw *fw, FwCmd *cmd)
{
    SevCmdGetId *c = cmd->buf;
    hwaddr spa = fw_spa(c->id_paddr);
    uint32_t len = le32_to_cpu(c->id_length);
    uint8_t id[FW_CHIP_ID_LEN] = {};
    FwStatus status;

    memcpy(id, fw->keys.chip_id, fw->product->chip_id_len);
    c->id_length = cpu_to_le32(FW_CHIP_ID_LEN);
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

/* PAGE_UNSMASH and SNP_DOWNLOAD_FIRMWARE_EX: not in this model. */
FwStatus fw_unsupported(SnpFw *fw, FwCmd *cmd)
{
    return FW_UNSUPPORTED;
}
