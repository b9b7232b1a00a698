// SPDX-License-Identifier: GPL-2.0-or-later
/* What one header alone cannot tell: masks, order, areas; and values out of range. */
#include "internal.h"

#define HIGHEST_VTL	2
#define MAX_REGION_FLAGS 0x7
#define MAX_PAGE_FLAGS	0x7	/* 2 MiB, unmeasured, shared */
#define MAX_MEMORY_FLAGS 0x1	/* VTL2 protectable */

/* Far more than any guest has use for: the loader allocates them. */
#define MAX_AREAS	256
#define MAX_AREA_BYTES	0x4000000ull

struct area {
	uint32_t index;
	uint64_t size;
	bool inserted;
};

struct state {
	const struct igvm_file *file;
	IgvmHeaderSection section;
	uint32_t platforms;
	uint32_t types_seen;
	uint32_t policies, id_blocks, page_tables;	/* masks that have had theirs */
	struct area areas[MAX_AREAS];
	unsigned int nr_areas;
	uint64_t area_bytes;
};

#define GET(header, name)	((unsigned long long)igvm_header_get(header, name))
#define MASK(header)		((uint32_t)igvm_header_get(header, "compatibility_mask"))

uint32_t igvm_platform_mask(const struct igvm_file *file, IgvmPlatformType type)
{
	return type < IGVM_NR_PLATFORM_TYPES ? file->platforms[type] : 0;
}

/* size is a number of bytes from gpa on. */
static bool check_range(struct state *state, const struct igvm_header *header, uint64_t gpa,
			uint64_t size)
{
	if (!PAGE_ALIGNED(gpa))
		return igvm_blame(state->file, header, "the address 0x%llx is not that of a page",
				  (unsigned long long)gpa);
	if (!size || !PAGE_ALIGNED(size) || size - 1 > UINT64_MAX - gpa)
		return igvm_blame(state->file, header, "0x%llx bytes are not some pages up to the "
				  "end of the address space", (unsigned long long)size);
	return true;
}

static bool check_platform(struct state *state, const struct igvm_header *header)
{
	uint32_t mask = MASK(header), type = GET(header, "platform_type");

	if (!mask || mask & (mask - 1) || mask & state->platforms)
		return igvm_blame(state->file, header, "compatibility_mask 0x%x is not one bit of "
				  "its own", mask);
	if (type >= IGVM_NR_PLATFORM_TYPES || state->types_seen & 1u << type)
		return igvm_blame(state->file, header, "platform_type %u is %s", type,
				  type < IGVM_NR_PLATFORM_TYPES ? "there twice" : "not known");
	if (GET(header, "platform_version") != IGVM_PLATFORM_VERSION)
		return igvm_blame(state->file, header, "platform_version %llu, only 1 is known",
				  GET(header, "platform_version"));
	if (GET(header, "highest_vtl") > HIGHEST_VTL)
		return igvm_blame(state->file, header, "highest_vtl %llu, there are 0 to 2",
				  GET(header, "highest_vtl"));
	if (!PAGE_ALIGNED(GET(header, "shared_gpa_boundary")))
		return igvm_blame(state->file, header, "shared_gpa_boundary 0x%llx is not that of "
				  "a page", GET(header, "shared_gpa_boundary"));
	state->platforms |= mask;
	state->types_seen |= 1u << type;
	return true;
}

/* One of the kind for each platform */
static bool check_single(struct state *state, const struct igvm_header *header, uint32_t *seen)
{
	if (*seen & MASK(header))
		return igvm_blame(state->file, header, "it is the second one for platforms 0x%x",
				  *seen & MASK(header));
	*seen |= MASK(header);
	return true;
}

