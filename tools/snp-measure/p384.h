/* SPDX-License-Identifier: GPL-2.0-only */
/* ECDSA P-384 with SHA-384, in the little endian formats of the SNP firmware. */
#ifndef SNP_MEASURE_P384_H
#define SNP_MEASURE_P384_H

#include <openssl/evp.h>
#include <snp/id-block.h>

#include "util.h"

/* A private key in PEM, as openssl ecparam and genpkey write it; NULL on failure */
EVP_PKEY *p384_read_private(const char *path, const char *what);
bool p384_put_public(EVP_PKEY *key, uint8_t out[SNP_KEY_LEN]);
EVP_PKEY *p384_get_public(const uint8_t in[SNP_KEY_LEN], const char *what);
bool p384_is_curve(EVP_PKEY *key);

bool p384_sign(EVP_PKEY *key, const void *data, size_t size, uint8_t sig[SNP_SIG_LEN]);
bool p384_verify(EVP_PKEY *key, const void *data, size_t size,
		 const uint8_t sig[SNP_SIG_LEN], const char *what);

#endif /* SNP_MEASURE_P384_H */
