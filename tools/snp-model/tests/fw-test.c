/*
 * SNP host model: unit tests of the firmware: platform and page states
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "fw-test.h"

SnpFw *fw;

Buf *b32(Buf *b, int off, uint32_t v)
{
    stl_le_p(b->b + off, v);
    return b;
}

Buf *b64(Buf *b, int off, uint64_t v)
{
    stq_le_p(b->b + off, v);
    return b;
}

FwStatus run(unsigned int id, const Buf *b)
{
    memcpy(ram + CMD, b->b, sizeof(b->b));
    return fw_execute(fw, id, CMD);
}

FwStatus run0(unsigned int id)
{
    return fw_execute(fw, id, 0);
}

static FwStatus snp_init_ex(void)
{
    Buf b = {};

    b32(&b, 0, 3);
    b64(&b, 8, LIST);
    return run(0x85, &b);
}

static void fresh(void)
{
    static const uint8_t seed[32] = "test";

    mock_reset();
    if (fw) {
        fw_free(fw);
    }
    fw = fw_new(seed, &fw_product_milan);
    stl_le_p(ram + LIST, 1);
    stq_le_p(ram + LIST + 8, 0x9f000);
    stl_le_p(ram + LIST + 16, 0x61);
}

/* What Linux does from probe to the first guest. */
void start_platform(void)
{
    Buf b = {};

    fresh();
    expect(FW_SUCCESS, snp_init_ex());
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x84));
    for (hwaddr p = TMR; p < TMR + FW_2M_SIZE; p += FW_PAGE_SIZE) {
        make_firmware(p);
    }
    b32(&b, 0, 1);
    b64(&b, 8, TMR);
    b32(&b, 0x10, FW_2M_SIZE);
    expect(FW_SUCCESS, run(0x01, &b));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x0a));
}

void make_firmware(hwaddr spa)
{
    mock_set(spa, (SnpRmpEntry) { .assigned = true, .immutable = true });
}

void make_pre_guest(hwaddr spa, uint64_t gpa, uint32_t asid)
{
    mock_set(spa, (SnpRmpEntry) {
        .assigned = true, .immutable = true, .asid = asid, .gpa = gpa,
    });
}

FwStatus reclaim(hwaddr spa)
{
    Buf b = {};

    return run(0xc7, b64(&b, 0, spa));
}

static void test_table(void)
{
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        g_assert(fw_commands[i].len <= FW_MAX_CMD_BUF);
        for (unsigned int j = 0; j < i; j++) {
            g_assert(fw_commands[i].id != fw_commands[j].id);
        }
    }
    fresh();
    expect(FW_INVALID_COMMAND, run0(0x95));
    expect(FW_INVALID_COMMAND, run0(0xd0));
    expect(FW_INVALID_PLATFORM_STATE, run0(0x84));
    expect(FW_INVALID_PLATFORM_STATE, reclaim(PAGE));
}

static void test_init_checks(void)
{
    Buf b = {};

    fresh();
    expect(FW_INVALID_PARAM, run(0x85, b32(&b, 0, 1 << 3)));
    expect(FW_INVALID_PARAM, run(0x85, b32(&b, 0, 2)));
    b32(&b, 0, 1);
    expect(FW_INVALID_PARAM, run(0x85, b32(&b, 0x20, 1)));
    b32(&b, 0x20, 0);
    expect(FW_RMP_INIT_REQUIRED, run(0x85, b32(&b, 0, 0)));
    mock_cores = FW_INVALID_CONFIG;
    expect(FW_INVALID_CONFIG, snp_init_ex());
    mock_cores = FW_SUCCESS;
    mock_iommu_on = false;
    expect(FW_INVALID_CONFIG, snp_init_ex());
    mock_iommu_on = true;
    stl_le_p(ram + LIST, 256);
    expect(FW_INVALID_PARAM, snp_init_ex());
    /* SNP_EN set, RMP not initialised */
    memset(&b, 0, sizeof(b));
    expect(FW_INVALID_PLATFORM_STATE, run(0x01, &b));
    mock_snp_enabled = false;
    expect(FW_SUCCESS, run(0x01, &b));
    expect(FW_INVALID_PLATFORM_STATE, run(0x01, &b));
    mock_snp_enabled = true;
    stl_le_p(ram + LIST, 1);
    expect(FW_INVALID_PLATFORM_STATE, snp_init_ex());
    expect(FW_SUCCESS, run0(0x02));
    g_assert_false(mock_iommu_enforces);
    expect(FW_SUCCESS, snp_init_ex());
    g_assert_true(mock_iommu_enforces);
    expect(FW_INVALID_PLATFORM_STATE, snp_init_ex());
}

