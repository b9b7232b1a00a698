/* SPDX-License-Identifier: GPL-2.0-only */
/* What QEMU's -kernel, -initrd and -append take together with kernel-hashes=on. */
#ifndef SNP_MEASURE_KERNEL_H
#define SNP_MEASURE_KERNEL_H

#include "util.h"

/* initrd may be NULL.  The hashes are of no use for a guest that QEMU does not start. */
bool kernel_check(const struct blob *kernel, const struct blob *initrd, const char *cmdline);

#endif /* SNP_MEASURE_KERNEL_H */
