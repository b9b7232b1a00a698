/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What runs inside of guests.  The pages of this section are copied to private
 * memory of the guest, at the addresses they are linked to.
 */
#include "guest.h"

#define VMGEXIT	rep; vmmcall
#define ERROR_CODES 0x60227d00		/* vectors that have one */

	.section .guest, "ax", @progbits
	.balign	4096
	.globl	guest_begin, guest_start
guest_begin:
guest_start:
	movl	$GUEST_STACK, %esp
	movl	$guest_page, %ebx
	movq	CALL_RAX(%rbx), %rax
	movq	CALL_RCX(%rbx), %rcx
	movq	CALL_RDX(%rbx), %rdx
	call	*CALL_FN(%rbx)
	pushfq
	movl	$guest_page, %ebx
	movq	%rax, CALL_OUT_RAX(%rbx)
	movq	%rcx, CALL_OUT_RCX(%rbx)
	movq	%rdx, CALL_OUT_RDX(%rbx)
	popq	CALL_OUT_FLAGS(%rbx)
guest_done:
	incq	CALL_DONE(%rbx)
	VMGEXIT
	jmp	guest_start

	.altmacro
	.macro	stub vector
guest_stub_\vector:
	.if	!((ERROR_CODES >> \vector) & 1)
	pushq	$0
	.endif
	pushq	$\vector
	jmp	guest_trap
	.pushsection .rodata
	.quad	guest_stub_\vector
	.popsection
	.endm

	.section .rodata
	.balign	8
	.globl	guest_stubs
guest_stubs:
	.section .guest
	.set	i, 0
	.rept	32
	stub	%i
	.set	i, i + 1
	.endr

guest_trap:
	movl	$guest_page, %ebx
	popq	CALL_VECTOR(%rbx)
	popq	CALL_ERROR(%rbx)
	popq	CALL_RIP(%rbx)
	movq	%cr2, %rax
	movq	%rax, CALL_CR2(%rbx)
	jmp	guest_done

	.macro	fn name
	.globl	\name
\name:
	.endm

	fn	g_nop
	ret
	fn	g_read
	movq	(%rax), %rax
	ret
	fn	g_write
	movq	%rcx, (%rax)
	ret
/* Reads, rescinds the validation, reads again */
	fn	g_rescind_read
	movq	%rax, %rsi
	movq	(%rax), %rdi
	.byte	0xf2, 0x0f, 0x01, 0xff
	movq	(%rsi), %rax
	ret
	fn	g_call
	call	*%rax
	ret
	fn	g_pvalidate
	.byte	0xf2, 0x0f, 0x01, 0xff
	ret
	/* For 32-bit code, which does not return */
	fn	g_pvalidate_32
	.byte	0xf2, 0x0f, 0x01, 0xff
	rep; vmmcall
	fn	g_rmpadjust_32
	.byte	0xf3, 0x0f, 0x01, 0xfe
	rep; vmmcall
	fn	g_rmpadjust
	.byte	0xf3, 0x0f, 0x01, 0xfe
	ret
	fn	g_rmpupdate
	.byte	0xf2, 0x0f, 0x01, 0xfe
	ret
	fn	g_rmpread
	.byte	0xf2, 0x0f, 0x01, 0xfd
	ret
	fn	g_psmash
	.byte	0xf3, 0x0f, 0x01, 0xff
	ret
	fn	g_rmpquery
	.byte	0xf3, 0x0f, 0x01, 0xfd
	ret
	fn	g_invlpgb
	.byte	0x0f, 0x01, 0xfe
	ret
	fn	g_tlbsync
	.byte	0x0f, 0x01, 0xff
	ret
	fn	g_cpuid
	cpuid
	ret
	fn	g_mark_spin
	cpuid
1:	jmp	1b
	fn	g_rdmsr
	rdmsr
	ret
	fn	g_wrmsr
	wrmsr
	ret
	fn	g_inb
	inb	%dx, %al
	ret
	fn	g_outb
	outb	%al, %dx
	ret
	fn	g_hlt
	hlt
	ret
	fn	g_pause
	pause
	ret
	fn	g_rdtsc
	rdtsc
	ret
	fn	g_rdtscp
	rdtscp
	ret
	fn	g_rdpmc
	rdpmc
	ret
	fn	g_invd
	invd
	ret
	fn	g_wbinvd
	wbinvd
	ret
	fn	g_vmmcall
	vmmcall
	ret
	fn	g_vmgexit_f2
	.byte	0xf2, 0x0f, 0x01, 0xd9
	ret
	fn	g_monitor
	monitor	%rax, %ecx, %edx
	ret
	fn	g_mwait
	mwait	%eax, %ecx
	ret
	fn	g_xsetbv
	xsetbv
	ret
	fn	g_read_dr7
	movq	%dr7, %rax
	ret
	fn	g_write_dr7
	movq	%rax, %dr7
	ret
	fn	g_ud2
	ud2
/* #DB behind one instruction */
	fn	g_step
	pushfq
	orl	$0x100, (%rsp)
	popfq
	nop
	ret
	fn	g_read_cr0
	movq	%cr0, %rax
	ret
	fn	g_write_cr0
	movq	%rax, %cr0
	ret
	fn	g_read_cr4
	movq	%cr4, %rax
	ret
	fn	g_write_cr4
	movq	%rax, %cr4
	ret
	fn	g_write_cr8
	movq	%rax, %cr8
	ret
	fn	g_vmsave
	vmsave	%rax
	ret
/* With no limit to the table, no exception can be delivered. */
	fn	g_shutdown
	subq	$16, %rsp
	movq	$0, (%rsp)
	movq	$0, 8(%rsp)
	lidt	(%rsp)
	ud2
/* Exits with interrupts on */
	fn	g_sti_vmgexit
	sti
	nop
	VMGEXIT
	cli
	ret
/* Reads in the shadow of STI */
	fn	g_sti_shadow
	sti
	movq	(%rax), %rax
	cli
	ret
/* For an interrupt that comes */
	fn	g_interrupts_on
	sti
	nop
	nop
	cli
	ret
/* Until the shared word at RAX says so */
	fn	g_spin
	movq	$1, 8(%rax)
1:	cmpq	$0, (%rax)
	je	1b
	ret

	.section .note.GNU-stack, "", @progbits
