// SPDX-License-Identifier: GPL-2.0-only
/* Allocations that fail in the calls that follow, if that was asked for */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static bool allowed;

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		perror(path);
		exit(2);
	}
	close(fd);
}

/*
 * By default, allocations that may sleep, i.e. nearly all, are left alone.  Single pages
 * are spared: the PSP driver does not get over it when the one for splitting the direct map
 * is not to be had.
 */
void fail_init(void)
{
	allowed = true;
	set("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	set("/sys/kernel/debug/failslab/verbose", "0");
	set("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	set("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	set("/sys/kernel/debug/fail_page_alloc/min-order", "1");
	set("/sys/kernel/debug/fail_page_alloc/verbose", "0");
}

/* The file counts down until an allocation of this thread fails. */
static int fail_nth(unsigned int nth)
{
	static __thread int fd = -1;
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return pwrite(fd, text, len, 0) == len ? 0 : errno;
}

/* In this thread */
void fail_end(void)
{
	if (allowed)
		fail_nth(0);
}

bool fail_allowed(void)
{
	return allowed;
}

static int op_fail(const uint64_t *a)
{
	return allowed ? fail_nth(a[0] & 0xff) : EPERM;
}

const struct op fail_ops[] = {
	{ "fail", op_fail, { { "nth", &allocations } } },
	{ }
};
