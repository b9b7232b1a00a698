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

/* Before any device exists: check the DMA that goes past the IOMMU. */
void snp_iommu_gate_virtio(Object *machine);

#endif
