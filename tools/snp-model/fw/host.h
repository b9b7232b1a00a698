/*
 * SNP host model: what the firmware needs from the machine around it
 *
 * host.c answers from QEMU; the unit test answers by itself, so nothing
 * else in the firmware may look at a CPU, an address space or the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_HOST_H
#define SNP_MODEL_FW_HOST_H

#include "exec/hwaddr.h"
#include "defs.h"

typedef struct FwRange {
    hwaddr start;
    hwaddr end;         /* exclusive */
} FwRange;

/* The RMP: in one piece, or the counters and the tables of its segments. */
#define FW_RMP_PIECES   65
typedef struct FwRmp {
    unsigned int n;
    FwRange piece[FW_RMP_PIECES];
} FwRmp;

/* Memory by system physical address; only is_ram() ranges may be accessed. */
bool fw_host_is_ram(hwaddr spa, uint64_t len);
void fw_host_read(hwaddr spa, void *buf, size_t len);   /* without a key */
void fw_host_read_guest(hwaddr spa, void *buf, size_t len);     /* with it */
void fw_host_write(hwaddr spa, const void *buf, size_t len);

/* Call @fn for every piece of real memory. */
void fw_host_each_ram(void (*fn)(const FwRange *r, void *opaque),
                      void *opaque);

/* Some CPU has set SYSCFG.SNP_EN. */
bool fw_host_snp_enabled(void);

/*
 * The per-core checks of SNP_INIT (#56860, "SNP_INIT_EX"): SUCCESS fills in
 * the RMP that all cores agree on.
 */
FwStatus fw_host_check_cores(FwRmp *rmp);

/* Turn SNP off on all CPUs, and with it the checks. */
void fw_host_snp_off(void);

/* All CPUs are marked in @bitmap, which is indexed by CPU index. */
bool fw_host_all_cpus_in(const unsigned long *bitmap, unsigned int nbits);

/* Compute the checksum that the CPU keeps in a SEV-ES guest's VMSA. */
void fw_host_seal_vmsa(hwaddr spa);

bool fw_host_smt(void);
unsigned int fw_host_sockets(void);
void fw_host_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/*
 * The IOMMU's event log, PPR log and completion-wait pages; returns how many
 * ranges were filled in.
 */
#define FW_IOMMU_RANGES     3
int fw_host_iommu_ranges(FwRange r[FW_IOMMU_RANGES]);

/* It is on; and from now on it does, or does not, enforce the RMP. */
bool fw_host_iommu_on(void);
void fw_host_iommu_enforce(bool on);

#endif
