// SPDX-License-Identifier: GPL-2.0-only
/*
 * launch-fuzz: whether launching VMs of all kinds, with calls left out, doubled, in a wrong
 * order, with wrong arguments or beside each other, does harm to the kernel.
 *
 * usage: launch-fuzz [OPTION]...
 *
 *   --seed N             1 is the default
 *   --count N            how many calls, at least; 10000 is the default
 *   --guided             fail if the kernel has no kcov
 *   --pairs N            how many pairs of an operation and an errno have to be seen
 *   --faults             let allocations fail as well
 *   --known TEXT         count what is found with this in it, and go on; repeat for more
 *   --replay WHAT        instead: sequences in a file or in a directory's files, or the
 *                        recipe of one, SEED:STEP[.STEP...]
 *   --show RECIPE        instead: print that sequence, without taking it; on any machine
 *   --counts             print how often each operation ended how
 *
 * Prints TAP.  What is found is minimised and printed, and ends the run.
 *
 * example: launch-fuzz --seed 7 --count 100000
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

struct options options = { .seed = 1, .count = 10000 };

static int nr_tests;
static bool failed;

void tap_result(bool ok, const char *what, unsigned long number)
{
	printf("%sok %d - %s: %lu\n", ok ? "" : "not ", ++nr_tests, what, number);
	failed |= !ok;
}

bool tap_failed(void)
{
	return failed;
}

int tap_end(void)
{
	printf("1..%d\n", nr_tests);
	return failed;
}

static bool parse_flag(const char *name)
{
	if (!strcmp(name, "--guided"))
		options.guided = true;
	else if (!strcmp(name, "--faults"))
		options.faults = true;
	else if (!strcmp(name, "--counts"))
		options.counts = true;
	else
		return false;
	return true;
}

static bool parse_value(const char *name, const char *value)
{
	if (!value)
		return false;
	if (!strcmp(name, "--seed"))
		options.seed = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--count"))
		options.count = strtoul(value, NULL, 0);
	else if (!strcmp(name, "--pairs"))
		options.pairs = strtoul(value, NULL, 0);
	else if (!strcmp(name, "--replay"))
		options.replay = value;
	else if (!strcmp(name, "--show"))
		options.show = value;
	else if (!strcmp(name, "--known") && options.nr_known < MAX_KNOWN)
		options.known[options.nr_known++] = value;
	else
		return false;
	return true;
}

static bool parse(char **words)
{
	while (*words) {
		if (parse_flag(*words)) {
			words++;
		} else {
			if (!parse_value(words[0], words[1]))
				return false;
			words += 2;
		}
	}
	return true;
}

int main(int argc __attribute__((unused)), char **argv)
{
	setlinebuf(stdout);
	if (!parse(argv + 1)) {
		fprintf(stderr, "usage: launch-fuzz [--seed N] [--count N] [--guided] [--pairs N] [--faults]\n"
				"                   [--known TEXT]... [--replay WHAT | --show RECIPE] [--counts]\n");
		return 2;
	}
	if (options.show)
		return show(options.show);
	world_init();
	judge_init();
	execute_init();
	if (options.faults)
		fail_init();
	if (options.replay)
		return replay_all(options.replay);
	return run_campaign(cover_init());
}
