/* SPDX-License-Identifier: GPL-2.0-only */
/* The launch digest, and an ID block that asks the firmware for its opinion. */
#ifndef TINY_DIGEST_H
#define TINY_DIGEST_H

#include <snp/id-block.h>

#include "kvm_util.h"
#include "sha384.h"

#define POLICY		(SNP_POLICY_RSVD_MBO | SNP_POLICY_SMT)

kvm_static_assert(sizeof(struct snp_id_block) == KVM_SEV_SNP_ID_BLOCK_SIZE);

void digest_extend(u8 *digest, u8 type, gpa_t gpa, const void *page);

#endif
