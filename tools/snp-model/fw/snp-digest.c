/*
 * SNP host model: the launch digest, and the page the firmware writes itself
 *
 * SEV-SNP Firmware ABI (#56860), "SNP_LAUNCH_UPDATE", "PAGE_INFO Structure"
 * and "Secrets Page Format".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "snp.h"

typedef struct QEMU_PACKED PageInfo {
    uint8_t digest_cur[FW_DIGEST_LEN];
    uint8_t contents[FW_DIGEST_LEN];
    uint16_t length;
    uint8_t page_type;
    uint8_t imi_page;
    uint8_t reserved_64;        /* VMPL 0 may do everything */
    uint8_t vmpl_perms[SNP_VMPLS - 1];
    uint64_t gpa;
} PageInfo;
QEMU_BUILD_BUG_ON(offsetof(PageInfo, length) != 0x60);
QEMU_BUILD_BUG_ON(sizeof(PageInfo) != 0x70);

/* GUEST_TSC_SCALE and GUEST_TSC_OFFSET of a VMSA do not count */
#define VMSA_TSC            0x2f0
#define VMSA_TSC_LEN        0x10

static void hash_vmsa(const uint8_t *page, uint8_t out[FW_DIGEST_LEN])
{
    uint8_t copy[FW_PAGE_SIZE];

    memcpy(copy, page, sizeof(copy));
    memset(copy + VMSA_TSC, 0, VMSA_TSC_LEN);
    fw_sha384(copy, sizeof(copy), out);
}

/* Extend @ld by one 4 KiB page. */
void snp_digest_page(uint8_t ld[FW_DIGEST_LEN], SnpPageType type,
                     const uint8_t perms[SNP_VMPLS], uint64_t gpa,
                     const uint8_t *page)
{
    PageInfo info = {
        .length = cpu_to_le16(sizeof(info)),
        .page_type = type,
        .gpa = cpu_to_le64(gpa),
    };

    memcpy(info.digest_cur, ld, sizeof(info.digest_cur));
    if (type == SNP_TYPE_NORMAL) {
        fw_sha384(page, FW_PAGE_SIZE, info.contents);
    } else if (type == SNP_TYPE_VMSA) {
        hash_vmsa(page, info.contents);
    }
    memcpy(info.vmpl_perms, perms + 1, sizeof(info.vmpl_perms));
    fw_sha384(&info, sizeof(info), ld);
}

/* Neither VMSA register protection nor Secure TSC: zeros */
void snp_secrets_page(const SnpContext *ctx, SnpSecretsPage *page)
{
    uint32_t cpuid[4];

    fw_host_cpuid(1, 0, cpuid);
    memset(page, 0, sizeof(*page));
    page->version = cpu_to_le32(3);
    page->fms = cpu_to_le32(cpuid[0]);
    memcpy(page->gosvw, ctx->gosvw, sizeof(page->gosvw));
    memcpy(page->vmpck, ctx->vmpck, sizeof(page->vmpck));
}
