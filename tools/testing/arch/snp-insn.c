// SPDX-License-Identifier: GPL-2.0-only
/*
 * PVALIDATE and RMPADJUST, and what the host's instructions do in a guest: APM
 * volume 3, with 4 KiB and 2 MiB pages.
 */
#include "guest.h"

#define DATA		TEST_PAGE(8)	/* launched; VMPL1: read */
#define MARK		0x1122334455667788ULL
#define FREE(n)		TEST_PAGE(100 + (n))
#define CARRY		BIT(0)
#define GVA_MIDDLE	0ULL		/* at 2 MiB, of what is not */

#define RMPADJUST(vmpl, perms)	((vmpl) | (uint64_t)(perms) << 8)
#define RMPADJUST_VMSA		BIT(16)

#define VMSAS		80
#define VMPL1		68		/* those from here on */
#define USER		74
#define COMPAT		78		/* PVALIDATE and RMPADJUST in 32-bit code */
#define COMPAT_PAGE	FREE(6)

static unsigned int next_vmpl1 = VMPL1, next_user = USER;

static void call_vmpl1(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	need(next_vmpl1 < USER, "a VMSA of VMPL1");
	guest_call_on(next_vmpl1++, fn, rax, rcx, rdx);
}

static void call_user(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	need(next_user < COMPAT, "a VMSA of user mode");
	guest_call_on(next_user++, fn, rax, rcx, rdx);
}

static void give(uint64_t spa)
{
	need(rmp_give(spa, spa, GUEST_ASID) == RMP_OK, "RMPUPDATE");
}

static void take(uint64_t spa)
{
	need(rmp_release(spa) == RMP_OK, "RMPUPDATE");
}

static void pvalidate(uint64_t gva, uint64_t size, uint64_t validate)
{
	guest_call(g_pvalidate, gva, size, validate);
}

static void test_pvalidate(void)
{
	uint64_t page = FREE(0), gva = PRIVATE(page);

	give(page);
	pvalidate(gva, 0, 1);
	tap_ok(guest_gave(0), "rmp-5.04", "F2 0F 01 FF is PVALIDATE");
	tap_ok(guest_gave(0) && !(g.flags & CARRY), "rmp-5.60",
	       "PVALIDATE that changes something: result 0, no carry");
	tap_ok(rmp_raw(page) & RAW_VALIDATED, "rmp-1.08", "bit 62 is validated");
	tap_value(rmp_raw(page), RAW_ASSIGNED | page | RAW_ASID(GUEST_ASID) | RAW_VALIDATED,
		  "rmp-2.11", "Guest-Valid: as Guest-Invalid, but validated");
	pvalidate(gva, 0, 1);
	tap_ok(guest_gave(0) && g.flags & CARRY, "rmp-5.61",
	       "PVALIDATE of a validated page: result 0, carry");
	pvalidate(gva, 0, 0);
	tap_ok(guest_gave(0) && !(g.flags & CARRY), "rmp-5.60", "PVALIDATE that rescinds");
	tap_ok(!(rmp_raw(page) & RAW_VALIDATED), "rmp-2.24",
	       "Guest-Valid becomes Guest-Invalid");
	pvalidate(gva, 0, 0);
	tap_ok(guest_gave(0) && g.flags & CARRY, "rmp-5.61", "and again: carry");
	pvalidate(gva, 0, 1);
	tap_ok(rmp_raw(page) & RAW_VALIDATED, "rmp-2.24",
	       "Guest-Invalid becomes Guest-Valid");
	tap_value(rmp_release(page), RMP_OK, "rmp-2.23", "Guest-Valid to Hypervisor");
}

static void test_pvalidate_inputs(void)
{
	uint64_t page = FREE(1);

	give(page);
	pvalidate(PRIVATE(page), 0, 2);
	tap_ok(guest_gave(0) && g.flags & CARRY, "rmp-5.63",
	       "PVALIDATE takes bit 0 of EDX, here 0, and no other");
	pvalidate(PRIVATE(page), 1, 1);
	tap_ok(guest_gave(RMP_FAIL_INPUT), "rmp-5.64",
	       "PVALIDATE of 2 MiB at an address that is not aligned is FAIL_INPUT");
	take(page);
	give(TEST_REGION);
	pvalidate(PRIVATE(TEST_REGION), 2, 1);
	tap_ok(guest_gave(RMP_FAIL_INPUT), "rmp-5.62", "PVALIDATE with ECX 2 is FAIL_INPUT");
	pvalidate(PRIVATE(TEST_REGION), 1, 1);
	tap_ok(guest_gave(RMP_FAIL_SIZEMISMATCH), "rmp-5.65",
	       "PVALIDATE of 2 MiB that are a 4 KiB entry is FAIL_SIZEMISMATCH");
	take(TEST_REGION);
}

