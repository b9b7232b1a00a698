// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows that a server may be asked for when nothing else runs on it: by CPUID, by
 * reading MSRs and PCI configuration space, by control registers of this CPU, and by
 * guests without encryption.  Its memory is its own image.  It sends no command to the
 * secure processor, leaves SYSCFG and the RMP as they are, and keeps nothing.
 *
 * Its output is a report for tools/testing/hw/compare.
 */
#include "decode.h"
#include "rows.h"

#define MSR_TSC_FREQ	0xc0010134

static void msr_rows(void)
{
	uint64_t base = rdmsr(MSR_RMP_BASE), end = rdmsr(MSR_RMP_END), status;

	tap_ok(rdmsr(MSR_SYSCFG) & SYSCFG_MEM_ENC, "pl-3.01", "SYSCFG[23] is set by the BIOS");
	tap_ok(rdmsr(MSR_HWCR) & HWCR_SMMLOCK, "pl-3.02", "HWCR.SmmLock is set by the BIOS");
	tap_value(probe_rdmsr(MSR_GHCB, NULL), FAULT_GP, "pl-3.05", "RDMSR GHCB is #GP");
	tap_ok(probe_rdmsr(MSR_SEV_STATUS, &status) == FAULT_NONE && !status, "pl-3.06",
	       "SEV_STATUS is 0 in the host (unconfirmed U5)");
	tap_value(base & 0x1fff, 0, "pl-3.08", "RMP_BASE has bits 51:13");
	tap_value(probe_rdmsr(MSR_TSC_FREQ, NULL), FAULT_GP, "pl-3.09",
		  "RDMSR GUEST_TSC_FREQ is #GP");
	tap_value(probe_wrmsr(MSR_VM_HSAVE_PA, 0x123), FAULT_GP, "pl-3.13",
		  "VM_HSAVE_PA that is no page's address is #GP");
	svm_host_save_area();
	tap_ok(base && !(base & 0xfffff) && !((end + 1 - base) & 0xfffff), "pl-4.02",
	       "the RMP and its size are multiples of 1 MiB (single source)");
	tap_ok((end + 1 - base - 0x4000) / 16 * PAGE_SIZE > end, "pl-4.03", "it covers itself");
}

int main(void)
{
	print("snp-hw-report 1\n");
	plain_up();
	cpuid_rows();
	msr_rows();
	pcid_rows();
	if (rdmsr(MSR_SYSCFG) & SYSCFG_SNP_EN)
		print("# SNP_EN is set: the rows before it are left out\n");
	else
		rmp_disabled_rows(TEST_PAGE(3));
	guest_insn_rows(TEST_PAGE(3));
	decode_init(true);
	decode_rows();
	print("end\n");
	tap_finish();
}
