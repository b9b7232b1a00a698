// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-races: what happens to launch commands of SNP VMs, in both modes, when
 * something else happens to the VM at the same time.
 *
 * usage: snp-races [--rounds N] [RACE]...
 *
 * Prints TAP.  A round that takes more than 60 seconds hangs.  After each race VMs
 * have to be launched with the right digest.
 *
 * example: snp-races --rounds 2000 vcpus punch
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "races.h"

#define ROUND_SECS	60

static const struct race *const races[] = {
	&vcpus_race, &run_race, &punch_race, &slot_race, &aps_race, &close_race, &kill_race,
	&list_race,
};

static const char *const count_names[NR_COUNTS] = {
	[C_RAN] = "guest ran", [C_REFUSED] = "refused",
	[C_PROTECTED] = "protected", [C_LATE] = "late",
	[C_PUNCHED] = "punched", [C_REPLACED] = "slot replaced", [C_CREATED] = "AP created",
	[C_DESTROYED] = "AP destroyed", [C_AP_RAN] = "AP ran",
	[C_LOST] = "VMSA lost",
	[C_LISTED] = "list enabled", [C_ASKED] = "asked", [C_GROWN] = "list grown",
	[C_CLOSED_EARLY] = "closed during launch", [C_FINISHED] = "closed after launch",
};

static unsigned long counts[NR_COUNTS];

void count(int what, unsigned long n)
{
	__atomic_add_fetch(&counts[what], n, __ATOMIC_RELAXED);
}

static void ignore_signal(int signal)
{
}

static unsigned long progress;

/* A signal's handler would not do: commands wait without looking at signals. */
static void *watch(void *unused)
{
	unsigned long seen = -1ul;
	int secs = 0;

	for (;; secs++) {
		sleep(1);
		if (seen != READ_ONCE(progress)) {
			seen = READ_ONCE(progress);
			secs = 0;
		}
		if (secs == ROUND_SECS) {
			printf("Bail out! A round hangs\n");
			exit(1);
		}
	}
}

static void run_rounds(const struct race *race, unsigned int rounds)
{
	unsigned int i;

	memset(counts, 0, sizeof(counts));
	for (i = 0; i < rounds; i++) {
		race->round(i);
		WRITE_ONCE(progress, progress + 1);
	}
	tiny_vm_assert_sound();
}

static void report(const struct race *race, unsigned int rounds, int n, long secs)
{
	int i;

	printf("ok %d - %s: %s\n# %u rounds in %ld s", n, race->name, race->what, rounds, secs);
	for (i = 0; i < NR_COUNTS; i++) {
		if (counts[i])
			printf(", %s %lu", count_names[i], counts[i]);
	}
	printf("\n");
	fflush(stdout);
}

static const struct race *find_race(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(races); i++) {
		if (!strcmp(races[i]->name, name))
			return races[i];
	}
	fprintf(stderr, "There is no race called '%s'\n", name);
	exit(2);
}

static void set_up(void)
{
	struct sigaction ignore = { .sa_handler = ignore_signal };
	pthread_t watcher;

	pin_self_to_cpu(0);
	sigaction(SIGUSR1, &ignore, NULL);
	TEST_ASSERT(!pthread_create(&watcher, NULL, watch, NULL), "pthread_create()");
}

int main(int argc, char **argv)
{
	unsigned int rounds = 20;
	const struct race *race;
	time_t start;
	int i, nr;

	argv++;
	if (argc > 2 && !strcmp(argv[0], "--rounds")) {
		rounds = atoi_positive("rounds", argv[1]);
		argv += 2;
		argc -= 2;
	}
	TEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SNP_VM));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SNP_DIRECT_VMSA));
	TEST_ASSERT(sysconf(_SC_NPROCESSORS_ONLN) > NR_HAMMERS, "Too few CPUs");

	set_up();
	nr = argc > 1 ? argc - 1 : ARRAY_SIZE(races);
	printf("1..%d\n", nr);
	for (i = 0; i < nr; i++) {
		race = argc > 1 ? find_race(argv[i]) : races[i];
		start = time(NULL);
		run_rounds(race, rounds);
		report(race, rounds, i + 1, time(NULL) - start);
	}
	return 0;
}
