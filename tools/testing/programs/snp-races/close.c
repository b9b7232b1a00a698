// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM's files are closed, or its process is killed, while the VM is launched
 * and its vCPUs are run.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "races.h"

static struct {
	bool closing;
	int dev_null;
} now;

static int (*const steps[])(struct tiny_vm *t) = {
	tiny_vm_start, tiny_vm_update_image, tiny_vm_update_ap_vmsas, tiny_vm_update_vmsa,
	tiny_vm_try_finish,
};

static void launch(struct hammer *h)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i](h->t);
		if (!err)
			continue;

		/* No VM, no guest_memfd behind the memslot, or no file in it. */
		assert_errno("Launch of a VM that is closed", err, ENOTTY, EINVAL, EIO);
		TEST_ASSERT(READ_ONCE(now.closing), "Step %d failed: %s", i, strerror(err));
		count(C_CLOSED_EARLY, 1);
		return;
	}
	count(C_FINISHED, 1);
}

static void run(struct hammer *h)
{
	struct kvm_vcpu *vcpu = &h->t->vcpus[h->cpu - 2];
	u32 reason;
	int r;

	while (!hammer_stopped(h)) {
		r = __vcpu_run(vcpu) ? errno : 0;
		/* It's gone some time after the flag is set. */
		reason = READ_ONCE(vcpu->run->exit_reason);
		if (READ_ONCE(now.closing)) {
			assert_errno("KVM_RUN of a VM that is closed", r, 0, EINTR, ENOTTY, EFAULT);
			continue;
		}
		TEST_ASSERT(!r && (reason == KVM_EXIT_FAIL_ENTRY || reason == KVM_EXIT_HYPERCALL),
			    "vCPU %u: errno %d, %s", vcpu->id, r, exit_reason_str(reason));
	}
}

/* Whoever uses the number, now or later, finds another file behind it. */
static void close_file(int fd)
{
	TEST_ASSERT(dup2(now.dev_null, fd) == fd, "dup2(): %s", strerror(errno));
}

static void close_vcpu(struct kvm_vcpu *vcpu)
{
	int size = ioctl(vcpu->vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

	close_file(vcpu->fd);
	TEST_ASSERT(mmap(vcpu->run, size, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE |
		    MAP_ANONYMOUS, -1, 0) == vcpu->run, "mmap(): %s", strerror(errno));
}

static void close_part(struct tiny_vm *t, int i)
{
	switch (i) {
	case 0:
		close_file(t->vm->fd);
		break;
	case 1:
	case 2:
		close_vcpu(&t->vcpus[i - 1]);
		break;
	case 3:
		close_file(t->vm->stats.fd);
		break;
	case 4:
		close_file(memslot2region(t->vm, 0)->region.guest_memfd);
		break;
	case 5:
		close_file(memslot2region(t->vm, TINY_VMSA_SLOT)->region.guest_memfd);
		break;
	}
}

#define NR_PARTS	6

static void round_close(unsigned int nr)
{
	struct tiny_vm *t = tiny_vm_create(TINY_DIRECT);
	struct hammer h[NR_HAMMERS];
	int i, first = race_random();

	now.closing = false;
	if (!now.dev_null)
		now.dev_null = open_path_or_exit("/dev/null", O_RDWR);

	tiny_vm_add_vcpus(t, 2);
	hammer_start(&h[0], 1, t, launch);
	hammer_start(&h[1], 2, t, run);
	hammer_start(&h[2], 3, t, run);

	race_jitter(40000);
	WRITE_ONCE(now.closing, true);
	for (i = 0; i < NR_PARTS; i++) {
		close_part(t, (first + i) % NR_PARTS);
		race_jitter(500);
	}

	hammer_join(&h[0]);
	hammer_stop(&h[1]);
	hammer_stop(&h[2]);
	tiny_vm_free(t);
}

const struct race close_race = {
	.name = "close",
	.what = "LAUNCH_UPDATE, LAUNCH_FINISH and KVM_RUN against closing the VM",
	.round = round_close,
};

static void launch_until_killed(unsigned int nr, int ready)
{
	struct tiny_vm *t = tiny_vm_create(nr & 1 ? 0 : TINY_DIRECT);

	TEST_ASSERT_EQ(write(ready, "", 1), 1);
	launch_while_run(t);
	pause();
}

/*
 * Not before there is a VM: Linux 7.3 warns when KVM_CREATE_VM is interrupted, as
 * it asks for the type of a VM without the lock that lockdep wants.
 */
static void round_kill(unsigned int nr)
{
	int status, ready[2];
	pid_t child;
	char byte;

	TEST_ASSERT(!pipe(ready), "pipe()");
	child = fork();
	TEST_ASSERT(child >= 0, "fork()");
	if (!child)
		launch_until_killed(nr, ready[1]);

	kvm_close(ready[1]);
	TEST_ASSERT(read(ready[0], &byte, 1) == 1, "The child has no VM");
	kvm_close(ready[0]);
	usleep(race_random() % 50000);
	kill(child, SIGKILL);
	TEST_ASSERT(waitpid(child, &status, 0) == child, "waitpid()");
	TEST_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		    "The child ended by itself, status %#x", status);
}

const struct race kill_race = {
	.name = "kill",
	.what = "LAUNCH_UPDATE, LAUNCH_FINISH and KVM_RUN against the end of the process",
	.round = round_kill,
};
