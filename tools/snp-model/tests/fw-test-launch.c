/*
 * SNP host model: unit tests of the firmware: SNP launch and ID blocks
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
#include "../fw/snp.h"

#define VMSA_GPA    0xfffffffff000ULL

FwStatus launch_start(uint64_t policy)
{
    Buf b = {};

    b64(&b, 0, GCTX);
    return run(0xa0, b64(&b, 8, policy));
}

static FwStatus activate(uint32_t asid)
{
    Buf b = {};

    b64(&b, 0, GCTX);
    return run(0x91, b32(&b, 8, asid));
}

static FwStatus gctx_create(void)
{
    Buf b = {};

    return run(0x93, b64(&b, 0, GCTX));
}

static void start_guest(void)
{
    start_platform();
    make_firmware(GCTX);
    expect(FW_SUCCESS, gctx_create());
    expect(FW_SUCCESS, launch_start(POLICY | SNP_POLICY_DEBUG));
    expect(FW_SUCCESS, activate(ASID));
}

FwStatus launch_update(hwaddr spa, int type)
{
    Buf b = {};

    b64(&b, 0, GCTX);
    b32(&b, 8, type << 1);
    return run(0xa1, b64(&b, 0x10, spa));
}

static SnpContext *guest(void)
{
    SnpContext *ctx;

    expect(FW_SUCCESS, snp_context_find(fw, GCTX, &ctx));
    return ctx;
}

static FwStatus finish(uint64_t flags)
{
    Buf b = {};

    b64(&b, 0, GCTX);
    b64(&b, 8, ID_BLOCK);
    b64(&b, 0x10, ID_AUTH);
    b64(&b, 0x18, flags);
    memset(b.b + 0x20, 0x77, 32);
    return run(0xa2, &b);
}

/* Digest vectors: series.md section 12.2 */

static void add_zero(int type, uint64_t gpa)
{
    memset(ram + PAGE, 0, FW_PAGE_SIZE);
    make_pre_guest(PAGE, gpa, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, type));
}

static void add_vmsa(uint64_t gpa)
{
    memset(ram + PAGE, 0, FW_PAGE_SIZE);
    ram[PAGE + 0x3b0] = 1;
    memset(ram + PAGE + 0x2f0, 0xff, 16);
    make_pre_guest(PAGE, gpa, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_VMSA));
    g_assert_cmpint(ram[PAGE + 0x2f0], ==, 0xff);
}

static void expect_ld(const char *hex)
{
    g_autoptr(GString) s = g_string_new("");

    for (int i = 0; i < FW_DIGEST_LEN; i++) {
        g_string_append_printf(s, "%02x", guest()->ld[i]);
    }
    g_assert_cmpstr(s->str, ==, hex);
}

static void test_digest(void)
{
    start_guest();
    add_zero(SNP_TYPE_NORMAL, 0x1000);
    expect_ld("e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3aee35e2a45d6869b6"
              "0b35c63928a9232bef72d6be386f48ec6");
    add_vmsa(VMSA_GPA);
    expect_ld("3c32e75eb589faf29cbdfdc468486a1ad928b6ee5fc8882b7af4c2c1c4fb8c1"
              "0f2e8b52fc12730d6beb8b00a951efae6");
    add_vmsa(VMSA_GPA);
    expect_ld("9544eb897a807b5bc61c2b09bc00a612afa7206fbac3d4a291540a8a3c70dcf"
              "d96c28322f6d35314aac20beee746f9dd");
    start_guest();
    add_zero(SNP_TYPE_NORMAL, 0x1000);
    add_vmsa(0x801000);
    expect_ld("be6aa525ea014a8e21502294f97cb58932f3aae9347ebcb5d25b480e4599219"
              "8184666993875e73328918c98ce45a152");
    add_zero(SNP_TYPE_ZERO, 0x802000);
    expect_ld("83701e409e52fa77595dc9cf00b01cb4b32f1b31b8ae857f9527d10b9f95174"
              "804cd50f91da34b6c3b07e32692bb7828");
    start_guest();
    add_vmsa(0x801000);
    add_zero(SNP_TYPE_NORMAL, 0x1000);
    expect_ld("9ea21f67525a5a94b6d80cd52de9f1edf2eb48a6965b928fa7b3d2c60b3fc4b"
              "4295befc9119f028d9395e72da63cb498");
}

