// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit codes and decode assists of every instruction that a hypervisor can intercept,
 * in 16-, 32- and 64-bit code: APM volume 2, 15.8 to 15.11.  An ordinary guest of the
 * host runs each of them with its own intercept and no other.
 */
#include "decode.h"

#define LOCK		0xf0
#define CR0_ET		BIT(4)
#define CR0_TS		BIT(3)
#define CR0_WP		BIT(16)
#define CR4_TSD		BIT(2)
#define CR4_DE		BIT(3)
#define CR4_PAE		BIT(5)
#define CR0_PAGING	0x80000011ULL
#define CODE_32		0xc9b
#define PTE_P		BIT(0)
#define PTE_RW		BIT(1)
#define PTE_A		BIT(5)
#define PTE_PS		BIT(7)
#define PAE_POINTERS	TEST_PAGE(42)
#define PAE_DIRECTORY	TEST_PAGE(43)
#define LEGACY_TABLES	TEST_PAGE(44)
#define INTERRUPT_GATE	0x8e00ULL
#define TSS32_ESP0	0x04
#define TSS32_SS0	0x08
#define TSS32_BITMAP	0x66
#define TSS32_SIZE	0x68
#define DR7_GD		BIT(13)
#define VECTOR_DB	1
#define VECTOR_BP	3
#define VECTOR_DF	8
#define MSR_FS_BASE	0xc0000100

#define EXIT_WRITE_CR0	0x10
#define EXIT_READ_DR0	0x20
#define EXIT_WRITE_DR0	0x30
#define EXIT_CR0_SEL	0x65
#define EXIT_SWINT	0x75
#define EXIT_INVLPG	0x79

/* Of MOV to and from CRn and DRn, by the opcode 20h to 23h */
#define IS_DR(opcode)	((opcode) & 1)
#define IS_WRITE(opcode) ((opcode) & 2)
static const unsigned int first_exit[] = { 0, EXIT_READ_DR0, EXIT_WRITE_CR0, EXIT_WRITE_DR0 };

static const uint8_t prefixes[] = { 0, 0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x64, LOCK };

static const struct start anything;

/* A value that is legal for the register */
static uint64_t value_for(const struct mode *mode, bool dr, unsigned int reg)
{
	if (dr)
		return reg >= 4 ? 0x400 : 0x1000;
	switch (reg) {
	case 0:
		return mode->cr0;
	case 3:
		return GUEST_REGION;
	case 4:
		return mode->cr4;
	default:
		return 0;
	}
}

static bool reg_exists(bool dr, unsigned int reg)
{
	return dr ? reg < 8 : reg == 0 || reg == 2 || reg == 3 || reg == 4 || reg == 8;
}

/* One encoding of MOV CRn or DRn */
static bool mov_is_right(const struct mode *mode, uint8_t prefix, uint8_t rex, uint8_t opcode,
			 uint8_t modrm)
{
	unsigned int reg = (modrm >> 3 & 7) | (rex & 4) << 1;
	unsigned int gpr = (modrm & 7) | (rex & 1) << 3;
	unsigned int exit = first_exit[opcode & 3];
	struct start start = anything;
	struct insn insn = { .len = 0 };
	bool dr = IS_DR(opcode), legal = reg_exists(dr, reg);

	if (prefix)
		insn_add(&insn, prefix);
	if (rex)
		insn_add(&insn, rex);
	insn_add(&insn, 0x0f);
	insn_add(&insn, opcode);
	insn_add(&insn, modrm);
	if (prefix == LOCK) {
		legal = !dr && !reg;
		reg = 8;
	}
	/* RSP is the stack's, whatever the value is. */
	start.value = value_for(mode, dr, reg);
	intercept_nothing();
	if (reg < 16)
		intercept(exit + reg);
	decode(mode, &insn, &start);
	return legal ? decoded_as(mode, &insn, exit + reg, dr ? gpr : MOV_CR | gpr) :
	       decoded_fault(mode, &insn, VECTOR_UD);
}

