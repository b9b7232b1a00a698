// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VMRUN of an SNP guest is refused, and how: APM volume 2, 15.34.3,
 * 15.35 and 15.36.12.
 */
#include "guest.h"

#define GCTX_2		FW_PAGE(1)
#define FW_SPARE	FW_PAGE(2)
#define VMSA_2		TEST_PAGE(20)	/* of the second guest */
#define VMSA_FREE	TEST_PAGE(21)
#define VMSA_NORMAL	TEST_PAGE(22)	/* launched as an ordinary page */
#define VMSA_FAR	TEST_PAGE(23)	/* launched at this guest address: */
#define VMSA_LARGE	LARGE_REGION	/* in a page of 2 MiB */
#define GPA_FAR		0xfffffffff000ULL
#define NOT_RAM		0xf0000000ULL
#define UNCOVERED	0x17fe00000ULL
#define RMP_SIZE	(24 * 0x100000ULL)

/* VMSAs of the guest that are not as they should be */
enum { V_NO_SVME, V_NO_SNP, V_REFLECT, V_INJECTIONS, V_BUSY, V_NR };
#define VMSAS		80
#define BAD(n)		(VMSAS - V_NR + (n))
#define LOADED(n)	(40 + (n))	/* those of loads[] */

#define RMPADJUST_VMSA	BIT(16)

#define FEATURE_RESTRICTED	BIT(3)
#define FEATURE_ALTERNATE	BIT(4)

/* VMSAs with one register as it may be, or as it must not */
static const struct {
	const char *row, *what;
	unsigned int field;
	uint64_t value;
	bool legal;
} loads[] = {
	{ "vm-6.16", "CR0[63:32]", SAVE_CR0, GUEST_CR0 | BIT(32), false },
	{ "vm-6.16", "CR0.NW without CD", SAVE_CR0, GUEST_CR0 | BIT(29), false },
	{ "vm-6.16", "a reserved bit of CR4", SAVE_CR4, GUEST_CR4 | BIT(40), false },
	{ "vm-6.16", "DR6[63:32]", SAVE_DR6, 0xffff0ff0 | BIT(32), false },
	{ "vm-6.16", "DR7[63:32]", SAVE_DR7, 0x400 | BIT(32), false },
	{ "vm-6.16", "a reserved bit of EFER", SAVE_EFER, GUEST_EFER | BIT(2), false },
	{ "vm-6.16", "long mode without CR4.PAE", SAVE_CR4, 0, false },
	{ "vm-6.16", "long mode without CR0.PE", SAVE_CR0, GUEST_CR0 & ~1ULL, false },
	{ "vm-6.16", "CS.L with CS.D in long mode", SAVE_CS,
	  SEL_CODE | 0xe9bULL << 16 | 0xffffffffULL << 32, false },
	{ "vm-6.17", "XCR0 0 (single source)", SAVE_XCR0, 0, false },
	{ "vm-6.17", "XCR0 without x87 (single source)", SAVE_XCR0, 2, false },
	{ "vm-6.17", "XCR0 with AVX and without SSE (single source)", SAVE_XCR0, 5, false },
	{ "vm-6.17", "XCR0 with a reserved bit (single source)", SAVE_XCR0, 1 | BIT(62), false },
	{ "vm-6.17", "XCR0 with x87 and SSE runs", SAVE_XCR0, 3, true },
	{ "vm-6.17", "XCR0 with AVX as well runs", SAVE_XCR0, 7, true },
	{ "vm-6.18", "G_PAT with type 2", SAVE_G_PAT, 0x0007040600070402, false },
	{ "vm-6.18", "G_PAT with type 3 in the last byte", SAVE_G_PAT, 0x0307040600070406, false },
	{ "vm-6.18", "G_PAT with a reserved bit", SAVE_G_PAT, 0x0007040680070406, false },
	{ "vm-6.18", "G_PAT with each type that there is runs", SAVE_G_PAT, 0x0706050401000706,
	  true },
	{ "vm-6.19", "RFLAGS 0 (unconfirmed U26)", SAVE_RFLAGS, 0, false },
	{ "vm-6.19", "CPL 3 with an SS of DPL 0 (unconfirmed U26)", SAVE_VMPL & ~7ULL,
	  3ULL << (8 * (SAVE_CPL & 7)), false },
	{ "vm-6.19", "CPL 0 with an SS of DPL 3 (unconfirmed U26)", SAVE_SS,
	  SEL_USER_DATA | 0xcf3ULL << 16 | 0xffffffffULL << 32, false },
};

