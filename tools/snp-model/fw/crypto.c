/*
 * SNP host model: the firmware's cryptography, on top of nettle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <gmp.h>
#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/ecc.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/gcm.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include "crypto.h"

void fw_sha384(const void *data, size_t len, uint8_t digest[FW_DIGEST_LEN])
{
    struct sha384_ctx ctx;

    sha384_init(&ctx);
    sha384_update(&ctx, len, data);
    sha384_digest(&ctx, FW_DIGEST_LEN, digest);
}

void fw_sha256(const void *data, size_t len, uint8_t digest[32])
{
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    sha256_update(&ctx, len, data);
    sha256_digest(&ctx, 32, digest);
}

void fw_hmac_sha256(const uint8_t *key, size_t key_len,
                    const void *data, size_t len, uint8_t mac[32])
{
    struct hmac_sha256_ctx ctx;

    hmac_sha256_set_key(&ctx, key_len, key);
    hmac_sha256_update(&ctx, len, data);
    hmac_sha256_digest(&ctx, 32, mac);
}

void fw_kdf(const uint8_t *key, size_t key_len, const char *label,
            const uint8_t *context, size_t context_len, uint8_t out[16])
{
    struct hmac_sha256_ctx ctx;
    uint8_t number[4];

    hmac_sha256_set_key(&ctx, key_len, key);
    stl_le_p(number, 1);        /* the only block */
    hmac_sha256_update(&ctx, sizeof(number), number);
    hmac_sha256_update(&ctx, strlen(label) + 1, (const uint8_t *)label);
    hmac_sha256_update(&ctx, context_len, context);
    stl_le_p(number, 128);      /* bits wanted */
    hmac_sha256_update(&ctx, sizeof(number), number);
    hmac_sha256_digest(&ctx, 16, out);
}

static void drbg_bytes(void *opaque, size_t len, uint8_t *buf)
{
    fw_random(opaque, buf, len);
}

static void import_le(mpz_t z, const uint8_t field[FW_ECC_FIELD])
{
    mpz_import(z, FW_ECC_FIELD, -1, 1, 0, 0, field);
}

static void export_le(const mpz_t z, uint8_t field[FW_ECC_FIELD])
{
    memset(field, 0, FW_ECC_FIELD);
    mpz_export(field, NULL, -1, 1, 0, 0, z);
}

/* False when the number is not a private key: 0, or not below the order. */
static bool scalar_import(struct ecc_scalar *s, const uint8_t be[FW_P384_LEN])
{
    mpz_t z;
    bool ok;

    ecc_scalar_init(s, nettle_get_secp_384r1());
    mpz_init(z);
    mpz_import(z, FW_P384_LEN, 1, 1, 0, 0, be);
    ok = ecc_scalar_set(s, z);
    mpz_clear(z);
    return ok;
}

bool fw_p384_scalar_ok(const uint8_t scalar[FW_P384_LEN])
{
    struct ecc_scalar s;
    bool ok = scalar_import(&s, scalar);

    ecc_scalar_clear(&s);
    return ok;
}

void fw_p384_derive(const uint8_t seed[32], const char *label,
                    uint8_t scalar[FW_P384_LEN])
{
    g_autofree char *text = NULL;
    uint32_t i = 0;

    /* almost every 384 bit number will do; try until one does */
    do {
        struct hmac_sha384_ctx ctx;

        g_free(text);
        text = g_strdup_printf("%s %u", label, i++);
        hmac_sha384_set_key(&ctx, 32, seed);
        hmac_sha384_update(&ctx, strlen(text), (uint8_t *)text);
        hmac_sha384_digest(&ctx, FW_P384_LEN, scalar);
    } while (!fw_p384_scalar_ok(scalar));
}

void fw_p384_public(const uint8_t scalar[FW_P384_LEN], FwEccPair *pub)
{
    struct ecc_scalar s;
    struct ecc_point p;
    mpz_t x, y;

    mpz_init(x);
    mpz_init(y);
    scalar_import(&s, scalar);
    ecc_point_init(&p, nettle_get_secp_384r1());
    ecc_point_mul_g(&p, &s);
    ecc_point_get(&p, x, y);
    export_le(x, pub->a);
    export_le(y, pub->b);
    ecc_point_clear(&p);
    ecc_scalar_clear(&s);
    mpz_clear(x);
    mpz_clear(y);
}

