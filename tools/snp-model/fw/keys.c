/*
 * SNP host model: keys that real parts have in fuses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/ctype.h"
#include "crypto.h"

/*
 * Without a key directory every model is the same chip, with keys that are
 * public knowledge.
 */
static const char model_seed[32] = "SNP host model, not a secret key";

/* What follows from the VCEK: the CEK, the root of KEY requests, ... */
void fw_keys_derived(FwKeys *k)
{
    uint8_t seed[32];

    fw_hmac_sha256(k->vcek, sizeof(k->vcek), "seed", 4, seed);
    fw_p384_derive(seed, "CEK", k->cek);
    fw_hmac_sha256(seed, sizeof(seed), "derived keys", 12, k->root);
    fw_hmac_sha256(seed, sizeof(seed), "VLEK wrap", 9, k->vlek_wrap);
}

void fw_keys_default(FwKeys *k)
{
    const uint8_t *seed = (const uint8_t *)model_seed;

    fw_p384_derive(seed, "VCEK", k->vcek);
    for (int i = 0; i < FW_CHIP_ID_LEN / 32; i++) {
        char label[] = "chip id 0";

        label[sizeof(label) - 2] += i;
        fw_hmac_sha256(seed, 32, label, strlen(label), k->chip_id + 32 * i);
    }
    fw_keys_derived(k);
}

static bool read_hex(const char *dir, const char *name, uint8_t *out,
                     size_t len, char **why)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *text = NULL;
    size_t i;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        *why = g_strdup_printf("cannot read '%s'", path);
        return false;
    }
    g_strchomp(text);
    for (i = 0; i < len * 2 && qemu_isxdigit(text[i]); i += 2) {
        if (!qemu_isxdigit(text[i + 1])) {
            break;
        }
        out[i / 2] = g_ascii_xdigit_value(text[i]) << 4 |
                     g_ascii_xdigit_value(text[i + 1]);
    }
    if (i != len * 2 || text[i]) {
        *why = g_strdup_printf("'%s' is not %zu bytes in hex", path, len);
        return false;
    }
    return true;
}

/*
 * @dir holds vcek.hex, the private P-384 scalar (48 bytes, big endian), and
 * chip-id.hex (64 bytes), each one line of hex digits.
 */
bool fw_keys_load(FwKeys *k, const char *dir, char **why)
{
    FwKeys new = {};

    if (!read_hex(dir, "vcek.hex", new.vcek, sizeof(new.vcek), why) ||
        !read_hex(dir, "chip-id.hex", new.chip_id, sizeof(new.chip_id),
                  why)) {
        return false;
    }
    if (!fw_p384_scalar_ok(new.vcek)) {
        *why = g_strdup_printf("'%s/vcek.hex' is not a P-384 key", dir);
        return false;
    }
    fw_keys_derived(&new);
    *k = new;
    return true;
}