static uint32_t asid_max, asid_min_sev;

static void run(uint64_t vmsa)
{
	guest_order(g_nop, 0, 0, 0);
	vmcb_put(VMCB_VMSA, vmsa);
	guest_resume();
}

/* With one field of a good VMCB changed; the guest must not have run. */
static void invalid(unsigned int field, uint32_t value, const char *row, const char *what)
{
	uint32_t good = vmcb_get(field);

	vmcb_put32(field, value);
	run(GUEST_VMSA(guest_next_vmsa()));
	tap_ok(guest_left(EXIT_INVALID) && !g.done, row, what);
	vmcb_put32(field, good);
}

static void runs(const char *row, const char *what)
{
	run(GUEST_VMSA(guest_next_vmsa()));
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, row, what);
}

static void test_control(void)
{
	uint64_t event = EVENT_VALID | EVENT_SOFT | 0x80;
	uint32_t all = vmcb_get(VMCB_WORD4);

	/* For whoever takes this for a guest without a VMSA */
	guest_registers(vmcb + VMCB_SAVE, false);
	runs("vm-2.03", "NP, SEV, SEV-ES and LBRV, and SNPActive in the VMSA: it runs");
	invalid(VMCB_WORD4, all & ~INTERCEPT(EXIT_VMRUN), "vm-6.01",
		"without the VMRUN intercept: VMEXIT_INVALID");
	invalid(VMCB_NESTED, NESTED_SEV | NESTED_ES, "vm-6.02",
		"SEV without nested paging: VMEXIT_INVALID");
	invalid(VMCB_NESTED, NESTED_SEV, "vm-6.02",
		"SEV alone without nested paging: VMEXIT_INVALID");
	invalid(VMCB_ASID, 0, "vm-6.04", "ASID 0: VMEXIT_INVALID");
	invalid(VMCB_ASID, asid_max + 1, "vm-6.04", "an ASID above CPUID's: VMEXIT_INVALID");
	invalid(VMCB_ASID, asid_min_sev, "vm-6.05",
		"SEV-ES with an ASID of plain SEV: VMEXIT_INVALID (unconfirmed U19)");
	invalid(VMCB_NESTED, NESTED_NP | NESTED_SEV, "vm-6.05",
		"plain SEV with an ASID of SEV-ES: VMEXIT_INVALID (unconfirmed U19)");
	invalid(VMCB_LBR, 0, "vm-6.07", "without LBRV: VMEXIT_INVALID (single source)");
	invalid(VMCB_EVENTINJ, event, "vm-6.08", "EVENTINJ of a soft interrupt: VMEXIT_INVALID");
	invalid(VMCB_EVENTINJ, EVENT_VALID | EVENT_EXCEPTION | 3, "vm-6.08",
		"EVENTINJ of #BP: VMEXIT_INVALID");
	invalid(VMCB_EVENTINJ, EVENT_VALID | EVENT_EXCEPTION | 4, "vm-6.08",
		"EVENTINJ of #OF: VMEXIT_INVALID");
}

static void test_fields(void)
{
	run(GUEST_VMSA(guest_next_vmsa()) + 16);
	tap_ok(guest_left(EXIT_INVALID), "vm-1.17",
	       "a VMSA address that is not a page's: VMEXIT_INVALID");
	run(GUEST_VMSA(BAD(V_NO_SVME)));
	tap_value(vmcb_get(VMCB_EXITCODE), (uint64_t)EXIT_INVALID, "vm-1.07",
		  "the exit code is a negative number of 64 bits");
	run(NOT_RAM);
	tap_ok(guest_left(EXIT_INVALID), "vm-1.17", "one that is no RAM: VMEXIT_INVALID");
	vmcb_put(VMCB_SEV_FEATURES, 0);
	runs("vm-1.09", "the bits at 090h select SEV-ES");
	tap_value(vmcb_get(VMCB_SEV_FEATURES), FEATURE_SNP, "vm-1.20",
		  "the exit stores the guest's SEV features");
}