/* One 2 MiB page measures like 512 small ones. */
static void test_digest_2m(void)
{
    SnpRmpEntry e = {
        .assigned = true, .immutable = true, .asid = ASID, .size_2m = true,
    };
    uint8_t ld[FW_DIGEST_LEN];
    Buf b = {};

    start_guest();
    for (int i = 0; i < FW_2M_PAGES; i++) {
        make_pre_guest(0x400000 + i * FW_PAGE_SIZE,
                       0x800000 + i * FW_PAGE_SIZE, ASID);
        ram[0x400000 + i * FW_PAGE_SIZE] = i;
        expect(FW_SUCCESS, launch_update(0x400000 + i * FW_PAGE_SIZE, 1));
    }
    memcpy(ld, guest()->ld, sizeof(ld));
    start_guest();
    for (int i = 0; i < FW_2M_PAGES; i++) {
        e.gpa = 0x800000 + i * FW_PAGE_SIZE;
        mock_set(0x400000 + i * FW_PAGE_SIZE, e);
        ram[0x400000 + i * FW_PAGE_SIZE] = i;
    }
    b64(&b, 0, GCTX);
    b64(&b, 0x10, 0x400000);
    expect(FW_INVALID_PAGE_SIZE, run(0xa1, b32(&b, 8, 2 << 1 | 1)));
    expect(FW_INVALID_PAGE_SIZE, run(0xa1, b32(&b, 8, 1 << 1)));
    expect(FW_SUCCESS, run(0xa1, b32(&b, 8, 1 << 1 | 1)));
    g_assert_cmpmem(ld, sizeof(ld), guest()->ld, sizeof(ld));
    g_assert_cmpint(snp_rmp_state(0x5ff000), ==, SNP_PAGE_GUEST_VALID);
}

static void test_context(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_PAGE_STATE, gctx_create());
    expect(FW_INVALID_GUEST, launch_start(POLICY));
    expect(FW_INVALID_PAGE_STATE, run(0x93, b64(&b, 0, RMP_START)));
    expect(FW_INVALID_PARAM, run(0x93, b64(&b, 0, GCTX + 8)));
    make_firmware(GCTX);
    expect(FW_SUCCESS, gctx_create());
    expect(FW_INVALID_GUEST_STATE, activate(ASID));
    expect(FW_POLICY_FAILURE, launch_start(1 << 16));
    expect(FW_POLICY_FAILURE, launch_start(POLICY | 0x0138));
    expect(FW_POLICY_FAILURE, launch_start(POLICY | 1 << 21));
    mock_smt = true;
    expect(FW_POLICY_FAILURE, launch_start(SNP_POLICY_MBO));
    mock_smt = false;
    expect(FW_SUCCESS, launch_start(SNP_POLICY_MBO | 0x0137));
    expect(FW_INVALID_GUEST_STATE, launch_start(POLICY));
    expect(FW_INVALID_ASID, activate(0));
    expect(FW_INVALID_ASID, activate(SNP_ASID_MIN_SEV));
    expect(FW_INVALID_ASID, activate(0x10000));
    make_pre_guest(PAGE, 0, ASID);
    expect(FW_INVALID_CONFIG, activate(ASID));
    mock_set(PAGE, (SnpRmpEntry) { });
    expect(FW_SUCCESS, activate(ASID));
    expect(FW_ACTIVE, activate(ASID));
    expect(FW_ACTIVE, activate(ASID + 1));
    expect(FW_SUCCESS, run(0x90, b64(&b, 0, GCTX)));
    expect(FW_INVALID_GUEST, run(0x90, &b));
    expect(FW_SUCCESS, gctx_create());
    expect(FW_SUCCESS, launch_start(POLICY));
    expect(FW_DFFLUSH_REQUIRED, activate(ASID));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x84));
    expect(FW_SUCCESS, activate(ASID));
}

static void test_asid_use(void)
{
    SnpGuestKind kind;
    uint8_t key[32], old[32];
    Buf b = {};

    start_guest();
    g_assert_cmpint(snp_fw_asid(ASID, &kind, key), ==, SNP_ASID_LAUNCHING);
    g_assert_cmpint(kind, ==, SNP_GUEST_SNP);
    expect(FW_SUCCESS, finish(0));
    g_assert_cmpint(snp_fw_asid(ASID, NULL, NULL), ==, SNP_ASID_RUNNING);
    expect(FW_SUCCESS, run(0x90, b64(&b, 0, GCTX)));
    memcpy(old, key, sizeof(key));
    g_assert_cmpint(snp_fw_asid(ASID, NULL, key), ==, SNP_ASID_FREE);
    g_assert_cmpmem(old, 32, key, 32);
    g_assert_cmpint(snp_fw_asid(70000, NULL, NULL), ==, SNP_ASID_FREE);
}

