/* SPDX-License-Identifier: GPL-2.0-only */
/* What QEMU's -kernel, -initrd and -append take together with kernel-hashes=on. */
#ifndef SNP_MEASURE_KERNEL_H
#define SNP_MEASURE_KERNEL_H

#include "hashes.h"

/* initrd may be NULL.  The hashes are of no use for a guest that QEMU does not start. */
bool kernel_check(const struct blob *kernel, const struct blob *initrd, const char *cmdline);

struct boot_files {
	const char *kernel, *initrd;	/* initrd: NULL if there is none */
	const char *cmdline;		/* NULL is an empty one */
};

/* any: hash what QEMU would refuse to start as well */
bool boot_files_hash(const struct boot_files *files, bool any, struct boot_hashes *hashes);

#endif /* SNP_MEASURE_KERNEL_H */
