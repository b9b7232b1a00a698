// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tiny-vm.h"
#include "digest.h"

struct page_info {
	u8 digest[SHA384_DIGEST_SIZE];
	u8 contents[SHA384_DIGEST_SIZE];
	u16 length;
	u8 page_type;
	u8 imi_page;
	u8 vmpl_perms[4];
	u64 gpa;
} __packed;

kvm_static_assert(sizeof(struct page_info) == 0x70);

/* For types whose contents are measured; the TSC's fields of VMSAs have to be 0. */
void digest_extend(u8 *digest, u8 type, gpa_t gpa, const void *page)
{
	struct page_info info = {
		.length = sizeof(info),
		.page_type = type,
		.gpa = gpa,
	};

	memcpy(info.digest, digest, sizeof(info.digest));
	sha384(page, PAGE_SIZE, info.contents);
	sha384(&info, sizeof(info), digest);
}
