// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recipe is a seed and some numbers.  Each number seeds a step of its own: the first
 * makes a sequence, each other one changes it a little.  So a sequence can be told in a
 * few words whatever it has become, also by a machine that is about to die.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* How often each plan is the beginning, of 100 */
static const unsigned int shares[NR_PLANS] = {
	[PLAN_KVM] = 23, [PLAN_DIRECT] = 27, [PLAN_ID_BLOCK] = 10, [PLAN_SEV_ES] = 12,
	[PLAN_SEV] = 8, [PLAN_MOVE] = 5, [PLAN_MOVE_ES] = 5, [PLAN_MIRROR] = 6, [PLAN_SEND] = 4,
};

/* How often an argument is wrong, of 100: of a new call, and where one is changed */
#define WRONG		20
#define WRONG_CHANGE	50
#define SOON		4

static struct rng rng_of(uint64_t seed, uint32_t step)
{
	struct rng rng = { .state = seed };

	rng.state = rng_next(&rng) ^ step;
	return rng;
}

/* Each argument, or some of them */
static void pick_arguments(struct call *call, unsigned int percent, unsigned int wrong,
			   struct rng *r)
{
	for (unsigned int i = 0; i < op_nr_args(call->op); i++)
		if (rng_percent(r, percent))
			call->args[i] = pool_pick(call->op->args[i].pool, r, wrong);
}

static void randomise(struct call *call, struct rng *r)
{
	*call = (struct call){ .op = op_at(rng_below(r, nr_ops())), .wanted = ANY_ERROR };
	pick_arguments(call, 100, WRONG, r);
}

static void insert(struct sequence *seq, int at, const struct call *call)
{
	if (seq->nr == MAX_CALLS)
		return;
	memmove(&seq->calls[at + 1], &seq->calls[at], (seq->nr - at) * sizeof(*call));
	seq->calls[at] = *call;
	seq->nr++;
}

static void drop(struct sequence *seq, int at)
{
	seq->nr--;
	memmove(&seq->calls[at], &seq->calls[at + 1], (seq->nr - at) * sizeof(*seq->calls));
}

/* Rather late than early, when there is something to work on */
static void insert_random(struct sequence *seq, struct rng *r)
{
	int at = rng_below(r, seq->nr + 1), other = rng_below(r, seq->nr + 1);
	struct call call;

	randomise(&call, r);
	insert(seq, at > other ? at : other, &call);
}

/* Some allocation of what follows fails, if that is allowed at all. */
static void insert_failure(struct sequence *seq, struct rng *r)
{
	struct call call = { .op = op_find("fail"), .wanted = ANY_ERROR };

	pick_arguments(&call, 100, WRONG, r);
	insert(seq, rng_below(r, seq->nr + 1), &call);
}

/* One of the calls, commands of SEV before others */
static int pick_call(const struct sequence *seq, struct rng *r)
{
	int at = rng_below(r, seq->nr);

	for (int i = 0; i < 3 && !op_is_command(seq->calls[at].op); i++)
		at = rng_below(r, seq->nr);
	return at;
}

static void change_argument(struct call *call, struct rng *r)
{
	unsigned int nr = op_nr_args(call->op), i = nr ? rng_below(r, nr) : 0;

	if (nr)
		call->args[i] = pool_pick(call->op->args[i].pool, r, WRONG_CHANGE);
}

/* The call again, or one like it, soon or later: e.g. a second launch update of a page */
static void repeat(struct sequence *seq, struct rng *r)
{
	int from = pick_call(seq, r), room = seq->nr - from;
	struct call call = seq->calls[from];

	if (room > SOON && rng_percent(r, 60))
		room = SOON;
	if (rng_percent(r, 70))
		change_argument(&call, r);
	insert(seq, from + 1 + rng_below(r, room), &call);
}

static void move(struct sequence *seq, struct rng *r)
{
	int from = rng_below(r, seq->nr);
	struct call call = seq->calls[from];

	drop(seq, from);
	insert(seq, rng_below(r, seq->nr + 1), &call);
}

static void change(struct sequence *seq, struct rng *r)
{
	unsigned int way = rng_below(r, 100);

	if (seq->nr < 2 || way < 25)
		insert_random(seq, r);
	else if (way < 51)
		change_argument(&seq->calls[pick_call(seq, r)], r);
	else if (way < 55)
		insert_failure(seq, r);
	else if (way < 77)
		repeat(seq, r);
	else if (way < 86)
		move(seq, r);
	else if (way < 94)
		drop(seq, rng_below(r, seq->nr));
	else
		seq->calls[rng_below(r, seq->nr)].beside ^= true;
}

static void begin(struct sequence *seq, struct rng *r)
{
	unsigned int way = rng_below(r, 100), plan = 0;

	while (way >= shares[plan])
		way -= shares[plan++];
	plan_write(plan, seq);
}

/* Few changes leave a launch that gets far, many get to odd states. */
static void alter(struct sequence *seq, struct rng *r)
{
	unsigned int nr = 1 + rng_below(r, 4);

	if (rng_percent(r, 15))
		nr += 16;
	while (nr--)
		change(seq, r);
}

void recipe_cook(const struct recipe *recipe, struct sequence *seq)
{
	for (int i = 0; i < recipe->nr; i++) {
		struct rng rng = rng_of(recipe->seed, recipe->steps[i]);

		if (!i)
			begin(seq, &rng);
		alter(seq, &rng);
	}
}

/* SEED:STEP[.STEP...] */
bool recipe_parse(const char *text, struct recipe *recipe)
{
	char *end;

	*recipe = (struct recipe){ .seed = strtoull(text, &end, 0) };
	if (end == text || *end != ':')
		return false;
	do {
		text = end + 1;
		if (recipe->nr == MAX_STEPS)
			return false;
		recipe->steps[recipe->nr++] = strtoul(text, &end, 10);
		if (end == text)
			return false;
	} while (*end == '.');
	return !*end;
}

const char *recipe_name(const struct recipe *recipe)
{
	static char name[24 + MAX_STEPS * 11];
	int len = sprintf(name, "%llu:", (unsigned long long)recipe->seed);

	for (int i = 0; i < recipe->nr; i++)
		len += sprintf(name + len, "%s%u", i ? "." : "", recipe->steps[i]);
	return name;
}
