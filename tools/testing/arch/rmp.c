// SPDX-License-Identifier: GPL-2.0-only
/*
 * RMPUPDATE and PSMASH, the table as it is in memory, and how SNP is enabled.
 */
#include "rmp.h"

#define RMP_ENTRIES	0x4000		/* after the counters by ASID */
#define RST_ENTRIES	512
#define ENTRY_SIZE	16
#define COUNTER_SIZE	8

uint32_t rmpupdate_results[RMP_RESULTS], psmash_results[RMP_RESULTS];

uint64_t rmpupdate(uint64_t spa, const struct rmp_update *u)
{
	uint64_t result = spa;

	asm volatile(".byte 0xf2, 0x0f, 0x01, 0xfe"
		     : "+a" (result) : "c" (u) : "memory", "cc");
	rmpupdate_results[result % RMP_RESULTS]++;
	return result;
}

uint64_t psmash(uint64_t spa)
{
	uint64_t result = spa;

	asm volatile(".byte 0xf3, 0x0f, 0x01, 0xff" : "+a" (result) : : "memory", "cc");
	psmash_results[result % RMP_RESULTS]++;
	return result;
}

uint64_t rmpread(uint64_t spa, struct rmp_update *u)
{
	uint64_t result = spa;

	asm volatile(".byte 0xf2, 0x0f, 0x01, 0xfd"
		     : "+a" (result) : "c" (u) : "memory", "cc");
	return result;
}

/* 0 if the RMP is in one piece */
static unsigned int segment_bits(void)
{
	uint32_t r[4];
	uint64_t cfg;

	cpuid(0x8000001f, 0, r);
	if (!(r[0] & BIT(23)))
		return 0;
	cfg = rdmsr(MSR_RMP_CFG);
	return cfg & RMP_CFG_SEGMENTED ? cfg >> RMP_CFG_SHIFT & 63 : 0;
}

static uint64_t entry(uint64_t spa)
{
	uint64_t table = rdmsr(MSR_RMP_BASE) + RMP_ENTRIES;
	unsigned int bits = segment_bits();

	if (bits) {
		table = get64(table + (spa >> bits) * 8) & RST_BASE;
		spa &= BIT(bits) - 1;
	}
	return table + spa / PAGE_SIZE * ENTRY_SIZE;
}

uint64_t rmp_raw(uint64_t spa)
{
	return get64(entry(spa)) & RAW_FIELDS;
}

uint8_t rmp_perm(uint64_t spa, unsigned int vmpl)
{
	return get8(entry(spa) + 8 + vmpl);
}

uint64_t rmp_asid_pages(uint32_t asid)
{
	return get64(rdmsr(MSR_RMP_BASE) + asid * COUNTER_SIZE);
}

static uint32_t update(uint64_t spa, uint64_t gpa, uint32_t asid, bool assigned,
		       bool immutable, bool size_2m)
{
	struct rmp_update u = {
		.gpa = gpa, .assigned = assigned, .immutable = immutable,
		.size_2m = size_2m, .asid = asid,
	};

	return rmpupdate(spa, &u);
}

uint32_t rmp_assign(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	return update(spa, gpa, asid, true, true, false);
}

uint32_t rmp_give(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	return update(spa, gpa, asid, true, false, false);
}

uint32_t rmp_release(uint64_t spa)
{
	return update(spa, 0, 0, false, false, false);
}

uint32_t rmp_assign_2m(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	return update(spa, gpa, asid, true, true, true);
}

uint32_t rmp_give_2m(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	return update(spa, gpa, asid, true, false, true);
}

uint32_t rmp_release_2m(uint64_t spa)
{
	return update(spa, 0, 0, false, false, true);
}

/* The counters, and the table of each segment */
static void zero_segments(unsigned int bits)
{
	uint64_t rst = rdmsr(MSR_RMP_BASE) + RMP_ENTRIES;

	memset((void *)rdmsr(MSR_RMP_BASE), 0, RMP_ENTRIES);
	for (int i = 0; i < RST_ENTRIES; i++) {
		uint64_t e = get64(rst + i * 8), size = (e & RST_MAPPED) << 30;

		if (size > BIT(bits))
			size = BIT(bits);
		memset((void *)(e & RST_BASE), 0, size / PAGE_SIZE * ENTRY_SIZE);
	}
}

void snp_zero_rmp(void)
{
	unsigned int bits = segment_bits();
	uint64_t base = rdmsr(MSR_RMP_BASE), end = rdmsr(MSR_RMP_END);

	if (bits) {
		zero_segments(bits);
		return;
	}
	if (!base || end <= base + RMP_ENTRIES)
		bail_out("no memory is reserved for the RMP");
	memset((void *)base, 0, end + 1 - base);
}

/* In the order of APM 15.36.2 and of Linux */
void snp_enable(void)
{
	wbinvd();
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_MFDM);
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_SNP_EN | SYSCFG_VMPL_EN);
	wrmsr(MSR_VM_HSAVE_PA, 0);
}
