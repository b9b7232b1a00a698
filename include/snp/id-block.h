/* SPDX-License-Identifier: GPL-2.0-only */
/* The ID block and its authentication, as SNP_LAUNCH_FINISH takes them; the policy. */
#ifndef SNP_ID_BLOCK_H
#define SNP_ID_BLOCK_H

#include <stdint.h>

#define SNP_ID_LEN		16
#define SNP_KEY_LEN		0x404	/* curve, X, Y, zeros */
#define SNP_SIG_LEN		0x200	/* R, S, zeros */

struct snp_id_block {
	uint8_t ld[48];
	uint8_t family_id[SNP_ID_LEN];
	uint8_t image_id[SNP_ID_LEN];
	uint32_t version;
	uint32_t guest_svn;
	uint64_t policy;
};

struct snp_id_auth {
	uint32_t id_key_algo;
	uint32_t author_key_algo;	/* SNP_ALGO_NONE: there is no author */
	uint8_t reserved_008[0x38];
	uint8_t block_sig[SNP_SIG_LEN];
	uint8_t id_key[SNP_KEY_LEN];
	uint8_t reserved_644[0x3c];
	uint8_t id_key_sig[SNP_SIG_LEN];
	uint8_t author_key[SNP_KEY_LEN];
	uint8_t reserved_c84[0x37c];
};

_Static_assert(sizeof(struct snp_id_block) == 96, "");
_Static_assert(sizeof(struct snp_id_auth) == 4096, "");

#define SNP_ALGO_NONE		0
#define SNP_ALGO_P384		1	/* ECDSA with SHA-384 */

#define SNP_POLICY_DEFAULT	0x30000ull	/* QEMU's: SMT, and bit 17 */
#define SNP_POLICY_ONE		0x20000ull	/* bit 17 has to be 1 */
#define SNP_POLICY_KNOWN	0x3ffffffull	/* up to bit 25, PAGE_SWAP_DISABLE */

#endif
