// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs on the build machine: prints the C source of id_blobs[], ID blocks for
 * the six digest vectors and spoiled ones, signed with fresh keys by libcrypto.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include "idblocks.h"

#define LD_LEN		48
#define BLOCK_LEN	96
#define KEY_LEN		0x404
#define FIELD_LEN	72	/* of a coordinate, little endian */

/* Offsets in the ID block */
#define BLOCK_FAMILY	0x30
#define BLOCK_IMAGE	0x40
#define BLOCK_VERSION	0x50
#define BLOCK_SVN	0x54
#define BLOCK_POLICY	0x58

/* Offsets in the authentication structure */
#define AUTH_ALGO	0x000
#define AUTH_AUTHOR_ALGO 0x004
#define AUTH_SIG	0x040
#define AUTH_KEY	0x240
#define AUTH_KEY_SIG	0x680
#define AUTH_AUTHOR_KEY	0x880

#define CURVE_P256	1
#define CURVE_P384	2
#define ECDSA_P384_SHA384 1

/* SHA-384 of PAGE_INFO structures, computed without any of this code */
static const char *const digests[] = {
	[ID_A] = "e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3ae"
		 "e35e2a45d6869b60b35c63928a9232bef72d6be386f48ec6",
	[ID_B] = "3c32e75eb589faf29cbdfdc468486a1ad928b6ee5fc8882b"
		 "7af4c2c1c4fb8c10f2e8b52fc12730d6beb8b00a951efae6",
	[ID_C] = "9544eb897a807b5bc61c2b09bc00a612afa7206fbac3d4a2"
		 "91540a8a3c70dcfd96c28322f6d35314aac20beee746f9dd",
	[ID_D] = "be6aa525ea014a8e21502294f97cb58932f3aae9347ebcb5"
		 "d25b480e45992198184666993875e73328918c98ce45a152",
	[ID_E] = "83701e409e52fa77595dc9cf00b01cb4b32f1b31b8ae857f"
		 "9527d10b9f95174804cd50f91da34b6c3b07e32692bb7828",
	[ID_F] = "9ea21f67525a5a94b6d80cd52de9f1edf2eb48a6965b928f"
		 "a7b3d2c60b3fc4b4295befc9119f028d9395e72da63cb498",
};

static EC_KEY *id_key, *author_key, *other_key;

static EC_KEY *new_key(void)
{
	EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);

	if (!key || !EC_KEY_generate_key(key))
		errx(1, "cannot make a P-384 key");
	return key;
}

static void put_le(uint8_t *p, uint64_t value, int len)
{
	for (int i = 0; i < len; i++)
		p[i] = value >> 8 * i;
}

static void put_public(const EC_KEY *key, uint8_t *p)
{
	BIGNUM *x = BN_new(), *y = BN_new();

	if (!EC_POINT_get_affine_coordinates(EC_KEY_get0_group(key),
					     EC_KEY_get0_public_key(key), x, y, NULL))
		errx(1, "a key without coordinates");
	memset(p, 0, KEY_LEN);
	put_le(p, CURVE_P384, 4);
	BN_bn2lebinpad(x, p + 4, FIELD_LEN);
	BN_bn2lebinpad(y, p + 4 + FIELD_LEN, FIELD_LEN);
	BN_free(x);
	BN_free(y);
}

static void put_signature(EC_KEY *key, const uint8_t *data, size_t len, uint8_t *p)
{
	uint8_t md[SHA384_DIGEST_LENGTH];
	ECDSA_SIG *sig;

	SHA384(data, len, md);
	sig = ECDSA_do_sign(md, sizeof(md), key);
	if (!sig)
		errx(1, "cannot sign");
	BN_bn2lebinpad(ECDSA_SIG_get0_r(sig), p, FIELD_LEN);
	BN_bn2lebinpad(ECDSA_SIG_get0_s(sig), p + FIELD_LEN, FIELD_LEN);
	ECDSA_SIG_free(sig);
}

static void fill_block(uint8_t *b, enum id_name name)
{
	const char *hex = digests[name <= ID_F ? name : ID_A];

	for (int i = 0; i < LD_LEN; i++)
		sscanf(hex + 2 * i, "%2hhx", b + i);
	memset(b + BLOCK_FAMILY, 'f', 16);
	memset(b + BLOCK_IMAGE, 'i', 16);
	put_le(b + BLOCK_VERSION, 1, 4);
	put_le(b + BLOCK_SVN, 9, 4);
	put_le(b + BLOCK_POLICY, ID_POLICY_GUEST, 8);
	if (name == ID_DIGEST_FIRST)
		b[0] ^= 1;
	else if (name == ID_DIGEST_LAST)
		b[LD_LEN - 1] ^= 1;
	else if (name == ID_POLICY)
		put_le(b + BLOCK_POLICY, ID_POLICY_DEBUG, 8);
}

/* What the author signs is the ID key as it is then, right or wrong. */
static void fill_keys(uint8_t *a, enum id_name name)
{
	put_le(a + AUTH_ALGO, ECDSA_P384_SHA384 + (name == ID_ALGO), 4);
	put_le(a + AUTH_AUTHOR_ALGO, ECDSA_P384_SHA384 + (name == ID_AUTHOR_ALGO), 4);
	put_public(name == ID_KEY_OTHER ? other_key : id_key, a + AUTH_KEY);
	if (name == ID_KEY_CURVE)
		put_le(a + AUTH_KEY, CURVE_P256, 4);
	else if (name == ID_KEY_POINT)
		a[AUTH_KEY + 4] ^= 1;
	put_signature(author_key, a + AUTH_KEY, KEY_LEN, a + AUTH_KEY_SIG);
	put_public(name == ID_AUTHOR_KEY ? other_key : author_key, a + AUTH_AUTHOR_KEY);
}

static void spoil(struct id_blob *blob, enum id_name name)
{
	if (name == ID_SIG_R)
		blob->auth[AUTH_SIG] ^= 1;
	else if (name == ID_SIG_S)
		blob->auth[AUTH_SIG + FIELD_LEN] ^= 1;
	else if (name == ID_CONTENT)
		blob->block[BLOCK_IMAGE] ^= 1;
	else if (name == ID_AUTHOR_SIG)
		blob->auth[AUTH_KEY_SIG] ^= 1;
}

static void print_bytes(const char *name, const uint8_t *p, size_t len)
{
	printf("\t\t.%s = {", name);
	for (size_t i = 0; i < len; i++)
		printf("%s%d,", i % 16 ? " " : "\n\t\t\t", p[i]);
	printf("\n\t\t},\n");
}

int main(void)
{
	id_key = new_key();
	author_key = new_key();
	other_key = new_key();
	printf("#include \"idblocks.h\"\n\n"
	       "const struct id_blob id_blobs[ID_COUNT] = {\n");
	for (enum id_name name = 0; name < ID_COUNT; name++) {
		struct id_blob blob = { 0 };

		fill_block(blob.block, name);
		fill_keys(blob.auth, name);
		put_signature(id_key, blob.block, BLOCK_LEN, blob.auth + AUTH_SIG);
		spoil(&blob, name);
		printf("\t[%d] = {\n", name);
		print_bytes("auth", blob.auth, sizeof(blob.auth));
		print_bytes("block", blob.block, BLOCK_LEN);
		printf("\t},\n");
	}
	printf("};\n");
	return fflush(stdout) || ferror(stdout);
}