/* All registers and operands with one prefix; LOCK with REX.R says CR8 twice. */
static bool mov_all(const struct mode *mode, uint8_t prefix, uint8_t rex, uint8_t opcode)
{
	if (prefix == LOCK && rex & 4)
		return true;
	for (unsigned int modrm = 0; modrm < 256; modrm++)
		if (!mov_is_right(mode, prefix, rex, opcode, modrm))
			return false;
	return true;
}

static bool mov_opcode(const struct mode *mode, uint8_t opcode)
{
	bool ok = true;

	for (unsigned int i = 0; ok && i < ARRAY_SIZE(prefixes); i++) {
		ok = mov_all(mode, prefixes[i], 0, opcode);
		for (unsigned int rex = 0x40; ok && mode->bit == LONG && rex < 0x50; rex++)
			ok = mov_all(mode, prefixes[i], rex, opcode);
	}
	return ok;
}

static void test_mov(const struct mode *mode)
{
	tap_ok(mov_opcode(mode, 0x20), "vm-12.01", mode->name);
	tap_ok(mov_opcode(mode, 0x22), "vm-12.02", mode->name);
	tap_ok(mov_opcode(mode, 0x21), "vm-12.03", mode->name);
	tap_ok(mov_opcode(mode, 0x23), "vm-12.04", mode->name);
}

/* SMSW, LMSW and CLTS: of each operand, register and memory */
static bool msw_is_right(const struct mode *mode, uint8_t prefix, unsigned int slash,
			 unsigned int exit)
{
	for (unsigned int i = 0; i < 9; i++) {
		struct start start = { .value = mode->cr0 & 0xffff };
		struct insn insn = { .len = 0 };

		if (prefix)
			insn_add(&insn, prefix);
		insn_add(&insn, 0x0f);
		insn_add(&insn, 0x01);
		insn_add(&insn, i < 8 ? 0xc0 | slash << 3 | i : 0x07 | slash << 3);
		intercept_nothing();
		intercept(exit);
		decode(mode, &insn, &start);
		if (!decoded_as(mode, &insn, exit, 0))
			return false;
	}
	return true;
}

static bool clts_is_right(const struct mode *mode)
{
	static const struct insn clts = { { 0x0f, 0x06 }, 2 };

	intercept_nothing();
	intercept(EXIT_WRITE_CR0);
	decode(mode, &clts, &anything);
	return decoded_as(mode, &clts, EXIT_WRITE_CR0, 0);
}

static void test_msw(const struct mode *mode)
{
	bool smsw = true, lmsw = true;

	for (unsigned int i = 0; i < 3; i++) {
		smsw &= msw_is_right(mode, prefixes[i], 4, 0);
		lmsw &= msw_is_right(mode, prefixes[i], 6, EXIT_WRITE_CR0);
	}
	tap_ok(smsw, "vm-12.05", mode->name);
	tap_ok(lmsw && clts_is_right(mode), "vm-12.06", mode->name);
}

/* MOV CR0, EBX with this value, and these intercepts */
static void mov_cr0(const struct mode *mode, uint64_t value, bool both)
{
	static const struct insn mov = { { 0x0f, 0x22, 0xc3 }, 3 };
	struct start start = { .value = value };

	intercept_nothing();
	intercept(EXIT_CR0_SEL);
	if (both)
		intercept(EXIT_WRITE_CR0);
	decode(mode, &mov, &start);
	tap_ok(both ? decoded_as(mode, &mov, EXIT_WRITE_CR0, MOV_CR | 3) :
	       value & CR0_WP ? decoded_as(mode, &mov, EXIT_CR0_SEL, MOV_CR | 3) :
	       decoded_free(mode, &mov), "vm-12.07", mode->name);
}