static void test_init_states(void)
{
    fresh();
    mock_set(PAGE, (SnpRmpEntry) { .assigned = true, .asid = 7 });
    expect(FW_SUCCESS, snp_init_ex());
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_HYPERVISOR);
    g_assert_cmpint(snp_rmp_state(0x9f000), ==, SNP_PAGE_HV_FIXED);
    g_assert_cmpint(snp_rmp_state(0xff000), ==, SNP_PAGE_HV_FIXED);
    g_assert_cmpint(snp_rmp_state(0x100000), ==, SNP_PAGE_HYPERVISOR);
    g_assert_cmpint(snp_rmp_state(0x3fff000), ==, SNP_PAGE_HV_FIXED);
    g_assert_cmpint(snp_rmp_state(RMP_START), ==, SNP_PAGE_FIRMWARE);
    g_assert_cmpint(snp_rmp_state(RMP_END - 1), ==, SNP_PAGE_FIRMWARE);
    g_assert_cmpint(snp_rmp_state(RMP_END), ==, SNP_PAGE_HYPERVISOR);
    g_assert_cmpint(snp_rmp_state(0x3040000), ==, SNP_PAGE_FIRMWARE_IOMMU);
}

static void test_flush(void)
{
    fresh();
    mock_wbinvd();
    expect(FW_SUCCESS, snp_init_ex());
    expect(FW_WBINVD_REQUIRED, run0(0x84));
    snp_fw_note_wbinvd(0);
    expect(FW_WBINVD_REQUIRED, run0(0x84));
    snp_fw_note_wbinvd(1);
    expect(FW_SUCCESS, run0(0x84));
    expect(FW_INVALID_PLATFORM_STATE, run0(0x0a));
}

static void test_tmr(void)
{
    Buf b = {};

    fresh();
    expect(FW_SUCCESS, snp_init_ex());
    b32(&b, 0, 1);
    b32(&b, 0x10, FW_2M_SIZE);
    expect(FW_INVALID_ADDRESS, run(0x01, b64(&b, 8, TMR + 0x100000)));
    b64(&b, 8, TMR);
    expect(FW_INVALID_LEN, run(0x01, b32(&b, 0x10, 0x100000)));
    b32(&b, 0x10, FW_2M_SIZE);
    expect(FW_INVALID_PAGE_STATE, run(0x01, &b));
    for (hwaddr p = TMR; p < TMR + FW_2M_SIZE; p += FW_PAGE_SIZE) {
        make_firmware(p);
    }
    expect(FW_SUCCESS, run(0x01, &b));
}

static void test_status(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_PAGE_STATE, run(0x83, b64(&b, 0, OUT)));
    expect(FW_INVALID_PAGE_STATE, run(0x83, b64(&b, 0, RMP_START)));
    make_firmware(OUT);
    expect(FW_INVALID_PARAM, run(0x83, b64(&b, 0, OUT + 0xff0)));
    expect(FW_SUCCESS, run(0x83, b64(&b, 0, OUT | 1ULL << FW_C_BIT)));
    g_assert_cmpint(ram[OUT], ==, 1);
    g_assert_cmpint(ram[OUT + 1], ==, 55);
    g_assert_cmpint(ram[OUT + 2], ==, 1);
    /* the RMP is initialized, aliases have been looked for */
    g_assert_cmpint(ram[OUT + 3], ==, 3);
    g_assert_cmpint(ram[OUT + 0x16], <, 0x1b);
    g_assert_cmpint(snp_rmp_state(OUT), ==, SNP_PAGE_RECLAIM);
    expect(FW_SUCCESS, reclaim(OUT));
    /* the legacy status goes to the command buffer itself */
    expect(FW_INVALID_PAGE_STATE, run(0x04, &b));
    make_firmware(CMD);
    expect(FW_SUCCESS, run(0x04, &b));
    g_assert_cmpint(ram[CMD + 2], ==, SEV_INIT);
    g_assert_cmpint(ram[CMD + 7], ==, 25);
    g_assert_cmpint(snp_rmp_state(CMD), ==, SNP_PAGE_RECLAIM);
}

