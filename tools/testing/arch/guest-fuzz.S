/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that guests run with registers that are random: whatever the model has
 * to emulate on their account.  The first fault ends it, by guest-code.S.
 */
#include "guest.h"

#define VMGEXIT	rep; vmmcall

	.altmacro
	.macro	snippet number
snippet_\number:
	.pushsection .rodata
	.quad	snippet_\number
	.popsection
	.endm
	.set	n, 0
	.macro	begin
	snippet	%n
	.set	n, n + 1
	.endm
	.macro	end
	jmp	fuzz_end
	.endm

	.section .rodata
	.balign	8
	.globl	fuzz_snippets
fuzz_snippets:

	.section .guest, "ax", @progbits
fuzz_end:
	VMGEXIT
	hlt
	jmp	fuzz_end

/* Memory */
	begin
	movq	(%rax), %rcx
	movq	%rcx, (%rax)
	lock incq 8(%rax)
	end
	begin
	movq	(%rsi), %rcx
	movq	%rcx, (%rdi)
	movl	$64, %ecx
	rep	movsb
	end
	begin
	call	*%rax
	end
	begin
	jmp	*%rax
	end
	begin
	movl	$0x280, %ecx
	rep	stosq
	end
/* Pages */
	begin
	.byte	0xf2, 0x0f, 0x01, 0xff		/* PVALIDATE */
	movq	%rsi, %rax
	xorl	%ecx, %ecx
	movl	$1, %edx
	.byte	0xf2, 0x0f, 0x01, 0xff
	end
	begin
	.byte	0xf3, 0x0f, 0x01, 0xfe		/* RMPADJUST */
	movq	%rsi, %rax
	xorl	%ecx, %ecx
	movl	$0x10001, %edx
	.byte	0xf3, 0x0f, 0x01, 0xfe
	end
	begin
	.byte	0xf2, 0x0f, 0x01, 0xfe		/* RMPUPDATE */
	.byte	0xf3, 0x0f, 0x01, 0xff		/* PSMASH */
	end
/* x87, SSE, XSAVE */
	begin
	fldpi
	fsqrt
	faddp
	fstpt	-0x800(%rsp)
	fxsave	-0x800(%rsp)
	fxrstor	-0x800(%rsp)
	fnstenv	-0x800(%rsp)
	emms
	end
	begin
	addps	%xmm1, %xmm2
	divpd	%xmm3, %xmm4
	cvttsd2si %xmm5, %rax
	stmxcsr	-0x800(%rsp)
	ldmxcsr	-0x800(%rsp)
	end
	begin
	movl	$-1, %eax
	movl	%eax, %edx
	movl	$GUEST_STACK - 0x1000, %esi
	xsave	(%rsi)
	xrstor	(%rsi)
	end
	begin
	movl	$-1, %eax
	movl	%eax, %edx
	movl	$GUEST_STACK - 0x1000, %esi
	xsavec	(%rsi)
	xrstor	(%rsi)
	end
	begin
	xorl	%ecx, %ecx
	xgetbv
	xsetbv
	vaddpd	%ymm1, %ymm2, %ymm3
	end
/* Control and debug registers, each written as it is and then anything */
	begin
	movq	%cr0, %rcx
	movq	%rcx, %cr0
	movq	%rax, %cr0
	end
	begin
	movq	%cr4, %rcx
	movq	%rcx, %cr4
	movq	%rax, %cr4
	end
	begin
	movq	%cr8, %rcx
	movq	%rax, %cr8
	movq	%cr3, %rcx
	movq	%rcx, %cr3
	movq	%rax, %cr3
	end
	begin
	movq	%rax, %dr0
	movq	%rcx, %dr1
	movq	%rsp, %dr2
	movl	$0x333307ff, %ecx
	movq	%rcx, %dr7
	pushq	%rax
	movq	(%rax), %rax
	end
/* Segments and tables */
	begin
	movw	%ax, %ds
	movw	%ax, %fs
	swapgs
	wrfsbase %rax
	lar	%eax, %ecx
	verr	%ax
	end
	begin
	sgdt	-0x800(%rsp)
	lgdt	-0x800(%rsp)
	lldt	%ax
	ltr	%ax
	lidt	(%rax)
	end
/* Transfers */
	begin
	syscall
	end
	begin
	sysenter
	end
	begin
	pushq	%rax
	pushq	%rsp
	pushfq
	pushq	%rcx
	pushq	%rdx
	iretq
	end
	begin
	pushq	%rax
	popfq
	int	$0x80
	int3
	end
/* What is intercepted, or is no instruction of a guest's */
	begin
	movl	$0xc0010131, %ecx
	rdmsr
	movl	$0xc0010130, %ecx
	rdmsr
	wrmsr
	cpuid
	end
	begin
	vmload	%rax
	vmsave	%rax
	vmrun	%rax
	clgi
	end
	begin
	outb	%al, %dx
	insb
	end
	begin
	sti
	pause
	rdtscp
	movq	%rdx, %rcx
	rdpmc
	hlt
	wbinvd
	invlpg	(%rax)
	monitor	%rax, %ecx, %edx
	mwait	%eax, %ecx
	end
/* Until the timer ends it */
	begin
1:	incq	%rax
	jmp	1b

	.section .note.GNU-stack, "", @progbits
