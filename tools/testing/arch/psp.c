// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to the PSP, one at a time, by polling its mailbox.
 */
#include "arch.h"
#include "psp.h"

#define PSP_VENDOR	0x1022
#define PSP_DEVICE	0x14ca
#define PSP_BAR		2
#define PSP_ADDRESS	0xe0000000	/* in q35's hole, above its ECAM */

/* Registers */
#define PSP_INTEN	0x10690
#define PSP_CMDRESP	0x10980
#define PSP_BUFFER_LO	0x109e0
#define PSP_BUFFER_HI	0x109e4
#define PSP_FEATURE	0x109fc

#define CMDRESP_COMMAND	16		/* shift */
#define CMDRESP_DONE	(1U << 31)
#define CMDRESP_STATUS	0xffff
#define FEATURE_SEV	(1U << 0)

#define INIT_RMP	(1U << 0)

#define POLLS_MAX	100000000

static uint32_t reg_read(uint32_t reg)
{
	return *(volatile uint32_t *)(uint64_t)(PSP_ADDRESS + reg);
}

static void reg_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(uint64_t)(PSP_ADDRESS + reg) = value;
}

void psp_init(void)
{
	int devfn = pci_find(PSP_VENDOR, PSP_DEVICE);

	if (devfn < 0)
		bail_out("no PSP on PCI bus 0");
	pci_assign(devfn, PSP_BAR, PSP_ADDRESS);
	if (reg_read(PSP_FEATURE) == ~0U || !(reg_read(PSP_FEATURE) & FEATURE_SEV))
		bail_out("the PSP has no SEV firmware");
	reg_write(PSP_INTEN, 0);
}

uint32_t psp_command(unsigned int id, const uint64_t *buffer)
{
	uint64_t addr = (uint64_t)buffer;

	asm volatile("" : : "r" (buffer) : "memory");
	reg_write(PSP_BUFFER_LO, addr);
	reg_write(PSP_BUFFER_HI, addr >> 32);
	reg_write(PSP_CMDRESP, id << CMDRESP_COMMAND);
	for (int i = 0; i < POLLS_MAX; i++) {
		uint32_t value = reg_read(PSP_CMDRESP);

		if (value & CMDRESP_DONE)
			return value & CMDRESP_STATUS;
		asm volatile("pause" : : : "memory");
	}
	bail_out("the PSP does not answer");
}

uint32_t snp_init_ex(void)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { INIT_RMP };

	return psp_command(SNP_INIT_EX, b);
}

uint32_t snp_df_flush(void)
{
	return psp_command(SNP_DF_FLUSH, NULL);
}

uint32_t snp_gctx_create(uint64_t gctx)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { gctx };

	return psp_command(SNP_GCTX_CREATE, b);
}

uint32_t snp_launch_start(uint64_t gctx, uint64_t policy)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { gctx, policy };

	return psp_command(SNP_LAUNCH_START, b);
}

uint32_t snp_activate(uint64_t gctx, uint32_t asid)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { gctx, asid };

	return psp_command(SNP_ACTIVATE, b);
}

uint32_t snp_launch_update(uint64_t gctx, uint64_t spa, enum psp_page_type type)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { gctx, (uint64_t)type << 1, spa };

	return psp_command(SNP_LAUNCH_UPDATE, b);
}

uint32_t snp_launch_finish(uint64_t gctx, const void *block, const void *auth,
			   uint64_t flags)
{
	uint64_t b[PSP_BUFFER_QWORDS] = {
		gctx, (uint64_t)block, (uint64_t)auth, flags,
	};

	return psp_command(SNP_LAUNCH_FINISH, b);
}

uint32_t snp_decommission(uint64_t gctx)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { gctx };

	return psp_command(SNP_DECOMMISSION, b);
}

uint32_t snp_page_reclaim(uint64_t spa)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { spa };

	return psp_command(SNP_PAGE_RECLAIM, b);
}
