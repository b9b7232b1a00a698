// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-measure: predicts the launch digest of an SEV-SNP guest, makes ID blocks
 * and verifies attestation reports.  It shares no code with the SNP host model.
 */
#include <stdio.h>
#include <openssl/crypto.h>

#include "cli.h"
#include "cpu-types.h"

#define VERSION	"1.0"

static int print_version(int argc, char **argv)
{
	if (!cli_options(argc, argv, NULL, 0, NULL, NULL))
		return CLI_TROUBLE;
	printf("snp-measure " VERSION " (launches of QEMU " QEMU_VERSION "; %s)\n",
	       OpenSSL_version(OPENSSL_VERSION));
	return CLI_OK;
}

static const struct verb verbs[] = {
	{ "digest", cmd_digest, digest_usage },
	{ "id-block", cmd_id_block, NULL },
	{ "report", cmd_report, NULL },
	{ "vmsa", cmd_vmsa, NULL },
	{ "igvm", cmd_igvm, NULL },
	{ "pages", cmd_pages, pages_usage },
	{ "--version", print_version, "snp-measure --version\n" },
};

int main(int argc, char **argv)
{
	char *name = "snp-measure";
	int status;

	argv = argc ? argv : &name;
	argv[0] = name;
	status = cli_dispatch(argc, argv, verbs, ARRAY_SIZE(verbs));
	if (fflush(stdout) || ferror(stdout)) {
		fail("cannot write to the standard output");
		status = CLI_TROUBLE;
	}
	if (status)
		fprintf(stderr, "%s: %s\n", name, failure());
	return status;
}
