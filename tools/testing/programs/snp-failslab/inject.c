// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "failslab.h"

#define DEBUGFS	"/sys/kernel/debug/"

static int open_fail_nth(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_path_or_exit("/proc/thread-self/fail-nth", O_RDWR);
	return fd;
}

void fail_nth_allocation(unsigned int n)
{
	char text[16];
	int len = sprintf(text, "%u", n);

	TEST_ASSERT_EQ(pwrite(open_fail_nth(), text, len, 0), len);
}

/* The file counts down. */
bool allocation_failed(void)
{
	char text[16] = "";

	TEST_ASSERT(pread(open_fail_nth(), text, sizeof(text) - 1, 0) > 0, "Reading fail-nth");
	fail_nth_allocation(0);
	return !atoi(text);
}

static void set(const char *path, const char *value)
{
	int fd = open_path_or_exit(path, O_WRONLY);

	TEST_ASSERT_EQ(write(fd, value, strlen(value)), (ssize_t)strlen(value));
	close(fd);
}

/*
 * By default, allocations that may sleep, i.e. nearly all, are left alone.  Whether
 * an RMP update has to split the direct map, which takes a single page, depends on
 * what ran before: a @min_order of 1 spares it, and still fails KVM's VMSA pages.
 */
void set_up_failing_allocations(int min_order)
{
	set(DEBUGFS "failslab/ignore-gfp-wait", "N");
	set(DEBUGFS "failslab/verbose", "0");
	set(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N");
	set(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N");
	set(DEBUGFS "fail_page_alloc/min-order", min_order ? "1" : "0");
	set(DEBUGFS "fail_page_alloc/verbose", "0");
}
