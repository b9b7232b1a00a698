/*
 * SNP host model: the Reverse Map Table (RMP)
 *
 * AMD APM volume 2 section 15.36.  The table lives in the machine's RAM in
 * the layout of Zen 3 and Zen 4, because host kernels read it there, in one
 * piece or in segments.  A table in one piece is a single segment here.
 *
 * Verdicts and TLBs: QEMU checks an access when it fills a TLB entry and not
 * again while the entry lives, so an entry's verdict must not outlive the RMP
 * entry that gave it.  Each page has a mark that says where its verdict may be
 * cached: nowhere, in one entry of one vCPU's TLB, anywhere in that TLB, or in
 * those of several vCPUs.  A change drops what the mark of its page says before
 * the instruction or firmware command that makes it completes:
 *
 *   TLB fill on any vCPU                 whoever changes the entry
 *   1. add to the page's mark            1. write the RMP entry
 *   2. read the RMP entry                2. read the mark
 *   3. install the TLB entry             3. drop what it says, and clear it
 *
 * Both sides have a full barrier between 1 and 2, so either the fill sees the
 * new entry or the change sees the mark.  A mark that is cleared must not be one
 * that a fill between its steps 1 and 3 relies on.  There are two cases:
 *
 * - The mark names one vCPU, and that is the one that makes the change, by an
 *   instruction of its own.  It is inside no fill, and others have no access to
 *   the page under way.  It drops the translation on the spot.  A fill that
 *   another vCPU begins meanwhile adds to the mark; then the exchange that is to
 *   clear it fails, and the second case is at hand.
 * - Else the change is finished by exclusive work, which runs while no vCPU is
 *   inside guest code or a fill, so that the last access under the old entry is
 *   over as well.  It is always queued, even if another vCPU has the same in its
 *   queue: this one must not go on before it is done.
 *
 * Regions have marks, too.  Under a large leaf the hypervisor may write if all of
 * the region is its own, so the first page that is assigned takes that away
 * from the others.  Nothing else that changes in a region is a matter of more
 * than the page's own mark: a stale verdict that allows less is asked again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/lockable.h"
#include "qemu/thread.h"
#include "exec/address-spaces.h"
#include "exec/cputlb.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "rmp.h"
#include "table.h"
#include "../trace.h"

/* First quadword of an entry; the gpa sits at its own bit positions. */
#define RAW_ASSIGNED        (1ULL << 0)
#define RAW_PAGESIZE_2M     (1ULL << 1)
#define RAW_IMMUTABLE       (1ULL << 2)
#define RAW_GPA_MASK        MAKE_64BIT_MASK(12, 39)
#define RAW_ASID_SHIFT      51
#define RAW_ASID_BITS       10
#define RAW_VMSA            (1ULL << 61)
#define RAW_VALIDATED       (1ULL << 62)

#define RMP_PAGE_BITS       12
#define RMP_REGION_BITS     21
#define RMP_MAX_ASID        2047
#define RMP_ONE_SEGMENT     52      /* bits: all addresses that there are */

/*
 * Marks, see above: 0, or the vCPU's number plus one, the MMU index, and the
 * virtual address.
 */
#define MARK_CPU            0xffULL
#define MARK_CPU_MANY       0xffULL
#define MARK_IDX_SHIFT      8
#define MARK_IDX_ANY        (0xfULL << MARK_IDX_SHIFT)
#define MARK_ADDR           (~0xfffULL)
QEMU_BUILD_BUG_ON(MMU_GUEST_IDX + MMU_PHYS_IDX > 0xf);

typedef struct SnpRmpRaw {
    uint64_t lo;
    uint64_t hi;
} SnpRmpRaw;

typedef struct SnpRmpSegment {
    MemoryRegion *mr;
    SnpRmpPiece place;
    SnpRmpRaw *table;           /* little endian, in guest RAM */
    uint64_t nr_pages;          /* covered, from the segment's start on */
} SnpRmpSegment;

