// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <snp/id-block.h>

#include "json.h"
#include "report.h"

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

#define FIELD(member, kind, since) { #member, REPORT(member), REPORT_SIZE(member), kind, since }

static const struct field fields[] = {
	FIELD(version, NUMBER, 2),
	FIELD(guest_svn, NUMBER, 2),
	FIELD(policy, HEX, 2),
	FIELD(family_id, BYTES, 2),
	FIELD(image_id, BYTES, 2),
	FIELD(vmpl, NUMBER, 2),
	FIELD(signature_algo, NUMBER, 2),
	FIELD(current_tcb, HEX, 2),
	FIELD(platform_info, HEX, 2),
	FIELD(key_info, HEX, 2),
	FIELD(report_data, BYTES, 2),
	FIELD(measurement, BYTES, 2),
	FIELD(host_data, BYTES, 2),
	FIELD(id_key_digest, BYTES, 2),
	FIELD(author_key_digest, BYTES, 2),
	FIELD(report_id, BYTES, 2),
	FIELD(report_id_ma, BYTES, 2),
	FIELD(reported_tcb, HEX, 2),
	FIELD(cpuid_family, NUMBER, 3),
	FIELD(cpuid_model, NUMBER, 3),
	FIELD(cpuid_stepping, NUMBER, 3),
	FIELD(chip_id, BYTES, 2),
	FIELD(committed_tcb, HEX, 2),
	FIELD(current_build, NUMBER, 2),
	FIELD(current_minor, NUMBER, 2),
	FIELD(current_major, NUMBER, 2),
	FIELD(committed_build, NUMBER, 2),
	FIELD(committed_minor, NUMBER, 2),
	FIELD(committed_major, NUMBER, 2),
	FIELD(launch_tcb, HEX, 2),
	FIELD(launch_mitigations, HEX, 5),
	FIELD(current_mitigations, HEX, 5),
};

bool report_check(const uint8_t report[REPORT_LEN])
{
	uint32_t version = get_le(report + REPORT(version), 4);
	uint32_t algo = get_le(report + REPORT(signature_algo), 4);

	if (version < VERSION_FIRST || version > VERSION_LAST)
		return fail("the file is no attestation report of a known version (%u; %u to %u "
			    "are known)",
			    version, VERSION_FIRST, VERSION_LAST);
	if (algo != SNP_ALGO_P384)
		return fail("the report's signature algorithm is %u, ECDSA P-384 with SHA-384 is "
			    "%u",
			    algo, SNP_ALGO_P384);
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
	return get_le(report + REPORT(version), 4) >= field->since;
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
