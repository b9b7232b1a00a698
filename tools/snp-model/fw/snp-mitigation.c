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
#define NOT_SUPPORTED   1       /* failure status; the number is the model's */

/* Only what can be written to, and nothing that is reserved */
static FwStatus check(SnpFw *fw, const SnpCmdVerifyMitigation *c)
{
    uint16_t sub = le16_to_cpu(c->subcommand);

    if (le32_to_cpu(c->length) != sizeof(*c) || sub > SUB_VERIFY ||
        c->reserved_06 || le32_to_cpu(c->flags) != FLAG_DST ||
        c->reserved_14 ||
        !fw_is_zero(c->reserved_28, sizeof(c->reserved_28))) {
        return FW_INVALID_PARAM;
    }
    if (sub == SUB_VERIFY && ctpop64(c->vector) != 1) {
        return FW_INVALID_PARAM;
    }
    return fw_check_out(fw, fw_spa(c->dst_paddr), sizeof(SnpMitigations));
}

FwStatus fw_snp_verify_mitigation(SnpFw *fw, FwCmd *cmd)
{
    const SnpCmdVerifyMitigation *c = cmd->buf;
    uint64_t vector = le64_to_cpu(c->vector);
    SnpMitigations out = { };
    FwStatus status;

    if (!fw->mitigations) {
        return FW_INVALID_COMMAND;
    }
    status = check(fw, c);
    if (status != FW_SUCCESS) {
        return status;
    }
    if (le16_to_cpu(c->subcommand) == SUB_VERIFY) {
        out.failure_status = cpu_to_le32(vector & fw->mitigations
                                         ? 0 : NOT_SUPPORTED);
        fw->verified |= vector & fw->mitigations;
    }
    out.verified_vector = cpu_to_le64(fw->verified);
    out.supported_vector = cpu_to_le64(fw->mitigations);
    fw_put_out(fw, fw_spa(c->dst_paddr), &out, sizeof(out));
    return FW_SUCCESS;
}
