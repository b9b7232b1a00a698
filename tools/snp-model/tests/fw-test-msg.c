/*
 * SNP host model: unit tests of the firmware: guest messages and reports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include "fw-test.h"
#include "../fw/snp.h"

static uint8_t vmpck[4][32];
static uint64_t seqno[4];
static uint8_t reply[FW_PAGE_SIZE];

static SnpContext *guest(void)
{
    SnpContext *ctx;

    expect(FW_SUCCESS, snp_context_find(fw, GCTX, &ctx));
    return ctx;
}

static void start_running(uint64_t flags)
{
    Buf b = {};

    start_platform();
    make_firmware(GCTX);
    expect(FW_SUCCESS, run(0x93, b64(&b, 0, GCTX)));
    expect(FW_SUCCESS, launch_start(POLICY));
    b64(&b, 0, GCTX);
    expect(FW_SUCCESS, run(0x91, b32(&b, 8, ASID)));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_SECRETS));
    memcpy(vmpck, ram + PAGE + 0x20, sizeof(vmpck));
    memset(seqno, 0, sizeof(seqno));
    memset(&b, 0, sizeof(b));
    b64(&b, 0, GCTX);
    expect(FW_SUCCESS, run(0xa2, b64(&b, 0x18, flags)));
    make_firmware(OUT);
}

static bool gcm(bool seal, const uint8_t *key, uint64_t seq,
                const uint8_t *hdr, const uint8_t *in, uint8_t *out, int len,
                uint8_t *tag)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    uint8_t iv[12] = {};
    int n;
    bool ok;

    stq_le_p(iv, seq);
    EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, iv, seal);
    EVP_CipherUpdate(c, NULL, &n, hdr + 0x30, 0x30);
    EVP_CipherUpdate(c, out, &n, in, len);
    if (!seal) {
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, 16, tag);
    }
    ok = EVP_CipherFinal_ex(c, out + len, &n) > 0;
    if (seal) {
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, tag);
    }
    EVP_CIPHER_CTX_free(c);
    return ok;
}

static void put_message(int key, uint64_t seq, int type, const uint8_t *body,
                        int len)
{
    uint8_t *h = ram + REQ;

    memset(h, 0, FW_PAGE_SIZE);
    stq_le_p(h + 0x20, seq);
    h[0x30] = 1;
    h[0x31] = 1;
    stw_le_p(h + 0x32, 0x60);
    h[0x34] = type;
    h[0x35] = 1;
    stw_le_p(h + 0x36, len);
    h[0x3c] = key;
    gcm(true, vmpck[key], seq, h, body, h + 0x60, len, h);
}

static FwStatus send_message(void)
{
    Buf b = {};

    b64(&b, 0, GCTX);
    b64(&b, 8, REQ);
    return run(0x94, b64(&b, 0x10, OUT));
}

/* Ask and open the answer; returns the status in its body. */
static FwStatus ask(int key, int type, const uint8_t *body, int len)
{
    uint8_t *h = ram + OUT;

    put_message(key, seqno[key] + 1, type, body, len);
    expect(FW_SUCCESS, send_message());
    seqno[key] += 2;
    g_assert_cmpint(ldq_le_p(h + 0x20), ==, seqno[key]);
    g_assert_cmpint(h[0x34], ==, type + 1);
    g_assert(gcm(false, vmpck[key], seqno[key], h, h + 0x60, reply,
                 lduw_le_p(h + 0x36), h));
    g_assert_cmpint(snp_rmp_state(OUT), ==, SNP_PAGE_FIRMWARE);
    return ldl_le_p(reply);
}

static FwStatus ask_report(int key, uint32_t vmpl, uint32_t key_sel)
{
    uint8_t body[0x60] = {};

    memset(body, 0xd5, 64);
    stl_le_p(body + 0x40, vmpl);
    stl_le_p(body + 0x44, key_sel);
    return ask(key, 5, body, sizeof(body));
}

