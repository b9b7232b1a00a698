// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMP from the host's side: entries and states of pages, RMPUPDATE and
 * PSMASH with 4 KiB and 2 MiB pages, and what the host may access.
 */
#include "guest.h"
#include "rows.h"

#define UNCOVERED	0x17fe00000ULL	/* RAM behind what the table covers */
#define RMP_SIZE	(24 * 0x100000ULL)
#define FIXED_PAGE	(OTHER_REGION + 0x5000)

#define ASID		5
#define GPA		0x123456000ULL
#define GPA_2M		0x123400000ULL
#define PAGE_A		TEST_PAGE(3)
#define RAW_PAGE(gpa, asid) (RAW_ASSIGNED | (gpa) | RAW_ASID(asid))

/* Followed by UD2 */
static const char code_rmpupdate[] = "\xf2\x0f\x01\xfe\x0f\x0b";
static const char code_psmash[] = "\xf3\x0f\x01\xff\x0f\x0b";
static const char code_rmpread[] = "\xf2\x0f\x01\xfd\x0f\x0b";

static uint64_t fault_in(uint64_t cs, uint64_t ss, const char *code, uint64_t rax)
{
	static const struct rmp_update none;

	probe_begin();
	probe_mode(cs, ss, code, rax, (uint64_t)&none);
	return probe_rip == (uint64_t)code ? probe_end() : FAULT_NONE;
}

static void test_modes(void)
{
	tap_value(fault_in(SEL_USER_CODE, SEL_USER_DATA, code_rmpupdate, PAGE_A), FAULT_GP,
		  "rmp-5.11", "RMPUPDATE in user mode is #GP(0) (unconfirmed U16)");
	tap_value(fault_in(SEL_USER_CODE, SEL_USER_DATA, code_psmash, LARGE_REGION), FAULT_GP,
		  "rmp-5.11", "PSMASH in user mode is #GP(0) (unconfirmed U16)");
	tap_value(fault_in(SEL_CODE32, SEL_DATA, code_rmpupdate, PAGE_A), FAULT_UD,
		  "rmp-5.10", "RMPUPDATE in compatibility mode is #UD (unconfirmed U16)");
	tap_value(fault_in(SEL_CODE32, SEL_DATA, code_psmash, LARGE_REGION), FAULT_UD,
		  "rmp-5.10", "PSMASH in compatibility mode is #UD (unconfirmed U16)");
	tap_value(fault_in(SEL_CODE, SEL_DATA, code_rmpread, PAGE_A), FAULT_UD,
		  "rmp-5.15", "RMPREAD, which CPUID does not announce, is #UD");
}

/* 0F 01 FE and FF without a prefix are instructions of other names. */
static void test_prefixes(void)
{
	need(rmp_give(PAGE_A, GPA, ASID) == RMP_OK, "RMPUPDATE");
	probe_begin();
	asm volatile(PROBED(".byte 0x0f, 0x01, 0xfe")
		     : : "a" (PAGE_A), "c" (guest_page), "d" (0) : "memory", "cc");
	probe_end();
	tap_value(rmp_raw(PAGE_A), RAW_PAGE(GPA, ASID), "rmp-5.08",
		  "0F 01 FE is no RMPUPDATE");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
}

