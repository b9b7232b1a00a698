/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM save area that a vCPU starts with, as KVM makes it from QEMU's reset. */
#ifndef SNP_MEASURE_VMSA_H
#define SNP_MEASURE_VMSA_H

#include <snp/vmsa.h>

#include "util.h"

/* Every VMSA that KVM makes has this address, and no place in guest memory. */
#define VMSA_GPA_KVM	0xfffffffff000ull

bool vmsa_check_features(uint64_t features);
/* eip: where the vCPU starts; signature: CPUID 1 EAX, which reset leaves in RDX. */
void vmsa_fill(uint8_t page[PAGE_SIZE], uint32_t eip, uint32_t signature,
	       uint64_t features);
/* What KVM, and VMRUN, want of a page that the VMM supplies. */
bool vmsa_check(const uint8_t page[PAGE_SIZE], uint64_t features);

uint64_t vmsa_features(const uint8_t page[PAGE_SIZE]);
/*
 * The first thing on the page that no VMSA of KVM's has, where QEMU translates it into
 * registers; NULL if the page can be had.
 */
const char *vmsa_not_kvm(const uint8_t page[PAGE_SIZE]);

/* Fields by name: rip, cs.base */
bool vmsa_set(uint8_t page[PAGE_SIZE], const char *assignment);
typedef void vmsa_visit_fn(void *opaque, const char *name, uint64_t value);
void vmsa_for_each(const uint8_t page[PAGE_SIZE], vmsa_visit_fn *visit, void *opaque);

#endif /* SNP_MEASURE_VMSA_H */
