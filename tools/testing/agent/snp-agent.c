// SPDX-License-Identifier: GPL-2.0-only
/*
 * Started by init inside L1.  Reads /plan, runs its tests one after the other,
 * reports over the port below and powers the machine off.  Nothing it does
 * depends on anything but the guest's own time, so that a machine that counts
 * instructions does the same in every run.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <unistd.h>
#include <x86intrin.h>

#include "agent.h"

#define PORT_NAME	"org.snp.harness"
#define PLAN		"/plan"

static void set_up(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("PR_SET_CHILD_SUBREAPER: %s", strerror(errno));
	write_file("/proc/self/oom_score_adj", "-1000");
	write_file("/proc/sys/kernel/printk_devkmsg", "on");
	kmsg_open();
	channel_open(PORT_NAME);
}

int main(void)
{
	struct test *tests;
	size_t count, i;

	set_up();
	tests = plan_read(PLAN, &count);
	channel_printf("hello", "boot", "version=%d tests=%zu cpus=%ld",
		       AGENT_VERSION, count, sysconf(_SC_NPROCESSORS_ONLN));
	kmsg_mark("hello", "boot");
	kmsg_forward("boot");

	for (i = 0; i < count; i++)
		run_test(&tests[i]);

	kmsg_mark("done", "boot");
	kmsg_forward("boot");
	channel_printf("done", "boot", "tests=%zu tsc=%llu", count,
		       (unsigned long long)__rdtsc());
	reboot(RB_POWER_OFF);
	die("power off: %s", strerror(errno));
}