static void test_vmsa(void)
{
	run(GUEST_VMSA(BAD(V_NO_SVME)));
	tap_ok(guest_left(EXIT_INVALID), "vm-6.01", "EFER.SVME clear: VMEXIT_INVALID");
	run(GUEST_VMSA(BAD(V_NO_SNP)));
	tap_ok(guest_left(EXIT_INVALID), "vm-6.22",
	       "a VMSA without SNPActive in a guest's page: VMEXIT_INVALID");
	run(GUEST_VMSA(BAD(V_REFLECT)));
	tap_ok(guest_left(EXIT_INVALID), "vm-4.50",
	       "ReflectVC, which is not offered: VMEXIT_INVALID (unconfirmed U21)");
	run(GUEST_VMSA(BAD(V_INJECTIONS)));
	tap_ok(guest_left(EXIT_INVALID), "vm-6.12",
	       "restricted and alternate injection at once: VMEXIT_INVALID");
	tap_value(vmcb_get(VMCB_EXITCODE), (uint64_t)EXIT_INVALID, "vm-7.01",
		  "-1 as 64 bits");
	run(GUEST_VMSA(BAD(V_BUSY)));
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-6.13",
	       "VINTR_CTRL.BUSY without alternate injection: the VMSA runs");
}

static void test_loads(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(loads); i++) {
		run(GUEST_VMSA(LOADED(i)));
		tap_ok(loads[i].legal ? guest_left(EXIT_VMGEXIT) && g.done :
		       guest_left(EXIT_INVALID) && !g.done, loads[i].row, loads[i].what);
	}
}

static void make_vmsa(uint64_t page)
{
	memset((void *)page, 0, PAGE_SIZE);
	guest_registers((void *)page, true);
	save_put((void *)page, SAVE_FEATURES, FEATURE_SNP);
}

static void test_vmsa_page(void)
{
	make_vmsa(UNCOVERED);
	run(UNCOVERED);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "a VMSA that the RMP does not cover");
	make_vmsa(VMSA_FREE);
	run(VMSA_FREE);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "a VMSA in a hypervisor's page");
	need(rmp_give(VMSA_FREE, VMSA_FREE, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	run(VMSA_FREE);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "in a page of the guest that is no VMSA");
	need(rmp_release(VMSA_FREE) == RMP_OK, "RMPUPDATE");
	need(rmp_assign(VMSA_FREE, VMSA_FREE, GUEST_ASID) == RMP_OK, "RMPUPDATE");
	run(VMSA_FREE);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "in an immutable page (Pre-Guest)");
	need(snp_page_reclaim(VMSA_FREE) == SUCCESS && rmp_release(VMSA_FREE) == RMP_OK,
	     "PAGE_RECLAIM");
	run(VMSA_NORMAL);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "in a page that was launched as another type");
	run(VMSA_2);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.23", "another guest's VMSA");
	guest_call(g_rmpadjust, PRIVATE(VMSA_LARGE), 1, RMPADJUST_VMSA | 1);
	need(guest_gave(0) && rmp_raw(VMSA_LARGE) & RAW_VMSA, "RMPADJUST");
	run(VMSA_LARGE);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.33", "a VMSA in a page of 2 MiB (single source)");
	run(VMSA_FAR);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done, "vm-6.24",
	       "its guest address does not matter (unconfirmed U20)");
}

