/*
 * SNP host model: SNP_VERIFY_MITIGATION
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_VERIFY_MITIGATION", as far as Linux uses
 * it.  Which mitigations there are to be verified is a property of the device;
 * by default there are none, and the command is unknown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "snp.h"

#define SUB_STATUS      0
#define SUB_VERIFY      1
#define FLAG_DST        (1U << 0)
#define CMD_LEN         0x40
#define RESULT_LEN      0x14
#define NOT_SUPPORTED   1       /* failure status; the number is the model's */

/* Only what can be written to, and nothing that is reserved */
static FwStatus check(SnpFw *fw, const FwCmd *cmd)
{
    const uint8_t *b = cmd->buf;

    if (ldl_le_p(b) != CMD_LEN || lduw_le_p(b + 4) > SUB_VERIFY ||
        lduw_le_p(b + 6) || ldl_le_p(b + 0x10) != FLAG_DST ||
        ldl_le_p(b + 0x14) || !fw_is_zero(b + 0x28, 0x18)) {
        return FW_INVALID_PARAM;
    }
    if (lduw_le_p(b + 4) == SUB_VERIFY && ctpop64(ldq_le_p(b + 8)) != 1) {
        return FW_INVALID_PARAM;
    }
    return fw_check_out(fw, fw_addr(b + 0x20), RESULT_LEN);
}

FwStatus fw_snp_verify_mitigation(SnpFw *fw, FwCmd *cmd)
{
    uint64_t vector = ldq_le_p(cmd->buf + 8);
    uint8_t out[RESULT_LEN] = {};
    FwStatus status;

    if (!fw->mitigations) {
        return FW_INVALID_COMMAND;
    }
    status = check(fw, cmd);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (lduw_le_p(cmd->buf + 4) == SUB_VERIFY) {
        stl_le_p(out + 0x10, vector & fw->mitigations ? 0 : NOT_SUPPORTED);
        fw->verified |= vector & fw->mitigations;
    }
    stq_le_p(out, fw->verified);
    stq_le_p(out + 8, fw->mitigations);
    fw_put_out(fw, fw_addr(cmd->buf + 0x20), out, sizeof(out));
    return FW_SUCCESS;
}
