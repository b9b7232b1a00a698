/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svm_run(VMCB, block): VMRUN.  An SEV-ES guest's #VMEXIT takes the general
 * registers from the host save area's block; after that of another guest they
 * hold whatever the guest left.  Both are fine here.
 */
	.text
	.globl	svm_run
	.globl	svm_after
svm_run:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rcx, 0x308(%rsi)
	movq	%rdx, 0x310(%rsi)
	movq	%rbx, 0x318(%rsi)
	movq	%rbp, 0x328(%rsi)
	movq	%rsi, 0x330(%rsi)
	movq	%rdi, 0x338(%rsi)
	movq	%r8, 0x340(%rsi)
	movq	%r9, 0x348(%rsi)
	movq	%r10, 0x350(%rsi)
	movq	%r11, 0x358(%rsi)
	movq	%r12, 0x360(%rsi)
	movq	%r13, 0x368(%rsi)
	movq	%r14, 0x370(%rsi)
	movq	%r15, 0x378(%rsi)
	movq	%rdi, %rax
	clgi
	sti
	vmrun	%rax
svm_after:
	cli
	stgi
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
