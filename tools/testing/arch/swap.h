/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The register files that guest-swap.S dumps and snp-swap.c compares: indices of
 * quadwords behind CALL_REGS.
 */
#ifndef SWAP_H
#define SWAP_H

#define S_RAX		0		/* the 16, in the order of their numbers */
#define S_RFLAGS	16
#define S_CR0		17
#define S_CR2		18
#define S_CR3		19
#define S_CR4		20
#define S_DR6		21
#define S_DR7		22
#define S_EFER		23
#define S_FS_BASE	24
#define S_GS_BASE	25
#define S_KERNEL_GS	26
#define S_STAR		27
#define S_LSTAR		28
#define S_CSTAR		29
#define S_SFMASK	30
#define S_SYSENTER_CS	31
#define S_SYSENTER_ESP	32
#define S_SYSENTER_EIP	33
#define S_PAT		34
#define S_DBGCTL	35
#define S_SELECTORS	36		/* ES, CS, SS, DS */
#define S_SELECTORS_2	37		/* FS, GS, LDTR, TR */
#define S_XCR0		38
#define S_PKRU		39
#define S_GDTR		40		/* limit, base */
#define S_IDTR		42
#define S_BR_FROM	44
#define S_COUNT		45

#define S_FXSAVE	0x400		/* in the shared page */
#define FX_FCW		0x00
#define FX_FTW		0x04
#define FX_MXCSR	0x18
#define FX_ST0		0x20
#define FX_XMM0		0xa0

/* What the guest loads before it leaves */
#define LEFT_GPR	0x2200		/* plus the register's number */
#define LEFT_CR2	0x2222000
#define LEFT_MSR	0x3300		/* plus the index above */

#endif
