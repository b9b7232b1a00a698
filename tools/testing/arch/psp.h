/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PSP's SEV firmware: mailbox, commands and status codes.  SEV-SNP Firmware
 * ABI (56860); the registers are those of Linux's drivers/crypto/ccp/sp-pci.c.
 */
#ifndef PSP_H
#define PSP_H

#include "arch.h"

enum psp_command {
	SEV_INIT		= 0x01,
	SEV_SHUTDOWN		= 0x02,
	SEV_FACTORY_RESET	= 0x03,
	SEV_PLATFORM_STATUS	= 0x04,
	SEV_PEK_GEN		= 0x05,
	SEV_PEK_CSR		= 0x06,
	SEV_PDH_CERT_EXPORT	= 0x08,
	SEV_PDH_GEN		= 0x09,
	SEV_DF_FLUSH		= 0x0a,
	SEV_GET_ID		= 0x0c,
	SEV_INIT_EX		= 0x0d,
	SEV_DECOMMISSION	= 0x20,
	SEV_ACTIVATE		= 0x21,
	SEV_DEACTIVATE		= 0x22,
	SEV_GUEST_STATUS	= 0x23,
	SEV_LAUNCH_START	= 0x30,
	SEV_LAUNCH_UPDATE_DATA	= 0x31,
	SEV_LAUNCH_UPDATE_VMSA	= 0x32,
	SEV_LAUNCH_MEASURE	= 0x33,
	SEV_LAUNCH_SECRET	= 0x34,
	SEV_LAUNCH_FINISH	= 0x35,
	SEV_ATTESTATION_REPORT	= 0x36,
	SEV_SEND_START		= 0x40,
	SEV_SEND_UPDATE_DATA	= 0x41,
	SEV_SEND_UPDATE_VMSA	= 0x42,
	SEV_SEND_FINISH		= 0x43,
	SEV_SEND_CANCEL		= 0x44,
	SEV_RECEIVE_START	= 0x50,
	SEV_RECEIVE_UPDATE_DATA	= 0x51,
	SEV_RECEIVE_UPDATE_VMSA	= 0x52,
	SEV_RECEIVE_FINISH	= 0x53,
	SEV_DBG_DECRYPT		= 0x60,
	SEV_DBG_ENCRYPT		= 0x61,
	SNP_INIT		= 0x81,
	SNP_SHUTDOWN		= 0x82,
	SNP_PLATFORM_STATUS	= 0x83,
	SNP_DF_FLUSH		= 0x84,
	SNP_INIT_EX		= 0x85,
	SNP_SHUTDOWN_EX		= 0x86,
	SNP_DECOMMISSION	= 0x90,
	SNP_ACTIVATE		= 0x91,
	SNP_GUEST_STATUS	= 0x92,
	SNP_GCTX_CREATE		= 0x93,
	SNP_GUEST_REQUEST	= 0x94,
	SNP_LAUNCH_START	= 0xa0,
	SNP_LAUNCH_UPDATE	= 0xa1,
	SNP_LAUNCH_FINISH	= 0xa2,
	SNP_DBG_DECRYPT		= 0xb0,
	SNP_DBG_ENCRYPT		= 0xb1,
	SNP_PAGE_RECLAIM	= 0xc7,
	SNP_CONFIG		= 0xc9,
	SNP_COMMIT		= 0xcb,
	SNP_FEATURE_INFO	= 0xce,
};

enum psp_status {
	SUCCESS			= 0x00,
	INVALID_PLATFORM_STATE	= 0x01,
	INVALID_GUEST_STATE	= 0x02,
	INVALID_CONFIG		= 0x03,
	INVALID_LEN		= 0x04,
	INVALID_CERTIFICATE	= 0x06,
	POLICY_FAILURE		= 0x07,
	INACTIVE		= 0x08,
	INVALID_ADDRESS		= 0x09,
	BAD_SIGNATURE		= 0x0a,
	BAD_MEASUREMENT		= 0x0b,
	ASID_OWNED		= 0x0c,
	INVALID_ASID		= 0x0d,
	WBINVD_REQUIRED		= 0x0e,
	DFFLUSH_REQUIRED	= 0x0f,
	INVALID_GUEST		= 0x10,
	INVALID_COMMAND		= 0x11,
	ACTIVE			= 0x12,
	UNSUPPORTED		= 0x15,
	INVALID_PARAM		= 0x16,
	INVALID_PAGE_SIZE	= 0x19,
	INVALID_PAGE_STATE	= 0x1a,
	INVALID_PAGE_OWNER	= 0x1c,
	RMP_INIT_REQUIRED	= 0x20,
};