/* Fields of entries */
static void test_entries(void)
{
	struct rmp_update u = { .gpa = GPA, .assigned = 1, .asid = ASID };
	uint64_t rax, before = rmp_asid_pages(ASID);

	rax = rmpupdate(PAGE_A, &u);
	tap_value(rax, RMP_OK, "rmp-5.01", "F2 0F 01 FE is RMPUPDATE");
	tap_value(rax, RMP_OK, "rmp-5.30", "RMPUPDATE to Guest-Invalid is 0");
	tap_ok(rmp_raw(PAGE_A) & RAW_ASSIGNED, "rmp-1.01", "bit 0 is assigned");
	tap_value(rmp_raw(PAGE_A) & RAW_GPA, GPA, "rmp-1.05", "bits 50:12 are the guest address");
	tap_value(rmp_raw(PAGE_A) & RAW_ASID_MASK, RAW_ASID(ASID), "rmp-1.06",
		  "bits 60:51 are the ASID");
	tap_value(rmp_raw(PAGE_A), RAW_PAGE(GPA, ASID), "rmp-2.10",
		  "Guest-Invalid: assigned, ASID, not validated, not immutable");
	tap_value(rmp_asid_pages(ASID), before + 1, "rmp-5.34", "one page more of the ASID");
	tap_ok((rmp_perm(PAGE_A, 0) & PERM_RWX) == PERM_RWX && !rmp_perm(PAGE_A, 1) &&
	       !rmp_perm(PAGE_A, 2) && !rmp_perm(PAGE_A, 3), "rmp-5.33",
	       "all permissions for VMPL 0, none for 1 to 3");
	tap_value(rmp_release(PAGE_A), RMP_OK, "rmp-2.23", "Guest-Invalid to Hypervisor");
	tap_value(rmp_raw(PAGE_A), 0, "rmp-2.01", "Hypervisor: all zero");
	tap_ok(!rmp_raw(PAGE_A) && !rmp_perm(PAGE_A, 0), "rmp-5.37",
	       "to unassign clears the whole entry");
	tap_value(rmp_asid_pages(ASID), before, "rmp-5.34", "one page less of the ASID");
	tap_value(rmp_release(PAGE_A), RMP_OK, "rmp-5.41",
		  "to unassign an unassigned page is 0");
}