static void test_selective(const struct mode *mode)
{
	static const struct insn lmsw = { { 0x0f, 0x01, 0xf3 }, 3 }, clts = { { 0x0f, 0x06 }, 2 };
	struct start start = { .value = mode->cr0 };

	mov_cr0(mode, mode->cr0 | CR0_TS, false);
	mov_cr0(mode, mode->cr0 | CR0_WP, false);
	mov_cr0(mode, mode->cr0 | CR0_WP, true);
	intercept_nothing();
	intercept(EXIT_CR0_SEL);
	decode(mode, &clts, &start);
	tap_ok(decoded_free(mode, &clts), "vm-12.07", "CLTS has no selective intercept");
	decode(mode, &lmsw, &start);
	tap_ok(decoded_as(mode, &lmsw, EXIT_CR0_SEL, 0), "vm-12.08", mode->name);
}

/* Instructions without more operands than these bytes */
static const struct simple {
	const char *name;
	struct insn insn;
	unsigned int exit, modes;
	uint64_t info1;
} simple[] = {
	{ "SIDT", { { 0x0f, 0x01, 0x0f }, 3 }, 0x66, EVERYWHERE, 0 },
	{ "SGDT", { { 0x0f, 0x01, 0x07 }, 3 }, 0x67, EVERYWHERE, 0 },
	{ "SLDT", { { 0x0f, 0x00, 0xc1 }, 3 }, 0x68, PROTECTED, 0 },
	{ "STR", { { 0x0f, 0x00, 0xc9 }, 3 }, 0x69, PROTECTED, 0 },
	{ "LIDT", { { 0x0f, 0x01, 0x1f }, 3 }, 0x6a, EVERYWHERE, 0 },
	{ "LGDT", { { 0x0f, 0x01, 0x17 }, 3 }, 0x6b, EVERYWHERE, 0 },
	{ "LLDT", { { 0x0f, 0x00, 0xd1 }, 3 }, 0x6c, PROTECTED, 0 },
	{ "LTR", { { 0x0f, 0x00, 0xd9 }, 3 }, 0x6d, PROTECTED, 0 },
	{ "RDTSC", { { 0x0f, 0x31 }, 2 }, 0x6e, EVERYWHERE, 0 },
	{ "RDPMC", { { 0x0f, 0x33 }, 2 }, 0x6f, EVERYWHERE, 0 },
	{ "PUSHF", { { 0x9c }, 1 }, 0x70, EVERYWHERE, 0 },
	{ "POPF", { { 0x9d }, 1 }, 0x71, EVERYWHERE, 0 },
	{ "CPUID", { { 0x0f, 0xa2 }, 2 }, 0x72, EVERYWHERE, 0 },
	{ "RSM", { { 0x0f, 0xaa }, 2 }, 0x73, EVERYWHERE, 0 },
	{ "IRET", { { 0xcf }, 1 }, 0x74, EVERYWHERE, 0 },
	{ "INT 80h", { { 0xcd, 0x80 }, 2 }, EXIT_SWINT, EVERYWHERE, 0x80 },
	{ "INT 3", { { 0xcd, 0x03 }, 2 }, EXIT_SWINT, EVERYWHERE, 3 },
	{ "INT3", { { 0xcc }, 1 }, EXIT_EXCEPTION(VECTOR_BP), EVERYWHERE, 0 },
	{ "INVD", { { 0x0f, 0x08 }, 2 }, 0x76, EVERYWHERE, 0 },
	{ "PAUSE", { { 0xf3, 0x90 }, 2 }, 0x77, EVERYWHERE, 0 },
	{ "HLT", { { 0xf4 }, 1 }, 0x78, EVERYWHERE, 0 },
	{ "INVLPGA", { { 0x0f, 0x01, 0xdf }, 3 }, 0x7a, PROTECTED, 0 },
	{ "RDMSR", { { 0x0f, 0x32 }, 2 }, 0x7c, EVERYWHERE, 0 },
	{ "WRMSR", { { 0x0f, 0x30 }, 2 }, 0x7c, EVERYWHERE, 1 },
	{ "VMRUN", { { 0x0f, 0x01, 0xd8 }, 3 }, 0x80, PROTECTED, 0 },
	{ "VMMCALL", { { 0x0f, 0x01, 0xd9 }, 3 }, 0x81, EVERYWHERE, 0 },
	{ "VMLOAD", { { 0x0f, 0x01, 0xda }, 3 }, 0x82, PROTECTED, 0 },
	{ "VMSAVE", { { 0x0f, 0x01, 0xdb }, 3 }, 0x83, PROTECTED, 0 },
	{ "STGI", { { 0x0f, 0x01, 0xdc }, 3 }, 0x84, PROTECTED, 0 },
	{ "CLGI", { { 0x0f, 0x01, 0xdd }, 3 }, 0x85, PROTECTED, 0 },
	{ "SKINIT", { { 0x0f, 0x01, 0xde }, 3 }, 0x86, PROTECTED, 0 },
	{ "RDTSCP", { { 0x0f, 0x01, 0xf9 }, 3 }, 0x87, EVERYWHERE, 0 },
	{ "ICEBP", { { 0xf1 }, 1 }, 0x88, EVERYWHERE, 0 },
	{ "WBINVD", { { 0x0f, 0x09 }, 2 }, 0x89, EVERYWHERE, 0 },
	{ "WBNOINVD", { { 0xf3, 0x0f, 0x09 }, 3 }, 0x89, EVERYWHERE, 0 },
	{ "MONITOR", { { 0x0f, 0x01, 0xc8 }, 3 }, 0x8a, EVERYWHERE, 0 },
	{ "MWAIT", { { 0x0f, 0x01, 0xc9 }, 3 }, 0x8b, EVERYWHERE, 0 },
	{ "XSETBV", { { 0x0f, 0x01, 0xd1 }, 3 }, 0x8d, EVERYWHERE, 0 },
};