typedef struct SnpRmp {
    QemuMutex lock;
    hwaddr base, end;
    uint64_t cfg;
    MemoryRegion *mr;
    uint64_t *asid_pages;       /* as the segments' tables */
    SnpRmpSegment segment[SNP_RMP_SEGMENTS];
    unsigned nr_segments;       /* up to the last that covers something */
    unsigned segment_bits;      /* of a page's number */
    uint64_t nr_pages;          /* up to the last that is covered */
    uint64_t nr_regions;
    uint16_t *assigned;         /* per region */
    uint64_t *page_mark;
    uint64_t *region_mark;
} SnpRmp;

static SnpRmp rmp;
bool snp_rmp_active;

static const char *const page_state_names[] = {
    [SNP_PAGE_HYPERVISOR] = "Hypervisor",
    [SNP_PAGE_HV_FIXED] = "HV-Fixed",
    [SNP_PAGE_FIRMWARE] = "Firmware",
    [SNP_PAGE_FIRMWARE_IOMMU] = "Firmware-IOMMU",
    [SNP_PAGE_CONTEXT] = "Context",
    [SNP_PAGE_METADATA] = "Metadata",
    [SNP_PAGE_RECLAIM] = "Reclaim",
    [SNP_PAGE_PRE_GUEST] = "Pre-Guest",
    [SNP_PAGE_PRE_SWAP] = "Pre-Swap",
    [SNP_PAGE_GUEST_INVALID] = "Guest-Invalid",
    [SNP_PAGE_GUEST_VALID] = "Guest-Valid",
    [SNP_PAGE_DEFAULT] = "Default",
};

const char *snp_page_state_name(SnpPageState state)
{
    return page_state_names[state];
}

static void __attribute__((constructor)) snp_rmp_init_lock(void)
{
    qemu_mutex_init(&rmp.lock);
}

void snp_rmp_lock(void)
{
    qemu_mutex_lock(&rmp.lock);
}

void snp_rmp_unlock(void)
{
    qemu_mutex_unlock(&rmp.lock);
}

bool snp_rmp_enabled(void)
{
    return qatomic_read(&snp_rmp_active);
}

uint64_t snp_rmp_table_size(hwaddr top)
{
    return SNP_RMP_BOOKKEEPING +
           DIV_ROUND_UP(top, 1ULL << RMP_PAGE_BITS) * sizeof(SnpRmpRaw);
}

/* Raw entries */

static uint64_t raw_lo(SnpRmpEntry e)
{
    return (e.assigned ? RAW_ASSIGNED : 0) |
           (e.size_2m ? RAW_PAGESIZE_2M : 0) |
           (e.immutable ? RAW_IMMUTABLE : 0) |
           (e.gpa & RAW_GPA_MASK) |
           (uint64_t)e.asid << RAW_ASID_SHIFT |
           (e.vmsa ? RAW_VMSA : 0) |
           (e.validated ? RAW_VALIDATED : 0);
}

static SnpRmpEntry decode(uint64_t lo, uint64_t hi)
{
    return (SnpRmpEntry) {
        .assigned = lo & RAW_ASSIGNED,
        .size_2m = lo & RAW_PAGESIZE_2M,
        .immutable = lo & RAW_IMMUTABLE,
        .gpa = lo & RAW_GPA_MASK,
        .asid = extract64(lo, RAW_ASID_SHIFT, RAW_ASID_BITS),
        .vmsa = lo & RAW_VMSA,
        .validated = lo & RAW_VALIDATED,
        .perms = { hi, hi >> 8, hi >> 16, hi >> 24 },
    };
}

static uint64_t in_segment(uint64_t pfn)
{
    return pfn & MAKE_64BIT_MASK(0, rmp.segment_bits);
}

static bool is_covered(uint64_t pfn)
{
    uint64_t n = pfn >> rmp.segment_bits;

    return n < rmp.nr_segments && in_segment(pfn) < rmp.segment[n].nr_pages;
}

