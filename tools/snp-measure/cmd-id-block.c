// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "id-block.h"
#include "json.h"

static const char create_usage[] =
"snp-measure id-block create --digest HEX --id-key PEM --out-block FILE\n"
"                            --out-auth FILE [OPTION]...\n"
"  Make and sign the ID block of a guest.\n"
"    --digest HEX          the launch digest\n"
"    --policy 0xN          the guest policy, default 0x30000 (SMT allowed), as QEMU's\n"
"    --id-key PEM          private P-384 key that signs the block\n"
"    --author-key PEM      private P-384 key that signs the ID key\n"
"    --family-id HEX, --image-id HEX\n"
"                          16 bytes each, default zero\n"
"    --svn N, --version N  of the guest, default 0, and of the block, default 1\n"
"    --out-block FILE, --out-auth FILE\n"
"                          96 and 4096 bytes\n"
"    --base64              as text, for QEMU's id-block= and id-auth=\n";

static const char check_usage[] =
"snp-measure id-block check --block FILE --auth FILE [OPTION]...\n"
"  Verify an ID block as the firmware does, and print it.\n"
"    --block FILE, --auth FILE\n"
"                          bytes or base64\n"
"    --digest HEX          the launch digest that it has to be for\n"
"    --policy 0xN          the guest policy that it has to be for\n"
"    --json                print it as JSON\n";

enum {
	CREATE_DIGEST, CREATE_POLICY, CREATE_ID_KEY, CREATE_AUTHOR_KEY, CREATE_FAMILY,
	CREATE_IMAGE, CREATE_SVN, CREATE_VERSION, CREATE_BLOCK, CREATE_AUTH, CREATE_BASE64,
	NR_CREATE,
};

static const struct option_desc create_options[NR_CREATE] = {
	[CREATE_DIGEST]     = { "digest", true },
	[CREATE_POLICY]     = { "policy", true },
	[CREATE_ID_KEY]     = { "id-key", true },
	[CREATE_AUTHOR_KEY] = { "author-key", true },
	[CREATE_FAMILY]     = { "family-id", true },
	[CREATE_IMAGE]      = { "image-id", true },
	[CREATE_SVN]        = { "svn", true },
	[CREATE_VERSION]    = { "version", true },
	[CREATE_BLOCK]      = { "out-block", true },
	[CREATE_AUTH]       = { "out-auth", true },
	[CREATE_BASE64]     = { "base64", false },
};

enum { CHECK_BLOCK, CHECK_AUTH, CHECK_DIGEST, CHECK_POLICY, CHECK_JSON, NR_CHECK };

static const struct option_desc check_options[NR_CHECK] = {
	[CHECK_BLOCK]  = { "block", true },
	[CHECK_AUTH]   = { "auth", true },
	[CHECK_DIGEST] = { "digest", true },
	[CHECK_POLICY] = { "policy", true },
	[CHECK_JSON]   = { "json", false },
};

static bool need(const char **value, const struct option_desc *options, const int *which,
		 size_t count)
{
	size_t n;

	for (n = 0; n < count; n++) {
		if (!value[which[n]])
			return fail("--%s is missing", options[which[n]].name);
	}
	return true;
}

static bool get_ids(const char **value, struct id_block *block)
{
	const char *family = value[CREATE_FAMILY], *image = value[CREATE_IMAGE];

	return (!family || parse_bytes(family, "family id", block->family_id, SNP_ID_LEN)) &&
	       (!image || parse_bytes(image, "image id", block->image_id, SNP_ID_LEN));
}

static bool get_numbers(const char **value, struct id_block *block)
{
	const char *svn_text = value[CREATE_SVN], *version_text = value[CREATE_VERSION];
	uint64_t svn = 0, version = 1;

	if ((svn_text && !parse_decimal(svn_text, "guest SVN", UINT32_MAX, &svn)) ||
	    (version_text &&
	     !parse_decimal(version_text, "ID block version", UINT32_MAX, &version)))
		return false;
	block->svn = svn;
	block->version = version;
	return true;
}

static bool get_block(const char **value, struct id_block *block)
{
	*block = (struct id_block){ .policy = SNP_POLICY_DEFAULT };
	return parse_bytes(value[CREATE_DIGEST], "launch digest", block->ld, LD_LEN) &&
	       (!value[CREATE_POLICY] || policy_parse(value[CREATE_POLICY], &block->policy)) &&
	       get_ids(value, block) && get_numbers(value, block);
}

static bool write_both(const char **value, const uint8_t *block, const uint8_t *auth)
{
	bool (*write)(const char *path, const void *data, size_t size) =
		value[CREATE_BASE64] ? write_base64 : write_bytes;

	return write(value[CREATE_BLOCK], block, ID_BLOCK_LEN) &&
	       write(value[CREATE_AUTH], auth, ID_AUTH_LEN);
}

static bool sign_and_write(const char **value, const struct id_block *block)
{
	const char *author_path = value[CREATE_AUTHOR_KEY];
	uint8_t packed[ID_BLOCK_LEN], auth[ID_AUTH_LEN];
	EVP_PKEY *id_key, *author = NULL;
	bool good;

	id_block_pack(block, packed);
	id_key = p384_read_private(value[CREATE_ID_KEY], "ID key");
	if (id_key && author_path)
		author = p384_read_private(author_path, "author key");
	good = id_key && (author || !author_path) &&
	       id_auth_make(auth, packed, id_key, author) && write_both(value, packed, auth);
	EVP_PKEY_free(id_key);
	EVP_PKEY_free(author);
	return good;
}

