// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building, launching and calling a guest.
 */
#include "guest.h"
#include "iommu.h"

/* Pages of GUEST_REGION */
enum {
	P_PML4, P_PDPT, P_DIR_SHARED, P_DIR_PRIVATE, P_LOW, P_STACK_LOW, P_STACK, P_TABLES,
	P_CODE, P_CODE_MAX = 16,
};

#define PAGE(n)		(GUEST_REGION + (n) * PAGE_SIZE)
#define TABLE		0x67ULL
#define LEAF_2M		0xe7ULL
#define READ_ONLY_2M	0xe5ULL
#define INTERRUPT_GATE	0x8e00ULL

/* In P_TABLES: descriptors, TSS, then the interrupt table */
#define OFF_TSS		0x100
#define OFF_IDT		0x200
#define TSS_LIMIT	0x67
#define TSS_RSP0	4

struct guest_result g;
uint8_t guest_page[PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned int vmsas, next_vmsa, pool_vmsa, code_pages;
static uint64_t ncr3, guest_c;
static bool from_pool, pool_clean;

uint64_t c_bit(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	return BIT(r[1] & 63);
}

void plain_up(void)
{
	cpu_init();
	svm_enable();
	svm_host_save_area();
	ncr3 = npt_init();
}

void machine_up(void)
{
	static const uint64_t regions[] = {
		GUEST_REGION, FW_REGION, TEST_REGION, LARGE_REGION, OTHER_REGION,
	};

	cpu_init();
	psp_init();
	iommu_on(0);
	svm_enable();
	for (unsigned int i = 0; i < ARRAY_SIZE(regions); i++)
		map_small(regions[i]);
	ncr3 = npt_init();
	npt_small(GUEST_REGION);
	npt_small(TEST_REGION);
}

void snp_launchable(void)
{
	snp_zero_rmp();
	snp_enable();
	need(snp_init_ex() == SUCCESS, "SNP_INIT_EX");
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	svm_host_save_area();
}

void platform_up(void)
{
	machine_up();
	snp_launchable();
}

static void build_tables(void)
{
	uint64_t *pml4 = (uint64_t *)PAGE(P_PML4), *pdpt_g = (uint64_t *)PAGE(P_PDPT);
	uint64_t *shared = (uint64_t *)PAGE(P_DIR_SHARED), *priv = (uint64_t *)PAGE(P_DIR_PRIVATE);
	uint64_t *low = (uint64_t *)PAGE(P_LOW), c = guest_c;
	uint64_t code = (uint64_t)guest_begin / PAGE_SIZE;

	pml4[0] = PAGE(P_PDPT) | TABLE | c;
	pdpt_g[0] = PAGE(P_DIR_SHARED) | TABLE | c;
	pdpt_g[2] = PAGE(P_DIR_PRIVATE) | TABLE | c;
	pdpt_g[3] = SHARED_TABLE | TABLE;
	put64(SHARED_TABLE, TEST_REGION | LEAF_2M);
	for (uint64_t i = 0; i < 512; i++) {
		shared[i] = i * SIZE_2M | LEAF_2M;
		priv[i] = i * SIZE_2M | LEAF_2M | c;
		low[i] = i * PAGE_SIZE | TABLE;
	}
	shared[0] = PAGE(P_LOW) | TABLE | c;
	priv[510] = GPA_HIGH | LEAF_2M | c;
	priv[511] = TEST_REGION | READ_ONLY_2M | c;
	for (unsigned int i = 0; i < code_pages; i++)
		low[code + i] = PAGE(P_CODE + i) | TABLE | c;
}

void guest_map_low(uint64_t gva, uint64_t gpa)
{
	put64(PAGE(P_LOW) + gva / PAGE_SIZE * 8, gpa | TABLE | guest_c);
}

static void build_descriptors(void)
{
	uint64_t *gdt_g = (uint64_t *)PAGE(P_TABLES);
	uint64_t *idt_g = (uint64_t *)(PAGE(P_TABLES) + OFF_IDT);

	gdt_g[SEL_CODE / 8] = 0x00af9b000000ffff;
	gdt_g[SEL_DATA / 8] = 0x00cf93000000ffff;
	put64(PAGE(P_TABLES) + OFF_TSS + TSS_RSP0, GUEST_STACK);
	for (int i = 0; i < 32; i++) {
		uint64_t addr = guest_stubs[i];

		idt_g[2 * i] = (addr & 0xffff) | SEL_CODE << 16 | INTERRUPT_GATE << 32 |
			       (addr >> 16 & 0xffff) << 48;
		idt_g[2 * i + 1] = addr >> 32;
	}
}

void guest_registers(void *save, bool vmsa)
{
	uint64_t tables = PRIVATE(PAGE(P_TABLES));

	save_init(save, PAGE(P_PML4) | guest_c, (uint64_t)guest_start, GUEST_STACK);
	save_segment(save, SAVE_GDTR, 0, 0, OFF_TSS - 1, tables);
	save_segment(save, SAVE_IDTR, 0, 0, 32 * 16 - 1, tables + OFF_IDT);
	save_segment(save, SAVE_TR, SEL_TSS, 0x8b, TSS_LIMIT, tables + OFF_TSS);
	if (!vmsa)
		return;
	save_put(save, SAVE_XCR0, 1);
	put32((uint64_t)save + SAVE_MXCSR, 0x1f80);
	put32((uint64_t)save + SAVE_FCW, 0x37f);
}

void guest_build(unsigned int nr_vmsas, uint64_t c)
{
	guest_c = c;
	code_pages = (guest_end - guest_begin) / PAGE_SIZE;
	need(code_pages <= P_CODE_MAX && nr_vmsas <= GUEST_VMSAS_MAX &&
	     (uint64_t)guest_end <= SIZE_2M, "room for the guest");
	memset((void *)GUEST_REGION, 0, SIZE_2M);
	memcpy((void *)PAGE(P_CODE), guest_begin, code_pages * PAGE_SIZE);
	build_tables();
	build_descriptors();
	vmsas = nr_vmsas;
	next_vmsa = 0;
	pool_clean = false;
	for (unsigned int i = 0; i < nr_vmsas; i++) {
		guest_registers((void *)GUEST_VMSA(i), true);
		save_put((void *)GUEST_VMSA(i), SAVE_FEATURES, FEATURE_SNP);
	}
	memset(guest_page, 0, sizeof(guest_page));
}

void guest_launch_begin(uint64_t policy)
{
	need(rmp_assign(GCTX, 0, 0) == RMP_OK, "RMPUPDATE to Firmware");
	need(snp_gctx_create(GCTX) == SUCCESS, "GCTX_CREATE");
	need(snp_launch_start(GCTX, policy) == SUCCESS, "LAUNCH_START");
	need(snp_activate(GCTX, GUEST_ASID) == SUCCESS, "ACTIVATE");
}

void guest_add_page(uint64_t spa, enum psp_page_type type, uint64_t perms)
{
	need(rmp_assign(spa, spa, GUEST_ASID) == RMP_OK, "RMPUPDATE to Pre-Guest");
	need(snp_launch_page(GCTX, spa, UPDATE_TYPE(type), perms) == SUCCESS,
	     "LAUNCH_UPDATE");
}

void guest_launch_end(void)
{
	uint64_t perms = UPDATE_VMPL(1, PERM_RWX);

	for (unsigned int i = 0; i < P_CODE + code_pages; i++)
		guest_add_page(PAGE(i), PAGE_NORMAL, perms);
	for (unsigned int i = 0; i < vmsas; i++)
		guest_add_page(GUEST_VMSA(i), PAGE_VMSA, 0);
	need(snp_launch_finish(GCTX, NULL, NULL, 0) == SUCCESS, "LAUNCH_FINISH");
	vmcb_init(GUEST_ASID, NESTED_NP | NESTED_SEV | NESTED_ES, ncr3);
}

void guest_up(unsigned int nr_vmsas)
{
	platform_up();
	guest_build(nr_vmsas, c_bit());
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
}

uint64_t guest_ncr3(void)
{
	return ncr3;
}

void guest_order(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	uint64_t page = (uint64_t)guest_page;

	memset(guest_page, 0, CALL_REGS);
	put64(page + CALL_FN, (uint64_t)fn);
	put64(page + CALL_RAX, rax);
	put64(page + CALL_RCX, rcx);
	put64(page + CALL_RDX, rdx);
}

unsigned int guest_next_vmsa(void)
{
	need(next_vmsa < vmsas, "a VMSA is left");
	return next_vmsa++;
}

void guest_resume(void)
{
	uint64_t page = (uint64_t)guest_page;

	g.exit = vmrun();
	g.info1 = vmcb_get(VMCB_EXITINFO1);
	g.info2 = vmcb_get(VMCB_EXITINFO2);
	g.done = get64(page + CALL_DONE);
	g.fault = get64(page + CALL_VECTOR) ?
		  FAULT(get64(page + CALL_VECTOR), get64(page + CALL_ERROR)) : FAULT_NONE;
	g.rax = get64(page + CALL_OUT_RAX);
	g.rcx = get64(page + CALL_OUT_RCX);
	g.rdx = get64(page + CALL_OUT_RDX);
	g.flags = get64(page + CALL_OUT_FLAGS);
	g.cr2 = get64(page + CALL_CR2);
	g.rip = get64(page + CALL_RIP);
	if (from_pool)
		pool_clean = g.done && g.exit == EXIT_VMGEXIT;
}

static void call_on(unsigned int nr_vmsa, const void *fn, uint64_t rax, uint64_t rcx,
		    uint64_t rdx)
{
	guest_order(fn, rax, rcx, rdx);
	vmcb_put(VMCB_VMSA, GUEST_VMSA(nr_vmsa));
	guest_resume();
}

void guest_call_on(unsigned int nr_vmsa, const void *fn, uint64_t rax, uint64_t rcx,
		   uint64_t rdx)
{
	from_pool = false;
	call_on(nr_vmsa, fn, rax, rcx, rdx);
}

void guest_call(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	if (!pool_clean)
		pool_vmsa = guest_next_vmsa();
	from_pool = true;
	call_on(pool_vmsa, fn, rax, rcx, rdx);
}

unsigned int guest_last_vmsa(void)
{
	return pool_vmsa;
}

static bool as_said(bool yes)
{
	if (yes)
		return true;
	print("# exit ");
	print_hex(g.exit);
	print(" info ");
	print_hex(g.info1);
	print(" ");
	print_hex(g.info2);
	print(g.done ? ", done, rax " : ", not done, rax ");
	print_hex(g.rax);
	print(" fault ");
	print_hex(g.fault);
	print("\n");
	return false;
}

bool guest_gave(uint64_t rax)
{
	return as_said(g.exit == EXIT_VMGEXIT && g.done && !g.fault && g.rax == rax);
}

bool guest_faulted(uint64_t fault)
{
	return as_said(g.exit == EXIT_VMGEXIT && g.done && g.fault == fault);
}

bool guest_left(int64_t exit)
{
	/* That negative codes have 64 bits is a row of its own. */
	return as_said((int32_t)g.exit == exit);
}

bool guest_npf(uint64_t info1, uint64_t gpa)
{
	return as_said(g.exit == EXIT_NPF && g.info1 == info1 &&
		       (g.info2 & ~(PAGE_SIZE - 1)) == gpa);
}
