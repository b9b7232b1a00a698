// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to the PSP, one at a time, by polling its mailbox.
 */
#include "arch.h"
#include "psp.h"

#define PSP_VENDOR	0x1022
#define PSP_DEVICE	0x14ca
#define PSP_TURIN	0x17d8
#define PSP_BAR		2

#define POLLS_MAX	100000000

uint32_t psp_answers[PSP_STATUSES];
uint32_t psp_inten = PSP_INTEN;

uint32_t psp_read(uint32_t reg)
{
	return *(volatile uint32_t *)(PSP_ADDRESS + reg);
}

void psp_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(PSP_ADDRESS + reg) = value;
}

void psp_init(void)
{
	int devfn = pci_find(PSP_VENDOR, PSP_DEVICE);

	if (devfn < 0) {
		devfn = pci_find(PSP_VENDOR, PSP_TURIN);
		psp_inten = PSP_INTEN_TURIN;
	}
	if (devfn < 0)
		bail_out("no PSP on PCI bus 0");
	pci_assign(devfn, PSP_BAR, PSP_ADDRESS);
	if (psp_read(PSP_FEATURE) == ~0U || !(psp_read(PSP_FEATURE) & FEATURE_SEV))
		bail_out("the PSP has no SEV firmware");
	psp_write(psp_inten, 0);
}

uint32_t psp_send(uint32_t command, uint64_t addr)
{
	psp_write(PSP_BUFFER_LO, addr);
	psp_write(PSP_BUFFER_HI, addr >> 32);
	psp_write(PSP_CMDRESP, command);
	for (int i = 0; i < POLLS_MAX; i++) {
		uint32_t value = psp_read(PSP_CMDRESP);

		if (value & CMDRESP_DONE) {
			value &= CMDRESP_STATUS;
			need(value < PSP_STATUSES, "a status of the firmware's");
			psp_answers[value]++;
			return value;
		}
		asm volatile("pause" : : : "memory");
	}
	bail_out("the PSP does not answer");
}

uint32_t psp_command(unsigned int id, const void *buffer)
{
	asm volatile("" : : "r" (buffer) : "memory");
	return psp_send(id << CMDRESP_COMMAND, (uint64_t)buffer);
}

uint32_t psp_call(unsigned int id, uint64_t q0, uint64_t q1, uint64_t q2, uint64_t q3)
{
	uint64_t b[PSP_BUFFER_QWORDS] = { q0, q1, q2, q3 };

	return psp_command(id, b);
}

uint32_t snp_init_ex(void)
{
	return psp_call(SNP_INIT_EX, INIT_RMP, 0, 0, 0);
}

uint32_t snp_df_flush(void)
{
	return psp_command(SNP_DF_FLUSH, NULL);
}

uint32_t snp_gctx_create(uint64_t gctx)
{
	return psp_call(SNP_GCTX_CREATE, gctx, 0, 0, 0);
}

uint32_t snp_launch_start(uint64_t gctx, uint64_t policy)
{
	return psp_call(SNP_LAUNCH_START, gctx, policy, 0, 0);
}

uint32_t snp_activate(uint64_t gctx, uint32_t asid)
{
	return psp_call(SNP_ACTIVATE, gctx, asid, 0, 0);
}

uint32_t snp_launch_page(uint64_t gctx, uint64_t spa, uint64_t what, uint64_t perms)
{
	return psp_call(SNP_LAUNCH_UPDATE, gctx, what, spa, perms);
}

uint32_t snp_launch_update(uint64_t gctx, uint64_t spa, enum psp_page_type type)
{
	return snp_launch_page(gctx, spa, UPDATE_TYPE(type), 0);
}

uint32_t snp_launch_finish(uint64_t gctx, const void *block, const void *auth,
			   uint64_t flags)
{
	return psp_call(SNP_LAUNCH_FINISH, gctx, (uint64_t)block, (uint64_t)auth, flags);
}

uint32_t snp_decommission(uint64_t gctx)
{
	return psp_call(SNP_DECOMMISSION, gctx, 0, 0, 0);
}

uint32_t snp_page_reclaim(uint64_t spa)
{
	return psp_call(SNP_PAGE_RECLAIM, spa, 0, 0, 0);
}
