// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "digest.h"

#define MAX_GPA		(1ull << 52)

const char pages_usage[] =
"snp-measure pages TYPE@GPA[=FILE|+SIZE]...\n"
"  Digest of any launch, from its LAUNCH_UPDATEs in their order.\n"
"    TYPE  normal and vmsa: FILE holds the pages; zero, unmeasured, secrets and\n"
"          cpuid: SIZE bytes, default one page; GPA and SIZE with 0x\n";

static bool extend(uint8_t ld[LD_LEN], enum page_type type, const char *text, uint64_t gpa,
		   uint64_t size, const uint8_t *data)
{
	if (!PAGE_ALIGNED(gpa) || !PAGE_ALIGNED(size) || !size ||
	    gpa >= MAX_GPA || size > MAX_GPA - gpa)
		return fail("'%s' is not made of whole pages below 2^52", text);
	return digest_extend(ld, type, gpa, size, data);
}

static bool extend_file(uint8_t ld[LD_LEN], enum page_type type, const char *text,
			uint64_t gpa, const char *path)
{
	struct blob blob;
	bool good;

	if (!blob_read(&blob, path, "page file"))
		return false;
	good = extend(ld, type, text, gpa, blob.size, blob.data);
	blob_free(&blob);
	return good;
}

/* text: TYPE@GPA, then =FILE or +SIZE */
static bool extend_by(uint8_t ld[LD_LEN], const char *text)
{
	size_t name = strcspn(text, "@");
	const char *at = text + name + !!text[name];
	size_t digits = strcspn(at, "=+");
	char number[32] = "";
	uint64_t gpa, size = PAGE_SIZE;
	enum page_type type;

	if (!page_type_parse(text, name, &type))
		return false;
	if (digits < sizeof(number))
		memcpy(number, at, digits);
	if (!parse_hex64(number, "GPA", &gpa))
		return false;
	if (page_type_has_contents(type) != (at[digits] == '='))
		return fail("'%s': pages of type %s are given %s", text, page_type_name(type),
			    page_type_has_contents(type) ? "as TYPE@GPA=FILE" : "without a file");
	if (at[digits] == '=')
		return extend_file(ld, type, text, gpa, at + digits + 1);
	if (at[digits] && !parse_hex64(at + digits + 1, "size", &size))
		return false;
	return extend(ld, type, text, gpa, size, NULL);
}

int cmd_pages(int argc, char **argv)
{
	char hex[2 * LD_LEN + 1];
	uint8_t ld[LD_LEN] = {};
	int i;

	if (argc < 2) {
		fail("name the pages as TYPE@GPA[=FILE|+SIZE]");
		return CLI_TROUBLE;
	}
	for (i = 1; i < argc; i++) {
		if (cli_asks_for_help(argv[i]))
			return CLI_TROUBLE;
	}
	for (i = 1; i < argc; i++) {
		if (!extend_by(ld, argv[i]))
			return CLI_TROUBLE;
	}
	format_bytes(hex, ld, LD_LEN);
	puts(hex);
	return CLI_OK;
}