static void test_update_checks(void)
{
    uint8_t ld[FW_DIGEST_LEN];
    Buf b = {};

    start_guest();
    memcpy(ld, guest()->ld, sizeof(ld));
    expect(FW_INVALID_PAGE_STATE, launch_update(PAGE, 1));
    expect(FW_INVALID_PARAM, launch_update(PAGE + 8, 1));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_INVALID_PARAM, launch_update(PAGE, 0));
    expect(FW_INVALID_PARAM, launch_update(PAGE, 7));
    b64(&b, 0, GCTX);
    b64(&b, 0x10, PAGE);
    expect(FW_INVALID_PARAM, run(0xa1, b32(&b, 8, 1 << 1 | 1 << 4)));
    expect(FW_INVALID_PARAM, run(0xa1, b32(&b, 8, 1 << 1 | 1 << 5)));
    make_pre_guest(PAGE, 0x1000, ASID + 1);
    expect(FW_INVALID_PAGE_OWNER, launch_update(PAGE, 1));
    mock_set(PAGE, (SnpRmpEntry) { .assigned = true, .asid = ASID });
    expect(FW_INVALID_PAGE_STATE, launch_update(PAGE, 1));
    g_assert_cmpmem(ld, sizeof(ld), guest()->ld, sizeof(ld));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, 2));
    g_assert(mock_get(PAGE).vmsa && mock_get(PAGE).validated);
    g_assert(!mock_get(PAGE).immutable);
    g_assert_cmpint(mock_get(PAGE).perms[0], ==, 0x1f);
    g_assert_cmpint(mock_get(PAGE).perms[1], ==, 0);
    expect(FW_SUCCESS, finish(0));
    make_pre_guest(PAGE2, 0x1000, ASID);
    expect(FW_INVALID_GUEST_STATE, launch_update(PAGE2, 1));
    expect(FW_INVALID_GUEST_STATE, finish(0));
}

/* What the guest sees, and what it must not see. */
static void test_contents(void)
{
    uint8_t plain[FW_PAGE_SIZE];

    start_guest();
    memset(plain, 0x5a, sizeof(plain));
    memcpy(ram + PAGE, plain, sizeof(plain));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_UNMEASURED));
    g_assert_cmpmem(ram + PAGE, FW_PAGE_SIZE, plain, FW_PAGE_SIZE);
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_ZERO));
    g_assert(fw_is_zero(ram + PAGE, FW_PAGE_SIZE));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_SECRETS));
    g_assert_cmpint(ldl_le_p(ram + PAGE), ==, 3);
    g_assert_cmphex(ldl_le_p(ram + PAGE + 8), ==, 0x00a00f11);
    g_assert_cmpmem(ram + PAGE + 0x20, 128, guest()->vmpck, 128);
    /* Pre-Guest given to the guest as it is */
    memcpy(ram + PAGE, plain, sizeof(plain));
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, reclaim(PAGE));
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_GUEST_INVALID);
    g_assert_cmpint(memcmp(ram + PAGE, plain, sizeof(plain)), !=, 0);
    snp_page_scramble(PAGE, guest()->vek);
    g_assert_cmpmem(ram + PAGE, FW_PAGE_SIZE, plain, FW_PAGE_SIZE);
}

static void test_cpuid_page(void)
{
    uint8_t ld[FW_DIGEST_LEN];
    uint8_t *e = ram + PAGE + 0x10;

    start_guest();
    memcpy(ld, guest()->ld, sizeof(ld));
    stl_le_p(ram + PAGE, 1);
    stl_le_p(e, 1);
    stl_le_p(e + 24, 0x00b00f11);           /* later model */
    stl_le_p(e + 32, 0x7ed8320b | 1 << 24 | 1 << 27 | 1U << 31);
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_INVALID_PARAM, launch_update(PAGE, SNP_TYPE_CPUID));
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_PRE_GUEST);
    g_assert_cmphex(ldl_le_p(e + 24), ==, 0x00a00f11);
    g_assert_cmphex((uint32_t)ldl_le_p(e + 32), ==,
                    0x7ed8320b | 1 << 27 | 1U << 31);
    g_assert_cmpmem(ld, sizeof(ld), guest()->ld, sizeof(ld));
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_CPUID));
    memset(ram + PAGE, 0, FW_PAGE_SIZE);
    make_pre_guest(PAGE, 0x1000, ASID);
    stl_le_p(ram + PAGE, 65);
    expect(FW_INVALID_PARAM, launch_update(PAGE, SNP_TYPE_CPUID));
    stl_le_p(ram + PAGE, 0);
    stl_le_p(ram + PAGE + 8, 1);
    expect(FW_INVALID_PARAM, launch_update(PAGE, SNP_TYPE_CPUID));
}

