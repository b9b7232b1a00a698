// SPDX-License-Identifier: GPL-2.0-only
/*
 * The launch of an SNP VM.  When an allocation of a step has failed, no vCPU gets
 * into the guest, and the step can be taken again, after which the VM is as if
 * nothing had happened.
 */
#include "failslab.h"
#include "digest.h"

#define NR_VCPUS	3

typedef int (*step_fn)(struct tiny_vm *t);

static int create_vcpu(struct tiny_vm *t)
{
	int id = 0;

	while (tiny_vm_has_vcpu(t, id))
		id++;
	return tiny_vm_create_vcpu(t, id);
}

/*
 * With an ID block that nobody signed.  The firmware's opinion of it, that is, that
 * nothing is wrong with the digest, is the success here.
 */
static int finish_unsigned(struct tiny_vm *t)
{
	u8 digest[SHA384_DIGEST_SIZE];
	u32 fw_error;
	int err;

	tiny_vm_get_digest(t, digest);
	err = tiny_vm_finish(t, digest, &fw_error);
	TEST_ASSERT(fw_error != SEV_RET_BAD_MEASUREMENT, "The firmware measured something else");
	return fw_error && err == EIO ? 0 : err;
}

/* A vCPU is created before LAUNCH_FINISH, and one after that. */
static const step_fn direct_launch[] = {
	tiny_vm_start, create_vcpu, tiny_vm_update_image, tiny_vm_update_ap_vmsas,
	tiny_vm_update_vmsa, finish_unsigned, tiny_vm_try_finish, create_vcpu, NULL,
};

static const step_fn kvm_launch[] = {
	tiny_vm_start, tiny_vm_update_image, tiny_vm_update_ap_vmsas, tiny_vm_try_finish, NULL,
};

/* As far as they are there.  Only the first one has a VMSA, or all that KVM built. */
static void assert_outcomes(struct tiny_vm *t, enum outcome bsp)
{
	int id;

	for (id = 0; id < NR_VCPUS; id++) {
		if (!tiny_vm_has_vcpu(t, id))
			continue;
		if (!t->vcpus[id].run)
			tiny_vm_init_vcpu(t, id);
		assert_outcome(tiny_vcpu_run(&t->vcpus[id]), id && t->direct ? NO_ENTRY : bsp);
	}
}

/* Returns whether the step has an @n-th allocation, @err is what became of it. */
static bool fail_step(struct tiny_vm *t, step_fn step, unsigned int n, int wanted, int *err)
{
	fail_nth_allocation(n);
	*err = step(t);
	return judge_step(*err, wanted);
}

/*
 * Once KVM has had a VMSA of its own measured, there is no second LAUNCH_FINISH.
 * Returns whether the step has succeeded.
 */
static bool repeat(struct tiny_vm *t, step_fn step)
{
	int err = step(t);

	if (t->direct)
		TEST_ASSERT_EQ(err, 0);
	else
		assert_errno("Second LAUNCH_FINISH", err, 0, EINVAL);
	return !err;
}

static bool fail(const struct victim *victim, unsigned int n)
{
	bool direct = victim->launch == direct_launch, failed = false;
	struct tiny_vm *t = tiny_vm_create(direct ? TINY_DIRECT : 0);
	enum outcome outcome = NO_ENTRY;
	const step_fn *step;
	int err;

	tiny_vm_add_vcpus(t, direct ? 1 : NR_VCPUS);
	for (step = victim->launch; *step; step++) {
		if (*step != victim->step) {
			err = (*step)(t);
			TEST_ASSERT_EQ(err, 0);
		} else {
			failed |= fail_step(t, *step, n, victim->err, &err);
		}
		if (err)
			assert_outcomes(t, outcome);
		if ((!err || repeat(t, *step)) && *step == tiny_vm_try_finish)
			outcome = RAN;
	}
	assert_outcomes(t, outcome);
	tiny_vm_free(t);
	return failed;
}

/* Populating guest_memfd fails with EIO whatever the reason. */
const struct victim snp_victims[] = {
	{ "LAUNCH_UPDATE of normal pages", fail, direct_launch, tiny_vm_update_image, EIO },
	{ "LAUNCH_UPDATE of a VMSA", fail, direct_launch, tiny_vm_update_vmsa, EIO },
	{ "LAUNCH_FINISH with an ID block", fail, direct_launch, finish_unsigned, ENOMEM },
	{ "LAUNCH_FINISH in direct mode", fail, direct_launch, tiny_vm_try_finish, ENOMEM },
	{ "LAUNCH_FINISH in KVM mode", fail, kvm_launch, tiny_vm_try_finish, ENOMEM, 1 },
	{ "KVM_CREATE_VCPU", fail, direct_launch, create_vcpu, ENOMEM },
	{ }
};
