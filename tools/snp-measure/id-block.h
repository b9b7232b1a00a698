/* SPDX-License-Identifier: GPL-2.0-only */
/* The ID block, which says what guest is wanted, and its authentication. */
#ifndef SNP_MEASURE_ID_BLOCK_H
#define SNP_MEASURE_ID_BLOCK_H

#include <snp/id-block.h>

#include "digest.h"
#include "p384.h"

#define ID_BLOCK_LEN	sizeof(struct snp_id_block)
#define ID_AUTH_LEN	sizeof(struct snp_id_auth)

/* Where a field of the authentication is */
#define AUTH(member)	offsetof(struct snp_id_auth, member)

struct id_block {
	uint8_t ld[LD_LEN];
	uint8_t family_id[SNP_ID_LEN];
	uint8_t image_id[SNP_ID_LEN];
	uint32_t version;
	uint32_t svn;
	uint64_t policy;
};

/* SHA-384 of the keys, as the attestation report has them */
struct id_key_digests {
	uint8_t id_key[SHA384_LEN];
	uint8_t author_key[SHA384_LEN];
	bool has_author;
};

/* One that the firmware launches a guest with */
bool policy_parse(const char *text, uint64_t *policy);

void id_block_pack(const struct id_block *block, uint8_t out[ID_BLOCK_LEN]);
void id_block_unpack(struct id_block *block, const uint8_t in[ID_BLOCK_LEN]);

/* author may be NULL */
bool id_auth_make(uint8_t out[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		  EVP_PKEY *id_key, EVP_PKEY *author);
/* Stricter than the firmware: whatever is not used has to be zero. */
bool id_auth_check(const uint8_t auth[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		   struct id_key_digests *digests);

#endif /* SNP_MEASURE_ID_BLOCK_H */
