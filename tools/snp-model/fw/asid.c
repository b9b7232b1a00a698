/*
 * SNP host model: the ASID table and the cache flush bookkeeping
 *
 * One table for SEV, SEV-ES and SNP: KVM recycles the ASIDs of all three with
 * SNP_DF_FLUSH alone.  An ASID that a guest has left is dirty until every CPU
 * has executed WBINVD and a DF_FLUSH of either kind has followed (#55766,
 * "DF_FLUSH"; #56860, "SNP_DF_FLUSH").
 *
 * The CPUs ask on VMRUN and mark WBINVDs without the BQL: the table has a
 * lock of its own, under which nothing else is taken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/thread.h"
#include "qemu/lockable.h"
#include "core.h"

#define MAX_CPUS    1024

typedef struct AsidEntry {
    SnpAsidUse use;
    SnpGuestKind kind;
    bool dirty;
    uint8_t key[32];        /* of the last guest, also after it is gone */
} AsidEntry;

static AsidEntry asids[SNP_ASID_MAX + 1];
static uint16_t hidden;     /* SNP guests have these from 1 on, SEV-ES none */
static DECLARE_BITMAP(wbinvd_done, MAX_CPUS);
static QemuMutex asid_lock;

static void __attribute__((constructor)) asid_lock_init(void)
{
    qemu_mutex_init(&asid_lock);
}

SnpAsidUse snp_fw_asid(uint32_t asid, SnpGuestKind *kind, uint8_t *key)
{
    static const AsidEntry nobody;
    const AsidEntry *a = asid <= SNP_ASID_MAX ? &asids[asid] : &nobody;

    QEMU_LOCK_GUARD(&asid_lock);
    if (kind) {
        *kind = a->kind;
    }
    if (key) {
        memcpy(key, a->key, sizeof(a->key));
    }
    return a->use;
}

void snp_fw_note_wbinvd(int cpu_index)
{
    if (cpu_index >= 0 && cpu_index < MAX_CPUS) {
        set_bit_atomic(cpu_index, wbinvd_done);
    }
}

/* Called with the lock held whenever an ASID becomes dirty. */
static void forget_wbinvds(void)
{
    for (unsigned int i = 0; i < BITS_TO_LONGS(MAX_CPUS); i++) {
        qatomic_set(&wbinvd_done[i], 0);
    }
}

void fw_asid_dirty_all(void)
{
    QEMU_LOCK_GUARD(&asid_lock);
    for (unsigned int i = 1; i <= SNP_ASID_MAX; i++) {
        asids[i].dirty = asids[i].use == SNP_ASID_FREE;
    }
    forget_wbinvds();
}

bool fw_asid_any_dirty(void)
{
    QEMU_LOCK_GUARD(&asid_lock);
    for (unsigned int i = 1; i <= SNP_ASID_MAX; i++) {
        if (asids[i].dirty) {
            return true;
        }
    }
    return false;
}

static bool asid_fits(uint32_t asid, SnpGuestKind kind)
{
    if (kind == SNP_GUEST_SEV) {
        return asid >= SNP_ASID_MIN_SEV && asid <= SNP_ASID_MAX;
    }
    if (hidden && (kind == SNP_GUEST_SNP) != (asid <= hidden)) {
        return false;
    }
    return asid >= 1 && asid < SNP_ASID_MIN_SEV;
}

/*
 * The checks of ACTIVATE and SNP_ACTIVATE that concern the ASID, in order;
 * @current is what the guest is active on already, 0 for none.
 */
FwStatus fw_asid_check(uint32_t asid, SnpGuestKind kind, uint32_t current)
{
    if (!asid_fits(asid, kind)) {
        return FW_INVALID_ASID;
    }
    QEMU_LOCK_GUARD(&asid_lock);
    if (asids[asid].use != SNP_ASID_FREE) {
        return asid == current ? FW_ACTIVE : FW_ASID_OWNED;
    }
    if (current) {
        return FW_ACTIVE;
    }
    return asids[asid].dirty ? FW_DFFLUSH_REQUIRED : FW_SUCCESS;
}

void fw_asid_install(uint32_t asid, SnpGuestKind kind, SnpAsidUse use,
                     const uint8_t key[32])
{
    QEMU_LOCK_GUARD(&asid_lock);
    asids[asid].use = use;
    asids[asid].kind = kind;
    memcpy(asids[asid].key, key, sizeof(asids[asid].key));
}

/* Ciphertext of guests with ASIDs up to @asids is hidden; 0: of none. */
void fw_asid_hide(uint16_t asids)
{
    qatomic_set(&hidden, asids);
}

bool snp_fw_asid_hidden(uint32_t asid)
{
    return asid && asid <= qatomic_read(&hidden);
}

void fw_asid_use(uint32_t asid, SnpAsidUse use)
{
    QEMU_LOCK_GUARD(&asid_lock);
    asids[asid].use = use;
}

void fw_asid_release(uint32_t asid)
{
    QEMU_LOCK_GUARD(&asid_lock);
    asids[asid].use = SNP_ASID_FREE;
    asids[asid].dirty = true;
    forget_wbinvds();
}

void fw_asid_reset(void)
{
    QEMU_LOCK_GUARD(&asid_lock);
    memset(asids, 0, sizeof(asids));
    qatomic_set(&hidden, 0);
    forget_wbinvds();
}

/* DF_FLUSH and SNP_DF_FLUSH */
FwStatus fw_cmd_df_flush(SnpFw *fw, FwCmd *cmd)
{
    if (!fw_host_all_cpus_in(wbinvd_done, MAX_CPUS)) {
        return FW_WBINVD_REQUIRED;
    }
    QEMU_LOCK_GUARD(&asid_lock);
    for (unsigned int i = 1; i <= SNP_ASID_MAX; i++) {
        asids[i].dirty = false;
    }
    return FW_SUCCESS;
}