static SnpRmpRaw *raw(uint64_t pfn)
{
    return &rmp.segment[pfn >> rmp.segment_bits].table[in_segment(pfn)];
}

static uint64_t raw_read_lo(uint64_t pfn)
{
    return le64_to_cpu(qatomic_read(&raw(pfn)->lo));
}

static uint64_t raw_read_hi(uint64_t pfn)
{
    return le64_to_cpu(qatomic_read(&raw(pfn)->hi));
}

/* Returns whether the entry differs from what it was. */
static bool raw_write(uint64_t pfn, const SnpRmpEntry *e)
{
    uint64_t lo = raw_lo(*e), hi = ldl_le_p(e->perms);
    uint64_t old = raw_read_lo(pfn);

    if (lo == old && hi == raw_read_hi(pfn)) {
        return false;
    }
    rmp.assigned[pfn / SNP_RMP_SUBPAGES] +=
        !!(lo & RAW_ASSIGNED) - !!(old & RAW_ASSIGNED);
    qatomic_set(&raw(pfn)->hi, cpu_to_le64(hi));
    qatomic_set(&raw(pfn)->lo, cpu_to_le64(lo));
    return true;
}

static bool is_2m(uint64_t lo)
{
    return (lo & (RAW_ASSIGNED | RAW_PAGESIZE_2M)) ==
           (RAW_ASSIGNED | RAW_PAGESIZE_2M);
}

bool snp_rmp_covers(hwaddr spa)
{
    return snp_rmp_enabled() && is_covered(spa >> RMP_PAGE_BITS);
}

/*
 * Of the @n-th page of a large one.  Without an ASID the gpa is no address but
 * part of the state, which is that of the whole.
 */
static uint64_t sub_gpa(const SnpRmpEntry *e, uint64_t n)
{
    return e->gpa + (e->asid ? n << RMP_PAGE_BITS : 0);
}

void snp_rmp_get(hwaddr spa, SnpRmpEntry *e)
{
    uint64_t pfn = spa >> RMP_PAGE_BITS;
    uint64_t first = QEMU_ALIGN_DOWN(pfn, SNP_RMP_SUBPAGES);
    uint64_t lo;

    if (!snp_rmp_covers(spa)) {
        *e = (SnpRmpEntry) { };
        return;
    }
    lo = raw_read_lo(first);
    if (is_2m(lo)) {
        *e = decode(lo, raw_read_hi(first));
        e->gpa = sub_gpa(e, pfn - first);
    } else {
        *e = decode(raw_read_lo(pfn), raw_read_hi(pfn));
        e->size_2m = false;
    }
}

void snp_rmp_get_own(hwaddr spa, SnpRmpEntry *e)
{
    uint64_t pfn = spa >> RMP_PAGE_BITS;

    *e = decode(raw_read_lo(pfn), raw_read_hi(pfn));
}

static SnpPageState entry_state(const SnpRmpEntry *e)
{
    if (!e->assigned) {
        return e->immutable ? SNP_PAGE_HV_FIXED : SNP_PAGE_HYPERVISOR;
    }
    if (e->asid) {
        if (e->immutable) {
            return e->validated ? SNP_PAGE_PRE_SWAP : SNP_PAGE_PRE_GUEST;
        }
        return e->validated ? SNP_PAGE_GUEST_VALID : SNP_PAGE_GUEST_INVALID;
    }
    if (!e->immutable) {
        return SNP_PAGE_RECLAIM;
    }
    if (e->vmsa) {
        return SNP_PAGE_CONTEXT;
    }
    if (e->gpa == SNP_RMP_IOMMU_TAG) {
        return SNP_PAGE_FIRMWARE_IOMMU;
    }
    return e->gpa ? SNP_PAGE_METADATA : SNP_PAGE_FIRMWARE;
}

SnpPageState snp_rmp_state(hwaddr spa)
{
    SnpRmpEntry e;

    if (!snp_rmp_covers(spa)) {
        return SNP_PAGE_DEFAULT;
    }
    snp_rmp_get(spa, &e);
    return entry_state(&e);
}

