/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An SNP VM of a dozen pages, built on the library of the kernel's kvm selftests
 * and launched step by step.  What can fail in a test returns 0 or an errno.
 */
#ifndef TINY_VM_H
#define TINY_VM_H

#include <stdbool.h>

#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"
#include "svm_util.h"
#include "linux/psp-sev.h"
#include "sev.h"

#include "tiny-guest.h"

#define TINY_MAX_VCPUS	512
#define TINY_VMSA_SLOT	2

/* What KVM_RUN comes back with.  Anything else fails the test. */
enum outcome {
	RAN		= 1 << 0,	/* the guest told its marker */
	NO_ENTRY	= 1 << 1,	/* KVM or the CPU did not enter the guest */
	INTERRUPTED	= 1 << 2,	/* by a signal */
	WAITS		= 1 << 3,	/* for INIT, or for AP Creation */
	NO_VM		= 1 << 4,	/* the file is closed, the VM or its memory gone */
	ASKS		= 1 << 5,	/* for the list of APIC IDs */
};

/* What the BSP runs */
enum tiny_guest {
	GUEST_TELL_MARKER,
	GUEST_STORM,		/* creates and destroys APs */
	GUEST_STEPS,		/* does each thing that costs something, in turn */
	GUEST_LIST,		/* asks for the list of APIC IDs, over and over */
	NR_GUESTS,
};

struct tiny_vm {
	struct kvm_vm *vm;
	bool direct;
	enum tiny_guest guest;
	struct kvm_vcpu vcpus[TINY_MAX_VCPUS];	/* by ID; fd is -1 if there is none */
	struct tiny_shared *shared;
};

/* Options of tiny_vm_create() */
#define TINY_DIRECT	BIT(0)	/* the BSP's VMSA comes from userspace */
#define TINY_IRQCHIP	BIT(1)
#define TINY_STORM	BIT(2)	/* GUEST_STORM */
#define TINY_STEPS	BIT(3)	/* GUEST_STEPS */
#define TINY_LIST	BIT(4)	/* GUEST_LIST */

struct tiny_vm *tiny_vm_create(unsigned int options);
void tiny_vm_free(struct tiny_vm *t);

/* The ioctl, and what makes the vCPU fit to run; then both, for IDs 0 to @nr - 1. */
int tiny_vm_create_vcpu(struct tiny_vm *t, int id);
void tiny_vm_init_vcpu(struct tiny_vm *t, int id);
void tiny_vm_add_vcpus(struct tiny_vm *t, int nr);
bool tiny_vm_has_vcpu(struct tiny_vm *t, int id);

/* The steps of a launch.  The last one works with or without an ID block. */
int tiny_vm_start(struct tiny_vm *t);
int tiny_vm_update_image(struct tiny_vm *t);
int tiny_vm_update_ap_vmsas(struct tiny_vm *t);
int tiny_vm_update_vmsa(struct tiny_vm *t);
int tiny_vm_finish(struct tiny_vm *t, const u8 *digest, u32 *fw_error);
int tiny_vm_try_finish(struct tiny_vm *t);

/* Before there are vCPUs */
int tiny_vm_enable_list(struct tiny_vm *t);

/* A page that no launch here needs. */
int tiny_vm_update_spare(struct tiny_vm *t);

/* All but the last one, for a VM that nothing disturbs. */
void tiny_vm_update_all(struct tiny_vm *t);

/* The digest of that launch. */
void tiny_vm_get_digest(struct tiny_vm *t, u8 *digest);
/* The firmware has measured it, and nothing else.  KVM mode is lost then. */
void tiny_vm_assert_digest(struct tiny_vm *t);
/* VMs can be launched as ever, in both modes, with the right digest. */
void tiny_vm_assert_sound(void);

enum outcome tiny_vcpu_run(struct kvm_vcpu *vcpu);
const char *outcome_name(enum outcome outcome);

#define assert_outcome(result, allowed)						\
do {										\
	enum outcome __outcome = (result);					\
										\
	TEST_ASSERT(__outcome & (allowed), "KVM_RUN: %s", outcome_name(__outcome)); \
} while (0)

/* @err is 0 or an errno, the rest are those that are allowed. */
bool errno_in(int err, const int *allowed, int nr);
#define assert_errno(what, err, ...)						\
do {										\
	const int __allowed[] = { __VA_ARGS__ };				\
	int __err = (err);							\
										\
	TEST_ASSERT(errno_in(__err, __allowed, ARRAY_SIZE(__allowed)),		\
		    "%s: errno %d (%s)", what, __err, strerror(__err));		\
} while (0)

#endif
