// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs are created while the VM is launched.  LAUNCH_FINISH waits for one that is
 * half way, and protects all that exist when it succeeds.
 */
#include "races.h"

#define NR_VCPUS	12

static struct {
	int attempts;			/* at LAUNCH_FINISH */
	bool finished;
	int created[NR_VCPUS];		/* before which attempt, */
	bool late[NR_VCPUS];		/* or after the last one */
} now;

static void create_vcpus(struct hammer *h)
{
	int id;

	/* The boot processor is among them. */
	for (id = h->cpu - 1; id < NR_VCPUS; id += NR_HAMMERS) {
		hammer_jitter(h, 2000);
		now.late[id] = READ_ONCE(now.finished);
		TEST_ASSERT_EQ(tiny_vm_create_vcpu(h->t, id), 0);
		WRITE_ONCE(now.created[id], READ_ONCE(now.attempts));
	}
}

/* Returns the number of the attempt that succeeded. */
static int finish(struct tiny_vm *t)
{
	bool have_bsp;
	int err;

	do {
		have_bsp = tiny_vm_has_vcpu(t, 0);
		WRITE_ONCE(now.attempts, now.attempts + 1);
		err = tiny_vm_try_finish(t);
		if (t->direct && !have_bsp)
			assert_errno("LAUNCH_FINISH without BSP", err, 0, EINVAL);
		else
			assert_errno("LAUNCH_FINISH", err, 0);
		count(C_REFUSED, !!err);
	} while (err);

	WRITE_ONCE(now.finished, true);
	return now.attempts;
}

static bool is_protected(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs;
	int r = __vcpu_ioctl(vcpu, KVM_GET_REGS, &regs);

	TEST_ASSERT(!r || errno == EINVAL, "KVM_GET_REGS: %s", strerror(errno));
	return r;
}

static void assert_vcpu(struct tiny_vm *t, int id, int attempt)
{
	bool protected = is_protected(&t->vcpus[id]);

	if (now.created[id] < attempt)
		TEST_ASSERT(protected, "vCPU %d was there and is not protected", id);
	if (now.late[id])
		TEST_ASSERT(!protected, "vCPU %d came later and is protected", id);
	count(protected ? C_PROTECTED : C_LATE, 1);

	/* In KVM mode they would run whatever they find at the reset vector. */
	if (t->direct) {
		tiny_vm_init_vcpu(t, id);
		assert_outcome(tiny_vcpu_run(&t->vcpus[id]), id ? NO_ENTRY : RAN);
	}
}

static void play_round(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(nr & 1 ? 0 : TINY_DIRECT);
	struct hammer h[NR_HAMMERS];
	int i, attempt;

	memset(&now, 0, sizeof(now));
	for (i = 0; i < NR_HAMMERS; i++)
		hammer_start(&h[i], 1 + i, t, create_vcpus);

	tiny_vm_update_all(t);
	attempt = finish(t);

	for (i = 0; i < NR_HAMMERS; i++)
		hammer_join(&h[i]);
	for (i = 0; i < NR_VCPUS; i++)
		assert_vcpu(t, i, attempt);
	tiny_vm_free(t);
}

const struct race vcpus_race = {
	.name = "vcpus",
	.what = "LAUNCH_UPDATE and LAUNCH_FINISH against KVM_CREATE_VCPU",
	.round = play_round,
};
