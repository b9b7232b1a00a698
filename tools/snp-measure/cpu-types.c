// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cpu-types.h"

struct cpu_type {
	const char *name;
	unsigned int versions;	/* NAME-v1 to NAME-vN; none changes the signature */
	unsigned int family, model, stepping;
};

static const struct cpu_type cpu_types[] = {
	{ "EPYC",       4, 23,  1, 2 },
	{ "EPYC-IBPB",  0, 23,  1, 2 },
	{ "EPYC-Rome",  4, 23, 49, 0 },
	{ "EPYC-Milan", 2, 25,  1, 1 },
	{ "EPYC-Genoa", 1, 25, 17, 0 },
};

/* Families above 15 are 15 and an extended family. */
static uint32_t signature_of(const struct cpu_type *type)
{
	return (type->family - 15) << 20 | (type->model >> 4) << 16 |
	       15 << 8 | (type->model & 15) << 4 | type->stepping;
}

/* What follows the model's name: nothing, or -vN */
static bool is_version(const struct cpu_type *type, const char *suffix)
{
	return !*suffix ||
	       (!strncmp(suffix, "-v", 2) && suffix[2] > '0' &&
		suffix[2] <= (char)('0' + type->versions) && !suffix[3]);
}

bool cpu_type_signature(const char *name, uint32_t *signature)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cpu_types); i++) {
		size_t len = strlen(cpu_types[i].name);

		if (!strncmp(name, cpu_types[i].name, len) &&
		    is_version(&cpu_types[i], name + len)) {
			*signature = signature_of(&cpu_types[i]);
			return true;
		}
	}
	return fail("'%s' is no vCPU type of QEMU " QEMU_VERSION " that SNP hosts run: use EPYC, "
		    "EPYC-Rome, EPYC-Milan or EPYC-Genoa (or -v1 ...), or --vcpu-sig", name);
}