/* Part of a large Firmware page cannot be handed back. */
static void test_large_output(void)
{
    SnpRmpEntry e = { .assigned = true, .immutable = true, .size_2m = true };
    Buf b = {};

    start_platform();
    for (hwaddr p = 0x400000; p < 0x600000; p += FW_PAGE_SIZE) {
        mock_set(p, e);
    }
    expect(FW_INVALID_PAGE_SIZE, run(0x83, b64(&b, 0, 0x401000)));
    expect(FW_INVALID_PAGE_SIZE, run(0x93, b64(&b, 0, 0x401000)));
    expect(FW_INVALID_PAGE_SIZE, reclaim(0x401000));
}

static void test_feature_info(void)
{
    Buf b = {};

    fresh();
    b32(&b, 0, 15);
    expect(FW_INVALID_PARAM, run(0xce, b64(&b, 8, OUT)));
    b32(&b, 0, 16);
    expect(FW_INVALID_ADDRESS, run(0xce, b64(&b, 8, OUT + 4)));
    expect(FW_INVALID_ADDRESS, run(0xce, b64(&b, 8, OUT + 0xff8)));
    b64(&b, 8, OUT);
    expect(FW_INVALID_PARAM, run(0xce, b32(&b, 4, 2)));
    expect(FW_SUCCESS, run(0xce, b32(&b, 4, 0)));
    g_assert_cmpint(ldl_le_p(ram + OUT), ==, 1);
    g_assert_cmpint(ldl_le_p(ram + OUT + 8), ==, 1);
}

static FwStatus mitigation(int sub, uint64_t vector)
{
    Buf b = {};

    b32(&b, 0, 0x40);
    b32(&b, 4, sub);
    b64(&b, 8, vector);
    b32(&b, 0x10, 1);
    return run(0xb2, b64(&b, 0x20, OUT));
}

static void expect_mitigations(uint64_t verified, uint32_t failure)
{
    g_assert_cmphex(ldq_le_p(ram + OUT), ==, verified);
    g_assert_cmphex(ldq_le_p(ram + OUT + 8), ==, 6);
    g_assert_cmpint(ldl_le_p(ram + OUT + 16), ==, failure);
    g_assert_cmpint(snp_rmp_state(OUT), ==, SNP_PAGE_RECLAIM);
    make_firmware(OUT);
}

static void test_mitigations(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_COMMAND, mitigation(0, 0));
    fw->mitigations = 6;
    expect(FW_INVALID_PAGE_STATE, mitigation(0, 0));
    make_firmware(OUT);
    expect(FW_INVALID_PARAM, mitigation(2, 0));
    expect(FW_INVALID_PARAM, mitigation(1, 0));
    expect(FW_INVALID_PARAM, mitigation(1, 6));
    expect(FW_INVALID_PARAM, run(0xb2, b32(&b, 0, 0x40)));  /* no output */
    expect(FW_SUCCESS, mitigation(0, 0));
    expect_mitigations(0, 0);
    expect(FW_SUCCESS, mitigation(1, 4));
    expect_mitigations(4, 0);
    expect(FW_SUCCESS, mitigation(1, 8));
    expect_mitigations(4, 1);
    expect(FW_SUCCESS, mitigation(0, 0));
    expect_mitigations(4, 0);
    b32(&b, 0, 16);
    expect(FW_SUCCESS, run(0xce, b64(&b, 8, OUT)));
    g_assert_cmphex(ldl_le_p(ram + OUT + 8), ==, 1 << 13 | 1);
}

