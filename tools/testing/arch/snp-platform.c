// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SNP host announces, its MSRs before and after SNP_EN, the mailbox, and
 * the firmware's states of the platform.
 */
#include "guest.h"
#include "rows.h"
#include "sev.h"

#define FIXED		(OTHER_REGION + 0x5000)
#define NOT_RAM		0xf0000000ULL
#define RECLAIM_2M	BIT(0)
#define TMR		0x10c00000ULL
#define SPARE		FW_PAGE(3)
#define LEFT		TEST_PAGE(5)	/* by a guest */
#define MARK		0x1122334455667788ULL

#define MSR_MTRR_FIX_64K 0x250
#define MSR_IORR	0xc0010016
#define MSR_TOP_MEM	0xc001001a
#define MSR_TOP_MEM2	0xc001001d
#define MSR_SMM_KEY	0xc0010119
#define MSR_TSC_FREQ	0xc0010134
#define MSR_PRED_CMD	0x49
#define PRED_CMD_IBPB	BIT(0)
#define PRED_CMD_SBPB	BIT(7)

/* SNP_PLATFORM_STATUS, byte 3 */
#define ALIAS_CHECK_COMPLETE BIT(1)
#define ID_LEN		64

#define SHUTDOWN_IOMMU	BIT(0)
#define SHUTDOWN_X86	BIT(1)

static uint8_t list[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t status_page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t id_page[PAGE_SIZE] __attribute__((aligned(4096)));

static void test_msrs(void)
{
	uint64_t value;

	tap_ok(rdmsr(MSR_SYSCFG) & SYSCFG_MEM_ENC, "pl-3.01", "SYSCFG[23] is set by the BIOS");
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_MFDM);
	tap_ok(rdmsr(MSR_SYSCFG) & SYSCFG_MFDM, "pl-3.01", "SYSCFG can be written to");
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) & ~SYSCFG_MFDM);
	tap_ok(rdmsr(MSR_HWCR) & HWCR_SMMLOCK, "pl-3.02", "HWCR.SmmLock is set by the BIOS");
	wrmsr(MSR_HWCR, rdmsr(MSR_HWCR) & ~HWCR_SMMLOCK);
	tap_ok(rdmsr(MSR_HWCR) & HWCR_SMMLOCK, "pl-3.02", "and cannot be cleared");
	tap_value(probe_rdmsr(MSR_GHCB, NULL), FAULT_GP, "pl-3.05", "RDMSR GHCB is #GP");
	tap_value(probe_wrmsr(MSR_GHCB, 0), FAULT_GP, "pl-3.05", "WRMSR GHCB is #GP");
	tap_ok(probe_rdmsr(MSR_SEV_STATUS, &value) == FAULT_NONE && !value, "pl-3.06",
	       "SEV_STATUS is 0 in the host (unconfirmed U5)");
	tap_value(probe_rdmsr(MSR_TSC_FREQ, NULL), FAULT_GP, "pl-3.09",
		  "RDMSR GUEST_TSC_FREQ is #GP");
	tap_value(probe_rdmsr(MSR_PRED_CMD, NULL), FAULT_GP, "pl-3.16", "RDMSR PRED_CMD is #GP");
	tap_value(probe_wrmsr(MSR_PRED_CMD, PRED_CMD_SBPB), FAULT_GP, "pl-3.16",
		  "WRMSR PRED_CMD is #GP, CPUID announcing no SBPB");
	tap_value(probe_wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB), FAULT_GP, "pl-3.16",
		  "nor IBPB");
	tap_value(rdmsr(MSR_RMP_BASE) & 0x1fff, 0, "pl-3.08", "RMP_BASE has bits 51:13");
	tap_value(probe_wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_END)), FAULT_NONE, "pl-3.08",
		  "RMP_END can be written to before SNP_EN");
	tap_value(probe_wrmsr(MSR_MTRR_FIX_64K, rdmsr(MSR_MTRR_FIX_64K)), FAULT_NONE, "pl-3.10",
		  "so can the fixed MTRRs");
}

/*
 * SME: what one mapping has written is not read through the other, since the host
 * has no key in the model.
 */