static int create(int argc, char **argv)
{
	static const int needed[] = {
		CREATE_DIGEST, CREATE_ID_KEY, CREATE_BLOCK, CREATE_AUTH,
	};
	const char *value[NR_CREATE] = {};
	struct id_block block;

	if (!cli_options(argc, argv, create_options, NR_CREATE, value, NULL) ||
	    !need(value, create_options, needed, ARRAY_SIZE(needed)) ||
	    !get_block(value, &block) || !sign_and_write(value, &block))
		return CLI_TROUBLE;
	return CLI_OK;
}

/* In the firmware's order, with its errors. */
static bool check_expected(const struct id_block *block, const uint8_t *ld, const uint64_t *policy)
{
	char hex[2 * LD_LEN + 1];

	format_bytes(hex, block->ld, LD_LEN);
	if (ld && memcmp(block->ld, ld, LD_LEN))
		return fail("the ID block is for another launch digest, %s: the firmware answers "
			    "BAD_MEASUREMENT",
			    hex);
	if (policy && block->policy != *policy)
		return fail("the ID block is for the policy 0x%llx: the firmware answers "
			    "POLICY_FAILURE",
			    (unsigned long long)block->policy);
	return true;
}

static void print_bytes(const char *what, const uint8_t *bytes, size_t len)
{
	char hex[2 * LD_LEN + 1];

	format_bytes(hex, bytes, len);
	printf("%-19s %s\n", what, hex);
}

static void print_human(const struct id_block *block, const struct id_key_digests *digests)
{
	print_bytes("launch digest", block->ld, LD_LEN);
	print_bytes("family id", block->family_id, SNP_ID_LEN);
	print_bytes("image id", block->image_id, SNP_ID_LEN);
	printf("%-19s %u\n", "version", block->version);
	printf("%-19s %u\n", "guest SVN", block->svn);
	printf("%-19s 0x%llx\n", "policy", (unsigned long long)block->policy);
	print_bytes("ID key digest", digests->id_key, SHA384_LEN);
	if (digests->has_author)
		print_bytes("author key digest", digests->author_key, SHA384_LEN);
}

static void print_json(const struct id_block *block, const struct id_key_digests *digests)
{
	struct json json;

	json_begin(&json, stdout);
	json_bytes(&json, "digest", block->ld, LD_LEN);
	json_bytes(&json, "family_id", block->family_id, SNP_ID_LEN);
	json_bytes(&json, "image_id", block->image_id, SNP_ID_LEN);
	json_number(&json, "version", block->version);
	json_number(&json, "guest_svn", block->svn);
	json_hex(&json, "policy", block->policy);
	json_bytes(&json, "id_key_digest", digests->id_key, SHA384_LEN);
	if (digests->has_author)
		json_bytes(&json, "author_key_digest", digests->author_key, SHA384_LEN);
	json_end(&json);
}

/* What the options say, and the files */
struct check {
	uint8_t ld[LD_LEN];
	uint64_t policy;
	struct blob block, auth;
};

static bool read_check(const char **value, struct check *check)
{
	static const int needed[] = { CHECK_BLOCK, CHECK_AUTH };

	return need(value, check_options, needed, ARRAY_SIZE(needed)) &&
	       (!value[CHECK_DIGEST] ||
		parse_bytes(value[CHECK_DIGEST], "launch digest", check->ld, LD_LEN)) &&
	       (!value[CHECK_POLICY] ||
		parse_hex64(value[CHECK_POLICY], "policy", &check->policy)) &&
	       blob_read_exact(&check->block, value[CHECK_BLOCK], "ID block", ID_BLOCK_LEN) &&
	       blob_read_exact(&check->auth, value[CHECK_AUTH], "ID authentication", ID_AUTH_LEN);
}

static int do_check(const char **value, const struct check *check)
{
	struct id_key_digests digests;
	struct id_block block;

	id_block_unpack(&block, check->block.data);
	if (!check_expected(&block, value[CHECK_DIGEST] ? check->ld : NULL,
			    value[CHECK_POLICY] ? &check->policy : NULL) ||
	    !id_auth_check(check->auth.data, check->block.data, &digests))
		return CLI_NO;
	if (value[CHECK_JSON])
		print_json(&block, &digests);
	else
		print_human(&block, &digests);
	return CLI_OK;
}

static int check(int argc, char **argv)
{
	const char *value[NR_CHECK] = {};
	struct check check = {};
	int status = CLI_TROUBLE;

	if (cli_options(argc, argv, check_options, NR_CHECK, value, NULL) &&
	    read_check(value, &check))
		status = do_check(value, &check);
	blob_free(&check.block);
	blob_free(&check.auth);
	return status;
}

int cmd_id_block(int argc, char **argv)
{
	static const struct verb verbs[] = {
		{ "create", create, create_usage },
		{ "check", check, check_usage },
	};

	argv[0] = "snp-measure id-block";
	return cli_dispatch(argc, argv, verbs, ARRAY_SIZE(verbs));
}
