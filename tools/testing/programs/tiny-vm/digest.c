// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <snp/page-info.h>

#include "tiny-vm.h"
#include "digest.h"

/* For types whose contents are measured; the TSC's fields of VMSAs have to be 0. */
void digest_extend(u8 *digest, u8 type, gpa_t gpa, const void *page)
{
	struct snp_page_info info = {
		.length = sizeof(info),
		.page_type = type,
		.gpa = gpa,
	};

	memcpy(info.digest_cur, digest, sizeof(info.digest_cur));
	sha384(page, PAGE_SIZE, info.contents);
	sha384(&info, sizeof(info), digest);
}