unsigned snp_rmp_region_assigned(hwaddr spa)
{
    return snp_rmp_covers(spa) ?
           qatomic_read(&rmp.assigned[spa >> RMP_REGION_BITS]) : 0;
}

bool snp_rmp_region_free(hwaddr spa)
{
    return !snp_rmp_region_assigned(spa);
}

uint64_t snp_rmp_each(void (*fn)(hwaddr spa, SnpPageState state,
                                 const SnpRmpEntry *e, void *opaque),
                      void *opaque)
{
    uint64_t covered = 0;
    SnpPageState state;
    SnpRmpEntry e;

    if (!snp_rmp_enabled()) {
        return 0;
    }
    for (uint64_t pfn = 0; pfn < rmp.nr_pages; pfn++) {
        if (!is_covered(pfn)) {
            continue;
        }
        covered++;
        /* Pages of a large entry have the assigned bit of their own. */
        if (!(raw_read_lo(pfn) & (RAW_ASSIGNED | RAW_IMMUTABLE))) {
            continue;
        }
        snp_rmp_get(pfn << RMP_PAGE_BITS, &e);
        state = entry_state(&e);
        if (state != SNP_PAGE_HYPERVISOR) {
            fn(pfn << RMP_PAGE_BITS, state, &e, opaque);
        }
    }
    return covered;
}

/* Cached verdicts */

static uint64_t mark_merge(uint64_t old, uint64_t new)
{
    if (!old || old == new) {
        return new;
    }
    if ((old ^ new) & MARK_CPU) {
        return MARK_CPU_MANY;
    }
    return MARK_IDX_ANY | (new & MARK_CPU);
}

static void mark_add(uint64_t *mark, uint64_t new)
{
    uint64_t old = qatomic_read(mark), merged, seen;

    while ((merged = mark_merge(old, new)) != old) {
        seen = qatomic_cmpxchg(mark, old, merged);
        if (seen == old) {
            break;
        }
        old = seen;
    }
}

void snp_rmp_note_cached(const SnpAccess *a, bool region)
{
    uint64_t pfn = a->spa >> RMP_PAGE_BITS;
    uint64_t mark = MIN(a->cpu + 1, MARK_CPU_MANY);

    if (!snp_rmp_covers(a->spa)) {
        return;
    }
    if (mark != MARK_CPU_MANY) {
        mark |= (a->addr & MARK_ADDR) | (uint64_t)a->mmu_idx << MARK_IDX_SHIFT;
    }
    mark_add(&rmp.page_mark[pfn], mark);
    if (region) {
        if (mark != MARK_CPU_MANY) {
            mark = MARK_IDX_ANY | (mark & MARK_CPU);
        }
        mark_add(&rmp.region_mark[pfn / SNP_RMP_SUBPAGES], mark);
    }
    smp_mb();   /* pairs with rmp_write() and snp_rmp_smash(): 1 before 2 */
}

/* Some other vCPU than this thread's may have what the mark says. */
static bool mark_is_foreign(uint64_t mark)
{
    return !current_cpu || (mark & MARK_CPU) == MARK_CPU_MANY ||
           (mark & MARK_CPU) != current_cpu->cpu_index + 1;
}

static void drop(uint64_t mark, hwaddr start, hwaddr size)
{
    CPUState *cs;

    if ((mark & MARK_CPU) == MARK_CPU_MANY) {
        CPU_FOREACH(cs) {
            tlb_forget_phys(cs, start, size, SNP_CIPHERTEXT);
        }
        return;
    }
    cs = qemu_get_cpu((mark & MARK_CPU) - 1);
    if (!cs) {
        return;     /* unplugged */
    }
    if ((mark & MARK_IDX_ANY) == MARK_IDX_ANY) {
        tlb_forget_phys(cs, start, size, SNP_CIPHERTEXT);
    } else {
        tlb_forget_page(cs, extract64(mark, MARK_IDX_SHIFT, 4),
                        mark & MARK_ADDR);
    }
}

