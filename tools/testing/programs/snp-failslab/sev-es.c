// SPDX-License-Identifier: GPL-2.0-only
/* SEV-ES's LAUNCH_UPDATE_VMSA, for a VM that has nothing but vCPUs. */
#include "failslab.h"

#define NR_VCPUS	2

static struct kvm_vm *create(struct kvm_vcpu *vcpus[])
{
	struct kvm_sev_launch_start start = { .policy = SEV_POLICY_NO_DBG | SEV_POLICY_ES };
	struct kvm_vm *vm = vm_create_barebones_type(KVM_X86_SEV_ES_VM);
	int i;

	sev_es_vm_init(vm);
	for (i = 0; i < NR_VCPUS; i++)
		vcpus[i] = __vm_vcpu_add(vm, i);
	vm_sev_ioctl(vm, KVM_SEV_LAUNCH_START, &start);
	return vm;
}

static int update_vmsa(struct kvm_vm *vm)
{
	u32 fw_error;

	return __vm_sev_ioctl_fw_error(vm, KVM_SEV_LAUNCH_UPDATE_VMSA, NULL, &fw_error) ? errno : 0;
}

static bool is_protected(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs;

	return __vcpu_ioctl(vcpu, KVM_GET_REGS, &regs);
}

/*
 * A vCPU whose VMSA the firmware has could run, in which case the second try is
 * refused; the others can't.
 */
static void assert_failed(struct kvm_vm *vm, struct kvm_vcpu *vcpus[])
{
	bool measured = is_protected(vcpus[0]);
	int i;

	for (i = 0; i < NR_VCPUS; i++) {
		if (!is_protected(vcpus[i]))
			sev_vcpu_run_fails_entry(vcpus[i]);
	}
	assert_errno("Second LAUNCH_UPDATE_VMSA", update_vmsa(vm), measured ? EINVAL : 0);
}

static bool fail_update_vmsa(const struct victim *victim, unsigned int n)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct kvm_vm *vm = create(vcpus);
	bool failed;
	int err;

	fail_nth_allocation(n);
	err = update_vmsa(vm);
	failed = judge_step(err, victim->err);
	if (err)
		assert_failed(vm, vcpus);
	kvm_vm_free(vm);
	return failed;
}

const struct victim sev_es_victims[] = {
	{
		.name = "LAUNCH_UPDATE_VMSA of SEV-ES VMs",
		.fail = fail_update_vmsa,
		.err = ENOMEM,
		.min_order = 1,
	},
	{ }
};

static void guest_code(void)
{
	wrmsr(MSR_AMD64_SEV_ES_GHCB, GHCB_MSR_TERM_REQ);
	vmgexit();
}

void sev_es_assert_sound(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = vm_sev_create_with_one_vcpu(KVM_X86_SEV_ES_VM, guest_code, &vcpu);

	vm_sev_launch(vm, SEV_POLICY_NO_DBG | SEV_POLICY_ES, NULL);
	sev_vcpu_run_to_termination(vcpu, GHCB_MSR_TERM_REQ);
	kvm_vm_free(vm);
}
