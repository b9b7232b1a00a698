/*
 * SNP host model: unit tests of the firmware: owners, sessions and migration
 *
 * The test is a guest owner, a platform owner and the other platform, by means
 * of libcrypto.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdh.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include "fw-test.h"
#include "../fw/crypto.h"

#define CERT_LEN    0x824
#define HDR         LIST
#define PDH         0x110000ULL     /* certificates, each with room */
#define CHAIN       0x112000ULL
#define SESSION     0x114000ULL
#define POLICY_SEV  0U
#define PEER_PEK    11              /* seed of its key */

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

static FwStatus with_handle(unsigned int id, uint32_t handle)
{
    Buf b = {};

    return run(id, b32(&b, 0, handle));
}

static void activate(uint32_t handle, uint32_t asid)
{
    Buf b = {};

    b32(&b, 0, handle);
    expect(FW_SUCCESS, run(0x21, b32(&b, 4, asid)));
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

static void hmac(const uint8_t *key, const void *in, size_t len,
                 uint8_t out[32])
{
    unsigned int n = 32;

    HMAC(EVP_sha256(), key, 16, in, len, out, &n);
}

static void kdf(const uint8_t *key, size_t key_len, const char *label,
                const uint8_t *context, uint8_t out[16])
{
    uint8_t in[64] = { 1 }, mac[32];
    size_t len = 4 + strlen(label) + 1;
    unsigned int n = 32;

    memcpy(in + 4, label, strlen(label));
    if (context) {
        memcpy(in + len, context, 16);
        len += 16;
    }
    stl_le_p(in + len, 128);
    HMAC(EVP_sha256(), key, key_len, in, len + 4, mac, &n);
    memcpy(out, mac, 16);
}

static void ctr(const uint8_t *key, const uint8_t *iv, const uint8_t *in,
                uint8_t *out, int len)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;

    EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv);
    EVP_EncryptUpdate(c, out, &n, in, len);
    EVP_CIPHER_CTX_free(c);
}

/* The keys that wrap transport keys, for @key and the exported PDH */
static void wrap_keys(EC_KEY *key, const uint8_t *nonce, uint8_t kek[16],
                      uint8_t kik[16])
{
    const EC_GROUP *group = EC_KEY_get0_group(key);
    BIGNUM *x = BN_lebin2bn(ram + PDH + 0x14, 72, NULL);
    BIGNUM *y = BN_lebin2bn(ram + PDH + 0x14 + 72, 72, NULL);
    EC_POINT *point = EC_POINT_new(group);
    uint8_t z[48], master[16];

    EC_POINT_set_affine_coordinates(group, point, x, y, NULL);
    g_assert_cmpint(ECDH_compute_key(z, sizeof(z), point, key, NULL), ==, 48);
    kdf(z, sizeof(z), "sev-master-secret", nonce, master);
    kdf(master, 16, "sev-kek", NULL, kek);
    kdf(master, 16, "sev-kik", NULL, kik);
    EC_POINT_free(point);
    BN_free(x);
    BN_free(y);
}

/* Transport keys, TEK and TIK */
static const uint8_t keys[32] = "transport key..integrity key....";

static void put_session(EC_KEY *key, uint32_t policy)
{
    uint8_t *s = ram + SESSION, kek[16], kik[16], le[4];

    export_chain();
    memset(s, 0x5a, 0x80);
    wrap_keys(key, s, kek, kik);
    ctr(kek, s + 0x30, keys, s + 0x10, 32);
    hmac(kik, s + 0x10, 32, s + 0x40);
    stl_le_p(le, policy);
    hmac(keys + 16, le, 4, s + 0x60);
    cert_new(ram + PDH, USAGE_PDH, key);
}

/* LAUNCH_START or RECEIVE_START with what put_session() left */
static FwStatus start(unsigned int id, uint32_t policy)
{
    Buf b = {};

    b32(&b, 4, policy);
    b64(&b, 8, PDH);
    b32(&b, 0x10, CERT_LEN);
    b64(&b, 0x18, SESSION);
    return run_out(id, b32(&b, 0x20, 0x80));
}

