// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of APIC IDs is enabled while the boot processor is created: in time or
 * not, and the guest is told the same.  Then it is asked for while others are created.
 */
#include <unistd.h>
#include <snp/ghcb.h>

#include "races.h"

#define NR_VCPUS	12
#define MIN_QUESTIONS	8

static int nr_created;

static void create_bsp(struct hammer *h)
{
	hammer_jitter(h, 200);
	TEST_ASSERT_EQ(tiny_vm_create_vcpu(h->t, 0), 0);
}

static bool enable_list(struct tiny_vm *t)
{
	bool late;
	int err;

	race_jitter(200);
	late = tiny_vm_has_vcpu(t, 0);
	err = tiny_vm_enable_list(t);
	if (late)
		assert_errno("The list, after a vCPU", err, EINVAL);
	else
		assert_errno("The list", err, 0, EINVAL);
	count(C_LISTED, !err);
	count(C_REFUSED, !!err);
	return !err;
}

static void create_aps(struct hammer *h)
{
	int id;

	for (id = 1; id < NR_VCPUS; id++) {
		hammer_jitter(h, 1000);
		TEST_ASSERT_EQ(tiny_vm_create_vcpu(h->t, id), 0);
		__atomic_store_n(&nr_created, id + 1, __ATOMIC_RELEASE);
	}
}

/* KVM refuses those that come too early or too late, whatever else happens. */
static void enable_again(struct hammer *h)
{
	while (!hammer_stopped(h)) {
		assert_errno("The list again", tiny_vm_enable_list(h->t), EINVAL);
		hammer_jitter(h, 500);
	}
}

static void answer(struct tiny_vm *t)
{
	struct kvm_exit_snp_apic_ids *question = &t->vcpus[0].run->snp_apic_ids;
	u32 i, nr = __atomic_load_n(&nr_created, __ATOMIC_ACQUIRE);

	TEST_ASSERT(question->gpa == LIST_GPA && question->npages == 1 && !question->ret,
		    "The guest asks with %#llx, %llu", question->gpa, question->npages);
	for (i = 0; i < nr; i++)
		t->shared->list[1 + i] = i;
	count(C_GROWN, t->shared->list[0] && nr != t->shared->list[0]);
	t->shared->list[0] = nr;
	count(C_ASKED, 1);
}

static void ask_while_created(struct tiny_vm *t)
{
	struct hammer creator, enabler;
	int questions = 0;

	hammer_start(&creator, 1, t, create_aps);
	hammer_start(&enabler, 2, t, enable_again);
	while (questions < MIN_QUESTIONS || t->shared->list[0] < NR_VCPUS) {
		assert_outcome(tiny_vcpu_run(&t->vcpus[0]), ASKS);
		answer(t);
		questions++;
	}
	t->shared->stop = true;
	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	hammer_join(&creator);
	hammer_stop(&enabler);
}

static void play_round(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(TINY_LIST | TINY_DIRECT);
	struct hammer h;
	bool enabled;

	nr_created = 1;
	hammer_start(&h, 1, t, create_bsp);
	enabled = enable_list(t);
	hammer_join(&h);
	tiny_vm_init_vcpu(t, 0);
	tiny_vm_update_all(t);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);

	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	TEST_ASSERT(!!(t->shared->features & GHCB_FEATURE_APIC_IDS) == enabled,
		    "Features %#lx, list enabled: %d", t->shared->features, enabled);
	if (enabled)
		ask_while_created(t);
	tiny_vm_free(t);
}

const struct race list_race = {
	.name = "list",
	.what = "The list of APIC IDs against KVM_CREATE_VCPU",
	.round = play_round,
};
