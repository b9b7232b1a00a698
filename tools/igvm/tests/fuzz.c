// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Feeds changed files to the library, in one process and under sanitizers.  Each must
 * be refused with one line, or accepted; then all of it is looked at through the
 * handles, and it is written again byte by byte as it was.
 *
 * usage: fuzz read|fields|cut|COUNT FILE...
 *
 *   read    the files as they are; says what is wrong with the last one
 *   fields  each field of each header takes values that are wrong somewhere
 *   cut     every length, with total_file_size as it was and as it is now
 *   COUNT   that many files with a few changes each
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define MAX_CHANGES	4
#define VHS_LEN		sizeof(IGVM_VHS_VARIABLE_HEADER)

struct bytes {
	uint8_t *at;
	size_t size;
};

static unsigned long long accepted, refused;
static uint64_t state = 20261127;

/* xorshift64* */
static uint32_t below(uint32_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dull >> 32) % limit;
}

static void die(const char *what)
{
	printf("fuzz: %s: %s\n", what, igvm_error_message());
	exit(1);
}

static void expect(bool good, const char *what)
{
	if (!good)
		die(what);
}

/* The handle's memory is all there, and nothing behind it. */
static unsigned int sum_buffer(IgvmHandle file, IgvmHandle buffer)
{
	const uint8_t *at = igvm_get_buffer(file, buffer);
	int32_t size = igvm_get_buffer_size(file, buffer);
	unsigned int sum = 0;

	expect(at && size > 0, "a buffer");
	while (size--)
		sum += at[size];
	igvm_free_buffer(file, buffer);
	expect(!igvm_get_buffer(file, buffer), "a buffer that is gone");
	return sum;
}

static unsigned int look_at(IgvmHandle file, IgvmHeaderSection section)
{
	int32_t n, count = igvm_header_count(file, section);
	unsigned int sum = 0;

	expect(count >= 0, "the number of headers");
	for (n = 0; n < count; n++) {
		IgvmHandle data = igvm_get_header_data(file, section, n);

		expect(igvm_type_find(igvm_get_header_type(file, section, n)), "a type");
		sum += sum_buffer(file, igvm_get_header(file, section, n));
		if (data != IGVMAPI_NO_DATA)
			sum += sum_buffer(file, data);
	}
	expect(igvm_get_header(file, section, count) == IGVMAPI_INVALID_PARAMETER, "no header");
	return sum;
}

static void look(const struct bytes *input)
{
	IgvmHandle file = igvm_new_from_binary(input->at, input->size);
	IgvmHeaderSection section;

	expect(file > 0, "a handle");
	for (section = 0; section <= IGVM_HEADER_SECTION_DIRECTIVE; section++)
		look_at(file, section);
	igvm_free(file);
	expect(igvm_header_count(file, 0) == IGVMAPI_INVALID_HANDLE, "a handle that is gone");
}

static void judge(const struct bytes *input)
{
	struct igvm_file *file = igvm_file_read(input->at, input->size);
	uint8_t *written;
	size_t size;

	if (!file) {
		refused++;
		expect(*igvm_error_message() && !strchr(igvm_error_message(), '\n'),
		       "no message of one line");
		return;
	}
	accepted++;
	written = igvm_file_write(file, &size);
	expect(written && size == input->size && !memcmp(written, input->at, size),
	       "it is not written as it was");
	free(written);
	igvm_file_free(file);
	look(input);
}

/* Memory of exactly that size, so that a byte read behind it is noticed */
static struct bytes copy(const struct bytes *from, size_t size)
{
	struct bytes to = { malloc(size ? size : 1), size };

	expect(to.at, "memory");
	memcpy(to.at, from->at, size < from->size ? size : from->size);
	return to;
}

static void put(struct bytes *file, size_t at, uint64_t value, size_t size)
{
	if (at <= file->size && size <= file->size - at)
		igvm_put_le(file->at + at, value, size);
}

static uint32_t get(const struct bytes *file, size_t at)
{
	return at + 4 <= file->size ? igvm_get_le(file->at + at, 4) : 0;
}

/* Without a right checksum and size nothing else would be looked at. */
static void seal(struct bytes *file)
{
	size_t at = get(file, 8), size = get(file, 12);
	size_t fixed = FIXED_LEN(get(file, 4));

	put(file, 16, file->size, 4);
	if (file->size >= fixed && at <= file->size && size <= file->size - at)
		put(file, 20, igvm_checksum(file->at, fixed, file->at + at, size), 4);
}

static void try_value(const struct bytes *file, size_t at, uint64_t value, size_t size)
{
	struct bytes changed = copy(file, file->size);

	put(&changed, at, value, size);
	if (at >= 16 && at < 24) {	/* the size and the checksum themselves */
		judge(&changed);
	} else {
		seal(&changed);
		judge(&changed);
	}
	free(changed.at);
}

static const uint64_t values[] = {
	0, 1, 2, 3, 7, 8, 0x18, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0x1001, 0x7fffffff, 0x80000000,
	0xfffff000, 0xffffffff, 0x1000000000000, 0x7fffffffffffffff, 0xfffffffffffff000,
	0xffffffffffffffff,
};

