// SPDX-License-Identifier: GPL-2.0-only
/* The fewest calls that still show a finding, tried in the kernel that has shown it. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

/* Races do not show each time. */
#define TRIES	3

static bool shows(const struct sequence *seq, const char *kind, bool leak)
{
	struct finding finding;
	struct outcome outcome;

	for (int i = 0; i < TRIES; i++) {
		judge_forget();
		if (leak) {
			if (judge_leaks(seq, &finding))
				return true;
			continue;
		}
		execute(seq, &outcome);
		judge(&finding);
		if (finding.kind == kind)
			return true;
	}
	return false;
}

static void without(const struct sequence *seq, int from, int nr, struct sequence *rest)
{
	*rest = *seq;
	rest->nr -= nr;
	memmove(&rest->calls[from], &rest->calls[from + nr],
		(seq->nr - from - nr) * sizeof(*rest->calls));
}

/* Pieces of half the length each time, the last ones first: what is late is needed least. */
static void drop_calls(struct sequence *seq, const char *kind, bool leak)
{
	struct sequence rest;

	for (int piece = seq->nr / 2; piece; piece /= 2) {
		for (int from = seq->nr - piece; from >= 0; from -= piece) {
			without(seq, from, piece, &rest);
			if (shows(&rest, kind, leak))
				*seq = rest;
			if (from > seq->nr)
				from = seq->nr;
		}
	}
}

static void zero_arguments(struct sequence *seq, const char *kind, bool leak)
{
	struct sequence simpler;

	for (int i = 0; i < seq->nr; i++) {
		for (unsigned int arg = 0; arg < op_nr_args(seq->calls[i].op); arg++) {
			if (!seq->calls[i].args[arg])
				continue;
			simpler = *seq;
			simpler.calls[i].args[arg] = 0;
			if (shows(&simpler, kind, leak))
				*seq = simpler;
		}
		simpler = *seq;
		simpler.calls[i].beside = false;
		if (seq->calls[i].beside && shows(&simpler, kind, leak))
			*seq = simpler;
	}
}

/* Some complaints come once in the life of a kernel: those are minimised by tools/fuzz.sh. */
void minimise(struct sequence *seq, const struct finding *finding)
{
	bool leak = !strcmp(finding->kind, "memory is lost");

	if (!shows(seq, finding->kind, leak)) {
		printf("# It does not show again in this kernel, so this is all of it.\n");
		return;
	}
	drop_calls(seq, finding->kind, leak);
	if (!leak)
		zero_arguments(seq, finding->kind, leak);
}
