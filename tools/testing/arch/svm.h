/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMRUN, the VMCB and the save area of SEV-ES guests: AMD64 APM volume 2,
 * chapter 15 and appendix B.
 */
#ifndef SVM_H
#define SVM_H

#include "arch.h"

/* VMCB, control area */
#define VMCB_CR		0x000
#define VMCB_DR		0x004
#define VMCB_EXCEPTIONS	0x008
#define VMCB_WORD3	0x00c		/* exit codes 60h to 7Fh */
#define VMCB_WORD4	0x010		/* 80h to 9Fh */
#define VMCB_WORD5	0x014		/* A0h to BFh */
#define VMCB_IOPM	0x040
#define VMCB_MSRPM	0x048
#define VMCB_ASID	0x058
#define VMCB_TLB	0x05c
#define VMCB_INT_CTL	0x060
#define VMCB_INT_STATE	0x068
#define VMCB_EXITCODE	0x070
#define VMCB_EXITINFO1	0x078
#define VMCB_EXITINFO2	0x080
#define VMCB_EXITINTINFO 0x088
#define VMCB_NESTED	0x090
#define VMCB_GHCB	0x0a0
#define VMCB_EVENTINJ	0x0a8
#define VMCB_NCR3	0x0b0
#define VMCB_LBR	0x0b8
#define VMCB_NRIP	0x0c8
#define VMCB_FETCHED	0x0d0
#define VMCB_VMSA	0x108
#define VMCB_SEV_FEATURES 0x140
#define VMCB_SAVE	0x400

#define INT_VIRQ	BIT(8)
#define INT_MASKING	BIT(24)
#define INT_VECTOR(n)	((uint64_t)(n) << 32)
#define STATE_SHADOW	BIT(0)
#define STATE_GUEST_IF	BIT(1)
#define NESTED_NP	BIT(0)
#define NESTED_SEV	BIT(1)
#define NESTED_ES	BIT(2)
#define NESTED_INVLPGB	BIT(7)
#define LBR_ENABLE	BIT(0)

#define EVENT_VALID	BIT(31)
#define EVENT_ERROR(n)	(BIT(11) | (uint64_t)(n) << 32)
#define EVENT_INTR	(0ULL << 8)
#define EVENT_NMI	(2ULL << 8)
#define EVENT_EXCEPTION	(3ULL << 8)
#define EVENT_SOFT	(4ULL << 8)

/* Intercepts: the bit of an exit code in its word */
#define INTERCEPT(code)	BIT((code) & 31)

enum exit_code {
	EXIT_READ_DR7	= 0x27,
	EXIT_WRITE_DR7	= 0x37,
	EXIT_DB		= 0x41,
	EXIT_AC		= 0x51,
	EXIT_INTR	= 0x60,
	EXIT_NMI	= 0x61,
	EXIT_SMI	= 0x62,
	EXIT_INIT	= 0x63,
	EXIT_VINTR	= 0x64,
	EXIT_RDTSC	= 0x6e,
	EXIT_RDPMC	= 0x6f,
	EXIT_CPUID	= 0x72,
	EXIT_INVD	= 0x76,
	EXIT_PAUSE	= 0x77,
	EXIT_HLT	= 0x78,
	EXIT_IOIO	= 0x7b,
	EXIT_MSR	= 0x7c,
	EXIT_SHUTDOWN	= 0x7f,
	EXIT_VMRUN	= 0x80,
	EXIT_VMMCALL	= 0x81,
	EXIT_VMSAVE	= 0x83,
	EXIT_RDTSCP	= 0x87,
	EXIT_WBINVD	= 0x89,
	EXIT_MONITOR	= 0x8a,
	EXIT_MWAIT	= 0x8b,
	EXIT_XSETBV	= 0x8d,
	EXIT_EFER_TRAP	= 0x8f,
	EXIT_CR0_TRAP	= 0x90,
	EXIT_CR4_TRAP	= 0x94,
	EXIT_CR8_TRAP	= 0x98,
	EXIT_INVLPGB	= 0xa0,
	EXIT_INVLPGB_ILLEGAL = 0xa1,
	EXIT_TLBSYNC	= 0xa4,
	EXIT_NPF	= 0x400,
	EXIT_VMGEXIT	= 0x403,
	EXIT_INVALID	= -1,
	EXIT_BUSY	= -2,
};

/* EXITINFO1 of a nested page fault */
#define NPF_P		BIT(0)
#define NPF_W		BIT(1)
#define NPF_U		BIT(2)
#define NPF_RSVD	BIT(3)
#define NPF_ID		BIT(4)
#define NPF_RMP		BIT(31)
#define NPF_FINAL	BIT(32)
#define NPF_TABLES	BIT(33)
#define NPF_ENC		BIT(34)
#define NPF_SIZEM	BIT(35)
#define NPF_VMPL	BIT(36)
#define NPF_SSS		BIT(37)

