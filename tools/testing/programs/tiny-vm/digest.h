/* SPDX-License-Identifier: GPL-2.0-only */
/* The launch digest, and an ID block that asks the firmware for its opinion. */
#ifndef TINY_DIGEST_H
#define TINY_DIGEST_H

#include "kvm_util.h"
#include "sha384.h"

#define POLICY		(SNP_POLICY_RSVD_MBO | SNP_POLICY_SMT)

struct snp_id_block {
	u8 digest[SHA384_DIGEST_SIZE];
	u8 family_id[16];
	u8 image_id[16];
	u32 version;
	u32 guest_svn;
	u64 policy;
} __packed;

kvm_static_assert(sizeof(struct snp_id_block) == KVM_SEV_SNP_ID_BLOCK_SIZE);

void digest_extend(u8 *digest, u8 type, gpa_t gpa, const void *page);

#endif
