/*
 * SNP host model: the RMP's state, shared by the files of this folder that
 * keep it: table.c has the entries, marks.c who has verdicts of them, and
 * enable.c where the table is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_RMP_STATE_H
#define SNP_MODEL_RMP_STATE_H

#include "qemu/bitops.h"
#include "qemu/thread.h"
#include "exec/memory.h"
#include "table.h"

#define RMP_PAGE_BITS       12
#define RMP_REGION_BITS     21

typedef struct SnpRmpRaw {
    uint64_t lo;
    uint64_t hi;
} SnpRmpRaw;

typedef struct SnpRmpSegment {
    MemoryRegion *mr;
    SnpRmpPiece place;
    SnpRmpRaw *table;           /* little endian, in guest RAM */
    uint64_t nr_pages;          /* covered, from the segment's start on */
    uint64_t *page_mark;
    uint64_t *region_mark;
    uint16_t *assigned;         /* per region */
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
    bool filled;                /* by the firmware: entries are the model's */
} SnpRmp;

extern SnpRmp snp_rmp;

static inline uint64_t snp_rmp_in_segment(uint64_t pfn)
{
    return pfn & MAKE_64BIT_MASK(0, snp_rmp.segment_bits);
}

static inline bool snp_rmp_is_covered(uint64_t pfn)
{
    uint64_t n = pfn >> snp_rmp.segment_bits;

    return n < snp_rmp.nr_segments &&
           snp_rmp_in_segment(pfn) < snp_rmp.segment[n].nr_pages;
}

/* Where there is something of a page or a region that is covered. */

static inline SnpRmpSegment *snp_rmp_segment(uint64_t pfn)
{
    return &snp_rmp.segment[pfn >> snp_rmp.segment_bits];
}

static inline uint64_t *snp_rmp_page_mark(uint64_t pfn)
{
    return &snp_rmp_segment(pfn)->page_mark[snp_rmp_in_segment(pfn)];
}

static inline uint64_t *snp_rmp_region_mark(uint64_t r)
{
    uint64_t pfn = r * SNP_RMP_SUBPAGES;

    return &snp_rmp_segment(pfn)->region_mark[snp_rmp_in_segment(pfn) /
                                              SNP_RMP_SUBPAGES];
}

static inline uint16_t *snp_rmp_assigned(uint64_t r)
{
    uint64_t pfn = r * SNP_RMP_SUBPAGES;

    return &snp_rmp_segment(pfn)->assigned[snp_rmp_in_segment(pfn) /
                                           SNP_RMP_SUBPAGES];
}

/* The pages that the @n-th segment covers, one after the other. */
typedef struct SnpRmpSpan {
    uint64_t first, last;       /* the one behind them */
} SnpRmpSpan;

static inline SnpRmpSpan snp_rmp_span(unsigned n)
{
    uint64_t first = (uint64_t)n << snp_rmp.segment_bits;

    return (SnpRmpSpan) { first, first + snp_rmp.segment[n].nr_pages };
}

/*
 * Drop what is cached under entries that have just been written, after a full
 * barrier: of one page; of a region all of whose entries have changed; of all
 * that was cached by way of large leaves, when a region is free no more.
 */
void snp_rmp_drop_page(uint64_t pfn);
void snp_rmp_drop_region(uint64_t r);
void snp_rmp_drop_large(uint64_t r);

/* Count the assigned pages of the regions in which pages of @span are. */
void snp_rmp_recount(SnpRmpSpan span);

#endif
