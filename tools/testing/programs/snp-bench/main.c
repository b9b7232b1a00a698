// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-bench: what KVM's ioctls and exits cost, in instructions.
 *
 * usage: snp-bench                     single operations
 *        snp-bench MODE VCPUS          a launch; MODE is kvm or direct
 *
 * For the exact profile with one CPU, where the TSC counts all instructions that the
 * machine executes, be it for the program, the kernel or the guest, at one each.
 * Prints lines of the form "cost NAME INSTRUCTIONS": the least of several attempts,
 * as a timer interrupt may fall into any of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny-vm.h"

#define ATTEMPTS	8

struct cost {
	u64 begun;
	u64 least;
};

static void begin(struct cost *cost)
{
	cost->begun = rdtsc();
}

static void end(struct cost *cost)
{
	u64 took = rdtsc() - cost->begun;

	if (!cost->least || took < cost->least)
		cost->least = took;
}

static void print_cost(const char *name, struct cost *cost, int divisor)
{
	printf("cost %s %lu\n", name, cost->least / divisor);
}

static void create_vcpus(const char *name, unsigned long type)
{
	struct kvm_vm *vm = vm_create_barebones_type(type);
	struct cost cost = {};
	int fds[ATTEMPTS], i;

	if (type == KVM_X86_SNP_VM)
		snp_vm_init(vm);
	else if (type == KVM_X86_SEV_ES_VM)
		sev_es_vm_init(vm);

	for (i = 0; i < ATTEMPTS; i++) {
		begin(&cost);
		fds[i] = __vm_ioctl(vm, KVM_CREATE_VCPU, (void *)(unsigned long)i);
		end(&cost);
		TEST_ASSERT(fds[i] >= 0, "KVM_CREATE_VCPU: %s", strerror(errno));
	}
	print_cost(name, &cost, 1);

	for (i = 0; i < ATTEMPTS; i++)
		kvm_close(fds[i]);
	if (type != KVM_X86_DEFAULT_VM)
		kvm_close(vm->arch.sev_fd);
	kvm_vm_free(vm);
}

/* Of a guest in KVM mode, which every kernel has. */
static void run_steps(void)
{
	struct tiny_vm *t = tiny_vm_create(TINY_STEPS | TINY_IRQCHIP);
	struct cost costs[NR_STEPS] = {};
	int i, step;

	tiny_vm_add_vcpus(t, 2);
	tiny_vm_update_all(t);
	TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);

	assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
	for (i = 0; i < ATTEMPTS; i++) {
		for (step = 0; step < NR_STEPS; step++) {
			begin(&costs[step]);
			assert_outcome(tiny_vcpu_run(&t->vcpus[0]), RAN);
			end(&costs[step]);
		}
	}
	print_cost("kvm_run", &costs[STEP_EXIT], 1);
	print_cost("vmgexit", &costs[STEP_VMGEXIT], VMGEXITS_PER_STEP);
	print_cost("ap_create", &costs[STEP_AP_CREATE], APS_PER_STEP);
	tiny_vm_free(t);
}

static void set_debug(struct tiny_vm *t, __u32 control)
{
	struct kvm_guest_debug debug = { .control = control };

	vcpu_guest_debug_set(&t->vcpus[0], &debug);
}

/*
 * LAUNCH_FINISH of direct mode refuses a VM with a vCPU that is being debugged, once
 * it has locked all of them: with the first debugged, locking is nearly all it does.
 */
static void lock_vcpus(struct tiny_vm *t, struct cost *locks)
{
	int ret;

	set_debug(t, KVM_GUESTDBG_ENABLE);
	begin(locks);
	ret = tiny_vm_try_finish(t);
	end(locks);
	TEST_ASSERT_EQ(ret, EINVAL);
	set_debug(t, 0);
}

static void launch(bool direct, int vcpus)
{
	struct cost create = {}, update = {}, locks = {}, finish = {}, teardown = {};
	int i;

	for (i = 0; i < ATTEMPTS / 2; i++) {
		struct tiny_vm *t = tiny_vm_create(direct ? TINY_DIRECT : 0);

		begin(&create);
		tiny_vm_add_vcpus(t, vcpus);
		end(&create);

		TEST_ASSERT_EQ(tiny_vm_start(t), 0);
		begin(&update);
		TEST_ASSERT_EQ(tiny_vm_update_image(t), 0);
		end(&update);
		if (direct) {
			TEST_ASSERT_EQ(tiny_vm_update_vmsa(t), 0);
			lock_vcpus(t, &locks);
		}

		begin(&finish);
		TEST_ASSERT_EQ(tiny_vm_try_finish(t), 0);
		end(&finish);

		begin(&teardown);
		tiny_vm_free(t);
		end(&teardown);
	}
	print_cost("create_all", &create, 1);
	print_cost("update_page", &update, NR_IMAGE_PAGES);
	if (direct)
		print_cost("locks", &locks, 1);
	print_cost("finish", &finish, 1);
	print_cost("teardown", &teardown, 1);
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		int vcpus = atoi(argv[2]);

		TEST_ASSERT(vcpus > 0 && vcpus <= TINY_MAX_VCPUS, "VCPUS: 1 to %d", TINY_MAX_VCPUS);
		TEST_ASSERT(!strcmp(argv[1], "kvm") || !strcmp(argv[1], "direct"), "MODE: kvm or direct");
		launch(!strcmp(argv[1], "direct"), vcpus);
		return 0;
	}

	TEST_ASSERT(argc == 1, "usage: snp-bench [kvm|direct VCPUS]");
	create_vcpus("create_vcpu_plain", KVM_X86_DEFAULT_VM);
	create_vcpus("create_vcpu_sev_es", KVM_X86_SEV_ES_VM);
	create_vcpus("create_vcpu_snp", KVM_X86_SNP_VM);
	run_steps();
	return 0;
}
