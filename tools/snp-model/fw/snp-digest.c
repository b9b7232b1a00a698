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

#define PAGE_INFO_LEN       0x70

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
    uint8_t info[PAGE_INFO_LEN] = {};

    memcpy(info, ld, FW_DIGEST_LEN);
    if (type == SNP_TYPE_NORMAL) {
        fw_sha384(page, FW_PAGE_SIZE, info + 0x30);
    } else if (type == SNP_TYPE_VMSA) {
        hash_vmsa(page, info + 0x30);
    }
    stw_le_p(info + 0x60, PAGE_INFO_LEN);
    info[0x62] = type;
    /* 0x64 is reserved: VMPL0 may do everything */
    memcpy(info + 0x65, perms + 1, SNP_VMPLS - 1);
    stq_le_p(info + 0x68, gpa);
    fw_sha384(info, sizeof(info), ld);
}

void snp_secrets_page(const SnpContext *ctx, uint8_t *page)
{
    uint32_t cpuid[4];

    fw_host_cpuid(1, 0, cpuid);
    memset(page, 0, FW_PAGE_SIZE);
    stl_le_p(page, 3);                  /* version */
    stl_le_p(page + 0x08, cpuid[0]);    /* family, model, stepping */
    memcpy(page + 0x10, ctx->gosvw, sizeof(ctx->gosvw));
    memcpy(page + 0x20, ctx->vmpck, sizeof(ctx->vmpck));
    /* 0x100: no VMSA register protection; 0x160: no Secure TSC */
}
