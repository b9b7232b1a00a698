// SPDX-License-Identifier: GPL-2.0-or-later
/* The types of headers, and where their fields are. */
#include <string.h>

#include "internal.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define FIELD(type, member, kind) \
	{ #member, offsetof(type, member), sizeof(((type *)0)->member), IGVM_FIELD_##kind }

#define T IGVM_VHS_SUPPORTED_PLATFORM
static const struct igvm_field platform_fields[] = {
	FIELD(T, compatibility_mask, MASK), FIELD(T, highest_vtl, NUMBER),
	FIELD(T, platform_type, NUMBER), FIELD(T, platform_version, NUMBER),
	FIELD(T, shared_gpa_boundary, HEX),
};
#undef T

#define T IGVM_VHS_GUEST_POLICY
static const struct igvm_field policy_fields[] = {
	FIELD(T, policy, HEX), FIELD(T, compatibility_mask, MASK), FIELD(T, reserved, RESERVED),
};
#undef T

#define T IGVM_VHS_RELOCATABLE_REGION
static const struct igvm_field region_fields[] = {
	FIELD(T, compatibility_mask, MASK), FIELD(T, vp_index, NUMBER), FIELD(T, vtl, NUMBER),
	FIELD(T, flags, HEX), FIELD(T, relocation_alignment, HEX),
	FIELD(T, relocation_region_gpa, HEX), FIELD(T, relocation_region_size, HEX),
	FIELD(T, minimum_relocation_gpa, HEX), FIELD(T, maximum_relocation_gpa, HEX),
};
#undef T

#define T IGVM_VHS_PAGE_TABLE_RELOCATION
static const struct igvm_field page_table_fields[] = {
	FIELD(T, compatibility_mask, MASK), FIELD(T, vp_index, NUMBER), FIELD(T, vtl, NUMBER),
	FIELD(T, reserved, RESERVED), FIELD(T, gpa, HEX), FIELD(T, size, HEX),
	FIELD(T, used_size, HEX),
};
#undef T

#define T IGVM_VHS_PARAMETER_AREA
static const struct igvm_field area_fields[] = {
	FIELD(T, number_of_bytes, HEX), FIELD(T, parameter_area_index, NUMBER),
	FIELD(T, file_offset, OFFSET),
};
#undef T

#define T IGVM_VHS_PAGE_DATA
static const struct igvm_field page_fields[] = {
	FIELD(T, gpa, HEX), FIELD(T, compatibility_mask, MASK), FIELD(T, file_offset, OFFSET),
	FIELD(T, flags, HEX), FIELD(T, data_type, NUMBER), FIELD(T, reserved, RESERVED),
};
#undef T

#define T IGVM_VHS_PARAMETER_INSERT
static const struct igvm_field insert_fields[] = {
	FIELD(T, gpa, HEX), FIELD(T, compatibility_mask, MASK),
	FIELD(T, parameter_area_index, NUMBER),
};
#undef T

#define T IGVM_VHS_VP_CONTEXT
static const struct igvm_field context_fields[] = {
	FIELD(T, gpa, HEX), FIELD(T, compatibility_mask, MASK), FIELD(T, file_offset, OFFSET),
	FIELD(T, vp_index, NUMBER), FIELD(T, reserved, RESERVED),
};
#undef T

#define T IGVM_VHS_REQUIRED_MEMORY
static const struct igvm_field memory_fields[] = {
	FIELD(T, gpa, HEX), FIELD(T, compatibility_mask, MASK), FIELD(T, number_of_bytes, HEX),
	FIELD(T, flags, HEX), FIELD(T, reserved, RESERVED),
};
#undef T

#define T IGVM_VHS_PARAMETER
static const struct igvm_field parameter_fields[] = {
	FIELD(T, parameter_area_index, NUMBER), FIELD(T, byte_offset, HEX),
};
#undef T

#define T IGVM_VHS_SNP_ID_BLOCK
static const struct igvm_field id_block_fields[] = {
	FIELD(T, compatibility_mask, MASK), FIELD(T, author_key_enabled, NUMBER),
	FIELD(T, reserved, RESERVED), FIELD(T, ld, BYTES), FIELD(T, family_id, BYTES),
	FIELD(T, image_id, BYTES), FIELD(T, version, NUMBER), FIELD(T, guest_svn, NUMBER),
	FIELD(T, id_key_algorithm, NUMBER), FIELD(T, author_key_algorithm, NUMBER),
	FIELD(T, id_key_signature.r_comp, BYTES), FIELD(T, id_key_signature.s_comp, BYTES),
	FIELD(T, id_public_key.curve, NUMBER), FIELD(T, id_public_key.reserved, RESERVED),
	FIELD(T, id_public_key.qx, BYTES), FIELD(T, id_public_key.qy, BYTES),
	FIELD(T, author_key_signature.r_comp, BYTES), FIELD(T, author_key_signature.s_comp, BYTES),
	FIELD(T, author_public_key.curve, NUMBER), FIELD(T, author_public_key.reserved, RESERVED),
	FIELD(T, author_public_key.qx, BYTES), FIELD(T, author_public_key.qy, BYTES),
};
#undef T

#define T IGVM_VHS_ERROR_RANGE
static const struct igvm_field error_fields[] = {
	FIELD(T, gpa, HEX), FIELD(T, compatibility_mask, MASK), FIELD(T, size_bytes, HEX),
};
#undef T

#define T IGVM_VHS_VBS_MEASUREMENT
static const struct igvm_field vbs_fields[] = {
	FIELD(T, compatibility_mask, MASK), FIELD(T, version, NUMBER),
	FIELD(T, product_id, NUMBER), FIELD(T, module_id, NUMBER),
	FIELD(T, security_version, NUMBER), FIELD(T, policy_flags, HEX),
	FIELD(T, boot_digest_algo, NUMBER), FIELD(T, signing_algo, NUMBER),
	FIELD(T, boot_measurement_digest, BYTES), FIELD(T, signature, BYTES),
	FIELD(T, public_key, BYTES),
};
#undef T

#define TYPE(id, name, section, length, fields) \
	{ id, name, IGVM_HEADER_SECTION_##section, length, fields, ARRAY_SIZE(fields) }
#define PARAMETER(id, name) \
	TYPE(id, name, DIRECTIVE, sizeof(IGVM_VHS_PARAMETER), parameter_fields)

static const struct igvm_type types[] = {
	TYPE(IGVM_VHT_SUPPORTED_PLATFORM, "SUPPORTED_PLATFORM", PLATFORM,
	     sizeof(IGVM_VHS_SUPPORTED_PLATFORM), platform_fields),
	TYPE(IGVM_VHT_GUEST_POLICY, "GUEST_POLICY", INITIALIZATION,
	     sizeof(IGVM_VHS_GUEST_POLICY), policy_fields),
	TYPE(IGVM_VHT_RELOCATABLE_REGION, "RELOCATABLE_REGION", INITIALIZATION,
	     sizeof(IGVM_VHS_RELOCATABLE_REGION), region_fields),
	TYPE(IGVM_VHT_PAGE_TABLE_RELOCATION_REGION, "PAGE_TABLE_RELOCATION", INITIALIZATION,
	     sizeof(IGVM_VHS_PAGE_TABLE_RELOCATION), page_table_fields),
	TYPE(IGVM_VHT_PARAMETER_AREA, "PARAMETER_AREA", DIRECTIVE,
	     sizeof(IGVM_VHS_PARAMETER_AREA), area_fields),
	TYPE(IGVM_VHT_PAGE_DATA, "PAGE_DATA", DIRECTIVE,
	     sizeof(IGVM_VHS_PAGE_DATA), page_fields),
	TYPE(IGVM_VHT_PARAMETER_INSERT, "PARAMETER_INSERT", DIRECTIVE,
	     sizeof(IGVM_VHS_PARAMETER_INSERT), insert_fields),
	TYPE(IGVM_VHT_VP_CONTEXT, "VP_CONTEXT", DIRECTIVE,
	     IGVM_VP_CONTEXT_LEN, context_fields),
	TYPE(IGVM_VHT_REQUIRED_MEMORY, "REQUIRED_MEMORY", DIRECTIVE,
	     sizeof(IGVM_VHS_REQUIRED_MEMORY), memory_fields),
	PARAMETER(IGVM_VHT_VP_COUNT_PARAMETER, "VP_COUNT"),
	PARAMETER(IGVM_VHT_SRAT, "SRAT"),
	PARAMETER(IGVM_VHT_MADT, "MADT"),
	PARAMETER(IGVM_VHT_MMIO_RANGES, "MMIO_RANGES"),
	TYPE(IGVM_VHT_SNP_ID_BLOCK, "SNP_ID_BLOCK", DIRECTIVE,
	     sizeof(IGVM_VHS_SNP_ID_BLOCK), id_block_fields),
	PARAMETER(IGVM_VHT_MEMORY_MAP, "MEMORY_MAP"),
	TYPE(IGVM_VHT_ERROR_RANGE, "ERROR_RANGE", DIRECTIVE,
	     sizeof(IGVM_VHS_ERROR_RANGE), error_fields),
	PARAMETER(IGVM_VHT_COMMAND_LINE, "COMMAND_LINE"),
	PARAMETER(IGVM_VHT_SLIT, "SLIT"),
	PARAMETER(IGVM_VHT_PPTT, "PPTT"),
	TYPE(IGVM_VHT_VBS_MEASUREMENT, "VBS_MEASUREMENT", DIRECTIVE,
	     sizeof(IGVM_VHS_VBS_MEASUREMENT), vbs_fields),
	PARAMETER(IGVM_VHT_DEVICE_TREE, "DEVICE_TREE"),
	PARAMETER(IGVM_VHT_ENVIRONMENT_INFO_PARAMETER, "ENVIRONMENT_INFO"),
};

const struct igvm_type *igvm_type_at(unsigned int index)
{
	return index < ARRAY_SIZE(types) ? &types[index] : NULL;
}

const struct igvm_type *igvm_type_find(uint32_t type)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(types); n++) {
		if (types[n].type == type)
			return &types[n];
	}
	return NULL;
}

const struct igvm_field *igvm_type_field(const struct igvm_type *type, const char *name)
{
	unsigned int n;

	for (n = 0; n < type->nr_fields; n++) {
		if (!strcmp(type->fields[n].name, name))
			return &type->fields[n];
	}
	return NULL;
}

uint64_t igvm_get_le(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | at[size];
	return value;
}

void igvm_put_le(uint8_t *at, uint64_t value, size_t size)
{
	for (; size--; value >>= 8)
		*at++ = value & 0xff;
}

uint64_t igvm_header_get(const struct igvm_header *header, const char *name)
{
	const struct igvm_field *field;

	field = header->known ? igvm_type_field(header->known, name) : NULL;
	return field ? igvm_get_le(header->body + field->offset, field->size) : 0;
}
