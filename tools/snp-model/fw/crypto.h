/*
 * SNP host model: the firmware's cryptography
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_CRYPTO_H
#define SNP_MODEL_FW_CRYPTO_H

#include "core.h"

#define FW_P384_LEN     48

void fw_sha384(const void *data, size_t len, uint8_t digest[FW_DIGEST_LEN]);
void fw_sha256(const void *data, size_t len, uint8_t digest[32]);
void fw_hmac_sha256(const uint8_t *key, size_t key_len,
                    const void *data, size_t len, uint8_t mac[32]);

/*
 * The 128 bit key that @label and @context derive from @key: SP 800-108 in
 * counter mode with HMAC-SHA-256, all numbers little endian (#55766).
 */
void fw_kdf(const uint8_t *key, size_t key_len, const char *label,
            const uint8_t *context, size_t context_len, uint8_t out[16]);

/* A private P-384 scalar that follows from @seed and @label. */
void fw_p384_derive(const uint8_t seed[32], const char *label,
                    uint8_t scalar[FW_P384_LEN]);
bool fw_p384_scalar_ok(const uint8_t scalar[FW_P384_LEN]);
bool fw_p384_public_ok(const FwEccPair *pub);
void fw_p384_public(const uint8_t scalar[FW_P384_LEN], FwEccPair *pub);
/* @z is X of the shared point, big endian; false if @peer is no point. */
bool fw_p384_ecdh(const uint8_t scalar[FW_P384_LEN], const FwEccPair *peer,
                  uint8_t z[FW_P384_LEN]);
void fw_p384_sign(FwDrbg *d, const uint8_t scalar[FW_P384_LEN],
                  const uint8_t *digest, size_t len, FwEccPair *sig);
bool fw_p384_verify(const FwEccPair *pub, const uint8_t *digest, size_t len,
                    const FwEccPair *sig);

#define FW_GCM_TAG_LEN  16

/* AES-256-GCM with the firmware's IV: @seqno, then four zero bytes. */
typedef struct FwGcm {
    const uint8_t *key;         /* 32 bytes */
    uint64_t seqno;
    const void *aad;
    size_t aad_len;
} FwGcm;

void fw_gcm_seal(const FwGcm *g, const void *plain, void *sealed, size_t len,
                 uint8_t tag[FW_GCM_TAG_LEN]);
bool fw_gcm_open(const FwGcm *g, const void *sealed, void *plain, size_t len,
                 const uint8_t tag[FW_GCM_TAG_LEN]);

void fw_aes128_ctr(const uint8_t key[16], const uint8_t iv[16],
                   const void *in, void *out, size_t len);

#endif
