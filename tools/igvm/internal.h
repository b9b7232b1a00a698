/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IGVM_INTERNAL_H
#define IGVM_INTERNAL_H

#include <igvm/igvm_file.h>

#define ALIGN8(n)	(((n) + 7) & ~(uint64_t)7)
#define FIXED_LEN(version) \
	((version) == IGVM_FORMAT_VERSION_1 ? IGVM_FIXED_HEADER_V1_LEN : IGVM_FIXED_HEADER_V2_LEN)
#define PAGE_ALIGNED(n)	(!((n) & (IGVM_PAGE_SIZE_4K - 1)))

/* Keeps the message; false, so that the compiler sees it. */
#define igvm_fail(...) ({ igvm_set_error(__VA_ARGS__); false; })
void igvm_set_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, after what header it is about. */
#define igvm_blame(file, header, ...) ({ igvm_set_blame(file, header, __VA_ARGS__); false; })
void igvm_set_blame(const struct igvm_file *file, const struct igvm_header *header,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void igvm_put_le(uint8_t *at, uint64_t value, size_t size);
bool igvm_all_zero(const uint8_t *bytes, size_t size);
/* Of the fixed header, whose own checksum counts as 0, and the variable ones */
uint32_t igvm_checksum(const uint8_t *fixed, size_t fixed_size, const uint8_t *variable,
		       size_t variable_size);

/* Room for one more header; NULL if out of memory */
struct igvm_header *igvm_file_more(struct igvm_file *file);
/* A SUPPORTED_PLATFORM is what the file's later headers refer to. */
void igvm_file_note(struct igvm_file *file, const struct igvm_header *header);
/* How many bytes of data the header has, if it has any; false, and a message, if wrong */
bool igvm_data_needed(const struct igvm_file *file, const struct igvm_header *header,
		      const uint8_t *data, size_t left, uint64_t *size);
/* Masks, order, indices, addresses */
bool igvm_file_check(const struct igvm_file *file);

#endif /* IGVM_INTERNAL_H */