void fw_p384_sign(FwDrbg *d, const uint8_t scalar[FW_P384_LEN],
                  const uint8_t *digest, size_t len, FwEccPair *sig)
{
    struct ecc_scalar s;
    struct dsa_signature dsa;

    dsa_signature_init(&dsa);
    scalar_import(&s, scalar);
    ecdsa_sign(&s, d, drbg_bytes, len, digest, &dsa);
    export_le(dsa.r, sig->a);
    export_le(dsa.s, sig->b);
    ecc_scalar_clear(&s);
    dsa_signature_clear(&dsa);
}

/* False when the pair is not a point of the curve. */
static bool point_import(struct ecc_point *p, const FwEccPair *pub)
{
    mpz_t x, y;
    bool ok;

    ecc_point_init(p, nettle_get_secp_384r1());
    mpz_init(x);
    mpz_init(y);
    import_le(x, pub->a);
    import_le(y, pub->b);
    ok = ecc_point_set(p, x, y);
    mpz_clear(x);
    mpz_clear(y);
    return ok;
}

bool fw_p384_public_ok(const FwEccPair *pub)
{
    struct ecc_point p;
    bool ok = point_import(&p, pub);

    ecc_point_clear(&p);
    return ok;
}

bool fw_p384_ecdh(const uint8_t scalar[FW_P384_LEN], const FwEccPair *peer,
                  uint8_t z[FW_P384_LEN])
{
    struct ecc_scalar s;
    struct ecc_point p;
    mpz_t x, y;
    bool ok = point_import(&p, peer);

    scalar_import(&s, scalar);
    mpz_init(x);
    mpz_init(y);
    if (ok) {
        uint8_t field[FW_ECC_FIELD];

        ecc_point_mul(&p, &s, &p);
        ecc_point_get(&p, x, y);
        export_le(x, field);
        for (int i = 0; i < FW_P384_LEN; i++) {
            z[i] = field[FW_P384_LEN - 1 - i];
        }
    }
    mpz_clear(x);
    mpz_clear(y);
    ecc_scalar_clear(&s);
    ecc_point_clear(&p);
    return ok;
}

bool fw_p384_verify(const FwEccPair *pub, const uint8_t *digest, size_t len,
                    const FwEccPair *sig)
{
    struct ecc_point p;
    struct dsa_signature dsa;
    bool ok;

    dsa_signature_init(&dsa);
    import_le(dsa.r, sig->a);
    import_le(dsa.s, sig->b);
    ok = point_import(&p, pub) && ecdsa_verify(&p, len, digest, &dsa);
    ecc_point_clear(&p);
    dsa_signature_clear(&dsa);
    return ok;
}

static void gcm_start(struct gcm_aes256_ctx *ctx, const FwGcm *g)
{
    uint8_t iv[GCM_IV_SIZE] = {};

    stq_le_p(iv, g->seqno);
    gcm_aes256_set_key(ctx, g->key);
    gcm_aes256_set_iv(ctx, sizeof(iv), iv);
    gcm_aes256_update(ctx, g->aad_len, g->aad);
}

void fw_gcm_seal(const FwGcm *g, const void *plain, void *sealed, size_t len,
                 uint8_t tag[FW_GCM_TAG_LEN])
{
    struct gcm_aes256_ctx ctx;

    gcm_start(&ctx, g);
    gcm_aes256_encrypt(&ctx, len, sealed, plain);
    gcm_aes256_digest(&ctx, FW_GCM_TAG_LEN, tag);
}

bool fw_gcm_open(const FwGcm *g, const void *sealed, void *plain, size_t len,
                 const uint8_t tag[FW_GCM_TAG_LEN])
{
    struct gcm_aes256_ctx ctx;
    uint8_t expected[FW_GCM_TAG_LEN];

    gcm_start(&ctx, g);
    gcm_aes256_decrypt(&ctx, len, plain, sealed);
    gcm_aes256_digest(&ctx, FW_GCM_TAG_LEN, expected);
    return memeql_sec(tag, expected, FW_GCM_TAG_LEN);
}

void fw_aes128_ctr(const uint8_t key[16], const uint8_t iv[16],
                   const void *in, void *out, size_t len)
{
    struct aes128_ctx ctx;
    uint8_t counter[16];

    memcpy(counter, iv, sizeof(counter));
    aes128_set_encrypt_key(&ctx, key);
    ctr_crypt(&ctx, (nettle_cipher_func *)aes128_encrypt, sizeof(counter),
              counter, len, out, in);
}
