/* SPDX-License-Identifier: GPL-2.0-only */
/* ECDSA P-384 with SHA-384, in the little endian formats of the SNP firmware. */
#ifndef SNP_MEASURE_P384_H
#define SNP_MEASURE_P384_H

#include <openssl/evp.h>

#include "util.h"

#define SNP_KEY_LEN	0x404	/* curve, X, Y, zeros */
#define SNP_SIG_LEN	0x200	/* R, S, zeros */

/* A private key in PEM, as openssl ecparam and genpkey write it; NULL on failure */
EVP_PKEY *p384_read_private(const char *path, const char *what);
bool p384_put_public(EVP_PKEY *key, uint8_t out[SNP_KEY_LEN]);
EVP_PKEY *p384_get_public(const uint8_t in[SNP_KEY_LEN], const char *what);
bool p384_is_curve(EVP_PKEY *key);

bool p384_sign(EVP_PKEY *key, const void *data, size_t size, uint8_t sig[SNP_SIG_LEN]);
bool p384_verify(EVP_PKEY *key, const void *data, size_t size,
		 const uint8_t sig[SNP_SIG_LEN], const char *what);

#endif /* SNP_MEASURE_P384_H */
