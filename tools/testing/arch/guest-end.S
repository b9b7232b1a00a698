/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of what guest_build() copies; linked behind the other guest-*.S.
 */
	.section .guest, "ax", @progbits
	.balign	4096
	.globl	guest_end
guest_end:

	.section .note.GNU-stack, "", @progbits