/* The report's signature against a private key */
static bool signed_with(const uint8_t *r, const uint8_t scalar[48])
{
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
    const EC_GROUP *g = EC_KEY_get0_group(key);
    BIGNUM *d = BN_bin2bn(scalar, 48, NULL);
    EC_POINT *q = EC_POINT_new(g);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    uint8_t md[48];
    bool ok;

    EC_POINT_mul(g, q, d, NULL, NULL, NULL);
    EC_KEY_set_public_key(key, q);
    ECDSA_SIG_set0(sig, BN_lebin2bn(r + 0x2a0, 72, NULL),
                   BN_lebin2bn(r + 0x2e8, 72, NULL));
    SHA384(r, 0x2a0, md);
    ok = ECDSA_do_verify(md, sizeof(md), sig, key) == 1;
    ECDSA_SIG_free(sig);
    EC_POINT_free(q);
    BN_free(d);
    EC_KEY_free(key);
    return ok;
}

/* That of the key that the model was given */
static bool signed_by_vcek(const uint8_t *r)
{
    return signed_with(r, fw->keys.vcek);
}

static void test_report(void)
{
    uint8_t *r = reply + 0x20;

    start_running(0);
    expect(FW_SUCCESS, ask_report(0, 0, 0));
    g_assert_cmpint(ldl_le_p(reply + 4), ==, 0x4a0);
    g_assert_cmpint(ldl_le_p(r), ==, 3);
    g_assert_cmpint(ldq_le_p(r + 0x40), ==, 1 << 5 | mock_smt);
    g_assert_cmpmem(r + 0x188, 3, "\x19\x01\x01", 3);
    g_assert_cmphex(ldq_le_p(r + 8), ==, POLICY);
    g_assert_cmpint(r[0x50], ==, 0xd5);
    g_assert_cmpint(r[0x8f], ==, 0xd5);
    g_assert_cmpmem(r + 0x90, 48, guest()->ld, 48);
    g_assert_cmpmem(r + 0x1a0, 64, fw->keys.chip_id, 64);
    g_assert_cmpint(r[0x160], ==, 0xff);
    g_assert(signed_by_vcek(r));
    r[0x90] ^= 1;
    g_assert(!signed_by_vcek(r));
    expect(FW_SUCCESS, ask_report(0, 3, 1));
    g_assert_cmpint(ldl_le_p(r + 0x30), ==, 3);
    expect(FW_SUCCESS, ask_report(2, 2, 0));
    expect(FW_INVALID_PARAM, ask_report(2, 1, 0));
    expect(FW_INVALID_PARAM, ask_report(0, 4, 0));
    expect(FW_INVALID_KEY, ask_report(0, 0, 2));
    expect(FW_INVALID_PARAM, ask_report(0, 0, 3));
    start_running(4);                       /* VCEK disabled */
    expect(FW_INVALID_KEY, ask_report(0, 0, 0));
}

static void test_turin_report(void)
{
    uint8_t *r = reply + 0x20;

    start_running(0);
    fw->product = &fw_product_turin;
    expect(FW_SUCCESS, ask_report(0, 0, 0));
    g_assert_cmpmem(r + 0x38, 8, "\1\1\1\2\0\0\0\x4f", 8);
    g_assert_cmpmem(r + 0x1e0, 8, r + 0x38, 8);
    g_assert_cmpmem(r + 0x1a0, 8, fw->keys.chip_id, 8);
    g_assert(fw_is_zero(r + 0x1a8, 56));
    g_assert(signed_by_vcek(r));
}

static void test_masked_report(void)
{
    uint8_t *r = reply + 0x20;
    Buf b = {};

    start_running(0);
    expect(FW_SUCCESS, run(0xc9, b32(&b, 8, 3)));
    expect(FW_SUCCESS, ask_report(0, 0, 0));
    g_assert(fw_is_zero(r + 0x1a0, 64));
    g_assert(fw_is_zero(r + 0x2a0, 0x200));
    g_assert_cmpint(ldl_le_p(r + 0x48), ==, 7 << 2 | 2);
}

