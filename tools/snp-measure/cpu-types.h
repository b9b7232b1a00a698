/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's CPU models that SNP hosts run, by their signature (CPUID 1 EAX). */
#ifndef SNP_MEASURE_CPU_TYPES_H
#define SNP_MEASURE_CPU_TYPES_H

#include "util.h"

#define QEMU_VERSION	"10.0.2"	/* whose launches are predicted */

bool cpu_type_signature(const char *name, uint32_t *signature);

#endif /* SNP_MEASURE_CPU_TYPES_H */
