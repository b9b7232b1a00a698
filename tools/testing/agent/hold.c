// SPDX-License-Identifier: GPL-2.0-only
/*
 * On the SNP host model the harness looks at the RMP and the guests before and
 * after each test, while the machine stands still.  CPUID of this leaf tells
 * the model where (tools/snp-model/instrument/hold.c); no CPU has it, and everywhere else
 * the instruction does nothing.
 */
#include <cpuid.h>

#include "agent.h"

#define HOLD_LEAF	0x534e5048

void hold(enum mark mark)
{
	unsigned int eax, ebx, ecx, edx;

	__cpuid_count(HOLD_LEAF, mark, eax, ebx, ecx, edx);
}
