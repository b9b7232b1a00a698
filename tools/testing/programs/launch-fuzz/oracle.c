// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SNP VM has gone through, as far as its calls have succeeded, and which of them
 * cannot have.  Only success is judged: a call may always fail.  Nor are sequences with
 * two threads, since nobody knows in which order theirs were.
 */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define MAX_IDS		64

struct state {
	uint64_t type, boot_id;
	uint64_t ids;			/* of vCPUs that were created, as bits */
	bool has_init, started, vmsa, finished, direct, bsp_tried;
};

/* More than one VM can have been in one place, and vCPUs outlive its file. */
static struct state states[MAX_CALLS + 1], *vm_states[MAX_VMS];
static int nr_states;

static struct vcpu_state {
	struct state *vm;
	uint64_t id;
	bool protected;
} vcpu_states[MAX_VMS][MAX_VCPUS];

static const char *verdict;
static bool judging;

void oracle_begin(const struct sequence *seq)
{
	verdict = NULL;
	judging = true;
	for (int i = 0; i < seq->nr; i++)
		judging &= !seq->calls[i].beside;
	memset(states, 0, sizeof(states));
	memset(vcpu_states, 0, sizeof(vcpu_states));
	nr_states = 1;
	for (int i = 0; i < MAX_VMS; i++)
		vm_states[i] = states;
}

const char *oracle_verdict(void)
{
	return judging ? verdict : NULL;
}

static void deny(bool wrong, const char *what)
{
	if (wrong && !verdict)
		verdict = what;
}

static bool is(const struct call *call, const char *name)
{
	return !strcmp(call->op->name, name);
}

static struct state *vm_state(const struct call *call)
{
	return vm_states[call->args[0] % MAX_VMS];
}

static struct vcpu_state *vcpu_state(const struct call *call)
{
	return &vcpu_states[call->args[0] % MAX_VMS][call->args[1] % MAX_VCPUS];
}

static void see_create_vm(const struct call *call)
{
	struct state *s = &states[nr_states++];

	s->type = call->args[1];
	vm_states[call->args[0] % MAX_VMS] = s;
}

static void see_vcpu(const struct call *call)
{
	struct state *s = vm_state(call);

	*vcpu_state(call) = (struct vcpu_state){ .vm = s, .id = call->args[2] };
	if (call->args[2] < MAX_IDS)
		s->ids |= 1ull << call->args[2];
}

/* As an argument, a number is as wide as KVM's field for it, here and elsewhere. */
static void see_update(struct state *s, const struct call *call)
{
	deny(!s->started, "LAUNCH_UPDATE before LAUNCH_START");
	deny(s->finished, "LAUNCH_UPDATE after LAUNCH_FINISH");
	if ((__u8)call->args[5] != KVM_SEV_SNP_PAGE_TYPE_VMSA)
		return;
	deny(s->vmsa, "a second VMSA");
	deny(call->args[4] != PAGE, "a VMSA that is not of one page");
	deny(!(call->args[2] % 512), "a VMSA at a multiple of 2M");
	s->vmsa = true;
}

static void see_finish(struct state *s, const struct call *call)
{
	deny(!s->started, "LAUNCH_FINISH before LAUNCH_START");
	deny(s->finished, "a second LAUNCH_FINISH");
	deny((__u16)call->args[7], "LAUNCH_FINISH with flags");
	deny(s->vmsa && s->boot_id < MAX_IDS && !(s->ids & 1ull << s->boot_id),
	     "LAUNCH_FINISH with a VMSA and without the boot processor");
	s->finished = true;
	s->direct = s->vmsa;
	for (struct vcpu_state *v = vcpu_states[0]; v < vcpu_states[MAX_VMS]; v++)
		v->protected |= v->vm == s;
	count_launch(s->direct ? OF_DIRECT : OF_KVM);
}

static void see_snp(const struct call *call)
{
	struct state *s = vm_state(call);

	if (is(call, "snp_start")) {
		deny(!s->has_init, "LAUNCH_START before INIT2");
		deny(s->started, "a second LAUNCH_START");
		s->started = true;
	} else if (is(call, "snp_update")) {
		see_update(s, call);
	} else if (is(call, "snp_finish")) {
		see_finish(s, call);
	}
}

/* The guest has had its say, or is about to. */
static bool has_entered(const struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_SYSTEM_EVENT:
	case KVM_EXIT_HYPERCALL:
	case KVM_EXIT_SHUTDOWN:
	case KVM_EXIT_IO:
	case KVM_EXIT_MMIO:
	case KVM_EXIT_MEMORY_FAULT:
		return true;
	default:
		return false;
	}
}

static void count_end(const struct state *s, const struct kvm_run *run)
{
	if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT ||
	    run->system_event.type != KVM_SYSTEM_EVENT_SEV_TERM)
		return;
	if (s->type == KVM_X86_SNP_VM)
		count_run(s->direct ? OF_DIRECT : OF_KVM);
	else if (s->type == KVM_X86_SEV_ES_VM)
		count_run(OF_SEV_ES);
}

static void see_run(const struct call *call, int result)
{
	const struct kvm_run *run = vcpu_of(call->args[0], call->args[1])->run;
	struct state *s = vcpu_state(call)->vm;
	bool is_bsp;

	if (!s || !run)
		return;
	is_bsp = vcpu_state(call)->id == s->boot_id;
	if (!result) {
		count_end(s, run);
		if (s->type == KVM_X86_SNP_VM && has_entered(run)) {
			deny(!s->finished, "a guest that runs before LAUNCH_FINISH");
			deny(s->direct && !is_bsp && !s->bsp_tried, "a processor without VMSA that runs");
		}
	}
	s->bsp_tried |= is_bsp;
}

static bool needs_registers(const struct call *call)
{
	return is(call, "get_regs") || is(call, "set_regs") || is(call, "get_sregs") ||
	       is(call, "set_sregs") || is(call, "debugregs");
}

static void see_vcpu_ioctl(const struct call *call)
{
	deny(needs_registers(call) && vcpu_state(call)->protected, "access to protected registers");
}

/* The commands of other VMs */
static void see_command(const struct call *call)
{
	struct state *s = vm_state(call);

	if (is(call, "init2")) {
		deny(s->has_init, "a second INIT2");
		s->has_init = true;
		return;
	}
	deny(s->type == KVM_X86_SNP_VM && s->has_init && !is(call, "certs") && !is(call, "apic_ids") &&
	     !is(call, "raw") && !is(call, "dev"), "an SNP VM that takes a command of SEV");
	if (is(call, "finish"))
		count_launch(s->type == KVM_X86_SEV_ES_VM ? OF_SEV_ES : OF_SEV);
}

void oracle_see(const struct call *call, int result)
{
	if (is(call, "run"))
		see_run(call, result);
	if (result || is(call, "run"))
		return;
	if (is(call, "create_vm"))
		see_create_vm(call);
	else if (is(call, "boot_cpu"))
		vm_state(call)->boot_id = (__u32)call->args[1];
	else if (is(call, "vcpu"))
		see_vcpu(call);
	else if (!strncmp(call->op->name, "snp_", 4))
		see_snp(call);
	else if (op_is_command(call->op))
		see_command(call);
	else
		see_vcpu_ioctl(call);
}
