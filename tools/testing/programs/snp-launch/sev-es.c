// SPDX-License-Identifier: GPL-2.0-only
/* The launch of an SEV-ES guest. */
#include "launch.h"

#define POLICY		0x5		/* no debugging, SEV-ES */

static int add_memory(struct guest *g)
{
	return vm_add_memory(g, false);
}

static int launch_start(struct guest *g)
{
	struct kvm_sev_launch_start start = { .policy = POLICY };

	return sev_command(g, KVM_SEV_LAUNCH_START, &start);
}

static int launch_update_data(struct guest *g)
{
	struct kvm_sev_launch_update_data update = {
		.uaddr = (uintptr_t)g->mem,
		.len = PAGE,
	};

	return sev_command(g, KVM_SEV_LAUNCH_UPDATE_DATA, &update);
}

static int launch_update_vmsa(struct guest *g)
{
	return sev_command(g, KVM_SEV_LAUNCH_UPDATE_VMSA, NULL);
}

static int launch_measure(struct guest *g)
{
	unsigned char measurement[256];
	struct kvm_sev_launch_measure measure = {
		.uaddr = (uintptr_t)measurement,
		.len = sizeof(measurement),
	};

	return sev_command(g, KVM_SEV_LAUNCH_MEASURE, &measure);
}

static int launch_finish(struct guest *g)
{
	return sev_command(g, KVM_SEV_LAUNCH_FINISH, NULL);
}

static const struct step steps[] = {
	{ "INIT2", vm_init2 },
	{ "MEMORY", add_memory },
	{ "VCPU", vm_add_vcpus },
	{ "LAUNCH_START", launch_start },
	{ "LAUNCH_UPDATE_DATA", launch_update_data },
	{ "LAUNCH_UPDATE_VMSA", launch_update_vmsa },
	{ "LAUNCH_MEASURE", launch_measure },
	{ "LAUNCH_FINISH", launch_finish },
	{ "RUN", vm_run_guest },
	{ }
};

const struct launch sev_es_launch = { KVM_X86_SEV_ES_VM, 1, steps };
