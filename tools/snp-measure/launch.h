/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A launch as QEMU 10.0.2 does it: the firmware image, the sections of its SEV
 * metadata in their order, then the VMSAs.
 */
#ifndef SNP_MEASURE_LAUNCH_H
#define SNP_MEASURE_LAUNCH_H

#include "digest.h"
#include "hashes.h"
#include "ovmf.h"

#define MAX_VCPUS	4096	/* KVM's and QEMU's limit */

enum vmsa_mode {
	VMSA_KVM,	/* KVM makes one for each vCPU */
	VMSA_DIRECT,	/* the VMM supplies the boot processor's, and no other is measured */
};

struct launch {
	struct ovmf ovmf;
	const uint8_t *ovmf_ld;		/* LD after the image, if that is not to be measured */
	const struct boot_hashes *hashes;	/* NULL: kernel-hashes=off */
	unsigned int vcpus;
	uint32_t signature;
	uint64_t features;
	enum vmsa_mode mode;
	uint64_t vmsa_gpa;		/* direct mode */
	uint64_t mem;			/* direct mode: the guest's RAM; 0: not known */
	const uint8_t *vmsa_page;	/* direct mode; NULL: the one that KVM would make */
};

/* One LAUNCH_UPDATE of userspace, or one VMSA that KVM measures */
struct region {
	const char *what;
	enum page_type type;
	uint64_t gpa;
	uint64_t size;
	uint8_t ld[LD_LEN];	/* after it */
};

struct prediction {
	uint8_t ld[LD_LEN];
	unsigned int nr_vmsas;
	unsigned int nr_regions;
	struct region *regions;
};

/*
 * Each region in turn, for whoever makes an image of the launch.  data is NULL where
 * contents do not count.
 */
typedef bool launch_region_fn(void *opaque, const char *what, enum page_type type, uint64_t gpa,
			      uint64_t size, const uint8_t *data);
bool launch_walk(const struct launch *launch, launch_region_fn *fn, void *opaque);

bool launch_predict(const struct launch *launch, struct prediction *prediction);
void prediction_free(struct prediction *prediction);

#endif /* SNP_MEASURE_LAUNCH_H */
