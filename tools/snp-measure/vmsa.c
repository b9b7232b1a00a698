// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmsa.h"

#define EFER_SVME	0x1000ull
#define CR0_ET		0x10ull		/* KVM's quirk clears CD and NW of the reset value */
#define CR0_NW		0x20000000ull
#define CR0_CD		0x40000000ull
#define CR4_MCE		0x40ull		/* the host's */
#define DR6_RESET	0xffff0ff0ull
#define DR7_RESET	0x400ull
#define RFLAGS_RESET	0x2ull
#define PAT_RESET	0x0007040600070406ull
#define XCR0_X87	0x1ull
#define MXCSR_RESET	0x1f80ull
#define FCW_RESET	0x37full

#define SEGMENT_LIMIT	0xffff
#define ATTR_DATA	0x93	/* present, writable, accessed */
#define ATTR_CODE	0x9b	/* present, readable, accessed */
#define ATTR_LDT	0x82
#define ATTR_TSS	0x8b
#define CS_RESET	0xf000

/* Bits that SEV_FEATURES defines */
#define SEV_FEATURES	0x21ffffull

enum { ES, CS, SS, DS, FS, GS, GDTR, LDTR, IDTR, TR };

struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
};

#define VMPL		0x0ca
#define EFER		0x0d0
#define CR4		0x148
#define CR0		0x158
#define DR7		0x160
#define DR6		0x168
#define RFLAGS		0x170
#define RIP		0x178
#define G_PAT		0x268
#define RDX		0x310
#define SEV_FEATURES_AT	0x3b0
#define XCR0		0x3e8
#define MXCSR		0x408
#define FCW		0x410

static const struct field fields[] = {
	{ "vmpl", VMPL, 1 }, { "cpl", 0xcb, 1 }, { "efer", EFER, 8 },
	{ "xss", 0x140, 8 }, { "cr4", CR4, 8 }, { "cr3", 0x150, 8 },
	{ "cr0", CR0, 8 }, { "dr7", DR7, 8 }, { "dr6", DR6, 8 },
	{ "rflags", RFLAGS, 8 }, { "rip", RIP, 8 }, { "rsp", 0x1d8, 8 },
	{ "rax", 0x1f8, 8 }, { "cr2", 0x240, 8 }, { "g_pat", G_PAT, 8 },
	{ "pkru", 0x2e8, 4 }, { "tsc_aux", 0x2ec, 4 },
	{ "tsc_scale", VMSA_TSC_SCALE, 8 }, { "tsc_offset", VMSA_TSC_SCALE + 8, 8 },
	{ "rcx", 0x308, 8 }, { "rdx", RDX, 8 }, { "rbx", 0x318, 8 },
	{ "rbp", 0x328, 8 }, { "rsi", 0x330, 8 }, { "rdi", 0x338, 8 },
	{ "r8", 0x340, 8 }, { "r9", 0x348, 8 }, { "r10", 0x350, 8 },
	{ "r11", 0x358, 8 }, { "r12", 0x360, 8 }, { "r13", 0x368, 8 },
	{ "r14", 0x370, 8 }, { "r15", 0x378, 8 },
	{ "sev_features", SEV_FEATURES_AT, 8 }, { "vintr_ctrl", 0x3b8, 8 },
	{ "vtom", 0x3c8, 8 }, { "xcr0", XCR0, 8 },
	{ "mxcsr", MXCSR, 4 }, { "ftw", 0x40c, 2 }, { "fsw", 0x40e, 2 },
	{ "fcw", FCW, 2 },
};

static const char *const segment_names[] = {
	"es", "cs", "ss", "ds", "fs", "gs", "gdtr", "ldtr", "idtr", "tr",
};

/* Segment N is at N * 16. */
static const struct field segment_fields[] = {
	{ "sel", 0, 2 }, { "attr", 2, 2 }, { "limit", 4, 4 }, { "base", 8, 8 },
};

bool vmsa_check_features(uint64_t features)
{
	if (!(features & SEV_FEATURE_SNP))
		return fail("guest features 0x%llx lack bit 0, SNPActive",
			    (unsigned long long)features);
	if (features & ~SEV_FEATURES)
		return fail("guest features 0x%llx have bits that SEV_FEATURES does not define "
			    "(0x%llx)",
			    (unsigned long long)features,
			    (unsigned long long)(features & ~SEV_FEATURES));
	return true;
}

static void put_segment(uint8_t *page, int n, uint16_t selector, uint16_t attr,
			uint64_t base)
{
	uint8_t *segment = page + 16 * n;

	put_le(segment, selector, 2);
	put_le(segment + 2, attr, 2);
	put_le(segment + 4, SEGMENT_LIMIT, 4);
	put_le(segment + 8, base, 8);
}

static void put_segments(uint8_t *page, uint32_t cs_base)
{
	int n;

	for (n = ES; n <= GS; n++)
		put_segment(page, n, 0, ATTR_DATA, 0);
	put_segment(page, CS, CS_RESET, ATTR_CODE, cs_base);
	put_segment(page, GDTR, 0, 0, 0);
	put_segment(page, IDTR, 0, 0, 0);
	put_segment(page, LDTR, 0, ATTR_LDT, 0);
	put_segment(page, TR, 0, ATTR_TSS, 0);
}