static void test_config(void)
{
    Buf b = {};

    start_platform();
    expect(FW_INVALID_PARAM, run(0xc9, b64(&b, 0, FW_TCB + 1)));
    expect(FW_SUCCESS, run(0xc9, b64(&b, 0, FW_TCB - 1)));
    g_assert_cmphex(fw->reported_tcb, ==, FW_TCB - 1);
    expect(FW_INVALID_PARAM, run(0xc9, b32(&b, 8, 4)));
    memset(&b, 0, sizeof(b));
    expect(FW_SUCCESS, run(0xc9, &b));
    g_assert_cmphex(fw->reported_tcb, ==, FW_TCB);
    expect(FW_SUCCESS, run(0xcb, b32(&b, 0, 4)));
}

static void test_reclaim(void)
{
    SnpRmpEntry fwpage = { .assigned = true, .immutable = true };
    SnpRmpEntry e = fwpage;
    Buf b = {};

    start_platform();
    expect(FW_SUCCESS, reclaim(PAGE));
    mock_set(PAGE, (SnpRmpEntry) { .immutable = true });
    expect(FW_INVALID_PAGE_STATE, reclaim(PAGE));
    mock_set(PAGE, fwpage);
    expect(FW_INVALID_PARAM, reclaim(PAGE + 2));
    expect(FW_INVALID_PARAM, reclaim(PAGE + 1));
    expect(FW_INVALID_PAGE_STATE, reclaim(TMR));
    expect(FW_INVALID_PAGE_STATE, reclaim(TMR + FW_2M_SIZE - FW_PAGE_SIZE));
    expect(FW_SUCCESS, run0(0x02));
    expect(FW_INVALID_PAGE_SIZE, reclaim(TMR + 1));
    expect(FW_SUCCESS, reclaim(TMR));
    expect(FW_SUCCESS, reclaim(PAGE));
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_RECLAIM);
    expect(FW_SUCCESS, reclaim(PAGE));
    e.gpa = 0x1000;
    mock_set(PAGE, e);
    expect(FW_SUCCESS, reclaim(PAGE));
    g_assert_cmpint(snp_rmp_state(PAGE), ==, SNP_PAGE_RECLAIM);
    e.gpa = SNP_RMP_IOMMU_TAG;
    mock_set(PAGE, e);
    expect(FW_INVALID_PAGE_STATE, reclaim(PAGE));
    expect(FW_INVALID_PAGE_STATE, reclaim(RMP_START));
    mock_set(PAGE, fwpage);
    expect(FW_SUCCESS, run(0x93, b64(&b, 0, PAGE)));
    expect(FW_INVALID_PAGE_STATE, reclaim(PAGE));
    expect(FW_SUCCESS, run(0x90, b64(&b, 0, PAGE)));
    expect(FW_SUCCESS, reclaim(PAGE));
}

static void test_shutdown(void)
{
    Buf b = {};

    start_platform();
    b32(&b, 0, 8);
    expect(FW_INVALID_PARAM, run(0x86, b32(&b, 4, 2)));
    expect(FW_INVALID_PARAM, run(0x86, b32(&b, 4, 3)));
    b32(&b, 4, 1);
    expect(FW_INVALID_PARAM, run(0x86, b32(&b, 0, 7)));
    b32(&b, 0, 8);
    expect(FW_INVALID_PLATFORM_STATE, run(0x86, &b));
    expect(FW_SUCCESS, run0(0x02));
    g_assert_true(mock_iommu_enforces);
    expect(FW_SUCCESS, run(0x86, &b));
    g_assert_false(mock_iommu_enforces);
    g_assert_cmpint(snp_rmp_state(0x3000000), ==, SNP_PAGE_RECLAIM);
    expect(FW_SUCCESS, run(0x86, &b));
    expect(FW_RMP_INIT_REQUIRED, run(0x85, memset(&b, 0, sizeof(b))));
    expect(FW_SUCCESS, snp_init_ex());
    /* every ASID is dirty now */
    expect(FW_DFFLUSH_REQUIRED, run0(0x82));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x84));
    expect(FW_SUCCESS, run0(0x82));
}

static void test_x86_shutdown(void)
{
    Buf b = {};

    start_platform();
    fw->can_x86_shutdown = true;
    expect(FW_SUCCESS, run0(0x02));
    b32(&b, 0, 8);
    expect(FW_INVALID_PARAM, run(0x86, b32(&b, 4, 2)));
    expect(FW_INVALID_PARAM, run(0x86, b32(&b, 4, 4)));
    g_assert_true(mock_snp_enabled);
    expect(FW_SUCCESS, run(0x86, b32(&b, 4, 3)));
    g_assert_false(mock_snp_enabled);
    g_assert_false(fw_is_rmp(fw, RMP_START));
}

