// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"
#include "report.h"

#define REPORT_ALGO	0x034
#define ALGO_P384	1
#define VERSION_FIRST	2
#define VERSION_LAST	5

enum kind { NUMBER, HEX, BYTES };

struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
	enum kind kind;
	uint8_t since;	/* version of the report */
};

static const struct field fields[] = {
	{ "version", REPORT_VERSION, 4, NUMBER, 2 },
	{ "guest_svn", 0x004, 4, NUMBER, 2 },
	{ "policy", REPORT_POLICY, 8, HEX, 2 },
	{ "family_id", 0x010, 16, BYTES, 2 },
	{ "image_id", 0x020, 16, BYTES, 2 },
	{ "vmpl", REPORT_VMPL, 4, NUMBER, 2 },
	{ "signature_algo", REPORT_ALGO, 4, NUMBER, 2 },
	{ "current_tcb", 0x038, 8, HEX, 2 },
	{ "platform_info", 0x040, 8, HEX, 2 },
	{ "key_info", REPORT_CHIP_FLAGS, 4, HEX, 2 },
	{ "report_data", REPORT_DATA, REPORT_DATA_LEN, BYTES, 2 },
	{ "measurement", REPORT_MEASUREMENT, 48, BYTES, 2 },
	{ "host_data", REPORT_HOST_DATA, HOST_DATA_LEN, BYTES, 2 },
	{ "id_key_digest", REPORT_ID_KEY, 48, BYTES, 2 },
	{ "author_key_digest", REPORT_AUTHOR_KEY, 48, BYTES, 2 },
	{ "report_id", 0x140, 32, BYTES, 2 },
	{ "report_id_ma", 0x160, 32, BYTES, 2 },
	{ "reported_tcb", REPORT_TCB, 8, HEX, 2 },
	{ "cpuid_family", REPORT_FAMILY, 1, NUMBER, 3 },
	{ "cpuid_model", 0x189, 1, NUMBER, 3 },
	{ "cpuid_stepping", 0x18a, 1, NUMBER, 3 },
	{ "chip_id", REPORT_CHIP_ID, CHIP_ID_LEN, BYTES, 2 },
	{ "committed_tcb", 0x1e0, 8, HEX, 2 },
	{ "current_build", 0x1e8, 1, NUMBER, 2 },
	{ "current_minor", 0x1e9, 1, NUMBER, 2 },
	{ "current_major", 0x1ea, 1, NUMBER, 2 },
	{ "committed_build", 0x1ec, 1, NUMBER, 2 },
	{ "committed_minor", 0x1ed, 1, NUMBER, 2 },
	{ "committed_major", 0x1ee, 1, NUMBER, 2 },
	{ "launch_tcb", 0x1f0, 8, HEX, 2 },
	{ "launch_mitigations", 0x1f8, 8, HEX, 5 },
	{ "current_mitigations", 0x200, 8, HEX, 5 },
};

bool report_check(const uint8_t report[REPORT_LEN])
{
	uint32_t version = get_le(report + REPORT_VERSION, 4);
	uint32_t algo = get_le(report + REPORT_ALGO, 4);

	if (version < VERSION_FIRST || version > VERSION_LAST)
		return fail("the file is no attestation report of a known version (%u; %u to %u "
			    "are known)",
			    version, VERSION_FIRST, VERSION_LAST);
	if (algo != ALGO_P384)
		return fail("the report's signature algorithm is %u, ECDSA P-384 with SHA-384 is "
			    "%u",
			    algo, ALGO_P384);
	return true;
}

static void format(char *text, size_t size, const struct field *field, const uint8_t *at)
{
	switch (field->kind) {
	case NUMBER:
		snprintf(text, size, "%llu", (unsigned long long)get_le(at, field->size));
		break;
	case HEX:
		snprintf(text, size, "0x%llx", (unsigned long long)get_le(at, field->size));
		break;
	case BYTES:
		format_bytes(text, at, field->size);
		break;
	}
}

static bool has(const uint8_t *report, const struct field *field)
{
	return get_le(report + REPORT_VERSION, 4) >= field->since;
}

void report_for_each(const uint8_t report[REPORT_LEN], report_visit_fn *visit)
{
	char text[2 * REPORT_DATA_LEN + 1];
	size_t n;

	for (n = 0; n < ARRAY_SIZE(fields); n++) {
		if (!has(report, &fields[n]))
			continue;
		format(text, sizeof(text), &fields[n], report + fields[n].offset);
		visit(fields[n].name, text);
	}
}

void report_print_json(const uint8_t report[REPORT_LEN], struct json *json)
{
	char text[2 * REPORT_DATA_LEN + 1];
	size_t n;

	for (n = 0; n < ARRAY_SIZE(fields); n++) {
		const uint8_t *at = report + fields[n].offset;

		if (!has(report, &fields[n]))
			continue;
		format(text, sizeof(text), &fields[n], at);
		if (fields[n].kind == NUMBER)
			json_number(json, fields[n].name, get_le(at, fields[n].size));
		else
			json_string(json, fields[n].name, text);
	}
}
