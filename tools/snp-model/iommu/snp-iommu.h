/*
 * SNP host model: the RMP check on DMA (hook of the AMD IOMMU)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_SNP_IOMMU_H
#define SNP_MODEL_SNP_IOMMU_H

#include "exec/memory.h"
#include "hw/i386/amd_iommu.h"

/*
 * Take write permission from *@entry, the translation of @addr for @devid, if
 * the page is not the hypervisor's, and log an event if this is a write.
 */
void snp_iommu_filter(AMDVIState *s, uint16_t devid, hwaddr addr,
                      bool is_write, IOMMUTLBEntry *entry);

/*
 * SNP_INIT makes the IOMMU enforce the RMP, and SNP_SHUTDOWN_EX may end that.
 * Meanwhile some registers are locked: software's write of *@val to @addr
 * counts with what is left in *@val, or, if false is returned, not at all.
 */
void snp_iommu_enforce(bool on);
bool snp_iommu_accepts(hwaddr addr, uint64_t *val);

/* Before any device exists: check the DMA that goes past the IOMMU. */
void snp_iommu_gate_virtio(Object *machine);

#endif