/* False if it takes exclusive work. */
static bool try_drop(uint64_t *mark, hwaddr start, hwaddr size, bool exclusive)
{
    uint64_t m;

    while ((m = qatomic_read(mark))) {
        if (!exclusive && mark_is_foreign(m)) {
            return false;
        }
        drop(m, start, size);
        qatomic_cmpxchg(mark, m, 0);
    }
    return true;
}

static bool try_drop_page(uint64_t pfn, bool exclusive)
{
    return try_drop(&rmp.page_mark[pfn], pfn << RMP_PAGE_BITS,
                    1 << RMP_PAGE_BITS, exclusive);
}

static bool try_drop_region(uint64_t r, bool exclusive)
{
    return try_drop(&rmp.region_mark[r], r << RMP_REGION_BITS,
                    SNP_RMP_REGION, exclusive);
}

static bool in_exclusive_context(void)
{
    return current_cpu && cpu_in_exclusive_context(current_cpu);
}

static void in_exclusive(run_on_cpu_func work, uint64_t number)
{
    CPUState *cs = current_cpu ? current_cpu : first_cpu;
    run_on_cpu_data data = RUN_ON_CPU_HOST_ULONG(number);

    if (in_exclusive_context()) {
        work(cs, data);
    } else {
        async_safe_run_on_cpu(cs, work, data);
    }
}

static void drop_page_work(CPUState *self, run_on_cpu_data data)
{
    if (snp_rmp_enabled() && data.host_ulong < rmp.nr_pages) {
        try_drop_page(data.host_ulong, true);
        trace_snp_rmp_flush(self->cpu_index);
    }
}

static void drop_region_work(CPUState *self, run_on_cpu_data data)
{
    uint64_t r = data.host_ulong, first = r * SNP_RMP_SUBPAGES;

    if (snp_rmp_enabled() && r < rmp.nr_regions) {
        drop(MARK_CPU_MANY, r << RMP_REGION_BITS, SNP_RMP_REGION);
        memset(&rmp.page_mark[first], 0,
               SNP_RMP_SUBPAGES * sizeof(*rmp.page_mark));
        rmp.region_mark[r] = 0;
        trace_snp_rmp_flush(self->cpu_index);
    }
}

static void drop_all_work(CPUState *self, run_on_cpu_data data)
{
    CPUState *cs;

    if (!snp_rmp_enabled()) {
        return;
    }
    CPU_FOREACH(cs) {
        tlb_flush(cs);
    }
    for (uint64_t pfn = 0; pfn < rmp.nr_pages; pfn++) {
        rmp.page_mark[pfn] = 0;
    }
    for (uint64_t r = 0; r < rmp.nr_regions; r++) {
        rmp.region_mark[r] = 0;
    }
    trace_snp_rmp_flush(self->cpu_index);
}

static void drop_page(uint64_t pfn)
{
    if (!try_drop_page(pfn, in_exclusive_context())) {
        in_exclusive(drop_page_work, pfn);
    }
}

/* What was cached by way of large leaves, when the region is free no more. */
static void drop_large(uint64_t r)
{
    if (!try_drop_region(r, in_exclusive_context())) {
        in_exclusive(drop_region_work, r);
    }
}

/* All of a region whose entries have changed. */
static void drop_region(uint64_t r)
{
    uint64_t first = r * SNP_RMP_SUBPAGES;
    bool cached = qatomic_read(&rmp.region_mark[r]);

    for (unsigned i = 0; i < SNP_RMP_SUBPAGES && !cached; i++) {
        cached = qatomic_read(&rmp.page_mark[first + i]);
    }
    if (cached) {
        in_exclusive(drop_region_work, r);
    }
}

/* Changes */

static void count_asid(const SnpRmpEntry *e, int64_t pages)
{
    if (e->assigned && e->asid) {
        uint64_t *n = &rmp.asid_pages[e->asid];

        *n = cpu_to_le64(le64_to_cpu(*n) + pages);
    }
}

