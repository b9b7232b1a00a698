// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define FIXED(bytes, member) \
	((uint32_t)igvm_get_le((bytes) + offsetof(IGVM_FIXED_HEADER, member), 4))
#define VHS_LEN		sizeof(IGVM_VHS_VARIABLE_HEADER)

struct input {
	const uint8_t *bytes;
	size_t size;
	size_t headers_at, headers_end;
};

bool igvm_all_zero(const uint8_t *bytes, size_t size)
{
	while (size && !bytes[size - 1])
		size--;
	return !size;
}

static bool check_version(const struct input *in)
{
	uint32_t version = FIXED(in->bytes, format_version);

	if (version == IGVM_FORMAT_VERSION_1)
		return true;
	if (version != IGVM_FORMAT_VERSION_2)
		return igvm_fail("fixed header: version %u, only 1 and 2 are known", version);
	if (in->size < IGVM_FIXED_HEADER_V2_LEN)
		return igvm_fail("fixed header: %zu bytes, version 2 has %d", in->size,
				 IGVM_FIXED_HEADER_V2_LEN);
	if (FIXED(in->bytes, architecture) != IGVM_ARCHITECTURE_X64)
		return igvm_fail("fixed header: architecture %u, only 0 (x64) is known",
				 FIXED(in->bytes, architecture));
	return FIXED(in->bytes, page_size) == IGVM_PAGE_SIZE_4K ||
	       igvm_fail("fixed header: pages of %u bytes, only 4096 are known",
			 FIXED(in->bytes, page_size));
}

static size_t fixed_len(const struct input *in)
{
	return FIXED_LEN(FIXED(in->bytes, format_version));
}

/* All are 32 bits, and compared before they are added. */
static bool find_headers(struct input *in)
{
	size_t at = FIXED(in->bytes, variable_header_offset);
	size_t size = FIXED(in->bytes, variable_header_size);

	if (FIXED(in->bytes, total_file_size) != in->size)
		return igvm_fail("fixed header: the file has %zu bytes instead of %u", in->size,
				 FIXED(in->bytes, total_file_size));
	if (at < fixed_len(in) || at > in->size || at % 8)
		return igvm_fail("fixed header: variable headers at 0x%zx, which is not a "
				 "multiple of 8 behind it in a file of 0x%zx bytes", at, in->size);
	if (size > in->size - at || size % 8)
		return igvm_fail("fixed header: 0x%zx bytes of variable headers, not a multiple "
				 "of 8 up to the 0x%zx behind their offset", size, in->size - at);
	if (!igvm_all_zero(in->bytes + fixed_len(in), at - fixed_len(in)))
		return igvm_fail("fixed header: what is between it and the variable headers is "
				 "not 0");
	in->headers_at = at;
	in->headers_end = at + size;
	return true;
}

static bool check_sum(const struct input *in)
{
	uint32_t sum = igvm_checksum(in->bytes, fixed_len(in), in->bytes + in->headers_at,
				     in->headers_end - in->headers_at);

	return sum == FIXED(in->bytes, checksum) ||
	       igvm_fail("fixed header: checksum 0x%08x instead of 0x%08x",
			 FIXED(in->bytes, checksum), sum);
}

static bool check_fixed(struct input *in)
{
	if (in->size < IGVM_FIXED_HEADER_V1_LEN)
		return igvm_fail("fixed header: the file has %zu bytes, less than its %d",
				 in->size, IGVM_FIXED_HEADER_V1_LEN);
	if (in->size > UINT32_MAX)
		return igvm_fail("fixed header: the file has %zu bytes, no IGVM file is larger "
				 "than 4 GiB", in->size);
	if (FIXED(in->bytes, magic) != IGVM_MAGIC_VALUE)
		return igvm_fail("fixed header: it is no IGVM file");
	return check_version(in) && find_headers(in) && check_sum(in);
}

/*
 * A type that is known means something: nobody may skip it.  Not before the length is
 * right are there fields for a message to describe.
 */
