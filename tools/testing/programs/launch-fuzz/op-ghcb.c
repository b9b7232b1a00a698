// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest asks for.  It executes nothing but a script of GHCB MSR values, and
 * the page that they name is shared memory, which is written here: to KVM that is the
 * same as a guest that wrote it.
 */
#include <string.h>

#include "world.h"

/* GHCB specification, table 3 */
#define GHCB_RAX	0x1f8
#define GHCB_RCX	0x308
#define GHCB_EXIT_CODE	0x390
#define GHCB_INFO_1	0x398
#define GHCB_INFO_2	0x3a0
#define GHCB_SCRATCH	0x3a8
#define GHCB_VALID	0x3f0
#define GHCB_VERSION	0xffa
#define GHCB_USAGE	0xffc
#define GHCB_BUFFER	0x800

#define PSC_FIRST	8
#define PSC_ENTRY(op, gpa)	(((gpa) & ~(PAGE - 1)) | (op) << 52)

/* Where the guest has it, and where the next launch update takes it from */
static int op_script(const uint64_t *a)
{
	guest_script(arena(BUFFER(CODE)), a, 4);
	guest_script(arena(BUFFER(PRIVATE) + 3 * PAGE), a, 4);
	return 0;
}

static void put_ghcb(unsigned int offset, uint64_t value)
{
	memcpy(arena(BUFFER(SHARED) + offset), &value, sizeof(value));
}

static int op_ghcb(const uint64_t *a)
{
	const uint16_t version = a[7];
	const uint32_t usage = a[8];

	put_ghcb(GHCB_EXIT_CODE, a[0]);
	put_ghcb(GHCB_INFO_1, a[1]);
	put_ghcb(GHCB_INFO_2, a[2]);
	put_ghcb(GHCB_SCRATCH, a[3]);
	put_ghcb(GHCB_RAX, a[4]);
	put_ghcb(GHCB_RCX, a[5]);
	put_ghcb(GHCB_VALID, a[6]);
	put_ghcb(GHCB_VALID + 8, a[6]);
	memcpy(arena(BUFFER(SHARED) + GHCB_VERSION), &version, sizeof(version));
	memcpy(arena(BUFFER(SHARED) + GHCB_USAGE), &usage, sizeof(usage));
	return 0;
}

/* A list of page state changes in the GHCB's own buffer */
static int op_psc(const uint64_t *a)
{
	const uint16_t first = a[0], last = a[1];

	memcpy(arena(BUFFER(SHARED) + GHCB_BUFFER), &first, sizeof(first));
	memcpy(arena(BUFFER(SHARED) + GHCB_BUFFER + 2), &last, sizeof(last));
	put_ghcb(GHCB_BUFFER + PSC_FIRST, PSC_ENTRY(a[2], a[3]));
	put_ghcb(GHCB_BUFFER + PSC_FIRST + 8, PSC_ENTRY(a[4], a[5]));
	return 0;
}

const struct op ghcb_ops[] = {
	{ "script", op_script, { { "msr", &ghcb_msrs }, { "then", &ghcb_msrs },
				 { "then2", &ghcb_msrs }, { "then3", &ghcb_msrs } } },
	{ "ghcb", op_ghcb, { { "exit", &ghcb_exits }, { "info1", &ghcb_infos },
			     { "info2", &ghcb_infos }, { "scratch", &ghcb_infos },
			     { "rax", &ghcb_infos }, { "rcx", &ghcb_infos }, { "valid", &bitmaps },
			     { "version", &ghcb_versions }, { "usage", &no_flags } } },
	{ "psc", op_psc, { { "first", &switches }, { "last", &switches }, { "op", &psc_ops },
			   { "gpa", &gpas }, { "op2", &psc_ops }, { "gpa2", &gpas } } },
	{ }
};