static void test_c_bit(void)
{
	uint64_t page = TEST_PAGE(3), c = c_bit(), *pte = small_pte(page), cr3;

	asm volatile("movq %%cr3, %0" : "=r" (cr3));
	*pte |= c;
	flush_tlb();
	tap_ok(probe_write(page, MARK) == FAULT_NONE && get64(page) == MARK, "pl-3.14",
	       "an entry of a page table may have the C-bit");
	*pte ^= c | c >> 1;
	flush_tlb();
	/* QEMU, with the model or without, forgets that the page is present. */
	tap_value(probe_read(page) & ~PF_PRESENT, FAULT(VECTOR_PF, PF_RSVD), "pl-3.14",
		  "the bit below it is reserved");
	*pte ^= c >> 1;
	tap_value(probe_cr3(cr3 | c), FAULT_NONE, "pl-3.14", "CR3 may have the C-bit");
	tap_value(probe_cr3(cr3 | c >> 1), FAULT_GP, "pl-3.14", "the bit below it is #GP");
	probe_cr3(cr3);
}

static void test_msrs_frozen(void)
{
	static const struct {
		uint32_t msr;
		const char *what;
	} frozen[] = {
		{ MSR_MTRR_FIX_64K, "a fixed MTRR is #GP" },
		{ 0x26f, "the last of them is #GP" },
		{ MSR_IORR, "an IORR is #GP" },
		{ MSR_TOP_MEM, "TOP_MEM is #GP" },
		{ MSR_TOP_MEM2, "TOP_MEM2 is #GP" },
		{ MSR_SMM_KEY, "SMM_KEY is #GP" },
	};
	uint64_t syscfg = rdmsr(MSR_SYSCFG);

	tap_value(syscfg & (SYSCFG_SNP_EN | SYSCFG_VMPL_EN | SYSCFG_MFDM),
		  SYSCFG_SNP_EN | SYSCFG_VMPL_EN | SYSCFG_MFDM, "pl-3.01",
		  "SYSCFG takes SNP_EN, VMPL_EN and MFDM");
	tap_ok(probe_wrmsr(MSR_SYSCFG, 0) == FAULT_NONE && rdmsr(MSR_SYSCFG) == syscfg,
	       "pl-3.01", "after SNP_EN writes to SYSCFG are ignored");
	for (unsigned int i = 0; i < ARRAY_SIZE(frozen); i++)
		tap_value(probe_wrmsr(frozen[i].msr, 0), FAULT_GP, "pl-3.10", frozen[i].what);
	tap_value(probe_wrmsr(MSR_RMP_CFG, 0), FAULT_GP, "pl-3.11", "WRMSR RMP_CFG is #GP");
	tap_value(probe_wrmsr(MSR_RMP_BASE, rdmsr(MSR_RMP_BASE)), FAULT_GP, "pl-3.08",
		  "WRMSR RMP_BASE is #GP after SNP_EN (unconfirmed U4)");
	tap_value(probe_wrmsr(MSR_RMP_END, rdmsr(MSR_RMP_END)), FAULT_GP, "pl-3.08",
		  "WRMSR RMP_END is #GP after SNP_EN (unconfirmed U4)");
	tap_value(probe_wrmsr(MSR_VM_HSAVE_PA, 0), FAULT_NONE, "pl-3.03",
		  "VM_HSAVE_PA takes 0 after SNP_EN");
}

static void test_rmp_place(void)
{
	uint64_t base = rdmsr(MSR_RMP_BASE), end = rdmsr(MSR_RMP_END);
	uint64_t covered = (end + 1 - base - 0x4000) / 16 * PAGE_SIZE;

	tap_ok(!(base & 0xfffff) && !((end + 1 - base) & 0xfffff), "pl-4.02",
	       "the RMP and its size are multiples of 1 MiB (single source)");
	tap_ok(covered > end, "pl-4.03", "it covers itself");
	tap_value(probe_write(base, 0), FAULT_NONE, "pl-4.04",
		  "before SNP_EN the host may write to it");
}

