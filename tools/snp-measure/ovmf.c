// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "ovmf.h"

#define GUID_LEN	16
#define LEN_LEN		2
#define TRAILER_LEN	(LEN_LEN + GUID_LEN)	/* of every entry, after its data */
#define BELOW_RESET	32	/* bytes from the table's end to the image's */

#define MAX_IMAGE	0x1000000	/* below the last 16 MiB are the APICs */
#define IMAGE_UNIT	0x10000		/* QEMU's -bios takes nothing else */

/* GUIDs as they are in memory, the first three parts little endian */
static const uint8_t footer_guid[GUID_LEN] = {	/* 96b582de-1fb2-45f7-baea-a366c55a082d */
	0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
	0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d,
};
static const uint8_t reset_guid[GUID_LEN] = {	/* 00f771de-1a7e-4fcb-890e-68c77e2fb44e */
	0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f,
	0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e,
};
static const uint8_t hashes_guid[GUID_LEN] = {	/* 7255371f-3a3b-4b04-927b-1da6efa8d454 */
	0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b,
	0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54,
};
static const uint8_t metadata_guid[GUID_LEN] = { /* dc886566-984a-4798-a75e-5585a7bf67cc */
	0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
	0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc,
};

/* The metadata: a header, then sections of three words each */
#define METADATA_SIGNATURE	"ASEV"
#define METADATA_LENGTH		4
#define METADATA_VERSION	8
#define METADATA_COUNT		12
#define METADATA_HEADER		16
#define SECTION_LEN		12

struct entry {
	const uint8_t *data;
	size_t len;
};

/* Sets entry to the data of guid in the table [start, end), or to nothing. */
static bool find_entry(const uint8_t *start, const uint8_t *end,
		       const uint8_t guid[GUID_LEN], struct entry *entry)
{
	*entry = (struct entry){};
	while (end > start) {
		size_t left = end - start, len = 0;

		if (left >= TRAILER_LEN)
			len = get_le(end - TRAILER_LEN, LEN_LEN);
		if (len < TRAILER_LEN || len > left)
			return fail("the firmware's GUID table is broken: an entry of %zu bytes "
				    "where %zu are left",
				    len, left);
		if (!memcmp(end - GUID_LEN, guid, GUID_LEN)) {
			*entry = (struct entry){ end - len, len - TRAILER_LEN };
			return true;
		}
		end -= len;
	}
	return true;
}

/* The table is followed by its own length, which counts this trailer, and GUID. */
static bool find_table(const struct ovmf *ovmf, const uint8_t **start, const uint8_t **end)
{
	const uint8_t *guid = ovmf->image + ovmf->size - BELOW_RESET - GUID_LEN;
	size_t len, room;

	if (memcmp(guid, footer_guid, GUID_LEN))
		return fail("the file is no OVMF image: the GUID table below the reset vector is "
			    "missing");
	*end = guid - LEN_LEN;
	len = get_le(*end, LEN_LEN);
	room = *end - ovmf->image + TRAILER_LEN;
	if (len < TRAILER_LEN || len > room)
		return fail("the firmware's GUID table is truncated: it claims %zu of %zu bytes",
			    len, room);
	*start = guid + GUID_LEN - len;
	return true;
}

/* Finds an entry of at least len bytes. */
static bool need_entry(const uint8_t *start, const uint8_t *end,
		       const uint8_t guid[GUID_LEN], size_t len, const char *what,
		       struct entry *entry)
{
	if (!find_entry(start, end, guid, entry))
		return false;
	if (!entry->data)
		return fail("the firmware's GUID table has no %s: it is not built for SEV-SNP",
			    what);
	if (entry->len < len)
		return fail("the firmware's %s is truncated: %zu bytes instead of %zu",
			    what, entry->len, len);
	return true;
}

static bool known_type(uint32_t type)
{
	return ovmf_section_name(type) != NULL;
}

static bool overlap(const struct ovmf_section *a, const struct ovmf_section *b)
{
	return (uint64_t)a->gpa < (uint64_t)b->gpa + b->size &&
	       (uint64_t)b->gpa < (uint64_t)a->gpa + a->size;
}

/* A page can be measured once only. */
static bool check_section(const struct ovmf *ovmf, unsigned int n)
{
	const struct ovmf_section *section = &ovmf->sections[n];
	unsigned int i;

	if (!known_type(section->type))
		return fail("section %u of the firmware's SEV metadata has the unknown type 0x%x",
			    n, section->type);
	if (!section->size || !PAGE_ALIGNED(section->gpa) || !PAGE_ALIGNED(section->size) ||
	    (uint64_t)section->gpa + section->size > ovmf->gpa)
		return fail("section %u of the firmware's SEV metadata, 0x%x bytes at 0x%x, is not "
			    "made of pages below the firmware",
			    n, section->size, section->gpa);
	for (i = 0; i < n; i++) {
		if (overlap(&ovmf->sections[i], section))
			return fail("sections %u and %u of the firmware's SEV metadata overlap",
				    i, n);
	}
	return true;
}