/* A public vector: virtee/sev's session keys */
static void test_kdf(void)
{
    static const uint8_t zero[16], expected[16] = {
        0xab, 0x4d, 0x26, 0x9f, 0xcc, 0x62, 0xbe, 0xdb,
        0x45, 0x11, 0xd5, 0x6c, 0x38, 0x6c, 0xe7, 0x06,
    };
    uint8_t out[16];

    fw_kdf(zero, 16, "sev-master-secret", zero, 16, out);
    g_assert_cmpmem(out, 16, expected, 16);
}

static void refused_sessions(unsigned int id, EC_KEY *key)
{
    put_session(key, POLICY_SEV);
    ram[SESSION + 0x10] ^= 1;
    expect(FW_BAD_MEASUREMENT, start(id, POLICY_SEV));
    ram[SESSION + 0x10] ^= 1;
    ram[SESSION] ^= 1;                              /* nonce */
    expect(FW_BAD_MEASUREMENT, start(id, POLICY_SEV));
    ram[SESSION] ^= 1;
    ram[SESSION + 0x60] ^= 1;
    expect(FW_BAD_MEASUREMENT, start(id, POLICY_SEV));
    ram[SESSION + 0x60] ^= 1;
    expect(FW_BAD_MEASUREMENT, start(id, SEV_POLICY_NODBG));
    ram[PDH + 0x14] ^= 1;                           /* no point */
    expect(FW_INVALID_CERTIFICATE, start(id, POLICY_SEV));
    ram[PDH + 0x14] ^= 1;
    ram[PDH + 8] = USAGE_PEK & 0xff;
    expect(FW_INVALID_CERTIFICATE, start(id, POLICY_SEV));
    g_assert_cmpint(fw->sev_state, ==, SEV_INIT);
}

static void fill_packet(uint8_t *hdr, uint8_t *data, int kind, uint32_t len,
                        const uint8_t *measure)
{
    g_autofree uint8_t *in = g_malloc(61 + len);
    uint8_t *end = in + 29 + len;

    memset(hdr, 0, 52);
    memset(hdr + 4, 0xc7, 16);
    ctr(keys, hdr + 4, data, data, len);
    in[0] = kind;
    memcpy(in + 1, hdr, 20);
    stl_le_p(in + 21, len);
    stl_le_p(in + 25, len);
    memcpy(in + 29, data, len);
    if (measure) {
        memcpy(end, measure, 32);
        end += 32;
    }
    hmac(keys + 16, in, end - in, hdr + 20);
}

static FwStatus packet(unsigned int id, uint32_t handle, hwaddr guest,
                       hwaddr trans, uint32_t len)
{
    Buf b = {};

    b32(&b, 0, handle);
    b64(&b, 0x08, HDR);
    b32(&b, 0x10, 52);
    b64(&b, 0x18, guest);
    b32(&b, 0x20, len);
    b64(&b, 0x28, trans);
    b32(&b, 0x30, len);
    return run_out(id, &b);
}

/* A guest owner's secret reaches the guest through a session. */
static void test_session(void)
{
    EC_KEY *owner = key_new(3);
    uint8_t in[56] = { 4, 1, 55, 25 }, mac[32];
    uint32_t g;
    Buf b = {};

    start_platform();
    refused_sessions(0x30, owner);
    put_session(owner, POLICY_SEV);
    expect(FW_SUCCESS, start(0x30, POLICY_SEV));
    g = ldl_le_p(ram + CMD);
    activate(g, 100);
    make_firmware(OUT);
    b32(&b, 0, g);
    b64(&b, 8, OUT);
    expect(FW_SUCCESS, run_out(0x33, b32(&b, 0x10, 48)));
    SHA256(NULL, 0, in + 8);
    memcpy(in + 40, ram + OUT + 32, 16);
    hmac(keys + 16, in, sizeof(in), mac);
    g_assert_cmpmem(ram + OUT, 32, mac, 32);
    memset(ram + PAGE2, 0x42, 64);
    fill_packet(ram + HDR, ram + PAGE2, 1, 64, ram + OUT);
    make_firmware(PAGE);
    expect(FW_SUCCESS, packet(0x34, g, PAGE, PAGE2, 64));
    g_assert_cmpint(ram[PAGE], ==, 0x42);
    g_assert_cmpint(ram[PAGE + 63], ==, 0x42);
    EC_KEY_free(owner);
}

