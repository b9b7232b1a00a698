// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of the boot processor's VMSA is punched out of guest_memfd while the
 * VM is launched and the boot processor is run.  It runs on that page or not at
 * all; a page that was punched after it was measured never comes back.
 */
#include "races.h"

#define MAX_PUNCHES	3

static struct {
	unsigned int wanted, started, done;
} punches;

static void punch(struct hammer *h)
{
	while (punches.done < punches.wanted) {
		hammer_jitter(h, 8000);
		WRITE_ONCE(punches.started, punches.started + 1);
		vm_guest_mem_punch_hole(h->t->vm, BSP_VMSA_GPA, PAGE_SIZE);
		WRITE_ONCE(punches.done, punches.done + 1);
	}
}

static void update_image(struct tiny_vm *t)
{
	TEST_ASSERT_EQ(tiny_vm_start(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_ap_vmsas(t), 0);
}

static void finish(struct tiny_vm *t, bool *finishing)
{
	assert_errno("A second VMSA", tiny_vm_update_vmsa(t), EBUSY);
	race_jitter(1000);
	WRITE_ONCE(*finishing, true);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	race_jitter(4000);
}

static void play_round(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(TINY_DIRECT);
	unsigned int done, started;
	bool finishing = false;
	struct runner r = {};
	struct hammer h;

	memset(&punches, 0, sizeof(punches));
	punches.wanted = nr % (MAX_PUNCHES + 1);
	tiny_vm_add_vcpus(t, 1);
	update_image(t);
	runner_start(&r, 1, t, 0, RAN | NO_ENTRY, &finishing);
	hammer_start(&h, 2, t, punch);

	race_jitter(2000);
	done = READ_ONCE(punches.done);
	TEST_ASSERT_EQ(tiny_vm_update_vmsa(t), 0);
	started = READ_ONCE(punches.started);
	finish(t, &finishing);

	hammer_join(&h);
	hammer_stop(&r.h);
	if (punches.wanted == done)
		assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	else if (punches.wanted > started)
		assert_outcome(tiny_vcpu_run(&t->vcpus[0]), NO_ENTRY);

	count(C_RAN, r.ran);
	count(C_PUNCHED, punches.wanted - done);
	tiny_vm_free(t);
}

const struct race punch_race = {
	.name = "punch",
	.what = "LAUNCH_UPDATE, LAUNCH_FINISH and KVM_RUN against a hole in the VMSA",
	.round = play_round,
};