static void dbg(Buf *b, hwaddr src, hwaddr dst)
{
    b64(b, 0, GCTX);
    b64(b, 8, src);
    b64(b, 0x10, dst);
}

static void test_debug(void)
{
    Buf b = {};

    start_guest();
    memset(ram + PAGE, 0x42, FW_PAGE_SIZE);
    make_pre_guest(PAGE, 0x1000, ASID);
    expect(FW_SUCCESS, launch_update(PAGE, SNP_TYPE_NORMAL));
    dbg(&b, PAGE, OUT);
    expect(FW_INVALID_PAGE_STATE, run(0xb0, &b));
    make_firmware(OUT);
    dbg(&b, PAGE2, OUT);
    expect(FW_INVALID_PAGE_OWNER, run(0xb0, &b));
    dbg(&b, PAGE, OUT);
    expect(FW_SUCCESS, run(0xb0, &b));
    g_assert_cmpint(ram[OUT + 0xfff], ==, 0x42);
    /* encrypt into a Pre-Guest page, hand that to the guest */
    dbg(&b, OUT, PAGE2);
    expect(FW_INVALID_PAGE_OWNER, run(0xb1, &b));
    make_pre_guest(PAGE2, 0x2000, ASID);
    expect(FW_SUCCESS, run(0xb1, &b));
    g_assert_cmpint(memcmp(ram + PAGE2, ram + OUT, FW_PAGE_SIZE), !=, 0);
    memset(ram + REQ, 0, FW_PAGE_SIZE);
    make_firmware(REQ);
    dbg(&b, PAGE2, REQ);
    expect(FW_SUCCESS, run(0xb0, &b));
    g_assert_cmpmem(ram + REQ, FW_PAGE_SIZE, ram + OUT, FW_PAGE_SIZE);
    expect(FW_SUCCESS, reclaim(PAGE2));
    g_assert_cmpmem(ram + PAGE2, FW_PAGE_SIZE, ram + OUT, FW_PAGE_SIZE);
    /* a policy without debug */
    start_platform();
    make_firmware(GCTX);
    expect(FW_SUCCESS, gctx_create());
    expect(FW_SUCCESS, launch_start(POLICY));
    expect(FW_SUCCESS, activate(ASID));
    make_firmware(OUT);
    dbg(&b, PAGE, OUT);
    expect(FW_POLICY_FAILURE, run(0xb0, &b));
}

/* ID blocks, signed by libcrypto */

static EC_KEY *new_key(void)
{
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);

    g_assert(EC_KEY_generate_key(key));
    return key;
}

static void put_public(EC_KEY *key, uint8_t *p)
{
    const EC_GROUP *g = EC_KEY_get0_group(key);
    BIGNUM *x = BN_new(), *y = BN_new();

    g_assert(EC_POINT_get_affine_coordinates(g, EC_KEY_get0_public_key(key),
                                             x, y, NULL));
    memset(p, 0, 0x404);
    stl_le_p(p, 2);
    BN_bn2lebinpad(x, p + 4, 72);
    BN_bn2lebinpad(y, p + 4 + 72, 72);
    BN_free(x);
    BN_free(y);
}

static void put_signature(EC_KEY *key, const uint8_t *data, size_t len,
                          uint8_t *p)
{
    uint8_t md[48];
    ECDSA_SIG *sig;

    SHA384(data, len, md);
    sig = ECDSA_do_sign(md, sizeof(md), key);
    g_assert(sig);
    memset(p, 0, 0x200);
    BN_bn2lebinpad(ECDSA_SIG_get0_r(sig), p, 72);
    BN_bn2lebinpad(ECDSA_SIG_get0_s(sig), p + 72, 72);
    ECDSA_SIG_free(sig);
}

static void make_id(EC_KEY *id, EC_KEY *author)
{
    uint8_t *b = ram + ID_BLOCK, *a = ram + ID_AUTH;

    memset(b, 0, 96);
    memcpy(b, guest()->ld, FW_DIGEST_LEN);
    memset(b + 0x30, 'f', 16);
    memset(b + 0x40, 'i', 16);
    stl_le_p(b + 0x50, 1);
    stl_le_p(b + 0x54, 9);
    stq_le_p(b + 0x58, guest()->policy);
    memset(a, 0, FW_PAGE_SIZE);
    stl_le_p(a, 1);
    stl_le_p(a + 4, 1);
    put_public(id, a + 0x240);
    put_signature(id, b, 96, a + 0x40);
    put_public(author, a + 0x880);
    put_signature(author, a + 0x240, 0x404, a + 0x680);
}

