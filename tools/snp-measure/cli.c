// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* The verb that runs is to be explained. */
static bool help_wanted;

bool cli_asks_for_help(const char *word)
{
	if (strcmp(word, "--help") && strcmp(word, "-h"))
		return false;
	help_wanted = true;
	return true;
}

static int find_option(const struct option_desc *options, size_t count, const char *name,
		       size_t len)
{
	size_t n;

	for (n = 0; n < count; n++) {
		if (strlen(options[n].name) == len && !strncmp(options[n].name, name, len))
			return n;
	}
	return -1;
}

/* word is --NAME or --NAME=VALUE; next is the word after it, or NULL. */
static bool take_option(const char *word, const char *next, const struct option_desc *options,
			size_t count, const char **value, bool *took_next)
{
	size_t len = strcspn(word + 2, "=");
	int n = find_option(options, count, word + 2, len);
	const char *inlined = word[2 + len] ? word + 2 + len + 1 : NULL;

	*took_next = false;
	if (n < 0)
		return fail("unknown option '%.*s' (--help names them)", (int)len + 2, word);
	if (value[n])
		return fail("option --%s is given twice", options[n].name);
	if (!options[n].has_value) {
		value[n] = "";
		return !inlined || fail("option --%s takes no value", options[n].name);
	}
	*took_next = !inlined;
	value[n] = inlined ? inlined : next;
	return value[n] || fail("option --%s lacks its value", options[n].name);
}

static bool take_word(const char *text, const char **word)
{
	if (!word || *word)
		return fail("'%s' is not an option", text);
	*word = text;
	return true;
}

static bool parse(int argc, char **argv, const struct option_desc *options, size_t count,
		  const char **value, const char **word)
{
	bool took_next;
	int i;

	for (i = 1; i < argc; i++) {
		took_next = false;
		if (cli_asks_for_help(argv[i]))
			return false;
		if (strncmp(argv[i], "--", 2) ? !take_word(argv[i], word) :
		    !take_option(argv[i], argv[i + 1], options, count, value, &took_next))
			return false;
		i += took_next;
	}
	return true;
}

bool cli_options(int argc, char **argv, const struct option_desc *options, size_t count,
		 const char **value, const char **word)
{
	int i;

	if (parse(argc, argv, options, count, value, word))
		return true;
	for (i = 1; i < argc && !cli_asks_for_help(argv[i]); i++)
		;
	return false;
}

static int list_verbs(const char *name, const struct verb *verbs, size_t count)
{
	size_t n;

	for (n = 0; n < count; n++) {
		if (verbs[n].usage)
			printf("%s%s", n ? "\n" : "", verbs[n].usage);
		else
			printf("\n%s %s --help\n", name, verbs[n].name);
	}
	return CLI_OK;
}

static int unknown_verb(const char *word, const struct verb *verbs, size_t count)
{
	char names[128] = "";
	size_t n;

	for (n = 0; n < count; n++) {
		strcat(names, n ? ", " : "");
		strcat(names, verbs[n].name);
	}
	if (word)
		fail("there is no '%s', only: %s", word, names);
	else
		fail("say what to do: %s (or --help)", names);
	return CLI_TROUBLE;
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	int status = verb->run(argc, argv);

	if (!verb->usage || !help_wanted)
		return status;
	fputs(verb->usage, stdout);
	help_wanted = false;
	return CLI_OK;
}

int cli_dispatch(int argc, char **argv, const struct verb *verbs, size_t count)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	size_t n;

	if (word && cli_asks_for_help(word)) {
		help_wanted = false;
		return list_verbs(argv[0], verbs, count);
	}
	for (n = 0; word && n < count; n++) {
		if (!strcmp(word, verbs[n].name))
			return run_verb(&verbs[n], argc - 1, argv + 1);
	}
	return unknown_verb(word, verbs, count);
}
