// SPDX-License-Identifier: GPL-2.0-only
/* A plan has one test per line: name, seconds, command words, tabs between. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

static void plan_line(char *line, struct test *test)
{
	char *seconds, *word;
	int n = 0;

	test->name = strsep(&line, "\t");
	seconds = strsep(&line, "\t");
	while ((word = strsep(&line, "\t")) && n < MAX_ARGS)
		test->argv[n++] = word;
	if (!n || word)
		die("plan: bad line for %s", test->name);
	test->argv[n] = NULL;
	test->timeout = strtoul(seconds, NULL, 10);
}

struct test *plan_read(const char *path, size_t *count)
{
	FILE *file = fopen(path, "re");
	struct test *tests = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		die("%s: %s", path, strerror(errno));

	*count = 0;
	while ((len = getline(&line, &size, file)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		tests = reallocarray(tests, *count + 1, sizeof(*tests));
		if (!tests)
			die("plan: out of memory");
		plan_line(strdup(line), &tests[(*count)++]);
	}
	free(line);
	fclose(file);
	return tests;
}
