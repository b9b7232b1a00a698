// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel does with its memory around a launch that fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "launch.h"

/* More than the kernel keeps at hand for one CPU, so that what it has freed is among them. */
#define TOUCHED_PAGES	1024

unsigned char *memory_take(unsigned char filling)
{
	unsigned char *mem = mmap(NULL, TOUCHED_PAGES * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	memset(mem, filling, TOUCHED_PAGES * PAGE);
	return mem;
}

bool memory_is_intact(const unsigned char *mem, unsigned char filling)
{
	for (size_t i = 0; i < TOUCHED_PAGES * PAGE; i++) {
		if (mem[i] != filling) {
			printf("# byte %#zx of memory was overwritten with %#x\n", i, mem[i]);
			return false;
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
	if (!pages) {
		perror("/proc/zoneinfo");
		exit(2);
	}
	fclose(f);
	return pages;
}
