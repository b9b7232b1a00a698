/*
 * SNP host model: what the firmware sees of the machine, from QEMU
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/i386/amd_iommu.h"
#include "hw/i386/x86-iommu.h"
#include "host.h"
#include "fw.h"
#include "../rmp/table.h"
#include "../cpu/snp-cpu.h"
#include "../iommu/snp-iommu.h"

#define RMP_ALIGN       MiB

/* SYSCFG as SNP_INIT wants it on every core */
#define SYSCFG_NEEDED   (SNP_SYSCFG_MFDM | SNP_SYSCFG_MEM_ENC | \
                         SNP_SYSCFG_SNP_EN | SNP_SYSCFG_VMPL_EN)

bool fw_host_is_ram(hwaddr spa, uint64_t len)
{
    RCU_READ_LOCK_GUARD();

    if (!len || spa + len < spa) {
        return false;
    }
    while (len) {
        hwaddr xlat, n = len;
        MemoryRegion *mr = address_space_translate(&address_space_memory, spa,
                                                   &xlat, &n, true,
                                                   MEMTXATTRS_UNSPECIFIED);

        if (!n || !memory_region_is_ram(mr) || mr->readonly ||
            memory_region_is_ram_device(mr)) {
            return false;
        }
        spa += n;
        len -= n;
    }
    return true;
}

void fw_host_read_guest(hwaddr spa, void *buf, size_t len)
{
    address_space_read(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                       buf, len);
}

/*
 * Not at SNP_CIPHERTEXT, which is I/O and wants the BQL: who has that may be
 * waiting for the firmware's lock.
 */
void fw_host_read(hwaddr spa, void *buf, size_t len)
{
    uint8_t *to = buf;

    while (len) {
        size_t n = MIN(len, FW_PAGE_SIZE - (spa & ~FW_PAGE_MASK));
        SnpRmpEntry e;

        snp_rmp_get(spa, &e);
        if (snp_rmp_is_guest_view(&e)) {
            snp_ciphertext_read(spa, to, n);
        } else {
            fw_host_read_guest(spa, to, n);
        }
        spa += n;
        to += n;
        len -= n;
    }
}

void fw_host_write(hwaddr spa, const void *buf, size_t len)
{
    address_space_write(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                        buf, len);
}

typedef struct EachRam {
    void (*fn)(const FwRange *r, void *opaque);
    void *opaque;
} EachRam;

static bool visit(Int128 start, Int128 len, const MemoryRegion *mr,
                  hwaddr offset, void *opaque)
{
    EachRam *e = opaque;
    FwRange r = { int128_get64(start), int128_get64(start) };

    r.end += int128_get64(len);
    if (memory_region_is_ram((MemoryRegion *)mr) && !mr->readonly) {
        e->fn(&r, e->opaque);
    }
    return false;
}

void fw_host_each_ram(void (*fn)(const FwRange *r, void *opaque),
                      void *opaque)
{
    EachRam e = { fn, opaque };

    RCU_READ_LOCK_GUARD();
    flatview_for_each_range(address_space_to_flatview(&address_space_memory),
                            visit, &e);
}

bool fw_host_snp_enabled(void)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        if (snp_cpu_syscfg(cpu_env(cs)) & SNP_SYSCFG_SNP_EN) {
            return true;
        }
    }
    return false;
}

static bool core_ready(CPUX86State *env, CPUX86State *first)
{
    return (snp_cpu_syscfg(env) & SYSCFG_NEEDED) == SYSCFG_NEEDED &&
           snp_cpu_hwcr(env) & SNP_HWCR_SMMLOCK &&
           snp_cpu_rmp_base(env) == snp_cpu_rmp_base(first) &&
           snp_cpu_rmp_end(env) == snp_cpu_rmp_end(first) &&
           snp_cpu_rmp_cfg(env) == snp_cpu_rmp_cfg(first) && !env->vm_hsave;
}

/* RMP_END means nothing then; segments are as CPUs have found them: U44. */
static bool find_segments(FwRmp *rmp)
{
    SnpRmpPiece pieces[FW_RMP_PIECES];

    rmp->n = snp_rmp_pieces(pieces, FW_RMP_PIECES);
    for (unsigned int i = 0; i < rmp->n; i++) {
        rmp->piece[i].start = pieces[i].base;
        rmp->piece[i].end = pieces[i].base + pieces[i].size;
    }
    return rmp->n;
}

