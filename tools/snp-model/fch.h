/*
 * The southbridge function that the IVRS names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_AMD_FCH_H
#define HW_I386_AMD_FCH_H

#include "hw/pci/pci.h"

/* Puts the FCH's SMBus function at 00:14.0, unless something is there. */
void amd_fch_create(PCIBus *bus);

#endif
