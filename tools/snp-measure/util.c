// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "util.h"

#define FIRST_READ	65536

static char message[512];

void set_failure(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
}

const char *failure(void)
{
	return message;
}

/* Read to the end: the size of a pipe or a device is not known beforehand. */
static bool read_all(struct blob *blob, FILE *file)
{
	size_t room = 0, n;

	do {
		if (blob->size == room) {
			uint8_t *more;

			room = room ? 2 * room : FIRST_READ;
			more = realloc(blob->data, room);
			if (!more) {
				errno = ENOMEM;
				return false;
			}
			blob->data = more;
		}
		n = fread(blob->data + blob->size, 1, room - blob->size, file);
		blob->size += n;
	} while (n);
	return !ferror(file);
}

bool blob_read(struct blob *blob, const char *path, const char *what)
{
	FILE *file = fopen(path, "rb");
	bool good;

	*blob = (struct blob){};
	if (!file)
		return fail("cannot open the %s %s: %s", what, path, strerror(errno));
	good = read_all(blob, file);
	if (!good) {
		fail("cannot read the %s %s: %s", what, path, strerror(errno));
		blob_free(blob);
	}
	fclose(file);
	return good;
}

/* The text without blanks, as base64 programs and mail break it into lines. */
static size_t drop_blanks(uint8_t *text, size_t size)
{
	size_t kept = 0, i;

	for (i = 0; i < size; i++) {
		if (!isspace(text[i]))
			text[kept++] = text[i];
	}
	return kept;
}

static bool is_base64(const uint8_t *text, size_t size)
{
	while (size && (isalnum(*text) || *text == '+' || *text == '/'))
		text++, size--;
	return !size;
}

/* Returns the number of bytes, -1 if the text is not base64.  Changes it. */
static long decode_base64(uint8_t *out, uint8_t *text, size_t size)
{
	size_t padding = 0;
	int n;

	size = drop_blanks(text, size);
	while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
		padding++;
	/* libcrypto takes = anywhere, for zeros, and drops - from the end. */
	if (!is_base64(text, size - padding))
		return -1;
	n = EVP_DecodeBlock(out, text, size);
	return n < 0 ? -1 : n - (long)padding;
}

/* Text of many short lines is not much longer than this. */
#define MOST_TEXT(size)	(3 * (size))

bool blob_read_exact(struct blob *blob, const char *path, const char *what,
		     size_t size)
{
	size_t given;
	uint8_t *decoded;
	long n = -1;

	if (!blob_read(blob, path, what))
		return false;
	if (blob->size == size)
		return true;
	given = blob->size;
	decoded = given <= MOST_TEXT(size) ? malloc(MOST_TEXT(size)) : NULL;
	if (decoded)
		n = decode_base64(decoded, blob->data, given);
	blob_free(blob);
	if (n == (long)size) {
		*blob = (struct blob){ decoded, size };
		return true;
	}
	free(decoded);
	return fail("the %s %s is neither %zu bytes nor their base64 text (it has %zu bytes)",
		    what, path, size, given);
}

void blob_free(struct blob *blob)
{
	free(blob->data);
	*blob = (struct blob){};
}

bool write_bytes(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool good;

	if (!file)
		return fail("cannot write %s: %s", path, strerror(errno));
	good = fwrite(data, 1, size, file) == size;
	if (fclose(file) || !good)
		return fail("cannot write %s: %s", path, strerror(errno));
	return true;
}

bool write_base64(const char *path, const void *data, size_t size)
{
	char *text = malloc((size + 2) / 3 * 4 + 2);
	bool good;
	int n;

	if (!text)
		return fail("out of memory");
	n = EVP_EncodeBlock((unsigned char *)text, data, size);
	text[n] = '\n';
	good = write_bytes(path, text, n + 1);
	free(text);
	return good;
}

static const char *after_0x(const char *text)
{
	return strncasecmp(text, "0x", 2) ? text : text + 2;
}

/* strtoull alone takes signs and leading blanks. */
static bool parse_number(const char *digits, int base, uint64_t *value)
{
	char *end;

	if (!isxdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = strtoull(digits, &end, base);
	return !*end && !errno;
}

static bool refuse_bare(const char *text, const char *what)
{
	uint64_t decimal, hex;

	if (parse_number(text, 10, &decimal) && parse_number(text, 16, &hex) && hex != decimal)
		return fail("the %s '%s' lacks 0x: give 0x%s, or 0x%llx if it is decimal",
			    what, text,
			    text, (unsigned long long)decimal);
	return fail("the %s '%s' lacks 0x: give 0x%s", what, text, text);
}

bool parse_hex64(const char *text, const char *what, uint64_t *value)
{
	const char *digits = after_0x(text);

	if (*digits == '0' && tolower((unsigned char)digits[1]) == 'x')
		digits = "";	/* strtoull would skip one more */
	if (!parse_number(digits, 16, value))
		return fail("the %s '%s' is not a 64-bit hexadecimal number", what, text);
	return digits != text || refuse_bare(text, what);
}

bool parse_decimal(const char *text, const char *what, uint64_t max,
		   uint64_t *value)
{
	if (!parse_number(text, 10, value) || *value > max)
		return fail("the %s '%s' is not a number up to %llu", what, text,
			    (unsigned long long)max);
	return true;
}

bool parse_size(const char *text, const char *what, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	size_t len = strlen(text);
	const char *unit = len ? strchr(units, text[len - 1]) : NULL;
	unsigned int shift = 10 * (unit ? unit - units + 1 : 2);
	char digits[24] = "";

	len -= unit ? 1 : 0;
	if (len < sizeof(digits))
		memcpy(digits, text, len);
	if (!parse_number(digits, 10, bytes) || !*bytes || *bytes > UINT64_MAX >> shift)
		return fail("the %s '%s' is not a number of MiB, or one with K, M, G or T",
			    what, text);
	*bytes <<= shift;
	return true;
}

bool parse_bytes(const char *text, const char *what, uint8_t *out, size_t len)
{
	const char *digits = after_0x(text);
	size_t i;

	if (strlen(digits) != 2 * len || strspn(digits, "0123456789abcdefABCDEF") != 2 * len)
		return fail("the %s '%s' is not %zu hexadecimal digits", what, text, 2 * len);
	for (i = 0; i < len; i++)
		sscanf(digits + 2 * i, "%2hhx", &out[i]);
	return true;
}

void format_bytes(char *out, const uint8_t *bytes, size_t len)
{
	size_t i;

	*out = 0;
	for (i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

bool all_zero(const uint8_t *bytes, size_t len)
{
	while (len && !bytes[len - 1])
		len--;
	return !len;
}