uint64_t snp_rmp_asid_pages(uint32_t asid)
{
    return snp_rmp_enabled() && asid <= RMP_MAX_ASID ?
           le64_to_cpu(rmp.asid_pages[asid]) : 0;
}

void snp_rmp_reset_counters(void)
{
    if (snp_rmp_enabled()) {
        memset(rmp.asid_pages, 0, SNP_RMP_BOOKKEEPING);
    }
}

/* Write the entries of @count pages from the region's base or one page on. */
static void rmp_write(uint64_t pfn, unsigned count, const SnpRmpEntry *e,
                      SnpRmpActor by)
{
    uint64_t r = pfn / SNP_RMP_SUBPAGES;
    bool was_free = !rmp.assigned[r], changed = false;
    SnpRmpEntry old, sub = *e;

    sub.size_2m = e->size_2m && e->assigned;
    for (unsigned i = 0; i < count; i++) {
        snp_rmp_get((pfn + i) << RMP_PAGE_BITS, &old);
        count_asid(&old, -1);
        count_asid(&sub, 1);
        snp_rmp_count_pages(by, entry_state(&old), entry_state(&sub), 1);
    }
    for (unsigned i = 0; i < count; i++) {
        changed |= raw_write(pfn + i, &sub);
        /* Only the base entry of a large page has the size. */
        sub.size_2m = false;
        sub.gpa = sub_gpa(e, i + 1);
    }
    smp_mb();   /* pairs with snp_rmp_note_cached() */
    if (changed && count > 1) {
        drop_region(r);
    } else if (changed) {
        drop_page(pfn);
        if (was_free && rmp.assigned[r]) {
            drop_large(r);
        }
    }
}

void snp_rmp_change(hwaddr spa, const SnpRmpEntry *e, SnpRmpActor by)
{
    unsigned count = e->size_2m ? SNP_RMP_SUBPAGES : 1;
    uint64_t pfn = QEMU_ALIGN_DOWN(spa >> RMP_PAGE_BITS, count);
    SnpPageState from = snp_rmp_state(spa), to = entry_state(e);

    if (!snp_rmp_covers(spa)) {
        return;
    }
    trace_snp_rmp_put(spa, e->size_2m, snp_page_state_name(from),
                      snp_page_state_name(to), e->asid, e->gpa);
    snp_rmp_count_update(by, from, to);
    rmp_write(pfn, count, e, by);
}

void snp_rmp_put(hwaddr spa, const SnpRmpEntry *e)
{
    snp_rmp_change(spa, e, SNP_BY_FIRMWARE);
}

void snp_rmp_smash(hwaddr spa)
{
    uint64_t pfn = spa >> RMP_PAGE_BITS;
    SnpPageState state = snp_rmp_state(spa);
    SnpRmpEntry e;

    snp_rmp_get(spa, &e);
    trace_snp_rmp_smash(spa, e.asid, e.gpa);
    snp_rmp_count_update(SNP_BY_PSMASH, state, state);
    snp_rmp_count_pages(SNP_BY_PSMASH, state, state, SNP_RMP_SUBPAGES);
    e.size_2m = false;
    for (unsigned i = 0; i < SNP_RMP_SUBPAGES; i++) {
        /* From the last page down: the base entry ends the large page. */
        SnpRmpEntry sub = e;
        unsigned n = SNP_RMP_SUBPAGES - 1 - i;

        sub.gpa = sub_gpa(&e, n);
        raw_write(pfn + n, &sub);
    }
    smp_mb();   /* pairs with snp_rmp_note_cached() */
    drop_region(pfn / SNP_RMP_SUBPAGES);
}

static void rmp_recount(uint64_t first, uint64_t last)
{
    for (uint64_t r = first; r <= last; r++) {
        uint16_t n = 0;

        for (unsigned i = 0; i < SNP_RMP_SUBPAGES; i++) {
            uint64_t pfn = r * SNP_RMP_SUBPAGES + i;

            n += is_covered(pfn) && (raw_read_lo(pfn) & RAW_ASSIGNED);
        }
        qatomic_set(&rmp.assigned[r], n);
    }
}

