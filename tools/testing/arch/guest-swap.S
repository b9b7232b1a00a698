/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register files: shows the guest's as it finds it, changes it and leaves, again
 * and again.
 */
#include "guest.h"
#include "swap.h"

#define SHOW(n)		guest_page + CALL_REGS + 8 * (n)

	.section .guest, "ax", @progbits

	.macro	show_msr n, msr
	movl	$\msr, %ecx
	rdmsr
	movl	%eax, SHOW(\n)
	movl	%edx, SHOW(\n) + 4
	.endm

	.macro	change_msr n, msr
	movl	$\msr, %ecx
	movl	$(LEFT_MSR + \n), %eax
	xorl	%edx, %edx
	wrmsr
	.endm

	.globl	guest_swap
guest_swap:
	movq	%rax, SHOW(0)
	movq	%rcx, SHOW(1)
	movq	%rdx, SHOW(2)
	movq	%rbx, SHOW(3)
	movq	%rsp, SHOW(4)
	movq	%rbp, SHOW(5)
	movq	%rsi, SHOW(6)
	movq	%rdi, SHOW(7)
	movq	%r8, SHOW(8)
	movq	%r9, SHOW(9)
	movq	%r10, SHOW(10)
	movq	%r11, SHOW(11)
	movq	%r12, SHOW(12)
	movq	%r13, SHOW(13)
	movq	%r14, SHOW(14)
	movq	%r15, SHOW(15)
	pushfq
	popq	SHOW(S_RFLAGS)
	movq	%cr0, %rax
	movq	%rax, SHOW(S_CR0)
	movq	%cr2, %rax
	movq	%rax, SHOW(S_CR2)
	movq	%cr3, %rax
	movq	%rax, SHOW(S_CR3)
	movq	%cr4, %rax
	movq	%rax, SHOW(S_CR4)
	movq	%dr6, %rax
	movq	%rax, SHOW(S_DR6)
	movq	%dr7, %rax
	movq	%rax, SHOW(S_DR7)
	show_msr S_EFER, 0xc0000080
	show_msr S_FS_BASE, 0xc0000100
	show_msr S_GS_BASE, 0xc0000101
	show_msr S_KERNEL_GS, 0xc0000102
	show_msr S_STAR, 0xc0000081
	show_msr S_LSTAR, 0xc0000082
	show_msr S_CSTAR, 0xc0000083
	show_msr S_SFMASK, 0xc0000084
	show_msr S_SYSENTER_CS, 0x174
	show_msr S_SYSENTER_ESP, 0x175
	show_msr S_SYSENTER_EIP, 0x176
	show_msr S_PAT, 0x277
	show_msr S_DBGCTL, 0x1d9
	show_msr S_BR_FROM, 0x1db
	movw	%es, SHOW(S_SELECTORS)
	movw	%cs, SHOW(S_SELECTORS) + 2
	movw	%ss, SHOW(S_SELECTORS) + 4
	movw	%ds, SHOW(S_SELECTORS) + 6
	movw	%fs, SHOW(S_SELECTORS_2)
	movw	%gs, SHOW(S_SELECTORS_2) + 2
	sldt	SHOW(S_SELECTORS_2) + 4
	str	SHOW(S_SELECTORS_2) + 6
	xorl	%ecx, %ecx
	xgetbv
	movl	%eax, SHOW(S_XCR0)
	rdpkru
	movl	%eax, SHOW(S_PKRU)
	sgdt	SHOW(S_GDTR)
	sidt	SHOW(S_IDTR)
	fxsave64 guest_page + S_FXSAVE

	movl	$LEFT_CR2, %eax
	movq	%rax, %cr2
	change_msr S_FS_BASE, 0xc0000100
	change_msr S_GS_BASE, 0xc0000101
	change_msr S_KERNEL_GS, 0xc0000102
	change_msr S_STAR, 0xc0000081
	change_msr S_LSTAR, 0xc0000082
	change_msr S_CSTAR, 0xc0000083
	change_msr S_SFMASK, 0xc0000084
	change_msr S_SYSENTER_CS, 0x174
	change_msr S_SYSENTER_ESP, 0x175
	change_msr S_SYSENTER_EIP, 0x176
	fninit
	fld1
	movl	$LEFT_GPR, %eax
	movq	%rax, %xmm0
	movl	$LEFT_GPR + 1, %ecx
	movl	$LEFT_GPR + 2, %edx
	movl	$LEFT_GPR + 3, %ebx
	movl	$LEFT_GPR + 5, %ebp
	movl	$LEFT_GPR + 6, %esi
	movl	$LEFT_GPR + 7, %edi
	movl	$LEFT_GPR + 8, %r8d
	movl	$LEFT_GPR + 9, %r9d
	movl	$LEFT_GPR + 10, %r10d
	movl	$LEFT_GPR + 11, %r11d
	movl	$LEFT_GPR + 12, %r12d
	movl	$LEFT_GPR + 13, %r13d
	movl	$LEFT_GPR + 14, %r14d
	movl	$LEFT_GPR + 15, %r15d
	incq	guest_page + CALL_DONE
	rep; vmmcall
	jmp	guest_swap

	.section .note.GNU-stack, "", @progbits
