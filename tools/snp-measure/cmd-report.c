// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "certs.h"
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
"    --certs DIR           holds the certificates vcek, ask and ark, in PEM or DER, or\n"
"                          vlek, asvk and ark, or AMD's cert_chain.pem for the last two;\n"
"                          or a directory milan, genoa or turin of these does;\n"
"                          the ark is trusted\n"
"    --any-time            certificates may have expired, or not be valid yet\n"
"  What the report has to say:\n"
"    --digest HEX          the launch digest\n"
"    --policy 0xN          the guest policy; by default any that allows neither\n"
"                          debugging nor a migration agent\n"
"    --allow-debug         by default, or one that allows debugging\n"
"    --vmpl N              who in the guest has asked for it, by default 0\n"
"    --min-tcb 0xN         no part of the reported TCB version is lower\n"
"    --chip-id HEX         the chip, 64 bytes\n"
"    --id-key-digest HEX, --author-key-digest HEX\n"
"                          the keys that have signed the ID block, 48 bytes each\n"
"    --report-data HEX     the 64 bytes that the guest has asked for\n"
"    --host-data HEX       the 32 bytes that the host has given\n"
"    --json                print it as JSON\n";

enum {
	CERTS, ANY_TIME, DIGEST, POLICY, ALLOW_DEBUG, VMPL, MIN_TCB, CHIP, ID_KEY, AUTHOR_KEY,
	DATA, HOST_DATA, JSON, NR_OPTIONS,
};

static const struct option_desc options[NR_OPTIONS] = {
	[CERTS]       = { "certs", true },
	[ANY_TIME]    = { "any-time", false },
	[DIGEST]      = { "digest", true },
	[POLICY]      = { "policy", true },
	[ALLOW_DEBUG] = { "allow-debug", false },
	[VMPL]        = { "vmpl", true },
	[MIN_TCB]     = { "min-tcb", true },
	[CHIP]        = { "chip-id", true },
	[ID_KEY]      = { "id-key-digest", true },
	[AUTHOR_KEY]  = { "author-key-digest", true },
	[DATA]        = { "report-data", true },
	[HOST_DATA]   = { "host-data", true },
	[JSON]        = { "json", false },
};

#define POLICY_MIGRATE_MA	(1ull << 18)
#define POLICY_DEBUG		(1ull << 19)
#define MAX_VMPL		3

/* A part of the report that an option can ask for */
struct part {
	int option;
	const char *what;
	size_t offset, len;
};

static const struct part parts[] = {
	{ DIGEST, "launch digest", REPORT(measurement), LD_LEN },
	{ CHIP, "chip id", REPORT(chip_id), CHIP_ID_LEN },
	{ ID_KEY, "ID key digest", REPORT(id_key_digest), SHA384_LEN },
	{ AUTHOR_KEY, "author key digest", REPORT(author_key_digest), SHA384_LEN },
	{ DATA, "report data", REPORT(report_data), REPORT_DATA_LEN },
	{ HOST_DATA, "host data", REPORT(host_data), REPORT_SIZE(host_data) },
};

