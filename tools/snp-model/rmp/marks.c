/*
 * SNP host model: whose TLB may hold a verdict of the RMP
 *
 * QEMU checks an access when it fills a TLB entry and not again while the
 * entry lives, so an entry's verdict must not outlive the RMP entry that gave
 * it.  Each page has a mark that says where its verdict may be cached:
 * nowhere, in one entry of one vCPU's TLB, anywhere in that TLB, or in those
 * of several vCPUs.  A change drops what the mark of its page says before the
 * instruction or firmware command that makes it completes:
 *
 *   TLB fill on any vCPU                 whoever changes the entry
 *   1. add to the page's mark            1. write the RMP entry
 *   2. read the RMP entry                2. read the mark
 *   3. install the TLB entry             3. drop what it says, and clear it
 *
 * Both sides have a full barrier between 1 and 2, so either the fill sees the
 * new entry or the change sees the mark.  A mark that is cleared must not be
 * one that a fill between its steps 1 and 3 relies on.  There are two cases:
 *
 * - The mark names one vCPU, and that is the one that makes the change, by an
 *   instruction of its own.  It is inside no fill, and others have no access
 *   to the page under way.  It drops the translation on the spot.  A fill that
 *   another vCPU begins meanwhile adds to the mark; then the exchange that is
 *   to clear it fails, and the second case is at hand.
 * - Else the change is finished by exclusive work, which runs while no vCPU is
 *   inside guest code or between steps 1 and 3 of a fill, so that the last
 *   access under the old entry is over as well.  It is always queued, even if
 *   another vCPU has the same in its queue: this one must not go on before it
 *   is done.
 *   (One fill lets exclusive work run: where it has to set an accessed or
 *   dirty bit in a page table that is no RAM, ptw_setl_slow().  It has not
 *   taken step 1 for the page then, only for pages of page tables, whose fills
 *   are over.)
 *
 * Regions have marks, too.  Under a large leaf the hypervisor may write if all
 * of the region is its own, so the first page that is assigned takes that away
 * from the others.  Nothing else that changes in a region is a matter of more
 * than the page's own mark: a stale verdict that allows less is asked again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/cputlb.h"
#include "hw/core/cpu.h"
#include "state.h"
#include "../trace.h"

/*
 * A mark is 0, or the vCPU's number plus one, the MMU index, and the
 * virtual address.
 */
#define MARK_CPU            0xffULL
#define MARK_CPU_MANY       0xffULL
#define MARK_IDX_SHIFT      8
#define MARK_IDX_ANY        (0xfULL << MARK_IDX_SHIFT)
#define MARK_ADDR           (~0xfffULL)
QEMU_BUILD_BUG_ON(MMU_GUEST_IDX + MMU_PHYS_IDX > 0xf);

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
    mark_add(snp_rmp_page_mark(pfn), mark);
    if (region) {
        if (mark != MARK_CPU_MANY) {
            mark = MARK_IDX_ANY | (mark & MARK_CPU);
        }
        mark_add(snp_rmp_region_mark(pfn / SNP_RMP_SUBPAGES), mark);
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
    return try_drop(snp_rmp_page_mark(pfn), pfn << RMP_PAGE_BITS,
                    1 << RMP_PAGE_BITS, exclusive);
}

static bool try_drop_region(uint64_t r, bool exclusive)
{
    return try_drop(snp_rmp_region_mark(r), r << RMP_REGION_BITS,
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
    if (snp_rmp_enabled() && snp_rmp_is_covered(data.host_ulong)) {
        try_drop_page(data.host_ulong, true);
        trace_snp_rmp_flush(self->cpu_index);
    }
}

static void drop_region_work(CPUState *self, run_on_cpu_data data)
{
    uint64_t r = data.host_ulong, first = r * SNP_RMP_SUBPAGES;

    if (snp_rmp_enabled() && snp_rmp_is_covered(first)) {
        drop(MARK_CPU_MANY, r << RMP_REGION_BITS, SNP_RMP_REGION);
        memset(snp_rmp_page_mark(first), 0,
               SNP_RMP_SUBPAGES * sizeof(uint64_t));
        *snp_rmp_region_mark(r) = 0;
        trace_snp_rmp_flush(self->cpu_index);
    }
}

static void drop_all_work(CPUState *self, run_on_cpu_data data)
{
    if (!snp_rmp_enabled()) {
        return;
    }
    /* tlb_flush() is for a CPU's own thread. */
    drop(MARK_CPU_MANY, 0, UINT64_MAX);
    for (unsigned n = 0; n < snp_rmp.nr_segments; n++) {
        SnpRmpSegment *s = &snp_rmp.segment[n];
        uint64_t nr_regions = DIV_ROUND_UP(s->nr_pages, SNP_RMP_SUBPAGES);

        if (s->nr_pages) {
            memset(s->page_mark, 0, s->nr_pages * sizeof(uint64_t));
            memset(s->region_mark, 0, nr_regions * sizeof(uint64_t));
        }
    }
    trace_snp_rmp_flush(self->cpu_index);
}

void snp_rmp_drop_page(uint64_t pfn)
{
    if (!try_drop_page(pfn, in_exclusive_context())) {
        in_exclusive(drop_page_work, pfn);
    }
}

/* What was cached by way of large leaves, when the region is free no more. */
void snp_rmp_drop_large(uint64_t r)
{
    if (!try_drop_region(r, in_exclusive_context())) {
        in_exclusive(drop_region_work, r);
    }
}

/* All of a region whose entries have changed. */
void snp_rmp_drop_region(uint64_t r)
{
    uint64_t first = r * SNP_RMP_SUBPAGES;
    bool cached = qatomic_read(snp_rmp_region_mark(r));

    for (unsigned i = 0; i < SNP_RMP_SUBPAGES && !cached; i++) {
        cached = qatomic_read(snp_rmp_page_mark(first + i));
    }
    if (cached) {
        in_exclusive(drop_region_work, r);
    }
}

void snp_rmp_drop_all(void)
{
    in_exclusive(drop_all_work, 0);
}