void vmsa_fill(uint8_t page[PAGE_SIZE], uint32_t eip, uint32_t signature,
	       uint64_t features)
{
	memset(page, 0, PAGE_SIZE);
	put_segments(page, eip & 0xffff0000);
	put_le(page + RIP, eip & 0xffff, 8);
	put_le(page + EFER, EFER_SVME, 8);
	put_le(page + CR0, CR0_ET, 8);
	put_le(page + CR4, CR4_MCE, 8);
	put_le(page + DR6, DR6_RESET, 8);
	put_le(page + DR7, DR7_RESET, 8);
	put_le(page + RFLAGS, RFLAGS_RESET, 8);
	put_le(page + G_PAT, PAT_RESET, 8);
	put_le(page + RDX, signature, 8);
	put_le(page + SEV_FEATURES_AT, features, 8);
	put_le(page + XCR0, XCR0_X87, 8);
	put_le(page + MXCSR, MXCSR_RESET, 4);
	put_le(page + FCW, FCW_RESET, 2);
}

bool vmsa_check(const uint8_t page[PAGE_SIZE], uint64_t features)
{
	uint64_t has = get_le(page + SEV_FEATURES_AT, 8);

	if (page[VMPL])
		return fail("the VMSA page is for VMPL %u: KVM takes VMPL 0 only", page[VMPL]);
	if (has != features)
		return fail("the VMSA page has SEV_FEATURES 0x%llx, the guest 0x%llx: KVM wants "
			    "them equal",
			    (unsigned long long)has, (unsigned long long)features);
	if (!(get_le(page + EFER, 8) & EFER_SVME))
		return fail("the VMSA page lacks EFER.SVME (0x1000): VMRUN would refuse it");
	return true;
}

static const struct field *find_field(const struct field *table, size_t count,
				      const char *name, size_t len)
{
	for (; count--; table++) {
		if (strlen(table->name) == len && !strncmp(table->name, name, len))
			return table;
	}
	return NULL;
}

uint64_t vmsa_features(const uint8_t page[PAGE_SIZE])
{
	return get_le(page + SEV_FEATURES_AT, 8);
}

/* What KVM sets whatever the registers are, and what it clears */
static const struct {
	const char *name;
	uint16_t offset;
	uint64_t set, clear;
} forced[] = {
	{ "EFER without SVME", EFER, EFER_SVME, 0 },
	{ "CR4 without MCE", CR4, CR4_MCE, 0 },
	{ "CR0 with CD or NW", CR0, 0, CR0_CD | CR0_NW },
	{ "RFLAGS without bit 1", RFLAGS, RFLAGS_RESET, 0 },
};

/* QEMU's translation refuses a page that has anything else. */
static const char *const translated[] = {
	"efer", "cr4", "cr3", "cr0", "dr7", "dr6", "rflags", "rip", "rsp", "rax", "g_pat",
	"rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
	"r15", "sev_features", "xcr0", "mxcsr", "fcw",
};

const char *vmsa_not_kvm(const uint8_t page[PAGE_SIZE])
{
	static char text[40];
	uint8_t rest[PAGE_SIZE];
	size_t n;

	for (n = 0; n < ARRAY_SIZE(forced); n++) {
		uint64_t value = get_le(page + forced[n].offset, 8);

		if ((value & forced[n].set) != forced[n].set || value & forced[n].clear)
			return forced[n].name;
	}
	memcpy(rest, page, sizeof(rest));
	memset(rest, 0, 16 * ARRAY_SIZE(segment_names));
	for (n = 0; n < ARRAY_SIZE(translated); n++) {
		const struct field *field = find_field(fields, ARRAY_SIZE(fields), translated[n],
						       strlen(translated[n]));

		memset(rest + field->offset, 0, field->size);
	}
	for (n = 0; n < sizeof(rest) && !rest[n]; n++)
		;
	snprintf(text, sizeof(text), "the VMSA's byte 0x%zx", n);
	return n < sizeof(rest) ? text : NULL;
}

static bool set_field(uint8_t *at, const struct field *field, const char *text)
{
	uint64_t value;

	if (!parse_hex64(text, field->name, &value))
		return false;
	if (field->size < 8 && value >> (8 * field->size))
		return fail("the VMSA field %s has %u bits, too few for 0x%llx",
			    field->name, 8 * field->size, (unsigned long long)value);
	put_le(at + field->offset, value, field->size);
	return true;
}

/* Returns where the segment is whose name precedes a dot, or NULL. */
static uint8_t *find_segment(uint8_t *page, const char *name, size_t len)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(segment_names); n++) {
		if (strlen(segment_names[n]) == len && !strncmp(segment_names[n], name, len))
			return page + 16 * n;
	}
	return NULL;
}

bool vmsa_set(uint8_t page[PAGE_SIZE], const char *assignment)
{
	size_t name = strcspn(assignment, "="), dot = strcspn(assignment, ".=");
	const struct field *field;
	uint8_t *at = page;

	if (!assignment[name])
		return fail("'%s' is not FIELD=0xN", assignment);
	if (dot < name) {
		at = find_segment(page, assignment, dot);
		field = find_field(segment_fields, ARRAY_SIZE(segment_fields),
				   assignment + dot + 1, name - dot - 1);
	} else {
		field = find_field(fields, ARRAY_SIZE(fields), assignment, name);
	}
	if (!at || !field)
		return fail("a VMSA has no field '%.*s' (snp-measure vmsa show FILE names them)",
			    (int)name, assignment);
	return set_field(at, field, assignment + name + 1);
}

void vmsa_for_each(const uint8_t page[PAGE_SIZE], vmsa_visit_fn *visit, void *opaque)
{
	char name[32];
	size_t n, i;

	for (n = 0; n < ARRAY_SIZE(segment_names); n++) {
		for (i = 0; i < ARRAY_SIZE(segment_fields); i++) {
			const struct field *field = &segment_fields[i];

			snprintf(name, sizeof(name), "%s.%s", segment_names[n], field->name);
			visit(opaque, name, get_le(page + 16 * n + field->offset, field->size));
		}
	}
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		visit(opaque, fields[i].name, get_le(page + fields[i].offset, fields[i].size));
}
