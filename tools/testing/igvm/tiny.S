/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest of a few pages: it says hello and how many vCPUs there are on the serial
 * port, and ends QEMU.  Its VMSA starts it in 64-bit mode, on page tables that map
 * the GHCB without the C-bit (make-images.py).
 *
 * With STARTS_CPU it is firmware that does not know the list of APIC IDs: if there is
 * a second vCPU, it starts it with INIT and SIPI, and waits for it for ever.
 */
#define GHCB		0x30000
#define PARAMETERS	0x40000

#define MSR_GHCB	0xc0010130
#define REGISTER	0x012
#define REGISTERED	0x013

#define MSR_APIC_BASE	0x01b
#define APIC_BASE	0xfee00000
#define APIC_BSP	0x100
#define APIC_X2APIC	0xc00		/* the mode's bit, and the APIC's */
#define MSR_X2APIC_ICR	0x830
#define ICR_INIT	0x4500		/* both of level 1, as they have to be */
#define ICR_SIPI	0x4610		/* to start at 10000h */

#define SVM_EXIT_MSR	0x7c
#define MSR_WRITE	1
#define SVM_EXIT_IOIO	0x7b
#define IOIO_OUT_8	0x10
#define SERIAL		0x3f8
#define DEBUG_EXIT	0xf4

#define GHCB_RAX	0x1f8
#define GHCB_RCX	0x308
#define GHCB_RDX	0x310
#define GHCB_EXIT_CODE	0x390
#define GHCB_INFO_1	0x398
#define GHCB_INFO_2	0x3a0
#define GHCB_VALID	0x3f0
#define GHCB_VERSION	0xffa

	.code64
	.globl _start
_start:
	mov	$GHCB | REGISTER, %eax
	call	ask
	cmp	$GHCB | REGISTERED, %eax
	jne	stop
	mov	$SERIAL, %edx
	lea	hello(%rip), %rsi
next:	lodsb
	test	%al, %al
	jz	count
	call	out
	jmp	next
count:	mov	PARAMETERS, %eax
	add	$'0', %al
	call	out
	mov	$'\n', %al
	call	out
#ifdef STARTS_CPU
	cmpl	$1, PARAMETERS
	je	end
	xor	%edx, %edx
	mov	$APIC_BASE | APIC_X2APIC | APIC_BSP, %eax
	mov	$MSR_APIC_BASE, %ecx
	call	write_msr
	mov	$1, %edx		/* the destination */
	mov	$ICR_INIT, %eax
	mov	$MSR_X2APIC_ICR, %ecx
	call	write_msr
	mov	$ICR_SIPI, %eax
	call	write_msr
	jmp	stop
end:
#endif
	mov	$DEBUG_EXIT, %edx
	mov	$0x10, %al
	call	out
stop:	hlt
	jmp	stop

/* EAX goes to the hypervisor, and its answer comes back. */
ask:
	push	%rdx
	xor	%edx, %edx
	mov	$MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall
	rdmsr
	pop	%rdx
	ret

#ifdef STARTS_CPU
/* EDX:EAX to the MSR ECX; they are kept. */
write_msr:
	mov	$GHCB, %ebx
	mov	%rax, GHCB_RAX(%rbx)
	mov	%rcx, GHCB_RCX(%rbx)
	mov	%rdx, GHCB_RDX(%rbx)
	movq	$SVM_EXIT_MSR, GHCB_EXIT_CODE(%rbx)
	push	%rax
	push	%rcx
	mov	$MSR_WRITE, %eax
	call	event
	pop	%rcx
	pop	%rax
	ret
#endif

/* AL to the port DX */
out:
	mov	$GHCB, %ebx
	movzbl	%al, %eax
	mov	%rax, GHCB_RAX(%rbx)
	movq	$SVM_EXIT_IOIO, GHCB_EXIT_CODE(%rbx)
	mov	%edx, %eax
	shl	$16, %eax
	or	$IOIO_OUT_8, %eax
	call	event
	ret

/* What the GHCB at RBX says, with EAX for the first info */
event:
	mov	%rax, GHCB_INFO_1(%rbx)
	movq	$0, GHCB_INFO_2(%rbx)
	/* A bit for each quadword: RAX; RCX and RDX; the exit code and both infos */
	movq	$0, GHCB_VALID(%rbx)
	movq	$0, GHCB_VALID + 8(%rbx)
	movb	$0x80, GHCB_VALID + 7(%rbx)
	movb	$0x06, GHCB_VALID + 12(%rbx)
	movb	$0x1c, GHCB_VALID + 14(%rbx)
	movl	$1, GHCB_VERSION(%rbx)
	mov	$GHCB, %eax
	call	ask
	ret

hello:	.asciz	"tiny: hello, vCPUs: "
