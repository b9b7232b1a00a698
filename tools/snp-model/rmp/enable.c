/*
 * SNP host model: where the RMP is, and whether it is enforced
 *
 * AMD APM volume 2 section 15.36: RMP_BASE, RMP_END, RMP_CFG and the segment
 * table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/range.h"
#include "exec/address-spaces.h"
#include "state.h"
#include "../trace.h"

#define RMP_ONE_SEGMENT     52      /* bits: all addresses that there are */

SnpRmp snp_rmp;
bool snp_rmp_active;

static void __attribute__((constructor)) snp_rmp_init_lock(void)
{
    qemu_mutex_init(&snp_rmp.lock);
}

void snp_rmp_lock(void)
{
    qemu_mutex_lock(&snp_rmp.lock);
}

void snp_rmp_unlock(void)
{
    qemu_mutex_unlock(&snp_rmp.lock);
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

/*
 * What is left of the table before a reset.  Not at the reset itself: a
 * device's I/O thread may still be looking at it.
 */
static void rmp_forget(void)
{
    for (unsigned n = 0; n < SNP_RMP_SEGMENTS; n++) {
        SnpRmpSegment *s = &snp_rmp.segment[n];

        if (s->mr) {
            memory_region_unref(s->mr);
        }
        g_free(s->page_mark);
        g_free(s->region_mark);
        g_free(s->assigned);
        *s = (SnpRmpSegment) { };
    }
    if (snp_rmp.mr) {
        memory_region_unref(snp_rmp.mr);
        snp_rmp.mr = NULL;
    }
    snp_rmp.nr_segments = 0;
    snp_rmp.filled = false;
}

/* Where a piece of the table is in QEMU's memory; NULL if that is no RAM. */
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

/* Tables that overlap would cover more than there is memory for: U43. */
static bool is_taken(const SnpRmpPiece *p)
{
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        const SnpRmpPiece *s = &snp_rmp.segment[n].place;

        if (s->size && ranges_overlap(p->base, p->size, s->base, s->size)) {
            return true;
        }
    }
    return false;
}

/* The @n-th segment covers @nr_pages by the table at @base. */
static bool map_segment(unsigned n, hwaddr base, uint64_t nr_pages)
{
    uint64_t nr_regions = DIV_ROUND_UP(nr_pages, SNP_RMP_SUBPAGES);
    SnpRmpPiece place = { base, nr_pages * sizeof(SnpRmpRaw) };
    SnpRmpSegment *s = &snp_rmp.segment[n];

    s->table = is_taken(&place) ? NULL : map_ram(base, place.size, &s->mr);
    if (!s->table) {
        return false;
    }
    s->place = place;
    s->nr_pages = nr_pages;
    s->page_mark = g_new0(uint64_t, nr_regions * SNP_RMP_SUBPAGES);
    s->region_mark = g_new0(uint64_t, nr_regions);
    s->assigned = g_new0(uint16_t, nr_regions);
    snp_rmp.nr_segments = n + 1;
    return true;
}

static bool map_contiguous(hwaddr base, hwaddr end)
{
    uint64_t size = end + 1 - base;

    if (end <= base || size < SNP_RMP_BOOKKEEPING + sizeof(SnpRmpRaw)) {
        return false;
    }
    snp_rmp.segment_bits = RMP_ONE_SEGMENT - RMP_PAGE_BITS;
    snp_rmp.asid_pages = map_ram(base, SNP_RMP_BOOKKEEPING, &snp_rmp.mr);
    return snp_rmp.asid_pages &&
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
    snp_rmp.segment_bits = bits - RMP_PAGE_BITS;
    snp_rmp.asid_pages = map_ram(base, SNP_RMP_BOOKKEEPING + SNP_RST_SIZE,
                                 &snp_rmp.mr);
    if (!snp_rmp.asid_pages) {
        return false;
    }
    rst = snp_rmp.asid_pages + SNP_RMP_BOOKKEEPING / sizeof(*rst);
    for (unsigned n = 0; n < SNP_RMP_SEGMENTS; n++) {
        uint64_t e = le64_to_cpu(rst[n]);
        uint64_t size = MIN((e & SNP_RST_MAPPED) * GiB, 1ULL << bits);

        if (size && !map_segment(n, e & SNP_RST_BASE, size >> RMP_PAGE_BITS)) {
            return false;
        }
    }
    return snp_rmp.nr_segments;
}

static bool rmp_map(hwaddr base, hwaddr end, uint64_t cfg)
{
    unsigned bits = (cfg & SNP_RMP_CFG_BITS) >> SNP_RMP_CFG_SHIFT;

    rmp_forget();
    snp_rmp.base = base;
    snp_rmp.end = end;
    snp_rmp.cfg = cfg;
    return cfg & SNP_RMP_CFG_SEGMENTED ? map_segments(base, bits)
                                       : map_contiguous(base, end);
}

bool snp_rmp_enable(hwaddr base, hwaddr end, uint64_t cfg)
{
    QEMU_LOCK_GUARD(&snp_rmp.lock);

    if (snp_rmp_enabled()) {
        return base == snp_rmp.base && end == snp_rmp.end && cfg == snp_rmp.cfg;
    }
    if (!rmp_map(base, end, cfg)) {
        return false;
    }
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        snp_rmp_recount(snp_rmp_span(n));
    }
    qatomic_store_release(&snp_rmp_active, true);
    /* What is in the TLBs was not checked. */
    snp_rmp_drop_all();
    trace_snp_rmp_enable(base, end, cfg, snp_rmp.nr_segments);
    return true;
}

unsigned snp_rmp_pieces(SnpRmpPiece *p, unsigned max)
{
    unsigned n = 0;

    if (!snp_rmp_enabled()) {
        return 0;
    }
    p[n++] = (SnpRmpPiece) {
        snp_rmp.base, SNP_RMP_BOOKKEEPING +
                  (snp_rmp.cfg & SNP_RMP_CFG_SEGMENTED ? SNP_RST_SIZE : 0)
    };
    for (unsigned i = 0; i < snp_rmp.nr_segments && n < max; i++) {
        if (snp_rmp.segment[i].nr_pages) {
            p[n++] = snp_rmp.segment[i].place;
        }
    }
    return n;
}

void snp_rmp_disable(void)
{
    qatomic_set(&snp_rmp_active, false);
}
