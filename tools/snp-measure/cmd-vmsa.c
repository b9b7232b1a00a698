// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cpu-types.h"
#include "json.h"
#include "vmsa.h"

static const char create_usage[] =
"snp-measure vmsa create FILE --vcpu-type TYPE [OPTION]...\n"
"  Write the VMSA page that KVM makes for a vCPU at its reset.\n"
"    --vcpu-type TYPE, --vcpu-sig 0xN, --guest-features 0xN\n"
"                          as for digest\n"
"    --eip 0xN             where it starts, default 0xfffffff0\n"
"    --set FIELD=0xN[,FIELD=0xN]...\n"
"                          then change fields: rip, cs.base\n";

static const char show_usage[] =
"snp-measure vmsa show FILE [--json]\n"
"  Print the fields of a VMSA page.\n";

enum { VCPU_TYPE, VCPU_SIG, FEATURES, EIP, SET, NR_OPTIONS };

static const struct option_desc options[NR_OPTIONS] = {
	[VCPU_TYPE] = { "vcpu-type", true },
	[VCPU_SIG]  = { "vcpu-sig", true },
	[FEATURES]  = { "guest-features", true },
	[EIP]       = { "eip", true },
	[SET]       = { "set", true },
};

static bool get_hex32(const char *text, const char *what, uint64_t *value)
{
	if (!text)
		return true;
	if (!parse_hex64(text, what, value))
		return false;
	return !(*value >> 32) || fail("the %s %s has more than 32 bits", what, text);
}

static bool set_fields(uint8_t *page, const char *assignments)
{
	char *copy = strdup(assignments), *rest = copy, *one;
	bool good = copy || fail("out of memory");

	while (good && (one = strsep(&rest, ",")))
		good = vmsa_set(page, one);
	free(copy);
	return good;
}

static bool make_page(const char **value, uint8_t page[PAGE_SIZE])
{
	uint64_t signature = 0, eip = VMSA_EIP_RESET, features = SEV_FEATURE_SNP;
	uint32_t of_type;

	if (!value[VCPU_TYPE] == !value[VCPU_SIG])
		return fail("give --vcpu-type or --vcpu-sig, one of them");
	if (value[VCPU_TYPE]) {
		if (!cpu_type_signature(value[VCPU_TYPE], &of_type))
			return false;
		signature = of_type;
	}
	if (!get_hex32(value[VCPU_SIG], "vCPU signature", &signature) ||
	    !get_hex32(value[EIP], "EIP", &eip) ||
	    (value[FEATURES] && !parse_hex64(value[FEATURES], "guest features", &features)) ||
	    !vmsa_check_features(features))
		return false;
	vmsa_fill(page, eip, signature, features);
	return !value[SET] || set_fields(page, value[SET]);
}

static int create(int argc, char **argv)
{
	const char *value[NR_OPTIONS] = {}, *path = NULL;
	uint8_t page[PAGE_SIZE];
	bool good;

	good = cli_options(argc, argv, options, NR_OPTIONS, value, &path) &&
	       (path || fail("name the file to write")) && make_page(value, page) &&
	       write_bytes(path, page, PAGE_SIZE);
	return good ? CLI_OK : CLI_TROUBLE;
}

static void print_json(void *json, const char *name, uint64_t value)
{
	json_hex(json, name, value);
}

static void print_text(void *unused, const char *name, uint64_t value)
{
	(void)unused;
	printf("%-12s 0x%llx\n", name, (unsigned long long)value);
}

static void print(const uint8_t *page, bool as_json)
{
	struct json json;

	if (!as_json) {
		vmsa_for_each(page, print_text, NULL);
		return;
	}
	json_begin(&json, stdout);
	vmsa_for_each(page, print_json, &json);
	json_end(&json);
}

static int show(int argc, char **argv)
{
	static const struct option_desc show_options[] = { { "json", false } };
	const char *as_json = NULL, *path = NULL;
	struct blob page = {};
	bool good;

	good = cli_options(argc, argv, show_options, 1, &as_json, &path) &&
	       (path || fail("name the VMSA's file")) &&
	       blob_read_exact(&page, path, "VMSA page", PAGE_SIZE);
	if (good)
		print(page.data, as_json);
	blob_free(&page);
	return good ? CLI_OK : CLI_TROUBLE;
}

int cmd_vmsa(int argc, char **argv)
{
	static const struct verb verbs[] = {
		{ "create", create, create_usage },
		{ "show", show, show_usage },
	};

	argv[0] = "snp-measure vmsa";
	return cli_dispatch(argc, argv, verbs, ARRAY_SIZE(verbs));
}
