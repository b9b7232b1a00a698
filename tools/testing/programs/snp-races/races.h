/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RACES_H
#define RACES_H

#include <pthread.h>

#include "tiny-vm.h"

/*
 * A race is run in rounds, of which each has a VM of its own: one thread, on the
 * first CPU, launches it, while hammers on the other CPUs do something else to it.
 */
struct race {
	const char *name;
	const char *what;
	void (*round)(unsigned int nr);
};

extern const struct race vcpus_race, run_race, punch_race, slot_race, aps_race,
			 close_race, kill_race, list_race;

/* What the race "run" does with a VM that was just created. */
void launch_while_run(struct tiny_vm *t);

struct hammer {
	void (*swing)(struct hammer *h);	/* returns once hammer_stopped() */
	struct tiny_vm *t;
	int cpu;				/* 1 to NR_HAMMERS */
	unsigned int seed;
	bool stop;
	pthread_t thread;
};

#define NR_HAMMERS	3

void hammer_start(struct hammer *h, int cpu, struct tiny_vm *t, void (*swing)(struct hammer *h));
/* Interrupts KVM_RUN, and waits for the thread. */
void hammer_stop(struct hammer *h);
bool hammer_stopped(struct hammer *h);
/* Waits for a thread that returns by itself. */
void hammer_join(struct hammer *h);
/* Wait for up to @us, or not at all. */
void hammer_jitter(struct hammer *h, unsigned int us);

/* For the thread that launches. */
unsigned int race_random(void);
void race_jitter(unsigned int us);

/* How often something happened, for the report. */
enum {
	C_RAN, C_REFUSED, C_PROTECTED, C_LATE, C_PUNCHED, C_REPLACED,
	C_LOST,
	C_CREATED, C_DESTROYED, C_AP_RAN, C_CLOSED_EARLY, C_FINISHED,
	C_LISTED, C_ASKED, C_GROWN, NR_COUNTS,
};
void count(int what, unsigned long n);

/* A hammer that calls KVM_RUN on the vCPU of that ID, and counts how often it RAN. */
struct runner {
	struct hammer h;
	int id;
	enum outcome allowed;
	unsigned long ran;
	unsigned long refused;	/* not entered */
	/* Until this is set, the guest must not run. */
	bool *may_run;
};

void runner_start(struct runner *r, int cpu, struct tiny_vm *t, int id,
		  enum outcome allowed, bool *may_run);

#endif
