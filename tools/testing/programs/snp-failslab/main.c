// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-failslab: let each allocation of the ioctls that launch SNP and SEV-ES VMs
 * fail, one at a time, until there is none left.  Needs the debug kernel.
 *
 * usage: snp-failslab
 *
 * Prints TAP.  What must hold after a failure is beside the ioctls, in snp.c and
 * sev-es.c; after each ioctl, VMs have to be launched with the right digest.
 */
#include <stdio.h>

#include "failslab.h"

/* More would mean that failing changes nothing, or that the count is off. */
#define MAX_ALLOCATIONS	1000

/* How many failures made the step fail, i.e. had no fallback */
static unsigned int nr_errors;

static int nr_victims;

bool judge_step(int err, int wanted)
{
	bool failed = allocation_failed();

	TEST_ASSERT(failed || !err, "Without a failing allocation: %s", strerror(err));
	assert_errno("With a failing allocation", err, 0, wanted);
	nr_errors += !!err;
	return failed;
}

static void fail_all(const struct victim *victim)
{
	unsigned int n = 1;

	nr_errors = 0;
	set_up_failing_allocations(victim->min_order);
	while (victim->fail(victim, n)) {
		n++;
		TEST_ASSERT(n < MAX_ALLOCATIONS, "%s: no end of allocations", victim->name);
	}
	TEST_ASSERT(nr_errors, "%s: no allocation matters", victim->name);
	tiny_vm_assert_sound();

	printf("ok %d - %s\n# %u allocations, %u errors\n", ++nr_victims, victim->name,
	       n - 1, nr_errors);
	fflush(stdout);
}

static void fail_each(const struct victim *victims)
{
	for (; victims->name; victims++)
		fail_all(victims);
}

int main(void)
{
	TEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SNP_VM));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SNP_DIRECT_VMSA));

	fail_each(snp_victims);
	fail_each(sev_es_victims);
	sev_es_assert_sound();
	printf("1..%d\n", nr_victims);
	return 0;
}
