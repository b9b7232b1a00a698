// SPDX-License-Identifier: GPL-2.0-only
/* Sequences that are known: tests that were findings once. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/* What always works still does: no number is used up, no firmware or driver is stuck. */
bool launches_work(void)
{
	const enum plan plans[] = { PLAN_KVM, PLAN_DIRECT, PLAN_SEV_ES };
	const enum kind kinds[] = { OF_KVM, OF_DIRECT, OF_SEV_ES };
	struct outcome outcome;
	struct sequence seq;
	bool work = true;

	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		unsigned long before = count_runs(kinds[i]);

		plan_write(plans[i], &seq);
		execute(&seq, &outcome);
		if (count_runs(kinds[i]) == before) {
			printf("# This should have run:\n");
			sequence_print(&seq, outcome.results);
			work = false;
		}
	}
	return work;
}

/* Returns whether it did no harm, and ended as it says itself. */
static bool replay(struct sequence *seq, const char *name)
{
	struct finding finding;
	struct outcome outcome;
	bool good = true;

	judge_mark(name);
	judge_forget();
	execute(seq, &outcome);
	judge(&finding);
	for (int i = 0; i < seq->nr; i++) {
		if (seq->calls[i].wanted == ANY_ERROR || seq->calls[i].wanted == outcome.results[i])
			continue;
		printf("# call %d, %s: %s\n", i + 1, seq->calls[i].op->name,
		       errno_name(outcome.results[i]));
		good = false;
	}
	if (finding.kind)
		printf("# %s\n", finding.text);
	if (!good || finding.kind)
		sequence_print(seq, outcome.results);
	return good && !finding.kind;
}

static void replay_file(const char *path)
{
	struct sequence seq;
	bool good = sequence_read(path, &seq) && replay(&seq, path);

	tap_result(good, path, seq.nr);
}

int replay_all(const char *what)
{
	struct dirent **entries;
	struct recipe recipe;
	struct sequence seq;
	char path[512];
	int nr;

	if (recipe_parse(what, &recipe)) {
		recipe_cook(&recipe, &seq);
		tap_result(replay(&seq, what), what, seq.nr);
		return tap_end();
	}
	nr = scandir(what, &entries, NULL, alphasort);
	if (nr < 0)
		replay_file(what);
	for (int i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/%s", what, entries[i]->d_name);
		if (*entries[i]->d_name != '.')
			replay_file(path);
	}
	tap_result(launches_work(), "launches work afterwards", 1);
	return tap_end();
}

int show(const char *text)
{
	struct recipe recipe;
	struct sequence seq;

	if (!recipe_parse(text, &recipe)) {
		fprintf(stderr, "%s is no recipe\n", text);
		return 2;
	}
	recipe_cook(&recipe, &seq);
	sequence_print(&seq, NULL);
	return 0;
}
