/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Reverse Map Table: AMD64 APM volume 2, 15.36, and volume 3.  The layout
 * of entries is that of Zen 3 and Zen 4.
 */
#ifndef RMP_H
#define RMP_H

#include "arch.h"

/* First quadword of an entry */
#define RAW_ASSIGNED	BIT(0)
#define RAW_2M		BIT(1)
#define RAW_IMMUTABLE	BIT(2)
#define RAW_GPA		0x0007fffffffff000ULL
#define RAW_ASID(n)	((uint64_t)(n) << 51)
#define RAW_ASID_MASK	RAW_ASID(0x3ff)
#define RAW_VMSA	BIT(61)
#define RAW_VALIDATED	BIT(62)
/* All of it but what is the implementation's own */
#define RAW_FIELDS	(RAW_ASSIGNED | RAW_2M | RAW_IMMUTABLE | RAW_GPA | \
			 RAW_ASID_MASK | RAW_VMSA | RAW_VALIDATED)

/* Permissions of a VMPL */
#define PERM_R		BIT(0)
#define PERM_W		BIT(1)
#define PERM_XU		BIT(2)
#define PERM_XS		BIT(3)
#define PERM_RWX	0xfULL

/* RMP_CFG, and entries of the segment table: AMD64 APM volume 2, 15.36.3 */
#define RMP_CFG_SEGMENTED	BIT(0)
#define RMP_CFG_SHIFT		8
#define RST_MAPPED		0xfffffULL	/* GiB */
#define RST_BASE		0xffffffff00000ULL

/* Results */
#define RMP_OK			0
#define RMP_FAIL_INPUT		1
#define RMP_FAIL_PERMISSION	2
#define RMP_FAIL_INUSE		3
#define RMP_FAIL_OVERLAP	4
#define RMP_FAIL_SIZEMISMATCH	6

struct rmp_update {
	uint64_t gpa;
	uint8_t assigned, size_2m, immutable, reserved;
	uint32_t asid;
};

/* So far, by result */
#define RMP_RESULTS	8
extern uint32_t rmpupdate_results[RMP_RESULTS], psmash_results[RMP_RESULTS];

/* The whole of RAX afterwards */
uint64_t rmpupdate(uint64_t spa, const struct rmp_update *u);
uint64_t psmash(uint64_t spa);
/* The whole of RAX likewise */
uint64_t rmpread(uint64_t spa, struct rmp_update *u);

/* The fields of an entry, where nothing else may be set */
uint64_t rmp_raw(uint64_t spa);
uint8_t rmp_perm(uint64_t spa, unsigned int vmpl);
uint64_t rmp_asid_pages(uint32_t asid);

/* To the Firmware state (ASID 0, address 0), to Metadata or to Pre-Guest */
uint32_t rmp_assign(uint64_t spa, uint64_t gpa, uint32_t asid);
/* To Guest-Invalid */
uint32_t rmp_give(uint64_t spa, uint64_t gpa, uint32_t asid);
/* Back to the Hypervisor state */
uint32_t rmp_release(uint64_t spa);
/* The same for 2 MiB */
uint32_t rmp_assign_2m(uint64_t spa, uint64_t gpa, uint32_t asid);
uint32_t rmp_give_2m(uint64_t spa, uint64_t gpa, uint32_t asid);
uint32_t rmp_release_2m(uint64_t spa);

void snp_zero_rmp(void);
void snp_enable(void);

#endif
