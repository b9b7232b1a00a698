/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAILSLAB_H
#define FAILSLAB_H

#include "tiny-vm.h"

/* Let the @n-th allocation of this thread from now on fail, 0 is none. */
void fail_nth_allocation(unsigned int n);
/* Stop that.  Returns whether there was one, i.e. whether it has failed. */
bool allocation_failed(void);
void fail_all_kinds_of_allocations(void);

/* An ioctl that allocates, at some point in the life of a VM. */
struct victim {
	const char *name;
	/* One VM and one try, with the @n-th allocation failing.  False if it has none. */
	bool (*fail)(unsigned int n);
};

/* How often, of those that made no difference, because there is a fallback */
extern unsigned int nr_survived;

extern const struct victim update_victim, update_vmsa_victim, finish_direct_victim,
			   finish_id_block_victim, finish_kvm_victim, vcpu_victim,
			   sev_es_vmsa_victim;

/* VMs of the kind can be launched and run. */
void sev_es_assert_sound(void);

#endif
