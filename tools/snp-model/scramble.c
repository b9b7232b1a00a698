/*
 * SNP host model: what memory looks like to whoever lacks the key
 *
 * The model keeps guest memory in plaintext while the guest owns it, so that
 * loads and stores run untouched, and applies a key stream when a page
 * changes hands.  ChaCha keyed by the guest and numbered by the page stands in
 * for AES with a tweak: the same page under the same key is scrambled the same
 * way each time, so a page that went to the guest and back without a write is
 * what it was, as on hardware.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <nettle/chacha.h>
#include "qemu/bswap.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "rmp.h"

#define SNP_PAGE_SIZE   4096

void snp_page_scramble(hwaddr spa, const uint8_t key[32])
{
    g_autofree uint8_t *page = g_malloc(SNP_PAGE_SIZE);
    uint8_t nonce[CHACHA_NONCE_SIZE];
    struct chacha_ctx ctx;

    spa &= ~(hwaddr)(SNP_PAGE_SIZE - 1);
    stq_le_p(nonce, spa);
    chacha_set_key(&ctx, key);
    chacha_set_nonce(&ctx, nonce);

    /* Not through a pointer: code translated from the page has to go. */
    address_space_read(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                       page, SNP_PAGE_SIZE);
    chacha_crypt(&ctx, SNP_PAGE_SIZE, page, page);
    address_space_write(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                        page, SNP_PAGE_SIZE);
}
