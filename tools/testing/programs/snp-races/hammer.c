// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "races.h"

static void jitter(unsigned int random, unsigned int us)
{
	struct timespec start, now;
	long ns = random % (us * 1000 + 1);

	if (random >> 8 & 1)
		return;

	/* Sleeping takes much longer than what is to be hit. */
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < ns);
}

void hammer_jitter(struct hammer *h, unsigned int us)
{
	jitter(rand_r(&h->seed), us);
}

unsigned int race_random(void)
{
	static unsigned int seed = 1;

	return rand_r(&seed);
}

void race_jitter(unsigned int us)
{
	jitter(race_random(), us);
}

static void *hammer_thread(void *arg)
{
	struct hammer *h = arg;

	h->swing(h);
	return NULL;
}

void hammer_start(struct hammer *h, int cpu, struct tiny_vm *t, void (*swing)(struct hammer *h))
{
	pthread_attr_t attr;
	cpu_set_t cpus;

	h->swing = swing;
	h->t = t;
	h->cpu = cpu;
	h->seed = race_random();
	h->stop = false;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	TEST_ASSERT(!pthread_create(&h->thread, &attr, hammer_thread, h), "pthread_create()");
	pthread_attr_destroy(&attr);
}

bool hammer_stopped(struct hammer *h)
{
	return READ_ONCE(h->stop);
}

void hammer_join(struct hammer *h)
{
	pthread_join(h->thread, NULL);
}

/* The signal may come just before KVM_RUN: repeat it.  main() limits the time. */
void hammer_stop(struct hammer *h)
{
	WRITE_ONCE(h->stop, true);
	while (pthread_tryjoin_np(h->thread, NULL)) {
		pthread_kill(h->thread, SIGUSR1);
		usleep(500);
	}
}

static void run_loop(struct hammer *h)
{
	struct runner *r = container_of(h, struct runner, h);
	struct kvm_vcpu *vcpu = &h->t->vcpus[r->id];

	while (!hammer_stopped(h)) {
		enum outcome outcome = tiny_vcpu_run(vcpu);

		assert_outcome(outcome, r->allowed | INTERRUPTED);
		if (outcome == RAN) {
			TEST_ASSERT(!r->may_run || READ_ONCE(*r->may_run),
				    "vCPU %d runs before the launch is finished", r->id);
			WRITE_ONCE(r->ran, r->ran + 1);
		}
		if (outcome == NO_ENTRY)
			WRITE_ONCE(r->refused, r->refused + 1);
		/* Commands wait for vCPUs: let them have one now and then. */
		hammer_jitter(h, 200);
	}
}

void runner_start(struct runner *r, int cpu, struct tiny_vm *t, int id,
		  enum outcome allowed, bool *may_run)
{
	r->id = id;
	r->allowed = allowed;
	r->ran = 0;
	r->refused = 0;
	r->may_run = may_run;
	hammer_start(&r->h, cpu, t, run_loop);
}
