/*
 * SNP host model: what memory looks like to whoever lacks the key
 *
 * The model keeps guest memory in plaintext while the guest owns it, so that
 * the guest's own loads and stores run untouched, and applies a key stream
 * when a page changes hands.  AES in counter mode, keyed by the guest and
 * counting from the page's address, stands in for AES with a tweak: the same
 * page under the same key is scrambled the same way each time, so a page that
 * went to the guest and back without a write is what it was, as on hardware.
 *
 * Everybody else reads such a page through a second image of memory, in which
 * the same key stream is applied to what is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <nettle/aes.h>
#include <nettle/ctr.h>
#include "qemu/bswap.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "../fw/fw.h"
#include "state.h"

#define SNP_PAGE_SIZE       4096
#define SNP_PAGE_MASK       (~(hwaddr)(SNP_PAGE_SIZE - 1))
#define CIPHERTEXT_SIZE     (1ULL << 52)

static void apply_key(uint8_t *page, hwaddr spa, const uint8_t key[32])
{
    /* Its upper half, so that no two pages count through the same block. */
    uint8_t counter[AES_BLOCK_SIZE] = { };
    struct aes256_ctx ctx;

    stq_be_p(counter, spa);
    aes256_set_encrypt_key(&ctx, key);
    ctr_crypt(&ctx, (nettle_cipher_func *)aes256_encrypt, AES_BLOCK_SIZE,
              counter, SNP_PAGE_SIZE, page, page);
}

void snp_page_scramble(hwaddr spa, const uint8_t key[32])
{
    g_autofree uint8_t *page = g_malloc(SNP_PAGE_SIZE);

    spa &= SNP_PAGE_MASK;
    /* Not through a pointer: code translated from the page has to go. */
    address_space_read(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                       page, SNP_PAGE_SIZE);
    apply_key(page, spa, key);
    address_space_write(&address_space_memory, spa, MEMTXATTRS_UNSPECIFIED,
                        page, SNP_PAGE_SIZE);
}

static void abandon(hwaddr spa, SnpPageState state, const SnpRmpEntry *e,
                    void *opaque)
{
    uint8_t key[32];

    if (snp_rmp_is_guest_view(e)) {
        snp_fw_asid(e->asid, NULL, key);
        snp_page_scramble(spa, key);
    }
}

/* Before SNP_INIT the table says whatever the host has left there. */
void snp_rmp_abandon_guests(void)
{
    if (snp_rmp.filled) {
        snp_rmp_each(abandon, NULL);
    }
}

/* The key stream of a page, kept for loads in a row.  RMP lock held. */
static const uint8_t *key_stream(hwaddr page, uint32_t asid)
{
    static uint8_t stream[SNP_PAGE_SIZE], of_key[32];
    static hwaddr of_page = ~(hwaddr)0;
    uint8_t key[32];

    snp_fw_asid(asid, NULL, key);
    if (of_page != page || memcmp(of_key, key, sizeof(key))) {
        memset(stream, 0, sizeof(stream));
        apply_key(stream, page, key);
        memcpy(of_key, key, sizeof(key));
        of_page = page;
    }
    return stream;
}

/*
 * The entry is looked at under the lock, so that a page that changes hands
 * meanwhile is read before or after that.
 */
MemTxResult snp_ciphertext_read(hwaddr spa, void *buf, size_t len)
{
    uint8_t *bytes = buf;
    const uint8_t *stream;
    MemTxResult result;
    SnpRmpEntry e;

    snp_rmp_lock();
    result = address_space_read(&address_space_memory, spa,
                                MEMTXATTRS_UNSPECIFIED, buf, len);
    snp_rmp_get(spa, &e);
    if (snp_rmp_is_guest_view(&e) && snp_fw_asid_hidden(e.asid)) {
        memset(buf, 0xff, len);
    } else if (snp_rmp_is_guest_view(&e)) {
        stream = key_stream(spa & SNP_PAGE_MASK, e.asid);
        for (size_t i = 0; i < len; i++) {
            bytes[i] ^= stream[(spa & ~SNP_PAGE_MASK) + i];
        }
    }
    snp_rmp_unlock();
    return result;
}

static MemTxResult ciphertext_read(void *opaque, hwaddr spa, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs)
{
    uint8_t buf[8] = { };
    MemTxResult result = snp_ciphertext_read(spa, buf, size);

    *data = ldn_le_p(buf, size);
    return result;
}

static bool ciphertext_accepts(void *opaque, hwaddr spa, unsigned size,
                               bool is_write, MemTxAttrs attrs)
{
    return !is_write;
}

static const MemoryRegionOps ciphertext_ops = {
    .read_with_attrs = ciphertext_read,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
        .accepts = ciphertext_accepts,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

void snp_ciphertext_init(Object *machine)
{
    MemoryRegion *mr = g_new(MemoryRegion, 1);

    memory_region_init_io(mr, machine, &ciphertext_ops, NULL,
                          "snp-ciphertext", CIPHERTEXT_SIZE);
    memory_region_add_subregion(get_system_memory(), SNP_CIPHERTEXT, mr);
}
