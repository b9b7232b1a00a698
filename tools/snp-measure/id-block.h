/* SPDX-License-Identifier: GPL-2.0-only */
/* The ID block, which says what guest is wanted, and its authentication. */
#ifndef SNP_MEASURE_ID_BLOCK_H
#define SNP_MEASURE_ID_BLOCK_H

#include "digest.h"
#include "p384.h"

#define ID_BLOCK_LEN	96
#define ID_AUTH_LEN	4096
#define ID_LEN		16

/* Offsets in the authentication structure */
#define AUTH_ID_ALGO	0x000
#define AUTH_AUTHOR_ALGO 0x004
#define AUTH_RESERVED1	0x008
#define AUTH_BLOCK_SIG	0x040
#define AUTH_ID_KEY	0x240
#define AUTH_RESERVED2	0x644
#define AUTH_ID_KEY_SIG	0x680
#define AUTH_AUTHOR_KEY	0x880
#define AUTH_RESERVED3	0xc84

#define DEFAULT_POLICY	0x30000ull	/* QEMU's */
#define POLICY_RESERVED	0x20000ull	/* bit 17 has to be 1 */
#define POLICY_KNOWN	0x3ffffffull	/* up to bit 25, PAGE_SWAP_DISABLE */

struct id_block {
	uint8_t ld[LD_LEN];
	uint8_t family_id[ID_LEN];
	uint8_t image_id[ID_LEN];
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
