// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-certs: SNP guests ask for a report with certificates, which userspace supplies if
 * it has enabled that (KVM_SEV_SNP_ENABLE_REQ_CERTS).
 *
 * The request itself is empty but for its type, so the firmware, which has the last word,
 * refuses it: that it was asked at all says that KVM was content with the certificates.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <asm/svm.h>
#include <linux/sev-guest.h>

#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"
#include "svm_util.h"
#include "linux/psp-sev.h"
#include "sev.h"
#include "kvm_test_harness.h"

#define TIMEOUT_SECS	120
#define MSG_TYPE	0x34		/* in the header of a request */
#define MSG_REPORT_REQ	5
#define MSG_KEY_REQ	3
#define TABLE_END	24		/* bytes of zeros */
#define DATA_PAGES	2
#define MALFORMED_INPUT	2
#define INVALID_INPUT	5
#define VMM_ERR_GENERIC	0xffffffff	/* KVM's own */
#define DONE		0x600d
#define CERTIFICATE	0xce27

static unsigned char *ghcb, *request, *response, *data;
static u64 ghcb_gpa, request_gpa, response_gpa, data_gpa;

static u64 guest_reason(u64 value)
{
	return value << 12 | GHCB_MSR_TERM_REQ;
}

static void guest_terminate(u64 value)
{
	wrmsr(MSR_AMD64_SEV_ES_GHCB, guest_reason(value));
	vmgexit();
}

/* There is no console: a guest that finds a fault says in which line. */
#define guest_check(cond)							\
do {										\
	if (!(cond))								\
		guest_terminate(0xbad0000 | __LINE__);				\
} while (0)

/* Ask for a report, with data pages for certificates: what KVM and the firmware say */
static u64 guest_ask(u64 type, u64 gpa, u64 npages)
{
	guest_check(ghcb_register(ghcb_gpa));
	memset(request, 0, PAGE_SIZE);
	request[MSG_TYPE] = type;
	memset(data, 0xff, DATA_PAGES * PAGE_SIZE);
	memset(ghcb, 0, PAGE_SIZE);
	ghcb_set(ghcb, GHCB_RAX, gpa);
	ghcb_set(ghcb, GHCB_RBX, npages);
	ghcb_exit(ghcb, ghcb_gpa, SVM_VMGEXIT_EXT_GUEST_REQUEST, request_gpa, response_gpa);
	return ghcb_get(ghcb, GHCB_SW_EXIT_INFO_2);
}

/* What certificates there are, the firmware is asked. */
static void guest_served(u64 type, u64 npages, u64 first)
{
	guest_check(guest_ask(type, data_gpa, npages) == SNP_GUEST_ERR(0, SEV_RET_INVALID_PARAM));
	guest_check(*(u64 *)data == first);
	guest_check(data[TABLE_END] == 0xff);
	guest_terminate(DONE);
}

/* Userspace's answer arrives as an error of the VMM. */
static void guest_refused(u64 vmm_error, u64 npages)
{
	guest_check(guest_ask(MSG_REPORT_REQ, data_gpa, 1) == SNP_GUEST_ERR(vmm_error, 0));
	guest_check(!npages || ghcb_get(ghcb, GHCB_RBX) == npages);
	guest_terminate(DONE);
}

static void guest_malformed(u64 offset, u64 why)
{
	guest_check(guest_ask(MSG_REPORT_REQ, data_gpa + offset, 1) == why);
	guest_check((u32)ghcb_get(ghcb, GHCB_SW_EXIT_INFO_1) == MALFORMED_INPUT);
	guest_terminate(DONE);
}

static void guest_without_registers(void)
{
	guest_check(ghcb_register(ghcb_gpa));
	memset(request, 0, PAGE_SIZE);
	request[MSG_TYPE] = MSG_REPORT_REQ;
	memset(ghcb, 0, PAGE_SIZE);
	guest_check(!ghcb_exit(ghcb, ghcb_gpa, SVM_VMGEXIT_EXT_GUEST_REQUEST, request_gpa,
			       response_gpa));
	guest_check((u32)ghcb_get(ghcb, GHCB_SW_EXIT_INFO_1) == MALFORMED_INPUT);
	guest_terminate(DONE);
}

