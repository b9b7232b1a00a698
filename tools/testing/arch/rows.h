/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows that more than one program checks.
 */
#ifndef ROWS_H
#define ROWS_H

#include "arch.h"

/* CPUID: what an SNP host announces */
void cpuid_rows(void);
/* CR4.PCIDE and CR3, which are afterwards as before */
void pcid_rows(void);
/* RMPUPDATE and PSMASH before SNP_EN, of this page */
void rmp_disabled_rows(uint64_t spa);
/* PVALIDATE, RMPADJUST and VMGEXIT in the host */
void guest_insn_rows(uint64_t spa);

uint64_t probe_cr3(uint64_t value);

#endif
