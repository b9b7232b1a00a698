/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the entry point of PVH and Multiboot2 (32-bit, no paging) to main() in long mode
 * with an identity mapping, and the way into the C handler for exceptions.
 */
#define GIB_MAPPED	8
#define XEN_ELFNOTE_PHYS32_ENTRY 18

#define PTE_TABLE	0x07	/* present, writable, for user mode as well */
#define PTE_2M		0x87	/* and large */
#define PTE_2M_MMIO	0x9f	/* and uncached */

#define MSR_EFER	0xc0000080
#define EFER_LME	(1 << 8)
#define CR0_PG_WP	0x80010000
#define CR4_PAE		(1 << 5)

#define MULTIBOOT2	0xe85250d6

	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 8, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.quad	start

/* In front of all else: GRUB looks for it in the file's first 32 KiB. */
	.section .init, "a", @progbits
	.balign	8
multiboot:
	.long	MULTIBOOT2, 0, multiboot_end - multiboot
	.long	-(MULTIBOOT2 + multiboot_end - multiboot)
	.short	0, 0
	.long	8
multiboot_end:

	.text
	.code32
	.globl	start
start:
	cli
	cld
	movl	%eax, start_magic
	movl	%ebx, start_info
	movl	$stack_end, %esp
	movl	$pdpt + PTE_TABLE, pml4
	xorl	%ecx, %ecx
1:	movl	%ecx, %eax
	shll	$12, %eax
	addl	$page_dirs + PTE_TABLE, %eax
	movl	%eax, pdpt(, %ecx, 8)
	incl	%ecx
	cmpl	$GIB_MAPPED, %ecx
	jb	1b

	xorl	%ecx, %ecx
2:	movl	%ecx, %eax
	shll	$21, %eax
	movl	%ecx, %edx
	shrl	$11, %edx
	leal	-1024(%ecx), %ebx
	cmpl	$1024, %ebx		/* the hole is in 2 to 4 GiB */
	jae	3f
	orl	$PTE_2M_MMIO, %eax
3:	orl	$PTE_2M, %eax
	movl	%eax, page_dirs(, %ecx, 8)
	movl	%edx, page_dirs + 4(, %ecx, 8)
	incl	%ecx
	cmpl	$GIB_MAPPED * 512, %ecx
	jb	2b

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
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $start64

	.code64
start64:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movq	$stack_end, %rsp
	xorl	%ebp, %ebp
	call	main
4:	hlt
	jmp	4b

/* One stub for each vector; those without an error code get a zero. */
	.altmacro
	.macro	stub vector
stub_\vector:
	.if	!((0x60227d00 >> \vector) & 1)
	pushq	$0
	.endif
	pushq	$\vector
	jmp	trap_common
	.pushsection .rodata
	.quad	stub_\vector
	.popsection
	.endm

	.section .rodata
	.balign	8
	.globl	trap_stubs
trap_stubs:
	.text
	.set	i, 0
	.rept	32
	stub	%i
	.set	i, i + 1
	.endr

/* struct trap_frame, from its end */
trap_common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	cld
	movq	%rsp, %rdi
	call	trap
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

/*
 * probe_mode(CS, SS, code, RAX, RCX): runs code there until it faults, which
 * it has to do in the end.
 */
	.globl	probe_mode
probe_mode:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, probe_stack
	movq	$5f, probe_resume
	movq	%rsp, %r9
	pushq	%rsi
	pushq	%r9
	pushfq
	pushq	%rdi
	pushq	%rdx
	movq	%rcx, %rax
	movq	%r8, %rcx
	iretq
5:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	.data
	.balign	8
	.globl	start_info, start_magic
/* Where hvm_start_info is, of PVH */
start_info:
	.quad	0
/* What EAX had, which tells Multiboot2 */
start_magic:
	.quad	0
	.globl	gdt
/* The selectors are in arch.h. */
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* 64-bit code */
	.quad	0x00cf93000000ffff	/* data */
	.quad	0x00cf9b000000ffff	/* 32-bit code */
	.quad	0x00cff3000000ffff	/* data of user mode */
	.quad	0x00affb000000ffff	/* code of user mode */
	.quad	0, 0			/* TSS */
	.quad	0x0000820000000000	/* an LDT, empty */
	.quad	0
gdt_pointer:
	.word	. - gdt - 1
	.quad	gdt

	.bss
	.balign	4096
	.globl	pml4, page_dirs
	.globl	pdpt
pml4:	.skip	4096
pdpt:	.skip	4096
page_dirs:
	.skip	4096 * GIB_MAPPED
	.skip	16384
stack_end:

	.section .note.GNU-stack, "", @progbits
