// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "id-block.h"

#define AT(member)	offsetof(struct snp_id_block, member)

bool policy_parse(const char *text, uint64_t *policy)
{
	if (!parse_hex64(text, "policy", policy))
		return false;
	if (!(*policy & SNP_POLICY_ONE))
		return fail("the policy 0x%llx lacks bit 17, without which the firmware launches "
			    "no guest",
			    (unsigned long long)*policy);
	if (*policy & ~SNP_POLICY_KNOWN)
		return fail("the policy 0x%llx has bits that no policy has: 0x%llx",
			    (unsigned long long)*policy,
			    (unsigned long long)(*policy & ~SNP_POLICY_KNOWN));
	return true;
}

void id_block_pack(const struct id_block *block, uint8_t out[ID_BLOCK_LEN])
{
	memcpy(out + AT(ld), block->ld, LD_LEN);
	memcpy(out + AT(family_id), block->family_id, SNP_ID_LEN);
	memcpy(out + AT(image_id), block->image_id, SNP_ID_LEN);
	put_le(out + AT(version), block->version, 4);
	put_le(out + AT(guest_svn), block->svn, 4);
	put_le(out + AT(policy), block->policy, 8);
}

void id_block_unpack(struct id_block *block, const uint8_t in[ID_BLOCK_LEN])
{
	memcpy(block->ld, in + AT(ld), LD_LEN);
	memcpy(block->family_id, in + AT(family_id), SNP_ID_LEN);
	memcpy(block->image_id, in + AT(image_id), SNP_ID_LEN);
	block->version = get_le(in + AT(version), 4);
	block->svn = get_le(in + AT(guest_svn), 4);
	block->policy = get_le(in + AT(policy), 8);
}

/* The ID key vouches for the block, the author key for the ID key. */
bool id_auth_make(uint8_t out[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		  EVP_PKEY *id_key, EVP_PKEY *author)
{
	memset(out, 0, ID_AUTH_LEN);
	put_le(out + AUTH(id_key_algo), SNP_ALGO_P384, 4);
	if (!p384_put_public(id_key, out + AUTH(id_key)) ||
	    !p384_sign(id_key, block, ID_BLOCK_LEN, out + AUTH(block_sig)))
		return false;
	if (!author)
		return true;
	put_le(out + AUTH(author_key_algo), SNP_ALGO_P384, 4);
	return p384_put_public(author, out + AUTH(author_key)) &&
	       p384_sign(author, out + AUTH(id_key), SNP_KEY_LEN, out + AUTH(id_key_sig));
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
	uint32_t algo = get_le(auth + AUTH(author_key_algo), 4);

	digests->has_author = algo != SNP_ALGO_NONE;
	if (algo == SNP_ALGO_NONE)
		return check_unused(auth, AUTH(id_key_sig), AUTH(reserved_c84));
	if (algo != SNP_ALGO_P384)
		return fail("the author key's algorithm is %u, ECDSA P-384 with SHA-384 is %u",
			    algo, SNP_ALGO_P384);
	return check_signed(auth + AUTH(author_key), "author key", auth + AUTH(id_key),
			    SNP_KEY_LEN, auth + AUTH(id_key_sig),
			    "the author's signature of the ID key") &&
	       sha384(auth + AUTH(author_key), SNP_KEY_LEN, digests->author_key);
}

bool id_auth_check(const uint8_t auth[ID_AUTH_LEN], const uint8_t block[ID_BLOCK_LEN],
		   struct id_key_digests *digests)
{
	uint32_t algo = get_le(auth + AUTH(id_key_algo), 4);

	*digests = (struct id_key_digests){};
	if (algo != SNP_ALGO_P384)
		return fail("the ID key's algorithm is %u, ECDSA P-384 with SHA-384 is %u",
			    algo, SNP_ALGO_P384);
	return check_signed(auth + AUTH(id_key), "ID key", block, ID_BLOCK_LEN,
			    auth + AUTH(block_sig), "the signature of the ID block") &&
	       sha384(auth + AUTH(id_key), SNP_KEY_LEN, digests->id_key) &&
	       check_author(auth, digests) &&
	       check_unused(auth, AUTH(reserved_008), AUTH(block_sig)) &&
	       check_unused(auth, AUTH(reserved_644), AUTH(id_key_sig)) &&
	       check_unused(auth, AUTH(reserved_c84), ID_AUTH_LEN);
}