static bool check_region(struct state *state, const struct igvm_header *header)
{
	uint64_t align = GET(header, "relocation_alignment");
	uint64_t gpa = GET(header, "relocation_region_gpa");
	uint64_t min = GET(header, "minimum_relocation_gpa");
	uint64_t max = GET(header, "maximum_relocation_gpa");

	if (!align || !PAGE_ALIGNED(align) || gpa % align || min % align || max % align ||
	    min > max)
		return igvm_blame(state->file, header, "its addresses 0x%llx to 0x%llx are not "
				  "multiples of its alignment 0x%llx, in order",
				  (unsigned long long)min, (unsigned long long)max,
				  (unsigned long long)align);
	if (GET(header, "flags") > MAX_REGION_FLAGS || GET(header, "vtl") > HIGHEST_VTL)
		return igvm_blame(state->file, header, "flags 0x%llx or vtl %llu is not known",
				  GET(header, "flags"), GET(header, "vtl"));
	return check_range(state, header, gpa, GET(header, "relocation_region_size"));
}

static bool check_page_table(struct state *state, const struct igvm_header *header)
{
	uint64_t size = GET(header, "size"), used = GET(header, "used_size");

	if (GET(header, "vtl") > HIGHEST_VTL)
		return igvm_blame(state->file, header, "vtl %llu is not known",
				  GET(header, "vtl"));
	if (!PAGE_ALIGNED(used) || used > size)
		return igvm_blame(state->file, header, "used_size 0x%llx is not some pages of "
				  "0x%llx", (unsigned long long)used, (unsigned long long)size);
	return check_range(state, header, GET(header, "gpa"), size) &&
	       check_single(state, header, &state->page_tables);
}

static struct area *find_area(struct state *state, uint32_t index)
{
	unsigned int n;

	for (n = 0; n < state->nr_areas; n++) {
		if (state->areas[n].index == index)
			return &state->areas[n];
	}
	return NULL;
}

/* An area that is declared and not inserted yet */
static struct area *open_area(struct state *state, const struct igvm_header *header)
{
	struct area *area = find_area(state, GET(header, "parameter_area_index"));

	if (area && !area->inserted)
		return area;
	igvm_blame(state->file, header, "area %llu is %s", GET(header, "parameter_area_index"),
		   area ? "inserted already" : "not declared before");
	return NULL;
}

static bool check_area(struct state *state, const struct igvm_header *header)
{
	uint64_t size = GET(header, "number_of_bytes");
	uint32_t index = GET(header, "parameter_area_index");

	if (find_area(state, index))
		return igvm_blame(state->file, header, "its index is used already");
	if (!size || !PAGE_ALIGNED(size) || size > MAX_AREA_BYTES - state->area_bytes)
		return igvm_blame(state->file, header, "number_of_bytes 0x%llx is not some pages, "
				  "of which all areas have 0x%llx bytes at most",
				  (unsigned long long)size, MAX_AREA_BYTES);
	if (state->nr_areas == MAX_AREAS)
		return igvm_blame(state->file, header, "it is more than %d areas", MAX_AREAS);
	state->area_bytes += size;
	state->areas[state->nr_areas++] = (struct area){ index, size, false };
	return true;
}

/* The least that a loader writes for the parameter */
static size_t least_size(uint32_t type)
{
	switch (type) {
	case IGVM_VHT_VP_COUNT_PARAMETER:
	case IGVM_VHT_ENVIRONMENT_INFO_PARAMETER:
		return 4;
	case IGVM_VHT_MEMORY_MAP:
		return sizeof(IGVM_VHS_MEMORY_MAP_ENTRY);
	case IGVM_VHT_MMIO_RANGES:
		return sizeof(IGVM_VHS_MMIO_RANGES);
	default:
		return 1;
	}
}

static bool check_parameter(struct state *state, const struct igvm_header *header)
{
	uint64_t offset = GET(header, "byte_offset");
	struct area *area = open_area(state, header);

	if (!area)
		return false;
	return (offset < area->size && least_size(header->type) <= area->size - offset) ||
	       igvm_blame(state->file, header, "at least %zu bytes at byte_offset 0x%llx are not "
			  "in the area's 0x%llx", least_size(header->type),
			  (unsigned long long)offset, (unsigned long long)area->size);
}

