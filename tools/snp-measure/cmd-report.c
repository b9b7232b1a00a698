// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "digest.h"
#include "json.h"
#include "report.h"

static const char show_usage[] =
"snp-measure report show FILE [--json]\n"
"  Print an attestation report, and verify nothing.\n";

static const char verify_usage[] =
"snp-measure report verify FILE --certs DIR [OPTION]...\n"
"  Verify an attestation report, and print it.\n"
"    --certs DIR           holds vcek.pem, ask.pem and ark.pem, which is trusted\n"
"    --any-time            certificates may have expired, or not be valid yet\n"
"    --digest HEX          the launch digest that it has to have\n"
"    --report-data HEX     the 64 bytes that the guest has asked for\n"
"    --host-data HEX       the 32 bytes that the host has given\n"
"    --json                print it as JSON\n";

enum { CERTS, ANY_TIME, DIGEST, DATA, HOST_DATA, JSON, NR_OPTIONS };

static const struct option_desc options[NR_OPTIONS] = {
	[CERTS]     = { "certs", true },
	[ANY_TIME]  = { "any-time", false },
	[DIGEST]    = { "digest", true },
	[DATA]      = { "report-data", true },
	[HOST_DATA] = { "host-data", true },
	[JSON]      = { "json", false },
};

/* A part of the report that an option can ask for */
struct expectation {
	int option;
	const char *what;
	size_t offset, len;
};

static const struct expectation expectations[] = {
	{ DIGEST, "launch digest", REPORT_MEASUREMENT, LD_LEN },
	{ DATA, "report data", REPORT_DATA, REPORT_DATA_LEN },
	{ HOST_DATA, "host data", REPORT_HOST_DATA, HOST_DATA_LEN },
};

static bool read_report(const char *path, struct blob *report)
{
	if (!path)
		return fail("name the report's file");
	return blob_read_exact(report, path, "report", REPORT_LEN) && report_check(report->data);
}

static void print_line(const char *name, const char *value)
{
	printf("%-19s %s\n", name, value);
}

static void print(const uint8_t *report, bool as_json)
{
	struct json json;

	if (!as_json) {
		report_for_each(report, print_line);
		return;
	}
	json_begin(&json, stdout);
	report_print_json(report, &json);
	json_end(&json);
}

static void print_verified(const uint8_t *report, bool as_json)
{
	struct json json;

	if (!as_json) {
		print_line("verified", report_verdict(report));
		report_for_each(report, print_line);
		return;
	}
	json_begin(&json, stdout);
	json_bool(&json, "verified", true);
	json_bool(&json, "chip_masked", report_chip_is_masked(report));
	report_print_json(report, &json);
	json_end(&json);
}

static int show(int argc, char **argv)
{
	static const struct option_desc show_options[] = { { "json", false } };
	const char *as_json = NULL, *path = NULL;
	struct blob report = {};
	bool good;

	good = cli_options(argc, argv, show_options, 1, &as_json, &path) &&
	       read_report(path, &report);
	if (good)
		print(report.data, as_json);
	blob_free(&report);
	return good ? CLI_OK : CLI_TROUBLE;
}

static bool check_expectation(const struct expectation *expectation, const uint8_t *wanted,
			      const uint8_t *report)
{
	char hex[2 * REPORT_DATA_LEN + 1];

	if (!memcmp(wanted, report + expectation->offset, expectation->len))
		return true;
	format_bytes(hex, report + expectation->offset, expectation->len);
	return fail("the report has another %s: %s", expectation->what, hex);
}

static int verify_report(const char **value, const uint8_t *report)
{
	uint8_t wanted[ARRAY_SIZE(expectations)][REPORT_DATA_LEN];
	size_t n;

	for (n = 0; n < ARRAY_SIZE(expectations); n++) {
		const struct expectation *e = &expectations[n];

		if (value[e->option] && !parse_bytes(value[e->option], e->what, wanted[n], e->len))
			return CLI_TROUBLE;
	}
	if (!report_verify(report, value[CERTS], value[ANY_TIME]))
		return CLI_NO;
	for (n = 0; n < ARRAY_SIZE(expectations); n++) {
		if (value[expectations[n].option] &&
		    !check_expectation(&expectations[n], wanted[n], report))
			return CLI_NO;
	}
	print_verified(report, value[JSON]);
	return CLI_OK;
}

static int verify(int argc, char **argv)
{
	const char *value[NR_OPTIONS] = {}, *path = NULL;
	struct blob report = {};
	int status = CLI_TROUBLE;

	if (!cli_options(argc, argv, options, NR_OPTIONS, value, &path))
		return CLI_TROUBLE;
	if (!value[CERTS])
		fail("--certs is missing: whom should be trusted?");
	else if (read_report(path, &report))
		status = verify_report(value, report.data);
	blob_free(&report);
	return status;
}

int cmd_report(int argc, char **argv)
{
	static const struct verb verbs[] = {
		{ "show", show, show_usage },
		{ "verify", verify, verify_usage },
	};

	argv[0] = "snp-measure report";
	return cli_dispatch(argc, argv, verbs, ARRAY_SIZE(verbs));
}
