// SPDX-License-Identifier: GPL-2.0-only
/*
 * The launch of an SNP VM.  When an allocation of a step has failed, no vCPU gets
 * into the guest, and the step can be taken again, after which the VM is as if
 * nothing had happened.
 */
#include "failslab.h"
#include "digest.h"

#define NR_VCPUS	2

static void assert_no_entry(struct tiny_vm *t)
{
	int id;

	for (id = 0; id < NR_VCPUS; id++) {
		if (tiny_vm_has_vcpu(t, id))
			assert_outcome(tiny_vcpu_run(&t->vcpus[id]), NO_ENTRY);
	}
}

static void assert_runs(struct tiny_vm *t)
{
	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	assert_outcome(tiny_vcpu_run(&t->vcpus[1]), t->direct ? NO_ENTRY : RAN);
}

/* Returns false if there is no @n-th allocation in the step, which succeeds then. */
static bool fail_step(struct tiny_vm *t, int (*step)(struct tiny_vm *t), unsigned int n,
		      int wanted, int *err)
{
	bool failed;

	fail_nth_allocation(n);
	*err = step(t);
	failed = allocation_failed();

	TEST_ASSERT(failed || !*err, "Without a failing allocation: %s", strerror(*err));
	assert_errno("With a failing allocation", *err, 0, wanted);
	nr_survived += failed && !*err;
	return failed;
}

static int update_page(struct tiny_vm *t)
{
	return tiny_vm_update_image(t);
}

static struct tiny_vm *create(unsigned int options)
{
	struct tiny_vm *t = tiny_vm_create(options);

	tiny_vm_add_vcpus(t, NR_VCPUS);
	return t;
}

/* Populating guest_memfd fails with EIO whatever the reason. */
static bool fail_update(unsigned int n)
{
	struct tiny_vm *t = create(TINY_DIRECT);
	bool failed;
	int err;

	TEST_ASSERT_EQ(tiny_vm_start(t), 0);
	failed = fail_step(t, update_page, n, EIO, &err);
	assert_no_entry(t);
	if (err)
		TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);

	TEST_ASSERT_EQ(tiny_vm_update_ap_vmsas(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_vmsa(t), 0);
	tiny_vm_assert_digest(t);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

static bool fail_update_vmsa(unsigned int n)
{
	struct tiny_vm *t = create(TINY_DIRECT);
	bool failed;
	int err;

	TEST_ASSERT_EQ(tiny_vm_start(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);
	TEST_ASSERT_EQ(tiny_vm_update_ap_vmsas(t), 0);
	failed = fail_step(t, tiny_vm_update_vmsa, n, EIO, &err);
	assert_no_entry(t);
	if (err)
		TEST_ASSERT_EQ(tiny_vm_update_vmsa(t), 0);

	tiny_vm_assert_digest(t);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

static bool fail_finish_direct(unsigned int n)
{
	struct tiny_vm *t = create(TINY_DIRECT);
	bool failed;
	int err;

	tiny_vm_update_all(t);
	failed = fail_step(t, tiny_vm_try_finish, n, ENOMEM, &err);
	if (err) {
		assert_no_entry(t);
		tiny_vm_assert_digest(t);
		TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	}
	assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

/* The firmware's opinion of an ID block that nobody signed is the success here. */
static int finish_unsigned(struct tiny_vm *t)
{
	u8 digest[SHA384_DIGEST_SIZE];
	u32 fw_error;
	int err;

	tiny_vm_get_digest(t, digest);
	err = tiny_vm_finish(t, digest, &fw_error);
	TEST_ASSERT(!fw_error || (err == EIO && fw_error != SEV_RET_BAD_MEASUREMENT),
		    "Unsigned ID block: errno %d, firmware error %#x", err, fw_error);
	return fw_error ? 0 : err;
}

static bool fail_finish_id_block(unsigned int n)
{
	struct tiny_vm *t = create(TINY_DIRECT);
	bool failed;
	int err;

	tiny_vm_update_all(t);
	failed = fail_step(t, finish_unsigned, n, ENOMEM, &err);
	assert_no_entry(t);
	tiny_vm_assert_digest(t);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

/* Once KVM has had a VMSA of its own measured, there is no second try. */
static bool fail_finish_kvm(unsigned int n)
{
	struct tiny_vm *t = create(0);
	bool failed;
	int err;

	tiny_vm_update_all(t);
	failed = fail_step(t, tiny_vm_try_finish, n, ENOMEM, &err);
	if (err) {
		assert_no_entry(t);
		err = tiny_vm_try_finish(t);
		assert_errno("Second LAUNCH_FINISH", err, 0, EINVAL);
	}
	if (err)
		assert_no_entry(t);
	else
		assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

static int create_second_vcpu(struct tiny_vm *t)
{
	return tiny_vm_create_vcpu(t, 1);
}

/* Before the launch is finished, or after that. */
static bool fail_vcpu_at(unsigned int n, bool late)
{
	struct tiny_vm *t = tiny_vm_create(TINY_DIRECT);
	bool failed;
	int err;

	tiny_vm_add_vcpus(t, 1);
	tiny_vm_update_all(t);
	if (late)
		TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	failed = fail_step(t, create_second_vcpu, n, ENOMEM, &err);
	if (err)
		TEST_ASSERT_EQ(tiny_vm_create_vcpu(t, 1), 0);
	tiny_vm_init_vcpu(t, 1);
	if (!late) {
		assert_no_entry(t);
		tiny_vm_assert_digest(t);
		TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	}
	assert_runs(t);
	tiny_vm_free(t);
	return failed;
}

static bool fail_vcpu(unsigned int n)
{
	bool failed = fail_vcpu_at(n, false);

	return fail_vcpu_at(n, true) || failed;
}

const struct victim update_victim = { "LAUNCH_UPDATE of normal pages", fail_update };
const struct victim update_vmsa_victim = { "LAUNCH_UPDATE of a VMSA", fail_update_vmsa };
const struct victim finish_direct_victim = { "LAUNCH_FINISH, direct mode", fail_finish_direct };
const struct victim finish_id_block_victim = { "LAUNCH_FINISH, ID block", fail_finish_id_block };
const struct victim finish_kvm_victim = { "LAUNCH_FINISH, KVM mode", fail_finish_kvm };
const struct victim vcpu_victim = { "KVM_CREATE_VCPU of SNP VMs", fail_vcpu };
