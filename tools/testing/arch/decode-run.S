/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_run(VMCB, value): VMRUN of a guest without encryption, with @value in all
 * its general registers but RAX and RSP, which are the VMCB's.
 */
	.text
	.globl	decode_run
decode_run:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %rax
	.irp	reg, rbx, rcx, rdx, rbp, rdi, r8, r9, r10, r11, r12, r13, r14, r15
	movq	%rsi, %\reg
	.endr
	clgi
	vmrun	%rax
	stgi
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