/* As one update from each state that there is. */
static void count_fill(uint64_t pfn, uint64_t last, SnpPageState to)
{
    uint64_t pages[SNP_PAGE_DEFAULT + 1] = { };

    for (; pfn < last; pfn++) {
        pages[snp_rmp_state(pfn << RMP_PAGE_BITS)]++;
    }
    for (int from = 0; from < SNP_PAGE_DEFAULT; from++) {
        if (pages[from]) {
            snp_rmp_count_update(SNP_BY_FIRMWARE, from, to);
            snp_rmp_count_pages(SNP_BY_FIRMWARE, from, to, pages[from]);
        }
    }
}

void snp_rmp_fill(hwaddr start, hwaddr end, const SnpRmpEntry *e)
{
    uint64_t lo = cpu_to_le64(raw_lo(*e) & ~RAW_PAGESIZE_2M);
    uint64_t hi = cpu_to_le64(ldl_le_p(e->perms));
    uint64_t pfn = start >> RMP_PAGE_BITS;
    uint64_t last = MIN(DIV_ROUND_UP(end, 1ULL << RMP_PAGE_BITS),
                        rmp.nr_pages);

    if (!snp_rmp_enabled() || pfn >= last) {
        return;
    }
    trace_snp_rmp_fill(start, end, snp_page_state_name(entry_state(e)));
    count_fill(pfn, last, entry_state(e));
    for (uint64_t i = pfn; i < last; i++) {
        if (is_covered(i)) {
            qatomic_set(&raw(i)->hi, hi);
            qatomic_set(&raw(i)->lo, lo);
        }
    }
    rmp_recount(pfn / SNP_RMP_SUBPAGES, (last - 1) / SNP_RMP_SUBPAGES);
    in_exclusive(drop_all_work, 0);
}

/* On and off */

/*
 * What is left of the table before a reset.  Not at the reset itself: a device's
 * I/O thread may still be looking at it.
 */
static void rmp_forget(void)
{
    for (unsigned n = 0; n < SNP_RMP_SEGMENTS; n++) {
        if (rmp.segment[n].mr) {
            memory_region_unref(rmp.segment[n].mr);
        }
        rmp.segment[n] = (SnpRmpSegment) { };
    }
    if (rmp.mr) {
        memory_region_unref(rmp.mr);
        rmp.mr = NULL;
    }
    rmp.nr_segments = 0;
    rmp.nr_pages = 0;
    g_clear_pointer(&rmp.assigned, g_free);
    g_clear_pointer(&rmp.page_mark, g_free);
    g_clear_pointer(&rmp.region_mark, g_free);
}

/* Where a piece of the table is in the host's memory; NULL if that is no RAM. */
static void *map_ram(hwaddr base, uint64_t size, MemoryRegion **mr)
{
    MemoryRegionSection s = memory_region_find(get_system_memory(), base, size);

    if (!s.mr) {
        return NULL;
    }
    if (!memory_region_is_ram(s.mr) || s.readonly ||
        int128_get64(s.size) != size) {
        memory_region_unref(s.mr);
        return NULL;
    }
    *mr = s.mr;
    return (uint8_t *)memory_region_get_ram_ptr(s.mr) + s.offset_within_region;
}

/* The @n-th segment covers @nr_pages by the table at @base. */
static bool map_segment(unsigned n, hwaddr base, uint64_t nr_pages)
{
    SnpRmpSegment *s = &rmp.segment[n];

    s->place = (SnpRmpPiece) { base, nr_pages * sizeof(SnpRmpRaw) };
    s->table = map_ram(base, s->place.size, &s->mr);
    if (!s->table) {
        return false;
    }
    s->nr_pages = nr_pages;
    rmp.nr_segments = n + 1;
    rmp.nr_pages = ((uint64_t)n << rmp.segment_bits) + nr_pages;
    return true;
}