/* What the options say, read */
struct wanted {
	uint8_t parts[ARRAY_SIZE(parts)][REPORT_DATA_LEN];
	uint64_t policy, vmpl;
	uint8_t least_tcb[TCB_LEN];
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

static void print_text(const uint8_t *report, bool verified)
{
	if (verified)
		print_line("verified", report_verdict(report));
	report_for_each(report, print_line);
}

static void print_json(const uint8_t *report, bool verified)
{
	struct json json;

	json_begin(&json, stdout);
	if (verified) {
		json_bool(&json, "verified", true);
		json_bool(&json, "chip_masked", report_chip_is_masked(report));
		json_string(&json, "signed_by", report_is_by_vlek(report) ? "VLEK" : "VCEK");
	}
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
		(as_json ? print_json : print_text)(report.data, false);
	blob_free(&report);
	return good ? CLI_OK : CLI_TROUBLE;
}

static bool get_least_tcb(const char *text, uint8_t least[TCB_LEN])
{
	uint64_t tcb = 0;

	if (text && !parse_hex64(text, "least TCB version", &tcb))
		return false;
	put_le(least, tcb, TCB_LEN);
	return true;
}

static bool get_wanted(const char **value, struct wanted *wanted)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(parts); n++) {
		const struct part *part = &parts[n];

		if (value[part->option] && !parse_bytes(value[part->option], part->what,
							wanted->parts[n], part->len))
			return false;
	}
	if (value[POLICY] && value[ALLOW_DEBUG])
		return fail("--policy names the policy: leave out --allow-debug");
	return (!value[POLICY] || parse_hex64(value[POLICY], "policy", &wanted->policy)) &&
	       (!value[VMPL] || parse_decimal(value[VMPL], "VMPL", MAX_VMPL, &wanted->vmpl)) &&
	       get_least_tcb(value[MIN_TCB], wanted->least_tcb);
}

static bool check_part(const struct part *part, const uint8_t *wanted, const uint8_t *report)
{
	char hex[2 * REPORT_DATA_LEN + 1];

	if (!memcmp(wanted, report + part->offset, part->len))
		return true;
	if (part->option == CHIP && report_chip_is_masked(report))
		return fail("the report names no chip: its id is masked");
	format_bytes(hex, report + part->offset, part->len);
	return fail("the report has another %s: %s", part->what, hex);
}

/* Who named no policy wants a guest whose memory nobody reads. */
static bool check_policy(const char **value, const struct wanted *wanted, const uint8_t *report)
{
	unsigned long long policy = get_le(report + REPORT(policy), 8);

	if (value[POLICY])
		return policy == wanted->policy || fail("the report has another policy: 0x%llx",
							policy);
	if (policy & POLICY_DEBUG && !value[ALLOW_DEBUG])
		return fail("the guest's policy, 0x%llx, allows the host to debug it, and so to "
			    "read its memory (--allow-debug accepts that)",
			    policy);
	if (policy & POLICY_MIGRATE_MA)
		return fail("the guest's policy, 0x%llx, allows a migration agent, of which the "
			    "report says little (--policy 0x%llx accepts that)",
			    policy, policy);
	return true;
}

static bool check_vmpl(const struct wanted *wanted, const uint8_t *report)
{
	unsigned int vmpl = get_le(report + REPORT(vmpl), 4);

	return vmpl == wanted->vmpl ||
	       fail("the report is for VMPL %u, and not %u (--vmpl %u accepts it)", vmpl,
		    (unsigned int)wanted->vmpl, vmpl);
}

static bool check_wanted(const char **value, const struct wanted *wanted, const uint8_t *report)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(parts); n++) {
		if (value[parts[n].option] && !check_part(&parts[n], wanted->parts[n], report))
			return false;
	}
	return check_policy(value, wanted, report) && check_vmpl(wanted, report) &&
	       report_has_tcb(report, wanted->least_tcb);
}

static int do_verify(const char **value, const struct wanted *wanted, const uint8_t *report,
		     const struct chain *chain)
{
	if (!report_verify(report, chain, value[ANY_TIME]) || !check_wanted(value, wanted, report))
		return CLI_NO;
	(value[JSON] ? print_json : print_text)(report, true);
	return CLI_OK;
}

static int verify(int argc, char **argv)
{
	const char *value[NR_OPTIONS] = {}, *path = NULL;
	struct wanted wanted = {};
	struct blob report = {};
	struct chain chain = {};
	int status = CLI_TROUBLE;

	if (cli_options(argc, argv, options, NR_OPTIONS, value, &path) &&
	    (value[CERTS] || fail("--certs is missing: whom should be trusted?")) &&
	    get_wanted(value, &wanted) && read_report(path, &report) &&
	    chain_read(&chain, value[CERTS], report_generation(report.data),
		       report_is_by_vlek(report.data)))
		status = do_verify(value, &wanted, report.data, &chain);
	chain_free(&chain);
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
