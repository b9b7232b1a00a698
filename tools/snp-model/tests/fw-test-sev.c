/*
 * SNP host model: unit tests of the firmware: SEV and SEV-ES on an SNP host
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include "fw-test.h"

#define SEV_ASID    SNP_ASID_MIN_SEV

/* Commands that answer in their buffer want it in the Firmware state. */
static FwStatus run_out(unsigned int id, const Buf *b)
{
    make_firmware(CMD);
    return run(id, b);
}

static uint32_t start(uint32_t policy)
{
    Buf b = {};

    expect(FW_SUCCESS, run_out(0x30, b32(&b, 4, policy)));
    return ldl_le_p(ram + CMD);
}

static FwStatus with_asid(uint32_t handle, uint32_t asid)
{
    Buf b = {};

    b32(&b, 0, handle);
    return run(0x21, b32(&b, 4, asid));
}

static FwStatus with_region(unsigned int id, uint32_t handle, hwaddr spa,
                            uint32_t len)
{
    Buf b = {};

    b32(&b, 0, handle);
    b64(&b, 8, spa);
    return run(id, b32(&b, 0x10, len));
}

static FwStatus with_handle(unsigned int id, uint32_t handle)
{
    Buf b = {};

    return run(id, b32(&b, 0, handle));
}

static void test_policy(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_PAGE_STATE, run(0x30, &b));
    expect(FW_POLICY_FAILURE, run_out(0x30, b32(&b, 4, 0x02 << 16)));
    b32(&b, 4, 0);
    expect(FW_INVALID_GUEST, run_out(0x30, b32(&b, 0, 77)));
    b32(&b, 0, 0);
    expect(FW_INVALID_LEN, run_out(0x30, b32(&b, 0x20, 100)));
    expect(FW_SUCCESS, run0(0x02));
    memset(&b, 0, sizeof(b));
    expect(FW_SUCCESS, run(0x01, &b));
    expect(FW_UNSUPPORTED, run_out(0x30, b32(&b, 4, SEV_POLICY_ES)));
}

static void test_asids(void)
{
    uint32_t sev, es;

    start_platform();
    sev = start(0);
    es = start(SEV_POLICY_ES);
    expect(FW_INVALID_GUEST, with_asid(99, 1));
    expect(FW_INVALID_ASID, with_asid(sev, SEV_ASID - 1));
    expect(FW_INVALID_ASID, with_asid(sev, SNP_ASID_MAX + 1));
    expect(FW_INVALID_ASID, with_asid(es, SEV_ASID));
    expect(FW_INVALID_ASID, with_asid(es, 0));
    expect(FW_SUCCESS, with_asid(sev, SEV_ASID));
    expect(FW_ACTIVE, with_asid(sev, SEV_ASID + 1));
    expect(FW_SUCCESS, with_asid(es, 1));
    expect(FW_ACTIVE, with_handle(0x20, sev));
    expect(FW_SUCCESS, with_handle(0x22, sev));
    expect(FW_SUCCESS, with_handle(0x20, sev));
    expect(FW_INVALID_GUEST, with_handle(0x20, sev));
    g_assert_cmpint(fw->sev_state, ==, SEV_WORKING);
    expect(FW_DFFLUSH_REQUIRED, with_asid(start(0), SEV_ASID));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x84));     /* cleans plain SEV ASIDs, too */
    expect(FW_ASID_OWNED, with_asid(start(SEV_POLICY_ES), 1));
    expect(FW_SUCCESS, run0(0x02));
    g_assert_cmpint(snp_fw_asid(1, NULL, NULL), ==, SNP_ASID_FREE);
}

/* A choice: as many as there are ASIDs. */
static void test_limit(void)
{
    uint32_t first;
    Buf b = {};

    start_platform();
    first = start(0);
    for (unsigned int i = 1; i < SNP_ASID_MAX; i++) {
        start(0);
    }
    expect(FW_RESOURCE_LIMIT, run_out(0x30, b32(&b, 4, 0)));
    expect(FW_SUCCESS, with_handle(0x20, first));
    start(0);
}

static void hmac(const uint8_t *in, size_t len, uint8_t out[32])
{
    static const uint8_t tik[16];
    unsigned int n = 32;

    HMAC(EVP_sha256(), tik, sizeof(tik), in, len, out, &n);
}

static uint8_t measure[48];

