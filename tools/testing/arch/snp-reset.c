// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left after a machine reset: boots twice.  Only memory that nobody
 * writes to tells the second time from the first.
 */
#include "guest.h"
#include "sev.h"

#define NOTE		OTHER_REGION
#define BOOTED		0x5265626f6f746564ULL
#define LEFT		TEST_PAGE(5)	/* by a guest */
#define TMR		0x10c00000ULL
#define MARK		0x1122334455667788ULL

/* A guest's page and the trusted memory region of SEV-ES */
static void leave(void)
{
	platform_up();
	map_small(TMR);
	put64(LEFT, MARK);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(LEFT, PAGE_NORMAL, 0);
	need(rmp_assign_2m(TMR, 0, 0) == RMP_OK, "RMPUPDATE");
	need(sev_init(INIT_ES, TMR, SIZE_2M) == SUCCESS, "INIT");
	need(snp_page_reclaim(TMR | BIT(0)) == INVALID_PAGE_STATE, "a TMR");
}

static void test_registers(void)
{
	tap_ok(!(rdmsr(MSR_SYSCFG) & SYSCFG_SNP_EN), "pl-3.19", "SNP_EN is clear");
	tap_ok(rdmsr(MSR_RMP_BASE) && rdmsr(MSR_RMP_END), "pl-3.19",
	       "the BIOS has placed the RMP again");
	tap_value(probe_write(LEFT + 8, 0), FAULT_NONE, "pl-3.19",
		  "the host may write to a page that was a guest's");
}

static void test_tmr(void)
{
	map_small(TMR);
	need(rmp_assign(TMR, 0, 0) == RMP_OK, "RMPUPDATE");
	tap_value(snp_page_reclaim(TMR), SUCCESS, "pl-11.43",
		  "PAGE_RECLAIM where the trusted memory region was");
}

int main(void)
{
	cpu_init();
	if (get64(NOTE) != BOOTED) {
		leave();
		put64(NOTE + 8, get64(LEFT));
		put64(NOTE, BOOTED);
		boot_again();
	}
	machine_up();
	tap_ok(get64(LEFT) != MARK && get64(LEFT) == get64(NOTE + 8), "rmp-4.11",
	       "of a page that a guest has left the host reads the same ciphertext");
	test_registers();
	snp_launchable();
	test_tmr();
	tap_finish();
}
