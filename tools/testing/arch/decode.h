/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One instruction at a time in a guest without encryption, in each mode, with
 * chosen intercepts: what #VMEXIT says of it.
 */
#ifndef DECODE_H
#define DECODE_H

#include "guest.h"

#define INSN_MAX	15
#define CODE_PAGE	TEST_PAGE(40)
#define DATA_PAGE	TEST_PAGE(41)
/* CS and the data segments where their bases count: outside of 64-bit mode */
#define CS_BASE		CODE_PAGE
#define DS_BASE		(DATA_PAGE - 0x1000)
#define CODE_OFFSET	0x123

#define EXIT_EXCEPTION(vector)	(0x40 + (vector))
#define EXIT_NONE	EXIT_EXCEPTION(VECTOR_UD)	/* of the UD2 behind it */
#define MOV_CR		BIT(63)

enum mode_bits { REAL = 1, PROT16 = 2, PROT32 = 4, COMPAT = 8, LONG = 16 };
#define PROTECTED	(PROT16 | PROT32 | COMPAT | LONG)
#define LEGACY		(REAL | PROT16 | PROT32 | COMPAT)
#define EVERYWHERE	(REAL | PROTECTED)

struct mode {
	enum mode_bits bit;
	const char *name;
	uint64_t efer, cr0, cr4;
	uint16_t code;			/* attributes of CS */
	unsigned int size;		/* default of operands */
	unsigned int address;
};

extern const struct mode modes[];
#define NR_MODES	5

struct insn {
	uint8_t bytes[INSN_MAX];
	unsigned int len;
};

/* What a guest starts with beside its mode */
struct start {
	uint64_t value;			/* in all general registers */
	uint64_t cr4, dr7;		/* or'ed in */
	uint64_t cr3;			/* page tables of its own, if not 0 */
	uint64_t tables;		/* the same for GDT, IDT and TSS of 32-bit code: */
	unsigned int cpl;
	bool no_idt;			/* its limit is 0 */
};

#define TABLES_IDT	0x100
#define TABLES_TSS	0x400

/* What there was to say of the last instruction */
struct decoded {
	int64_t exit;
	uint64_t info1, info2, rip, nrip;
};
extern struct decoded d;

/* Once guests can run */
void decode_init(bool with_assists);
/* decode-rows.c */
void decode_rows(void);
/* No intercepts but VMRUN's, all exceptions' and SHUTDOWN's; then these */
void intercept_nothing(void);
void intercept(unsigned int exit_code);
void insn_add(struct insn *insn, uint8_t byte);
void decode(const struct mode *mode, const struct insn *insn, const struct start *start);

/*
 * The last instruction was left for @exit with @info1; nRIP is behind it.  Prints
 * what is otherwise.
 */
bool decoded_as(const struct mode *mode, const struct insn *insn, int64_t exit,
		uint64_t info1);
/* The same for an exception, which has no assists */
bool decoded_fault(const struct mode *mode, const struct insn *insn, unsigned int vector);
/* It was executed */
bool decoded_free(const struct mode *mode, const struct insn *insn);

/* decode-run.S */
void decode_run(uint64_t vmcb_addr, uint64_t value);

#endif
