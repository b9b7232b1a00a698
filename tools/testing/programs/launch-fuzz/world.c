// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <snp/id-block.h>
#include <snp/vmsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

#define MAX_MAPPINGS	(MAX_CALLS + 1)
#define SCRIPT		0x100
#define RESET_VECTOR	0xff0

struct world world;

/* The second thread may still look at what the first one replaces. */
static void *mappings[MAX_MAPPINGS];
static int nr_mappings;

static unsigned char pristine[NR_BUFFERS * PAGE] __attribute__((aligned(8)));

/* At the start of the page with the reset vector; what it writes is in the same page. */
static const unsigned char guest_code[] = {
	0xbe, SCRIPT & 0xff, 0xf0 | SCRIPT >> 8,	/* mov $script, %si */
	0x66, 0xb9, 0x30, 0x01, 0x01, 0xc0,		/* mov $0xc0010130, %ecx */
	0x2e, 0x66, 0x8b, 0x04,				/* 1: mov %cs:(%si), %eax */
	0x2e, 0x66, 0x8b, 0x54, 0x04,			/* mov %cs:4(%si), %edx */
	0x0f, 0x30,					/* wrmsr */
	0xf3, 0x0f, 0x01, 0xd9,				/* vmgexit */
	0x83, 0xc6, 0x08,				/* add $8, %si */
	0xeb, 0xec,					/* jmp 1b */
};
static const unsigned char reset_vector[] = { 0xe9, 0x0d, 0xf0 };	/* jmp to the start */

unsigned char *arena(uint64_t address)
{
	return (unsigned char *)(uintptr_t)address;
}

void guest_script(unsigned char *page, const uint64_t *msrs, unsigned int nr)
{
	const uint64_t terminate = GHCB_MSR_TERMINATE;

	memcpy(page, guest_code, sizeof(guest_code));
	memcpy(page + RESET_VECTOR, reset_vector, sizeof(reset_vector));
	if (nr)
		memcpy(page + SCRIPT, msrs, nr * sizeof(*msrs));
	for (unsigned int at = SCRIPT + nr * sizeof(*msrs); at < RESET_VECTOR; at += sizeof(terminate))
		memcpy(page + at, &terminate, sizeof(terminate));
}

static const struct snp_vmsa reset_vmsa = SNP_VMSA_AFTER_RESET(SEV_FEATURE_SNP);

static void *pristine_page(enum buffer buffer)
{
	return pristine + buffer * PAGE;
}

static void make_vmsa(enum buffer buffer, uint64_t features, unsigned int vmpl)
{
	struct snp_vmsa *vmsa = pristine_page(buffer);

	*vmsa = reset_vmsa;
	vmsa->sev_features = features;
	vmsa->vmpl = vmpl;
}

static void make_id_block(void)
{
	struct snp_id_block *block = pristine_page(B_ID_BLOCK);
	struct snp_id_auth *auth = pristine_page(B_ID_AUTH);

	block->version = 1;
	block->policy = SNP_POLICY_DEFAULT;
	auth->id_key_algo = SNP_ALGO_P384;
	auth->author_key_algo = SNP_ALGO_P384;
}

static void make_pristine(void)
{
	unsigned char *random = pristine_page(B_RANDOM);
	uint32_t *cpuid_functions = pristine_page(B_CPUID);
	struct rng rng = { .state = 1 };

	guest_script(pristine_page(B_PRIVATE + 3), NULL, 0);
	guest_script(pristine_page(B_CODE), NULL, 0);
	make_vmsa(B_VMSA, SEV_FEATURE_SNP, 0);
	make_vmsa(B_BAD_FEATURES, SEV_FEATURE_SNP | 1 << 3, 0);
	make_vmsa(B_BAD_VMPL, SEV_FEATURE_SNP, 1);
	make_id_block();
	*cpuid_functions = 1;			/* that is 0 */
	for (unsigned int i = 0; i < PAGE; i++)
		random[i] = rng_next(&rng);
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

void world_init(void)
{
	int size;

	make_pristine();
	world.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	world.sev = open("/dev/sev", O_RDWR | O_CLOEXEC);
	if (world.kvm < 0 || world.sev < 0)
		die("/dev/kvm and /dev/sev");
	size = ioctl(world.kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		die("KVM_GET_VCPU_MMAP_SIZE");
	world.run_size = size;
	for (int i = 0; i < MAX_MEMFDS; i++)
		world.memfds[i] = -1;
	for (int i = 0; i < MAX_VMS; i++) {
		world.vms[i].fd = -1;
		for (int j = 0; j < MAX_VCPUS; j++)
			world.vms[i].vcpus[j].fd = -1;
	}
	if (mmap(arena(ARENA), NR_BUFFERS * PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != arena(ARENA))
		die("mmap");
	if (mprotect(arena(BUFFER(READ_ONLY)), PAGE, PROT_READ) ||
	    munmap(arena(BUFFER(HOLE)), PAGE))
		die("mprotect");
}

void world_begin(void)
{
	memcpy(arena(ARENA), pristine, B_READ_ONLY * PAGE);
}

/* Both threads may do so at a time, and no file may be forgotten: it keeps its VM. */
int close_place(int *place)
{
	int fd = __atomic_exchange_n(place, -1, __ATOMIC_RELAXED);

	return close(fd) ? errno : 0;
}

/* Puts a new file, or the lack of one, in the place of an old one. */
int put_file(int *place, int fd)
{
	if (fd < 0)
		return errno;
	fd = __atomic_exchange_n(place, fd, __ATOMIC_RELAXED);
	if (fd >= 0)
		close(fd);
	return 0;
}

void world_forget_later(void *mapping)
{
	mappings[__atomic_fetch_add(&nr_mappings, 1, __ATOMIC_RELAXED)] = mapping;
}

/* The mapping of a vCPU keeps its VM. */
void world_end(void)
{
	while (nr_mappings)
		munmap(mappings[--nr_mappings], world.run_size);
	for (int i = 0; i < MAX_VMS; i++) {
		for (int j = 0; j < MAX_VCPUS; j++) {
			close_place(&world.vms[i].vcpus[j].fd);
			world.vms[i].vcpus[j].run = NULL;
		}
		close_place(&world.vms[i].fd);
	}
	for (int i = 0; i < MAX_MEMFDS; i++)
		close_place(&world.memfds[i]);
}

int vm_of(uint64_t vm)
{
	return world.vms[vm % MAX_VMS].fd;
}

struct vcpu *vcpu_of(uint64_t vm, uint64_t vcpu)
{
	return &world.vms[vm % MAX_VMS].vcpus[vcpu % MAX_VCPUS];
}

int *memfd_of(uint64_t memfd)
{
	return &world.memfds[memfd % MAX_MEMFDS];
}

int file_of(uint64_t file)
{
	switch (file) {
	case FILE_SEV: return world.sev;
	case FILE_KVM: return world.kvm;
	case FILE_VM: return world.vms[0].fd;
	default: return -1;
	}
}

int call_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? errno : 0;
}