static void test_pvalidate_faults(void)
{
	uint64_t page = FREE(2), npf = NPF_RMP | NPF_ENC;

	pvalidate(GVA_NOWHERE, 0, 1);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.fault >> 32 == VECTOR_PF && !(g.fault & PF_PRESENT),
	       "rmp-5.67", "PVALIDATE of what is not mapped is #PF in the guest (unconfirmed U32)");
	pvalidate(PRIVATE(page), 0, 1);
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & npf) == npf && g.info2 == page, "rmp-5.68",
	       "PVALIDATE of the hypervisor's page is #NPF with RMP (unconfirmed U12)");
	need(rmp_give(page, page + PAGE_SIZE, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	pvalidate(PRIVATE(page), 0, 1);
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & npf) == npf && g.info2 == page, "rmp-5.68",
	       "PVALIDATE at another guest address is #NPF with RMP (unconfirmed U12)");
	need(rmp_give(page, page, OTHER_ASID) == RMP_OK, "RMPUPDATE");
	pvalidate(PRIVATE(page), 0, 1);
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & npf) == npf && g.info2 == page, "rmp-5.68",
	       "PVALIDATE of another guest's page is #NPF with RMP (unconfirmed U12)");
	take(page);
	give(page);
	call_user(g_pvalidate, PRIVATE(page), 0, 1);
	tap_ok(guest_faulted(FAULT_GP), "rmp-5.69", "PVALIDATE in user mode is #GP(0)");
	call_vmpl1(g_pvalidate, PRIVATE(page), 0, 1);
	tap_ok(guest_faulted(FAULT_GP), "rmp-5.70",
	       "PVALIDATE at VMPL1 is #GP(0) (unconfirmed U13)");
	pvalidate(GVA_READ_ONLY + (page & (SIZE_2M - 1)), 0, 1);
	tap_ok(guest_faulted(FAULT(VECTOR_PF, PF_PRESENT | PF_WRITE)), "rmp-5.72",
	       "PVALIDATE through a read-only mapping is #PF for a write");
	take(page);
}

static void test_pvalidate_content(void)
{
	pvalidate(PRIVATE(DATA), 0, 0);
	pvalidate(PRIVATE(DATA), 0, 1);
	guest_call(g_read, PRIVATE(DATA), 0, 0);
	tap_ok(guest_gave(MARK), "rmp-5.73", "PVALIDATE does not change memory");
}

static void test_pvalidate_large(void)
{
	uint64_t bits = NPF_RMP | NPF_SIZEM | NPF_ENC;

	need(rmp_give_2m(LARGE_REGION, LARGE_REGION, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	pvalidate(PRIVATE(LARGE_REGION), 1, 1);
	tap_ok(guest_gave(0) && !(g.flags & CARRY) && rmp_raw(LARGE_REGION) & RAW_VALIDATED,
	       "rmp-5.60", "PVALIDATE of 2 MiB");
	pvalidate(PRIVATE(LARGE_REGION), 1, 1);
	tap_ok(guest_gave(0) && g.flags & CARRY, "rmp-5.61", "PVALIDATE of 2 MiB, again");
	pvalidate(PRIVATE(LARGE_REGION + PAGE_SIZE), 0, 0);
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & bits) == bits &&
	       g.info2 == LARGE_REGION + PAGE_SIZE, "rmp-5.66",
	       "PVALIDATE of 4 KiB in a 2 MiB entry is #NPF with RMP and SIZEM");
	tap_ok(g.info1 & NPF_SIZEM, "rmp-3.34", "SIZEM is bit 35");
	need(psmash(LARGE_REGION) == RMP_OK, "PSMASH");
	npt_small(LARGE_REGION);
	guest_resume();
	tap_ok(guest_gave(0) && !(g.flags & CARRY), "rmp-5.66",
	       "after PSMASH the guest goes on");
	tap_ok(!(rmp_raw(LARGE_REGION + PAGE_SIZE) & RAW_VALIDATED) &&
	       rmp_raw(LARGE_REGION + 2 * PAGE_SIZE) & RAW_VALIDATED, "rmp-5.54",
	       "PSMASH has kept the other pages validated");
	for (int i = 0; i < PAGES_2M; i++)
		take(LARGE_REGION + i * PAGE_SIZE);
}

