/* SPDX-License-Identifier: GPL-2.0-only */
/* What the launch digest is a chain of: PAGE_INFO, one for each page. */
#ifndef SNP_PAGE_INFO_H
#define SNP_PAGE_INFO_H

#include <stdint.h>

#define SNP_DIGEST_LEN	48	/* SHA-384 */

struct snp_page_info {
	uint8_t digest_cur[SNP_DIGEST_LEN];	/* before this page */
	uint8_t contents[SNP_DIGEST_LEN];	/* a digest, 0 for most types */
	uint16_t length;
	uint8_t page_type;
	uint8_t imi_page;	/* this and the next are 0 with KVM */
	uint8_t vmpl_perms[4];
	uint64_t gpa;
};

_Static_assert(sizeof(struct snp_page_info) == 0x70, "");

#endif
