// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memslot that has the VMSA comes and goes.  Commands that need it fail
 * cleanly while it is away.  A boot processor that is to run meanwhile has lost
 * its VMSA for good, any other runs when the slot is back.
 */
#include "races.h"
#include "slot.h"

static void set_vmsa_slot_size(struct kvm_vm *vm, u64 size)
{
	struct kvm_userspace_memory_region2 region = memslot2region(vm, TINY_VMSA_SLOT)->region;

	region.memory_size = size;
	vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);
}

void replace_vmsa_slot(struct kvm_vm *vm)
{
	set_vmsa_slot_size(vm, 0);
	set_vmsa_slot_size(vm, NR_VMSA_PAGES * PAGE_SIZE);
}

static void replace(struct hammer *h)
{
	while (!hammer_stopped(h)) {
		replace_vmsa_slot(h->t->vm);
		count(C_REPLACED, 1);
		hammer_jitter(h, 2000);
	}
}

static void update(struct tiny_vm *t, const char *what, int (*step)(struct tiny_vm *t))
{
	int err;

	do {
		err = step(t);
		assert_errno(what, err, 0, EINVAL);
		count(C_REFUSED, !!err);
	} while (err);
}

static void play_round(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(TINY_DIRECT);
	bool finishing = false;
	struct runner r = {};
	struct hammer h;
	int outcome;

	tiny_vm_add_vcpus(t, 1);
	TEST_ASSERT_EQ(tiny_vm_start(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);
	hammer_start(&h, 1, t, replace);
	runner_start(&r, 2, t, 0, RAN | NO_ENTRY, &finishing);

	update(t, "LAUNCH_UPDATE", tiny_vm_update_ap_vmsas);
	update(t, "LAUNCH_UPDATE of the VMSA", tiny_vm_update_vmsa);
	tiny_vm_assert_digest(t);
	WRITE_ONCE(finishing, true);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	race_jitter(5000);

	hammer_stop(&h);
	hammer_stop(&r.h);
	outcome = tiny_vcpu_run(&t->vcpus[0]);
	assert_outcome(outcome, RAN | NO_ENTRY);
	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), outcome);
	count(C_LOST, outcome == NO_ENTRY);
	count(C_RAN, r.ran);
	tiny_vm_free(t);
}

const struct race slot_race = {
	.name = "slot",
	.what = "LAUNCH_UPDATE, LAUNCH_FINISH and KVM_RUN against memslot deletion",
	.round = play_round,
};