static bool map_contiguous(hwaddr base, hwaddr end)
{
    uint64_t size = end + 1 - base;

    if (end <= base || size <= SNP_RMP_BOOKKEEPING) {
        return false;
    }
    rmp.segment_bits = RMP_ONE_SEGMENT - RMP_PAGE_BITS;
    rmp.asid_pages = map_ram(base, SNP_RMP_BOOKKEEPING, &rmp.mr);
    return rmp.asid_pages &&
           map_segment(0, base + SNP_RMP_BOOKKEEPING,
                       (size - SNP_RMP_BOOKKEEPING) / sizeof(SnpRmpRaw));
}

/* The segment table is read once, here. */
static bool map_segments(hwaddr base, unsigned bits)
{
    const uint64_t *rst;

    if (bits < SNP_RMP_SEGMENT_BITS_MIN || bits > SNP_RMP_SEGMENT_BITS_MAX) {
        return false;
    }
    rmp.segment_bits = bits - RMP_PAGE_BITS;
    rmp.asid_pages = map_ram(base, SNP_RMP_BOOKKEEPING + SNP_RST_SIZE, &rmp.mr);
    if (!rmp.asid_pages) {
        return false;
    }
    rst = rmp.asid_pages + SNP_RMP_BOOKKEEPING / sizeof(*rst);
    for (unsigned n = 0; n < SNP_RMP_SEGMENTS; n++) {
        uint64_t e = le64_to_cpu(rst[n]);
        uint64_t size = MIN((e & SNP_RST_MAPPED) * GiB, 1ULL << bits);

        if (size && !map_segment(n, e & SNP_RST_BASE, size >> RMP_PAGE_BITS)) {
            return false;
        }
    }
    return rmp.nr_segments;
}

static bool rmp_map(hwaddr base, hwaddr end, uint64_t cfg)
{
    unsigned bits = (cfg & SNP_RMP_CFG_BITS) >> SNP_RMP_CFG_SHIFT;

    rmp_forget();
    rmp.base = base;
    rmp.end = end;
    rmp.cfg = cfg;
    return cfg & SNP_RMP_CFG_SEGMENTED ? map_segments(base, bits)
                                       : map_contiguous(base, end);
}

bool snp_rmp_enable(hwaddr base, hwaddr end, uint64_t cfg)
{
    QEMU_LOCK_GUARD(&rmp.lock);

    if (snp_rmp_enabled()) {
        return base == rmp.base && end == rmp.end && cfg == rmp.cfg;
    }
    if (!rmp_map(base, end, cfg)) {
        return false;
    }
    rmp.nr_regions = DIV_ROUND_UP(rmp.nr_pages, SNP_RMP_SUBPAGES);
    rmp.assigned = g_new0(uint16_t, rmp.nr_regions);
    rmp.page_mark = g_new0(uint64_t, rmp.nr_regions * SNP_RMP_SUBPAGES);
    rmp.region_mark = g_new0(uint64_t, rmp.nr_regions);
    rmp_recount(0, rmp.nr_regions - 1);
    qatomic_store_release(&snp_rmp_active, true);
    /* What is in the TLBs was not checked. */
    in_exclusive(drop_all_work, 0);
    trace_snp_rmp_enable(base, end, cfg, rmp.nr_pages);
    return true;
}

unsigned snp_rmp_pieces(SnpRmpPiece *p, unsigned max)
{
    unsigned n = 0;

    if (!snp_rmp_enabled()) {
        return 0;
    }
    p[n++] = (SnpRmpPiece) {
        rmp.base, SNP_RMP_BOOKKEEPING +
                  (rmp.cfg & SNP_RMP_CFG_SEGMENTED ? SNP_RST_SIZE : 0)
    };
    for (unsigned i = 0; i < rmp.nr_segments && n < max; i++) {
        if (rmp.segment[i].nr_pages) {
            p[n++] = rmp.segment[i].place;
        }
    }
    return n;
}

void snp_rmp_disable(void)
{
    qatomic_set(&snp_rmp_active, false);
}
