// SPDX-License-Identifier: GPL-2.0-only
/*
 * An IOMMU that is on.
 */
#include "iommu.h"

/* Nothing valid: addresses of devices are not translated. */
static uint8_t devices[2 * PAGE_SIZE] __attribute__((aligned(4096)));

void iommu_on(uint64_t control)
{
	put64(IOMMU_DEVTAB, (uint64_t)devices | 1);
	put64(IOMMU_CONTROL, IOMMU_ON | control);
}
