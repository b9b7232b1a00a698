// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "p384.h"

#define CURVE_P384	2
#define FIELD_LEN	72	/* of a number, little endian */
#define NUMBER_LEN	48

/* In a key: the curve, then X and Y.  In a signature: R and S. */
#define KEY_X		4
#define KEY_Y		(KEY_X + FIELD_LEN)
#define KEY_END		(KEY_Y + FIELD_LEN)
#define SIG_R		0
#define SIG_S		FIELD_LEN
#define SIG_END		(SIG_S + FIELD_LEN)

static const char group[] = "secp384r1";

bool p384_is_curve(EVP_PKEY *key)
{
	char name[64] = "";

	return EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) && !strcmp(name, group);
}

/* Nobody is there to type a passphrase. */
static int no_passphrase(char *buf, int size, int rwflag, void *opaque)
{
	(void)buf, (void)size, (void)rwflag;
	*(bool *)opaque = true;
	return -1;
}

EVP_PKEY *p384_read_private(const char *path, const char *what)
{
	FILE *file = fopen(path, "r");
	bool encrypted = false;
	EVP_PKEY *key;

	if (!file) {
		fail("cannot open the %s %s: %s", what, path, strerror(errno));
		return NULL;
	}
	key = PEM_read_PrivateKey(file, NULL, no_passphrase, &encrypted);
	fclose(file);
	if (encrypted) {
		fail("the %s %s is encrypted: decrypt it with openssl pkey first", what, path);
	} else if (!key) {
		fail("the %s %s holds no private key in PEM", what, path);
	} else if (!p384_is_curve(key)) {
		fail("the %s %s is not a key on the curve P-384 (%s)", what, path, group);
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static bool put_coordinate(EVP_PKEY *key, const char *name, uint8_t *at)
{
	BIGNUM *number = NULL;
	bool good = EVP_PKEY_get_bn_param(key, name, &number) &&
		    BN_bn2lebinpad(number, at, FIELD_LEN) == FIELD_LEN;

	BN_free(number);
	return good || fail("libcrypto gives no coordinates of the key");
}

bool p384_put_public(EVP_PKEY *key, uint8_t out[SNP_KEY_LEN])
{
	memset(out, 0, SNP_KEY_LEN);
	put_le(out, CURVE_P384, KEY_X);
	return put_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, out + KEY_X) &&
	       put_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, out + KEY_Y);
}

/* The field's upper bytes must be zero. */
static bool get_number(const uint8_t *field, uint8_t out[NUMBER_LEN])
{
	size_t i;

	for (i = 0; i < NUMBER_LEN; i++)
		out[i] = field[NUMBER_LEN - 1 - i];
	return all_zero(field + NUMBER_LEN, FIELD_LEN - NUMBER_LEN);
}

/* point: 4, X and Y, big endian.  Fails if it is not on the curve. */
static EVP_PKEY *key_from_point(const uint8_t *point, size_t len)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) > 0)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *p384_get_public(const uint8_t in[SNP_KEY_LEN], const char *what)
{
	uint8_t point[1 + 2 * NUMBER_LEN] = { POINT_CONVERSION_UNCOMPRESSED };
	EVP_PKEY *key;

	if (get_le(in, KEY_X) != CURVE_P384) {
		fail("the %s has the curve %u, P-384 is %u", what,
		     (unsigned int)get_le(in, KEY_X), CURVE_P384);
		return NULL;
	}
	if (!get_number(in + KEY_X, point + 1) ||
	    !get_number(in + KEY_Y, point + 1 + NUMBER_LEN) ||
	    !all_zero(in + KEY_END, SNP_KEY_LEN - KEY_END)) {
		fail("the %s is malformed: bytes that must be zero are not", what);
		return NULL;
	}
	key = key_from_point(point, sizeof(point));
	if (!key)
		fail("the %s is not a point on the curve P-384", what);
	return key;
}

static bool put_signature(const uint8_t *der, size_t len, uint8_t sig[SNP_SIG_LEN])
{
	ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &der, len);
	bool good;

	memset(sig, 0, SNP_SIG_LEN);
	good = parsed &&
	       BN_bn2lebinpad(ECDSA_SIG_get0_r(parsed), sig + SIG_R, FIELD_LEN) == FIELD_LEN &&
	       BN_bn2lebinpad(ECDSA_SIG_get0_s(parsed), sig + SIG_S, FIELD_LEN) == FIELD_LEN;
	ECDSA_SIG_free(parsed);
	return good;
}

bool p384_sign(EVP_PKEY *key, const void *data, size_t size, uint8_t sig[SNP_SIG_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[SNP_SIG_LEN];
	size_t len = sizeof(der);
	bool good;

	good = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key) > 0 &&
	       EVP_DigestSign(ctx, der, &len, data, size) > 0 &&
	       put_signature(der, len, sig);
	EVP_MD_CTX_free(ctx);
	return good || fail("libcrypto cannot sign: %s", ERR_reason_error_string(ERR_get_error()));
}

/* Returns the length of the DER form, 0 if sig is malformed; *der is allocated. */
static int get_signature(const uint8_t sig[SNP_SIG_LEN], uint8_t **der)
{
	ECDSA_SIG *parsed = ECDSA_SIG_new();
	BIGNUM *r = BN_lebin2bn(sig + SIG_R, FIELD_LEN, NULL);
	BIGNUM *s = BN_lebin2bn(sig + SIG_S, FIELD_LEN, NULL);
	int len = 0;

	if (parsed && r && s && all_zero(sig + SIG_END, SNP_SIG_LEN - SIG_END) &&
	    ECDSA_SIG_set0(parsed, r, s)) {
		len = i2d_ECDSA_SIG(parsed, der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(parsed);
	return len > 0 ? len : 0;
}

bool p384_verify(EVP_PKEY *key, const void *data, size_t size,
		 const uint8_t sig[SNP_SIG_LEN], const char *what)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int len = get_signature(sig, &der);
	bool good;

	good = len && ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) > 0 &&
	       EVP_DigestVerify(ctx, der, len, data, size) == 1;
	EVP_MD_CTX_free(ctx);
	OPENSSL_free(der);
	return good || fail("%s does not verify", what);
}
