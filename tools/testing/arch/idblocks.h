/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ID blocks with their authentication: make-idblocks signs them on the build
 * machine, the test gives them to the firmware.
 */
#ifndef IDBLOCKS_H
#define IDBLOCKS_H

#include <stdint.h>

#define ID_POLICY_GUEST	0x30000ULL	/* SMT allowed, and the bit that must be 1 */
#define ID_POLICY_DEBUG	0xb0000ULL

enum id_name {
	/* Good ones, by digest vector */
	ID_A, ID_B, ID_C, ID_D, ID_E, ID_F,
	/* The rest is vector A; all signatures fit unless the name says so */
	ID_DIGEST_FIRST,	/* another first byte of the digest */
	ID_DIGEST_LAST,
	ID_POLICY,		/* another policy */
	ID_ALGO,		/* key algorithms other than ECDSA P-384, SHA-384 */
	ID_AUTHOR_ALGO,
	ID_SIG_R,		/* a wrong bit in the block's signature */
	ID_SIG_S,
	ID_CONTENT,		/* image ID not the one that was signed */
	ID_KEY_OTHER,		/* the public key of another pair */
	ID_KEY_CURVE,		/* its curve is said to be P-256 */
	ID_KEY_POINT,		/* it is no point of the curve */
	ID_AUTHOR_SIG,		/* a wrong bit in the author's signature */
	ID_AUTHOR_KEY,		/* the public key of another author */
	ID_COUNT
};

/* SEV-SNP Firmware ABI, "ID Block", "ID Authentication Information Structure" */
struct id_blob {
	uint8_t auth[4096];
	uint8_t block[96];
	uint8_t pad[4000];
} __attribute__((aligned(4096)));

extern const struct id_blob id_blobs[ID_COUNT];

#endif