static bool simple_is_right(const struct mode *mode, const struct simple *s)
{
	static const struct start start = { .cr4 = CR4_OSXSAVE };	/* for XSETBV */

	intercept_nothing();
	intercept(s->exit);
	decode(mode, &s->insn, &start);
	return s->modes & mode->bit ? decoded_as(mode, &s->insn, s->exit, s->info1) :
	       decoded_fault(mode, &s->insn, VECTOR_UD);
}

static void test_simple(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(simple); i++) {
		const struct simple *s = &simple[i];
		bool ok = true;

		for (unsigned int m = 0; m < NR_MODES; m++)
			ok &= simple_is_right(&modes[m], s);
		tap_ok(ok, "vm-12.09", s->name);
	}
}

/* RDTSCP is none of RDTSC's */
static void test_rdtsc(void)
{
	static const struct insn rdtscp = { { 0x0f, 0x01, 0xf9 }, 3 };

	intercept_nothing();
	intercept(EXIT_RDTSC);
	decode(&modes[NR_MODES - 1], &rdtscp, &anything);
	tap_ok(decoded_free(&modes[NR_MODES - 1], &rdtscp), "vm-12.09",
	       "RDTSCP does not check RDTSC's intercept");
}

/* IN, OUT, INS and OUTS of each size and segment: EXITINFO1 and the next RIP */
struct io {
	uint8_t opcode;
	bool immediate;
};