static void check_measure(const uint8_t *data, size_t len, uint32_t policy)
{
    uint8_t in[56], mac[32];

    in[0] = 4;
    in[1] = 1;
    in[2] = 55;
    in[3] = 25;
    stl_le_p(in + 4, policy);
    SHA256(data, len, in + 8);
    memcpy(in + 40, measure + 32, 16);
    hmac(in, sizeof(in), mac);
    g_assert_cmpmem(mac, 32, measure, 32);
}

static void test_launch(void)
{
    uint8_t data[0x2000];
    uint32_t g;
    Buf b = {};

    start_platform();
    g = start(SEV_POLICY_ES);
    make_firmware(PAGE);
    make_firmware(PAGE2);
    expect(FW_INACTIVE, with_region(0x31, g, PAGE, 4096));
    expect(FW_SUCCESS, with_asid(g, 1));
    expect(FW_INVALID_ADDRESS, with_region(0x31, g, PAGE + 8, 4096));
    expect(FW_INVALID_LEN, with_region(0x31, g, PAGE, 8));
    expect(FW_INVALID_LEN, with_region(0x31, g, PAGE, 0));
    expect(FW_INVALID_LEN, with_region(0x32, g, PAGE, 8192));
    expect(FW_INVALID_PAGE_STATE, with_region(0x31, g, OUT, 4096));
    memset(ram + PAGE, 0x31, 0x1000);
    memset(ram + PAGE2, 0x32, 0x1000);
    memcpy(data, ram + PAGE, sizeof(data));
    expect(FW_SUCCESS, with_region(0x31, g, PAGE, 0x1000));
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_RECLAIM);
    expect(FW_SUCCESS, with_region(0x32, g, PAGE2, 0x1000));
    expect(FW_INVALID_GUEST_STATE, with_handle(0x35, g));
    make_firmware(OUT);
    b32(&b, 0, g);
    expect(FW_INVALID_LEN, run_out(0x33, &b));
    g_assert_cmpint(ldl_le_p(ram + CMD + 0x10), ==, 48);
    b64(&b, 8, OUT);
    expect(FW_SUCCESS, run_out(0x33, b32(&b, 0x10, 48)));
    memcpy(measure, ram + OUT, sizeof(measure));
    check_measure(data, sizeof(data), SEV_POLICY_ES);
    expect(FW_INVALID_GUEST_STATE, with_region(0x31, g, PAGE, 0x1000));
    expect(FW_SUCCESS, with_handle(0x35, g));
    g_assert_cmpint(snp_fw_asid(1, NULL, NULL), ==, SNP_ASID_RUNNING);
    expect(FW_INVALID_GUEST_STATE, with_handle(0x35, g));
    expect(FW_UNSUPPORTED, with_region(0x32, start(0), PAGE, 0x1000));
}

static void test_secret(void)
{
    uint8_t in[29 + 32 + 32] = { 1 }, *hdr = ram + LIST;
    uint32_t g;
    Buf b = {};

    start_platform();
    g = start(0);
    make_firmware(OUT);
    b32(&b, 0, g);
    b64(&b, 8, OUT);
    expect(FW_SUCCESS, run_out(0x33, b32(&b, 0x10, 48)));
    memset(ram + PAGE2, 0xc1, 32);
    memset(hdr, 0, 52);
    memcpy(in + 1, hdr, 20);
    stl_le_p(in + 21, 32);
    stl_le_p(in + 25, 32);
    memcpy(in + 29, ram + PAGE2, 32);
    memcpy(in + 61, ram + OUT, 32);
    hmac(in, sizeof(in), hdr + 20);
    memset(&b, 0, sizeof(b));
    b32(&b, 0, g);
    b64(&b, 0x08, LIST);
    b32(&b, 0x10, 52);
    b64(&b, 0x18, PAGE);
    b32(&b, 0x20, 32);
    b64(&b, 0x28, PAGE2);
    b32(&b, 0x30, 32);
    expect(FW_INACTIVE, run(0x34, &b));
    expect(FW_SUCCESS, with_asid(g, 100));
    b32(&b, 0, g);
    expect(FW_INVALID_PAGE_STATE, run(0x34, &b));
    make_firmware(PAGE);
    hdr[20] ^= 1;
    expect(FW_BAD_MEASUREMENT, run(0x34, &b));
    hdr[20] ^= 1;
    expect(FW_SUCCESS, run(0x34, &b));
    /* AES-128-CTR, key and IV zero: the first block of the key stream */
    g_assert_cmphex(ldq_be_p(ram + PAGE), ==,
                    0x66e94bd4ef8a2c3bULL ^ 0xc1c1c1c1c1c1c1c1ULL);
}

