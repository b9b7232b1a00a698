// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-launch: launches a guest of one page with nothing but ioctls, and says how
 * each step ended.
 *
 * usage: snp-launch [OPTION...] [STEP ERRNO FIRMWARE-ERROR]...
 *
 * Without a STEP all have to succeed, and the guest has to ask for its end.
 * With some, each has to fail so, once: it is then taken again, until there are
 * no more.  After the last failure the guest is torn down as it is.
 * FIRMWARE-ERROR is a number as KVM returns it.
 *
 *   --direct       an SNP guest that supplies its VMSA; KVM builds it otherwise
 *   --sev-es       a SEV-ES guest
 *   --vcpus N      1 is the default
 *   --retry        after the last failure the launch goes on, and has to succeed
 *   --then WHAT    what KVM_RUN does after a failure: "gate" is the default, that
 *                  is, all vCPUs fail to enter the guest; else an errno, or "any"
 *                  not to try
 *   --repeat N     the failure has to come in one of N rounds
 *   --again N      after the last failure the step is taken N times more, has to
 *                  fail in the same way, and must not lose a page each time; without
 *                  a failure, the same of the launch as a whole
 *   --look         give the harness an opportunity to look at the guest
 *
 * Whether KVM_RUN stopped at the gate or in VMRUN only the host's counters tell.
 * What is freed twice is first somebody else's: this program takes memory between
 * the failure and the guest's end.  What must not be freed is somebody else's soon: it
 * takes more memory afterwards.
 *
 * example: snp-launch --direct --retry LAUNCH_FINISH EIO 0xa
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "launch.h"

#define HOLD_LEAF	0x534e5048	/* tools/snp-model/instrument/hold.c */
#define MARK_LOOK	3
#define MAX_FAILURES	4

static const struct {
	const char *name;
	int value;
} errnos[] = {
	{ "EIO", EIO }, { "EBUSY", EBUSY }, { "EINVAL", EINVAL }, { "ENOTTY", ENOTTY },
	{ "EFAULT", EFAULT }, { "ENOMEM", ENOMEM }, { "ENODEV", ENODEV }, { "EPERM", EPERM },
	{ "ETIMEDOUT", ETIMEDOUT }, { "EBADF", EBADF }, { "ENXIO", ENXIO },
};

struct failure {
	const char *step;
	int error;
	uint32_t fw_error;
	const char *then;	/* what KVM_RUN did afterwards */
};

struct failures {
	int n;
	struct failure list[MAX_FAILURES];
};

static struct {
	const struct launch *launch;
	int nr_vcpus;
	bool retry, looked_at;
	const char *then;
	long rounds, again;
	struct failures wanted;
} options = { .launch = &snp_launch, .nr_vcpus = 1, .then = "gate", .rounds = 1 };

static const char *name_of(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].value == error)
			return errnos[i].name;
	return strerror(error);
}

static void look(void)
{
	unsigned int eax, ebx, ecx, edx;

	__cpuid_count(HOLD_LEAF, MARK_LOOK, eax, ebx, ecx, edx);
}

/* What KVM_RUN does on a vCPU that must not run. */
static const char *try_to_run(struct vcpu *vcpu)
{
	if (ioctl(vcpu->fd, KVM_RUN, 0))
		return name_of(errno);
	return vcpu->run->exit_reason == KVM_EXIT_FAIL_ENTRY ? "gate" : "no failure";
}

/* The same on all, or that of the first one that differs from what is wanted. */
static const char *try_all(struct guest *g)
{
	const char *what = options.then;

	if (!strcmp(options.then, "any"))
		return what;
	for (int i = 0; i < g->nr_vcpus && g->vcpus[i].fd >= 0; i++) {
		what = try_to_run(&g->vcpus[i]);
		if (strcmp(what, options.then))
			break;
	}
	return what;
}

/* What is freed after a grace period of RCU is not lost. */
static bool loses_memory(long before)
{
	long lost = before - memory_free_pages();

	if (!options.again)
		return false;
	for (int i = 0; i < 50 && lost >= options.again / 2; i++) {
		usleep(100000);
		lost = before - memory_free_pages();
	}
	printf("# %ld pages less are free after %ld times\n", lost, options.again);
	return lost >= options.again / 2;
}

/* Whether a step that has failed fails N times more, and loses no memory by that. */
static bool fails_again(struct guest *g, const struct step *step, const struct failure *f)
{
	long before = memory_free_pages();

	for (long i = 0; i < options.again; i++) {
		if (step->take(g) >= 0 || errno != f->error || g->fw_error != f->fw_error) {
			printf("# %s ends otherwise when it is taken again, %ld.\n", f->step, i + 1);
			return false;
		}
	}
	return !loses_memory(before);
}