static void test_vmcb_page(void)
{
	static const char *row = "vm-6.20";

	memset((void *)FW_SPARE, 0, PAGE_SIZE);
	tap_value(probe_vmrun(FW_SPARE), FAULT_NONE, row,
		  "a VMCB of zeros in a hypervisor's page is no fault of VMRUN");
	need(rmp_assign(FW_SPARE, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(probe_vmrun(FW_SPARE), FAULT_GP, row, "a VMCB in an assigned page is #GP(0)");
	probe_begin();
	asm volatile(PROBED("vmsave %%rax") : : "a" (FW_SPARE) : "memory");
	tap_value(probe_end(), FAULT_GP, "vm-6.26", "VMSAVE to an assigned page is #GP(0)");
	tap_value(probe_wrmsr(MSR_VM_HSAVE_PA, FW_SPARE), FAULT_GP, "vm-6.27",
		  "VM_HSAVE_PA of an assigned page is #GP(0)");
	need(snp_page_reclaim(FW_SPARE) == SUCCESS && rmp_release(FW_SPARE) == RMP_OK,
	     "PAGE_RECLAIM");
	probe_begin();
	asm volatile(PROBED("vmsave %%rax") : : "a" (FW_SPARE) : "memory");
	tap_value(probe_end(), FAULT_NONE, "vm-6.26", "VMSAVE to a hypervisor's page");
	wrmsr(MSR_VM_HSAVE_PA, 0);
	tap_value(probe_vmrun(FW_SPARE), FAULT_GP, "vm-6.14", "VM_HSAVE_PA 0 is #GP(0)");
	wrmsr(MSR_VM_HSAVE_PA, FW_SPARE);
	need(rmp_assign(FW_SPARE, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(probe_vmrun((uint64_t)vmcb), FAULT_GP, "vm-6.35",
		  "VM_HSAVE_PA of a page that was assigned afterwards is #GP(0) (unconfirmed U48)");
	need(snp_page_reclaim(FW_SPARE) == SUCCESS && rmp_release(FW_SPARE) == RMP_OK,
	     "PAGE_RECLAIM");
	svm_host_save_area();
}

static void test_launching(void)
{
	vmcb_put32(VMCB_ASID, OTHER_ASID);
	run(VMSA_2);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.15",
	       "before LAUNCH_FINISH: VMEXIT_INVALID (unconfirmed U19)");
	need(snp_launch_finish(GCTX_2, NULL, NULL, 0) == SUCCESS, "LAUNCH_FINISH");
	run(VMSA_2);
	tap_ok(guest_left(EXIT_NPF), "vm-6.15",
	       "afterwards it runs, until it finds no page of its own");
	vmcb_put32(VMCB_ASID, GUEST_ASID);
}

static void spoil(unsigned int which, unsigned int field, uint64_t value)
{
	save_put((void *)GUEST_VMSA(BAD(which)), field, value);
}

static void launch_second(void)
{
	make_vmsa(VMSA_2);
	need(rmp_assign(GCTX_2, 0, 0) == RMP_OK && snp_gctx_create(GCTX_2) == SUCCESS &&
	     snp_launch_start(GCTX_2, POLICY_ORDINARY) == SUCCESS &&
	     snp_activate(GCTX_2, OTHER_ASID) == SUCCESS &&
	     rmp_assign(VMSA_2, VMSA_2, OTHER_ASID) == RMP_OK &&
	     snp_launch_update(GCTX_2, VMSA_2, PAGE_VMSA) == SUCCESS, "a second guest");
}

static void launch(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	asid_max = r[2];
	asid_min_sev = r[3];
	wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_BASE) + RMP_SIZE - 1);
	platform_up();
	guest_build(VMSAS, c_bit());
	spoil(V_NO_SVME, SAVE_EFER, GUEST_EFER & ~EFER_SVME);
	spoil(V_NO_SNP, SAVE_FEATURES, 0);
	spoil(V_REFLECT, SAVE_FEATURES, FEATURE_SNP | FEATURE_REFLECT_VC);
	spoil(V_INJECTIONS, SAVE_FEATURES, FEATURE_SNP | FEATURE_RESTRICTED | FEATURE_ALTERNATE);
	spoil(V_BUSY, SAVE_VINTR_CTRL, VINTR_BUSY);
	for (unsigned int i = 0; i < ARRAY_SIZE(loads); i++)
		save_put((void *)GUEST_VMSA(LOADED(i)), loads[i].field, loads[i].value);
	make_vmsa(VMSA_NORMAL);
	make_vmsa(VMSA_FAR);
	make_vmsa(VMSA_LARGE);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(VMSA_NORMAL, PAGE_NORMAL, 0);
	need(rmp_assign(VMSA_FAR, GPA_FAR, GUEST_ASID) == RMP_OK &&
	     snp_launch_update(GCTX, VMSA_FAR, PAGE_VMSA) == SUCCESS, "a VMSA");
	need(rmp_assign_2m(VMSA_LARGE, VMSA_LARGE, GUEST_ASID) == RMP_OK &&
	     snp_launch_page(GCTX, VMSA_LARGE, UPDATE_TYPE(PAGE_NORMAL) | UPDATE_2M, 0) == SUCCESS,
	     "a page of 2 MiB");
	guest_launch_end();
	launch_second();
}

int main(void)
{
	launch();
	test_control();
	test_fields();
	test_vmsa();
	test_loads();
	test_vmsa_page();
	test_vmcb_page();
	test_launching();
	tap_finish();
}
