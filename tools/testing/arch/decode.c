// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running one instruction in a guest without encryption.
 */
#include "decode.h"

#define ASID_PLAIN	600
#define EFER_LONG	0xd00ULL	/* NXE, LMA, LME */
#define CR0_REAL	0x10ULL
#define CR0_PROT	0x11ULL
#define CR0_LONG	0x80000011ULL
#define PAE		0x20ULL
#define CODE_16		0x09b
#define CODE_32		0xc9b
#define CODE_64		0xa9b
#define DATA		0xc93
#define TSS32_BUSY	0x8b
#define TSS32_LIMIT	0x87
#define DPL(cpl)	((cpl) << 5)

const struct mode modes[NR_MODES] = {
	{ REAL, "real mode", 0, CR0_REAL, 0, CODE_16, 16, 16 },
	{ PROT16, "16-bit protected mode", 0, CR0_PROT, 0, CODE_16, 16, 16 },
	{ PROT32, "32-bit protected mode", 0, CR0_PROT, 0, CODE_32, 32, 32 },
	{ COMPAT, "compatibility mode", EFER_LONG, CR0_LONG, PAE, CODE_32, 32, 32 },
	{ LONG, "64-bit mode", EFER_LONG, CR0_LONG, PAE, CODE_64, 32, 64 },
};

/* EXITINFO1 of IN and OUT, without what is a decode assist: the segment */
#define IO_NO_ASSIST	(~(7ULL << 10))

struct decoded d;

/* Else the CPU has no decode assists and no next RIP, and is not asked. */
static bool assists;

void decode_init(bool with_assists)
{
	assists = with_assists;
	guest_build(0, 0);
	vmcb_init(ASID_PLAIN, NESTED_NP, guest_ncr3());
	vmcb_put(VMCB_INT_CTL, 0);
}

void intercept_nothing(void)
{
	vmcb_put32(VMCB_CR, 0);
	vmcb_put32(VMCB_DR, 0);
	vmcb_put32(VMCB_EXCEPTIONS, 0xffffffff);
	vmcb_put32(VMCB_WORD3, INTERCEPT(EXIT_SHUTDOWN));
	vmcb_put32(VMCB_WORD4, INTERCEPT(EXIT_VMRUN));
}

void intercept(unsigned int exit_code)
{
	uint64_t word = (uint64_t)vmcb + exit_code / 32 * 4;

	put32(word, get32(word) | INTERCEPT(exit_code));
}

void insn_add(struct insn *insn, uint8_t byte)
{
	need(insn->len < INSN_MAX, "an instruction has 15 bytes");
	insn->bytes[insn->len++] = byte;
}

static void load(const struct mode *mode, const struct start *start)
{
	static const unsigned int data[] = { SAVE_ES, SAVE_SS, SAVE_DS };
	uint8_t *save = vmcb + VMCB_SAVE;
	bool flat = mode->bit == LONG;
	uint16_t dpl = DPL(start->cpl);

	guest_registers(save, false);
	save_segment(save, SAVE_CS, SEL_CODE | start->cpl, mode->code | dpl,
		     mode->size == 16 ? 0xffff : 0xffffffff, flat ? 0 : CS_BASE);
	for (unsigned int i = 0; i < ARRAY_SIZE(data); i++)
		save_segment(save, data[i], SEL_DATA | start->cpl, DATA | dpl, 0xffffffff,
			     flat ? 0 : DS_BASE);
	*(volatile uint8_t *)(save + SAVE_CPL) = start->cpl;
	save_put(save, SAVE_EFER, EFER_SVME | mode->efer);
	save_put(save, SAVE_CR0, mode->cr0);
	save_put(save, SAVE_CR4, mode->cr4 | start->cr4);
	save_put(save, SAVE_DR7, 0x400 | start->dr7);
	if (start->cr3)
		save_put(save, SAVE_CR3, start->cr3);
	save_put(save, SAVE_RIP, CODE_OFFSET + (flat ? CODE_PAGE : 0));
	save_put(save, SAVE_RSP, 0x1800);
	save_put(save, SAVE_RAX, start->value);
	if (start->tables) {
		save_segment(save, SAVE_GDTR, 0, 0, TABLES_IDT - 1, start->tables);
		save_segment(save, SAVE_IDTR, 0, 0, 32 * 8 - 1, start->tables + TABLES_IDT);
		save_segment(save, SAVE_TR, SEL_TSS, TSS32_BUSY, TSS32_LIMIT,
			     start->tables + TABLES_TSS);
	}
	if (start->no_idt)
		save_segment(save, SAVE_IDTR, 0, 0, 0, 0);
}

/* TR, which VMRUN leaves alone */
static void vmload(uint64_t addr)
{
	asm volatile("vmload %%rax" : : "a" (addr) : "memory");
}

void decode(const struct mode *mode, const struct insn *insn, const struct start *start)
{
	volatile uint8_t *code = (volatile uint8_t *)(CODE_PAGE + CODE_OFFSET);

	for (unsigned int i = 0; i < insn->len; i++)
		code[i] = insn->bytes[i];
	code[insn->len] = 0x0f;
	code[insn->len + 1] = 0x0b;
	load(mode, start);
	if (start->tables)
		vmload((uint64_t)vmcb);
	decode_run((uint64_t)vmcb, start->value);
	if (start->tables)
		vmload((uint64_t)hsave);
	d.exit = vmcb_get(VMCB_EXITCODE);
	d.info1 = vmcb_get(VMCB_EXITINFO1);
	d.info2 = vmcb_get(VMCB_EXITINFO2);
	d.nrip = vmcb_get(VMCB_NRIP);
	d.rip = vmcb_get(VMCB_SAVE + SAVE_RIP);
}

static bool as_said(bool yes, const struct mode *mode, const struct insn *insn)
{
	if (yes)
		return true;
	print("# in ");
	print(mode->name);
	for (unsigned int i = 0; i < insn->len; i++) {
		print(" ");
		print_hex(insn->bytes[i]);
	}
	print(": exit ");
	print_hex(d.exit);
	print(" info ");
	print_hex(d.info1);
	print(" rip ");
	print_hex(d.rip);
	print(" nrip ");
	print_hex(d.nrip);
	print("\n");
	return false;
}

static uint64_t rip_of(const struct mode *mode)
{
	return CODE_OFFSET + (mode->bit == LONG ? CODE_PAGE : 0);
}

bool decoded_as(const struct mode *mode, const struct insn *insn, int64_t exit,
		uint64_t info1)
{
	uint64_t rip = rip_of(mode);

	if (!assists)
		return as_said(d.exit == exit && d.rip == rip &&
			       (exit != EXIT_IOIO || !((d.info1 ^ info1) & IO_NO_ASSIST)),
			       mode, insn);
	return as_said(d.exit == exit && d.info1 == info1 && d.rip == rip &&
		       d.nrip == rip + insn->len, mode, insn);
}

bool decoded_fault(const struct mode *mode, const struct insn *insn, unsigned int vector)
{
	return as_said(d.exit == EXIT_EXCEPTION(vector) && d.rip == rip_of(mode) && !d.nrip,
		       mode, insn);
}

bool decoded_free(const struct mode *mode, const struct insn *insn)
{
	return as_said(d.exit == EXIT_NONE && d.rip == rip_of(mode) + insn->len, mode, insn);
}