static bool parse_sections(struct ovmf *ovmf, const uint8_t *metadata)
{
	unsigned int n;

	for (n = 0; n < ovmf->nr_sections; n++) {
		const uint8_t *at = metadata + METADATA_HEADER + n * SECTION_LEN;

		ovmf->sections[n] = (struct ovmf_section){
			.gpa = get_le(at, 4),
			.size = get_le(at + 4, 4),
			.type = get_le(at + 8, 4),
		};
		if (!check_section(ovmf, n))
			return false;
	}
	return true;
}

/* offset is counted from the end of the image. */
static bool parse_metadata(struct ovmf *ovmf, uint32_t offset)
{
	const uint8_t *metadata;
	uint32_t len, count;

	if (offset < METADATA_HEADER || offset > ovmf->size)
		return fail("the firmware's SEV metadata is not in the image: 0x%x bytes before "
			    "its end",
			    offset);
	metadata = ovmf->image + ovmf->size - offset;
	if (memcmp(metadata, METADATA_SIGNATURE, strlen(METADATA_SIGNATURE)))
		return fail("the firmware's SEV metadata lacks the signature '%s'",
			    METADATA_SIGNATURE);
	if (get_le(metadata + METADATA_VERSION, 4) != 1)
		return fail("the firmware's SEV metadata has the unknown version %u",
			    (unsigned int)get_le(metadata + METADATA_VERSION, 4));
	len = get_le(metadata + METADATA_LENGTH, 4);
	count = get_le(metadata + METADATA_COUNT, 4);
	if (len > offset || count > OVMF_MAX_SECTIONS ||
	    len < METADATA_HEADER + count * SECTION_LEN)
		return fail("the firmware's SEV metadata is truncated: %u sections in %u bytes, "
			    "0x%x bytes before the image's end",
			    count, len, offset);
	ovmf->nr_sections = count;
	return parse_sections(ovmf, metadata);
}

static bool parse_table(struct ovmf *ovmf, const uint8_t *start, const uint8_t *end)
{
	struct entry entry;

	if (!need_entry(start, end, metadata_guid, 4, "SEV metadata", &entry) ||
	    !parse_metadata(ovmf, get_le(entry.data, 4)))
		return false;
	if (!need_entry(start, end, reset_guid, 4, "AP reset address", &entry))
		return false;
	ovmf->ap_eip = get_le(entry.data, 4);
	if (!ovmf->ap_eip)
		return fail("the firmware's AP reset address is zero");
	if (!find_entry(start, end, hashes_guid, &entry))
		return false;
	if (entry.len >= 8) {
		ovmf->hashes_gpa = get_le(entry.data, 4);
		ovmf->hashes_size = get_le(entry.data + 4, 4);
	}
	return true;
}

bool ovmf_parse(struct ovmf *ovmf, const uint8_t *image, size_t size)
{
	const uint8_t *start, *end;

	*ovmf = (struct ovmf){ .image = image, .size = size };
	if (!size || !PAGE_ALIGNED(size) || size > MAX_IMAGE)
		return fail("the file is no firmware image: %zu bytes, not a multiple of 4096 up "
			    "to %u",
			    size, MAX_IMAGE);
	if (size % IMAGE_UNIT)
		return fail("the firmware image has %zu bytes, no multiple of 64 KiB: QEMU's -bios "
			    "refuses it (images without variables, such as OVMF_CODE.fd, are for "
			    "pflash, which SNP guests cannot have)",
			    size);
	ovmf->gpa = FOUR_GIB - size;
	return find_table(ovmf, &start, &end) && parse_table(ovmf, start, end);
}

const struct ovmf_section *ovmf_find(const struct ovmf *ovmf,
				     enum ovmf_section_type type)
{
	unsigned int n;

	for (n = 0; n < ovmf->nr_sections; n++) {
		if (ovmf->sections[n].type == type)
			return &ovmf->sections[n];
	}
	return NULL;
}

const char *ovmf_section_name(enum ovmf_section_type type)
{
	switch (type) {
	case OVMF_SEC_MEM:	return "firmware memory";
	case OVMF_SECRETS:	return "secrets page";
	case OVMF_CPUID:	return "CPUID page";
	case OVMF_SVSM_CAA:	return "SVSM calling area";
	case OVMF_KERNEL_HASHES: return "SEV hash table";
	}
	return NULL;
}
