/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The AMD IOMMU's registers: specification 48882.
 */
#ifndef IOMMU_H
#define IOMMU_H

#include "arch.h"

#define IOMMU			0xfed80000ULL
#define IOMMU_DEVTAB		(IOMMU + 0x00)
#define IOMMU_COMMANDS		(IOMMU + 0x08)
#define IOMMU_EVENTS		(IOMMU + 0x10)
#define IOMMU_CONTROL		(IOMMU + 0x18)
#define IOMMU_STORE_BASE	(IOMMU + 0x20)
#define IOMMU_STORE_LIMIT	(IOMMU + 0x28)
#define IOMMU_EVENT_TAIL	(IOMMU + 0x2018)
#define IOMMU_ON		BIT(0)
#define IOMMU_LOGS_EVENTS	BIT(2)

/* As SNP_INIT wants it, with nothing to translate; @control: more than IOMMU_ON */
void iommu_on(uint64_t control);

#endif
