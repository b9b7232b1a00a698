/*
 * SNP host model: counters of VMRUNs, exits and #VC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_CPU_COUNT_H
#define SNP_MODEL_CPU_COUNT_H

#include "qobject/qdict.h"
#include "snp-cpu.h"

void snp_count_vmrun(CPUX86State *env);
void snp_count_exit(CPUX86State *env, uint32_t code, uint64_t info_1);
void snp_count_vc(CPUX86State *env, uint32_t code);

/*
 * "vmruns": { KIND: number }, "exits" and "vcs": { KIND: { CODE: number } }
 * with CODE hexadecimal.
 */
void snp_cpu_counters(QDict *all);

#endif
