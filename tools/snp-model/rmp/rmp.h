/*
 * SNP host model: the Reverse Map Table (RMP)
 *
 * AMD APM volume 2 section 15.36; raw layout of Zen 3 and Zen 4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_RMP_H
#define SNP_MODEL_RMP_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "qemu/typedefs.h"

/* One entry, decoded.  Addresses are byte addresses, 4 KiB aligned. */
typedef struct SnpRmpEntry {
    uint64_t gpa;
    uint16_t asid;
    bool assigned;
    bool size_2m;       /* of the 2 MiB region's base entry */
    bool immutable;
    bool vmsa;
    bool validated;
    uint8_t perms[4];   /* by VMPL: R, W, XU, XS, SSS in bits 0 to 4 */
} SnpRmpEntry;

/*
 * The gpa that marks a Firmware page as the IOMMU's (Firmware_IOMMU state);
 * every other non-zero gpa in an immutable, ASID 0 entry means Metadata.
 */
#define SNP_RMP_IOMMU_TAG   0x7fffffffff000ULL

typedef enum SnpPageState {
    SNP_PAGE_HYPERVISOR,
    SNP_PAGE_HV_FIXED,
    SNP_PAGE_FIRMWARE,
    SNP_PAGE_FIRMWARE_IOMMU,    /* told from Metadata by its gpa tag */
    SNP_PAGE_CONTEXT,
    SNP_PAGE_METADATA,
    SNP_PAGE_RECLAIM,
    SNP_PAGE_PRE_GUEST,
    SNP_PAGE_PRE_SWAP,
    SNP_PAGE_GUEST_INVALID,
    SNP_PAGE_GUEST_VALID,
    SNP_PAGE_DEFAULT,           /* not covered by the table */
} SnpPageState;

/* True once some CPU has set SYSCFG.SNP_EN: RMP checks are enforced. */
bool snp_rmp_enabled(void);

/* True when the table that RMP_BASE and RMP_END describe covers @spa. */
bool snp_rmp_covers(hwaddr spa);

/*
 * Read the entry of the 4 KiB page at @spa.  Inside a 2 MiB entry the fields
 * are the base entry's, gpa advanced to the page.  The caller holds the RMP
 * lock or accepts a value that is out of date when it returns.
 */
void snp_rmp_get(hwaddr spa, SnpRmpEntry *e);

/*
 * Replace the entry of the 4 KiB page at @spa, or with @e->size_2m that of
 * the 2 MiB region at @spa, and drop every translation any vCPU has cached
 * under the old one.  The caller holds the RMP lock.
 *
 * In exclusive context (a function started by async_safe_run_on_cpu()) the
 * translations are gone when this returns.  Elsewhere what other vCPUs have
 * goes as exclusive work queued on the current one: an instruction helper ends
 * its block; a device that is called with the BQL held runs its command, or at
 * least announces its completion, in a function that it queues with
 * async_safe_run_on_cpu(current_cpu ? current_cpu : first_cpu, ...).
 */
void snp_rmp_put(hwaddr spa, const SnpRmpEntry *e);

/*
 * Set every entry of [start, end) to @e (4 KiB entries, gpa not advanced),
 * clipped to what the table covers, for SNP_INIT: no per-page work beyond the
 * 16 bytes, one flush of all vCPUs at the end.  The per-ASID counters are not
 * adjusted; snp_rmp_reset_counters() zeroes them.  The caller holds the RMP
 * lock.
 */
void snp_rmp_fill(hwaddr start, hwaddr end, const SnpRmpEntry *e);
void snp_rmp_reset_counters(void);

/* Number of 4 KiB pages assigned to @asid (the table's own counters). */
uint64_t snp_rmp_asid_pages(uint32_t asid);

/*
 * Call @fn for every covered 4 KiB page whose state is not Hypervisor, upwards;
 * returns the number of all.  The caller holds the RMP lock.
 */
uint64_t snp_rmp_each(void (*fn)(hwaddr spa, SnpPageState state,
                                 const SnpRmpEntry *e, void *opaque),
                      void *opaque);

/*
 * The page holds what its guest sees, not what the hypervisor sees: fw.h,
 * "Memory contents".
 */
static inline bool snp_rmp_is_guest_view(const SnpRmpEntry *e)
{
    return e->assigned && e->asid && (!e->immutable || e->validated);
}

SnpPageState snp_rmp_state(hwaddr spa);
const char *snp_page_state_name(SnpPageState state);

/* Serialises every read-modify-write of the table. */
void snp_rmp_lock(void);
void snp_rmp_unlock(void);

/*
 * Scramble (or, being an involution, restore) the 4 KiB page at @spa with the
 * key stream of @key and @spa: what it looks like to whoever lacks the key.
 */
void snp_page_scramble(hwaddr spa, const uint8_t key[32]);

/*
 * The table goes, or all of its entries: guests' pages hold from now on what
 * who lacks the key sees.  The keys are still there; the caller holds the RMP
 * lock.
 */
void snp_rmp_abandon_guests(void);

/*
 * Physical addresses with this bit, which no processor and no table has, are
 * the same memory as it is seen without a key: ciphertext of guests' pages.
 * For reading only; takes the RMP lock.
 */
#define SNP_CIPHERTEXT      (1ULL << 56)
void snp_ciphertext_init(Object *machine);

/* The same for bytes of one page, and for who must not wait for the BQL. */
MemTxResult snp_ciphertext_read(hwaddr spa, void *buf, size_t len);

#endif