/* A changed byte must fail with @status and leave the context alone. */
static void spoil(hwaddr spa, uint64_t flags, FwStatus status)
{
    SnpContext before = *guest();

    ram[spa] ^= 1;
    expect(status, finish(flags));
    g_assert_cmpmem(&before, sizeof(before), guest(), sizeof(before));
    ram[spa] ^= 1;
}

static void test_id_block(void)
{
    EC_KEY *id = new_key(), *author = new_key();
    uint8_t md[48];

    start_guest();
    add_zero(SNP_TYPE_NORMAL, 0x1000);
    make_id(id, author);
    expect(FW_INVALID_PARAM, finish(8));
    spoil(ID_BLOCK, 1, FW_BAD_MEASUREMENT);
    spoil(ID_BLOCK + 47, 1, FW_BAD_MEASUREMENT);
    spoil(ID_BLOCK + 0x58, 1, FW_POLICY_FAILURE);
    spoil(ID_AUTH, 1, FW_INVALID_PARAM);
    spoil(ID_AUTH + 4, 3, FW_INVALID_PARAM);
    spoil(ID_AUTH + 0x240, 1, FW_BAD_SIGNATURE);    /* curve */
    spoil(ID_AUTH + 0x244, 1, FW_BAD_SIGNATURE);    /* X */
    spoil(ID_AUTH + 0x40, 1, FW_BAD_SIGNATURE);     /* R */
    spoil(ID_AUTH + 0x88, 1, FW_BAD_SIGNATURE);     /* S */
    spoil(ID_BLOCK + 0x30, 1, FW_BAD_SIGNATURE);    /* signed, unchecked */
    spoil(ID_BLOCK + 0x54, 1, FW_BAD_SIGNATURE);
    spoil(ID_AUTH + 0x680, 3, FW_BAD_SIGNATURE);
    spoil(ID_AUTH + 0x884, 3, FW_BAD_SIGNATURE);
    /* digest before policy before algorithm before signature */
    ram[ID_AUTH + 0x40] ^= 1;
    ram[ID_AUTH] ^= 1;
    spoil(ID_BLOCK + 0x58, 1, FW_POLICY_FAILURE);
    ram[ID_BLOCK + 0x58] ^= 1;
    spoil(ID_BLOCK, 1, FW_BAD_MEASUREMENT);
    ram[ID_BLOCK + 0x58] ^= 1;
    expect(FW_INVALID_PARAM, finish(1));
    ram[ID_AUTH] ^= 1;
    ram[ID_AUTH + 0x40] ^= 1;
    expect(FW_SUCCESS, finish(3));
    g_assert_cmpint(guest()->state, ==, SNP_GSTATE_RUNNING);
    g_assert_cmpint(guest()->guest_svn, ==, 9);
    g_assert_cmpint(guest()->family_id[15], ==, 'f');
    g_assert_cmpint(guest()->host_data[31], ==, 0x77);
    SHA384(ram + ID_AUTH + 0x240, 0x404, md);
    g_assert_cmpmem(md, 48, guest()->id_key_digest, 48);
    SHA384(ram + ID_AUTH + 0x880, 0x404, md);
    g_assert_cmpmem(md, 48, guest()->author_key_digest, 48);
    EC_KEY_free(id);
    EC_KEY_free(author);
}

/* The author's part counts only with its flag; any version is accepted. */
static void test_id_block_plain(void)
{
    EC_KEY *id = new_key(), *author = new_key();

    start_guest();
    make_id(id, author);
    stl_le_p(ram + ID_BLOCK + 0x50, 0);
    put_signature(id, ram + ID_BLOCK, 96, ram + ID_AUTH + 0x40);
    memset(ram + ID_AUTH + 0x680, 0, 0x900);
    expect(FW_BAD_SIGNATURE, finish(3));
    expect(FW_SUCCESS, finish(1));
    g_assert(fw_is_zero(guest()->author_key_digest, 48));
    g_assert(!guest()->author_key);
    EC_KEY_free(id);
    EC_KEY_free(author);
}

void add_launch_tests(void)
{
    g_test_add_func("/launch/digest", test_digest);
    g_test_add_func("/launch/digest-2m", test_digest_2m);
    g_test_add_func("/launch/context", test_context);
    g_test_add_func("/launch/asid-use", test_asid_use);
    g_test_add_func("/launch/update-checks", test_update_checks);
    g_test_add_func("/launch/contents", test_contents);
    g_test_add_func("/launch/cpuid-page", test_cpuid_page);
    g_test_add_func("/launch/debug", test_debug);
    g_test_add_func("/launch/id-block", test_id_block);
    g_test_add_func("/launch/id-block-plain", test_id_block_plain);
}
