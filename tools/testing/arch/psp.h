/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PSP's SEV firmware: mailbox, commands and status codes.  SEV-SNP Firmware
 * ABI (56860); the registers are those of Linux's drivers/crypto/ccp/sp-pci.c.
 */
#ifndef PSP_H
#define PSP_H

#include <stdint.h>

enum psp_command {
	SNP_DF_FLUSH		= 0x84,
	SNP_INIT_EX		= 0x85,
	SNP_DECOMMISSION	= 0x90,
	SNP_ACTIVATE		= 0x91,
	SNP_GCTX_CREATE		= 0x93,
	SNP_LAUNCH_START	= 0xa0,
	SNP_LAUNCH_UPDATE	= 0xa1,
	SNP_LAUNCH_FINISH	= 0xa2,
	SNP_PAGE_RECLAIM	= 0xc7,
};

enum psp_status {
	SUCCESS			= 0x00,
	INVALID_PLATFORM_STATE	= 0x01,
	INVALID_GUEST_STATE	= 0x02,
	INVALID_CONFIG		= 0x03,
	POLICY_FAILURE		= 0x07,
	INACTIVE		= 0x08,
	BAD_SIGNATURE		= 0x0a,
	BAD_MEASUREMENT		= 0x0b,
	WBINVD_REQUIRED		= 0x0e,
	DFFLUSH_REQUIRED	= 0x0f,
	INVALID_GUEST		= 0x10,
	INVALID_COMMAND		= 0x11,
	INVALID_PARAM		= 0x16,
	INVALID_PAGE_STATE	= 0x1a,
	INVALID_PAGE_OWNER	= 0x1c,
};

enum psp_page_type {
	PAGE_NORMAL		= 1,
	PAGE_VMSA		= 2,
	PAGE_ZERO		= 3,
};

#define FINISH_ID_BLOCK		(1ULL << 0)
#define FINISH_AUTHOR_KEY	(1ULL << 1)

/* The largest command buffer that is used here is 0x40 bytes long. */
#define PSP_BUFFER_QWORDS	8

void psp_init(void);
uint32_t psp_command(unsigned int id, const uint64_t *buffer);

uint32_t snp_init_ex(void);
uint32_t snp_df_flush(void);
uint32_t snp_gctx_create(uint64_t gctx);
uint32_t snp_launch_start(uint64_t gctx, uint64_t policy);
uint32_t snp_activate(uint64_t gctx, uint32_t asid);
uint32_t snp_launch_update(uint64_t gctx, uint64_t spa, enum psp_page_type type);
uint32_t snp_launch_finish(uint64_t gctx, const void *block, const void *auth,
			   uint64_t flags);
uint32_t snp_decommission(uint64_t gctx);
uint32_t snp_page_reclaim(uint64_t spa);

#endif