static unsigned char *shared(struct kvm_vm *vm, size_t pages, u64 *gpa)
{
	gva_t gva = vm_alloc_shared(vm, pages * PAGE_SIZE, KVM_UTIL_MIN_VADDR, MEM_REGION_TEST_DATA);

	*gpa = addr_gva2gpa(vm, gva);
	return (unsigned char *)gva;
}

static struct kvm_vm *create_vm(u32 type)
{
	const struct vm_shape shape = {
		.mode = VM_MODE_DEFAULT,
		.type = type,
	};

	return __vm_create(shape, 1, 0);
}

static struct kvm_vcpu *add_vcpu(struct kvm_vm *vm, void *guest_code)
{
	struct kvm_vcpu *vcpu = vm_vcpu_add(vm, 0, guest_code);

	ghcb = shared(vm, 1, &ghcb_gpa);
	request = shared(vm, 1, &request_gpa);
	response = shared(vm, 1, &response_gpa);
	data = shared(vm, DATA_PAGES, &data_gpa);
	sync_global_to_guest(vm, ghcb);
	sync_global_to_guest(vm, ghcb_gpa);
	sync_global_to_guest(vm, request);
	sync_global_to_guest(vm, request_gpa);
	sync_global_to_guest(vm, response);
	sync_global_to_guest(vm, response_gpa);
	sync_global_to_guest(vm, data);
	sync_global_to_guest(vm, data_gpa);
	/* KVM has to clear it. */
	vcpu->run->snp_req_certs.ret = -1ull;
	return vcpu;
}

static void run_to_end(struct kvm_vcpu *vcpu)
{
	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
	TEST_ASSERT(vcpu->run->system_event.data[0] == guest_reason(DONE), "The guest ended with %#llx",
		    vcpu->run->system_event.data[0] >> 12);
}

static void run_to_question(struct kvm_vcpu *vcpu, u64 npages)
{
	struct kvm_run *run = vcpu->run;

	vcpu_run(vcpu);
	TEST_ASSERT(run->exit_reason == KVM_EXIT_SNP_REQ_CERTS, "Got exit %s (guest's reason %#llx)",
		    exit_reason_str(run->exit_reason), run->system_event.data[0] >> 12);
	TEST_ASSERT_EQ(run->snp_req_certs.gpa, data_gpa);
	TEST_ASSERT_EQ(run->snp_req_certs.npages, npages);
	TEST_ASSERT_EQ(run->snp_req_certs.ret, 0);
}

static void answer(struct kvm_vcpu *vcpu, u64 ret, u64 npages)
{
	vcpu->run->snp_req_certs.ret = ret;
	vcpu->run->snp_req_certs.npages = npages;
}

FIXTURE(snp)
{
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
};

FIXTURE_SETUP(snp)
{
	self->vm = create_vm(KVM_X86_SNP_VM);
}

FIXTURE_TEARDOWN(snp)
{
	kvm_vm_free(self->vm);
}

static void start(struct kvm_vm *vm, struct kvm_vcpu **vcpu, bool enable, void *code)
{
	if (enable)
		vm_sev_ioctl(vm, KVM_SEV_SNP_ENABLE_REQ_CERTS, NULL);
	*vcpu = add_vcpu(vm, code);
}

static void launch(struct kvm_vm *vm)
{
	vm_sev_launch(vm, snp_default_policy(), NULL);
}

TEST_F_TIMEOUT(snp, empty_table, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, false, guest_served);
	vcpu_args_set(self->vcpu, 3, (u64)MSG_REPORT_REQ, 1ul, 0ul);
	launch(self->vm);
	run_to_end(self->vcpu);
}

TEST_F_TIMEOUT(snp, no_room_for_table, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, false, guest_served);
	vcpu_args_set(self->vcpu, 3, (u64)MSG_REPORT_REQ, 0ul, -1ul);
	launch(self->vm);
	run_to_end(self->vcpu);
}