static uint64_t io_info(const struct mode *mode, const struct io *io, uint8_t prefix,
			uint8_t segment, bool rex_w)
{
	static const uint8_t overrides[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };
	bool in = !(io->opcode & 2), string = io->opcode < 0x70;
	unsigned int size = 8, address = mode->address, seg = 3;

	if (io->opcode & 1)
		size = prefix == 0x66 && !rex_w ? 48 - mode->size : mode->size;
	if (prefix == 0x67)
		address = mode->bit == LONG ? 32 : 48 - mode->address;
	for (unsigned int i = 0; i < ARRAY_SIZE(overrides); i++)
		if (segment == overrides[i] && (i >= 4 || mode->bit != LONG))
			seg = i;
	if (in)
		seg = 0;
	return in | string << 2 | (string && prefix == 0xf3) << 3 | size << 1 | address << 3 |
	       (string ? seg << 10 : 0) | 0x34 << 16;
}

static bool io_is_right(const struct mode *mode, const struct io *io, uint8_t prefix,
			uint8_t segment, bool rex_w)
{
	struct start start = { .value = 0x34 };
	struct insn insn = { .len = 0 };

	if (prefix)
		insn_add(&insn, prefix);
	if (segment)
		insn_add(&insn, segment);
	if (rex_w)
		insn_add(&insn, 0x48);
	insn_add(&insn, io->opcode);
	if (io->immediate)
		insn_add(&insn, 0x34);
	intercept_nothing();
	intercept(EXIT_IOIO);
	decode(mode, &insn, &start);
	return decoded_as(mode, &insn, EXIT_IOIO, io_info(mode, io, prefix, segment, rex_w)) &&
	       d.info2 == d.rip + insn.len;
}

static void test_io(const struct mode *mode)
{
	static const struct io ios[] = {
		{ 0xe4, true }, { 0xe5, true }, { 0xe6, true }, { 0xe7, true }, { 0xec, false },
		{ 0xed, false }, { 0xee, false }, { 0xef, false }, { 0x6c, false },
		{ 0x6d, false }, { 0x6e, false }, { 0x6f, false },
	};
	static const uint8_t segments[] = { 0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };
	static const uint8_t others[] = { 0, 0x66, 0x67, 0xf3 };
	bool ok = true;

	for (unsigned int i = 0; i < ARRAY_SIZE(ios); i++)
		for (unsigned int p = 0; p < ARRAY_SIZE(others); p++)
			for (unsigned int s = 0; ok && s < ARRAY_SIZE(segments); s++)
				ok = io_is_right(mode, &ios[i], others[p], segments[s], false) &&
				     (mode->bit != LONG ||
				      io_is_right(mode, &ios[i], others[p], segments[s], true));
	tap_ok(ok, "vm-12.10", mode->name);
}

/* INVLPG with this ModRM byte and displacement; all registers hold @value */
static bool invlpg_gives(const struct mode *mode, uint8_t prefix, uint8_t modrm, uint64_t value,
			 uint64_t address)
{
	struct start start = { .value = value };
	struct insn insn = { .len = 0 };

	if (prefix)
		insn_add(&insn, prefix);
	insn_add(&insn, 0x0f);
	insn_add(&insn, 0x01);
	insn_add(&insn, modrm);
	insn_add(&insn, 0x10);
	intercept_nothing();
	intercept(EXIT_INVLPG);
	decode(mode, &insn, &start);
	return decoded_as(mode, &insn, EXIT_INVLPG, address);
}

#define INVLPG_BX8	0x7f		/* in 16-bit code: [BX + disp8] */
#define INVLPG_RBX8	0x7b

