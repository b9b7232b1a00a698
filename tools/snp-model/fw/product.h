/*
 * SNP host model: what the firmware of one generation says of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_PRODUCT_H
#define SNP_MODEL_FW_PRODUCT_H

typedef struct FwProduct {
    uint64_t tcb;               /* version, in the generation's layout */
    unsigned int chip_id_len;   /* the rest of the id's 64 bytes is 0 */
} FwProduct;

/* Milan and Genoa */
extern const FwProduct fw_product_milan;
extern const FwProduct fw_product_turin;

#endif