/* Only reports have certificates. */
TEST_F_TIMEOUT(snp, not_of_keys, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, true, guest_served);
	vcpu_args_set(self->vcpu, 3, (u64)MSG_KEY_REQ, 1ul, -1ul);
	launch(self->vm);
	run_to_end(self->vcpu);
}

TEST_F_TIMEOUT(snp, certificates_arrive, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, true, guest_served);
	vcpu_args_set(self->vcpu, 3, (u64)MSG_REPORT_REQ, (u64)DATA_PAGES, (u64)CERTIFICATE);
	launch(self->vm);
	run_to_question(self->vcpu, DATA_PAGES);
	*(u64 *)addr_gpa2hva(self->vm, data_gpa) = CERTIFICATE;
	answer(self->vcpu, 0, DATA_PAGES);
	run_to_end(self->vcpu);
}

FIXTURE(refused)
{
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
};

FIXTURE_VARIANT(refused)
{
	u64 ret;
	u64 npages;
	u64 vmm_error;
};

FIXTURE_VARIANT_ADD(refused, too_few_pages) { ENOSPC, 3, SNP_GUEST_VMM_ERR_INVALID_LEN };
FIXTURE_VARIANT_ADD(refused, busy) { EAGAIN, 0, SNP_GUEST_VMM_ERR_BUSY };
FIXTURE_VARIANT_ADD(refused, failed) { EIO, 0, VMM_ERR_GENERIC };

FIXTURE_SETUP(refused)
{
	self->vm = create_vm(KVM_X86_SNP_VM);
}

FIXTURE_TEARDOWN(refused)
{
	kvm_vm_free(self->vm);
}

TEST_F_TIMEOUT(refused, says_why, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, true, guest_refused);
	vcpu_args_set(self->vcpu, 2, variant->vmm_error, variant->npages);
	launch(self->vm);
	run_to_question(self->vcpu, 1);
	answer(self->vcpu, variant->ret, variant->npages);
	run_to_end(self->vcpu);
}

TEST_F_TIMEOUT(snp, unknown_answer, TIMEOUT_SECS)
{
	int r;

	start(self->vm, &self->vcpu, true, guest_refused);
	vcpu_args_set(self->vcpu, 2, 0ul, 0ul);
	launch(self->vm);
	run_to_question(self->vcpu, 1);
	answer(self->vcpu, EPERM, 0);
	r = __vcpu_run(self->vcpu);
	TEST_ASSERT(r == -1 && errno == EINVAL, "r = %d, errno = %d", r, errno);
}

TEST_F_TIMEOUT(snp, unaligned_data, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, true, guest_malformed);
	vcpu_args_set(self->vcpu, 2, 8ul, (u64)INVALID_INPUT);
	launch(self->vm);
	run_to_end(self->vcpu);
}

TEST_F_TIMEOUT(snp, no_registers, TIMEOUT_SECS)
{
	start(self->vm, &self->vcpu, true, guest_without_registers);
	launch(self->vm);
	run_to_end(self->vcpu);
}

static void assert_not_enabled(struct kvm_vm *vm)
{
	int r = __vm_sev_ioctl(vm, KVM_SEV_SNP_ENABLE_REQ_CERTS, NULL);

	TEST_ASSERT(r == -1 && errno == EINVAL, "r = %d, errno = %d", r, errno);
}

TEST_F_TIMEOUT(snp, enabled_too_late, TIMEOUT_SECS)
{
	self->vcpu = add_vcpu(self->vm, guest_without_registers);
	assert_not_enabled(self->vm);
}

TEST(only_for_snp)
{
	struct kvm_vm *vm = create_vm(KVM_X86_SEV_ES_VM);

	assert_not_enabled(vm);
	kvm_vm_free(vm);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE(kvm_cpu_has(X86_FEATURE_SEV_SNP));
	TEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SNP_VM));
	return test_harness_run(argc, argv);
}