static uint32_t running(uint32_t policy, uint32_t asid)
{
    uint32_t g;
    Buf b = {};

    expect(FW_SUCCESS, run_out(0x30, b32(&b, 4, policy)));
    g = ldl_le_p(ram + CMD);
    activate(g, asid);
    make_firmware(OUT);
    b32(&b, 0, g);
    b64(&b, 8, OUT);
    expect(FW_SUCCESS, run_out(0x33, b32(&b, 0x10, 48)));
    expect(FW_SUCCESS, with_handle(0x35, g));
    return g;
}

/* The other platform: its PDH is @key, its owner and chip are others. */
static void put_peer(EC_KEY *key)
{
    EC_KEY *pek_key = key_new(PEER_PEK), *oca_key = key_new(12),
           *cek_key = key_new(13);

    cert_new(ram + PDH, USAGE_PDH, key);
    cert_sign(ram + PDH, 0, USAGE_PEK, pek_key);
    cert_new(pek(), USAGE_PEK, pek_key);
    cert_sign(pek(), 0, USAGE_OCA, oca_key);
    cert_sign(pek(), 1, USAGE_CEK, cek_key);
    cert_new(oca(), USAGE_OCA, oca_key);
    cert_sign(oca(), 0, USAGE_OCA, oca_key);
    cert_new(cek(), USAGE_CEK, cek_key);
    EC_KEY_free(pek_key);
    EC_KEY_free(oca_key);
    EC_KEY_free(cek_key);
}

static FwStatus send_start(uint32_t handle, uint32_t session_len)
{
    Buf b = {};

    b32(&b, 0, handle);
    b64(&b, 0x08, PDH);
    b32(&b, 0x10, CERT_LEN);
    b64(&b, 0x18, CHAIN);
    b32(&b, 0x20, 3 * CERT_LEN);
    b64(&b, 0x38, SESSION);
    return run_out(0x40, b32(&b, 0x40, session_len));
}

static uint32_t state(uint32_t handle)
{
    Buf b = {};

    expect(FW_SUCCESS, run_out(0x23, b32(&b, 0, handle)));
    return ram[CMD + 0xc];
}

static void test_send_refused(void)
{
    EC_KEY *peer = key_new(4), *pek_key = key_new(PEER_PEK);
    uint32_t g;

    start_platform();
    put_peer(peer);
    expect(FW_INVALID_GUEST, send_start(99, 0x80));
    g = running(POLICY_SEV, 100);
    expect(FW_INVALID_LEN, send_start(g, 0));
    g_assert_cmpint(ldl_le_p(ram + CMD + 0x40), ==, 0x80);
    expect(FW_INVALID_PAGE_STATE, send_start(g, 0x80));
    make_firmware(SESSION);
    for (int cert = 0; cert < 4; cert++) {
        uint8_t *sig = (cert == 3 ? ram + PDH : pek() + cert * CERT_LEN) +
                       0x414 + 0x20;

        if (cert == 2) {
            sig = pek() + 0x414 + 0x208 + 0x20;     /* the CEK's */
        }
        *sig ^= 1;
        expect(FW_INVALID_CERTIFICATE, send_start(g, 0x80));
        *sig ^= 1;
    }
    ram[PDH + 0x14] ^= 1;                           /* no point, but signed */
    cert_sign(ram + PDH, 0, USAGE_PEK, pek_key);
    expect(FW_INVALID_CERTIFICATE, send_start(g, 0x80));
    ram[PDH + 0x14] ^= 1;
    cert_sign(ram + PDH, 0, USAGE_PEK, pek_key);
    expect(FW_POLICY_FAILURE, send_start(running(SEV_POLICY_NOSEND, 101),
                                         0x80));
    expect(FW_POLICY_FAILURE, send_start(running(SEV_POLICY_DOMAIN, 102),
                                         0x80));
    expect(FW_INVALID_CERTIFICATE, send_start(running(SEV_POLICY_SEV, 103),
                                              0x80));
    ram[PDH + 5] = 54;
    cert_sign(ram + PDH, 0, USAGE_PEK, pek_key);
    expect(FW_POLICY_FAILURE, send_start(running(0x3701U << 16, 104), 0x80));
    expect(FW_SUCCESS, send_start(g, 0x80));
    expect(FW_INVALID_GUEST_STATE, send_start(g, 0x80));
    EC_KEY_free(peer);
    EC_KEY_free(pek_key);
}