static bool take_type(const struct igvm_file *file, struct igvm_header *header)
{
	const struct igvm_type *known = igvm_type_find(header->type & ~IGVM_VHT_OPTIONAL);
	bool optional = header->type & IGVM_VHT_OPTIONAL;

	if (known && optional)
		return igvm_fail("header %zu, %s: it is marked as one that may be skipped",
				 header - file->headers, known->name);
	if (!known && !optional)
		return igvm_blame(file, header, "it may not be skipped");
	if (known && header->length != known->length)
		return igvm_fail("header %zu, %s: %u bytes instead of %u", header - file->headers,
				 known->name, header->length, known->length);
	header->known = known;
	return true;
}

/* From the file to the header: where its data are, counted from the headers' end */
static bool take_data(struct igvm_file *file, struct igvm_header *header, size_t headers_end)
{
	const struct igvm_field *field;
	uint64_t offset, size, left;

	field = header->known ? igvm_type_field(header->known, "file_offset") : NULL;
	offset = field ? igvm_get_le(header->body + field->offset, field->size) : 0;
	if (!offset)
		return true;
	if (offset < headers_end || offset > headers_end + file->data_size)
		return igvm_blame(file, header, "file_offset 0x%llx is not in the file's data, "
				  "0x%zx bytes at 0x%zx", (unsigned long long)offset,
				  file->data_size, headers_end);
	igvm_put_le(header->body + field->offset, 0, field->size);
	header->has_data = true;
	header->data_at = offset - headers_end;
	left = file->data_size - header->data_at;
	if (!igvm_data_needed(file, header, file->data + header->data_at, left, &size))
		return false;
	header->data_size = size;
	return size <= left ||
	       igvm_blame(file, header, "0x%llx bytes of data at file_offset 0x%llx, where "
			  "0x%llx are left", (unsigned long long)size, (unsigned long long)offset,
			  (unsigned long long)left);
}

/* The header at in->bytes + at, of which at least VHS_LEN bytes are there */
static bool take_header(struct igvm_file *file, const struct input *in, size_t *at)
{
	struct igvm_header *header = igvm_file_more(file);
	const uint8_t *body = in->bytes + *at + VHS_LEN;
	uint64_t left = in->headers_end - *at - VHS_LEN, padded;

	if (!header)
		return igvm_fail("out of memory");
	header->type = igvm_get_le(in->bytes + *at, 4);
	header->length = igvm_get_le(in->bytes + *at + 4, 4);
	padded = ALIGN8((uint64_t)header->length);
	if (padded > left)
		return igvm_blame(file, header, "0x%x bytes, where 0x%llx are left",
				  header->length, (unsigned long long)left);
	header->body = malloc(padded ? padded : 1);
	if (!header->body)
		return igvm_fail("out of memory");
	memcpy(header->body, body, padded);
	if (!take_type(file, header))
		return false;
	if (!igvm_all_zero(body + header->length, padded - header->length))
		return igvm_blame(file, header, "what pads it to 8 bytes is not 0");
	*at += VHS_LEN + padded;
	igvm_file_note(file, header);
	return take_data(file, header, in->headers_end);
}

static bool take_all(struct igvm_file *file, const struct input *in)
{
	size_t at = in->headers_at;

	file->headers_at = in->headers_at;
	file->data_size = in->size - in->headers_end;
	file->data = malloc(file->data_size ? file->data_size : 1);
	if (!file->data)
		return igvm_fail("out of memory");
	memcpy(file->data, in->bytes + in->headers_end, file->data_size);
	while (at < in->headers_end) {
		if (!take_header(file, in, &at))
			return false;
	}
	return igvm_file_check(file);
}

struct igvm_file *igvm_file_read(const uint8_t *bytes, size_t size)
{
	struct input in = { .bytes = bytes, .size = size };
	struct igvm_file *file;

	if (!check_fixed(&in))
		return NULL;
	file = igvm_file_new(FIXED(bytes, format_version));
	if (!file)
		igvm_fail("out of memory");
	else if (take_all(file, &in))
		return file;
	igvm_file_free(file);
	return NULL;
}
