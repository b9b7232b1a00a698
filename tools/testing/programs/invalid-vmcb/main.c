// SPDX-License-Identifier: GPL-2.0-only
/*
 * invalid-vmcb: enter a guest without SEV whose VMCB VMRUN refuses: CS.L and CS.D
 * are both set in long mode (APM volume 2, 15.5.1), which KVM leaves to VMRUN.
 *
 * usage: invalid-vmcb
 *
 * Passes if KVM reports the failed entry.  What it logs is for the caller to read.
 */
#include "kvm_util.h"
#include "processor.h"
#include "svm.h"

static void guest_code(void)
{
	GUEST_FAIL("VMRUN accepts CS.L with CS.D");
}

int main(void)
{
	struct kvm_sregs sregs;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;

	vm = vm_create_with_one_vcpu(&vcpu, guest_code);
	vcpu_sregs_get(vcpu, &sregs);
	sregs.cs.db = 1;
	vcpu_sregs_set(vcpu, &sregs);

	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_FAIL_ENTRY);
	TEST_ASSERT_EQ(vcpu->run->fail_entry.hardware_entry_failure_reason, (u64)-1);

	kvm_vm_free(vm);
	return 0;
}