static FwStatus debug(unsigned int id, uint32_t g, hwaddr src, hwaddr dst,
                      uint32_t len)
{
    Buf b = {};

    b32(&b, 0, g);
    b64(&b, 8, src);
    b64(&b, 0x10, dst);
    return run(id, b32(&b, 0x18, len));
}

static void test_debug(void)
{
    uint32_t g, closed;

    start_platform();
    g = start(0);
    closed = start(SEV_POLICY_NODBG);
    memset(ram + PAGE, 0x99, 64);
    expect(FW_INVALID_ADDRESS, debug(0x60, g, PAGE + 8, OUT, 16));
    expect(FW_INVALID_ADDRESS, debug(0x60, g, PAGE, OUT + 8, 16));
    expect(FW_INVALID_LEN, debug(0x60, g, PAGE, OUT, 8));
    expect(FW_INVALID_GUEST, debug(0x60, 99, PAGE, OUT, 16));
    expect(FW_POLICY_FAILURE, debug(0x60, closed, PAGE, OUT, 16));
    expect(FW_INACTIVE, debug(0x60, g, PAGE, OUT, 16));
    expect(FW_SUCCESS, with_asid(g, 100));
    expect(FW_INVALID_PAGE_STATE, debug(0x60, g, PAGE, OUT, 16));
    make_firmware(OUT);
    expect(FW_SUCCESS, debug(0x60, g, PAGE, OUT + 16, 32));
    g_assert_cmpint(ram[OUT + 15], ==, 0);
    g_assert_cmpint(ram[OUT + 16], ==, 0x99);
    g_assert_cmpint(ram[OUT + 48], ==, 0);
}

static void test_certs(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_LEN, run_out(0x08, &b));
    g_assert_cmpint(ldl_le_p(ram + CMD + 8), ==, 0x824);
    g_assert_cmpint(ldl_le_p(ram + CMD + 0x18), ==, 3 * 0x824);
    make_firmware(OUT);
    make_firmware(PAGE);
    make_firmware(PAGE2);
    b64(&b, 0, OUT);
    b32(&b, 8, 0x824);
    b64(&b, 0x10, PAGE);
    expect(FW_SUCCESS, run_out(0x08, b32(&b, 0x18, 3 * 0x824)));
    g_assert_cmphex(ldl_le_p(ram + OUT + 8), ==, 0x1003);
    g_assert_cmphex(ldl_le_p(ram + PAGE + 8), ==, 0x1002);
    memset(&b, 0, sizeof(b));
    expect(FW_INVALID_LEN, run_out(0x0c, &b));
    make_firmware(OUT);
    b64(&b, 0, OUT);
    expect(FW_SUCCESS, run_out(0x0c, b32(&b, 8, 128)));
    g_assert_cmpmem(ram + OUT, 64, fw->keys.chip_id, 64);
}

static void test_nv(void)
{
    uint8_t old[48];
    Buf b = {};

    start_platform();
    expect(FW_SUCCESS, run0(0x02));
    for (int i = 0; i < 8; i++) {
        make_firmware(0x80000 + i * FW_PAGE_SIZE);
    }
    b32(&b, 0, 0x24);
    b64(&b, 0x18, 0x80000);
    expect(FW_INVALID_LEN, run(0x0d, b32(&b, 0x20, 0x7000)));
    b32(&b, 0x20, 0x8000);
    ram[0x80000] = 1;
    expect(FW_SECURE_DATA_INVALID, run(0x0d, &b));
    expect(FW_SUCCESS, run(0x0d, &b));
    memcpy(old, fw->pek, sizeof(old));
    expect(FW_SUCCESS, run0(0x02));
    expect(FW_SUCCESS, run0(0x03));
    g_assert_cmpint(memcmp(old, fw->pek, sizeof(old)), !=, 0);
    expect(FW_SUCCESS, run(0x0d, &b));
    g_assert_cmpmem(old, sizeof(old), fw->pek, sizeof(old));
}

void add_sev_tests(void)
{
    g_test_add_func("/sev/policy", test_policy);
    g_test_add_func("/sev/asids", test_asids);
    g_test_add_func("/sev/limit", test_limit);
    g_test_add_func("/sev/launch", test_launch);
    g_test_add_func("/sev/secret", test_secret);
    g_test_add_func("/sev/debug", test_debug);
    g_test_add_func("/sev/certs", test_certs);
    g_test_add_func("/sev/nv", test_nv);
}
