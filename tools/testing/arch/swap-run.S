/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swap_run(VMCB): VMRUN with a host save area that somebody else has filled;
 * swap_regs gets the 16 general registers after #VMEXIT.
 */
	.text
	.globl	swap_run
swap_run:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, swap_rsp
	movq	%rdi, %rax
	clgi
	vmrun	%rax
	stgi
	movq	%rax, swap_regs
	movq	%rcx, swap_regs + 8
	movq	%rdx, swap_regs + 16
	movq	%rbx, swap_regs + 24
	movq	%rsp, swap_regs + 32
	movq	%rbp, swap_regs + 40
	movq	%rsi, swap_regs + 48
	movq	%rdi, swap_regs + 56
	movq	%r8, swap_regs + 64
	movq	%r9, swap_regs + 72
	movq	%r10, swap_regs + 80
	movq	%r11, swap_regs + 88
	movq	%r12, swap_regs + 96
	movq	%r13, swap_regs + 104
	movq	%r14, swap_regs + 112
	movq	%r15, swap_regs + 120
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
