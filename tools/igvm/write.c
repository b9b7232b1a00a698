// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "internal.h"

uint32_t igvm_checksum(const uint8_t *fixed, size_t fixed_size, const uint8_t *variable,
		       size_t variable_size)
{
	const size_t at = offsetof(IGVM_FIXED_HEADER, checksum);
	const uint8_t zero[4] = {};
	uLong crc = crc32(0, fixed, at);

	crc = crc32(crc, zero, sizeof(zero));
	crc = crc32(crc, fixed + at + 4, fixed_size - at - 4);
	return crc32_z(crc, variable, variable_size);
}

struct igvm_file *igvm_file_new(uint32_t version)
{
	struct igvm_file *file = calloc(1, sizeof(*file));

	if (file) {
		file->version = version;
		file->headers_at = FIXED_LEN(version);
	}
	return file;
}

void igvm_file_free(struct igvm_file *file)
{
	size_t n;

	if (!file)
		return;
	for (n = 0; n < file->nr_headers; n++)
		free(file->headers[n].body);
	free(file->headers);
	free(file->data);
	free(file);
}

/* The room doubles whenever the number is a power of two. */
struct igvm_header *igvm_file_more(struct igvm_file *file)
{
	size_t n = file->nr_headers;
	struct igvm_header *more;

	if (!(n & (n - 1))) {
		more = realloc(file->headers, (n ? 2 * n : 1) * sizeof(*more));
		if (!more)
			return NULL;
		file->headers = more;
	}
	file->nr_headers++;
	file->headers[n] = (struct igvm_header){};
	return &file->headers[n];
}

void igvm_file_note(struct igvm_file *file, const struct igvm_header *header)
{
	uint64_t type = igvm_header_get(header, "platform_type");

	if (header->type == IGVM_VHT_SUPPORTED_PLATFORM && type < IGVM_NR_PLATFORM_TYPES)
		file->platforms[type] |= igvm_header_get(header, "compatibility_mask");
}

static bool add_data(struct igvm_file *file, struct igvm_header *header, const void *data,
		     size_t size)
{
	uint8_t *more = realloc(file->data, file->data_size + size);

	if (!more)
		return igvm_fail("out of memory");
	file->data = more;
	memcpy(file->data + file->data_size, data, size);
	header->has_data = true;
	header->data_at = file->data_size;
	header->data_size = size;
	file->data_size += size;
	return true;
}

bool igvm_file_add(struct igvm_file *file, uint32_t type, const void *body, const void *data,
		   size_t size)
{
	const struct igvm_type *known = igvm_type_find(type);
	const struct igvm_field *offset;
	struct igvm_header *header;

	if (!known)
		return igvm_fail("there is no header of type 0x%x", type);
	header = igvm_file_more(file);
	if (!header)
		return igvm_fail("out of memory");
	*header = (struct igvm_header){ .type = type, .known = known, .length = known->length };
	header->body = calloc(1, ALIGN8(known->length));
	if (!header->body)
		return igvm_fail("out of memory");
	memcpy(header->body, body, known->length);
	igvm_file_note(file, header);
	offset = igvm_type_field(known, "file_offset");
	if (offset)
		igvm_put_le(header->body + offset->offset, 0, offset->size);
	if (!data)
		return true;
	return (offset && size) ? add_data(file, header, data, size) :
	       igvm_blame(file, header, "it takes no data");
}

const uint8_t *igvm_header_data(const struct igvm_file *file, const struct igvm_header *header)
{
	return header->has_data ? file->data + header->data_at : NULL;
}

static size_t headers_size(const struct igvm_file *file)
{
	size_t n, size = 0;

	for (n = 0; n < file->nr_headers; n++)
		size += sizeof(IGVM_VHS_VARIABLE_HEADER) + ALIGN8(file->headers[n].length);
	return size;
}

static void write_headers(const struct igvm_file *file, uint8_t *at, size_t headers_end)
{
	const struct igvm_field *offset;
	size_t n;

	for (n = 0; n < file->nr_headers; n++) {
		const struct igvm_header *header = &file->headers[n];

		igvm_put_le(at, header->type, 4);
		igvm_put_le(at + 4, header->length, 4);
		at += sizeof(IGVM_VHS_VARIABLE_HEADER);
		memcpy(at, header->body, ALIGN8(header->length));
		if (header->has_data) {
			offset = igvm_type_field(header->known, "file_offset");
			igvm_put_le(at + offset->offset, headers_end + header->data_at, 4);
		}
		at += ALIGN8(header->length);
	}
}

static void write_fixed(const struct igvm_file *file, uint8_t *bytes, size_t variable, size_t size)
{
	IGVM_FIXED_HEADER fixed = {
		.magic = IGVM_MAGIC_VALUE,
		.format_version = file->version,
		.variable_header_offset = file->headers_at,
		.variable_header_size = variable,
		.total_file_size = size,
		.architecture = IGVM_ARCHITECTURE_X64,
		.page_size = IGVM_PAGE_SIZE_4K,
	};
	size_t len = FIXED_LEN(file->version);

	memcpy(bytes, &fixed, len);
	fixed.checksum = igvm_checksum(bytes, len, bytes + file->headers_at, variable);
	memcpy(bytes, &fixed, len);
}

/* Data that were added by hand have to be as many as the header says. */
static bool check_data(const struct igvm_file *file)
{
	uint64_t needed;
	size_t n;

	for (n = 0; n < file->nr_headers; n++) {
		const struct igvm_header *header = &file->headers[n];

		if (!header->has_data)
			continue;
		if (!igvm_data_needed(file, header, igvm_header_data(file, header),
				      header->data_size, &needed))
			return false;
		if (needed != header->data_size)
			return igvm_blame(file, header, "0x%zx bytes of data instead of 0x%llx",
					  header->data_size, (unsigned long long)needed);
	}
	return true;
}

uint8_t *igvm_file_write(const struct igvm_file *file, size_t *size)
{
	size_t variable = headers_size(file), headers_end = file->headers_at + variable;
	uint8_t *bytes;

	if (!igvm_file_check(file) || !check_data(file))
		return NULL;
	*size = headers_end + file->data_size;
	if (*size > UINT32_MAX) {
		igvm_fail("0x%zx bytes are too many for an IGVM file", *size);
		return NULL;
	}
	bytes = calloc(1, *size);
	if (!bytes) {
		igvm_fail("out of memory");
		return NULL;
	}
	write_headers(file, bytes + file->headers_at, headers_end);
	if (file->data_size)
		memcpy(bytes + headers_end, file->data, file->data_size);
	write_fixed(file, bytes, variable, *size);
	return bytes;
}