static bool invlpg_is_right(const struct mode *mode)
{
	uint64_t high = 0x123456789000;

	if (mode->bit == LONG)
		return invlpg_gives(mode, 0, INVLPG_RBX8, high, high + 0x10) &&
		       invlpg_gives(mode, 0x67, INVLPG_RBX8, high, 0x56789010) &&
		       invlpg_gives(mode, 0x64, INVLPG_RBX8, high, high + 0x10 + 0x7000) &&
		       invlpg_gives(mode, 0x2e, INVLPG_RBX8, high, high + 0x10);
	if (mode->size == 32)
		return invlpg_gives(mode, 0, INVLPG_RBX8, high, 0x56789010 + DS_BASE) &&
		       invlpg_gives(mode, 0, INVLPG_RBX8, -0x20, DS_BASE - 0x10) &&
		       invlpg_gives(mode, 0x67, INVLPG_BX8, high, 0x9010 + DS_BASE) &&
		       invlpg_gives(mode, 0x2e, INVLPG_RBX8, 0x1000, 0x1010 + CS_BASE);
	return invlpg_gives(mode, 0, INVLPG_BX8, high, 0x9010 + DS_BASE) &&
	       invlpg_gives(mode, 0, INVLPG_BX8, 0xfff8, 8 + DS_BASE) &&
	       invlpg_gives(mode, 0x67, INVLPG_RBX8, 0x2000, 0x2010 + DS_BASE) &&
	       invlpg_gives(mode, 0x2e, INVLPG_BX8, 0x1000, 0x1010 + CS_BASE);
}

static void test_invlpg(const struct mode *mode)
{
	/* VMRUN leaves FS alone. */
	wrmsr(MSR_FS_BASE, 0x7000);
	tap_ok(invlpg_is_right(mode), "vm-12.11", mode->name);
}

/* What faults before it can be intercepted: 64-bit code, all intercepts set */
static const struct early {
	const char *name;
	struct insn insn;
	struct start start;
	unsigned int exit, vector;
} early[] = {
	{ "MOV CR0 in user mode", { { 0x0f, 0x20, 0xc3 }, 3 }, { .cpl = 3 }, 0, VECTOR_GP },
	{ "MOV to CR4 in user mode", { { 0x0f, 0x22, 0xe3 }, 3 }, { .cpl = 3 }, 0x14, VECTOR_GP },
	{ "MOV DR0 in user mode", { { 0x0f, 0x21, 0xc3 }, 3 }, { .cpl = 3 }, 0x20, VECTOR_GP },
	{ "CLTS in user mode", { { 0x0f, 0x06 }, 2 }, { .cpl = 3 }, 0x10, VECTOR_GP },
	{ "LMSW in user mode", { { 0x0f, 0x01, 0xf3 }, 3 }, { .cpl = 3 }, 0x10, VECTOR_GP },
	{ "HLT in user mode", { { 0xf4 }, 1 }, { .cpl = 3 }, EXIT_HLT, VECTOR_GP },
	{ "INVD in user mode", { { 0x0f, 0x08 }, 2 }, { .cpl = 3 }, EXIT_INVD, VECTOR_GP },
	{ "WBINVD in user mode", { { 0x0f, 0x09 }, 2 }, { .cpl = 3 }, EXIT_WBINVD, VECTOR_GP },
	{ "WBNOINVD in user mode", { { 0xf3, 0x0f, 0x09 }, 3 }, { .cpl = 3 }, EXIT_WBINVD,
	  VECTOR_GP },
	{ "RDMSR in user mode", { { 0x0f, 0x32 }, 2 }, { .cpl = 3 }, EXIT_MSR, VECTOR_GP },
	{ "RDTSCP with CR4.TSD", { { 0x0f, 0x01, 0xf9 }, 3 }, { .cpl = 3, .cr4 = CR4_TSD },
	  EXIT_RDTSCP, VECTOR_GP },
	{ "XSETBV without CR4.OSXSAVE", { { 0x0f, 0x01, 0xd1 }, 3 }, { .cpl = 0 }, 0x8d,
	  VECTOR_UD },
	{ "XSETBV in user mode is none", { { 0x0f, 0x01, 0xd1 }, 3 },
	  { .cpl = 3, .cr4 = CR4_OSXSAVE }, 0x8d, 0 },
	{ "VMMCALL is no exception", { { 0x0f, 0x01, 0xd9 }, 3 }, { .cpl = 3 }, EXIT_VMMCALL, 0 },
	{ "read of DR4 with CR4.DE", { { 0x0f, 0x21, 0xe3 }, 3 }, { .cr4 = CR4_DE }, 0x24,
	  VECTOR_UD },
	{ "write of DR5 with CR4.DE", { { 0x0f, 0x23, 0xeb }, 3 }, { .cr4 = CR4_DE }, 0x35,
	  VECTOR_UD },
	{ "read of DR0 with DR7.GD", { { 0x0f, 0x21, 0xc3 }, 3 }, { .dr7 = DR7_GD }, 0x20,
	  VECTOR_DB },
	{ "write of DR7 with DR7.GD", { { 0x0f, 0x23, 0xfb }, 3 }, { .dr7 = DR7_GD }, 0x37,
	  VECTOR_DB },
	{ "write of DR6's upper half", { { 0x0f, 0x23, 0xf3 }, 3 }, { .value = BIT(32) }, 0x36,
	  VECTOR_GP },
	{ "a reserved bit for CR3, not intercepted", { { 0x0f, 0x22, 0xdb }, 3 },
	  { .value = BIT(62) }, EXIT_INVD, VECTOR_GP },
	{ "a reserved bit for CR4, not intercepted", { { 0x0f, 0x22, 0xe3 }, 3 },
	  { .value = BIT(40) | CR4_PAE }, EXIT_INVD, VECTOR_GP },
};

