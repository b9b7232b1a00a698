/*
 * SNP host model: DOWNLOAD_FIRMWARE
 *
 * SEV API (#55766), "DOWNLOAD_FIRMWARE".  An image is AMD's business and
 * signed by AMD; here it is a header that names a build, authenticated by a
 * key that is the same in every model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "crypto.h"
#include "sev.h"

#define IMAGE_MAGIC     "SNPMODEL"

typedef struct QEMU_PACKED Image {
    char magic[8];
    uint8_t api_major;
    uint8_t api_minor;
    uint8_t build;
    uint8_t reserved_0b[0x15];
    uint8_t mac[32];                /* over what is before it */
} Image;
QEMU_BUILD_BUG_ON(sizeof(Image) != 0x40);

/* What the model behaves like: builds of 1.55 that write report version 3 */
#define BUILD_FIRST     22
#define BUILD_LAST      30

static bool is_signed(const Image *image)
{
    static const char key[] = "SNP host model, firmware images";
    uint8_t mac[32];

    fw_hmac_sha256((const uint8_t *)key, strlen(key), image,
                   offsetof(Image, mac), mac);
    return !memcmp(image->magic, IMAGE_MAGIC, sizeof(image->magic)) &&
           !memcmp(image->mac, mac, sizeof(mac));
}

FwStatus fw_sev_download_firmware(SnpFw *fw, FwCmd *cmd)
{
    const SevCmdDownloadFirmware *c = cmd->buf;
    FwStatus status;
    Image image;

    if (fw->snp_init) {
        return FW_INVALID_PLATFORM_STATE;
    }
    if (!c->fw_length) {
        return FW_INVALID_LEN;
    }
    if (le32_to_cpu(c->fw_length) != sizeof(image)) {
        return FW_BAD_SIGNATURE;
    }
    status = fw_read_in(fw_spa(c->fw_paddr), &image, sizeof(image));
    if (status != FW_SUCCESS) {
        return status;
    }
    if (!is_signed(&image)) {
        return FW_BAD_SIGNATURE;
    }
    if (image.api_major != FW_API_MAJOR || image.api_minor != FW_API_MINOR ||
        image.build < BUILD_FIRST || image.build > BUILD_LAST ||
        image.build < fw->committed_build) {
        return FW_BAD_VERSION;
    }
    fw->build = image.build;
    return FW_SUCCESS;
}