static FwStatus ask_key(uint32_t root, uint64_t mix, uint32_t svn,
                        uint64_t tcb, uint8_t key[32])
{
    uint8_t body[0x20] = {};
    FwStatus status;

    stl_le_p(body, root);
    stq_le_p(body + 8, mix);
    stl_le_p(body + 0x14, svn);
    stq_le_p(body + 0x18, tcb);
    status = ask(0, 3, body, sizeof(body));
    memcpy(key, reply + 0x20, 32);
    return status;
}

static const uint8_t vlek[0x180] = "a private key of P-384, forty-eight bytes long.";

/* Such a VLEK as AMD's service wraps one for this chip and this TCB version */
static void wrap_vlek(uint64_t tcb)
{
    uint8_t *w = ram + LIST;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;

    memset(w, 0, 432);
    stq_le_p(w, 0x1234567);
    stq_le_p(w + 0x190, tcb);
    EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, fw->keys.vlek_wrap, w);
    EVP_EncryptUpdate(c, NULL, &n, w + 0x190, 0x10);
    EVP_EncryptUpdate(c, w + 0x10, &n, vlek, sizeof(vlek));
    EVP_EncryptFinal_ex(c, w + 0x190, &n);
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, w + 0x1a0);
    EVP_CIPHER_CTX_free(c);
}

static FwStatus load_vlek(uint32_t len, uint32_t version)
{
    Buf b = {};

    b32(&b, 0, len);
    b32(&b, 4, version);
    return run(0xcd, b64(&b, 8, LIST));
}

static void test_vlek_load(void)
{
    Buf b = {};

    start_running(0);
    wrap_vlek(FW_TCB);
    expect(FW_INVALID_PARAM, load_vlek(0x20, 0));
    expect(FW_INVALID_PARAM, load_vlek(0x10, 1));
    for (int at = 0; at < 432; at += at == 8 ? 8 : 4) {
        ram[LIST + at] ^= 1;
        expect(FW_BAD_MEASUREMENT, load_vlek(0x10, 0));
        ram[LIST + at] ^= 1;
    }
    wrap_vlek(FW_TCB - 1);
    expect(FW_INVALID_PARAM, load_vlek(0x10, 0));
    wrap_vlek(FW_TCB);
    expect(FW_SUCCESS, load_vlek(0x10, 0));
    expect(FW_SUCCESS, run(0x83, b64(&b, 0, OUT)));
    g_assert_cmphex(ldl_le_p(ram + OUT + 8), ==, 1 << 3 | 1 << 2);
}

static void test_vlek_report(void)
{
    uint8_t *r = reply + 0x20, a[32], b[32];
    Buf config = {};

    start_running(0);
    wrap_vlek(FW_TCB);
    expect(FW_SUCCESS, ask_key(0, 0, 0, 0, a));
    expect(FW_INVALID_KEY, ask_report(0, 0, 2));
    expect(FW_SUCCESS, load_vlek(0x10, 0));
    expect(FW_SUCCESS, ask_report(0, 0, 0));
    g_assert_cmpint(ldl_le_p(r + 0x48), ==, 1 << 2);
    g_assert(signed_with(r, vlek) && !signed_by_vcek(r));
    expect(FW_SUCCESS, ask_report(0, 0, 2));
    g_assert(signed_with(r, vlek));
    expect(FW_SUCCESS, ask_report(0, 0, 1));
    g_assert_cmpint(ldl_le_p(r + 0x48), ==, 0);
    g_assert(signed_by_vcek(r));
    expect(FW_SUCCESS, ask_key(0, 0, 0, 0, b));
    g_assert_cmpint(memcmp(a, b, 32), !=, 0);
    expect(FW_SUCCESS, run(0xc9, b64(&config, 0, FW_TCB)));
    expect(FW_SUCCESS, ask_report(0, 0, 2));
    expect(FW_SUCCESS, run(0xc9, b64(&config, 0, FW_TCB - 1)));
    expect(FW_INVALID_KEY, ask_report(0, 0, 2));
    start_running(4);                       /* VCEK disabled */
    wrap_vlek(FW_TCB);
    expect(FW_SUCCESS, load_vlek(0x10, 0));
    expect(FW_SUCCESS, ask_report(0, 0, 0));
    g_assert(signed_with(r, vlek));
    expect(FW_INVALID_KEY, ask_report(0, 0, 1));
}