static void test_early(void)
{
	const struct mode *mode = &modes[NR_MODES - 1];

	for (unsigned int i = 0; i < ARRAY_SIZE(early); i++) {
		const struct early *e = &early[i];

		intercept_nothing();
		intercept(e->exit);
		decode(mode, &e->insn, &e->start);
		tap_ok(e->vector ? decoded_fault(mode, &e->insn, e->vector) :
		       decoded_as(mode, &e->insn, e->exit, 0), "vm-12.12", e->name);
	}
}

/* #UD finds no interrupt table, nor does the #GP that comes of that. */
static void test_double_fault(void)
{
	static const struct insn ud2 = { { 0x0f, 0x0b }, 2 };
	static const struct start start = { .no_idt = true };

	intercept_nothing();
	vmcb_put32(VMCB_EXCEPTIONS, BIT(VECTOR_DF));
	decode(&modes[NR_MODES - 1], &ud2, &start);
	tap_ok(d.exit == EXIT_EXCEPTION(VECTOR_DF), "vm-12.13", "two exceptions: exit code 48h");
	vmcb_put32(VMCB_EXCEPTIONS, 0);
	decode(&modes[NR_MODES - 1], &ud2, &start);
	tap_ok(d.exit == EXIT_SHUTDOWN, "vm-12.13", "without the intercept of #DF: SHUTDOWN");
}

/* What EXITINTINFO says of events that find no interrupt table, in 64-bit code */
static void test_intinfo(void)
{
	static const struct {
		const char *name;
		struct insn insn;
		uint64_t event;
	} raise[] = {
		{ "INT 80h is a software interrupt", { { 0xcd, 0x80 }, 2 }, EVENT_SOFT | 0x80 },
		{ "INT 0Dh as well, without an error code", { { 0xcd, 0x0d }, 2 },
		  EVENT_SOFT | VECTOR_GP },
		{ "INT3 is an exception", { { 0xcc }, 1 }, EVENT_EXCEPTION | VECTOR_BP },
		{ "#UD is one", { { 0x0f, 0x0b }, 2 }, EVENT_EXCEPTION | VECTOR_UD },
		{ "the #GP of HLT in user mode has an error code", { { 0xf4 }, 1 },
		  EVENT_EXCEPTION | VECTOR_GP | EVENT_ERROR(0) },
	};
	static const struct start user = { .cpl = 3 };

	intercept_nothing();
	vmcb_put32(VMCB_EXCEPTIONS, 0);
	*npt_small(GUEST_TABLES) = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(raise); i++) {
		decode(&modes[NR_MODES - 1], &raise[i].insn,
		       raise[i].event & EVENT_ERROR(0) ? &user : &anything);
		tap_ok(d.exit == EXIT_NPF &&
		       vmcb_get(VMCB_EXITINTINFO) == (EVENT_VALID | raise[i].event), "vm-1.08",
		       raise[i].name);
	}
	*npt_small(GUEST_TABLES) = GUEST_TABLES | NPT_LEAF;
}