/* Save area: in the VMCB (at VMCB_SAVE), in a VMSA and in the host's */
#define SAVE_ES		0x000
#define SAVE_CS		0x010
#define SAVE_SS		0x020
#define SAVE_DS		0x030
#define SAVE_FS		0x040
#define SAVE_GS		0x050
#define SAVE_GDTR	0x060
#define SAVE_LDTR	0x070
#define SAVE_IDTR	0x080
#define SAVE_TR		0x090
#define SAVE_VMPL	0x0ca
#define SAVE_CPL	0x0cb
#define SAVE_EFER	0x0d0
#define SAVE_XSS	0x140
#define SAVE_CR4	0x148
#define SAVE_CR3	0x150
#define SAVE_CR0	0x158
#define SAVE_DR7	0x160
#define SAVE_DR6	0x168
#define SAVE_RFLAGS	0x170
#define SAVE_RIP	0x178
#define SAVE_RSP	0x1d8
#define SAVE_RAX	0x1f8
#define SAVE_STAR	0x200
#define SAVE_LSTAR	0x208
#define SAVE_CSTAR	0x210
#define SAVE_SFMASK	0x218
#define SAVE_KERNEL_GS	0x220
#define SAVE_SYSENTER_CS 0x228
#define SAVE_SYSENTER_ESP 0x230
#define SAVE_SYSENTER_EIP 0x238
#define SAVE_CR2	0x240
#define SAVE_G_PAT	0x268
#define SAVE_DBGCTL	0x270
#define SAVE_BR_FROM	0x278
#define SAVE_BR_TO	0x280
/* No part of the VMCB from here on */
#define SAVE_PKRU	0x2e8
#define SAVE_RCX	0x308
#define SAVE_RDX	0x310
#define SAVE_RBX	0x318
#define SAVE_RBP	0x328
#define SAVE_RSI	0x330
#define SAVE_RDI	0x338
#define SAVE_R8		0x340
#define SAVE_EXITINFO1	0x390
#define SAVE_EXITINFO2	0x398
#define SAVE_EXITINTINFO 0x3a0
#define SAVE_NRIP	0x3a8
#define SAVE_FEATURES	0x3b0
#define SAVE_VINTR_CTRL	0x3b8
#define SAVE_EXITCODE	0x3c0
#define SAVE_XCR0	0x3e8
#define SAVE_MXCSR	0x408
#define SAVE_FTW	0x40c
#define SAVE_FSW	0x40e
#define SAVE_FCW	0x410
#define SAVE_X87	0x420
#define SAVE_XMM	0x470

#define FEATURE_SNP	BIT(0)
#define FEATURE_REFLECT_VC BIT(2)
#define VINTR_BUSY	BIT(63)

#define GUEST_EFER	0x1d00ULL	/* SVME, NXE, LMA, LME */
#define GUEST_CR0	0x80010031ULL
#define GUEST_CR4	0x20ULL
#define CR4_OSFXSR	BIT(9)
#define CR4_OSXSAVE	BIT(18)

extern uint8_t vmcb[PAGE_SIZE];
extern uint8_t hsave[PAGE_SIZE];	/* VM_HSAVE_PA */

static inline uint64_t vmcb_get(unsigned int field)
{
	return get64((uint64_t)vmcb + field);
}

static inline void vmcb_put(unsigned int field, uint64_t value)
{
	put64((uint64_t)vmcb + field, value);
}

static inline void vmcb_put32(unsigned int field, uint32_t value)
{
	put32((uint64_t)vmcb + field, value);
}

/* EFER.SVME; VM_HSAVE_PA has to wait until SNP_INIT was there. */
void svm_enable(void);
void svm_host_save_area(void);
/* No MSR is intercepted any more. */
void svm_open_msrs(void);
/* No I/O port is, or all are again. */
void svm_open_ports(bool open);

/* All that a hypervisor intercepts, as for a guest with this nested paging */
void vmcb_init(uint32_t asid, uint64_t nested, uint64_t ncr3);

/* Guest registers for 64-bit mode, in @save */
void save_init(void *save, uint64_t cr3, uint64_t rip, uint64_t rsp);
void save_put(void *save, unsigned int field, uint64_t value);
void save_segment(void *save, unsigned int field, uint16_t selector,
		  uint16_t attributes, uint32_t limit, uint64_t base);

/* Until #VMEXIT; the exit code, whole.  @block: where the host's GPRs go */
int64_t vmrun(void);
int64_t vmrun_at(void *the_vmcb, void *host_block);
/* The fault of VMRUN itself */
uint64_t probe_vmrun(uint64_t addr);

/* svm-run.S; @svm_after is where it goes on */
void svm_run(uint64_t vmcb_addr, void *host_block);
extern const uint8_t svm_after[];

/* Nested page tables: identity for 8 GiB by 2 MiB pages */
#define NPT_LEAF	0x067ULL
#define NPT_LARGE	0x0e7ULL
uint64_t npt_init(void);
/* The entry of the 1 GiB and of the 2 MiB that hold @gpa */
uint64_t *npt_huge(uint64_t gpa);
uint64_t *npt_large(uint64_t gpa);
/* Of 4 KiB; the table is made if need be, with nothing else changed */
uint64_t *npt_small(uint64_t gpa);

#endif
