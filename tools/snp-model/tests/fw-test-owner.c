/*
 * SNP host model: unit tests of the firmware: owners of the platform
 *
 * The test is the owner, by means of libcrypto.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include "fw-test.h"

#define CERT_LEN    0x824
#define PDH         0x110000ULL     /* certificates, each with room */
#define CHAIN       0x112000ULL
#define SESSION     0x114000ULL

enum { USAGE_OCA = 0x1001, USAGE_PEK, USAGE_PDH, USAGE_CEK };

static EC_KEY *key_new(int seed)
{
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
    const EC_GROUP *group = EC_KEY_get0_group(key);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *n = BN_new();

    BN_set_word(n, 0x1234567 + seed);
    BN_lshift(n, n, 300);
    EC_POINT_mul(group, point, n, NULL, NULL, NULL);
    EC_KEY_set_private_key(key, n);
    EC_KEY_set_public_key(key, point);
    EC_POINT_free(point);
    BN_free(n);
    return key;
}

static void put_key(uint8_t *cert, EC_KEY *key)
{
    BIGNUM *x = BN_new(), *y = BN_new();

    EC_POINT_get_affine_coordinates(EC_KEY_get0_group(key),
                                    EC_KEY_get0_public_key(key), x, y, NULL);
    stl_le_p(cert + 0x10, 2);
    BN_bn2lebinpad(x, cert + 0x14, 72);
    BN_bn2lebinpad(y, cert + 0x14 + 72, 72);
    BN_free(x);
    BN_free(y);
}

static void cert_new(uint8_t *cert, int usage, EC_KEY *key)
{
    memset(cert, 0, CERT_LEN);
    stl_le_p(cert, 1);
    cert[4] = 1;
    cert[5] = 55;
    stl_le_p(cert + 8, usage);
    stl_le_p(cert + 0xc, usage == USAGE_PDH ? 0x103 : 0x102);
    put_key(cert, key);
}

static void cert_sign(uint8_t *cert, int slot, int usage, EC_KEY *key)
{
    uint8_t digest[48], *sig = cert + 0x414 + slot * 0x208;
    const BIGNUM *r, *s;
    ECDSA_SIG *rs;

    SHA384(cert, 0x414, digest);
    rs = ECDSA_do_sign(digest, sizeof(digest), key);
    ECDSA_SIG_get0(rs, &r, &s);
    stl_le_p(sig, usage);
    stl_le_p(sig + 4, 0x102);
    BN_bn2lebinpad(r, sig + 8, 72);
    BN_bn2lebinpad(s, sig + 8 + 72, 72);
    ECDSA_SIG_free(rs);
}

static bool cert_verify(const uint8_t *cert, int slot, const uint8_t *by)
{
    const uint8_t *sig = cert + 0x414 + slot * 0x208;
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
    BIGNUM *x = BN_lebin2bn(by + 0x14, 72, NULL);
    BIGNUM *y = BN_lebin2bn(by + 0x14 + 72, 72, NULL);
    ECDSA_SIG *rs = ECDSA_SIG_new();
    uint8_t digest[48];
    bool sha384 = ldl_le_p(sig + 4) == 0x102, ok;

    EC_KEY_set_public_key_affine_coordinates(key, x, y);
    ECDSA_SIG_set0(rs, BN_lebin2bn(sig + 8, 72, NULL),
                   BN_lebin2bn(sig + 8 + 72, 72, NULL));
    if (sha384) {
        SHA384(cert, 0x414, digest);
    } else {
        SHA256(cert, 0x414, digest);
    }
    ok = ECDSA_do_verify(digest, sha384 ? 48 : 32, rs, key) == 1;
    ECDSA_SIG_free(rs);
    EC_KEY_free(key);
    BN_free(x);
    BN_free(y);
    return ok;
}

static FwStatus run_out(unsigned int id, const Buf *b)
{
    make_firmware(CMD);
    return run(id, b);
}

static void export_chain(void)
{
    Buf b = {};

    for (hwaddr p = PDH; p < SESSION; p += FW_PAGE_SIZE) {
        make_firmware(p);
    }
    b64(&b, 0, PDH);
    b32(&b, 8, CERT_LEN);
    b64(&b, 0x10, CHAIN);
    expect(FW_SUCCESS, run_out(0x08, b32(&b, 0x18, 3 * CERT_LEN)));
}

static uint8_t *pek(void)
{
    return ram + CHAIN;
}

static uint8_t *oca(void)
{
    return ram + CHAIN + CERT_LEN;
}

static uint8_t *cek(void)
{
    return ram + CHAIN + 2 * CERT_LEN;
}

/* The platform's own chain holds together. */
static void test_chain(void)
{
    start_platform();
    export_chain();
    g_assert_true(cert_verify(ram + PDH, 0, pek()));
    g_assert_true(cert_verify(pek(), 0, oca()));
    g_assert_true(cert_verify(pek(), 1, cek()));
    g_assert_true(cert_verify(oca(), 0, oca()));
    pek()[0x20] ^= 1;
    g_assert_false(cert_verify(pek(), 0, oca()));
}

static FwStatus import(const uint8_t *pek_cert, const uint8_t *oca_cert)
{
    Buf b = {};

    memcpy(ram + PAGE, pek_cert, CERT_LEN);
    memcpy(ram + PAGE2, oca_cert, CERT_LEN);
    b64(&b, 0, PAGE);
    b32(&b, 8, CERT_LEN);
    b64(&b, 0x10, PAGE2);
    return run(0x07, b32(&b, 0x18, CERT_LEN));
}

