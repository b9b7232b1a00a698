/*
 * SNP host model: the storage area that INIT_EX names instead of flash
 *
 * SEV API (#55766), "INIT_EX".  The format is the firmware's own business:
 * a magic number, the platform's identity, a SHA-256 over both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "fw-crypto.h"
#include "fw-sev.h"

#define NV_MAGIC        0x31564e4c45444f4dULL   /* "MODELNV1" */
#define NV_IDENTITY     8
#define NV_HASH         40
#define NV_USED         72

void sev_nv_store(SnpFw *fw)
{
    uint8_t nv[NV_USED] = {};

    if (!fw->nv || fw_check_out(fw, fw->nv, NV_USED) != FW_SUCCESS) {
        return;
    }
    stq_le_p(nv, NV_MAGIC);
    memcpy(nv + NV_IDENTITY, fw->identity, sizeof(fw->identity));
    fw_sha256(nv, NV_HASH, nv + NV_HASH);
    /* the area stays the firmware's until SHUTDOWN */
    fw_host_write(fw->nv, nv, sizeof(nv));
}

static bool is_blank(const uint8_t *nv)
{
    return fw_is_zero(nv, NV_USED) ||
           (nv[0] == 0xff && !memcmp(nv, nv + 1, NV_USED - 1));
}

/*
 * A blank area gets the current identity.  A damaged one is replaced as
 * well, but told about once: SECURE_DATA_INVALID, and the next try works.
 */
FwStatus sev_nv_load(SnpFw *fw, hwaddr spa)
{
    uint8_t nv[NV_USED], hash[32];
    FwStatus status = FW_SUCCESS;

    fw_host_read(spa, nv, sizeof(nv));
    fw_sha256(nv, NV_HASH, hash);
    fw->nv = spa;
    if (ldq_le_p(nv) == NV_MAGIC && !memcmp(nv + NV_HASH, hash, 32)) {
        memcpy(fw->identity, nv + NV_IDENTITY, sizeof(fw->identity));
    } else if (!is_blank(nv)) {
        status = FW_SECURE_DATA_INVALID;
    }
    sev_nv_store(fw);
    if (status != FW_SUCCESS) {
        fw->nv = 0;
    }
    return status;
}
