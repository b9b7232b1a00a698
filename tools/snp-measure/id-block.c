// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "id-block.h"

/* Offsets in the ID block */
#define BLOCK_LD	0x00
#define BLOCK_FAMILY	0x30
#define BLOCK_IMAGE	0x40
#define BLOCK_VERSION	0x50
#define BLOCK_SVN	0x54
#define BLOCK_POLICY	0x58

#define ALGO_NONE	0
#define ALGO_P384	1

bool policy_parse(const char *text, uint64_t *policy)
{
	if (!parse_hex64(text, "policy", policy))
		return false;
	if (!(*policy & POLICY_RESERVED))
		return fail("the policy 0x%llx lacks bit 17, without which the firmware launches "
			    "no guest",
			    (unsigned long long)*policy);
	if (*policy & ~POLICY_KNOWN)
		return fail("the policy 0x%llx has bits that no policy has: 0x%llx",
			    (unsigned long long)*policy,
			    (unsigned long long)(*policy & ~POLICY_KNOWN));
	return true;
}

void id_block_pack(const struct id_block *block, uint8_t out[ID_BLOCK_LEN])
{
	memcpy(out + BLOCK_LD, block->ld, LD_LEN);
	memcpy(out + BLOCK_FAMILY, block->family_id, ID_LEN);
	memcpy(out + BLOCK_IMAGE, block->image_id, ID_LEN);
	put_le(out + BLOCK_VERSION, block->version, 4);
	put_le(out + BLOCK_SVN, block->svn, 4);
	put_le(out + BLOCK_POLICY, block->policy, 8);
}

void id_block_unpack(struct id_block *block, const uint8_t in[ID_BLOCK_LEN])
{
	memcpy(block->ld, in + BLOCK_LD, LD_LEN);
	memcpy(block->family_id, in + BLOCK_FAMILY, ID_LEN);
	memcpy(block->image_id, in + BLOCK_IMAGE, ID_LEN);
	block->version = get_le(in + BLOCK_VERSION, 4);
	block->svn = get_le(in + BLOCK_SVN, 4);
	block->policy = get_le(in + BLOCK_POLICY, 8);
}

/* The ID key vouches for the block, the author key for the ID key. */
bool id_auth_make(uint8_t out[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		  EVP_PKEY *id_key, EVP_PKEY *author)
{
	memset(out, 0, ID_AUTH_LEN);
	put_le(out + AUTH_ID_ALGO, ALGO_P384, 4);
	if (!p384_put_public(id_key, out + AUTH_ID_KEY) ||
	    !p384_sign(id_key, block, ID_BLOCK_LEN, out + AUTH_BLOCK_SIG))
		return false;
	if (!author)
		return true;
	put_le(out + AUTH_AUTHOR_ALGO, ALGO_P384, 4);
	return p384_put_public(author, out + AUTH_AUTHOR_KEY) &&
	       p384_sign(author, out + AUTH_ID_KEY, SNP_KEY_LEN, out + AUTH_ID_KEY_SIG);
}

static bool check_signed(const uint8_t key_bytes[SNP_KEY_LEN], const char *key_name,
			 const void *data, size_t size, const uint8_t sig[SNP_SIG_LEN],
			 const char *sig_name)
{
	EVP_PKEY *key = p384_get_public(key_bytes, key_name);
	bool good = key && p384_verify(key, data, size, sig, sig_name);

	EVP_PKEY_free(key);
	return good;
}

static bool check_unused(const uint8_t auth[ID_AUTH_LEN], size_t from, size_t to)
{
	return all_zero(auth + from, to - from) ||
	       fail("bytes 0x%zx to 0x%zx of the ID authentication must be zero", from, to - 1);
}

static bool check_author(const uint8_t auth[ID_AUTH_LEN], struct id_key_digests *digests)
{
	uint32_t algo = get_le(auth + AUTH_AUTHOR_ALGO, 4);

	digests->has_author = algo != ALGO_NONE;
	if (algo == ALGO_NONE)
		return check_unused(auth, AUTH_ID_KEY_SIG, AUTH_RESERVED3);
	if (algo != ALGO_P384)
		return fail("the author key's algorithm is %u, ECDSA P-384 with SHA-384 is %u",
			    algo, ALGO_P384);
	return check_signed(auth + AUTH_AUTHOR_KEY, "author key", auth + AUTH_ID_KEY,
			    SNP_KEY_LEN, auth + AUTH_ID_KEY_SIG,
			    "the author's signature of the ID key") &&
	       sha384(auth + AUTH_AUTHOR_KEY, SNP_KEY_LEN, digests->author_key);
}

bool id_auth_check(const uint8_t auth[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		   struct id_key_digests *digests)
{
	uint32_t algo = get_le(auth + AUTH_ID_ALGO, 4);

	*digests = (struct id_key_digests){};
	if (algo != ALGO_P384)
		return fail("the ID key's algorithm is %u, ECDSA P-384 with SHA-384 is %u",
			    algo, ALGO_P384);
	return check_signed(auth + AUTH_ID_KEY, "ID key", block, ID_BLOCK_LEN,
			    auth + AUTH_BLOCK_SIG, "the signature of the ID block") &&
	       sha384(auth + AUTH_ID_KEY, SNP_KEY_LEN, digests->id_key) &&
	       check_author(auth, digests) &&
	       check_unused(auth, AUTH_RESERVED1, AUTH_BLOCK_SIG) &&
	       check_unused(auth, AUTH_RESERVED2, AUTH_ID_KEY_SIG) &&
	       check_unused(auth, AUTH_RESERVED3, ID_AUTH_LEN);
}
