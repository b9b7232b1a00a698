// SPDX-License-Identifier: GPL-2.0-only
/* Takes calls, one after the other or, in a second thread, beside each other. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define PATIENCE	300	/* seconds for a call, on a busy machine */

static struct {
	sem_t go, done;
	const struct call *call;	/* while it is not done */
	int *result;
} second;

static const struct sequence *now;
static unsigned long progress;

static int take(const struct call *call)
{
	int result;

	__atomic_add_fetch(&progress, 1, __ATOMIC_RELAXED);
	result = call->op->take(call->args);
	count_call(call, result);
	return result;
}

static void *second_thread(void *unused)
{
	for (;;) {
		sem_wait(&second.go);
		*second.result = take(second.call);
		fail_end();
		sem_post(&second.done);
	}
	return unused;
}

/* What hangs in the kernel cannot be ended: tell what it was. */
static void *watch(void *unused)
{
	unsigned long seen = 0;
	int secs = 0;

	for (;; secs++) {
		sleep(1);
		if (seen != __atomic_load_n(&progress, __ATOMIC_RELAXED)) {
			seen = __atomic_load_n(&progress, __ATOMIC_RELAXED);
			secs = 0;
		}
		if (secs == PATIENCE && now) {
			printf("Bail out! A call of this sequence hangs:\n");
			sequence_print(now, NULL);
			_exit(1);
		}
	}
	return unused;
}

static void start(void *(*thread)(void *))
{
	pthread_t id;

	if (pthread_create(&id, NULL, thread, NULL)) {
		perror("pthread_create");
		exit(2);
	}
}

void execute_init(void)
{
	sem_init(&second.go, 0, 0);
	sem_init(&second.done, 0, 0);
	start(second_thread);
	start(watch);
}

static void join_second(void)
{
	if (second.call)
		sem_wait(&second.done);
	second.call = NULL;
}

static void take_beside(const struct call *call, int *result)
{
	join_second();
	second.call = call;
	second.result = result;
	sem_post(&second.go);
}

void execute(const struct sequence *seq, struct outcome *outcome)
{
	now = seq;
	world_begin();
	oracle_begin(seq);
	cover_begin();
	for (int i = 0; i < seq->nr; i++) {
		const struct call *call = &seq->calls[i];

		if (call->beside) {
			take_beside(call, &outcome->results[i]);
			continue;
		}
		outcome->results[i] = take(call);
		oracle_see(call, outcome->results[i]);
	}
	join_second();
	fail_end();
	outcome->new_code = cover_end();
	world_end();
	now = NULL;
}
