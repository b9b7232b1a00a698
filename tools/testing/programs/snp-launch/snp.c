// SPDX-License-Identifier: GPL-2.0-only
/* The launch of an SNP guest, with VMSAs of KVM's or with one of its own. */
#include <string.h>
#include <snp/id-block.h>
#include <snp/vmsa.h>

#include "launch.h"

static int add_memory(struct guest *g)
{
	return vm_add_memory(g, true);
}

static int launch_start(struct guest *g)
{
	struct kvm_sev_snp_launch_start start = { .policy = SNP_POLICY_DEFAULT };

	return sev_command(g, KVM_SEV_SNP_LAUNCH_START, &start);
}

static int update_page(struct guest *g, uint64_t gpa, void *page, int type)
{
	struct kvm_sev_snp_launch_update update = {
		.gfn_start = gpa / PAGE,
		.uaddr = (uintptr_t)page,
		.len = PAGE,
		.type = type,
	};

	return sev_command(g, KVM_SEV_SNP_LAUNCH_UPDATE, &update);
}

static int launch_update(struct guest *g)
{
	return update_page(g, RESET_PAGE, reset_page(g), KVM_SEV_SNP_PAGE_TYPE_NORMAL);
}

static const struct snp_vmsa reset_vmsa = SNP_VMSA_AFTER_RESET(SEV_FEATURE_SNP);

static int launch_update_vmsa(struct guest *g)
{
	memcpy(g->mem, &reset_vmsa, sizeof(reset_vmsa));
	return update_page(g, first_gpa(g), g->mem, KVM_SEV_SNP_PAGE_TYPE_VMSA);
}

static int launch_finish(struct guest *g)
{
	struct kvm_sev_snp_launch_finish finish = { };

	return sev_command(g, KVM_SEV_SNP_LAUNCH_FINISH, &finish);
}

static const struct step kvm_steps[] = {
	{ "INIT2", vm_init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", vm_add_vcpus },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE", launch_update },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", vm_run_guest },
	{ }
};

static const struct step direct_steps[] = {
	{ "INIT2", vm_init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", vm_add_vcpus },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE", launch_update },
	{ "LAUNCH_UPDATE_VMSA", launch_update_vmsa },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", vm_run_guest },
	{ }
};

const struct launch snp_launch = { KVM_X86_SNP_VM, 1, kvm_steps };
const struct launch direct_launch = { KVM_X86_SNP_VM, 2, direct_steps };
