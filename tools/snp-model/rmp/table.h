/*
 * SNP host model: the RMP as the model's own parts see it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_RMP_TABLE_H
#define SNP_MODEL_RMP_TABLE_H

#include "qemu/units.h"
#include "access.h"
#include "count.h"

#define SNP_RMP_BOOKKEEPING (16 * KiB)  /* per-ASID counters come first */
#define SNP_RMP_REGION      (2 * MiB)
#define SNP_RMP_SUBPAGES    512         /* 4 KiB pages of a region */

/* A permission byte with everything allowed, supervisor shadow stack too. */
#define SNP_PERM_READ       (1 << 0)
#define SNP_PERM_WRITE      (1 << 1)
#define SNP_PERM_EXEC_USER  (1 << 2)
#define SNP_PERM_EXEC_SUPER (1 << 3)
#define SNP_PERM_SSS        (1 << 4)
#define SNP_PERM_ALL        0x1f

/*
 * RMP_CFG, and the segment table that follows the counters then: for each
 * segment its table's address and how much of it that covers, in GiB.
 */
#define SNP_RMP_CFG_SEGMENTED   (1ULL << 0)
#define SNP_RMP_CFG_SHIFT       8           /* log2 of a segment's bytes */
#define SNP_RMP_CFG_BITS        (0x3fULL << SNP_RMP_CFG_SHIFT)
#define SNP_RST_SIZE            (4 * KiB)
#define SNP_RST_MAPPED          0xfffffULL
#define SNP_RST_BASE            0xffffffff00000ULL

/* What CPUID 80000025 says: sizes, and how many; unconfirmed U43. */
#define SNP_RMP_SEGMENT_BITS_MIN    30
#define SNP_RMP_SEGMENT_BITS_MAX    40
#define SNP_RMP_SEGMENTS            64

/* Bytes that a table covering the addresses up to @top and no more takes. */
uint64_t snp_rmp_table_size(hwaddr top);

/*
 * Start enforcing the table that RMP_BASE, RMP_END and RMP_CFG describe.
 * False when that is no table in RAM.  On a vCPU thread, without the RMP lock.
 */
bool snp_rmp_enable(hwaddr base, hwaddr end, uint64_t cfg);

/*
 * Where the pieces of the enforced table are: counters, with what follows
 * them, then the segments' tables.  Returns how many, at most @max.
 */
typedef struct SnpRmpPiece {
    hwaddr base;
    uint64_t size;
} SnpRmpPiece;
unsigned snp_rmp_pieces(SnpRmpPiece *p, unsigned max);

/* All vCPUs are stopped, or have nothing cached. */
void snp_rmp_disable(void);

/* Drop what all vCPUs have cached. */
void snp_rmp_drop_all(void);

/* No 4 KiB page of the 2 MiB region around @spa is assigned. */
bool snp_rmp_region_free(hwaddr spa);
/* Number of assigned 4 KiB pages in that region. */
unsigned snp_rmp_region_assigned(hwaddr spa);

/*
 * A verdict about the page at @a->spa, with @region one that depends on whether
 * the region around it is free, is about to be read and then cached in a TLB:
 * call before reading the entry.
 */
void snp_rmp_note_cached(const SnpAccess *a, bool region);

/* The page's own entry, as it is in memory, also inside a 2 MiB entry. */
void snp_rmp_get_own(hwaddr spa, SnpRmpEntry *e);

/* snp_rmp_put() for whoever is not the firmware. */
void snp_rmp_change(hwaddr spa, const SnpRmpEntry *e, SnpRmpActor by);

/* Split the 2 MiB entry at @spa into 512 4 KiB entries.  RMP lock held. */
void snp_rmp_smash(hwaddr spa);

#endif
