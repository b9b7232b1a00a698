// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print the frequency of this machine's TSC in kHz: what a TCG guest's TSC runs
 * at.  A guest on a busy machine that measures it gets it wrong, now and then by
 * a factor of 30 or more.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	uint64_t ns, tsc;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* The one of several readings that was disturbed least. */
static struct moment read_moment(void)
{
	struct moment best = {0};
	uint64_t best_width = UINT64_MAX;

	for (int i = 0; i < 100; i++) {
		uint64_t before = __rdtsc();
		uint64_t ns = now_ns();
		uint64_t after = __rdtsc();

		if (after - before < best_width) {
			best_width = after - before;
			best = (struct moment){ns, before + (after - before) / 2};
		}
	}
	return best;
}

int main(void)
{
	struct timespec pause = {.tv_nsec = 200000000};
	struct moment a, b;

	a = read_moment();
	nanosleep(&pause, NULL);
	b = read_moment();
	printf("%.0f\n", (b.tsc - a.tsc) * 1e6 / (b.ns - a.ns));
	return 0;
}
