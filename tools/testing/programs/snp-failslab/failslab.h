/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAILSLAB_H
#define FAILSLAB_H

#include "tiny-vm.h"

/* Let the @n-th allocation of this thread from now on fail, 0 is none. */
void fail_nth_allocation(unsigned int n);
/* Stop that.  Returns whether there was one, i.e. whether it has failed. */
bool allocation_failed(void);
void set_up_failing_allocations(int min_order);

/* A step of a launch that allocates.  Arrays of them end with one without a name. */
struct victim {
	const char *name;
	/* One VM and one try, with the @n-th allocation failing.  False if it has none. */
	bool (*fail)(const struct victim *victim, unsigned int n);
	/* All of the launch, the step, and what it fails with */
	int (*const *launch)(struct tiny_vm *t);
	int (*step)(struct tiny_vm *t);
	int err;
	int min_order;	/* of the pages that may not be had */
};

extern const struct victim snp_victims[], sev_es_victims[];

/*
 * To be called after the step for which fail_nth_allocation() was: its errno is @err,
 * and may be @wanted if an allocation has failed.  Returns whether one has.
 */
bool judge_step(int err, int wanted);

/* SEV-ES VMs can be launched and run. */
void sev_es_assert_sound(void);

#endif