/* What the other platform makes of the session that SEND_START wrote */
static void open_session(EC_KEY *peer, uint32_t policy, uint8_t got[32])
{
    const uint8_t *s = ram + SESSION;
    uint8_t kek[16], kik[16], mac[32], le[4];

    export_chain();
    wrap_keys(peer, s, kek, kik);
    hmac(kik, s + 0x10, 32, mac);
    g_assert_cmpmem(mac, 32, s + 0x40, 32);
    ctr(kek, s + 0x30, s + 0x10, got, 32);
    stl_le_p(le, policy);
    hmac(got + 16, le, 4, mac);
    g_assert_cmpmem(mac, 32, s + 0x60, 32);
}

static void check_packet(const uint8_t *got, int kind, uint32_t len)
{
    g_autofree uint8_t *in = g_malloc(29 + len);
    const uint8_t *hdr = ram + HDR;
    uint8_t mac[32];

    in[0] = kind;
    memcpy(in + 1, hdr, 20);
    stl_le_p(in + 21, len);
    stl_le_p(in + 25, len);
    memcpy(in + 29, ram + OUT, len);
    hmac(got + 16, in, 29 + len, mac);
    g_assert_cmpmem(mac, 32, hdr + 20, 32);
    ctr(got, hdr + 4, ram + OUT, ram + OUT, len);
}

static FwStatus send_page(unsigned int id, uint32_t g, uint32_t len)
{
    make_firmware(HDR);
    make_firmware(OUT);
    return packet(id, g, PAGE, OUT, len);
}

static void test_send(void)
{
    EC_KEY *peer = key_new(4);
    uint8_t got[32], first[16];
    uint32_t g;
    Buf b = {};

    start_platform();
    put_peer(peer);
    make_firmware(SESSION);
    g = running(SEV_POLICY_ES, 5);
    expect(FW_INVALID_GUEST_STATE, send_page(0x41, g, 32));
    expect(FW_SUCCESS, send_start(g, 0x80));
    g_assert_cmpint(ldl_le_p(ram + CMD + 4), ==, SEV_POLICY_ES);
    g_assert_cmpint(state(g), ==, 4);
    g_assert_cmpint(snp_fw_asid(5, NULL, NULL), ==, SNP_ASID_RUNNING);
    expect(FW_SUCCESS, with_handle(0x22, g));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x0a));
    activate(g, 5);
    g_assert_cmpint(snp_fw_asid(5, NULL, NULL), ==, SNP_ASID_RUNNING);
    open_session(peer, SEV_POLICY_ES, got);
    memset(ram + PAGE, 0x61, FW_PAGE_SIZE);
    b32(&b, 0, g);
    expect(FW_INVALID_LEN, run_out(0x41, &b));
    g_assert_cmpint(ldl_le_p(ram + CMD + 0x10), ==, 52);
    expect(FW_INVALID_LEN, send_page(0x41, g, 40));
    expect(FW_INVALID_LEN, send_page(0x42, g, 32));
    expect(FW_SUCCESS, send_page(0x41, g, 32));
    memcpy(first, ram + OUT, 16);
    check_packet(got, 2, 32);
    g_assert_cmpmem(ram + OUT, 32, ram + PAGE, 32);
    expect(FW_SUCCESS, send_page(0x41, g, 32));
    g_assert_cmpint(memcmp(first, ram + OUT, 16), !=, 0);
    expect(FW_SUCCESS, send_page(0x42, g, FW_PAGE_SIZE));
    check_packet(got, 3, FW_PAGE_SIZE);
    g_assert_cmpmem(ram + OUT, 4096, ram + PAGE, 4096);
    expect(FW_SUCCESS, with_handle(0x44, g));
    g_assert_cmpint(state(g), ==, 3);
    expect(FW_INVALID_GUEST_STATE, with_handle(0x43, g));
    put_peer(peer);
    make_firmware(SESSION);
    expect(FW_SUCCESS, send_start(g, 0x80));
    expect(FW_SUCCESS, with_handle(0x43, g));
    g_assert_cmpint(state(g), ==, 6);
    g_assert_cmpint(snp_fw_asid(5, NULL, NULL), ==, SNP_ASID_LAUNCHING);
    expect(FW_INVALID_GUEST_STATE, with_handle(0x44, g));
    expect(FW_INVALID_GUEST_STATE, send_page(0x41, g, 32));
    EC_KEY_free(peer);
}

