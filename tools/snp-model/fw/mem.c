/*
 * SNP host model: how the firmware reads and writes memory
 *
 * The firmware never writes a page that the hypervisor could be writing at the
 * same time: once SNP is initialised, output goes to pages in the Firmware
 * state, or outside what the RMP covers (Default).  #56860, "Page States";
 * INVALID_PAGE_STATE otherwise.  LAUNCH_UPDATE and DBG_ENCRYPT write to pages
 * that are to be a guest's, or are, and check that themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "core.h"

/* @field may carry the C-bit (a hypervisor with SME sets it). */
hwaddr fw_spa(uint64_t field)
{
    return le64_to_cpu(field) & ~(1ULL << FW_C_BIT);
}

bool fw_is_zero(const uint8_t *p, size_t len)
{
    while (len--) {
        if (*p++) {
            return false;
        }
    }
    return true;
}

FwStatus fw_read_in(hwaddr spa, void *buf, size_t len)
{
    if (!fw_host_is_ram(spa, len)) {
        return FW_INVALID_ADDRESS;
    }
    fw_host_read(spa, buf, len);
    return FW_SUCCESS;
}

static bool touches_rmp(const SnpFw *fw, hwaddr spa, uint64_t len)
{
    for (unsigned int i = 0; i < fw->rmp.n; i++) {
        const FwRange *r = &fw->rmp.piece[i];

        if (spa < r->end && spa + len > r->start) {
            return true;
        }
    }
    return false;
}

/*
 * The RMP's own pages look like any Firmware page, but are not for use.  CPUs
 * go on to enforce the table after SNP_SHUTDOWN.
 */
bool fw_is_rmp(const SnpFw *fw, hwaddr spa)
{
    return touches_rmp(fw, spa, 1);
}

/* Memory that is the firmware's to write to, whatever its page sizes. */
FwStatus fw_check_owned(SnpFw *fw, hwaddr spa, uint64_t len)
{
    if (!fw_host_is_ram(spa, len)) {
        return FW_INVALID_ADDRESS;
    }
    if (touches_rmp(fw, spa, len)) {
        return FW_INVALID_PAGE_STATE;
    }
    if (!fw->snp_init) {
        return FW_SUCCESS;
    }
    for (hwaddr page = spa & FW_PAGE_MASK; page < spa + len;
         page += FW_PAGE_SIZE) {
        SnpPageState state = snp_rmp_state(page);

        if (state != SNP_PAGE_FIRMWARE && state != SNP_PAGE_DEFAULT) {
            return FW_INVALID_PAGE_STATE;
        }
    }
    return FW_SUCCESS;
}

/* Such memory for output, which is handed back page by page. */
FwStatus fw_check_out(SnpFw *fw, hwaddr spa, uint64_t len)
{
    FwStatus status = fw_check_owned(fw, spa, len);

    if (status != FW_SUCCESS || !fw->snp_init) {
        return status;
    }
    for (hwaddr page = spa & FW_PAGE_MASK; page < spa + len;
         page += FW_PAGE_SIZE) {
        SnpRmpEntry e;

        snp_rmp_get(page, &e);
        if (e.size_2m) {
            return FW_INVALID_PAGE_SIZE;    /* could not release a part */
        }
    }
    return FW_SUCCESS;
}

/*
 * Output pages are handed back in the Reclaim state, so that the hypervisor
 * may take them with a mere RMPUPDATE.  The caller has done fw_check_out().
 */
void fw_release_out(SnpFw *fw, hwaddr spa, uint64_t len)
{
    hwaddr page;

    if (!fw->snp_init) {
        return;
    }
    snp_rmp_lock();
    for (page = spa & FW_PAGE_MASK; page < spa + len; page += FW_PAGE_SIZE) {
        SnpRmpEntry e;

        if (snp_rmp_state(page) != SNP_PAGE_FIRMWARE) {
            continue;
        }
        snp_rmp_get(page, &e);
        e.immutable = false;
        snp_rmp_put(page, &e);
    }
    snp_rmp_unlock();
}

void fw_put_out(SnpFw *fw, hwaddr spa, const void *buf, uint64_t len)
{
    fw_host_write(spa, buf, len);
    fw_release_out(fw, spa, len);
}