enum psp_page_type {
	PAGE_NORMAL		= 1,
	PAGE_VMSA		= 2,
	PAGE_ZERO		= 3,
	PAGE_UNMEASURED		= 4,
	PAGE_SECRETS		= 5,
	PAGE_CPUID		= 6,
};

/* In the third byte of SNP_LAUNCH_UPDATE's page description and beyond */
#define UPDATE_2M		BIT(0)
#define UPDATE_TYPE(type)	((uint64_t)(type) << 1)
#define UPDATE_VMPL(n, perms)	((uint64_t)(perms) << (8 * (n)))

#define INIT_RMP		BIT(0)
#define INIT_LIST		BIT(1)

#define POLICY_SMT		BIT(16)
#define POLICY_MBO		BIT(17)
#define POLICY_DEBUG		BIT(19)
#define POLICY_SINGLE_SOCKET	BIT(20)
#define POLICY_ORDINARY		(POLICY_SMT | POLICY_MBO)

#define FINISH_ID_BLOCK		(1ULL << 0)
#define FINISH_AUTHOR_KEY	(1ULL << 1)

/* The largest command buffer that is used here is 0x40 bytes long. */
#define PSP_BUFFER_QWORDS	8

/* Commands so far, by status */
#define PSP_STATUSES		64
extern uint32_t psp_answers[PSP_STATUSES];

/* The register of this PSP */
extern uint32_t psp_inten;

void psp_init(void);
uint32_t psp_read(uint32_t reg);
void psp_write(uint32_t reg, uint32_t value);
uint32_t psp_command(unsigned int id, const void *buffer);
/* The same for any address and any value of the command register */
uint32_t psp_send(uint32_t command, uint64_t addr);
/* Commands whose buffer is some of the eight quadwords */
uint32_t psp_call(unsigned int id, uint64_t q0, uint64_t q1, uint64_t q2, uint64_t q3);

/* Registers */
#define PSP_ADDRESS	0xe0000000ULL	/* in q35's hole, above its ECAM */
#define PSP_INTEN	0x10690
#define PSP_INTSTS	0x10694
#define PSP_INTEN_TURIN	0x10510		/* and the status behind it */
#define PSP_CMDRESP	0x10980
#define PSP_BUFFER_LO	0x109e0
#define PSP_BUFFER_HI	0x109e4
#define PSP_FEATURE	0x109fc
#define CMDRESP_COMMAND	16		/* shift */
#define CMDRESP_IOC	BIT(0)
#define CMDRESP_DONE	(1U << 31)
#define CMDRESP_STATUS	0xffff
#define INT_COMPLETE	(1U << 1)
#define FEATURE_SEV	(1U << 0)

uint32_t snp_init_ex(void);
uint32_t snp_df_flush(void);
uint32_t snp_gctx_create(uint64_t gctx);
uint32_t snp_launch_start(uint64_t gctx, uint64_t policy);
uint32_t snp_activate(uint64_t gctx, uint32_t asid);
uint32_t snp_launch_update(uint64_t gctx, uint64_t spa, enum psp_page_type type);
/* @what: UPDATE_TYPE() and so on; @perms: UPDATE_VMPL() of VMPL 1 to 3 */
uint32_t snp_launch_page(uint64_t gctx, uint64_t spa, uint64_t what, uint64_t perms);
uint32_t snp_launch_finish(uint64_t gctx, const void *block, const void *auth,
			   uint64_t flags);
uint32_t snp_decommission(uint64_t gctx);
uint32_t snp_page_reclaim(uint64_t spa);

#endif
