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

static const struct victim *const victims[] = {
	&update_victim, &update_vmsa_victim, &finish_direct_victim, &finish_id_block_victim,
	&finish_kvm_victim, &vcpu_victim, &sev_es_vmsa_victim,
};

unsigned int nr_survived;

static void fail_all(const struct victim *victim, int number)
{
	unsigned int n = 1;

	nr_survived = 0;
	while (victim->fail(n)) {
		n++;
		TEST_ASSERT(n < MAX_ALLOCATIONS, "%s: no end of allocations", victim->name);
	}
	TEST_ASSERT(n - 1 > nr_survived, "%s: no allocation matters", victim->name);
	tiny_vm_assert_sound();

	printf("ok %d - %s\n# %u allocations, %u of them can do without\n", number,
	       victim->name, n - 1, nr_survived);
	fflush(stdout);
}

int main(void)
{
	int i;

	TEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SNP_VM));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SNP_DIRECT_VMSA));

	fail_all_kinds_of_allocations();
	printf("1..%d\n", (int)ARRAY_SIZE(victims));
	for (i = 0; i < ARRAY_SIZE(victims); i++)
		fail_all(victims[i], i + 1);
	sev_es_assert_sound();
	return 0;
}
