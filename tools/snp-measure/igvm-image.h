/* SPDX-License-Identifier: GPL-2.0-only */
/* An IGVM file as a launch of SEV-SNP: what is imported, in the order of the file. */
#ifndef SNP_MEASURE_IGVM_IMAGE_H
#define SNP_MEASURE_IGVM_IMAGE_H

#include <igvm/igvm_file.h>

#include "id-block.h"

struct igvm_image {
	struct igvm_file *file;
	uint32_t mask;		/* of the platform SEV-SNP; 0: the file is not for it */
};

/* The library's message is the failure. */
bool igvm_image_read(struct igvm_image *image, const char *path);
bool igvm_image_need_snp(const struct igvm_image *image);
void igvm_image_free(struct igvm_image *image);

/* Is the header for SEV-SNP?  Those without a mask are for all platforms. */
bool igvm_image_has(const struct igvm_image *image, const struct igvm_header *header);
/* The first for SEV-SNP after that one, or after none; NULL if there is no other */
const struct igvm_header *igvm_image_next(const struct igvm_image *image, uint32_t type,
					  const struct igvm_header *after);
/* What is wrong with a header, for the failure's message */
#define blame(image, header, ...) ({ set_blame(image, header, __VA_ARGS__); false; })
void set_blame(const struct igvm_image *image, const struct igvm_header *header,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* One page that LAUNCH_UPDATE imports; data is NULL if its contents do not count. */
typedef bool igvm_page_fn(void *opaque, const struct igvm_header *header, enum page_type type,
			  uint64_t gpa, const uint8_t *data);
bool igvm_image_walk(const struct igvm_image *image, igvm_page_fn *fn, void *opaque);
bool igvm_image_digest(const struct igvm_image *image, uint8_t ld[LD_LEN]);

uint64_t igvm_image_policy(const struct igvm_image *image);
/* The ID block in the firmware's two formats; the policy is the file's. */
void igvm_image_id_block(const struct igvm_image *image, const struct igvm_header *header,
			 uint8_t block[ID_BLOCK_LEN], uint8_t auth[ID_AUTH_LEN]);
void igvm_pack_id_block(IGVM_VHS_SNP_ID_BLOCK *out, const struct id_block *block,
			const uint8_t auth[ID_AUTH_LEN]);

/* Fails with the first thing that the firmware, KVM or QEMU's loader would not take. */
bool igvm_check_import(const struct igvm_image *image);
bool igvm_check_direct(const struct igvm_image *image);
bool igvm_check_kvm(const struct igvm_image *image);

#endif /* SNP_MEASURE_IGVM_IMAGE_H */
