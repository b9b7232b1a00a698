/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bad input: what snp-fuzz gives to the mailbox, to RMP instructions and to
 * VMRUN, and how it tidies up afterwards.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "guest.h"
#include "sev.h"

/*
 * All that is ever assigned is in here, the regions of guest.h and others,
 * from which nobody reads.
 */
#define WINDOW		GUEST_REGION
#define WINDOW_PAGES	(8 * PAGES_2M)
#define WINDOW_PAGE(n)	(WINDOW + (n) * PAGE_SIZE)
#define SPARE_REGION	0x10a00000ULL	/* of 2 MiB, and another one: */
#define TMR		0x10c00000ULL
#define TMR_FOR_GOOD	0x11000000ULL	/* no part of the window */
#define REGION_LARGE(n)	(LARGE_REGION + (n) * SIZE_2M)	/* 3 of them */

/* Above QEMU's RAM and firmware, where nothing is */
#define NOWHERE		0xd0000000ULL
/* The width that memory encryption leaves */
#define PHYS_BITS	43

/* fuzz-numbers.c: what follows from a seed */
void numbers_from(uint64_t seed);
uint64_t number(void);
uint32_t below(uint32_t n);
bool one_in(uint32_t n);
/* An address that means something, and a value that tends to break things */
uint64_t odd_place(void);
uint64_t odd_number(void);
void fill_random(void *to, size_t n);

/* fuzz-pages.c: back to what the program began with; false if that fails */
bool tidy_pages(void);
bool tidy_asids(void);
/* A 4 KiB page of the window into this state, whatever it is in; by the rules */
bool page_make(uint64_t spa, uint64_t gpa, uint32_t asid, bool immutable);
bool page_free(uint64_t spa);

/* fuzz-guests.c: guests that see nothing of the host but their own memory */
#define WORD4_SVM	(INTERCEPT(0x82) | INTERCEPT(0x83) | INTERCEPT(0x84) | \
			 INTERCEPT(0x85) | INTERCEPT(0x86)) /* VMLOAD to SKINIT */
#define SEV_ES_ASID	3		/* and one of plain SEV is CPUID's first */
extern uint64_t narrow_ncr3, empty_page;
void guests_init(void);
void guests_platform(void);
uint32_t guests_sev_asid(void);
/* Launches of SEV and SEV-ES guests; false if that fails */
bool sev_launch(uint32_t asid);
bool sev_es_launch(uint32_t asid, const uint64_t *vmsas, unsigned int nr);
bool sev_end(void);
/* Registers for some piece of guest-fuzz.S; a few of them changed at random */
void random_registers(void *save, bool vmsa);
/* VMRUN of a guest that must come back, if only by an interrupt; and any VMRUN */
void fuzz_note(int64_t code);
void fuzz_run(uint64_t addr);

/* What came of VMRUNs so far: exit codes in our VMCB, others, faults */
#define OUTCOMES	64
struct outcome {
	int64_t code;
	uint32_t count;
};
extern struct outcome outcomes[OUTCOMES];
extern uint32_t vmrun_faults, vmruns_elsewhere;

/* guest-fuzz.S */
#define FUZZ_SNIPPETS	28
extern const uint64_t fuzz_snippets[FUZZ_SNIPPETS];

/* The four kinds.  Each does one at a time and says whether the model held. */
struct fuzzer {
	const char *name;
	void (*once)(void);		/* before the first one */
	bool (*begin)(void);		/* of a block, and its end */
	bool (*one)(unsigned int nr);
	bool (*end)(void);
};
/* What came of made-up commands or RMPUPDATEs, by status or result */
extern uint32_t fuzzed_answers[PSP_STATUSES];

extern const struct fuzzer fuzz_mailbox, fuzz_rmp, fuzz_vmcb, fuzz_vmsa;

#endif