static void try_field(const struct bytes *file, size_t at, size_t size)
{
	size_t width = size < 8 ? size : 8, n;
	uint64_t now = igvm_get_le(file->at + at, width);
	unsigned int bit;

	for (n = 0; n < ARRAY_SIZE(values); n++)
		try_value(file, at, values[n], width);
	for (bit = 0; bit < 8 * width; bit++)
		try_value(file, at, now ^ 1ull << bit, width);
	try_value(file, at, now + 1, width);
	try_value(file, at, now - 1, width);
}

static void try_fields(const struct bytes *file)
{
	size_t at = get(file, 8), end = at + get(file, 12), fixed, n;

	for (fixed = 0; fixed < FIXED_LEN(get(file, 4)); fixed += 4)
		try_field(file, fixed, 4);
	while (at < end) {
		const struct igvm_type *type = igvm_type_find(get(file, at));
		uint32_t length = get(file, at + 4);

		try_field(file, at, 4);
		try_field(file, at + 4, 4);
		for (n = 0; type && n < type->nr_fields; n++)
			try_field(file, at + VHS_LEN + type->fields[n].offset,
				  type->fields[n].size);
		at += VHS_LEN + ALIGN8(length);
	}
}

static void try_cuts(const struct bytes *file)
{
	size_t size;

	for (size = 0; size <= file->size; size++) {
		struct bytes cut = copy(file, size);

		judge(&cut);
		seal(&cut);
		judge(&cut);
		free(cut.at);
	}
}

/* The place and the size, with its first eight bytes, of one of the headers */
static size_t some_header(const struct bytes *file, size_t *size)
{
	size_t at = get(file, 8), end = at + get(file, 12), chosen = 0, seen = 0;

	while (at + VHS_LEN <= end && end <= file->size) {
		size_t length = VHS_LEN + ALIGN8((uint64_t)get(file, at + 4));

		if (length > end - at)
			break;
		if (!below(++seen)) {
			chosen = at;
			*size = length;
		}
		at += length;
	}
	return chosen;
}

/* Two headers change places, or one is there twice, or no more. */
static void change_order(struct bytes *file)
{
	size_t size = 0, other = 0, from = some_header(file, &size);
	size_t to = some_header(file, &other);
	uint8_t moved[VHS_LEN + sizeof(IGVM_VHS_VBS_MEASUREMENT)];

	if (!from || !to || size != other || size > sizeof(moved))
		return;
	memcpy(moved, file->at + to, size);
	memcpy(file->at + to, file->at + from, size);
	if (below(2))
		memcpy(file->at + from, moved, size);
}

static void change_field(struct bytes *file)
{
	size_t size = 0, at = some_header(file, &size), n, width;
	const struct igvm_type *type = igvm_type_find(get(file, at));

	if (!at || !type)
		return;
	n = below(type->nr_fields);
	width = type->fields[n].size < 8 ? type->fields[n].size : 8;
	at += VHS_LEN + type->fields[n].offset;
	if (below(2))
		put(file, at, values[below(ARRAY_SIZE(values))], width);
	else if (at + width <= file->size)
		put(file, at, igvm_get_le(file->at + at, width) ^ 1ull << below(8 * width), width);
}

static void change(struct bytes *file)
{
	size_t headers = get(file, 8) + (size_t)get(file, 12), at;

	if (headers > file->size || !headers)
		headers = file->size;
	switch (below(4)) {
	case 0:
		at = below(headers);
		file->at[at] ^= 1 << below(8);
		break;
	case 1:
		put(file, below(headers), values[below(ARRAY_SIZE(values))], 4);
		break;
	case 2:
		change_order(file);
		break;
	case 3:
		change_field(file);
		break;
	}
}

static void fuzz(const struct bytes *files, int count, unsigned long long rounds)
{
	while (rounds--) {
		const struct bytes *file = &files[below(count)];
		size_t cut = below(16) ? 0 : below(file->size);
		struct bytes changed = copy(file, file->size - cut);
		unsigned int changes = 1 + below(MAX_CHANGES);

		while (changes--)
			change(&changed);
		seal(&changed);
		judge(&changed);
		free(changed.at);
	}
}

static struct bytes read_file(const char *path)
{
	struct bytes bytes = {};
	FILE *file = fopen(path, "rb");

	expect(file && !fseek(file, 0, SEEK_END), path);
	bytes.size = ftell(file);
	rewind(file);
	bytes.at = malloc(bytes.size ? bytes.size : 1);
	expect(bytes.at && fread(bytes.at, 1, bytes.size, file) == bytes.size, path);
	fclose(file);
	return bytes;
}

int main(int argc, char **argv)
{
	int n, count = argc - 2;
	struct bytes *files;

	expect(count > 0, "say what to do with which files");
	files = calloc(count, sizeof(*files));
	for (n = 0; n < count; n++) {
		files[n] = read_file(argv[n + 2]);
		if (!strcmp(argv[1], "read"))
			judge(&files[n]);
		else if (!strcmp(argv[1], "fields"))
			try_fields(&files[n]);
		else if (!strcmp(argv[1], "cut"))
			try_cuts(&files[n]);
	}
	if (strtoull(argv[1], NULL, 10))
		fuzz(files, count, strtoull(argv[1], NULL, 10));
	printf("%llu accepted, %llu refused%s%s\n", accepted, refused, refused ? ": " : "",
	       refused ? igvm_error_message() : "");
	for (n = 0; n < count; n++)
		free(files[n].at);
	free(files);
	return 0;
}