static void test_mailbox(void)
{
	int devfn = pci_find(0x1022, 0x14ca);

	tap_ok(devfn >= 0, "pl-6.01", "PCI function 1022:14ca");
	tap_ok(pci_read(devfn, 4) & BIT(20), "pl-6.01", "has capabilities, for its MSI-X");
	tap_value(psp_read(PSP_FEATURE), 1, "pl-6.02", "its feature register says SEV alone");
	psp_write(PSP_INTSTS, ~0U);
	tap_value(psp_command(0x7ff, NULL), INVALID_COMMAND, "pl-6.03",
		  "an unknown command is INVALID_COMMAND");
	tap_ok(psp_read(PSP_CMDRESP) & CMDRESP_DONE, "pl-6.04",
	       "the response has bit 31, the status below");
	tap_ok(!(psp_read(PSP_INTSTS) & INT_COMPLETE), "pl-6.05",
	       "without IOC no interrupt is pending");
	psp_write(PSP_CMDRESP, 0x7ff << CMDRESP_COMMAND | CMDRESP_IOC);
	while (!(psp_read(PSP_CMDRESP) & CMDRESP_DONE))
		;
	tap_ok(psp_read(PSP_INTSTS) & INT_COMPLETE, "pl-6.05", "with IOC one is");
	psp_write(PSP_INTSTS, INT_COMPLETE);
	tap_ok(!(psp_read(PSP_INTSTS) & INT_COMPLETE), "pl-6.05", "until 1 is written");
	tap_value(psp_call(0xd0, 0, 0, 0, 0) == INVALID_COMMAND ||
		  psp_call(0xd0, 0, 0, 0, 0) == UNSUPPORTED, true, "pl-9.05",
		  "TIO commands are not there");
}

static uint32_t init_ex(uint64_t flags, uint64_t list_addr)
{
	return psp_call(SNP_INIT_EX, flags, list_addr, 0, 0);
}

static uint32_t get_id(uint32_t len, uint32_t *got)
{
	uint64_t command[2] = { (uint64_t)id_page, len };
	uint32_t status = psp_command(SEV_GET_ID, command);

	*got = command[1];
	return status;
}

static void test_id(void)
{
	uint32_t len;

	tap_ok(get_id(ID_LEN - 1, &len) == INVALID_LEN && len == ID_LEN, "pl-9.08",
	       "GET_ID with less room than 64 bytes is INVALID_LEN (unconfirmed U37)");
	tap_ok(get_id(ID_LEN, &len) == SUCCESS && len == ID_LEN, "pl-9.08",
	       "GET_ID gives 64 bytes (unconfirmed U37)");
	tap_ok(!all_bytes(id_page, 0, ID_LEN) &&
	       all_bytes(id_page + ID_LEN, 0, ID_LEN), "pl-9.08", "and no more");
}

/* Before SNP_EN */
static void test_before(void)
{
	tap_value(snp_gctx_create(SPARE), INVALID_PLATFORM_STATE, "pl-11.01",
		  "GCTX_CREATE before SNP_INIT is INVALID_PLATFORM_STATE");
	tap_value(snp_page_reclaim(SPARE), INVALID_PLATFORM_STATE, "pl-11.01",
		  "PAGE_RECLAIM before SNP_INIT is INVALID_PLATFORM_STATE");
	tap_value(psp_call(SNP_PLATFORM_STATUS, (uint64_t)status_page, 0, 0, 0), SUCCESS,
		  "pl-11.01", "SNP_PLATFORM_STATUS is answered, into an ordinary page");
	tap_value(status_page[2], 0, "pl-9.03", "SNP_PLATFORM_STATUS: state 0");
	tap_ok(status_page[3] & ALIAS_CHECK_COMPLETE, "pl-9.09",
	       "SNP_PLATFORM_STATUS: no two addresses are one cell (single source)");
	tap_ok(status_page[0] > 1 || (status_page[0] == 1 && status_page[1] >= 51), "pl-8.12",
	       "API 1.51 or later");
	tap_ok(status_page[0x16] < 0x1b, "pl-9.06",
	       "the TCB's SNP part is below 1Bh (single source)");
	tap_value(init_ex(INIT_RMP, 0), INVALID_CONFIG, "pl-8.05",
		  "SNP_INIT_EX without SNP_EN is INVALID_CONFIG");
}

