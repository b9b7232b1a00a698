// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and buffers by number, as libigvm has them. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct buffer {
	uint8_t *bytes;		/* NULL: the slot is free */
	size_t size;
};

struct slots {
	void **entries;
	int32_t count;
};

#define NR_SECTIONS	(IGVM_HEADER_SECTION_DIRECTIVE + 1)

struct open_file {
	struct igvm_file *file;
	const struct igvm_header **known[NR_SECTIONS];	/* those that are counted */
	int32_t nr_known[NR_SECTIONS];
	struct slots buffers;
};

static struct slots files;

/* Handles are indices, and one more. */
static void *slot_get(const struct slots *slots, IgvmHandle handle)
{
	return handle > 0 && handle <= slots->count ? slots->entries[handle - 1] : NULL;
}

static IgvmHandle slot_put(struct slots *slots, void *entry)
{
	void **more;
	int32_t n;

	for (n = 0; n < slots->count; n++) {
		if (!slots->entries[n])
			break;
	}
	if (n == slots->count) {
		more = n < INT32_MAX ? realloc(slots->entries, (n + 1) * sizeof(*more)) : NULL;
		if (!more)
			return IGVMAPI_INVALID_HANDLE;
		slots->entries = more;
		slots->count++;
	}
	slots->entries[n] = entry;
	return n + 1;
}

static void *slot_take(struct slots *slots, IgvmHandle handle)
{
	void *entry = slot_get(slots, handle);

	if (entry)
		slots->entries[handle - 1] = NULL;
	return entry;
}

static bool index_headers(struct open_file *open)
{
	const struct igvm_file *file = open->file;
	IgvmHeaderSection section;
	size_t n;

	for (section = 0; section < NR_SECTIONS; section++) {
		open->known[section] = malloc(file->nr_headers * sizeof(**open->known));
		if (!open->known[section])
			return igvm_fail("out of memory");
	}
	for (n = 0; n < file->nr_headers; n++) {
		const struct igvm_header *header = &file->headers[n];

		if (header->known) {
			section = header->known->section;
			open->known[section][open->nr_known[section]++] = header;
		}
	}
	return true;
}

static void free_buffer(struct open_file *open, IgvmHandle handle)
{
	struct buffer *buffer = slot_take(&open->buffers, handle);

	if (buffer)
		free(buffer->bytes);
	free(buffer);
}

static void free_file(struct open_file *open)
{
	IgvmHeaderSection section;
	int32_t n;

	for (n = 1; n <= open->buffers.count; n++)
		free_buffer(open, n);
	for (section = 0; section < NR_SECTIONS; section++)
		free(open->known[section]);
	free(open->buffers.entries);
	igvm_file_free(open->file);
	free(open);
}

IgvmHandle igvm_new_from_binary(const uint8_t *data, uint32_t len)
{
	struct open_file *open = calloc(1, sizeof(*open));
	IgvmHandle handle = IGVMAPI_INVALID_FILE;

	if (!open) {
		igvm_fail("out of memory");
		return IGVMAPI_INVALID_HANDLE;
	}
	open->file = igvm_file_read(data, len);
	if (open->file && index_headers(open))
		handle = slot_put(&files, open);
	if (handle < 0)
		free_file(open);
	return handle;
}

void igvm_free(IgvmHandle handle)
{
	struct open_file *open = slot_take(&files, handle);

	if (open)
		free_file(open);
}

static const struct igvm_header *find_header(const struct open_file *open,
					     IgvmHeaderSection section, uint32_t index)
{
	if (!open || section >= NR_SECTIONS || index >= (uint32_t)open->nr_known[section])
		return NULL;
	return open->known[section][index];
}

static int32_t not_found(const struct open_file *open)
{
	return open ? IGVMAPI_INVALID_PARAMETER : IGVMAPI_INVALID_HANDLE;
}

int32_t igvm_header_count(IgvmHandle handle, IgvmHeaderSection section)
{
	const struct open_file *open = slot_get(&files, handle);

	return open && section < NR_SECTIONS ? open->nr_known[section] : not_found(open);
}

IgvmVariableHeaderType igvm_get_header_type(IgvmHandle handle, IgvmHeaderSection section,
					    uint32_t index)
{
	const struct open_file *open = slot_get(&files, handle);
	const struct igvm_header *header = find_header(open, section, index);

	return header ? header->type : (IgvmVariableHeaderType)not_found(open);
}

/* A buffer of size zero bytes, for the caller to fill */
static IgvmHandle new_buffer(struct open_file *open, size_t size, uint8_t **bytes)
{
	struct buffer *buffer = malloc(sizeof(*buffer));
	IgvmHandle handle = IGVMAPI_INVALID_HANDLE;

	*bytes = calloc(1, size);
	if (buffer && *bytes) {
		*buffer = (struct buffer){ *bytes, size };
		handle = slot_put(&open->buffers, buffer);
	}
	if (handle < 0) {
		free(*bytes);
		free(buffer);
	}
	return handle;
}

IgvmHandle igvm_get_header(IgvmHandle handle, IgvmHeaderSection section, uint32_t index)
{
	struct open_file *open = slot_get(&files, handle);
	const struct igvm_header *header = find_header(open, section, index);
	const size_t at = sizeof(IGVM_VHS_VARIABLE_HEADER);
	IgvmHandle buffer;
	uint8_t *bytes;

	if (!header)
		return not_found(open);
	buffer = new_buffer(open, at + ALIGN8(header->length), &bytes);
	if (buffer < 0)
		return buffer;
	igvm_put_le(bytes, header->type, 4);
	igvm_put_le(bytes + 4, header->length, 4);
	memcpy(bytes + at, header->body, ALIGN8(header->length));
	return buffer;
}

IgvmHandle igvm_get_header_data(IgvmHandle handle, IgvmHeaderSection section, uint32_t index)
{
	struct open_file *open = slot_get(&files, handle);
	const struct igvm_header *header = find_header(open, section, index);
	IgvmHandle buffer;
	uint8_t *bytes;

	if (!header)
		return not_found(open);
	if (!header->has_data)
		return IGVMAPI_NO_DATA;
	buffer = new_buffer(open, header->data_size, &bytes);
	if (buffer > 0)
		memcpy(bytes, igvm_header_data(open->file, header), header->data_size);
	return buffer;
}

static const struct buffer *find_buffer(IgvmHandle handle, IgvmHandle buffer)
{
	const struct open_file *open = slot_get(&files, handle);

	return open ? slot_get(&open->buffers, buffer) : NULL;
}

const uint8_t *igvm_get_buffer(IgvmHandle handle, IgvmHandle buffer)
{
	const struct buffer *found = find_buffer(handle, buffer);

	return found ? found->bytes : NULL;
}

int32_t igvm_get_buffer_size(IgvmHandle handle, IgvmHandle buffer)
{
	const struct buffer *found = find_buffer(handle, buffer);

	return found ? (int32_t)found->size : IGVMAPI_INVALID_HANDLE;
}

void igvm_free_buffer(IgvmHandle handle, IgvmHandle buffer)
{
	struct open_file *open = slot_get(&files, handle);

	if (open)
		free_buffer(open, buffer);
}
