// SPDX-License-Identifier: GPL-2.0-only
/* Runs one test, streams what it prints and leaves no process of it behind. */
#define _GNU_SOURCE	/* pipe2() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define OUTPUT_MAX	(16u << 20)	/* of one test; the rest is counted, not sent */
#define REAP_MS		10000
#define REAP_POLL_MS	5
#define LEAVE_MS	2000	/* for what its first process has already told to end */

struct run {
	struct test *test;
	pid_t pid;
	int pidfd;
	int output;
	int status;		/* from waitpid() */
	bool timed_out;
	int exec_errno;
	size_t sent;
	size_t dropped;
	bool killing;
	unsigned int left;	/* processes it left behind, which had to be killed */
	bool stuck;		/* a process survived SIGKILL */
};

static void child(struct test *test, int output, int report)
{
	int null = open("/dev/null", O_RDONLY);
	int error;

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	write_file("/proc/self/oom_score_adj", "0");
	execvp(test->argv[0], test->argv);

	error = errno;
	if (write(report, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* Returns when the child has executed its program or has failed to. */
static void spawn(struct run *run)
{
	int output[2], report[2];

	if (pipe2(output, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
		die("pipe: %s", strerror(errno));

	run->pid = fork();
	if (run->pid < 0)
		die("fork: %s", strerror(errno));
	if (!run->pid)
		child(run->test, output[1], report[1]);

	close(output[1]);
	close(report[1]);
	if (read(report[0], &run->exec_errno, sizeof(int)) != sizeof(int))
		run->exec_errno = 0;
	close(report[0]);

	run->output = output[0];
	fcntl(run->output, F_SETFL, O_NONBLOCK);
	run->pidfd = syscall(SYS_pidfd_open, run->pid, 0);
	if (run->pidfd < 0)
		die("pidfd_open: %s", strerror(errno));
}

/* Forward what is in the pipe; false at its end. */
static bool forward_output(struct run *run)
{
	static char buf[32768];
	ssize_t n;

	while ((n = read(run->output, buf, sizeof(buf))) > 0) {
		if (run->sent + n > OUTPUT_MAX) {
			run->dropped += n;
			continue;
		}
		channel_send("out", run->test->name, buf, n);
		run->sent += n;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Returns when the test's first process has ended or its time is over. */
static void watch(struct run *run, uint64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = run->pidfd, .events = POLLIN },
		{ .fd = run->output, .events = POLLIN },
		{ .fd = kmsg_fd(), .events = POLLIN },
	};

	while (!fds[0].revents) {
		uint64_t now = now_us();

		if (now >= deadline) {
			run->timed_out = true;
			return;
		}
		poll(fds, 3, (deadline - now) / 1000 + 1);
		if (fds[1].revents && !forward_output(run))
			fds[1].fd = -1;
		if (fds[2].revents)
			kmsg_forward(run->test->name);
	}
}

static void reaped(struct run *run, pid_t pid, int status)
{
	if (pid == run->pid)
		run->status = status;
	else if (run->killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		run->left++;
}

/* Reap until nobody is left, or for @ms; false when the time is over. */
static bool reap(struct run *run, unsigned int ms)
{
	uint64_t deadline = now_us() + ms * 1000ull;
	int status;
	pid_t pid;

	do {
		if (run->killing)
			kill(-1, SIGKILL);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			reaped(run, pid, status);
		if (pid < 0 && errno == ECHILD)
			return true;
		poll(NULL, 0, REAP_POLL_MS);
	} while (now_us() < deadline);
	return false;
}

/*
 * Only init and this agent live in L1, so everything else belongs to the test,
 * whichever session it has moved to; orphans come here (PR_SET_CHILD_SUBREAPER).
 */
static void kill_all(struct run *run)
{
	if (!run->timed_out) {
		if (reap(run, LEAVE_MS))
			return;
		tell_left();
	}
	run->killing = true;
	run->stuck = !reap(run, REAP_MS);
}

static void send_end(struct run *run, uint64_t us)
{
	const char *how = "exit";
	int value = WEXITSTATUS(run->status);

	if (run->exec_errno) {
		how = "noexec";
		value = run->exec_errno;
	} else if (run->timed_out) {
		how = "timeout";
		value = run->test->timeout;
	} else if (WIFSIGNALED(run->status)) {
		how = "signal";
		value = WTERMSIG(run->status);
	}
	channel_printf("end", run->test->name,
		       "how=%s value=%d us=%llu left=%u stuck=%d dropped=%zu",
		       how, value, (unsigned long long)us, run->left, run->stuck,
		       run->dropped);
}

void run_test(struct test *test)
{
	struct run run = { .test = test };
	uint64_t start, us;

	write_file("/sys/kernel/debug/clear_warn_once", "1");
	kmsg_mark("begin", test->name);
	channel_send("begin", test->name, "", 0);
	hold(MARK_BEGIN);

	start = now_us();
	spawn(&run);
	watch(&run, start + test->timeout * 1000000ull);
	us = now_us() - start;

	kill_all(&run);
	forward_output(&run);
	close(run.output);
	close(run.pidfd);
	kmsg_mark("end", test->name);
	kmsg_forward(test->name);
	send_end(&run, us);
	hold(MARK_END);
}