static FwStatus download(uint8_t build, uint32_t len)
{
    static const char key[] = "SNP host model, firmware images";
    uint8_t *image = ram + PAGE;
    Buf b = {};

    memset(image, 0, 0x20);
    memcpy(image, "SNPMODEL\1\67", 10);
    image[10] = build;
    HMAC(EVP_sha256(), key, strlen(key), image, 0x20, image + 0x20, NULL);
    return run(0x0b, b32(b64(&b, 0, PAGE), 8, len));
}

static void test_download(void)
{
    Buf b = {};

    fresh();
    expect(FW_INVALID_LEN, download(25, 0));
    expect(FW_BAD_SIGNATURE, download(25, 0x41));
    expect(FW_BAD_VERSION, download(24, 0x40));
    expect(FW_BAD_VERSION, download(31, 0x40));
    expect(FW_SUCCESS, download(26, 0x40));
    ram[PAGE + 0x3f] ^= 1;
    expect(FW_BAD_SIGNATURE, run(0x0b, b32(b64(&b, 0, PAGE), 8, 0x40)));
    ram[PAGE + 0x3f] ^= 1;
    expect(FW_INVALID_ADDRESS, run(0x0b, b64(&b, 0, RAM_SIZE)));
    expect(FW_SUCCESS, run(0x83, b64(&b, 0, OUT)));
    g_assert_cmpint(ldl_le_p(ram + OUT + 4), ==, 26);
    expect(FW_SUCCESS, run(0xcb, b32(&b, 0, 4)));
    expect(FW_BAD_VERSION, download(25, 0x40));
    expect(FW_SUCCESS, snp_init_ex());
    expect(FW_INVALID_PLATFORM_STATE, download(26, 0x40));
}

static FwStatus init_hiding(uint32_t asids)
{
    Buf b = {};

    b32(&b, 0, 0xb);
    b64(&b, 8, LIST);
    return run(0x85, b32(&b, 0x10, asids));
}

static void test_hiding(void)
{
    Buf b = {};

    fresh();
    expect(FW_INVALID_PARAM, init_hiding(10));
    fw->can_hide_ciphertext = true;
    expect(FW_INVALID_PARAM, init_hiding(0));
    expect(FW_INVALID_PARAM, init_hiding(SNP_ASID_MIN_SEV));
    b32(&b, 0, 3);
    expect(FW_INVALID_PARAM, run(0x85, b32(&b, 0x10, 10)));
    g_assert_false(snp_fw_asid_hidden(1));
    expect(FW_SUCCESS, init_hiding(10));
    g_assert_true(snp_fw_asid_hidden(10));
    g_assert_false(snp_fw_asid_hidden(11));
    g_assert_false(snp_fw_asid_hidden(0));
    mock_wbinvd();
    expect(FW_SUCCESS, run0(0x84));
    expect(FW_SUCCESS, fw_asid_check(10, SNP_GUEST_SNP, 0));
    expect(FW_INVALID_ASID, fw_asid_check(11, SNP_GUEST_SNP, 0));
    expect(FW_INVALID_ASID, fw_asid_check(10, SNP_GUEST_SEV_ES, 0));
    expect(FW_SUCCESS, fw_asid_check(11, SNP_GUEST_SEV_ES, 0));
    expect(FW_SUCCESS, fw_asid_check(SNP_ASID_MIN_SEV, SNP_GUEST_SEV, 0));
    make_firmware(OUT);
    memset(&b, 0, sizeof(b));
    expect(FW_SUCCESS, run(0x83, b64(&b, 0, OUT)));
    g_assert_cmphex(ldl_le_p(ram + OUT + 8) & 0x60, ==, 0x60);
    expect(FW_SUCCESS, run0(0x82));
    g_assert_false(snp_fw_asid_hidden(1));
}

