/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that does one thing at a time for the host: it calls a function of
 * guest-code.S with the registers that a shared page says, puts there what
 * came of it, and does VMGEXIT.
 */
#ifndef GUEST_H
#define GUEST_H

/* The shared page, as guest-code.S knows it */
#define CALL_FN		0x00
#define CALL_RAX	0x08
#define CALL_RCX	0x10
#define CALL_RDX	0x18
#define CALL_OUT_RAX	0x20
#define CALL_OUT_RCX	0x28
#define CALL_OUT_RDX	0x30
#define CALL_OUT_FLAGS	0x38
#define CALL_VECTOR	0x40
#define CALL_ERROR	0x48
#define CALL_CR2	0x50
#define CALL_RIP	0x58
#define CALL_DONE	0x60
#define CALL_REGS	0x100		/* for guest-swap.S */

#define GUEST_STACK	0x90007000	/* of guest-code.S: PRIVATE(page 6) */

#ifndef __ASSEMBLER__
#include "psp.h"
#include "rmp.h"
#include "svm.h"

#define GUEST_ASID	1
#define OTHER_ASID	2

/*
 * All that is ever assigned is in these 2 MiB regions, which the host maps by
 * 4 KiB pages.  Guest physical addresses are system physical ones unless a
 * test wants it otherwise.
 */
#define GUEST_REGION	0x10000000ULL	/* tables, code, stack, VMSAs */
#define FW_REGION	0x10200000ULL	/* for the firmware */
#define TEST_REGION	0x10400000ULL	/* nested page tables of 4 KiB */
#define LARGE_REGION	0x10600000ULL	/* of 2 MiB */
#define OTHER_REGION	0x10800000ULL
#define GCTX		FW_REGION
#define FW_PAGE(n)	(FW_REGION + (n) * PAGE_SIZE)
#define TEST_PAGE(n)	(TEST_REGION + (n) * PAGE_SIZE)

/* Guest virtual addresses of the first GiB of guest physical ones */
#define SHARED(gpa)	((uint64_t)(gpa))
#define PRIVATE(gpa)	(0x80000000ULL | (gpa))
#define GVA_NOWHERE	0x40000000ULL	/* not present */
#define GVA_READ_ONLY	0xbfe00000ULL	/* private, of TEST_REGION */
#define GVA_HIGH	0xbfc00000ULL	/* private, of GPA_HIGH */
#define GPA_HIGH	(0x40000000ULL + OTHER_REGION)
#define GVA_SHARED_TABLE 0xc0000000ULL	/* of TEST_REGION, by this page: */
#define SHARED_TABLE	TEST_PAGE(500)

/* Where the guest keeps its interrupt table */
#define GUEST_TABLES	(GUEST_REGION + 7 * PAGE_SIZE)

#define GUEST_VMSAS_MAX	400
#define GUEST_VMSA(n)	(GUEST_REGION + (64 + (n)) * PAGE_SIZE)

/* What the last run brought */
struct guest_result {
	int64_t exit;
	uint64_t info1, info2;		/* of the exit */
	bool done;			/* the function ended */
	uint64_t fault;			/* FAULT(), if an exception ended it */
	uint64_t rax, rcx, rdx, flags, cr2, rip;
};

extern struct guest_result g;
extern uint8_t guest_page[PAGE_SIZE];	/* the shared page */

/* Enough for guests without encryption, on a machine that need not know SNP */
void plain_up(void);
/* All but SNP; SNP, up to where its guests can be launched; both */
void machine_up(void);
void snp_launchable(void);
void platform_up(void);
uint64_t c_bit(void);

/* The pages of a guest, in its memory, with this C-bit, and VMSAs of an SNP guest */
void guest_build(unsigned int nr_vmsas, uint64_t c);
/* Before the launch: what the guest's private page @gva of the first 2 MiB is */
void guest_map_low(uint64_t gva, uint64_t gpa);
/* What they hold; also for the VMCB, without @vmsa */
void guest_registers(void *save, bool vmsa);
/* For a VMCB of any guest */
uint64_t guest_ncr3(void);
/* An SNP launch: between the two, more pages with permissions for VMPL 1 to 3 */
void guest_launch_begin(uint64_t policy);
void guest_add_page(uint64_t spa, enum psp_page_type type, uint64_t perms);
void guest_launch_end(void);
/* All of it, and ready to run */
void guest_up(unsigned int nr_vmsas);

/*
 * Runs @fn in the guest.  When a run does not end in VMGEXIT the next one takes
 * the next VMSA.
 */
void guest_call(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx);
void guest_call_on(unsigned int nr_vmsa, const void *fn, uint64_t rax, uint64_t rcx,
		   uint64_t rdx);
/* Goes on after an exit */
void guest_resume(void);
/* Only says what to do; vmrun() may follow */
void guest_order(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx);
unsigned int guest_next_vmsa(void);
/* That of the last guest_call() */
unsigned int guest_last_vmsa(void);

/* The last call ended and gave these, or this happened instead */
bool guest_gave(uint64_t rax);
bool guest_faulted(uint64_t fault);
bool guest_left(int64_t exit);
/* #VMEXIT(NPF): all bits of EXITINFO1 and the address */
bool guest_npf(uint64_t info1, uint64_t gpa);

/* guest-code.S */
extern const uint8_t guest_begin[], guest_end[], guest_start[];
extern const uint64_t guest_stubs[32];
extern const uint8_t g_nop[], g_read[], g_write[], g_call[], g_pvalidate[], g_rmpadjust[],
	g_rmpupdate[], g_psmash[], g_rmpquery[], g_cpuid[], g_rdmsr[], g_wrmsr[], g_inb[],
	g_outb[], g_hlt[], g_pause[], g_rdtsc[], g_rdtscp[], g_rdpmc[], g_invd[], g_wbinvd[],
	g_vmmcall[], g_vmgexit_f2[], g_monitor[], g_mwait[], g_xsetbv[], g_read_dr7[],
	g_write_dr7[], g_ud2[], g_read_cr0[], g_write_cr0[], g_read_cr4[], g_write_cr4[],
	g_write_cr8[], g_shutdown[], g_sti_vmgexit[], g_sti_shadow[], g_interrupts_on[],
	g_spin[], g_vmsave[], g_step[], g_invlpgb[], g_tlbsync[], g_rescind_read[], g_pvalidate_32[],
	g_rmpadjust_32[], g_rmpread[], g_mark_spin[];

#endif
#endif
