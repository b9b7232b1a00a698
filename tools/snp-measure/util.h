/* SPDX-License-Identifier: GPL-2.0-only */
/* What every file needs: one message for the failure, bytes, files, numbers. */
#ifndef SNP_MEASURE_UTIL_H
#define SNP_MEASURE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define PAGE_SIZE	0x1000ull
#define PAGE_ALIGNED(x)	(!((x) & (PAGE_SIZE - 1)))

/* Keeps the message for the user; false, so that the compiler sees it. */
#define fail(...) ({ set_failure(__VA_ARGS__); false; })
void set_failure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *failure(void);

struct blob {
	uint8_t *data;
	size_t size;
};

/* An empty file is a blob of size 0 whose data is not NULL. */
bool blob_read(struct blob *blob, const char *path, const char *what);
/* The file holds size bytes, or their base64 text, in lines of any length. */
bool blob_read_exact(struct blob *blob, const char *path, const char *what,
		     size_t size);
void blob_free(struct blob *blob);

bool write_bytes(const char *path, const void *data, size_t size);
bool write_base64(const char *path, const void *data, size_t size);

/*
 * With 0x, since QEMU takes numbers without as decimal ones, and other tools as
 * hexadecimal; nothing may follow.
 */
bool parse_hex64(const char *text, const char *what, uint64_t *value);
bool parse_decimal(const char *text, const char *what, uint64_t max,
		   uint64_t *value);
/* As QEMU's -m: MiB, unless K, M, G or T follows. */
bool parse_size(const char *text, const char *what, uint64_t *bytes);
/* Exactly two digits for each byte, after 0x or nothing. */
bool parse_bytes(const char *text, const char *what, uint8_t *out, size_t len);
void format_bytes(char *out, const uint8_t *bytes, size_t len);

bool all_zero(const uint8_t *bytes, size_t len);

/* What the firmware reads is little endian. */
static inline uint64_t get_le(const uint8_t *at, size_t len)
{
	uint64_t value = 0;

	while (len--)
		value = value << 8 | at[len];
	return value;
}

static inline void put_le(uint8_t *at, uint64_t value, size_t len)
{
	for (; len--; value >>= 8)
		*at++ = value & 0xff;
}

#endif /* SNP_MEASURE_UTIL_H */
