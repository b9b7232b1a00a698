// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmsa.h"

/* What KVM sets or clears whatever QEMU says */
#define CR0_NW		0x20000000ull	/* KVM's quirk clears CD and NW of the reset value */
#define CR0_CD		0x40000000ull
#define CR4_MCE		0x40ull		/* the host's */

/* Bits that SEV_FEATURES defines */
#define SEV_FEATURES	0x21ffffull

struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
};

#define AT(member)	offsetof(struct snp_vmsa, member)
#define FIELD(member)	{ #member, AT(member), sizeof(((struct snp_vmsa *)NULL)->member) }

static const struct field fields[] = {
	FIELD(vmpl), FIELD(cpl), FIELD(efer), FIELD(xss), FIELD(cr4), FIELD(cr3), FIELD(cr0),
	FIELD(dr7), FIELD(dr6), FIELD(rflags), FIELD(rip), FIELD(rsp), FIELD(rax), FIELD(cr2),
	FIELD(g_pat), FIELD(pkru), FIELD(tsc_aux), FIELD(tsc_scale), FIELD(tsc_offset),
	FIELD(rcx), FIELD(rdx), FIELD(rbx), FIELD(rbp), FIELD(rsi), FIELD(rdi),
	FIELD(r8), FIELD(r9), FIELD(r10), FIELD(r11), FIELD(r12), FIELD(r13), FIELD(r14),
	FIELD(r15), FIELD(sev_features), FIELD(vintr_ctrl), FIELD(vtom), FIELD(xcr0),
	FIELD(mxcsr), FIELD(ftw), FIELD(fsw), FIELD(fcw),
};

/* In the order of struct snp_vmsa, which begins with them */
static const char *const segment_names[] = {
	"es", "cs", "ss", "ds", "fs", "gs", "gdtr", "ldtr", "idtr", "tr",
};

static const struct field segment_fields[] = {
	{ "sel", offsetof(struct snp_segment, selector), 2 },
	{ "attr", offsetof(struct snp_segment, attributes), 2 },
	{ "limit", offsetof(struct snp_segment, limit), 4 },
	{ "base", offsetof(struct snp_segment, base), 8 },
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

static void put_segment(uint8_t *segment, uint16_t selector, uint16_t attributes, uint64_t base)
{
	put_le(segment + offsetof(struct snp_segment, selector), selector, 2);
	put_le(segment + offsetof(struct snp_segment, attributes), attributes, 2);
	put_le(segment + offsetof(struct snp_segment, limit), VMSA_SEGMENT_LIMIT, 4);
	put_le(segment + offsetof(struct snp_segment, base), base, 8);
}

static void put_segments(uint8_t *page, uint32_t cs_base)
{
	static const uint16_t data[] = { AT(es), AT(ss), AT(ds), AT(fs), AT(gs) };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(data); n++)
		put_segment(page + data[n], 0, VMSA_ATTR_DATA, 0);
	put_segment(page + AT(cs), VMSA_CS_RESET, VMSA_ATTR_CODE, cs_base);
	put_segment(page + AT(gdtr), 0, 0, 0);
	put_segment(page + AT(idtr), 0, 0, 0);
	put_segment(page + AT(ldtr), 0, VMSA_ATTR_LDT, 0);
	put_segment(page + AT(tr), 0, VMSA_ATTR_TSS, 0);
}

void vmsa_fill(uint8_t page[PAGE_SIZE], uint32_t eip, uint32_t signature,
	       uint64_t features)
{
	memset(page, 0, PAGE_SIZE);
	put_segments(page, eip & 0xffff0000);
	put_le(page + AT(rip), eip & 0xffff, 8);
	put_le(page + AT(efer), VMSA_EFER_SVME, 8);
	put_le(page + AT(cr0), VMSA_CR0_ET, 8);
	put_le(page + AT(cr4), CR4_MCE, 8);
	put_le(page + AT(dr6), VMSA_DR6_RESET, 8);
	put_le(page + AT(dr7), VMSA_DR7_RESET, 8);
	put_le(page + AT(rflags), VMSA_RFLAGS_RESET, 8);
	put_le(page + AT(g_pat), VMSA_PAT_RESET, 8);
	put_le(page + AT(rdx), signature, 8);
	put_le(page + AT(sev_features), features, 8);
	put_le(page + AT(xcr0), VMSA_XCR0_X87, 8);
	put_le(page + AT(mxcsr), VMSA_MXCSR_RESET, 4);
	put_le(page + AT(fcw), VMSA_FCW_RESET, 2);
}

bool vmsa_check(const uint8_t page[PAGE_SIZE], uint64_t features)
{
	uint64_t has = get_le(page + AT(sev_features), 8);

	if (page[AT(vmpl)])
		return fail("the VMSA page is for VMPL %u: KVM takes VMPL 0 only", page[AT(vmpl)]);
	if (has != features)
		return fail("the VMSA page has SEV_FEATURES 0x%llx, the guest 0x%llx: KVM wants "
			    "them equal",
			    (unsigned long long)has, (unsigned long long)features);
	if (!(get_le(page + AT(efer), 8) & VMSA_EFER_SVME))
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
	return get_le(page + AT(sev_features), 8);
}

/* What KVM sets whatever the registers are, and what it clears */
static const struct {
	const char *name;
	uint16_t offset;
	uint64_t set, clear;
} forced[] = {
	{ "EFER without SVME", AT(efer), VMSA_EFER_SVME, 0 },
	{ "CR4 without MCE", AT(cr4), CR4_MCE, 0 },
	{ "CR0 with CD or NW", AT(cr0), 0, CR0_CD | CR0_NW },
	{ "RFLAGS without bit 1", AT(rflags), VMSA_RFLAGS_RESET, 0 },
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
	memset(rest, 0, sizeof(struct snp_segment) * ARRAY_SIZE(segment_names));
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
			return page + sizeof(struct snp_segment) * n;
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
			visit(opaque, name, get_le(page + sizeof(struct snp_segment) * n +
						   field->offset, field->size));
		}
	}
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		visit(opaque, fields[i].name, get_le(page + fields[i].offset, fields[i].size));
}