static void get_csr(uint8_t *csr)
{
    Buf b = {};

    make_firmware(OUT);
    b64(&b, 0, OUT);
    expect(FW_SUCCESS, run_out(0x06, b32(&b, 8, CERT_LEN)));
    memcpy(csr, ram + OUT, CERT_LEN);
}

static int owner_flag(void)
{
    Buf b = {};

    expect(FW_SUCCESS, run_out(0x04, &b));
    return ram[CMD + 3] & 1;
}

static void test_import(void)
{
    EC_KEY *owner = key_new(1), *other = key_new(2);
    uint8_t csr[CERT_LEN], own[CERT_LEN], bad[CERT_LEN], old[CERT_LEN];

    start_platform();
    export_chain();
    memcpy(old, ram + PDH, CERT_LEN);
    get_csr(csr);
    cert_new(own, USAGE_OCA, owner);
    expect(FW_INVALID_CERTIFICATE, import(csr, own));   /* nobody signed */
    cert_sign(csr, 0, USAGE_OCA, owner);
    expect(FW_INVALID_CERTIFICATE, import(csr, own));   /* OCA unsigned */
    cert_sign(own, 0, USAGE_OCA, owner);
    cert_new(bad, USAGE_PEK, other);                    /* not our PEK */
    cert_sign(bad, 0, USAGE_OCA, owner);
    expect(FW_INVALID_CERTIFICATE, import(bad, own));
    memcpy(bad, csr, CERT_LEN);
    cert_sign(bad, 0, USAGE_OCA, other);                /* not its owner */
    expect(FW_INVALID_CERTIFICATE, import(bad, own));
    cert_new(bad, USAGE_PDH, owner);                    /* no OCA */
    cert_sign(bad, 0, USAGE_OCA, owner);
    expect(FW_INVALID_CERTIFICATE, import(csr, bad));
    g_assert_cmpint(owner_flag(), ==, 0);
    expect(FW_SUCCESS, import(csr, own));
    g_assert_cmpint(owner_flag(), ==, 1);
    expect(FW_ALREADY_OWNED, import(csr, own));
    export_chain();
    g_assert_cmpmem(oca(), CERT_LEN, own, CERT_LEN);
    g_assert_true(cert_verify(pek(), 0, own));
    g_assert_true(cert_verify(pek(), 1, cek()));
    g_assert_true(cert_verify(ram + PDH, 0, pek()));
    g_assert_cmpint(memcmp(old, ram + PDH, CERT_LEN), !=, 0);
    expect(FW_SUCCESS, run0(0x05));
    g_assert_cmpint(owner_flag(), ==, 0);
    EC_KEY_free(owner);
    EC_KEY_free(other);
}

/* The owner's signature may be the second one. */
static void test_import_second(void)
{
    EC_KEY *owner = key_new(1);
    uint8_t csr[CERT_LEN], own[CERT_LEN];

    start_platform();
    get_csr(csr);
    cert_new(own, USAGE_OCA, owner);
    cert_sign(own, 1, USAGE_OCA, owner);
    cert_sign(csr, 1, USAGE_OCA, owner);
    expect(FW_SUCCESS, import(csr, own));
    export_chain();
    g_assert_true(cert_verify(pek(), 1, own));
    g_assert_true(cert_verify(pek(), 0, cek()));
    EC_KEY_free(owner);
}

static FwStatus init_ex(void)
{
    Buf b = {};

    expect(FW_SUCCESS, run0(0x02));
    b32(&b, 0, 0x24);
    b64(&b, 0x18, 0x80000);
    return run(0x0d, b32(&b, 0x20, 0x8000));
}

/* An owner is in the file that INIT_EX names. */
static void test_import_nv(void)
{
    EC_KEY *owner = key_new(1);
    uint8_t csr[CERT_LEN], own[CERT_LEN];

    start_platform();
    for (int i = 0; i < 8; i++) {
        make_firmware(0x80000 + i * FW_PAGE_SIZE);
    }
    expect(FW_SUCCESS, init_ex());
    get_csr(csr);
    cert_new(own, USAGE_OCA, owner);
    cert_sign(own, 0, USAGE_OCA, owner);
    cert_sign(csr, 0, USAGE_OCA, owner);
    expect(FW_SUCCESS, import(csr, own));
    expect(FW_SUCCESS, run0(0x02));
    expect(FW_SUCCESS, run0(0x03));     /* the chip forgets, the file not */
    g_assert_cmpint(owner_flag(), ==, 0);
    expect(FW_SUCCESS, init_ex());
    g_assert_cmpint(owner_flag(), ==, 1);
    export_chain();
    g_assert_cmpmem(oca(), CERT_LEN, own, CERT_LEN);
    ram[0x80000 + 100] ^= 1;
    expect(FW_SECURE_DATA_INVALID, init_ex());
    EC_KEY_free(owner);
}

void add_owner_tests(void)
{
    g_test_add_func("/owner/chain", test_chain);
    g_test_add_func("/owner/import", test_import);
    g_test_add_func("/owner/import-second", test_import_second);
    g_test_add_func("/owner/import-nv", test_import_nv);
}