static void test_init(void)
{
	uint64_t reserved[8] = { INIT_RMP, 0, 0, 0, 0, 0, 0, 1 };

	tap_value(rmp_give(NOT_RAM, NOT_RAM, GUEST_ASID), RMP_FAIL_PERMISSION, "rmp-5.25",
		  "RMPUPDATE of what is no RAM is FAIL_PERMISSION before SNP_INIT, too (a choice)");
	tap_value(sev_init(0, 0, 0), INVALID_PLATFORM_STATE, "pl-11.31",
		  "INIT with SNP_EN but no RMP is INVALID_PLATFORM_STATE (single source)");
	tap_value(psp_command(SNP_INIT_EX, reserved), INVALID_PARAM, "pl-8.01",
		  "SNP_INIT_EX with reserved bytes set is INVALID_PARAM (single source)");
	tap_value(init_ex(INIT_RMP | BIT(15), 0), INVALID_PARAM, "pl-8.01",
		  "with reserved flags, too (single source)");
	tap_value(init_ex(INIT_LIST, (uint64_t)list), INVALID_PARAM, "pl-8.02",
		  "a list without init_rmp is INVALID_PARAM (single source)");
	tap_value(init_ex(0, 0), RMP_INIT_REQUIRED, "pl-8.04",
		  "without init_rmp the first time: RMP_INIT_REQUIRED (single source)");
	wrmsr(MSR_VM_HSAVE_PA, SPARE);
	tap_value(init_ex(INIT_RMP, 0), INVALID_CONFIG, "pl-8.06",
		  "VM_HSAVE_PA not 0 is INVALID_CONFIG (single source)");
	wrmsr(MSR_VM_HSAVE_PA, 0);
	tap_value(probe_wrmsr(MSR_VM_HSAVE_PA, SPARE + 8), FAULT_GP, "pl-3.13",
		  "VM_HSAVE_PA that is no page's address is #GP");
	tap_value(probe_wrmsr(MSR_VM_HSAVE_PA, BIT(51)), FAULT_GP, "pl-3.13",
		  "one beyond all physical addresses, too");
	wrmsr(MSR_VM_HSAVE_PA, 0);
	put32((uint64_t)list, 256);
	tap_value(init_ex(INIT_RMP | INIT_LIST, (uint64_t)list), INVALID_PARAM, "pl-8.11",
		  "a list of 256 entries is INVALID_PARAM");

	put32((uint64_t)list, 3);
	put64((uint64_t)list + 8, FIXED);
	put32((uint64_t)list + 16, 1);
	put64((uint64_t)list + 24, NOT_RAM);
	put32((uint64_t)list + 32, 16);
	put64((uint64_t)list + 40, rdmsr(MSR_RMP_BASE));
	put32((uint64_t)list + 48, 4);
	tap_value(init_ex(INIT_RMP | INIT_LIST, (uint64_t)list), SUCCESS, "pl-8.10",
		  "a list with what is no RAM and with the RMP itself is taken");
	tap_value(init_ex(INIT_RMP, 0), INVALID_PLATFORM_STATE, "pl-8.03",
		  "SNP_INIT_EX again is INVALID_PLATFORM_STATE");
}