static void rmpadjust(uint64_t gva, uint64_t size, uint64_t rdx)
{
	guest_call(g_rmpadjust, gva, size, rdx);
}

static void test_rmpadjust(void)
{
	uint64_t page = FREE(3), gva = PRIVATE(page);

	give(page);
	rmpadjust(gva, 0, RMPADJUST(1, PERM_R));
	tap_ok(guest_faulted(FAULT(VECTOR_VC, 0x404)), "rmp-5.84",
	       "RMPADJUST of a page that is not validated is #VC 404h");
	pvalidate(gva, 0, 1);
	rmpadjust(gva, 0, RMPADJUST(1, PERM_R));
	tap_ok(guest_gave(0), "rmp-5.05", "F3 0F 01 FE is RMPADJUST");
	tap_value(rmp_perm(page, 1), PERM_R, "rmp-5.85", "it sets the target's permissions");
	rmpadjust(gva, 0, RMPADJUST(2, PERM_R | PERM_W));
	rmpadjust(gva, 0, RMPADJUST(3, PERM_R | PERM_XU));
	tap_ok(rmp_perm(page, 1) == PERM_R && rmp_perm(page, 2) == (PERM_R | PERM_W) &&
	       rmp_perm(page, 3) == (PERM_R | PERM_XU), "rmp-1.10",
	       "the second quadword has one byte of permissions for each VMPL");
	rmpadjust(gva, 0, RMPADJUST(1, 0));
	tap_value(rmp_perm(page, 1), 0, "rmp-5.85", "and takes them away");
	rmpadjust(gva, 0, RMPADJUST(1, PERM_R) | BIT(17));
	tap_ok(g.rax == RMP_FAIL_INPUT || g.rax == RMP_FAIL_PERMISSION, "rmp-5.80",
	       "RMPADJUST with a reserved bit fails");
	rmpadjust(gva, 2, RMPADJUST(1, PERM_R));
	tap_ok(g.rax == RMP_FAIL_INPUT || g.rax == RMP_FAIL_PERMISSION, "rmp-5.80",
	       "RMPADJUST with size 2 fails");
	rmpadjust(gva, 0, RMPADJUST(0, PERM_R));
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.81",
	       "RMPADJUST of the VMPL itself is FAIL_PERMISSION");
	rmpadjust(gva, 0, RMPADJUST(4, PERM_R));
	tap_ok(g.rax == RMP_FAIL_INPUT || g.rax == RMP_FAIL_PERMISSION, "rmp-5.81",
	       "RMPADJUST of a VMPL that does not exist fails");
	tap_ok(!rmp_perm(page, 1), "rmp-5.80", "and has no effect");
	tap_ok((rmp_perm(page, 0) & PERM_RWX) == PERM_RWX, "rmp-5.81", "and has no effect");
	take(page);
}

