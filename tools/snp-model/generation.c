/*
 * SNP host model: generations of EPYC processors
 *
 * Linux's arch/x86/kernel/cpu/amd.c and drivers/crypto/ccp/sp-pci.c; what is
 * known of each is in Documentation/snp-model-departures.rst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "generation.h"

static const SnpGeneration generations[] = {
    {
        /* Its PSP is that of Genoa, since Milan's comes with a CCP. */
        .name = "milan", .cpu = "EPYC-Milan or -cpu EPYC-Genoa",
        .family = 0x19, .first_model = 0x00, .last_model = 0xff,
        .psp_device_id = 0x14ca, .psp_inten = 0x10690,
        .psp_tee = 0x10544,
        .product = &fw_product_milan,
    }, {
        .name = "genoa", .cpu = "EPYC-Genoa",
        .family = 0x19, .first_model = 0x10, .last_model = 0xaf,
        .psp_device_id = 0x14ca, .psp_inten = 0x10690,
        .psp_tee = 0x10544,
        .product = &fw_product_milan,
    }, {
        .name = "turin", .cpu = "EPYC-Genoa,family=26,model=2,stepping=1",
        .family = 0x1a, .first_model = 0x00, .last_model = 0x11,
        .rmpread = true, .segmented_rmp = true,
        .psp_device_id = 0x17d8, .psp_inten = 0x10510,
        .psp_tee = 0x10944,
        .product = &fw_product_turin,
    },
};

static const SnpGeneration *chosen = &generations[0];

const SnpGeneration *snp_generation(void)
{
    return chosen;
}

bool snp_generation_set(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(generations); i++) {
        if (!strcmp(generations[i].name, name)) {
            chosen = &generations[i];
            return true;
        }
    }
    return false;
}
