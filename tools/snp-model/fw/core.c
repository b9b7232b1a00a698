/*
 * SNP host model: the firmware's command loop and life cycle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "../trace.h"
#include "core.h"
#include "sev.h"
#include "snp.h"

static const char *const status_names[FW_STATUS_MAX] = {
#define X(name, value) [value] = #name,
    FW_STATUSES(X)
#undef X
};

const char *fw_status_name(FwStatus status)
{
    return status < FW_STATUS_MAX && status_names[status] ?
           status_names[status] : "?";
}

static const FwCmdInfo *find_command(unsigned int id)
{
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        if (fw_commands[i].id == id) {
            return &fw_commands[i];
        }
    }
    return NULL;
}

static bool platform_allows(const SnpFw *fw, FwNeeds needs)
{
    switch (needs) {
    case FW_ANY:
        return true;
    case FW_SEV_UNINIT:
        return fw->sev_state == SEV_UNINIT;
    case FW_SEV_INIT:
        return fw->sev_state != SEV_UNINIT;
    case FW_SNP_INIT:
        return fw->snp_init;
    }
    g_assert_not_reached();
}

static FwStatus fetch_buffer(SnpFw *fw, const FwCmdInfo *info, FwCmd *cmd)
{
    FwStatus status;

    if (!info->len) {
        return FW_SUCCESS;
    }
    status = fw_read_in(cmd->spa, cmd->buf, info->len);
    if (status == FW_SUCCESS && info->out) {
        status = fw_check_out(fw, cmd->spa, info->len);
    }
    return status;
}

static FwStatus run(SnpFw *fw, const FwCmdInfo *info, hwaddr buffer)
{
    uint8_t buf[FW_MAX_CMD_BUF] = { };
    FwCmd cmd = { .spa = buffer, .buf = buf };
    FwStatus status;

    if (!platform_allows(fw, info->needs)) {
        return FW_INVALID_PLATFORM_STATE;
    }
    status = fetch_buffer(fw, info, &cmd);
    if (status != FW_SUCCESS) {
        return status;
    }
    status = info->handler(fw, &cmd);
    if (cmd.dirty) {
        /* also on failure: INVALID_LEN reports the length it wants */
        fw_put_out(fw, cmd.spa, cmd.buf, info->len);
    }
    return status;
}

FwStatus fw_execute(SnpFw *fw, unsigned int id, hwaddr buffer)
{
    const FwCmdInfo *info = find_command(id);
    FwStatus status;

    QEMU_LOCK_GUARD(&fw->lock);
    if (!info) {
        fw_count(fw, FW_UNKNOWN, FW_INVALID_COMMAND);
        trace_snp_fw_command(id, "?", buffer, FW_INVALID_COMMAND,
                             fw_status_name(FW_INVALID_COMMAND));
        return FW_INVALID_COMMAND;
    }
    if (!fw_fault_due(fw, info - fw_commands, &status)) {
        status = run(fw, info, buffer & ~(1ULL << FW_C_BIT));
    }
    fw_count(fw, info - fw_commands, status);
    trace_snp_fw_command(id, info->name, buffer, status,
                         fw_status_name(status));
    return status;
}

SnpFw *fw_new(const uint8_t seed[32], const FwProduct *product)
{
    SnpFw *fw = g_new0(SnpFw, 1);

    g_assert(fw_nr_commands <= FW_MAX_CMDS);
    qemu_mutex_init(&fw->lock);
    fw_drbg_seed(&fw->drbg, seed);
    fw->product = product;
    fw_keys_default(&fw->keys);
    fw->sev_guests = sev_guests_new();
    fw->contexts = snp_contexts_new();
    sev_identity_new(fw);
    fw_reset(fw);
    return fw;
}

void fw_free(SnpFw *fw)
{
    g_hash_table_destroy(fw->sev_guests);
    g_hash_table_destroy(fw->contexts);
    qemu_mutex_destroy(&fw->lock);
    g_free(fw);
}

/* Power-on state.  Keys survive, as fuses and flash would. */
void fw_reset(SnpFw *fw)
{
    g_hash_table_remove_all(fw->sev_guests);
    g_hash_table_remove_all(fw->contexts);
    fw->sev_state = SEV_UNINIT;
    fw->sev_es = false;
    fw->next_handle = 1;
    fw->snp_init = false;
    fw->rmp_init = false;
    fw->snp_guest_count = 0;
    fw->rmp = (FwRmp) { };
    fw->tmr = (FwRange) { };
    fw->iommu_ranges = 0;
    fw->build = FW_BUILD;
    fw->committed_build = FW_BUILD;
    fw->reported_tcb = fw->product->tcb;
    fw->mask_chip_id = false;
    fw->mask_chip_key = false;
    fw->vlek_loaded = false;
    fw->verified = 0;
    fw->hidden_asids = 0;
    fw->nv = 0;
    fw_asid_reset();
}