static void test_receive(void)
{
    EC_KEY *sender = key_new(5);
    uint32_t g;

    start_platform();
    refused_sessions(0x50, sender);
    put_session(sender, SEV_POLICY_ES);
    expect(FW_SUCCESS, start(0x50, SEV_POLICY_ES));
    g = ldl_le_p(ram + CMD);
    g_assert_cmpint(state(g), ==, 5);
    memset(ram + OUT, 0x71, FW_PAGE_SIZE);
    fill_packet(ram + HDR, ram + OUT, 2, FW_PAGE_SIZE, NULL);
    expect(FW_INACTIVE, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    activate(g, 6);
    expect(FW_INVALID_PAGE_STATE, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    make_firmware(PAGE);
    expect(FW_INVALID_ADDRESS, packet(0x51, g, PAGE + 8, OUT, 16));
    expect(FW_BAD_MEASUREMENT, packet(0x52, g, PAGE, OUT, FW_PAGE_SIZE));
    ram[HDR] = 1;
    expect(FW_UNSUPPORTED, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    ram[HDR] = 0;
    ram[OUT] ^= 1;
    expect(FW_BAD_MEASUREMENT, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    ram[OUT] ^= 1;
    g_assert_cmpint(ram[PAGE], ==, 0);
    expect(FW_SUCCESS, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    g_assert_cmpint(ram[PAGE], ==, 0x71);
    g_assert_cmpint(ram[PAGE + 4095], ==, 0x71);
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_RECLAIM);
    expect(FW_INVALID_GUEST_STATE, with_handle(0x35, g));
    g_assert_cmpint(snp_fw_asid(6, NULL, NULL), ==, SNP_ASID_LAUNCHING);
    expect(FW_SUCCESS, with_handle(0x53, g));
    g_assert_cmpint(snp_fw_asid(6, NULL, NULL), ==, SNP_ASID_RUNNING);
    expect(FW_INVALID_GUEST_STATE, with_handle(0x53, g));
    expect(FW_INVALID_GUEST_STATE, packet(0x51, g, PAGE, OUT, FW_PAGE_SIZE));
    EC_KEY_free(sender);
}

void add_owner_tests(void)
{
    g_test_add_func("/owner/chain", test_chain);
    g_test_add_func("/owner/import", test_import);
    g_test_add_func("/owner/import-second", test_import_second);
    g_test_add_func("/owner/import-nv", test_import_nv);
    g_test_add_func("/owner/kdf", test_kdf);
    g_test_add_func("/owner/session", test_session);
    g_test_add_func("/owner/send-refused", test_send_refused);
    g_test_add_func("/owner/send", test_send);
    g_test_add_func("/owner/receive", test_receive);
}