static void refused_faults(void)
{
    g_assert(!fw_set_fault(fw, "NOTHING,1,UNSUPPORTED"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,x,UNSUPPORTED"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1,WHATEVER"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1,SUCCESS"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1,?"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,2-1,UNSUPPORTED"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,0-1,UNSUPPORTED"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1-,UNSUPPORTED"));
    g_assert(!fw_set_fault(fw, "SNP_GCTX_CREATE,1+2,UNSUPPORTED"));
}

static void add_fault(const char *spec, void *opaque)
{
    g_string_append_printf((GString *)opaque, "%s;", spec);
}

static char *armed(void)
{
    GString *s = g_string_new(NULL);

    fw_each_fault(fw, add_fault, s);
    return g_string_free(s, false);
}

static void expect_armed(const char *specs)
{
    g_autofree char *is = armed();

    g_assert_cmpstr(is, ==, specs);
}

static uint64_t count(const char *command, FwStatus status)
{
    for (unsigned int i = 0; i <= FW_UNKNOWN; i++) {
        if (!strcmp(fw_command_name(i), command)) {
            return fw->counts[i][status];
        }
    }
    g_assert_not_reached();
}

static void test_faults(void)
{
    Buf b = {};

    start_platform();
    refused_faults();
    g_assert(fw_set_fault(fw, "SNP_GCTX_CREATE,2,RESOURCE_LIMIT"));
    make_firmware(PAGE);
    make_firmware(PAGE2);
    expect(FW_SUCCESS, run(0x93, b64(&b, 0, PAGE)));
    expect_armed("SNP_GCTX_CREATE,1,RESOURCE_LIMIT;");
    expect(FW_RESOURCE_LIMIT, run(0x93, b64(&b, 0, PAGE2)));
    expect_armed("");
    g_assert_cmpint(snp_rmp_state(PAGE2), ==, SNP_PAGE_FIRMWARE);
    expect(FW_SUCCESS, run(0x93, b64(&b, 0, PAGE2)));
    g_assert_cmpint(count("SNP_GCTX_CREATE", FW_SUCCESS), ==, 2);
    g_assert_cmpint(count("SNP_GCTX_CREATE", FW_RESOURCE_LIMIT), ==, 1);
    g_assert(fw_set_fault(fw, "SNP_GCTX_CREATE,1-2,UNSUPPORTED"));
    expect_armed("SNP_GCTX_CREATE,1-2,UNSUPPORTED;");
    expect(FW_UNSUPPORTED, run(0x93, b64(&b, 0, PAGE2)));
    expect_armed("SNP_GCTX_CREATE,1,UNSUPPORTED;");
    expect(FW_UNSUPPORTED, run(0x93, b64(&b, 0, PAGE2)));
    expect_armed("");
    g_assert(fw_set_fault(fw, "SNP_GCTX_CREATE,1,UNSUPPORTED"));
    g_assert(fw_set_fault(fw, ""));
    expect(FW_INVALID_PAGE_STATE, run(0x93, b64(&b, 0, PAGE2)));
    expect(FW_INVALID_COMMAND, run0(0x95));
    g_assert_cmpint(count("UNKNOWN", FW_INVALID_COMMAND), ==, 1);
}

void add_platform_tests(void)
{
    g_test_add_func("/platform/table", test_table);
    g_test_add_func("/platform/init-checks", test_init_checks);
    g_test_add_func("/platform/init-states", test_init_states);
    g_test_add_func("/platform/flush", test_flush);
    g_test_add_func("/platform/tmr", test_tmr);
    g_test_add_func("/platform/status", test_status);
    g_test_add_func("/platform/large-output", test_large_output);
    g_test_add_func("/platform/feature-info", test_feature_info);
    g_test_add_func("/platform/mitigations", test_mitigations);
    g_test_add_func("/platform/config", test_config);
    g_test_add_func("/platform/reclaim", test_reclaim);
    g_test_add_func("/platform/shutdown", test_shutdown);
    g_test_add_func("/platform/x86-shutdown", test_x86_shutdown);
    g_test_add_func("/platform/hiding", test_hiding);
    g_test_add_func("/platform/download", test_download);
    g_test_add_func("/platform/faults", test_faults);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_platform_tests();
    add_launch_tests();
    add_message_tests();
    add_sev_tests();
    add_owner_tests();
    return g_test_run();
}
