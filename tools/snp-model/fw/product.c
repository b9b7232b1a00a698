/*
 * SNP host model: TCB versions and chip ids by generation
 *
 * SEV-SNP Firmware ABI (#56860), "TCB Version"; Linux include/linux/psp-sev.h.
 * The SNP SVN stays below the number from where on Linux withholds SEV-ES on
 * an SNP host (AMD-SB-3023): 1Bh, and 4 of Turin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "defs.h"
#include "product.h"

/* Turin: FMC in byte 0, boot loader in 1, TEE in 2, SNP in 3, microcode in 7 */
#define TURIN_FMC           0x01ULL
#define TURIN_BOOT_LOADER   0x01ULL
#define TURIN_TEE           0x01ULL
#define TURIN_SNP           0x02ULL
#define TURIN_MICROCODE     0x4fULL
#define TURIN_CHIP_ID_LEN   8

const FwProduct fw_product_milan = {
    .tcb = FW_TCB,
    .chip_id_len = FW_CHIP_ID_LEN,
};

const FwProduct fw_product_turin = {
    .tcb = TURIN_FMC | TURIN_BOOT_LOADER << 8 | TURIN_TEE << 16 |
           TURIN_SNP << 24 | TURIN_MICROCODE << 56,
    .chip_id_len = TURIN_CHIP_ID_LEN,
};
