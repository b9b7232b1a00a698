// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot processor creates and destroys APs without end, from LAUNCH_FINISH on,
 * while the APs are run, launch commands come too late, and the memslot with all
 * VMSAs is replaced.  That may cost the boot processor its own VMSA.
 */
#include <signal.h>
#include <unistd.h>

#include "races.h"
#include "slot.h"

#define ATTEMPTS	8
#define MIN_REQUESTS	16

static struct runner aps[NR_APS];

/*
 * LAUNCH_FINISH waits for all vCPUs to be out of KVM_RUN, also those that sleep
 * in there because they have been destroyed, and has the BSP wait in turn.
 */
static void kick_aps(struct hammer *h)
{
	int i;

	while (!hammer_stopped(h)) {
		usleep(2000);
		for (i = 0; i < NR_APS; i++)
			pthread_kill(aps[i].h.thread, SIGUSR1);
	}
}

static void attempt(struct tiny_vm *t)
{
	switch (race_random() % 4) {
	case 0:
		assert_errno("LAUNCH_UPDATE", tiny_vm_update_spare(t), EINVAL);
		break;
	case 1:
		assert_errno("LAUNCH_UPDATE of a VMSA", tiny_vm_update_vmsa(t), EBUSY);
		break;
	case 2:
		assert_errno("LAUNCH_FINISH", tiny_vm_try_finish(t), t->direct ? EIO : EINVAL);
		break;
	case 3:
		replace_vmsa_slot(t->vm);
		count(C_REPLACED, 1);
		break;
	}
	race_jitter(2000);
}

static unsigned long nr_requests(struct tiny_vm *t)
{
	return READ_ONCE(t->shared->created) + READ_ONCE(t->shared->destroyed);
}

static void start_aps(struct tiny_vm *t)
{
	int i;

	for (i = 0; i < NR_APS; i++)
		runner_start(&aps[i], 2 + i, t, 1 + i, RAN | NO_ENTRY | WAITS, NULL);
	/* Until then the guest makes its pages VMSAs, and gives up if it can't. */
	while (!nr_requests(t))
		usleep(100);
}

static void play_round(unsigned int nr)
{
	unsigned int options = TINY_IRQCHIP | TINY_STORM | (nr & 1 ? 0 : TINY_DIRECT);
	struct tiny_vm *t = tiny_vm_create(options);
	struct runner bsp = {};
	bool finishing = false;
	unsigned long refused;
	struct hammer kicker;
	int i;

	tiny_vm_add_vcpus(t, 1 + NR_APS);
	tiny_vm_update_all(t);
	runner_start(&bsp, 1, t, 0, RAN | NO_ENTRY, &finishing);
	WRITE_ONCE(finishing, true);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
	start_aps(t);
	hammer_start(&kicker, 0, t, kick_aps);

	/* It has run, i.e. it's only refused if its VMSA went with the slot. */
	refused = READ_ONCE(bsp.refused);
	for (i = 0; i < ATTEMPTS || nr_requests(t) < MIN_REQUESTS; i++) {
		attempt(t);
		if (READ_ONCE(bsp.refused) != refused)
			break;
	}
	count(C_LOST, bsp.refused != refused);

	t->shared->stop = true;
	hammer_stop(&bsp.h);
	hammer_stop(&kicker);
	for (i = 0; i < NR_APS; i++) {
		hammer_stop(&aps[i].h);
		count(C_AP_RAN, aps[i].ran);
	}
	count(C_CREATED, t->shared->created);
	count(C_DESTROYED, t->shared->destroyed);
	tiny_vm_free(t);
}

const struct race aps_race = {
	.name = "aps",
	.what = "LAUNCH_UPDATE, LAUNCH_FINISH and memslot deletion against AP Creation",
	.round = play_round,
};
