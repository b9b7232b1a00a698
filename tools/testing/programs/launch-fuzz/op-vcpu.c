// SPDX-License-Identifier: GPL-2.0-only
/* vCPUs, what userspace asks of them, and running them for a while. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

#define MAX_CPUID	128
#define SHORT_US	200
#define LONG_US		20000
#define AGAIN_US	2000	/* a signal that comes too early is lost */

static struct {
	struct kvm_cpuid2 head;
	struct kvm_cpuid_entry2 entries[MAX_CPUID];
} cpuid = { .head.nent = MAX_CPUID };

static int op_vcpu(const uint64_t *a)
{
	struct vcpu *vcpu = vcpu_of(a[0], a[1]);
	int fd = ioctl(vm_of(a[0]), KVM_CREATE_VCPU, a[2]);
	void *run;

	if (fd < 0)
		return errno;
	run = mmap(NULL, world.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (run != MAP_FAILED) {
		world_forget_later(run);
		vcpu->run = run;
	}
	return put_file(&vcpu->fd, fd);
}

static int op_close_vcpu(const uint64_t *a)
{
	return close_place(&vcpu_of(a[0], a[1])->fd);
}

static int vcpu_ioctl(const uint64_t *a, unsigned long request, void *arg)
{
	return call_ioctl(vcpu_of(a[0], a[1])->fd, request, arg);
}

static int op_cpuid(const uint64_t *a)
{
	if (cpuid.head.nent == MAX_CPUID && ioctl(world.kvm, KVM_GET_SUPPORTED_CPUID, &cpuid))
		return errno;
	return vcpu_ioctl(a, KVM_SET_CPUID2, &cpuid);
}

static int op_get_regs(const uint64_t *a)
{
	struct kvm_regs regs;

	return vcpu_ioctl(a, KVM_GET_REGS, &regs);
}

static int op_set_regs(const uint64_t *a)
{
	struct kvm_regs regs = { .rip = a[2], .rflags = a[3], .rax = a[2], .rsp = a[2] };

	return vcpu_ioctl(a, KVM_SET_REGS, &regs);
}

static int op_get_sregs(const uint64_t *a)
{
	struct kvm_sregs sregs;

	return vcpu_ioctl(a, KVM_GET_SREGS, &sregs);
}

static int op_set_sregs(const uint64_t *a)
{
	struct kvm_sregs sregs = { };

	vcpu_ioctl(a, KVM_GET_SREGS, &sregs);
	sregs.cr0 ^= a[2];
	sregs.cr4 ^= a[3];
	sregs.efer ^= a[4];
	return vcpu_ioctl(a, KVM_SET_SREGS, &sregs);
}

static int op_guest_debug(const uint64_t *a)
{
	struct kvm_guest_debug debug = { .control = a[2], .arch.debugreg[7] = a[3] };

	return vcpu_ioctl(a, KVM_SET_GUEST_DEBUG, &debug);
}

static int op_mp_state(const uint64_t *a)
{
	struct kvm_mp_state state = { .mp_state = a[2] };

	return vcpu_ioctl(a, KVM_SET_MP_STATE, &state);
}

/* These two return how many they got or set. */
static int msr_ioctl(const uint64_t *a, unsigned long request, uint64_t value)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = { .head.nmsrs = 1, .entry = { .index = a[2], .data = value } };
	int nr = ioctl(vcpu_of(a[0], a[1])->fd, request, &msrs);

	return nr < 0 ? errno : nr ? 0 : ENOENT;
}

static int op_get_msr(const uint64_t *a)
{
	return msr_ioctl(a, KVM_GET_MSRS, 0);
}

static int op_set_msr(const uint64_t *a)
{
	return msr_ioctl(a, KVM_SET_MSRS, a[3]);
}

static int op_get_xsave(const uint64_t *a)
{
	struct kvm_xsave xsave;

	return vcpu_ioctl(a, KVM_GET_XSAVE, &xsave);
}

