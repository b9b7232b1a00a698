// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel does with its memory around a launch that fails. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"

/*
 * Pages of pipes, since those are of the kind that KVM allocates, unlike anonymous
 * memory.  More than the kernel keeps at hand for one CPU, so that what it has freed is
 * among them.
 */
#define NR_PIPES	8
#define PIPE_SIZE	(1024 * 1024)

static unsigned char page[PAGE];

struct memory {
	int fds[NR_PIPES][2];
};

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(2);
}

struct memory *memory_take(unsigned char filling)
{
	struct memory *m = calloc(1, sizeof(*m));

	memset(page, filling, PAGE);
	for (int i = 0; i < NR_PIPES; i++) {
		if (!m || pipe(m->fds[i]) || fcntl(m->fds[i][1], F_SETPIPE_SZ, PIPE_SIZE) < 0)
			die("pipe");
		for (int n = 0; n < PIPE_SIZE; n += PAGE)
			if (write(m->fds[i][1], page, PAGE) != PAGE)
				die("write");
	}
	return m;
}

bool memory_is_intact(const struct memory *m, unsigned char filling)
{
	for (int i = 0; i < NR_PIPES; i++) {
		for (int n = 0; n < PIPE_SIZE; n += PAGE) {
			if (read(m->fds[i][0], page, PAGE) != PAGE)
				die("read");
			for (int j = 0; j < PAGE; j++) {
				if (page[j] != filling) {
					printf("# memory was overwritten with %#x\n", page[j]);
					return false;
				}
			}
		}
	}
	return true;
}

/* Those that the allocator keeps at hand for each CPU count, too. */
long memory_free_pages(void)
{
	FILE *f = fopen("/proc/zoneinfo", "r");
	long pages = 0, n;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " pages free %ld", &n) == 1 || sscanf(line, " count: %ld", &n) == 1)
			pages += n;
	}
	if (!pages)
		die("/proc/zoneinfo");
	fclose(f);
	return pages;
}
