/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a second CPU comes from real mode to ap_main(): ap_begin to ap_end is
 * copied below 1 MiB, the rest is where it is linked.
 */
#include "ap.h"

#define MSR_EFER	0xc0000080
#define EFER_LME	(1 << 8)
#define CR0_PG_WP	0x80010000
#define CR4_PAE		(1 << 5)
#define GDT_LIMIT	0x4f

	.text
	.code16
	.globl	ap_begin, ap_end
ap_begin:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	lgdtl	AP_ADDRESS + gdt_low - ap_begin
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$0x18, $ap_protected
gdt_low:
	.word	GDT_LIMIT
	.long	gdt
ap_end:

	.code32
ap_protected:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$pml4, %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_WP, %eax
	andl	$0x9fffffff, %eax	/* caches on */
	movl	%eax, %cr0
	ljmp	$8, $ap_long

	.code64
ap_long:
	movq	$ap_stack_end, %rsp
	xorl	%ebp, %ebp
	call	ap_main
1:	hlt
	jmp	1b

	.bss
	.balign	16
	.skip	16384
ap_stack_end:

	.section .note.GNU-stack, "", @progbits
