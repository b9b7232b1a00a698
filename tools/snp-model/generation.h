/*
 * SNP host model: what differs between generations of EPYC processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_GENERATION_H
#define SNP_MODEL_GENERATION_H

#include "fw/product.h"

typedef struct SnpGeneration {
    const char *name;           /* as in snp-generation= */
    const char *cpu;            /* a -cpu that is one */
    uint8_t family;             /* CPUID 1 EAX, as added up there */
    uint8_t first_model;
    uint8_t last_model;
    bool rmpread;               /* CPUID 8000001F EAX[21], the instruction */
    bool segmented_rmp;         /* EAX[23], leaf 80000025 and RMP_CFG */
    uint16_t psp_device_id;
    uint32_t psp_inten;         /* its register; the status is the next one */
    uint32_t psp_tee;           /* the TEE's mailbox: command, buffer */
    const FwProduct *product;
} SnpGeneration;

/* What snp-generation= says, Milan by default. */
const SnpGeneration *snp_generation(void);
bool snp_generation_set(const char *name);

#endif
