// SPDX-License-Identifier: GPL-2.0-only
/*
 * All vCPUs are in KVM_RUN again and again, from before the launch on.  None of
 * them gets into the guest before LAUNCH_FINISH, and those that have a VMSA do
 * afterwards.
 */
#include <unistd.h>

#include "races.h"

void launch_while_run(struct tiny_vm *t)
{
	struct runner r[NR_HAMMERS] = {};
	bool finishing = false;
	int i;

	tiny_vm_add_vcpus(t, NR_HAMMERS);
	for (i = 0; i < NR_HAMMERS; i++)
		runner_start(&r[i], 1 + i, t, i, i && t->direct ? NO_ENTRY : RAN | NO_ENTRY,
			     &finishing);

	race_jitter(1000);
	tiny_vm_update_all(t);
	race_jitter(1000);
	if (t->direct)
		tiny_vm_assert_digest(t);

	WRITE_ONCE(finishing, true);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);

	/* Against vCPUs that run: nothing is left to be launched. */
	assert_errno("LAUNCH_UPDATE after LAUNCH_FINISH", tiny_vm_update_spare(t), EINVAL);
	assert_errno("LAUNCH_FINISH again", tiny_vm_try_finish(t), t->direct ? EIO : EINVAL);

	for (i = 0; i < NR_HAMMERS; i++) {
		while (!(i && t->direct) && !READ_ONCE(r[i].ran))
			usleep(100);
	}
	for (i = 0; i < NR_HAMMERS; i++) {
		hammer_stop(&r[i].h);
		count(C_RAN, r[i].ran);
	}
}

static void play_round(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(nr & 1 ? 0 : TINY_DIRECT);

	launch_while_run(t);
	tiny_vm_free(t);
}

const struct race run_race = {
	.name = "run",
	.what = "LAUNCH_UPDATE and LAUNCH_FINISH against KVM_RUN",
	.round = play_round,
};
