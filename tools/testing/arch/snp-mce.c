// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine check while a guest runs, which test-snp-mce.py causes once the guest
 * has said at a mark that it does.
 */
#include "guest.h"

#define ASID_PLAIN	600
#define VECTOR_MC	18
#define EXIT_MC		0x52
#define CR4_MCE		BIT(6)
#define HOLD_LEAF	0x534e5048
#define MARK_RUNS	4

int main(void)
{
	plain_up();
	guest_build(0, 0);
	vmcb_init(ASID_PLAIN, NESTED_NP, guest_ncr3());
	vmcb_put32(VMCB_WORD3, vmcb_get(VMCB_WORD3) & ~INTERCEPT(EXIT_CPUID));
	vmcb_put32(VMCB_EXCEPTIONS, BIT(VECTOR_MC));
	guest_order(g_mark_spin, HOLD_LEAF, MARK_RUNS, 0);
	guest_registers(vmcb + VMCB_SAVE, false);
	save_put(vmcb + VMCB_SAVE, SAVE_CR4, GUEST_CR4 | CR4_MCE);
	guest_resume();
	tap_ok(guest_left(EXIT_MC) && !g.done, "vm-4.01", "a machine check that is intercepted: 52h");
	tap_finish();
}
