// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI configuration space of bus 0, by ports.
 */
#include "arch.h"

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define CONFIG_ENABLE	(1U << 31)

#define BAR0		0x10
#define BAR_TYPE_MASK	0x06
#define BAR_64BIT	0x04

static void select(unsigned int devfn, unsigned int reg)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | devfn << 8 | (reg & 0xfc));
}

uint32_t pci_read(unsigned int devfn, unsigned int reg)
{
	select(devfn, reg);
	return inl(CONFIG_DATA);
}

void pci_write(unsigned int devfn, unsigned int reg, uint32_t value)
{
	select(devfn, reg);
	outl(CONFIG_DATA, value);
}

/* The first such function's number, or -1 */
int pci_find(uint16_t vendor, uint16_t device)
{
	for (int devfn = 0; devfn < 256; devfn++) {
		if (pci_read(devfn, 0) == ((uint32_t)device << 16 | vendor))
			return devfn;
	}
	return -1;
}

/* Gives a memory BAR its address and switches the function on. */
void pci_assign(unsigned int devfn, unsigned int bar, uint32_t addr)
{
	unsigned int reg = BAR0 + 4 * bar;

	pci_write(devfn, reg, addr);
	if ((pci_read(devfn, reg) & BAR_TYPE_MASK) == BAR_64BIT)
		pci_write(devfn, reg + 4, 0);
	pci_write(devfn, PCI_COMMAND, (pci_read(devfn, PCI_COMMAND) & 0xffff) |
		  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}