static int op_set_events(const uint64_t *a)
{
	struct kvm_vcpu_events events = { };
	int error = vcpu_ioctl(a, KVM_GET_VCPU_EVENTS, &events);

	if (error)
		return error;
	events.exception.injected = a[2];
	events.exception.nr = a[3];
	events.nmi.pending = a[4];
	return vcpu_ioctl(a, KVM_SET_VCPU_EVENTS, &events);
}

static int op_debugregs(const uint64_t *a)
{
	struct kvm_debugregs regs = { .db = { a[2] }, .dr6 = 0xffff0ff0, .dr7 = a[3] };

	return vcpu_ioctl(a, KVM_SET_DEBUGREGS, &regs);
}

static int op_nmi(const uint64_t *a)
{
	return vcpu_ioctl(a, KVM_NMI, NULL);
}

static void ignore(int signal __attribute__((unused)))
{
}

/* A timer that sends this thread signals; each thread has its own. */
static timer_t timer_of_thread(void)
{
	static __thread timer_t timer;
	static __thread bool made;
	struct sigaction action = { .sa_handler = ignore };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
		._sigev_un._tid = gettid(),
	};

	if (!made && (sigaction(SIGALRM, &action, NULL) ||
		      timer_create(CLOCK_MONOTONIC, &event, &timer))) {
		perror("timer_create");
		exit(2);
	}
	made = true;
	return timer;
}

static void set_timer(unsigned int us)
{
	struct itimerspec when = {
		.it_value.tv_nsec = us * 1000l,
		.it_interval.tv_nsec = us ? AGAIN_US * 1000l : 0,
	};

	timer_settime(timer_of_thread(), 0, &when, NULL);
}

static int op_run(const uint64_t *a)
{
	struct vcpu *vcpu = vcpu_of(a[0], a[1]);
	int error;

	if (!vcpu->run)
		return ENXIO;
	vcpu->run->immediate_exit = a[2] == RUN_NOT;
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	set_timer(a[2] == RUN_LONG ? LONG_US : SHORT_US);
	error = call_ioctl(vcpu->fd, KVM_RUN, NULL);
	set_timer(0);
	return error;
}

const struct op vcpu_ops[] = {
	{ "vcpu", op_vcpu, { { "vm", &vms }, { "vcpu", &vcpus }, { "id", &vcpu_ids } } },
	{ "close_vcpu", op_close_vcpu, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "cpuid", op_cpuid, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "get_regs", op_get_regs, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "set_regs", op_set_regs, { { "vm", &vms }, { "vcpu", &vcpus }, { "rip", &registers },
				     { "rflags", &registers } } },
	{ "get_sregs", op_get_sregs, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "set_sregs", op_set_sregs, { { "vm", &vms }, { "vcpu", &vcpus }, { "cr0", &registers },
				       { "cr4", &registers }, { "efer", &registers } } },
	{ "guest_debug", op_guest_debug, { { "vm", &vms }, { "vcpu", &vcpus },
					   { "control", &debug_controls }, { "dr7", &registers } } },
	{ "mp_state", op_mp_state, { { "vm", &vms }, { "vcpu", &vcpus }, { "state", &mp_states } } },
	{ "get_msr", op_get_msr, { { "vm", &vms }, { "vcpu", &vcpus }, { "msr", &msrs } } },
	{ "set_msr", op_set_msr, { { "vm", &vms }, { "vcpu", &vcpus }, { "msr", &msrs },
				   { "value", &msr_values } } },
	{ "get_xsave", op_get_xsave, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "set_events", op_set_events, { { "vm", &vms }, { "vcpu", &vcpus },
					 { "injected", &switches }, { "vector", &registers },
					 { "nmi", &switches } } },
	{ "debugregs", op_debugregs, { { "vm", &vms }, { "vcpu", &vcpus }, { "dr0", &registers },
				       { "dr7", &registers } } },
	{ "nmi", op_nmi, { { "vm", &vms }, { "vcpu", &vcpus } } },
	{ "run", op_run, { { "vm", &vms }, { "vcpu", &vcpus }, { "time", &run_times } } },
	{ }
};
