// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether something is wrong after a sequence: the kernel has complained, a call has
 * succeeded that cannot, firmware still has guests, memory is lost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/psp-sev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

#define RECORD_MAX	8192
#define TRIALS		24	/* until a page lost each time is told from noise */

/* The harness knows more (splats.table), and looks when all is over. */
static const char *const splats[] = {
	"WARNING: ", "BUG: ", "kernel BUG", "UBSAN: ", "Oops", "general protection",
	"refcount_t", "list_add corruption", "list_del corruption", "possible circular",
	"possible recursive", "possible irq", "inconsistent lock", "suspicious RCU",
	"INFO: task", "rcu: INFO", "Leaking PFN", "RMPUPDATE failed", "leaked",
	"Unexpected RMP fault", "page allocation failure", "bad page", "Bad page",
	"Call Trace:",
};

static const char guests_left[] = "guests are left in the firmware";
static const char memory_lost[] = "memory is lost";

static int kmsg = -1, warn_once = -1;

void judge_init(void)
{
	kmsg = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	warn_once = open("/sys/kernel/debug/clear_warn_once", O_WRONLY | O_CLOEXEC);
	if (kmsg < 0) {
		perror("/dev/kmsg");
		exit(2);
	}
	lseek(kmsg, 0, SEEK_END);
}

/* So that the log tells what was going on when the machine died. */
void judge_mark(const char *name)
{
	char line[RECORD_MAX];
	int len = snprintf(line, sizeof(line), "<5>launch-fuzz: %s\n", name);

	if (write(kmsg, line, len) != len) {
		perror("/dev/kmsg");
		exit(2);
	}
}

/* What was complained about is complained about again. */
void judge_forget(void)
{
	char record[RECORD_MAX];

	if (write(warn_once, "1", 1) != 1)
		fprintf(stderr, "# warnings come only once\n");
	while (read(kmsg, record, sizeof(record)) > 0 || errno == EPIPE)
		;
}

static void found(struct finding *finding, const char *kind, const char *text)
{
	if (finding->kind)
		return;
	finding->kind = kind;
	snprintf(finding->text, sizeof(finding->text), "%s", text);
}

/* What the kernel says when an allocation fails, as it was told to */
static bool is_of_failing(const char *splat)
{
	return !strcmp(splat, "page allocation failure") || !strcmp(splat, "Call Trace:");
}

/* LEVEL,SEQUENCE,TIME,FLAGS;TEXT, and lines with a blank in front */
static void judge_record(char *record, struct finding *finding)
{
	char *text = strchr(record, ';');

	if (!text || !strncmp(text + 1, "launch-fuzz: ", 13))
		return;
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(splats); i++)
		if (strstr(text, splats[i]) && !(fail_allowed() && is_of_failing(splats[i])))
			found(finding, splats[i], text + 1);
}

static void judge_log(struct finding *finding)
{
	char record[RECORD_MAX];
	ssize_t n;

	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n > 0) {
			record[n] = '\0';
			judge_record(record, finding);
		} else if (n == 0 || (errno != EPIPE && errno != EINTR)) {
			return;
		}
	}
}

static int status(uint32_t command, void *data)
{
	struct sev_issue_cmd cmd = { .cmd = command, .data = (uintptr_t)data };

	return ioctl(world.sev, SEV_ISSUE_CMD, &cmd);
}

/* Those that are left stay, and are blamed on one sequence only. */
static void judge_firmware(struct finding *finding)
{
	static unsigned int guests;
	struct sev_user_data_snp_status snp = { };
	struct sev_user_data_status sev = { };

	if (status(SNP_PLATFORM_STATUS, &snp) || status(SEV_PLATFORM_STATUS, &sev))
		found(finding, "firmware", "the firmware does not tell its status");
	if (snp.guest_count + sev.guest_count > guests)
		found(finding, guests_left, guests_left);
	guests = snp.guest_count + sev.guest_count;
}

void judge(struct finding *finding)
{
	const char *verdict = oracle_verdict();

	*finding = (struct finding){ };
	judge_log(finding);
	if (verdict)
		found(finding, verdict, verdict);
	judge_firmware(finding);
}

/* Those that the allocator keeps at hand for each CPU count, too. */
long free_pages(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	long pages = 0, n;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " pages free %ld", &n) == 1 || sscanf(line, " count: %ld", &n) == 1)
			pages += n;
	if (f)
		fclose(f);
	return pages;
}

static long lost_in(const struct sequence *seq, int times)
{
	long before = free_pages(), lost = 0;
	struct outcome outcome;

	for (int i = 0; i < times; i++)
		execute(seq, &outcome);
	/* What is freed after a grace period of RCU is not lost. */
	for (int i = 0; i < 20; i++) {
		lost = before - free_pages();
		if (lost < times / 2)
			break;
		usleep(50000);
	}
	return lost;
}

/* KASAN keeps what is freed for a while, and kmemleak a record of each object. */
bool judge_sees_leaks(void)
{
	return access("/sys/kernel/debug/kmemleak", F_OK);
}

/* Nearly a page each time: what is lost may have been at hand in half empty slabs. */
bool judge_leaks(const struct sequence *seq, struct finding *finding)
{
	*finding = (struct finding){ };
	if (lost_in(seq, TRIALS) >= TRIALS / 2 && lost_in(seq, TRIALS) >= TRIALS / 2 &&
	    lost_in(seq, 2 * TRIALS) >= TRIALS)
		found(finding, memory_lost, memory_lost);
	return finding->kind;
}
