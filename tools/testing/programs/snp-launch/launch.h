/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest that is launched step by step: vm.c has what all kinds share. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/kvm.h>

#define PAGE		4096
#define MAX_PAGES	2
#define MAX_VCPUS	4
#define RESET_PAGE	0xfffff000ull	/* of the reset vector */

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

struct vcpu {
	int fd;
	struct kvm_run *run;
	size_t run_size;
};

struct guest {
	int kvm, vm, sev, memory;
	int pages;			/* the last one is the reset vector's */
	unsigned char *mem;		/* what userspace sees of them */
	int nr_vcpus;
	struct vcpu vcpus[MAX_VCPUS];
	uint32_t fw_error;
};

struct step {
	const char *name;
	int (*take)(struct guest *g);
};

struct launch {
	unsigned long vm_type;
	int pages;
	const struct step *steps;	/* without a name at its end */
};

extern const struct launch snp_launch, direct_launch, sev_es_launch;

int sev_command(struct guest *g, uint32_t id, void *data);
unsigned char *reset_page(struct guest *g);
uint64_t first_gpa(const struct guest *g);

/* The steps that all kinds share. */
int vm_init2(struct guest *g);
int vm_add_memory(struct guest *g, bool private);
int vm_add_vcpus(struct guest *g);
int vm_run_guest(struct guest *g);

int vm_create(struct guest *g, const struct launch *launch, int nr_vcpus);
void vm_destroy(struct guest *g);

/* Memory that is taken until the process ends; whether nobody else has written it since. */
struct memory *memory_take(unsigned char filling);
bool memory_is_intact(const struct memory *m, unsigned char filling);
long memory_free_pages(void);

#endif