static void test_init_effects(void)
{
	uint64_t base = rdmsr(MSR_RMP_BASE);

	tap_value(rmp_raw(FIXED), RAW_IMMUTABLE, "pl-8.09", "listed pages are HV_Fixed");
	tap_value(rmp_raw(NOT_RAM), RAW_IMMUTABLE, "pl-8.09", "so is what is no RAM");
	tap_value(rmp_give(NOT_RAM, NOT_RAM, GUEST_ASID), RMP_FAIL_PERMISSION, "rmp-5.25",
		  "RMPUPDATE of it is FAIL_PERMISSION");
	tap_value(rmp_raw(TEST_REGION), 0, "pl-8.09", "RAM is Hypervisor");
	tap_value(rmp_raw(base), RAW_ASSIGNED | RAW_IMMUTABLE, "pl-8.10",
		  "the RMP's own pages are Firmware although they are in the list");
	tap_value(probe_write(base, 0), FAULT_RMP_WRITE, "pl-4.04",
		  "the host may not write to the RMP any more");
	tap_value(rmp_asid_pages(GUEST_ASID), 0, "pl-8.09", "no ASID has pages");
	tap_value(psp_call(SNP_PLATFORM_STATUS, (uint64_t)status_page, 0, 0, 0),
		  INVALID_PAGE_STATE, "pl-11.13",
		  "SNP_PLATFORM_STATUS into a Hypervisor page is INVALID_PAGE_STATE");
	need(rmp_assign(SPARE, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(psp_call(SNP_PLATFORM_STATUS, SPARE + PAGE_SIZE - 8, 0, 0, 0), INVALID_PARAM,
		  "pl-11.13", "across a page's end is INVALID_PARAM");
	tap_value(psp_call(SNP_PLATFORM_STATUS, SPARE, 0, 0, 0), SUCCESS, "pl-11.13",
		  "SNP_PLATFORM_STATUS into a Firmware page");
	tap_ok(get8(SPARE + 2) == 1 && get8(SPARE + 3) & 1 && get32(SPARE + 0xc) == 0,
	       "pl-9.03", "SNP_PLATFORM_STATUS: state 1, RMP initialised, no guests");
	tap_ok(get8(SPARE) == status_page[0] && get8(SPARE + 1) == status_page[1], "rmp-4.02",
	       "the host reads what the firmware wrote");
	need(snp_page_reclaim(SPARE) == SUCCESS && rmp_release(SPARE) == RMP_OK,
	     "PAGE_RECLAIM");
}

static void wbnoinvd(void)
{
	asm volatile("rep; wbinvd" : : : "memory");
}

static void test_flush(void)
{
	uint32_t r[4];

	cpuid(0x80000008, 0, r);
	need(r[1] & BIT(9), "a CPU with WBNOINVD");
	tap_value(snp_df_flush(), WBINVD_REQUIRED, "pl-8.20",
		  "SNP_DF_FLUSH before WBINVD is WBINVD_REQUIRED");
	wbnoinvd();
	tap_value(snp_df_flush(), WBINVD_REQUIRED, "pl-8.23",
		  "WBNOINVD does not count (unconfirmed U6)");
	wbinvd();
	tap_value(snp_df_flush(), SUCCESS, "pl-8.20", "SNP_DF_FLUSH after WBINVD");
}

/* Buffers of legacy commands once SNP is initialised */
static void test_legacy_buffers(void)
{
	uint64_t own = sev_buffer;

	tap_value(psp_command(SEV_PLATFORM_STATUS, (void *)own), INVALID_PAGE_STATE, "pl-10.01",
		  "PLATFORM_STATUS in a Hypervisor page is INVALID_PAGE_STATE");
	need(rmp_assign(SPARE, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(psp_command(SEV_PLATFORM_STATUS, (void *)SPARE), SUCCESS, "pl-10.01",
		  "PLATFORM_STATUS in a Firmware page");
	tap_ok(rmp_raw(SPARE) == RAW_ASSIGNED, "rmp-2.31",
	       "the command leaves it in the Reclaim state (single source)");
	tap_value(snp_page_reclaim(SPARE), SUCCESS, "pl-10.03",
		  "PAGE_RECLAIM of a page that is not immutable succeeds");
	tap_value(rmp_release(SPARE), RMP_OK, "pl-10.01", "and the page goes back");
}

static void test_legacy_init(void)
{
	map_small(TMR);
	tap_value(sev_init(INIT_ES, TMR, 0x100000), INVALID_LEN, "pl-11.31",
		  "a TMR of 1 MiB is INVALID_LEN once the RMP is there (single source)");
	tap_value(sev_init(INIT_ES, TMR + 0x100000, 0x200000), INVALID_ADDRESS, "pl-11.31",
		  "one aligned to 1 MiB is INVALID_ADDRESS (single source)");
	tap_value(sev_init(INIT_ES, TMR, 0x200000), INVALID_PAGE_STATE, "pl-11.31",
		  "one in Hypervisor pages is INVALID_PAGE_STATE (single source)");
	need(rmp_assign_2m(TMR, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(sev_init(INIT_ES, TMR, 0x200000), SUCCESS, "pl-11.31",
		  "INIT with a TMR that is one Firmware page of 2 MiB (single source)");
	need(psp_command(SEV_SHUTDOWN, NULL) == SUCCESS, "SHUTDOWN");
	tap_value(snp_page_reclaim(TMR | RECLAIM_2M), SUCCESS, "pl-11.41",
		  "PAGE_RECLAIM of it after SHUTDOWN");
	need(rmp_release_2m(TMR) == RMP_OK, "RMPUPDATE");
	for (unsigned int i = 0; i < PAGES_2M; i++)
		need(rmp_assign(TMR + i * PAGE_SIZE, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(sev_init(INIT_ES, TMR, 0x200000), SUCCESS, "pl-11.31",
		  "INIT with a TMR of 2 MiB in Firmware pages");
	tap_value(snp_page_reclaim(TMR), INVALID_PAGE_STATE, "pl-11.41",
		  "PAGE_RECLAIM of its first page is INVALID_PAGE_STATE (unconfirmed U30)");
	tap_value(snp_page_reclaim(TMR + SIZE_2M - PAGE_SIZE), INVALID_PAGE_STATE, "pl-11.41",
		  "and of its last one (unconfirmed U30)");
	tap_value(psp_call(SNP_SHUTDOWN_EX, 8ULL, 0, 0, 0), INVALID_PLATFORM_STATE, "pl-8.30",
		  "SNP_SHUTDOWN_EX before SHUTDOWN is INVALID_PLATFORM_STATE");
	wbinvd();
	tap_value(snp_df_flush(), SUCCESS, "pl-8.24",
		  "SNP_DF_FLUSH cleans what INIT made dirty");
	need(psp_command(SEV_SHUTDOWN, NULL) == SUCCESS, "SHUTDOWN");
}

/* A guest's page that nobody takes back; what the host sees of it */
static uint64_t leave_page(void)
{
	put64(LEFT, MARK);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(LEFT, PAGE_NORMAL, 0);
	need(snp_decommission(GCTX) == SUCCESS, "DECOMMISSION");
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	return get64(LEFT);
}

static uint32_t shutdown(uint64_t flags)
{
	return psp_call(SNP_SHUTDOWN_EX, 8 | flags << 32, 0, 0, 0);
}

static void test_shutdown(void)
{
	uint64_t left = leave_page();

	tap_value(shutdown(SHUTDOWN_X86), INVALID_PARAM, "pl-8.32",
		  "SNP_SHUTDOWN_EX of x86 without the IOMMU is INVALID_PARAM");
	tap_value(psp_call(SNP_SHUTDOWN_EX, 7, 0, 0, 0), INVALID_PARAM, "pl-8.32",
		  "with another length, too");
	tap_value(shutdown(SHUTDOWN_IOMMU), SUCCESS, "pl-8.30", "SNP_SHUTDOWN_EX");
	tap_value(shutdown(SHUTDOWN_IOMMU), SUCCESS, "pl-8.31",
		  "SNP_SHUTDOWN_EX without SNP_INIT succeeds");
	tap_value(psp_call(SNP_PLATFORM_STATUS, (uint64_t)status_page, 0, 0, 0), SUCCESS,
		  "pl-8.34", "SNP_PLATFORM_STATUS into an ordinary page again");
	tap_value(psp_call(SNP_PLATFORM_STATUS, rdmsr(MSR_RMP_BASE), 0, 0, 0),
		  INVALID_PAGE_STATE, "pl-8.34", "into the RMP is INVALID_PAGE_STATE (a choice)");
	tap_ok(!status_page[2] && !(status_page[3] & 1), "pl-8.34",
	       "says: uninitialised, the RMP as well");
	tap_ok(rdmsr(MSR_SYSCFG) & SYSCFG_SNP_EN, "pl-8.34", "SNP_EN stays set");
	tap_value(init_ex(0, 0), RMP_INIT_REQUIRED, "pl-8.34",
		  "SNP_INIT_EX needs init_rmp again");
	tap_value(init_ex(INIT_RMP, 0), SUCCESS, "pl-8.34", "and then works");
	tap_ok(!rmp_raw(LEFT) && left != MARK && get64(LEFT) == left, "rmp-4.10",
	       "a page that a guest has left is the hypervisor's then, with ciphertext in it");
	tap_value(shutdown(0), DFFLUSH_REQUIRED, "pl-8.33",
		  "SNP_SHUTDOWN_EX with dirty ASIDs is DFFLUSH_REQUIRED");
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	tap_value(psp_command(SNP_SHUTDOWN, NULL), SUCCESS, "pl-8.33", "SNP_SHUTDOWN afterwards");
	tap_value(psp_command(SNP_INIT, NULL), SUCCESS, "pl-8.12", "SNP_INIT");
}

int main(void)
{
	machine_up();
	cpuid_rows();
	test_msrs();
	test_c_bit();
	pcid_rows();
	test_rmp_place();
	test_mailbox();
	test_before();
	test_id();
	snp_zero_rmp();
	snp_enable();
	test_msrs_frozen();
	test_init();
	test_init_effects();
	test_flush();
	test_legacy_buffers();
	test_legacy_init();
	test_shutdown();
	tap_finish();
}
