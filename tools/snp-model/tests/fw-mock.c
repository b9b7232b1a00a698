/*
 * SNP host model: the machine that the firmware tests run on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/thread.h"
#include <openssl/sha.h>
#include "fw-test.h"

#define PAGES   (RAM_SIZE / FW_PAGE_SIZE)

uint8_t ram[RAM_SIZE];
FwStatus mock_cores;
bool mock_snp_enabled;
bool mock_smt;
bool mock_iommu_on;
bool mock_iommu_enforces;

static SnpRmpEntry rmp[PAGES];
static bool locked;

void mock_reset(void)
{
    memset(rmp, 0, sizeof(rmp));
    memset(ram, 0, sizeof(ram));
    mock_cores = FW_SUCCESS;
    mock_snp_enabled = true;
    mock_smt = false;
    mock_iommu_on = true;
    mock_iommu_enforces = false;
}

void mock_wbinvd(void)
{
    snp_fw_note_wbinvd(0);
    snp_fw_note_wbinvd(1);
}

void mock_set(hwaddr spa, SnpRmpEntry e)
{
    rmp[spa / FW_PAGE_SIZE] = e;
}

SnpRmpEntry mock_get(hwaddr spa)
{
    return rmp[spa / FW_PAGE_SIZE];
}

/* qemu/thread.h: there is one thread */

static void mutex_lock(QemuMutex *mutex, const char *file, const int line)
{
}

QemuMutexLockFunc qemu_mutex_lock_func = mutex_lock;

void qemu_mutex_init(QemuMutex *mutex)
{
}

void qemu_mutex_destroy(QemuMutex *mutex)
{
}

void qemu_mutex_unlock_impl(QemuMutex *mutex, const char *file,
                            const int line)
{
}

/* qemu/cutils.h */

int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result)
{
    char *end;

    *result = strtoul(nptr, &end, base);
    if (endptr) {
        *endptr = end;
    }
    return (*end && !endptr) || end == nptr ? -EINVAL : 0;
}

/* fw-host.h */

bool fw_host_is_ram(hwaddr spa, uint64_t len)
{
    return len && len <= RAM_SIZE && spa <= RAM_SIZE - len;
}

void fw_host_read(hwaddr spa, void *buf, size_t len)
{
    g_assert(fw_host_is_ram(spa, len));
    memcpy(buf, ram + spa, len);
}

void fw_host_read_guest(hwaddr spa, void *buf, size_t len)
{
    fw_host_read(spa, buf, len);
}

void fw_host_write(hwaddr spa, const void *buf, size_t len)
{
    g_assert(fw_host_is_ram(spa, len));
    memcpy(ram + spa, buf, len);
}

void fw_host_each_ram(void (*fn)(const FwRange *r, void *opaque),
                      void *opaque)
{
    FwRange r = { 0, RAM_SIZE - 0x10000 };      /* the rest is flash */

    fn(&r, opaque);
}

bool fw_host_snp_enabled(void)
{
    return mock_snp_enabled;
}

FwStatus fw_host_check_cores(FwRmp *r)
{
    *r = (FwRmp) { 1, { { RMP_START, RMP_END } } };
    return mock_cores;
}

bool fw_host_all_cpus_in(const unsigned long *bitmap, unsigned int nbits)
{
    return test_bit(0, bitmap) && test_bit(1, bitmap);
}

void fw_host_snp_off(void)
{
    mock_snp_enabled = false;
}

void fw_host_seal_vmsa(hwaddr spa)
{
}

bool fw_host_smt(void)
{
    return mock_smt;
}

unsigned int fw_host_sockets(void)
{
    return 1;
}

void fw_host_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    memset(out, 0, 16);
    if (leaf == 1) {
        out[0] = 0x00a00f11;
        out[2] = 0x7ed8320b;
        out[3] = 0x178bfbff;
    }
}

int fw_host_iommu_ranges(FwRange r[FW_IOMMU_RANGES])
{
    r[0] = (FwRange) { 0x3000000, 0x3080000 };
    return 1;
}

bool fw_host_iommu_on(void)
{
    return mock_iommu_on;
}

void fw_host_iommu_enforce(bool on)
{
    mock_iommu_enforces = on;
}

/* rmp.h */

bool snp_rmp_enabled(void)
{
    return mock_snp_enabled;
}

bool snp_rmp_covers(hwaddr spa)
{
    return spa < RAM_SIZE;
}

void snp_rmp_get(hwaddr spa, SnpRmpEntry *e)
{
    *e = snp_rmp_covers(spa) ? mock_get(spa) : (SnpRmpEntry) { };
}

void snp_rmp_put(hwaddr spa, const SnpRmpEntry *e)
{
    unsigned int n = e->size_2m ? FW_2M_PAGES : 1;

    g_assert(locked);
    for (unsigned int i = 0; i < n; i++) {
        mock_set(spa + i * FW_PAGE_SIZE, *e);
        rmp[spa / FW_PAGE_SIZE + i].gpa += i * FW_PAGE_SIZE;
    }
}

void snp_rmp_fill(hwaddr start, hwaddr end, const SnpRmpEntry *e)
{
    g_assert(locked);
    for (; start < MIN(end, RAM_SIZE); start += FW_PAGE_SIZE) {
        mock_set(start, *e);
    }
}

void snp_rmp_reset_counters(void)
{
}

uint64_t snp_rmp_asid_pages(uint32_t asid)
{
    uint64_t n = 0;

    for (unsigned int i = 0; i < PAGES; i++) {
        n += rmp[i].assigned && rmp[i].asid == asid;
    }
    return n;
}

SnpPageState snp_rmp_state(hwaddr spa)
{
    SnpRmpEntry e;

    if (!snp_rmp_covers(spa)) {
        return SNP_PAGE_DEFAULT;
    }
    e = mock_get(spa);
    if (!e.assigned) {
        return e.immutable ? SNP_PAGE_HV_FIXED : SNP_PAGE_HYPERVISOR;
    }
    if (e.asid) {
        return (e.immutable ? SNP_PAGE_PRE_GUEST : SNP_PAGE_GUEST_INVALID) +
               e.validated;
    }
    if (!e.immutable) {
        return SNP_PAGE_RECLAIM;
    }
    return e.vmsa ? SNP_PAGE_CONTEXT :
           e.gpa == SNP_RMP_IOMMU_TAG ? SNP_PAGE_FIRMWARE_IOMMU :
           e.gpa ? SNP_PAGE_METADATA : SNP_PAGE_FIRMWARE;
}

void snp_rmp_lock(void)
{
    g_assert(!locked);
    locked = true;
}

void snp_rmp_unlock(void)
{
    g_assert(locked);
    locked = false;
}

void snp_rmp_abandon_guests(void)
{
    uint8_t key[32];

    g_assert(locked);
    for (unsigned int i = 0; i < PAGES; i++) {
        if (snp_rmp_is_guest_view(&rmp[i])) {
            snp_fw_asid(rmp[i].asid, NULL, key);
            snp_page_scramble(i * FW_PAGE_SIZE, key);
        }
    }
}

void snp_page_scramble(hwaddr spa, const uint8_t key[32])
{
    uint8_t in[40], mask[64];

    memcpy(in, key, 32);
    memcpy(in + 32, &spa, 8);
    SHA512(in, sizeof(in), mask);
    for (unsigned int i = 0; i < FW_PAGE_SIZE; i++) {
        ram[spa + i] ^= mask[i % 64];
    }
}