static bool find_rmp(CPUX86State *env, FwRmp *rmp)
{
    FwRange *all = &rmp->piece[0];

    if (snp_cpu_rmp_base(env) % RMP_ALIGN) {
        return false;
    }
    if (snp_cpu_rmp_cfg(env) & SNP_RMP_CFG_SEGMENTED) {
        return find_segments(rmp);
    }
    rmp->n = 1;
    all->start = snp_cpu_rmp_base(env);
    all->end = snp_cpu_rmp_end(env) + 1;
    return all->start && all->end > all->start &&
           (all->end - all->start) % RMP_ALIGN == 0;
}

FwStatus fw_host_check_cores(FwRmp *rmp)
{
    CPUX86State *first = cpu_env(first_cpu);
    CPUState *cs;

    if (!find_rmp(first, rmp)) {
        return FW_INVALID_CONFIG;
    }
    CPU_FOREACH(cs) {
        if (!core_ready(cpu_env(cs), first)) {
            return FW_INVALID_CONFIG;
        }
    }
    return FW_SUCCESS;
}

/* Commands run while no vCPU does. */
void fw_host_snp_off(void)
{
    CPUState *cs;

    snp_rmp_lock();
    snp_rmp_abandon_guests();
    snp_rmp_drop_all();     /* what was cached under the old view */
    snp_rmp_disable();
    snp_rmp_unlock();
    CPU_FOREACH(cs) {
        snp_cpu_snp_off(cpu_env(cs));
    }
}

bool fw_host_all_cpus_in(const unsigned long *bitmap, unsigned int nbits)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        if (cs->cpu_index >= nbits || !test_bit(cs->cpu_index, bitmap)) {
            return false;
        }
    }
    return true;
}

void fw_host_seal_vmsa(hwaddr spa)
{
    snp_vmsa_seal(spa);
}

bool fw_host_smt(void)
{
    return MACHINE(qdev_get_machine())->smp.threads > 1;
}

unsigned int fw_host_sockets(void)
{
    return MACHINE(qdev_get_machine())->smp.sockets;
}

void fw_host_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    cpu_x86_cpuid(cpu_env(first_cpu), leaf, subleaf,
                  &out[0], &out[1], &out[2], &out[3]);
}

static int add_range(FwRange *r, int n, hwaddr start, uint64_t len)
{
    if (!start || !len) {
        return n;
    }
    r[n].start = start & FW_PAGE_MASK;
    r[n].end = ROUND_UP(start + len, FW_PAGE_SIZE);
    return n + 1;
}

static AMDVIState *amd_iommu(void)
{
    return (AMDVIState *)object_dynamic_cast(OBJECT(x86_iommu_get_default()),
                                             TYPE_AMD_IOMMU_DEVICE);
}

bool fw_host_iommu_on(void)
{
    AMDVIState *s = amd_iommu();

    return s && s->enabled;
}

void fw_host_iommu_enforce(bool on)
{
    snp_iommu_enforce(on);
}

/*
 * On an SNP host the exclusion registers hold the range of completion-wait
 * stores instead, limit inclusive by page.
 */
int fw_host_iommu_ranges(FwRange r[FW_IOMMU_RANGES])
{
    AMDVIState *s = amd_iommu();
    hwaddr base, limit;
    int n = 0;

    if (!s) {
        return 0;
    }
    if (s->evtlog_enabled) {
        n = add_range(r, n, s->evtlog,
                      (uint64_t)s->evtlog_len * AMDVI_EVENT_LEN);
    }
    if (s->ppr_log) {
        n = add_range(r, n, s->ppr_log,
                      (uint64_t)s->pprlog_len * AMDVI_EVENT_LEN);
    }
    base = ldq_le_p(s->mmior + AMDVI_MMIO_EXCL_BASE) & FW_PAGE_MASK;
    limit = ldq_le_p(s->mmior + AMDVI_MMIO_EXCL_LIMIT) & FW_PAGE_MASK;
    base &= MAKE_64BIT_MASK(0, 52);
    limit &= MAKE_64BIT_MASK(0, 52);
    return limit >= base ? add_range(r, n, base, limit - base + FW_PAGE_SIZE)
                         : n;
}