static void test_rewrite(void)
{
	need(rmp_give(PAGE_A, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(rmp_give(PAGE_A, GPA + PAGE_SIZE, ASID + 1), RMP_OK, "rmp-5.31",
		  "RMPUPDATE over a guest's page");
	tap_value(rmp_raw(PAGE_A), RAW_PAGE(GPA + PAGE_SIZE, ASID + 1), "rmp-5.31",
		  "the entry has the new address and ASID");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
}

/* Immutable states; the firmware gives them back. */
static void test_immutable(void)
{
	tap_value(rmp_assign(PAGE_A, 0, 0), RMP_OK, "rmp-2.21", "Hypervisor to Firmware");
	tap_value(rmp_raw(PAGE_A), RAW_ASSIGNED | RAW_IMMUTABLE, "rmp-2.03",
		  "Firmware: assigned and immutable, no ASID, no address");
	tap_ok(rmp_raw(PAGE_A) & RAW_IMMUTABLE, "rmp-1.03", "bit 2 is immutable");
	tap_value(rmp_release(PAGE_A), RMP_FAIL_PERMISSION, "rmp-5.25",
		  "RMPUPDATE of a Firmware page is FAIL_PERMISSION");
	tap_value(snp_page_reclaim(PAGE_A), SUCCESS, "rmp-2.29", "PAGE_RECLAIM of Firmware");
	tap_value(rmp_raw(PAGE_A), RAW_ASSIGNED, "rmp-2.07", "Reclaim: assigned, nothing else");
	tap_value(rmp_release(PAGE_A), RMP_OK, "rmp-2.23", "Reclaim to Hypervisor");

	tap_value(rmp_assign(PAGE_A, GPA, 0), RMP_OK, "rmp-2.21", "Hypervisor to Metadata");
	tap_value(rmp_raw(PAGE_A), RAW_ASSIGNED | RAW_IMMUTABLE | GPA, "rmp-2.06",
		  "Metadata: as Firmware, with an address");
	tap_value(snp_page_reclaim(PAGE_A), SUCCESS, "rmp-2.29", "PAGE_RECLAIM of Metadata");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");

	tap_value(rmp_assign(PAGE_A, GPA, ASID), RMP_OK, "rmp-2.22", "Hypervisor to Pre-Guest");
	tap_value(rmp_raw(PAGE_A), RAW_PAGE(GPA, ASID) | RAW_IMMUTABLE, "rmp-2.08",
		  "Pre-Guest: the guest's, immutable, not validated");
	tap_value(rmp_give(PAGE_A, GPA, ASID), RMP_FAIL_PERMISSION, "rmp-5.25",
		  "RMPUPDATE of a Pre-Guest page is FAIL_PERMISSION");
	tap_value(snp_page_reclaim(PAGE_A), SUCCESS, "rmp-2.30", "PAGE_RECLAIM of Pre-Guest");
	tap_value(rmp_raw(PAGE_A), RAW_PAGE(GPA, ASID), "rmp-2.30",
		  "makes it Guest-Invalid");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
	tap_value(rmp_give(PAGE_A, GPA, ASID), RMP_OK, "rmp-2.22",
		  "Hypervisor to Guest-Invalid");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
}

static void test_hv_fixed(void)
{
	tap_value(rmp_raw(FIXED_PAGE), RAW_IMMUTABLE, "rmp-2.02",
		  "HV_Fixed: immutable, not assigned");
	tap_value(probe_write(FIXED_PAGE, 1), FAULT_NONE, "rmp-2.32",
		  "the host may write to an HV_Fixed page");
	tap_value(rmp_give(FIXED_PAGE, GPA, ASID), RMP_FAIL_PERMISSION, "rmp-2.32",
		  "RMPUPDATE of an HV_Fixed page is FAIL_PERMISSION");
}

static void test_inputs(void)
{
	struct rmp_update reserved = { .gpa = GPA, .assigned = 1, .asid = ASID, .reserved = 1 };
	struct rmp_update immutable = { .immutable = 1 }, asid = { .asid = ASID };

	tap_value(rmpupdate(PAGE_A, &reserved), RMP_FAIL_INPUT, "rmp-5.20",
		  "a reserved byte that is set is FAIL_INPUT");
	tap_value(rmp_give(UNCOVERED, GPA, ASID), RMP_FAIL_INPUT, "rmp-5.21",
		  "RMPUPDATE of a page that the table does not cover is FAIL_INPUT");
	tap_value(rmp_give_2m(LARGE_REGION + PAGE_SIZE, GPA_2M, ASID), RMP_FAIL_INPUT,
		  "rmp-5.22", "2 MiB at an address that is not aligned is FAIL_INPUT");
	rmp_release_2m(LARGE_REGION);
	tap_value(rmpupdate(PAGE_A, &immutable), RMP_FAIL_INPUT, "rmp-5.23",
		  "unassigned and immutable is FAIL_INPUT");
	tap_value(rmpupdate(PAGE_A, &asid), RMP_FAIL_INPUT, "rmp-5.24",
		  "unassigned with an ASID is FAIL_INPUT");
	tap_value(rmp_raw(PAGE_A), 0, "rmp-5.20", "nothing of that changed the entry");
}

/* The conditions are looked at in this order. */
static void test_order(void)
{
	struct rmp_update reserved = { .gpa = GPA, .assigned = 1, .asid = ASID, .reserved = 1 };

	need(rmp_assign(LARGE_REGION, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(rmpupdate(LARGE_REGION, &reserved), RMP_FAIL_INPUT, "rmp-5.44",
		  "FAIL_INPUT comes before FAIL_PERMISSION");
	tap_value(rmp_give_2m(LARGE_REGION, GPA_2M, ASID), RMP_FAIL_PERMISSION, "rmp-5.44",
		  "FAIL_PERMISSION comes before FAIL_OVERLAP");
	need(snp_page_reclaim(LARGE_REGION) == SUCCESS && rmp_release(LARGE_REGION) == RMP_OK,
	     "PAGE_RECLAIM");
}

static bool all_are(uint64_t region, uint64_t mask, uint64_t value)
{
	for (int i = 0; i < PAGES_2M; i++) {
		if ((rmp_raw(region + i * PAGE_SIZE) & mask) != value)
			return false;
	}
	return true;
}

static void test_large(void)
{
	uint64_t before = rmp_asid_pages(ASID);

	tap_value(rmp_give_2m(LARGE_REGION, GPA_2M, ASID), RMP_OK, "rmp-5.31",
		  "RMPUPDATE of 2 MiB");
	tap_value(rmp_raw(LARGE_REGION), RAW_PAGE(GPA_2M, ASID) | RAW_2M, "rmp-1.02",
		  "bit 1 of the base entry is the page size");
	tap_ok(all_are(LARGE_REGION, RAW_ASSIGNED, RAW_ASSIGNED), "rmp-1.12",
	       "all 512 entries of a 2 MiB page are assigned");
	tap_value(rmp_asid_pages(ASID), before + PAGES_2M, "rmp-5.34",
		  "512 pages more of the ASID");
	tap_value(rmp_give(LARGE_REGION, GPA, ASID), RMP_FAIL_OVERLAP, "rmp-5.27",
		  "4 KiB at the base of a 2 MiB page is FAIL_OVERLAP");
	tap_value(rmp_give(LARGE_REGION + 5 * PAGE_SIZE, GPA, ASID), RMP_FAIL_OVERLAP, "rmp-5.28",
		  "4 KiB within a 2 MiB page is FAIL_OVERLAP (single source)");
	tap_value(rmp_release(LARGE_REGION + 5 * PAGE_SIZE), RMP_FAIL_OVERLAP, "rmp-5.28",
		  "so is to unassign 4 KiB there (single source)");
	tap_value(rmp_give_2m(LARGE_REGION, GPA_2M + SIZE_2M, ASID), RMP_OK, "rmp-5.39",
		  "2 MiB over the same 2 MiB is no overlap (unconfirmed U15)");
	tap_value(rmp_release_2m(LARGE_REGION), RMP_OK, "rmp-5.38",
		  "to unassign the 2 MiB page is no overlap");
	tap_ok(all_are(LARGE_REGION, ~0ULL, 0), "rmp-5.36",
	       "to unassign 2 MiB clears all 512 entries");
	tap_value(rmp_asid_pages(ASID), before, "rmp-5.34", "512 pages less of the ASID");
	tap_value(rmp_give(LARGE_REGION, GPA, ASID), RMP_OK, "rmp-1.13",
		  "4 KiB may be assigned at the base then: no page size was left");
	tap_value(rmp_give_2m(LARGE_REGION, GPA_2M, ASID), RMP_FAIL_OVERLAP, "rmp-5.29",
		  "2 MiB over an assigned first page is FAIL_OVERLAP");
	rmp_release_2m(LARGE_REGION);
	rmp_release(LARGE_REGION);
	need(rmp_give(LARGE_REGION + 77 * PAGE_SIZE, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(rmp_give_2m(LARGE_REGION, GPA_2M, ASID), RMP_FAIL_OVERLAP, "rmp-5.29",
		  "2 MiB over an assigned page within is FAIL_OVERLAP");
	rmp_release_2m(LARGE_REGION);
	rmp_release(LARGE_REGION + 77 * PAGE_SIZE);
}

static bool smashed(uint64_t region)
{
	for (uint64_t i = 0; i < PAGES_2M; i++) {
		if (rmp_raw(region + i * PAGE_SIZE) != RAW_PAGE(GPA_2M + i * PAGE_SIZE, ASID))
			return false;
	}
	return true;
}

static bool marked(uint64_t region)
{
	for (uint64_t i = 0; i < PAGES_2M; i++) {
		if (get64(region + i * PAGE_SIZE + 8) != 0xabc00 + i)
			return false;
	}
	return true;
}

static void test_psmash(void)
{
	uint64_t rax;

	tap_value(psmash(LARGE_REGION + PAGE_SIZE), RMP_FAIL_INPUT, "rmp-5.50",
		  "PSMASH of an address that is not aligned is FAIL_INPUT");
	tap_value(psmash(UNCOVERED), RMP_FAIL_INPUT, "rmp-5.50",
		  "PSMASH of what the table does not cover is FAIL_INPUT");
	tap_ok(psmash(LARGE_REGION), "rmp-5.53",
	       "PSMASH of an unassigned page fails (unconfirmed U10: which code)");
	need(rmp_give(LARGE_REGION, GPA_2M, ASID) == RMP_OK, "RMPUPDATE");
	tap_ok(psmash(LARGE_REGION), "rmp-5.53",
	       "PSMASH of a 4 KiB page fails (unconfirmed U10: which code)");
	need(rmp_release(LARGE_REGION) == RMP_OK, "RMPUPDATE");

	need(rmp_give_2m(LARGE_REGION, GPA_2M, ASID) == RMP_OK, "RMPUPDATE");
	/* From here on the host cannot write: compare what it reads. */
	rax = psmash(LARGE_REGION);
	tap_value(rax, RMP_OK, "rmp-5.03", "F3 0F 01 FF is PSMASH");
	tap_ok(smashed(LARGE_REGION), "rmp-5.54",
	       "PSMASH leaves 512 entries with addresses and owner");
	tap_ok(all_are(LARGE_REGION, RAW_ASSIGNED | RAW_2M, RAW_ASSIGNED), "rmp-1.14",
	       "after PSMASH all 512 are assigned, and none is 2 MiB large");
	tap_ok((rmp_perm(LARGE_REGION + 9 * PAGE_SIZE, 0) & PERM_RWX) == PERM_RWX &&
	       !rmp_perm(LARGE_REGION + 9 * PAGE_SIZE, 1), "rmp-5.54",
	       "PSMASH leaves the permissions");
	for (int i = 0; i < PAGES_2M; i++)
		need(rmp_release(LARGE_REGION + i * PAGE_SIZE) == RMP_OK, "RMPUPDATE");
}

/* A page of the firmware's, so that no key is in play */
static void test_psmash_content(void)
{
	for (uint64_t i = 0; i < PAGES_2M; i++)
		put64(LARGE_REGION + i * PAGE_SIZE + 8, 0xabc00 + i);
	need(rmp_assign_2m(LARGE_REGION, 0, 0) == RMP_OK &&
	     snp_page_reclaim(LARGE_REGION | 1) == SUCCESS, "a Reclaim page of 2 MiB");
	need(psmash(LARGE_REGION) == RMP_OK, "PSMASH");
	tap_ok(marked(LARGE_REGION), "rmp-5.55", "PSMASH leaves the contents");
	for (int i = 0; i < PAGES_2M; i++)
		need(rmp_release(LARGE_REGION + i * PAGE_SIZE) == RMP_OK, "RMPUPDATE");
}

static void test_upper_rax(void)
{
	static const struct rmp_update immutable = { .immutable = 1 };

	tap_value(rmpupdate(0xfffffff000000000ULL | PAGE_A, &immutable) >> 32, 0, "rmp-5.14",
		  "RMPUPDATE's result is zero-extended");
	tap_value(psmash(0xfffffff000000000ULL) >> 32, 0, "rmp-5.14",
		  "PSMASH's result is zero-extended");
}

static void test_host_access(void)
{
	*(volatile uint8_t *)PAGE_A = 0xc3;		/* RET */
	need(rmp_assign(PAGE_A, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(probe_read(PAGE_A), FAULT_NONE, "rmp-3.01",
		  "the host reads an assigned page");
	tap_value(probe_call(PAGE_A), FAULT_NONE, "rmp-3.02",
		  "the host executes an assigned page");
	tap_value(probe_write(PAGE_A, 0), FAULT_RMP_WRITE, "rmp-3.03",
		  "the host's write to an assigned page is #PF with the RMP bit");
	tap_value(probe_end(), FAULT_RMP_WRITE, "rmp-3.31",
		  "error code: RMP (bit 31), write, present");
	tap_value(probe_cr2, PAGE_A, "rmp-3.31", "CR2 is the address");
	need(snp_page_reclaim(PAGE_A) == SUCCESS, "PAGE_RECLAIM");
	tap_value(probe_write(PAGE_A, 0), FAULT_RMP_WRITE, "rmp-3.03",
		  "so it is for a Reclaim page");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
	tap_value(probe_write(PAGE_A, 0), FAULT_NONE, "rmp-5.42",
		  "to unassign gives the host its page at once");
	need(rmp_give(PAGE_A, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(probe_write(PAGE_A, 0), FAULT_RMP_WRITE, "rmp-5.42",
		  "to assign takes it at once, cached translation or not");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
}

static void test_user_access(void)
{
	static const char code[] = "\x48\x89\x08\x0f\x0b";	/* mov %rcx, (%rax); ud2 */

	need(rmp_assign(PAGE_A, 0, 0) == RMP_OK, "RMPUPDATE");
	probe_begin();
	probe_mode(SEL_USER_CODE, SEL_USER_DATA, code, PAGE_A, 0);
	tap_value(probe_end(), FAULT_RMP_WRITE | PF_USER, "rmp-3.28",
		  "a write in user mode faults as well");
	need(snp_page_reclaim(PAGE_A) == SUCCESS && rmp_release(PAGE_A) == RMP_OK,
	     "PAGE_RECLAIM");
}

/* A page table of the host in an assigned page, at addresses that are free */
static void test_host_tables(void)
{
	uint64_t va = 7 * 512 * SIZE_2M, fault;

	memset((void *)PAGE_A, 0, PAGE_SIZE);
	put64(PAGE_A, TEST_PAGE(4) | PTE_SMALL);
	page_dirs[va / SIZE_2M] = PAGE_A | PTE_SMALL;
	flush_tlb();
	tap_value(probe_read(va), FAULT_NONE, "rmp-3.04", "a page table of the host's own");
	need(rmp_assign(PAGE_A, 0, 0) == RMP_OK, "RMPUPDATE");
	flush_tlb();
	fault = probe_read(va);
	tap_ok(fault >> 32 == VECTOR_PF && fault & PF_RMP, "rmp-3.04",
	       "a page table in an assigned page is #PF with the RMP bit");
	page_dirs[va / SIZE_2M] = 0;
	need(snp_page_reclaim(PAGE_A) == SUCCESS && rmp_release(PAGE_A) == RMP_OK,
	     "PAGE_RECLAIM");
}

/* The same pages through a 2 MiB and a 1 GiB mapping */
static void test_large_mapping(void)
{
	uint64_t va = 7 * 512 * SIZE_2M, gib = 8 * 512 * SIZE_2M, free = TEST_PAGE(200);

	page_dirs[va / SIZE_2M] = TEST_REGION | PTE_LARGE;
	pdpt[8] = PTE_LARGE;
	flush_tlb();
	tap_value(probe_write(va + (free & (SIZE_2M - 1)), 0), FAULT_NONE, "rmp-3.20",
		  "a large mapping of unassigned pages is written to");
	tap_value(probe_write(gib + free, 0), FAULT_NONE, "rmp-3.21",
		  "so is one of 1 GiB");
	need(rmp_give(PAGE_A, GPA, ASID) == RMP_OK, "RMPUPDATE");
	tap_value(probe_write(va + (free & (SIZE_2M - 1)), 0), FAULT_RMP_WRITE, "rmp-3.20",
		  "with one page assigned all 512 fault through it");
	tap_value(probe_write(free, 0), FAULT_NONE, "rmp-3.20",
		  "but not through 4 KiB mappings");
	tap_value(probe_write(gib + free, 0), FAULT_RMP_WRITE, "rmp-3.21",
		  "1 GiB counts as the 2 MiB around the address");
	tap_value(probe_write(gib + OTHER_REGION, 0), FAULT_NONE, "rmp-3.21",
		  "and as no more than these");
	tap_value(probe_read(va), FAULT_NONE, "rmp-3.20", "reading is free");
	need(rmp_release(PAGE_A) == RMP_OK, "RMPUPDATE");
	page_dirs[va / SIZE_2M] = 0;
	pdpt[8] = 0;
	flush_tlb();
}

static void test_uncovered(void)
{
	tap_value(probe_write(UNCOVERED, 1), FAULT_NONE, "rmp-2.12",
		  "what the table does not cover is always the host's");
	tap_value(psp_call(SNP_PLATFORM_STATUS, UNCOVERED, 0, 0, 0), SUCCESS, "rmp-2.12",
		  "and Default for the firmware");
}

static void init(void)
{
	static uint8_t list[PAGE_SIZE] __attribute__((aligned(4096)));

	machine_up();
	map_small(UNCOVERED);
	rmp_disabled_rows(PAGE_A);
	wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_BASE) + RMP_SIZE - 1);
	snp_zero_rmp();
	snp_enable();
	put32((uint64_t)list, 1);
	put64((uint64_t)list + 8, FIXED_PAGE);
	put32((uint64_t)list + 16, 1);
	need(psp_call(SNP_INIT_EX, INIT_RMP | INIT_LIST, (uint64_t)list, 0, 0) == SUCCESS,
	     "SNP_INIT_EX");
}

int main(void)
{
	init();
	test_modes();
	guest_insn_rows(PAGE_A);
	test_entries();
	test_prefixes();
	test_rewrite();
	test_immutable();
	test_hv_fixed();
	test_inputs();
	test_order();
	test_large();
	test_psmash();
	test_psmash_content();
	test_upper_rax();
	test_host_access();
	test_user_access();
	test_host_tables();
	test_large_mapping();
	test_uncovered();
	tap_finish();
}
