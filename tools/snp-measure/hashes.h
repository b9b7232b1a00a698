/* SPDX-License-Identifier: GPL-2.0-only */
/* The SEV hash table: what kernel-hashes=on lets the firmware check. */
#ifndef SNP_MEASURE_HASHES_H
#define SNP_MEASURE_HASHES_H

#include "digest.h"

struct boot_hashes {
	uint8_t kernel[SHA256_LEN];
	uint8_t initrd[SHA256_LEN];
	uint8_t cmdline[SHA256_LEN];
};

#define HASH_TABLE_LEN	176	/* 168 and padding to a multiple of 16 */

/* The command line is hashed with its final zero; no initrd is an empty one. */
bool boot_hashes_compute(struct boot_hashes *hashes, const struct blob *kernel,
			 const struct blob *initrd, const char *cmdline);
void hash_table_fill(uint8_t table[HASH_TABLE_LEN], const struct boot_hashes *hashes);

#endif /* SNP_MEASURE_HASHES_H */
