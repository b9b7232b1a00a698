/* SPDX-License-Identifier: GPL-2.0-only */
/* SEV guests that are moved from one VM to another. */
#ifndef MOVE_H
#define MOVE_H

#include <linux/kvm.h>

#include "verdicts.h"

#define PAGE		4096
#define PAGES		8
#define CODE_PAGE	0
#define DATA_PAGE	1
#define SECRET_PAGE	2
#define BASE		0x10000		/* where the guest's memory is */
#define CERT_LEN	0x824
#define SESSION_LEN	0x80
#define HDR_LEN		52

struct guest {
	int vm, vcpu;
	uint32_t policy;
	unsigned char *mem;
	struct kvm_run *run;
};

/* A platform's certificates, as /dev/sev exports them */
struct certs {
	unsigned char pdh[CERT_LEN], chain[3 * CERT_LEN];
};

extern int kvm_fd, sev_fd;

/* 0 or an errno; what the firmware said */
int command(struct guest *g, uint32_t id, void *data, uint32_t *error);
void expect(struct guest *g, uint32_t id, void *data, int err, uint32_t error, const char *what);

/* vm.c */
void vm_create(struct guest *g, unsigned long type, uint32_t policy);
void vm_load_code(struct guest *g);
void vm_copy_registers(const struct guest *from, struct guest *to);
/* What the guest counts to next; 0 if it does not run */
unsigned int vm_count(struct guest *g);
void vm_destroy(struct guest *g);

/* owner.c: the guest's owner, who has keys and secrets */
void owner_start(struct guest *g, const struct certs *platform);
void owner_finish(struct guest *g, const struct certs *platform);

/* send.c */
void test_long_buffers(struct guest *g, const struct certs *platform);
void test_move(struct guest *from, struct guest *to, const struct certs *platform);
void test_errors(struct guest *g, struct guest *plain);

#endif
