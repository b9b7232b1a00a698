// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sequence as text, a line for each call:
 *
 *   [&] OPERATION [ARGUMENT=NUMBER]... [-> ERRNO]
 *
 * Arguments that are left out are 0.  With & it is taken beside what follows.  OK is the
 * errno of success.  Lines that begin with # are comments.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MAX_ERRNO	134
#define BLANKS		" \t\n"

const char *errno_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "OK";

	return name ? name : "?";
}

static int errno_of(const char *name)
{
	for (int error = 0; error < MAX_ERRNO; error++)
		if (!strcmp(errno_name(error), name))
			return error;
	return ANY_ERROR;
}

static void print_call(const struct call *call)
{
	printf("%s%s", call->beside ? "& " : "", call->op->name);
	for (unsigned int i = 0; i < op_nr_args(call->op); i++)
		if (call->args[i])
			printf(" %s=%#llx", call->op->args[i].name,
			       (unsigned long long)call->args[i]);
}

void sequence_print(const struct sequence *seq, const int *results)
{
	for (int i = 0; i < seq->nr; i++) {
		print_call(&seq->calls[i]);
		if (results)
			printf(" -> %s", errno_name(results[i]));
		printf("\n");
	}
	fflush(stdout);
}

static bool read_argument(const char *word, struct call *call)
{
	const char *value = strchr(word, '=');
	char *end;

	for (unsigned int i = 0; value && i < op_nr_args(call->op); i++) {
		const char *name = call->op->args[i].name;

		if (strlen(name) == (size_t)(value - word) && !strncmp(name, word, value - word)) {
			call->args[i] = strtoull(value + 1, &end, 0);
			return end != value + 1 && !*end;
		}
	}
	return false;
}

static bool read_call(char *line, struct call *call)
{
	char *word = strtok(line, BLANKS);

	*call = (struct call){ .wanted = ANY_ERROR };
	if (!strcmp(word, "&")) {
		call->beside = true;
		word = strtok(NULL, BLANKS);
	}
	call->op = word ? op_find(word) : NULL;
	while (call->op && (word = strtok(NULL, BLANKS))) {
		if (!strcmp(word, "->")) {
			word = strtok(NULL, BLANKS);
			call->wanted = word ? errno_of(word) : ANY_ERROR;
			return call->wanted != ANY_ERROR && !strtok(NULL, BLANKS);
		}
		if (!read_argument(word, call))
			return false;
	}
	return call->op;
}

bool sequence_read(const char *path, struct sequence *seq)
{
	FILE *file = fopen(path, "re");
	char line[1024], copy[1024];
	bool good = file;

	seq->nr = 0;
	if (!good)
		perror(path);
	while (good && fgets(line, sizeof(line), file)) {
		if (*line == '#' || !line[strspn(line, BLANKS)])
			continue;
		strcpy(copy, line);
		good = seq->nr < MAX_CALLS && read_call(line, &seq->calls[seq->nr++]);
		if (!good)
			fprintf(stderr, "%s: this is no call: %s", path, copy);
	}
	if (file)
		fclose(file);
	return good;
}