static bool check_insert(struct state *state, const struct igvm_header *header)
{
	struct area *area = open_area(state, header);

	if (!area || !check_range(state, header, GET(header, "gpa"), area->size))
		return false;
	area->inserted = true;
	return true;
}

static uint64_t page_size(const struct igvm_header *header)
{
	return GET(header, "flags") & 1 ? IGVM_PAGE_SIZE_2M : IGVM_PAGE_SIZE_4K;
}

static bool check_page(struct state *state, const struct igvm_header *header)
{
	uint64_t gpa = GET(header, "gpa");

	if (GET(header, "flags") > MAX_PAGE_FLAGS)
		return igvm_blame(state->file, header, "flags 0x%llx, bits 0 to 2 are known",
				  GET(header, "flags"));
	if (GET(header, "data_type") > IGVM_PAGE_DATA_TYPE_CPUID_XF)
		return igvm_blame(state->file, header, "data_type %llu, 0 to 3 are known",
				  GET(header, "data_type"));
	if (gpa % page_size(header))
		return igvm_blame(state->file, header, "the address is not a multiple of the page's "
				  "0x%llx bytes", (unsigned long long)page_size(header));
	return check_range(state, header, gpa, page_size(header));
}

/* TDX's processors start from a state of the architecture's own. */
static bool check_context(struct state *state, const struct igvm_header *header)
{
	if (MASK(header) & igvm_platform_mask(state->file, IGVM_PLATFORM_TYPE_TDX))
		return igvm_blame(state->file, header, "TDX takes none");
	if (!header->has_data)
		return igvm_blame(state->file, header, "it has no data: file_offset is 0");
	return check_range(state, header, GET(header, "gpa"), IGVM_PAGE_SIZE_4K);
}

static bool check_memory(struct state *state, const struct igvm_header *header)
{
	if (GET(header, "flags") > MAX_MEMORY_FLAGS)
		return igvm_blame(state->file, header, "flags 0x%llx, bit 0 is known",
				  GET(header, "flags"));
	return check_range(state, header, GET(header, "gpa"), GET(header, "number_of_bytes"));
}

/* All its platforms are of this type. */
static bool check_only(struct state *state, const struct igvm_header *header,
		       IgvmPlatformType type, const char *name)
{
	return MASK(header) == igvm_platform_mask(state->file, type) ||
	       igvm_blame(state->file, header, "it is for %s alone, whose mask is 0x%x, and not "
			  "for 0x%x", name, igvm_platform_mask(state->file, type), MASK(header));
}

static bool check_id_block(struct state *state, const struct igvm_header *header)
{
	if (GET(header, "author_key_enabled") > 1)
		return igvm_blame(state->file, header, "author_key_enabled is %llu",
				  GET(header, "author_key_enabled"));
	return check_only(state, header, IGVM_PLATFORM_TYPE_SEV_SNP, "SEV-SNP") &&
	       check_single(state, header, &state->id_blocks);
}

static bool check_known(struct state *state, const struct igvm_header *header)
{
	switch (header->type) {
	case IGVM_VHT_SUPPORTED_PLATFORM:
		return check_platform(state, header);
	case IGVM_VHT_GUEST_POLICY:
		return check_single(state, header, &state->policies);
	case IGVM_VHT_RELOCATABLE_REGION:
		return check_region(state, header);
	case IGVM_VHT_PAGE_TABLE_RELOCATION_REGION:
		return check_page_table(state, header);
	case IGVM_VHT_PARAMETER_AREA:
		return check_area(state, header);
	case IGVM_VHT_PAGE_DATA:
		return check_page(state, header);
	case IGVM_VHT_PARAMETER_INSERT:
		return check_insert(state, header);
	case IGVM_VHT_VP_CONTEXT:
		return check_context(state, header);
	case IGVM_VHT_REQUIRED_MEMORY:
		return check_memory(state, header);
	case IGVM_VHT_SNP_ID_BLOCK:
		return check_id_block(state, header);
	case IGVM_VHT_ERROR_RANGE:
		return check_range(state, header, GET(header, "gpa"), GET(header, "size_bytes"));
	case IGVM_VHT_VBS_MEASUREMENT:
		return check_only(state, header, IGVM_PLATFORM_TYPE_VSM_ISOLATION, "VSM");
	default:
		return check_parameter(state, header);
	}
}

