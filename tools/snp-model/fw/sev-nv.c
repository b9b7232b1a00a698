/*
 * SNP host model: the storage area that INIT_EX names instead of flash
 *
 * SEV API (#55766), "INIT_EX".  The format is the firmware's own business:
 * a magic number, the platform's identity, the certificates of its owner, and
 * a SHA-256 over all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "sev.h"

#define NV_MAGIC        0x32564e4c45444f4dULL   /* "MODELNV2" */

typedef struct QEMU_PACKED NvData {
    uint64_t magic;
    uint8_t identity[32];
    uint32_t owned;
    SevCert pek_cert;
    SevCert oca_cert;
    uint8_t hash[32];
} NvData;

void sev_nv_store(SnpFw *fw)
{
    NvData nv = { .magic = cpu_to_le64(NV_MAGIC) };

    if (!fw->nv || fw_check_out(fw, fw->nv, sizeof(nv)) != FW_SUCCESS) {
        return;
    }
    memcpy(nv.identity, fw->identity, sizeof(nv.identity));
    nv.owned = cpu_to_le32(fw->owned);
    if (fw->owned) {
        nv.pek_cert = fw->pek_cert;
        nv.oca_cert = fw->oca_cert;
    }
    fw_sha256(&nv, offsetof(NvData, hash), nv.hash);
    /* the area stays the firmware's until SHUTDOWN */
    fw_host_write(fw->nv, &nv, sizeof(nv));
}

static bool is_blank(const uint8_t *nv)
{
    return fw_is_zero(nv, sizeof(NvData)) ||
           (nv[0] == 0xff && !memcmp(nv, nv + 1, sizeof(NvData) - 1));
}

/*
 * A blank area gets the current identity.  A damaged one is replaced as
 * well, but told about once: SECURE_DATA_INVALID, and the next try works.
 */
FwStatus sev_nv_load(SnpFw *fw, hwaddr spa)
{
    uint8_t hash[32];
    FwStatus status = FW_SUCCESS;
    NvData nv;

    fw_host_read(spa, &nv, sizeof(nv));
    fw_sha256(&nv, offsetof(NvData, hash), hash);
    fw->nv = spa;
    if (le64_to_cpu(nv.magic) == NV_MAGIC && !memcmp(nv.hash, hash, 32)) {
        memcpy(fw->identity, nv.identity, sizeof(fw->identity));
        fw->owned = nv.owned;
        fw->pek_cert = nv.pek_cert;
        fw->oca_cert = nv.oca_cert;
    } else if (!is_blank((uint8_t *)&nv)) {
        status = FW_SECURE_DATA_INVALID;
    }
    sev_nv_store(fw);
    if (status != FW_SUCCESS) {
        fw->nv = 0;
    }
    return status;
}
