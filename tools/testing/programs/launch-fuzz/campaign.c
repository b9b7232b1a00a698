// SPDX-License-Identifier: GPL-2.0-only
/* Sequences out of a seed, as many as were asked for, or until something is found. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define MAX_CORPUS	4096
#define BLOCK		64	/* sequences between two looks at free memory */
#define WARM_BLOCKS	4	/* until caches have grown to what they will be */
#define LOST_PAGES	128	/* fewer are noise, and looking for them takes long */
#define CALLS_PER_LAUNCH 400	/* of each kind, at least one in so many */

static struct recipe corpus[MAX_CORPUS], block[BLOCK];
static unsigned int nr_corpus, nr_found_known;

static bool is_known(const struct finding *finding)
{
	for (int i = 0; i < options.nr_known; i++)
		if (strstr(finding->text, options.known[i]))
			return true;
	return false;
}

static void report(const struct recipe *recipe, struct sequence *seq, const struct finding *finding)
{
	struct outcome outcome;
	char line[512];

	/* The kernel's log, too, as its console may cut what is printed here. */
	snprintf(line, sizeof(line), "%s: %s", recipe_name(recipe), finding->text);
	judge_mark(line);
	printf("# %s\n", line);
	fflush(stdout);
	minimise(seq, finding);
	execute(seq, &outcome);
	printf("# %d calls:\n", seq->nr);
	sequence_print(seq, outcome.results);
}

/* Returns whether there is something to report. */
static bool found_something(const struct recipe *recipe, struct sequence *seq)
{
	struct finding finding;

	judge(&finding);
	if (!finding.kind)
		return false;
	if (is_known(&finding)) {
		nr_found_known++;
		judge_forget();
		return false;
	}
	report(recipe, seq, &finding);
	return true;
}

/* A new sequence, or a change of one that has reached something new */
static void choose(uint32_t index, struct recipe *recipe)
{
	struct rng rng = { .state = options.seed + index };

	*recipe = (struct recipe){ .seed = options.seed };
	if (nr_corpus && rng_percent(&rng, 70))
		*recipe = corpus[rng_below(&rng, nr_corpus)];
	if (recipe->nr == MAX_STEPS)
		recipe->nr = 0;
	recipe->steps[recipe->nr++] = index;
}

static void keep(const struct recipe *recipe)
{
	if (nr_corpus < MAX_CORPUS)
		corpus[nr_corpus++] = *recipe;
}

/* When memory has become less, block by block, which of the last sequences loses some? */
static bool found_leak(unsigned int nr)
{
	static long before;
	struct finding finding;
	struct sequence seq;

	if (nr <= WARM_BLOCKS)
		before = free_pages();
	if (!judge_sees_leaks() || free_pages() > before - LOST_PAGES)
		return false;
	for (int i = 0; i < BLOCK; i++) {
		recipe_cook(&block[i], &seq);
		if (judge_leaks(&seq, &finding)) {
			report(&block[i], &seq, &finding);
			return true;
		}
	}
	before = free_pages();
	return false;
}

/* Returns whether nothing was found. */
static bool fuzz(unsigned int *nr, unsigned long *calls)
{
	struct outcome outcome;
	struct sequence seq;

	*calls = 0;
	for (*nr = 0; *calls < options.count; ++*nr) {
		struct recipe *recipe = &block[*nr % BLOCK];

		choose(*nr, recipe);
		recipe_cook(recipe, &seq);
		judge_mark(recipe_name(recipe));
		execute(&seq, &outcome);
		*calls += seq.nr;
		if (found_something(recipe, &seq))
			return false;
		if (outcome.new_code)
			keep(recipe);
		if (*nr % BLOCK == BLOCK - 1 && found_leak(*nr / BLOCK))
			return false;
	}
	return true;
}

static void judge_counts(void)
{
	static const char *const names[NR_KINDS] = {
		[OF_KVM] = "SNP VMs with KVM's VMSAs", [OF_DIRECT] = "SNP VMs with their own VMSA",
		[OF_SEV_ES] = "SEV-ES VMs", [OF_SEV] = "SEV VMs",
	};
	unsigned long least = options.count / CALLS_PER_LAUNCH;

	for (enum kind kind = 0; kind < NR_KINDS; kind++) {
		printf("# %s launched: %lu, that ran: %lu\n", names[kind], count_launches(kind),
		       count_runs(kind));
		tap_result(count_launches(kind) >= least, names[kind], count_launches(kind));
	}
	tap_result(count_runs(OF_KVM) >= least && count_runs(OF_DIRECT) >= least,
	       "SNP guests that ran to their end", count_runs(OF_KVM) + count_runs(OF_DIRECT));
	tap_result(count_pairs() >= options.pairs, "pairs of an operation and an errno", count_pairs());
}

int run_campaign(bool guided)
{
	unsigned long calls;
	unsigned int nr;
	bool sound;

	printf("1..10\n# seed %llu, %s\n", (unsigned long long)options.seed,
	       guided ? "guided by kcov" : "blind, since the kernel has no kcov");
	tap_result(guided || !options.guided, "guided as asked for", guided);
	tap_result(launches_work(), "launches work beforehand", 1);
	sound = fuzz(&nr, &calls);
	tap_result(sound, "nothing is found in calls", calls);
	printf("# %u sequences, %u of them kept, %u edges, %u findings that are known\n", nr,
	       nr_corpus, cover_edges(), nr_found_known);
	if (!sound)
		return 1;
	judge_counts();
	tap_result(launches_work(), "launches work afterwards", 1);
	if (options.counts)
		count_print();
	return tap_failed();
}
