/* SPDX-License-Identifier: GPL-2.0-only */
/* The launch digest: a chain of SHA-384 over one PAGE_INFO for each 4 KiB page. */
#ifndef SNP_MEASURE_DIGEST_H
#define SNP_MEASURE_DIGEST_H

#include <snp/page-info.h>

#include "util.h"

#define SHA256_LEN	32
#define SHA384_LEN	SNP_DIGEST_LEN
#define LD_LEN		SHA384_LEN

/* PAGE_TYPE of SNP_LAUNCH_UPDATE */
enum page_type {
	PAGE_NORMAL = 1,
	PAGE_VMSA = 2,
	PAGE_ZERO = 3,
	PAGE_UNMEASURED = 4,
	PAGE_SECRETS = 5,
	PAGE_CPUID = 6,
};

const char *page_type_name(enum page_type type);
bool page_type_parse(const char *name, size_t len, enum page_type *type);
/* Of the others only type and address are measured. */
bool page_type_has_contents(enum page_type type);

bool sha256(const void *data, size_t size, uint8_t out[SHA256_LEN]);
bool sha384(const void *data, size_t size, uint8_t out[SHA384_LEN]);

/* Extends ld, which starts as zeros, page by page in ascending order. */
bool digest_extend(uint8_t ld[LD_LEN], enum page_type type, uint64_t gpa,
		   uint64_t size, const uint8_t *data);

#endif /* SNP_MEASURE_DIGEST_H */