static bool check_fields(struct state *state, const struct igvm_header *header)
{
	unsigned int n;

	for (n = 0; n < header->known->nr_fields; n++) {
		const struct igvm_field *field = &header->known->fields[n];
		uint32_t mask = MASK(header);

		if (field->kind == IGVM_FIELD_RESERVED &&
		    !igvm_all_zero(header->body + field->offset, field->size))
			return igvm_blame(state->file, header, "%s is not 0", field->name);
		if (field->kind == IGVM_FIELD_MASK && header->type != IGVM_VHT_SUPPORTED_PLATFORM &&
		    (!mask || mask & ~state->platforms))
			return igvm_blame(state->file, header, "compatibility_mask 0x%x, the file's "
					  "platforms are 0x%x", mask, state->platforms);
	}
	return true;
}

/* -1: of none */
static int section_of(uint32_t type)
{
	type &= ~IGVM_VHT_OPTIONAL;
	if (type >= 0x1 && type <= 0x100)
		return IGVM_HEADER_SECTION_PLATFORM;
	if (type >= 0x101 && type <= 0x200)
		return IGVM_HEADER_SECTION_INITIALIZATION;
	if (type >= 0x301 && type <= 0x400)
		return IGVM_HEADER_SECTION_DIRECTIVE;
	return -1;
}

static bool check_section(struct state *state, const struct igvm_header *header)
{
	int section = section_of(header->type);

	if (section < 0)
		return igvm_blame(state->file, header, "its type is of no section");
	if ((IgvmHeaderSection)section < state->section)
		return igvm_blame(state->file, header, "headers of its section end before it");
	state->section = section;
	return true;
}

bool igvm_file_check(const struct igvm_file *file)
{
	struct state state = { .file = file };
	size_t n;

	for (n = 0; n < file->nr_headers; n++) {
		const struct igvm_header *header = &file->headers[n];

		if (!check_section(&state, header))
			return false;
		if (header->known &&
		    (!check_fields(&state, header) || !check_known(&state, header)))
			return false;
	}
	return state.platforms || igvm_fail("the file supports no platform");
}

/* Data of VSM are a list of registers: how many there are comes first. */
#define VSM_COUNT	4
#define VSM_REGISTER	0x20
#define VSM_MAX_COUNT	4096

bool igvm_data_needed(const struct igvm_file *file, const struct igvm_header *header,
		      const uint8_t *data, size_t left, uint64_t *size)
{
	uint64_t count;

	*size = IGVM_PAGE_SIZE_4K;
	if (header->type == IGVM_VHT_PAGE_DATA)
		*size = page_size(header);
	else if (header->type == IGVM_VHT_PARAMETER_AREA)
		*size = GET(header, "number_of_bytes");
	else if (MASK(header) & igvm_platform_mask(file, IGVM_PLATFORM_TYPE_VSM_ISOLATION)) {
		if (left < VSM_COUNT)
			return igvm_blame(file, header, "%zu bytes of data, where 4 say how many "
					  "registers there are", left);
		count = igvm_get_le(data, VSM_COUNT);
		if (count > VSM_MAX_COUNT)
			return igvm_blame(file, header, "data of %llu registers, %d at most",
					  (unsigned long long)count, VSM_MAX_COUNT);
		*size = VSM_COUNT + count * VSM_REGISTER;
	}
	return true;
}