/* The entry of the page directory has an accessed bit, the one that points to it has none. */
static void test_legacy_pae(void)
{
	static const struct mode mode = {
		PROT32, "legacy PAE paging", 0, CR0_PAGING, CR4_PAE, CODE_32, 32, 32
	};
	static const struct insn nop = { { 0x90 }, 1 };
	static const struct start start = { .cr3 = PAE_POINTERS };
	uint64_t entry = PAE_DIRECTORY + CODE_PAGE / SIZE_2M * 8;

	memset((void *)PAE_POINTERS, 0, PAGE_SIZE);
	memset((void *)PAE_DIRECTORY, 0, PAGE_SIZE);
	put64(PAE_POINTERS, PAE_DIRECTORY | PTE_P);
	put64(entry, (CODE_PAGE & ~(SIZE_2M - 1)) | PTE_P | PTE_RW | PTE_PS);
	intercept_nothing();
	decode(&mode, &nop, &start);
	tap_ok(decoded_free(&mode, &nop) && get64(entry) & PTE_A, "vm-12.14",
	       "legacy PAE: the page directory was used");
	tap_value(get64(PAE_POINTERS), PAE_DIRECTORY | PTE_P, "vm-12.14",
		  "and what points to it is as it was");
}

/* A GDT, #UD's gate to a HLT, a stack for it, and a bitmap that lets user mode do I/O */
static void build_tables(uint64_t page)
{
	uint64_t handler = page + 0x600, tss = page + TABLES_TSS;

	memset((void *)page, 0, PAGE_SIZE);
	put64(page + SEL_CODE, 0x00cf9b000000ffff);
	put64(page + SEL_DATA, 0x00cf93000000ffff);
	put64(page + TABLES_IDT + VECTOR_UD * 8, (handler & 0xffff) | SEL_CODE << 16 |
	      INTERRUPT_GATE << 32 | handler >> 16 << 48);
	put32(tss + TSS32_ESP0, page + PAGE_SIZE);
	put32(tss + TSS32_SS0, SEL_DATA);
	put32(tss + TSS32_BITMAP - 2, TSS32_SIZE << 16);
	*(volatile uint8_t *)handler = 0xf4;
}

static void test_busy_tss(void)
{
	static const struct insn nop = { { 0x90 }, 1 }, in = { { 0xe4, 0x10 }, 2 };
	static const struct start user = { .cpl = 3, .tables = LEGACY_TABLES };
	const struct mode *mode = &modes[2];

	build_tables(LEGACY_TABLES);
	intercept_nothing();
	intercept(EXIT_HLT);
	vmcb_put32(VMCB_EXCEPTIONS, (uint32_t)~BIT(VECTOR_UD));
	decode(mode, &nop, &user);
	tap_value(d.exit, EXIT_HLT, "vm-12.15", "an exception takes its stack from a busy TSS");
	intercept_nothing();
	decode(mode, &in, &user);
	tap_ok(decoded_free(mode, &in), "vm-12.15", "and IN its permission");
}

void decode_rows(void)
{
	for (unsigned int m = 0; m < NR_MODES; m++) {
		test_mov(&modes[m]);
		test_msw(&modes[m]);
		test_selective(&modes[m]);
		test_io(&modes[m]);
		test_invlpg(&modes[m]);
	}
	test_simple();
	test_rdtsc();
	test_early();
	test_double_fault();
	test_intinfo();
	test_legacy_pae();
	test_busy_tss();
}
