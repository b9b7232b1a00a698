/*
 * SNP host model: the Reverse Map Table (RMP)
 *
 * AMD APM volume 2 section 15.36.  The table lives in the machine's RAM in
 * the layout of Zen 3 and Zen 4, because host kernels read it there, in one
 * piece or in segments.  A table in one piece is a single segment here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "state.h"
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

#define RMP_MAX_ASID        2047

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

static SnpRmpRaw *raw(uint64_t pfn)
{
    return &snp_rmp_segment(pfn)->table[snp_rmp_in_segment(pfn)];
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
    *snp_rmp_assigned(pfn / SNP_RMP_SUBPAGES) +=
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
    return snp_rmp_enabled() && snp_rmp_is_covered(spa >> RMP_PAGE_BITS);
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
           qatomic_read(snp_rmp_assigned(spa >> RMP_REGION_BITS)) : 0;
}

bool snp_rmp_region_free(hwaddr spa)
{
    return !snp_rmp_region_assigned(spa);
}

static void each_of_span(SnpRmpSpan span,
                         void (*fn)(hwaddr spa, SnpPageState state,
                                    const SnpRmpEntry *e, void *opaque),
                         void *opaque)
{
    SnpPageState state;
    SnpRmpEntry e;

    for (uint64_t pfn = span.first; pfn < span.last; pfn++) {
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
}

uint64_t snp_rmp_each(void (*fn)(hwaddr spa, SnpPageState state,
                                 const SnpRmpEntry *e, void *opaque),
                      void *opaque)
{
    uint64_t covered = 0;

    if (!snp_rmp_enabled()) {
        return 0;
    }
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        SnpRmpSpan span = snp_rmp_span(n);

        each_of_span(span, fn, opaque);
        covered += span.last - span.first;
    }
    return covered;
}

/* Changes */

static void count_asid(const SnpRmpEntry *e, int64_t pages)
{
    if (e->assigned && e->asid) {
        uint64_t *n = &snp_rmp.asid_pages[e->asid];

        *n = cpu_to_le64(le64_to_cpu(*n) + pages);
    }
}

uint64_t snp_rmp_asid_pages(uint32_t asid)
{
    return snp_rmp_enabled() && asid <= RMP_MAX_ASID ?
           le64_to_cpu(snp_rmp.asid_pages[asid]) : 0;
}

void snp_rmp_reset_counters(void)
{
    if (snp_rmp_enabled()) {
        memset(snp_rmp.asid_pages, 0, SNP_RMP_BOOKKEEPING);
    }
}

/* Write the entries of @count pages from the region's base or one page on. */
static void rmp_write(uint64_t pfn, unsigned count, const SnpRmpEntry *e,
                      SnpRmpActor by)
{
    uint64_t r = pfn / SNP_RMP_SUBPAGES;
    bool was_free = !*snp_rmp_assigned(r), changed = false;
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
        snp_rmp_drop_region(r);
    } else if (changed) {
        snp_rmp_drop_page(pfn);
        if (was_free && *snp_rmp_assigned(r)) {
            snp_rmp_drop_large(r);
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
    snp_rmp_drop_region(pfn / SNP_RMP_SUBPAGES);
}

void snp_rmp_recount(SnpRmpSpan span)
{
    uint64_t end = DIV_ROUND_UP(span.last, SNP_RMP_SUBPAGES);

    for (uint64_t r = span.first / SNP_RMP_SUBPAGES; r < end; r++) {
        uint16_t n = 0;

        for (unsigned i = 0; i < SNP_RMP_SUBPAGES; i++) {
            uint64_t pfn = r * SNP_RMP_SUBPAGES + i;

            n += snp_rmp_is_covered(pfn) && (raw_read_lo(pfn) & RAW_ASSIGNED);
        }
        qatomic_set(snp_rmp_assigned(r), n);
    }
}

static void count_span(SnpRmpSpan span, uint64_t *pages)
{
    for (uint64_t pfn = span.first; pfn < span.last; pfn++) {
        pages[snp_rmp_state(pfn << RMP_PAGE_BITS)]++;
    }
}

static void fill_span(SnpRmpSpan span, const SnpRmpEntry *e)
{
    uint64_t lo = cpu_to_le64(raw_lo(*e) & ~RAW_PAGESIZE_2M);
    uint64_t hi = cpu_to_le64(ldl_le_p(e->perms));

    for (uint64_t pfn = span.first; pfn < span.last; pfn++) {
        qatomic_set(&raw(pfn)->hi, hi);
        qatomic_set(&raw(pfn)->lo, lo);
    }
    if (span.first < span.last) {
        snp_rmp_recount(span);
    }
}

/* As one update from each state that there is. */
static void count_fill(const uint64_t *pages, SnpPageState to)
{
    for (int from = 0; from < SNP_PAGE_DEFAULT; from++) {
        if (pages[from]) {
            snp_rmp_count_update(SNP_BY_FIRMWARE, from, to);
            snp_rmp_count_pages(SNP_BY_FIRMWARE, from, to, pages[from]);
        }
    }
}

/* What of [start, end) the @n-th segment covers */
static SnpRmpSpan clip(unsigned n, hwaddr start, hwaddr end)
{
    SnpRmpSpan span = snp_rmp_span(n);

    span.first = MAX(span.first, start >> RMP_PAGE_BITS);
    span.last = MIN(span.last, DIV_ROUND_UP(end, 1ULL << RMP_PAGE_BITS));
    return span;
}

void snp_rmp_fill(hwaddr start, hwaddr end, const SnpRmpEntry *e)
{
    uint64_t pages[SNP_PAGE_DEFAULT + 1] = { };

    if (!snp_rmp_enabled()) {
        return;
    }
    trace_snp_rmp_fill(start, end, snp_page_state_name(entry_state(e)));
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        count_span(clip(n, start, end), pages);
    }
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        fill_span(clip(n, start, end), e);
    }
    count_fill(pages, entry_state(e));
    snp_rmp.filled = true;
    snp_rmp_drop_all();
}