/* Take all steps, those that fail as often as a failure is wanted. */
static bool take_steps(struct guest *g, struct failures *seen)
{
	const struct step *step = options.launch->steps;

	while (step->name) {
		g->fw_error = 0;
		if (step->take(g) >= 0) {
			step++;
			continue;
		}
		seen->list[seen->n++] = (struct failure){ step->name, errno, g->fw_error, "" };
		if (seen->n > options.wanted.n)
			return true;
		seen->list[seen->n - 1].then = try_all(g);
		if (seen->n < options.wanted.n)
			continue;
		if (!fails_again(g, step, &seen->list[seen->n - 1]))
			return false;
		if (!options.retry)
			return true;
	}
	return true;
}

static bool end(struct guest *g, bool failed)
{
	struct memory *mem = failed ? memory_take(0xa5) : NULL;

	vm_destroy(g);
	if (failed || (options.rounds == 1 && !options.again))
		memory_take(0x5a);
	return !mem || memory_is_intact(mem, 0xa5);
}

static bool launch(struct failures *seen)
{
	struct guest g;
	bool sound = true;

	if (vm_create(&g, options.launch, options.nr_vcpus) < 0)
		seen->list[seen->n++] = (struct failure){ "CREATE_VM", errno, 0, "" };
	else
		sound = take_steps(&g, seen);
	if (options.looked_at)
		look();
	return end(&g, seen->n) && sound;
}

static bool same(const struct failures *a, const struct failures *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++) {
		const struct failure *f = &a->list[i], *g = &b->list[i];

		if (strcmp(f->step, g->step) || f->error != g->error ||
		    f->fw_error != g->fw_error || strcmp(f->then, g->then))
			return false;
	}
	return true;
}

static void tell(const char *what, const struct failures *failures)
{
	if (!failures->n)
		printf("%s: every step succeeds\n", what);
	for (int i = 0; i < failures->n; i++) {
		const struct failure *f = &failures->list[i];

		printf("%s: %s fails with %s, firmware error %#x, then KVM_RUN: %s\n", what,
		       f->step, name_of(f->error), f->fw_error, f->then);
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: snp-launch [--direct|--sev-es] [--vcpus N] [--retry] [--then WHAT]\n"
			"                  [--repeat N] [--again N] [--look]\n"
			"                  [STEP ERRNO FIRMWARE-ERROR]...\n");
	return 2;
}

static bool parse_failure(char **words, struct failure *f)
{
	if (!words[1] || !words[2])
		return false;
	f->step = words[0];
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (!strcmp(errnos[i].name, words[1]))
			f->error = errnos[i].value;
	f->fw_error = strtoul(words[2], NULL, 0);
	f->then = options.then;
	return f->error;
}

static bool parse_flag(const char *name)
{
	if (!strcmp(name, "--direct"))
		options.launch = &direct_launch;
	else if (!strcmp(name, "--sev-es"))
		options.launch = &sev_es_launch;
	else if (!strcmp(name, "--retry"))
		options.retry = true;
	else if (!strcmp(name, "--look"))
		options.looked_at = true;
	else
		return false;
	return true;
}

static bool parse_value(const char *name, const char *value)
{
	if (!value)
		return false;
	if (!strcmp(name, "--vcpus"))
		options.nr_vcpus = atoi(value);
	else if (!strcmp(name, "--then"))
		options.then = value;
	else if (!strcmp(name, "--repeat"))
		options.rounds = strtol(value, NULL, 0);
	else if (!strcmp(name, "--again"))
		options.again = strtol(value, NULL, 0);
	else
		return false;
	return options.nr_vcpus >= 1 && options.nr_vcpus <= MAX_VCPUS;
}

static bool parse(char **words)
{
	for (; *words && **words == '-'; words++) {
		if (parse_flag(*words))
			continue;
		if (!parse_value(words[0], words[1]))
			return false;
		words++;
	}
	for (; *words; words += 3) {
		if (options.wanted.n == MAX_FAILURES - 1 ||
		    !parse_failure(words, &options.wanted.list[options.wanted.n++]))
			return false;
	}
	return true;
}

/* Whether launches succeed, or fail, and lose no memory if they succeed. */
static bool launch_often(struct failures *seen, long *rounds)
{
	bool sound = launch(seen);
	long before = memory_free_pages(), more = options.rounds - 1;

	if (!options.wanted.n)
		more += options.again;
	for (*rounds = 1; *rounds <= more && !seen->n && sound; ++*rounds)
		sound = launch(seen);
	return sound && (options.wanted.n || !loses_memory(before));
}

/* What one CPU has freed it hands out again. */
static void stay_on_one_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc __attribute__((unused)), char **argv)
{
	struct failures seen = { };
	long rounds;
	bool sound;

	if (!parse(argv + 1))
		return usage();
	stay_on_one_cpu();
	sound = launch_often(&seen, &rounds);
	tell("wanted", &options.wanted);
	tell("seen", &seen);
	printf("rounds: %ld\n", rounds);
	return !sound || !same(&options.wanted, &seen);
}
