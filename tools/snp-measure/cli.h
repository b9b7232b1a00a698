/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: verbs and their options. */
#ifndef SNP_MEASURE_CLI_H
#define SNP_MEASURE_CLI_H

#include "util.h"

/*
 * Exit status, as diff has it: a script can tell a forgery from a typing error.
 * Other than OK, fail() has the message.
 */
enum {
	CLI_OK = 0,
	CLI_NO = 1,		/* what was to be checked is not so */
	CLI_TROUBLE = 2,	/* bad usage, bad input */
};

/* Is word -h or --help?  Then the verb has nothing more to do, and fails. */
bool cli_asks_for_help(const char *word);

struct option_desc {
	const char *name;
	bool has_value;
};

/*
 * Sets value[n] for options[n] if it is given, to "" if it takes no value.  word
 * is for the one word that is not an option; NULL allows none.
 */
bool cli_options(int argc, char **argv, const struct option_desc *options, size_t count,
		 const char **value, const char **word);

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;	/* NULL: it has verbs of its own */
};

/* argv[0] is the name of what the verbs belong to. */
int cli_dispatch(int argc, char **argv, const struct verb *verbs, size_t count);

int cmd_digest(int argc, char **argv);
int cmd_id_block(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_vmsa(int argc, char **argv);
int cmd_pages(int argc, char **argv);
int cmd_igvm(int argc, char **argv);
int cmd_igvm_build(int argc, char **argv);
extern const char digest_usage[], pages_usage[], igvm_build_usage[];

#endif /* SNP_MEASURE_CLI_H */
