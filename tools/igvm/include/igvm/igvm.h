/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads IGVM files, with the names that QEMU uses of libigvm.  igvm_file.h has what
 * this library does beyond them.
 *
 * A handle is a number above 0; functions that return one, or a count, return an
 * IGVMAPI_ code, which is negative, when they fail.  Calls are to be serialised by
 * the caller.
 */
#ifndef IGVM_H
#define IGVM_H

#include <stdint.h>

#include "igvm_defs.h"

typedef int32_t IgvmResult;
enum {
	IGVMAPI_OK = 0,
	IGVMAPI_INVALID_PARAMETER = -1,
	IGVMAPI_NO_DATA = -2,
	IGVMAPI_INVALID_FILE = -3,
	IGVMAPI_INVALID_HANDLE = -4,
};

typedef int32_t IgvmHandle;

typedef uint32_t IgvmHeaderSection;
enum {
	IGVM_HEADER_SECTION_PLATFORM,
	IGVM_HEADER_SECTION_INITIALIZATION,
	IGVM_HEADER_SECTION_DIRECTIVE,
};

/* Checks all of the file and copies it.  igvm_error_message() says what is wrong. */
IgvmHandle igvm_new_from_binary(const uint8_t *data, uint32_t len);
void igvm_free(IgvmHandle file);

/* Of the headers whose types are known */
int32_t igvm_header_count(IgvmHandle file, IgvmHeaderSection section);
IgvmVariableHeaderType igvm_get_header_type(IgvmHandle file, IgvmHeaderSection section,
					    uint32_t index);

/* A buffer with an IGVM_VHS_VARIABLE_HEADER and what follows it, padded to 8 bytes */
IgvmHandle igvm_get_header(IgvmHandle file, IgvmHeaderSection section, uint32_t index);
/* A buffer with the data that the header's file_offset points to, or IGVMAPI_NO_DATA */
IgvmHandle igvm_get_header_data(IgvmHandle file, IgvmHeaderSection section, uint32_t index);

/* Valid until igvm_free_buffer() or igvm_free() */
const uint8_t *igvm_get_buffer(IgvmHandle file, IgvmHandle buffer);
int32_t igvm_get_buffer_size(IgvmHandle file, IgvmHandle buffer);
void igvm_free_buffer(IgvmHandle file, IgvmHandle buffer);

#endif /* IGVM_H */
