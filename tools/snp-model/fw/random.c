/*
 * SNP host model: the firmware's random numbers
 *
 * A stream that follows from one seed, drawn when the device is created:
 * with QEMU's -seed every run hands out the same numbers in the same order
 * of commands, whichever CPU sends them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"

void fw_drbg_seed(FwDrbg *d, const uint8_t seed[32])
{
    memcpy(d->key, seed, sizeof(d->key));
    d->counter = 0;
}

void fw_random(FwDrbg *d, void *buf, size_t len)
{
    uint8_t *p = buf;

    while (len) {
        uint8_t counter[8], block[32];
        size_t n = MIN(len, sizeof(block));

        stq_le_p(counter, d->counter++);
        fw_hmac_sha256(d->key, sizeof(d->key), counter, sizeof(counter),
                       block);
        memcpy(p, block, n);
        p += n;
        len -= n;
    }
}