static void test_sequence(void)
{
    uint8_t body[0x60] = {};

    start_running(0);
    put_message(0, 2, 5, body, sizeof(body));
    expect(FW_AEAD_OFLOW, send_message());
    put_message(0, 1, 5, body, sizeof(body));
    ram[REQ + 0x60] ^= 1;
    expect(FW_BAD_MEASUREMENT, send_message());
    ram[REQ + 0x60] ^= 1;
    expect(FW_SUCCESS, send_message());
    expect(FW_AEAD_OFLOW, send_message());
    seqno[0] = 2;
    expect(FW_SUCCESS, ask(0, 5, body, sizeof(body)));
    /* every key counts for itself */
    expect(FW_INVALID_PARAM, ask(1, 5, body, sizeof(body)));
}

static void test_header(void)
{
    uint8_t body[0x60] = {};

    start_running(0);
    put_message(0, 1, 0x42, body, sizeof(body));
    expect(FW_INVALID_PARAM, send_message());       /* type */
    put_message(0, 1, 5, body, 0x50);
    expect(FW_INVALID_PARAM, send_message());       /* length */
    put_message(0, 1, 5, body, sizeof(body));
    ram[REQ + 0x30] = 2;
    expect(FW_INVALID_PARAM, send_message());
    put_message(0, 1, 5, body, sizeof(body));
    ram[REQ + 0x3c] = 4;
    expect(FW_INVALID_PARAM, send_message());
    put_message(0, 1, 5, body, sizeof(body));
    stw_le_p(ram + REQ + 0x36, 0x58);
    expect(FW_INVALID_PARAM, send_message());
    put_message(0, 1, 5, body, sizeof(body));
    mock_set(OUT, (SnpRmpEntry) { });
    expect(FW_INVALID_PAGE_STATE, send_message());
    make_firmware(OUT);
    expect(FW_SUCCESS, send_message());
}

static void test_keys(void)
{
    uint8_t a[32], b[32], zeros[128] = {};
    Buf config = {};

    start_running(0);
    expect(FW_SUCCESS, ask_key(0, 0, 0, 0, a));
    expect(FW_SUCCESS, ask_key(0, 0, 0, 0, b));
    g_assert_cmpmem(a, 32, b, 32);
    expect(FW_SUCCESS, ask_key(0, 8, 0, 0, b));
    g_assert_cmpint(memcmp(a, b, 32), !=, 0);
    expect(FW_SUCCESS, ask_key(1, 0, 0, 0, b));
    g_assert_cmpint(memcmp(a, b, 32), !=, 0);
    expect(FW_INVALID_PARAM, ask_key(0, 16, 1, 0, b));
    expect(FW_INVALID_PARAM, ask_key(0, 32, 0, FW_TCB + 1, b));
    expect(FW_INVALID_PARAM, ask_key(0, 64, 0, 0, b));
    /* Reported as less than it is: the committed TCB counts. */
    expect(FW_SUCCESS, run(0xc9, b64(&config, 0, FW_TCB - 1)));
    expect(FW_SUCCESS, ask_key(0, 32, 0, FW_TCB, b));
    expect(FW_SUCCESS, ask(0, 0x11, zeros, sizeof(zeros)));
    g_assert_cmphex(ldq_le_p(reply + 8), ==, 1ULL << 32);
}

void add_message_tests(void)
{
    g_test_add_func("/message/report", test_report);
    g_test_add_func("/message/turin-report", test_turin_report);
    g_test_add_func("/message/masked-report", test_masked_report);
    g_test_add_func("/message/vlek-load", test_vlek_load);
    g_test_add_func("/message/vlek-report", test_vlek_report);
    g_test_add_func("/message/sequence", test_sequence);
    g_test_add_func("/message/header", test_header);
    g_test_add_func("/message/keys", test_keys);
}
