// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows that more than one program checks: what CPUID says, CR3 and CR4, and the
 * instructions of SNP where they are none.
 */
#include "rmp.h"
#include "rows.h"

/* CPUID 8000001F */
#define EAX_NEEDED	(BIT(0) | BIT(1) | BIT(3) | BIT(4) | BIT(5))
#define EAX_UNKNOWN	(0x3fULL << 20 | 7ULL << 28)
/* 8000000A EDX: NPT, LBRV, NRIPS, FlushByAsid, DecodeAssists */
#define SVM_NEEDED	(BIT(0) | BIT(1) | BIT(3) | BIT(6) | BIT(7))

#define CR3_PCD		BIT(4)
#define CR3_NOFLUSH	BIT(63)
#define CR4_PCIDE	BIT(17)

static void sev_rows(void)
{
	uint32_t r[4], width[4], svm[4];
	unsigned int c, reduction, reduced;

	cpuid(0x8000001f, 0, r);
	cpuid(0x80000008, 0, width);
	cpuid(0x8000000a, 0, svm);
	c = r[1] & 63;
	reduction = r[1] >> 6 & 63;
	reduced = (width[0] & 0xff) - reduction;
	tap_value(r[0] & EAX_NEEDED, EAX_NEEDED, "pl-2.01",
		  "8000001F EAX: SME, SEV, SEV-ES, SEV-SNP, VMPL");
	tap_value(r[0] & EAX_UNKNOWN, 0, "pl-2.02",
		  "8000001F EAX: bits 20 to 25 and 28 to 30 are clear (unconfirmed U2)");
	tap_ok(c >= reduced && c < 52, "pl-2.03",
	       "8000001F EBX: the C-bit is outside of the reduced width (unconfirmed U1)");
	tap_value(r[1] >> 12 & 15, 4, "pl-2.03", "8000001F EBX: four VMPLs");
	tap_ok(r[3] > 1 && r[2] >= r[3], "pl-2.04",
	       "8000001F ECX, EDX: ASIDs for SEV-ES and for SEV");
	tap_ok(svm[1] > r[2], "pl-2.08", "8000000A EBX: ASIDs for other guests as well");
	tap_ok(reduced <= 50, "pl-2.09",
	       "80000008 EAX less the reduction leaves KVM a reserved bit");
	tap_value(svm[3] & SVM_NEEDED, SVM_NEEDED, "pl-2.07",
		  "8000000A EDX: what KVM needs for SEV");
}

void cpuid_rows(void)
{
	uint32_t r[4];

	cpuid(0x80000000, 0, r);
	tap_ok(r[0] >= 0x8000001f, "pl-2.05", "80000000 EAX: leaf 8000001F exists");
	cpuid(0x80000001, 0, r);
	tap_ok(r[2] & BIT(2), "pl-2.06", "80000001 ECX: SVM");
	cpuid(1, 0, r);
	tap_ok(!(r[2] & BIT(31)), "pl-2.10", "1 ECX: no hypervisor");
	tap_ok(r[2] & BIT(17), "pl-2.13", "1 ECX: PCID, which Linux wants with INVLPGB");
	sev_rows();
}

uint64_t probe_cr3(uint64_t value)
{
	probe_begin();
	asm volatile(PROBED("movq %0, %%cr3") : : "r" (value) : "memory");
	return probe_end();
}

static uint64_t probe_cr4(uint64_t value)
{
	probe_begin();
	asm volatile(PROBED("movq %0, %%cr4") : : "r" (value) : "memory");
	return probe_end();
}

void pcid_rows(void)
{
	uint64_t cr3, cr4;

	asm volatile("movq %%cr3, %0\n\tmovq %%cr4, %1" : "=r" (cr3), "=r" (cr4));
	tap_value(probe_cr3(cr3 | CR3_NOFLUSH), FAULT_GP, "pl-3.15",
		  "CR3[63] without CR4.PCIDE is #GP");
	need(probe_cr3(cr3 | CR3_PCD) == FAULT_NONE, "CR3.PCD");
	tap_value(probe_cr4(cr4 | CR4_PCIDE), FAULT_GP, "pl-3.15",
		  "CR4.PCIDE while CR3[11:0] is not 0 is #GP");
	need(probe_cr3(cr3) == FAULT_NONE, "CR3");
	tap_value(probe_cr4(cr4 | CR4_PCIDE), FAULT_NONE, "pl-3.15", "else it can be set");
	tap_value(probe_cr3(cr3 | CR3_NOFLUSH | 5), FAULT_NONE, "pl-3.15",
		  "then CR3 has a PCID, and may have bit 63");
	asm volatile("movq %%cr3, %0" : "=r" (cr4));
	tap_value(cr4, cr3 | 5, "pl-3.15", "which is not read back");
	need(probe_cr3(cr3) == FAULT_NONE, "CR3");
	asm volatile("movq %%cr4, %0" : "=r" (cr4));
	need(probe_cr4(cr4 & ~CR4_PCIDE) == FAULT_NONE, "CR4");
}

void rmp_disabled_rows(uint64_t spa)
{
	static const struct rmp_update none;

	probe_begin();
	asm volatile(PROBED(".byte 0xf2, 0x0f, 0x01, 0xfe") : : "a" (spa), "c" (&none) : "memory", "cc");
	tap_value(probe_end(), FAULT_UD, "rmp-5.12",
		  "RMPUPDATE without SYSCFG.SNP_EN is #UD (unconfirmed U16)");
	probe_begin();
	asm volatile(PROBED(".byte 0xf3, 0x0f, 0x01, 0xff") : : "a" (spa & ~(SIZE_2M - 1)) : "memory", "cc");
	tap_value(probe_end(), FAULT_UD, "rmp-5.12",
		  "PSMASH without SYSCFG.SNP_EN is #UD (unconfirmed U16)");
}

void guest_insn_rows(uint64_t spa)
{
	probe_begin();
	asm volatile(PROBED(".byte 0xf2, 0x0f, 0x01, 0xff")
		     : : "a" (spa), "c" (0), "d" (1) : "memory", "cc");
	tap_value(probe_end(), FAULT_UD, "rmp-5.71", "PVALIDATE in the host is #UD");
	probe_begin();
	asm volatile(PROBED(".byte 0xf3, 0x0f, 0x01, 0xfe")
		     : : "a" (spa), "c" (0), "d" (1) : "memory", "cc");
	tap_value(probe_end(), FAULT_UD, "rmp-5.71", "RMPADJUST in the host is #UD");
	probe_begin();
	asm volatile(PROBED(".byte 0xf3, 0x0f, 0x01, 0xd9") : : : "memory", "cc");
	tap_value(probe_end(), FAULT_UD, "rmp-5.09",
		  "VMGEXIT in the host is VMMCALL that nobody intercepts: #UD");
}
