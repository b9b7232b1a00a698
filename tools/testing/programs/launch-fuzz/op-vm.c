// SPDX-License-Identifier: GPL-2.0-only
/* VMs, their memory, and moving what they are encrypted with. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

static int op_create_vm(const uint64_t *a)
{
	return put_file(&world.vms[a[0] % MAX_VMS].fd, ioctl(world.kvm, KVM_CREATE_VM, a[1]));
}

static int op_close_vm(const uint64_t *a)
{
	return close_place(&world.vms[a[0] % MAX_VMS].fd);
}

static int op_memfd(const uint64_t *a)
{
	struct kvm_create_guest_memfd memfd = { .size = a[2], .flags = a[3] };

	return put_file(memfd_of(a[1]), ioctl(vm_of(a[0]), KVM_CREATE_GUEST_MEMFD, &memfd));
}

static int op_close_memfd(const uint64_t *a)
{
	return close_place(memfd_of(a[0]));
}

static int op_punch(const uint64_t *a)
{
	return fallocate(*memfd_of(a[0]), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, a[1], a[2]) ?
	       errno : 0;
}

static int op_allocate(const uint64_t *a)
{
	return fallocate(*memfd_of(a[0]), FALLOC_FL_KEEP_SIZE, a[1], a[2]) ? errno : 0;
}

static int op_slot(const uint64_t *a)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = a[1],
		.flags = a[2],
		.guest_phys_addr = a[3],
		.memory_size = a[4],
		.userspace_addr = a[5],
		.guest_memfd = a[2] & KVM_MEM_GUEST_MEMFD ? *memfd_of(a[6]) : 0,
		.guest_memfd_offset = a[7],
	};

	return call_ioctl(vm_of(a[0]), KVM_SET_USER_MEMORY_REGION2, &region);
}

static int op_attributes(const uint64_t *a)
{
	struct kvm_memory_attributes attributes = {
		.address = a[1], .size = a[2], .attributes = a[3],
	};

	return call_ioctl(vm_of(a[0]), KVM_SET_MEMORY_ATTRIBUTES, &attributes);
}

static int op_pre_fault(const uint64_t *a)
{
	struct kvm_pre_fault_memory range = { .gpa = a[2], .size = a[3] };

	return call_ioctl(vcpu_of(a[0], a[1])->fd, KVM_PRE_FAULT_MEMORY, &range);
}

static int op_boot_cpu(const uint64_t *a)
{
	return call_ioctl(vm_of(a[0]), KVM_SET_BOOT_CPU_ID, (void *)a[1]);
}

static int op_irqchip(const uint64_t *a)
{
	return call_ioctl(vm_of(a[0]), KVM_CREATE_IRQCHIP, NULL);
}

static int enable_cap(int fd, uint32_t cap, uint64_t value)
{
	struct kvm_enable_cap c = { .cap = cap, .args[0] = value };

	return call_ioctl(fd, KVM_ENABLE_CAP, &c);
}

static int op_cap(const uint64_t *a)
{
	return enable_cap(vm_of(a[0]), a[1], a[2]);
}

static int op_tsc_khz(const uint64_t *a)
{
	return call_ioctl(vm_of(a[0]), KVM_SET_TSC_KHZ, (void *)a[1]);
}

static int op_copy_context(const uint64_t *a)
{
	return enable_cap(vm_of(a[0]), KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, vm_of(a[1]));
}

static int op_move_context(const uint64_t *a)
{
	return enable_cap(vm_of(a[0]), KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, vm_of(a[1]));
}

static int op_register(const uint64_t *a)
{
	struct kvm_enc_region region = { .addr = a[1], .size = a[2] };

	return call_ioctl(vm_of(a[0]), KVM_MEMORY_ENCRYPT_REG_REGION, &region);
}

static int op_unregister(const uint64_t *a)
{
	struct kvm_enc_region region = { .addr = a[1], .size = a[2] };

	return call_ioctl(vm_of(a[0]), KVM_MEMORY_ENCRYPT_UNREG_REGION, &region);
}

const struct op vm_ops[] = {
	{ "create_vm", op_create_vm, { { "vm", &vms }, { "type", &vm_types } } },
	{ "close_vm", op_close_vm, { { "vm", &vms } } },
	{ "memfd", op_memfd, { { "vm", &vms }, { "memfd", &memfds }, { "size", &memfd_sizes },
			       { "flags", &memfd_flags } } },
	{ "close_memfd", op_close_memfd, { { "memfd", &memfds } } },
	{ "punch", op_punch, { { "memfd", &memfds }, { "offset", &offsets }, { "size", &lengths } } },
	{ "allocate", op_allocate, { { "memfd", &memfds }, { "offset", &offsets },
				     { "size", &lengths } } },
	{ "slot", op_slot, { { "vm", &vms }, { "slot", &slots }, { "flags", &slot_flags },
			     { "gpa", &gpas }, { "size", &slot_sizes }, { "uaddr", &buffers },
			     { "memfd", &memfds }, { "offset", &offsets } } },
	{ "attributes", op_attributes, { { "vm", &vms }, { "gpa", &gpas }, { "size", &lengths },
					 { "set", &attributes } } },
	{ "pre_fault", op_pre_fault, { { "vm", &vms }, { "vcpu", &vcpus }, { "gpa", &gpas },
				       { "size", &lengths } } },
	{ "boot_cpu", op_boot_cpu, { { "vm", &vms }, { "id", &vcpu_ids } } },
	{ "irqchip", op_irqchip, { { "vm", &vms } } },
	{ "cap", op_cap, { { "vm", &vms }, { "cap", &caps }, { "value", &cap_values } } },
	{ "tsc_khz", op_tsc_khz, { { "vm", &vms }, { "khz", &tsc_khzs } } },
	{ "copy_context", op_copy_context, { { "vm", &vms }, { "from", &vms } } },
	{ "move_context", op_move_context, { { "vm", &vms }, { "from", &vms } } },
	{ "register", op_register, { { "vm", &vms }, { "uaddr", &buffers }, { "size", &lengths } } },
	{ "unregister", op_unregister, { { "vm", &vms }, { "uaddr", &buffers },
					 { "size", &lengths } } },
	{ }
};
