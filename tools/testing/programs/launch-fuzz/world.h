/* SPDX-License-Identifier: GPL-2.0-only */
/* What operations work on.  Addresses are fixed, so that a sequence is only numbers. */
#ifndef WORLD_H
#define WORLD_H

#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include <snp/ghcb.h>

#include "fuzz.h"

#define PAGE		4096ull

/* Guest memory: a private slot up to the reset vector, and a shared one */
#define PRIVATE_SIZE	(4 * PAGE)
#define PRIVATE_GPA	(0x100000000ull - PRIVATE_SIZE)
#define VMSA_GPA	(PRIVATE_GPA + PAGE)
#define RESET_GPA	(0x100000000ull - PAGE)
#define SHARED_GPA	0x100000ull
#define SHARED_SIZE	(4 * PAGE)
#define GHCB_GPA	SHARED_GPA
#define KVM_VMSA_GPA	0xfffffffff000ull
#define MEMFD_SIZE	(16 * PAGE)
#define SLOT_PRIVATE	0
#define SLOT_SHARED	1

#define GHCB_MSR_TERMINATE	((uint64_t)GHCB_MSR_TERMINATE_REQ)
#define GHCB_MSR_REGISTER	(GHCB_GPA | 0x12)

/* Memory of this process: what backs the slots, and buffers of one page each */
enum buffer {
	B_PRIVATE, B_SHARED = B_PRIVATE + 4, B_CODE = B_SHARED + 4, B_VMSA, B_BAD_FEATURES,
	B_BAD_VMPL, B_ZERO, B_RANDOM, B_CPUID, B_OUT, B_OUT_2, B_ID_BLOCK, B_ID_AUTH,
	B_READ_ONLY, B_HOLE, NR_BUFFERS,
};
#define ARENA		0x20000000ull
#define BUFFER(name)	(ARENA + B_##name * PAGE)

/* Which file a command is given */
enum file { FILE_SEV, FILE_KVM, FILE_VM, FILE_NONE };

#define MAX_VMS		2
#define MAX_VCPUS	4
#define MAX_MEMFDS	4

/* How long a vCPU may run */
enum run { RUN_NOT, RUN_SHORT, RUN_LONG };

struct vcpu {
	int fd;
	struct kvm_run *run;
};

struct vm {
	int fd;
	struct vcpu vcpus[MAX_VCPUS];
};

struct world {
	int kvm, sev;
	size_t run_size;
	struct vm vms[MAX_VMS];
	int memfds[MAX_MEMFDS];
};

extern struct world world;

void world_init(void);
void world_begin(void);
void world_end(void);

unsigned char *arena(uint64_t address);
int file_of(uint64_t file);
int vm_of(uint64_t vm);
struct vcpu *vcpu_of(uint64_t vm, uint64_t vcpu);
int *memfd_of(uint64_t memfd);
void world_forget_later(void *mapping);
int put_file(int *place, int fd);
int close_place(int *place);
int call_ioctl(int fd, unsigned long request, void *arg);

/*
 * What the guest does: each number is written to the GHCB MSR, and VMGEXIT executed.
 * When there are no more it asks for its end, over and over.
 */
void guest_script(unsigned char *page, const uint64_t *msrs, unsigned int nr);

#endif
