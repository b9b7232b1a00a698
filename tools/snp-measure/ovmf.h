/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a hypervisor looks up in an OVMF image: a table of GUIDed entries just
 * below the reset vector, and the SEV metadata that one of them points to.
 */
#ifndef SNP_MEASURE_OVMF_H
#define SNP_MEASURE_OVMF_H

#include "util.h"

#define FOUR_GIB	0x100000000ull

#define OVMF_MAX_SECTIONS	64

enum ovmf_section_type {
	OVMF_SEC_MEM = 1,
	OVMF_SECRETS = 2,
	OVMF_CPUID = 3,
	OVMF_SVSM_CAA = 4,
	OVMF_KERNEL_HASHES = 0x10,
};

struct ovmf_section {
	uint32_t gpa;
	uint32_t size;
	enum ovmf_section_type type;
};

struct ovmf {
	const uint8_t *image;
	size_t size;
	uint64_t gpa;		/* it ends at 4 GiB */
	uint32_t ap_eip;	/* where APs start */
	uint32_t hashes_gpa;	/* the SEV hash table's place, 0 if there is none */
	uint32_t hashes_size;
	unsigned int nr_sections;
	struct ovmf_section sections[OVMF_MAX_SECTIONS];
};

/* The image has to outlive ovmf. */
bool ovmf_parse(struct ovmf *ovmf, const uint8_t *image, size_t size);
const struct ovmf_section *ovmf_find(const struct ovmf *ovmf,
				     enum ovmf_section_type type);
const char *ovmf_section_name(enum ovmf_section_type type);

#endif /* SNP_MEASURE_OVMF_H */
