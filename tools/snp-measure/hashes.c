// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "hashes.h"

#define GUID_LEN	16
#define HEADER_LEN	(GUID_LEN + 2)
#define ENTRY_LEN	(GUID_LEN + 2 + SHA256_LEN)
#define TABLE_LEN	(HEADER_LEN + 3 * ENTRY_LEN)

static const uint8_t table_guid[GUID_LEN] = {	/* 9438d606-4f22-4cc9-b479-a793d411fd21 */
	0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c,
	0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21,
};
static const uint8_t cmdline_guid[GUID_LEN] = {	/* 97d02dd8-bd20-4c94-aa78-e7714d36ab2a */
	0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c,
	0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a,
};
static const uint8_t initrd_guid[GUID_LEN] = {	/* 44baf731-3a2f-4bd7-9af1-41e29169781d */
	0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b,
	0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d,
};
static const uint8_t kernel_guid[GUID_LEN] = {	/* 4de79437-abd2-427f-b835-d5b172d2045b */
	0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42,
	0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b,
};

bool boot_hashes_compute(struct boot_hashes *hashes, const struct blob *kernel,
			 const struct blob *initrd, const char *cmdline)
{
	return sha256(kernel->data, kernel->size, hashes->kernel) &&
	       sha256(initrd->size ? initrd->data : (const void *)"", initrd->size,
		      hashes->initrd) &&
	       sha256(cmdline, strlen(cmdline) + 1, hashes->cmdline);
}

static uint8_t *put_entry(uint8_t *at, const uint8_t *guid, const uint8_t *hash)
{
	memcpy(at, guid, GUID_LEN);
	put_le(at + GUID_LEN, ENTRY_LEN, 2);
	memcpy(at + HEADER_LEN, hash, SHA256_LEN);
	return at + ENTRY_LEN;
}

void hash_table_fill(uint8_t table[HASH_TABLE_LEN], const struct boot_hashes *hashes)
{
	uint8_t *at = table + HEADER_LEN;

	memset(table, 0, HASH_TABLE_LEN);
	memcpy(table, table_guid, GUID_LEN);
	put_le(table + GUID_LEN, TABLE_LEN, 2);
	at = put_entry(at, cmdline_guid, hashes->cmdline);
	at = put_entry(at, initrd_guid, hashes->initrd);
	put_entry(at, kernel_guid, hashes->kernel);
}
