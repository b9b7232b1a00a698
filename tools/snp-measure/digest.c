// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>
#include <openssl/evp.h>

#include "digest.h"
#include "vmsa.h"

#define AT(member)	offsetof(struct snp_page_info, member)

static const char *const type_names[] = {
	[PAGE_NORMAL]     = "NORMAL",
	[PAGE_VMSA]       = "VMSA",
	[PAGE_ZERO]       = "ZERO",
	[PAGE_UNMEASURED] = "UNMEASURED",
	[PAGE_SECRETS]    = "SECRETS",
	[PAGE_CPUID]      = "CPUID",
};

const char *page_type_name(enum page_type type)
{
	return type_names[type];
}

bool page_type_parse(const char *name, size_t len, enum page_type *type)
{
	size_t i;

	for (i = PAGE_NORMAL; i < ARRAY_SIZE(type_names); i++) {
		if (strlen(type_names[i]) == len && !strncasecmp(name, type_names[i], len)) {
			*type = i;
			return true;
		}
	}
	return fail("'%.*s' is no page type: use normal, vmsa, zero, unmeasured, secrets or cpuid",
		    (int)len, name);
}

bool page_type_has_contents(enum page_type type)
{
	return type == PAGE_NORMAL || type == PAGE_VMSA;
}

static bool hash(const EVP_MD *md, const void *data, size_t size, uint8_t *out)
{
	if (!EVP_Digest(data, size, out, NULL, md, NULL))
		return fail("libcrypto offers no %s", EVP_MD_get0_name(md));
	return true;
}

bool sha256(const void *data, size_t size, uint8_t out[SHA256_LEN])
{
	return hash(EVP_sha256(), data, size, out);
}

bool sha384(const void *data, size_t size, uint8_t out[SHA384_LEN])
{
	return hash(EVP_sha384(), data, size, out);
}

/* The firmware fills in the TSC fields and measures them as zero. */
static bool hash_vmsa(const uint8_t *page, uint8_t out[SHA384_LEN])
{
	uint8_t copy[PAGE_SIZE];

	memcpy(copy, page, sizeof(copy));
	memset(copy + offsetof(struct snp_vmsa, tsc_scale), 0, 8);
	memset(copy + offsetof(struct snp_vmsa, tsc_offset), 0, 8);
	return sha384(copy, sizeof(copy), out);
}

static bool extend_page(uint8_t ld[LD_LEN], enum page_type type, uint64_t gpa,
			const uint8_t *page)
{
	uint8_t info[sizeof(struct snp_page_info)] = {};

	memcpy(info + AT(digest_cur), ld, LD_LEN);
	if (type == PAGE_NORMAL && !sha384(page, PAGE_SIZE, info + AT(contents)))
		return false;
	if (type == PAGE_VMSA && !hash_vmsa(page, info + AT(contents)))
		return false;
	put_le(info + AT(length), sizeof(info), 2);
	info[AT(page_type)] = type;
	put_le(info + AT(gpa), gpa, 8);
	return sha384(info, sizeof(info), ld);
}

bool digest_extend(uint8_t ld[LD_LEN], enum page_type type, uint64_t gpa,
		   uint64_t size, const uint8_t *data)
{
	uint64_t at;

	for (at = 0; at < size; at += PAGE_SIZE) {
		if (!extend_page(ld, type, gpa + at, data ? data + at : NULL))
			return false;
	}
	return true;
}
