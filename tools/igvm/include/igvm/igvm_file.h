/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads, makes and writes IGVM files.
 *
 * Every file is taken for hostile: what igvm_file_read() accepts has sizes, offsets,
 * masks, indices and an order that can be relied on, and igvm_file_write() gives its
 * bytes back.  Whether a hypervisor would load it is another question.
 */
#ifndef IGVM_FILE_H
#define IGVM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "igvm.h"

/* What is wrong, in one line without a full stop; of the last call that failed */
const char *igvm_error_message(void);

enum igvm_field_kind {
	IGVM_FIELD_NUMBER,	/* a count, an index, an enumeration */
	IGVM_FIELD_HEX,		/* an address, a size, bits */
	IGVM_FIELD_MASK,	/* of platforms */
	IGVM_FIELD_OFFSET,	/* of data in the file */
	IGVM_FIELD_BYTES,
	IGVM_FIELD_RESERVED,	/* 0 */
};

struct igvm_field {
	const char *name;
	uint16_t offset, size;
	enum igvm_field_kind kind;
};

/* What is known about a type of header */
struct igvm_type {
	uint32_t type;
	const char *name;
	IgvmHeaderSection section;
	uint32_t length;
	const struct igvm_field *fields;
	unsigned int nr_fields;
};

/* All of them, until NULL is returned; and by number, or NULL */
const struct igvm_type *igvm_type_at(unsigned int index);
const struct igvm_type *igvm_type_find(uint32_t type);
const struct igvm_field *igvm_type_field(const struct igvm_type *type, const char *name);
uint64_t igvm_get_le(const uint8_t *at, size_t size);

struct igvm_header {
	uint32_t type;			/* may have IGVM_VHT_OPTIONAL */
	const struct igvm_type *known;	/* NULL: it can only be skipped */
	uint32_t length;
	uint8_t *body;			/* padded to 8 bytes; file_offset is 0 */
	bool has_data;
	size_t data_at, data_size;	/* in the file's data */
};

struct igvm_file {
	uint32_t version;
	size_t headers_at;		/* in the file */
	struct igvm_header *headers;
	size_t nr_headers;
	uint8_t *data;			/* all that follows the headers */
	size_t data_size;
	uint32_t platforms[IGVM_NR_PLATFORM_TYPES];	/* their masks, by type */
};

/* NULL, and a message, if it is no sound IGVM file */
struct igvm_file *igvm_file_read(const uint8_t *bytes, size_t size);

/* An empty file of that version, 1 or 2; NULL if out of memory */
struct igvm_file *igvm_file_new(uint32_t version);
/*
 * Adds a header of a known type.  Its file_offset counts for nothing: data may be
 * NULL.  Whether the file is sound is seen when it is written.
 */
bool igvm_file_add(struct igvm_file *file, uint32_t type, const void *body, const void *data,
		   size_t size);
/* Bytes for free(), or NULL and a message if the file is not sound */
uint8_t *igvm_file_write(const struct igvm_file *file, size_t *size);
void igvm_file_free(struct igvm_file *file);

/* A field of a header; 0 if the type has none of that name */
uint64_t igvm_header_get(const struct igvm_header *header, const char *name);
/* The data that belong to the header, data_size bytes, or NULL */
const uint8_t *igvm_header_data(const struct igvm_file *file, const struct igvm_header *header);
/* "PAGE_DATA at GPA 0x1000", "header 3 of unknown type 0x400": for messages */
void igvm_header_describe(const struct igvm_file *file, const struct igvm_header *header,
			  char *text, size_t size);
/* The mask of the platform of that type, 0 if the file has none */
uint32_t igvm_platform_mask(const struct igvm_file *file, IgvmPlatformType type);

#endif /* IGVM_FILE_H */
