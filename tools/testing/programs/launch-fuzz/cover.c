// SPDX-License-Identifier: GPL-2.0-only
/* Edges of the kernel's code, as far as it was built to tell (Documentation/dev-tools/kcov). */
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define TRACE_WORDS	(256 << 10)
#define EDGE_BITS	18

static uint64_t *trace;
static unsigned char edges[1 << EDGE_BITS];
static unsigned int nr_edges;

/* Of the thread that calls it.  False if the kernel has no kcov. */
bool cover_init(void)
{
	int fd = open(KCOV, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (ioctl(fd, KCOV_INIT_TRACE, TRACE_WORDS)) {
		perror(KCOV);
		return false;
	}
	trace = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror(KCOV);
		trace = NULL;
	}
	return trace;
}

void cover_begin(void)
{
	if (trace)
		__atomic_store_n(trace, 0, __ATOMIC_RELAXED);
}

bool cover_end(void)
{
	uint64_t nr = trace ? __atomic_load_n(trace, __ATOMIC_RELAXED) : 0, before = 0;
	bool new = false;

	for (uint64_t i = 1; i <= nr; i++) {
		uint64_t edge = (before ^ trace[i]) * 0x9e3779b97f4a7c15ull >> (64 - EDGE_BITS);

		new |= !edges[edge];
		nr_edges += !edges[edge];
		edges[edge] = 1;
		before = trace[i] << 1;
	}
	return new;
}

unsigned int cover_edges(void)
{
	return nr_edges;
}
