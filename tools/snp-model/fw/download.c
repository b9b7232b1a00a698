/*
 * SNP host model: DOWNLOAD_FIRMWARE
 *
 * SEV API (#55766), "DOWNLOAD_FIRMWARE".  An image is AMD's business and signed
 * by AMD; here it is a header that names a build, authenticated by a key that is
 * the same in every model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "sev.h"

#define IMAGE_MAGIC     "SNPMODEL"
#define IMAGE_API       0x08        /* major, minor */
#define IMAGE_BUILD     0x0a
#define IMAGE_SIGNED    0x20        /* the MAC covers what is below */
#define IMAGE_LEN       0x40

/* What this model behaves like: the builds of 1.55 that write report version 3 */
#define BUILD_FIRST     22
#define BUILD_LAST      30

static bool is_signed(const uint8_t *image)
{
    static const char key[] = "SNP host model, firmware images";
    uint8_t mac[32];

    fw_hmac_sha256((const uint8_t *)key, strlen(key), image, IMAGE_SIGNED, mac);
    return !memcmp(image, IMAGE_MAGIC, strlen(IMAGE_MAGIC)) &&
           !memcmp(image + IMAGE_SIGNED, mac, sizeof(mac));
}

FwStatus fw_sev_download_firmware(SnpFw *fw, FwCmd *cmd)
{
    uint8_t image[IMAGE_LEN], build;
    FwStatus status;

    if (fw->snp_init) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (!ldl_le_p(cmd->buf + 8)) {
        return FW_INVALID_LEN;
    }
    if (ldl_le_p(cmd->buf + 8) != IMAGE_LEN) {
        return FW_BAD_SIGNATURE;
    }
    status = fw_read_in(fw_addr(cmd->buf), image, sizeof(image));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!is_signed(image)) {
        return FW_BAD_SIGNATURE;
    }
    build = image[IMAGE_BUILD];
    if (image[IMAGE_API] != FW_API_MAJOR ||
        image[IMAGE_API + 1] != FW_API_MINOR || build < BUILD_FIRST ||
        build > BUILD_LAST || build < fw->committed_build) {
        return FW_BAD_VERSION;
    }
    fw->build = build;
    return FW_SUCCESS;
}