static void test_rmpadjust_vmsa(void)
{
	uint64_t page = FREE(4), gva = PRIVATE(page);

	give(page);
	pvalidate(gva, 0, 1);
	rmpadjust(gva, 0, RMPADJUST(1, 0) | RMPADJUST_VMSA);
	tap_ok(guest_gave(0) && rmp_raw(page) & RAW_VMSA, "rmp-5.86",
	       "RMPADJUST at VMPL0 makes a VMSA");
	tap_ok(rmp_raw(page) & RAW_VMSA, "rmp-1.07", "bit 61 is vmsa");
	tap_ok((rmp_raw(page) & (RAW_VMSA | RAW_VALIDATED)) == (RAW_VMSA | RAW_VALIDATED),
	       "rmp-2.25", "Guest-Valid becomes Guest-Valid with vmsa");
	need(rmp_give(page, page, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	tap_ok(!(rmp_raw(page) & (RAW_VMSA | RAW_VALIDATED)), "rmp-5.32",
	       "RMPUPDATE clears vmsa and validated");
	tap_value(rmp_perm(page, 1), 0, "rmp-5.33", "and the permissions of VMPL 1");
	pvalidate(gva, 0, 1);
	need(rmp_give(page, page, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	tap_ok(!(rmp_raw(page) & RAW_VALIDATED), "rmp-5.40",
	       "even if nothing else changes (unconfirmed U14)");
	pvalidate(gva, 0, 1);
	rmpadjust(gva, 0, RMPADJUST(1, 0) | RMPADJUST_VMSA);
	rmpadjust(gva, 0, RMPADJUST(1, 0));
	tap_ok(guest_gave(0) && !(rmp_raw(page) & RAW_VMSA), "rmp-5.86",
	       "RMPADJUST at VMPL0 makes a VMSA an ordinary page");
	take(page);
}

static void test_rmpadjust_vmpl1(void)
{
	uint64_t gva = PRIVATE(DATA);

	call_vmpl1(g_rmpadjust, gva, 0, RMPADJUST(2, PERM_R | PERM_W));
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.82",
	       "RMPADJUST to more than VMPL1 has itself is FAIL_PERMISSION");
	call_vmpl1(g_rmpadjust, gva, 0, RMPADJUST(2, PERM_R) | RMPADJUST_VMSA);
	tap_ok(guest_gave(0) && rmp_perm(DATA, 2) == PERM_R, "rmp-5.82",
	       "RMPADJUST to what VMPL1 has");
	tap_ok(!(rmp_raw(DATA) & RAW_VMSA), "rmp-5.87",
	       "the VMSA bit is ignored at VMPL1");
	call_vmpl1(g_rmpadjust, gva, 0, RMPADJUST(1, 0));
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.81",
	       "RMPADJUST of VMPL1 at VMPL1 is FAIL_PERMISSION");
}

static void test_rmpadjust_sizes(void)
{
	uint64_t bits = NPF_RMP | NPF_SIZEM | NPF_ENC;

	give(TEST_REGION);
	pvalidate(PRIVATE(TEST_REGION), 0, 1);
	rmpadjust(PRIVATE(TEST_REGION), 1, RMPADJUST(1, PERM_R));
	tap_ok(guest_gave(RMP_FAIL_SIZEMISMATCH), "rmp-5.83",
	       "RMPADJUST of 2 MiB that are a 4 KiB entry is FAIL_SIZEMISMATCH");
	take(TEST_REGION);
	need(rmp_give_2m(OTHER_REGION, OTHER_REGION, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	pvalidate(PRIVATE(OTHER_REGION), 1, 1);
	rmpadjust(PRIVATE(OTHER_REGION), 1, RMPADJUST(1, PERM_R));
	tap_ok(guest_gave(0) && rmp_perm(OTHER_REGION, 1) == PERM_R, "rmp-5.83",
	       "RMPADJUST of 2 MiB");
	rmpadjust(PRIVATE(OTHER_REGION + PAGE_SIZE), 0, RMPADJUST(1, PERM_R));
	tap_ok(guest_left(EXIT_NPF) && (g.info1 & bits) == bits, "rmp-5.83",
	       "RMPADJUST of 4 KiB in a 2 MiB entry is #NPF with RMP and SIZEM");
	need(rmp_release_2m(OTHER_REGION) == RMP_OK, "RMPUPDATE");
}

/* The guest's own small pages lead into the middle of a large one. */
static void test_middle(void)
{
	uint64_t raw, gva = GVA_MIDDLE;

	need(rmp_give_2m(OTHER_REGION, OTHER_REGION, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	raw = rmp_raw(OTHER_REGION);
	pvalidate(gva, 1, 1);
	tap_ok(guest_gave(RMP_FAIL_INPUT), "rmp-5.74",
	       "PVALIDATE of 2 MiB in their middle is FAIL_INPUT (unconfirmed U25)");
	tap_value(rmp_raw(OTHER_REGION), raw, "rmp-5.75", "and leaves the entry as it was");
	pvalidate(PRIVATE(OTHER_REGION), 1, 1);
	tap_ok(guest_gave(0) && rmp_raw(OTHER_REGION) == (raw | RAW_VALIDATED), "rmp-5.75",
	       "PVALIDATE of the 2 MiB changes one bit of the entry");
	rmpadjust(gva, 1, RMPADJUST(1, PERM_R));
	tap_ok(guest_gave(RMP_FAIL_INPUT) && !rmp_perm(OTHER_REGION, 1), "rmp-5.74",
	       "RMPADJUST of 2 MiB in their middle is FAIL_INPUT (unconfirmed U25)");
	rmpadjust(PRIVATE(OTHER_REGION), 1, RMPADJUST(1, PERM_R));
	tap_ok(guest_gave(0) && rmp_raw(OTHER_REGION) == (raw | RAW_VALIDATED), "rmp-5.75",
	       "RMPADJUST of the 2 MiB leaves the guest address");
	need(rmp_release_2m(OTHER_REGION) == RMP_OK, "RMPUPDATE");
}

static void test_host_instructions(void)
{
	guest_call(g_rmpupdate, FREE(5), (uint64_t)guest_page, 0);
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.13",
	       "RMPUPDATE in a guest is 2 (single source)");
	guest_call(g_psmash, LARGE_REGION, 0, 0);
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.51", "PSMASH in a guest is 2");
	guest_call(g_psmash, LARGE_REGION, 0, 0);
	tap_ok(guest_gave(RMP_FAIL_PERMISSION), "rmp-5.13",
	       "PSMASH in a guest is 2 (single source)");
	guest_call(g_rmpquery, PRIVATE(DATA), 0, 0);
	tap_ok(guest_faulted(FAULT_UD), "rmp-5.06",
	       "RMPQUERY, which CPUID does not announce, is #UD (unconfirmed U11)");
	guest_call(g_vmgexit_f2, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMGEXIT) && !g.done, "rmp-5.07", "F2 0F 01 D9 is VMGEXIT");
	guest_resume();
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "rmp-5.07", "so is F3 0F 01 D9");
}

/* Compatibility mode, where the function's two instructions are the same bytes */
static void make_compat(unsigned int nr_vmsa, const void *fn, uint64_t rdx)
{
	void *save = (void *)GUEST_VMSA(nr_vmsa);

	save_segment(save, SAVE_CS, SEL_CODE, 0xc9b, 0xffffffff, 0);
	save_put(save, SAVE_RIP, (uint64_t)fn);
	save_put(save, SAVE_RAX, PRIVATE(COMPAT_PAGE) | BIT(32));
	save_put(save, SAVE_RCX, 0);
	save_put(save, SAVE_RDX, rdx);
}

static void run_compat(unsigned int nr_vmsa)
{
	vmcb_put(VMCB_VMSA, GUEST_VMSA(nr_vmsa));
	guest_resume();
}

static void test_compat(void)
{
	give(COMPAT_PAGE);
	run_compat(COMPAT);
	tap_ok(guest_left(EXIT_VMGEXIT) && rmp_raw(COMPAT_PAGE) & RAW_VALIDATED, "rmp-5.76",
	       "PVALIDATE in 32-bit code validates the page at EAX (single source)");
	run_compat(COMPAT + 1);
	tap_ok(guest_faulted(FAULT_UD) && !rmp_perm(COMPAT_PAGE, 1), "rmp-5.77",
	       "RMPADJUST in 32-bit code is #UD (single source)");
	take(COMPAT_PAGE);
}

static void launch(void)
{
	platform_up();
	guest_build(VMSAS, c_bit());
	guest_map_low(GVA_MIDDLE, OTHER_REGION + 8 * PAGE_SIZE);
	for (unsigned int i = VMPL1; i < USER; i++)
		*(uint8_t *)(GUEST_VMSA(i) + SAVE_VMPL) = 1;
	make_compat(COMPAT, g_pvalidate_32, 1);
	make_compat(COMPAT + 1, g_rmpadjust_32, RMPADJUST(1, PERM_R));
	for (unsigned int i = USER; i < COMPAT; i++) {
		void *save = (void *)GUEST_VMSA(i);

		save_segment(save, SAVE_CS, SEL_USER_CODE, 0xafb, 0xffffffff, 0);
		save_segment(save, SAVE_SS, SEL_USER_DATA, 0xcf3, 0xffffffff, 0);
		*(uint8_t *)(GUEST_VMSA(i) + SAVE_CPL) = 3;
	}
	put64(DATA, MARK);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(DATA, PAGE_NORMAL, UPDATE_VMPL(1, PERM_R));
	guest_launch_end();
}

int main(void)
{
	launch();
	test_pvalidate();
	test_pvalidate_inputs();
	test_pvalidate_faults();
	test_pvalidate_content();
	test_pvalidate_large();
	test_rmpadjust();
	test_rmpadjust_vmsa();
	test_rmpadjust_vmpl1();
	test_rmpadjust_sizes();
	test_middle();
	test_compat();
	test_host_instructions();
	tap_finish();
}
