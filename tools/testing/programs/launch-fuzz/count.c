// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "fuzz.h"

#define MAX_ERRNO	134

static unsigned long seen[MAX_OPS][MAX_ERRNO], launches[NR_KINDS], runs[NR_KINDS];

/* Called by two threads */
void count_call(const struct call *call, int result)
{
	if (result >= 0 && result < MAX_ERRNO)
		__atomic_add_fetch(&seen[op_index(call->op)][result], 1, __ATOMIC_RELAXED);
}

void count_launch(enum kind kind)
{
	launches[kind]++;
}

void count_run(enum kind kind)
{
	runs[kind]++;
}

unsigned long count_launches(enum kind kind)
{
	return launches[kind];
}

unsigned long count_runs(enum kind kind)
{
	return runs[kind];
}

unsigned int count_pairs(void)
{
	unsigned int pairs = 0;

	for (unsigned int i = 0; i < nr_ops(); i++)
		for (int error = 0; error < MAX_ERRNO; error++)
			pairs += !!seen[i][error];
	return pairs;
}

void count_print(void)
{
	for (unsigned int i = 0; i < nr_ops(); i++) {
		printf("# %s:", op_at(i)->name);
		for (int error = 0; error < MAX_ERRNO; error++)
			if (seen[i][error])
				printf(" %s %lu", errno_name(error), seen[i][error]);
		printf("\n");
	}
}
