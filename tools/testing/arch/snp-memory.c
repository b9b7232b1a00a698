// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SNP guest may access: APM volume 2, 15.36.10, "RMP Memory Access
 * Checks", for 4 KiB and 2 MiB pages, and what is seen of a page.
 */
#include "guest.h"

#define UNCOVERED	0x17fe00000ULL	/* RAM behind what the table covers */
#define RMP_SIZE	(24 * 0x100000ULL)

/* Pages that are launched */
#define DATA		TEST_PAGE(8)	/* VMPL1: everything */
#define READ_ONLY	TEST_PAGE(9)	/* VMPL1: read */
#define NO_ACCESS	TEST_PAGE(10)	/* VMPL1: nothing */
#define WRITE_ONLY	TEST_PAGE(11)	/* VMPL1: write */
#define MARK		0x1122334455667788ULL

#define FREE(n)		TEST_PAGE(100 + (n))
#define FREE_2M		0x10a00000ULL

#define VMSAS		80
#define VMSAS_VMPL1	8		/* the last of them */
#define RET		0xc3

#define NPF_READ	(NPF_P | NPF_U | NPF_FINAL)
#define NPF_WRITE	(NPF_READ | NPF_W)
#define NPF_FETCH	(NPF_READ | NPF_ID)

static unsigned int next_vmpl1 = VMSAS - VMSAS_VMPL1;

static void call_vmpl1(const void *fn, uint64_t rax, uint64_t rcx)
{
	need(next_vmpl1 < VMSAS, "a VMSA of VMPL1");
	guest_call_on(next_vmpl1++, fn, rax, rcx, 0);
}

static void give(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	need(rmp_give(spa, gpa, asid) == RMP_OK, "RMPUPDATE");
}

static void take(uint64_t spa)
{
	need(rmp_release(spa) == RMP_OK, "RMPUPDATE");
}

static void test_good(void)
{
	guest_call(g_read, PRIVATE(DATA), 0, 0);
	tap_ok(guest_gave(MARK), "rmp-4.04", "the guest reads what LAUNCH_UPDATE measured");
	guest_call(g_write, PRIVATE(DATA) + 8, 0x77, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault, "rmp-3.10", "and may write to it");
	guest_call(g_read, PRIVATE(DATA) + 8, 0, 0);
	tap_ok(guest_gave(0x77), "rmp-3.10", "it reads what it wrote");
}

static void test_shared(void)
{
	uint64_t page = FREE(0);

	guest_call(g_write, SHARED(page), MARK, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && get64(page) == MARK, "rmp-3.09",
	       "a shared write to the hypervisor's page");
	need(rmp_assign(page, 0, 0) == RMP_OK, "RMPUPDATE");
	guest_call(g_read, SHARED(page), 0, 0);
	tap_ok(guest_gave(MARK), "rmp-3.08", "a shared read of an assigned page is free");
	guest_call(g_write, SHARED(page), 0, 0);
	tap_ok(guest_npf(NPF_WRITE | NPF_RMP, page), "rmp-3.09",
	       "a shared write to an assigned page is #NPF with RMP, without ENC");
	need(snp_page_reclaim(page) == SUCCESS, "PAGE_RECLAIM");
	take(page);
}

static void refused(uint64_t gpa, const char *row, const char *what)
{
	guest_call(g_read, PRIVATE(gpa), 0, 0);
	tap_ok(guest_npf(NPF_READ | NPF_RMP | NPF_ENC, gpa), row, what);
}

static void test_private(void)
{
	uint64_t page = FREE(1);

	*npt_small(page) = UNCOVERED | NPT_LEAF;
	refused(page, "rmp-3.10", "a private read of what the table does not cover: #NPF, RMP, ENC");
	*npt_small(page) = page | NPT_LEAF;
	refused(page, "rmp-3.11", "of a hypervisor's page");
	guest_call(g_write, PRIVATE(page), 0, 0);
	tap_ok(guest_npf(NPF_WRITE | NPF_RMP | NPF_ENC, page), "rmp-3.11",
	       "a private write to it");
	give(page, page, OTHER_ASID);
	refused(page, "rmp-3.12", "a private read of another guest's page");
	give(page, page + PAGE_SIZE, GUEST_ASID);
	refused(page, "rmp-3.13", "of a page with another guest address");
	take(page);
	need(rmp_assign(page, page, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	refused(page, "rmp-3.14", "of an immutable page (Pre-Guest)");
	need(snp_page_reclaim(page) == SUCCESS, "PAGE_RECLAIM");
	take(page);
}

static void test_validated(void)
{
	uint64_t page = FREE(2), gva = PRIVATE(page) + 0x120;

	give(page, page, GUEST_ASID);
	guest_call(g_read, gva, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-3.16",
	       "a read of a page that is not validated is #VC in the guest");
	tap_ok(g.fault == FAULT(VECTOR_VC, 0x404), "rmp-3.37", "with error code 404h");
	tap_value(g.cr2, gva, "rmp-3.16", "and CR2 is the address");
	guest_call(g_write, gva, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-3.16", "so is a write");
	guest_call(g_call, gva, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-3.16", "so is a fetch");
	guest_call(g_pvalidate, PRIVATE(page), 0, 1);
	guest_call(g_write, gva, MARK, 0);
	guest_call(g_rescind_read, gva, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-8.02",
	       "PVALIDATE drops the translation that the guest has cached");
	take(page);
}

static void test_vmpl(void)
{
	call_vmpl1(g_read, PRIVATE(READ_ONLY), 0);
	tap_ok(guest_gave(MARK), "rmp-3.17", "VMPL1 reads where it may read");
	call_vmpl1(g_write, PRIVATE(READ_ONLY), 0);
	tap_ok(guest_npf(NPF_WRITE | NPF_RMP | NPF_ENC | NPF_VMPL, READ_ONLY), "rmp-3.17",
	       "its write there is #NPF with RMP and VMPL");
	tap_ok(g.info1 & NPF_VMPL, "rmp-3.35", "VMPL is bit 36");
	call_vmpl1(g_call, PRIVATE(READ_ONLY) + 16, 0);
	tap_ok(guest_npf(NPF_FETCH | NPF_RMP | NPF_ENC | NPF_VMPL, READ_ONLY), "rmp-3.17",
	       "so is a fetch");
	call_vmpl1(g_read, PRIVATE(NO_ACCESS), 0);
	tap_ok(guest_npf(NPF_READ | NPF_RMP | NPF_ENC | NPF_VMPL, NO_ACCESS), "rmp-3.17",
	       "and a read where it may not read");
	call_vmpl1(g_write, PRIVATE(WRITE_ONLY), 0);
	tap_ok(guest_npf(NPF_WRITE | NPF_RMP | NPF_ENC | NPF_VMPL, WRITE_ONLY), "rmp-3.41",
	       "a write is #NPF where VMPL1 may write but not read");
	guest_call(g_write, PRIVATE(READ_ONLY) + 8, 1, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault, "rmp-3.17", "VMPL0 may do all of that");
	give(FREE(3), FREE(3), GUEST_ASID);
	call_vmpl1(g_read, PRIVATE(FREE(3)), 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-3.26",
	       "Validated is looked at before VMPL");
	take(FREE(3));
}

/* Fetches and page tables are private whatever the page table says. */
static void test_always_private(void)
{
	uint64_t page = FREE(4);

	*(volatile uint8_t *)page = RET;
	guest_call(g_call, SHARED(page), 0, 0);
	tap_ok(guest_npf(NPF_FETCH | NPF_RMP | NPF_ENC, page), "rmp-3.18",
	       "a fetch from the hypervisor's page is #NPF with ENC although it is shared");
	guest_call(g_call, SHARED(DATA) + 16, 0, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault, "rmp-3.18",
	       "a fetch from the guest's page through a shared mapping is fine");
	guest_call(g_read, GVA_SHARED_TABLE, 0, 0);
	tap_ok(guest_left(EXIT_NPF) &&
	       (g.info1 & (NPF_RMP | NPF_ENC | NPF_TABLES | NPF_FINAL)) ==
	       (NPF_RMP | NPF_ENC | NPF_TABLES), "rmp-3.19",
	       "a page table in a shared page is #NPF with ENC, during the walk");
	tap_value(g.info2 & ~7ULL, SHARED_TABLE, "rmp-3.19",
		  "with the guest physical address of its entry");
}

static void test_priority(void)
{
	uint64_t page = FREE(5);

	give(page, page + PAGE_SIZE, GUEST_ASID);
	refused(page, "rmp-3.26", "Reverse-Map is looked at before Validated");
	take(page);
}

static void test_not_present(void)
{
	uint64_t page = FREE(6);

	*npt_small(page) = 0;
	guest_call(g_read, SHARED(page), 0, 0);
	tap_ok(guest_npf(NPF_U | NPF_FINAL, page), "rmp-3.33",
	       "a shared read of what is not mapped has no ENC");
	guest_call(g_read, PRIVATE(page), 0, 0);
	tap_ok(guest_npf(NPF_U | NPF_FINAL | NPF_ENC, page), "rmp-3.33",
	       "a private one has ENC");
	tap_value(g.info2, page, "rmp-3.36", "EXITINFO2 is the address without the C-bit");
	tap_ok(!(g.info1 & (BIT(48) | BIT(49))), "rmp-3.38", "bits 48 and 49 are 0");
	*npt_small(page) = page | NPT_LEAF;
	guest_call(g_call, SHARED(page) + 8, 0, 0);
	tap_ok(guest_left(EXIT_NPF) && g.info1 & NPF_FINAL && !(g.info1 & NPF_TABLES), "rmp-3.32",
	       "bit 32: the final translation");
}

static void test_large(void)
{
	uint64_t middle = LARGE_REGION + 33 * PAGE_SIZE, seen;

	need(rmp_give_2m(LARGE_REGION, LARGE_REGION, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	guest_call(g_pvalidate, PRIVATE(LARGE_REGION), 1, 1);
	need(guest_gave(0), "PVALIDATE of 2 MiB");
	guest_call(g_write, PRIVATE(middle), MARK, 0);
	guest_call(g_read, PRIVATE(middle), 0, 0);
	tap_ok(guest_gave(MARK), "rmp-3.23", "2 MiB in both tables: the guest has its page");
	tap_ok(guest_gave(MARK), "rmp-3.22", "the base's address and the offset fit");
	seen = get64(middle);
	tap_ok(seen != MARK, "rmp-4.01", "the host reads ciphertext of it");
	need(psmash(LARGE_REGION) == RMP_OK, "PSMASH");
	tap_value(get64(middle), seen, "rmp-4.01", "the same after PSMASH");
	guest_call(g_read, PRIVATE(middle), 0, 0);
	tap_ok(guest_npf(NPF_READ | NPF_RMP | NPF_ENC, middle), "rmp-3.25",
	       "2 MiB in the nested tables over 4 KiB entries is #NPF with RMP");
	for (int i = 0; i < PAGES_2M; i++)
		take(LARGE_REGION + i * PAGE_SIZE);
}

static void test_large_entry(void)
{
	need(rmp_give_2m(LARGE_REGION, LARGE_REGION + SIZE_2M, GUEST_ASID) == RMP_OK,
	     "RMPUPDATE");
	refused(LARGE_REGION + 7 * PAGE_SIZE, "rmp-3.22",
		"a 2 MiB entry with another guest address is refused");
	need(rmp_release_2m(LARGE_REGION) == RMP_OK, "RMPUPDATE");

	need(rmp_give_2m(OTHER_REGION, OTHER_REGION, GUEST_ASID) ==
	     RMP_OK, "RMPUPDATE");
	npt_small(OTHER_REGION);
	refused(OTHER_REGION + 9 * PAGE_SIZE, "rmp-3.24",
		"4 KiB in the nested tables within a 2 MiB entry is #NPF with RMP");
	tap_ok(guest_left(EXIT_NPF), "rmp-3.26", "Page-Size is looked at before Validated");
	tap_ok(!(g.info1 & NPF_SIZEM), "rmp-3.34", "SIZEM is for instructions only");
	need(rmp_release_2m(OTHER_REGION) == RMP_OK, "RMPUPDATE");
}

static void test_huge(void)
{
	need(rmp_give_2m(OTHER_REGION, GPA_HIGH, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	*npt_huge(GPA_HIGH) = NPT_LARGE;
	guest_call(g_pvalidate, GVA_HIGH, 1, 1);
	guest_call(g_write, GVA_HIGH + 8, MARK, 0);
	guest_call(g_read, GVA_HIGH + 8, 0, 0);
	tap_ok(guest_gave(MARK), "rmp-3.23", "1 GiB in the nested tables fits a 2 MiB entry");
	need(rmp_release_2m(OTHER_REGION) == RMP_OK, "RMPUPDATE");
}

/* Nested page tables are the host's memory. */
static void test_nested_table(void)
{
	uint64_t table = FREE(7);

	memset((void *)table, 0, PAGE_SIZE);
	put64(table, FREE(8) | NPT_LEAF);
	*npt_large(FREE_2M) = table | NPT_LEAF;
	put64(FREE(8), MARK);
	guest_call(g_read, SHARED(FREE_2M), 0, 0);
	tap_ok(guest_gave(MARK), "rmp-3.27", "a nested page table of the host's own");
	need(rmp_assign(table, 0, 0) == RMP_OK, "RMPUPDATE");
	guest_call(g_read, SHARED(FREE_2M), 0, 0);
	tap_ok(guest_left(EXIT_NPF) && g.info1 & NPF_RMP, "rmp-3.27",
	       "in an assigned page it is #NPF with RMP (unconfirmed U17)");
	need(snp_page_reclaim(table) == SUCCESS, "PAGE_RECLAIM");
	take(table);
}

static void test_contents(void)
{
	uint64_t page = FREE(9);

	put64(page, MARK);
	give(page, page, GUEST_ASID);
	guest_call(g_pvalidate, PRIVATE(page), 0, 1);
	guest_call(g_read, PRIVATE(page), 0, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.fault && g.rax != MARK, "rmp-4.03",
	       "the guest does not see what the host wrote before");
	guest_call(g_write, PRIVATE(page), MARK, 0);
	take(page);
	tap_ok(get64(page) != MARK, "rmp-4.05", "the host does not see what the guest wrote");
}

/* A page whose guest has written, seen by the host and through C=0 */
static void test_ciphertext(void)
{
	uint64_t page = FREE(10), before, after;

	tap_ok(get64(DATA + 32) && get64(NO_ACCESS + 32) != get64(DATA + 32), "rmp-4.01",
	       "the host reads ciphertext of launched pages, other where the address is other");
	put64(page, MARK);
	give(page, page, GUEST_ASID);
	tap_value(get64(page), MARK, "rmp-4.01", "a page that the guest left alone is as it was");
	guest_call(g_pvalidate, PRIVATE(page), 0, 1);
	guest_call(g_write, PRIVATE(page), MARK, 0);
	before = get64(page);
	guest_call(g_write, PRIVATE(page), MARK + 1, 0);
	after = get64(page);
	tap_ok(before != MARK && after != MARK + 1 && before != after, "rmp-4.01",
	       "what the guest writes changes the ciphertext");
	tap_ok(get32(page + 4) == after >> 32 && get8(page + 1) == (uint8_t)(after >> 8),
	       "rmp-4.01", "loads of any width see the same");
	tap_value(probe_write(page, 0), FAULT_RMP_WRITE, "rmp-3.03", "a write there is #PF");
	guest_call(g_read, SHARED(page), 0, 0);
	tap_ok(guest_gave(after), "rmp-4.06", "a shared read of the guest's own page, too");
	guest_call(g_read, PRIVATE(page), 0, 0);
	tap_ok(guest_gave(MARK + 1), "rmp-3.10", "a private one finds what it wrote");
	take(page);
	tap_value(get64(page), after, "rmp-4.05", "taken back, it is what the host saw");
	tap_ok(get64(GUEST_VMSA(guest_last_vmsa()) + SAVE_CR0) != GUEST_CR0, "rmp-4.01",
	       "the host reads ciphertext of a VMSA");
}

/* What is code to the host stays that while the guest does not write. */
static void test_ciphertext_code(void)
{
	uint64_t page = FREE(11);

	*(volatile uint8_t *)page = RET;
	give(page, page, GUEST_ASID);
	tap_value(probe_call(page), FAULT_NONE, "rmp-3.02",
		  "the host executes what it sees of a guest's page");
	take(page);
}

/* Without a flush at each VMRUN, which is what the other tests ask for */
static void test_cached(void)
{
	uint64_t page = FREE(12);

	vmcb_put32(VMCB_TLB, 0);
	guest_call(g_read, PRIVATE(NO_ACCESS), 0, 0);
	need(guest_gave(MARK), "a page that VMPL0 may read");
	call_vmpl1(g_read, PRIVATE(NO_ACCESS), 0);
	tap_ok(guest_npf(NPF_READ | NPF_RMP | NPF_ENC | NPF_VMPL, NO_ACCESS), "rmp-8.01",
	       "what VMPL0 has cached is not VMPL1's");

	give(page, page, GUEST_ASID);
	guest_call(g_pvalidate, PRIVATE(page), 0, 1);
	guest_call(g_write, PRIVATE(page), MARK, 0);
	guest_call(g_read, PRIVATE(page), 0, 0);
	need(guest_gave(MARK), "a page of the guest's");
	take(page);
	refused(page, "rmp-8.03", "RMPUPDATE drops what a guest has cached on this CPU");

	put64(page, 1);
	put64(page + PAGE_SIZE, 2);
	guest_call(g_read, SHARED(page), 0, 0);
	need(guest_gave(1), "a shared page");
	*npt_small(page) = (page + PAGE_SIZE) | NPT_LEAF;
	vmcb_put32(VMCB_TLB, 3);
	guest_call(g_read, SHARED(page), 0, 0);
	tap_ok(guest_gave(2), "vm-9.03", "TLB_CONTROL 3 flushes what the guest has cached");
	*npt_small(page) = page | NPT_LEAF;
	vmcb_put32(VMCB_TLB, 1);
}

static void launch(void)
{
	wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_BASE) + RMP_SIZE - 1);
	platform_up();
	guest_build(VMSAS, c_bit());
	for (unsigned int i = VMSAS - VMSAS_VMPL1; i < VMSAS; i++)
		*(uint8_t *)(GUEST_VMSA(i) + SAVE_VMPL) = 1;
	for (uint64_t page = DATA; page <= WRITE_ONLY; page += PAGE_SIZE) {
		put64(page, MARK);
		*(volatile uint8_t *)(page + 16) = RET;
	}
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(DATA, PAGE_NORMAL, UPDATE_VMPL(1, PERM_RWX));
	guest_add_page(READ_ONLY, PAGE_NORMAL, UPDATE_VMPL(1, PERM_R));
	guest_add_page(NO_ACCESS, PAGE_NORMAL, 0);
	guest_add_page(WRITE_ONLY, PAGE_NORMAL, UPDATE_VMPL(1, PERM_W));
	guest_launch_end();
}

int main(void)
{
	launch();
	test_good();
	test_shared();
	test_private();
	test_validated();
	test_vmpl();
	test_always_private();
	test_priority();
	test_not_present();
	test_large();
	test_large_entry();
	test_huge();
	test_nested_table();
	test_contents();
	test_ciphertext();
	test_ciphertext_code();
	test_cached();
	tap_finish();
}
