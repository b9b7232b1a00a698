// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "json.h"

static void start_item(struct json *json, const char *key)
{
	fprintf(json->out, "%s\n%*s", json->first ? "" : ",", 2 * (int)json->depth, "");
	json->first = false;
	if (key)
		fprintf(json->out, "\"%s\": ", key);
}

void json_open(struct json *json, const char *key, char bracket)
{
	start_item(json, key);
	putc(bracket, json->out);
	json->depth++;
	json->first = true;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	fprintf(json->out, "\n%*s%c", 2 * (int)json->depth, "", bracket);
	json->first = false;
}

void json_begin(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out, .depth = 1, .first = true };
	putc('{', out);
}

void json_end(struct json *json)
{
	json_close(json, '}');
	putc('\n', json->out);
}

/* The length of the UTF-8 sequence that s starts with, 0 if it is none */
static int utf8_length(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t code, least;
	int len, i;

	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xc2 && u[0] < 0xe0)
		len = 2, code = u[0] & 0x1f, least = 0x80;
	else if (u[0] >= 0xe0 && u[0] < 0xf0)
		len = 3, code = u[0] & 0x0f, least = 0x800;
	else if (u[0] >= 0xf0 && u[0] < 0xf5)
		len = 4, code = u[0] & 0x07, least = 0x10000;
	else
		return 0;
	for (i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (u[i] & 0x3f);
	}
	return code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : len;
}

/* File names and command lines can hold anything; JSON has to stay UTF-8. */
static void put_text(FILE *out, const char *s)
{
	while (*s) {
		int len = utf8_length(s);

		if (!len)
			fputs("\\ufffd", out);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			fprintf(out, "\\u%04x", *s);
		else
			fprintf(out, "%s%.*s", *s == '"' || *s == '\\' ? "\\" : "", len, s);
		s += len ? len : 1;
	}
}

void json_string(struct json *json, const char *key, const char *value)
{
	start_item(json, key);
	putc('"', json->out);
	put_text(json->out, value);
	putc('"', json->out);
}

void json_bytes(struct json *json, const char *key, const uint8_t *bytes, size_t len)
{
	start_item(json, key);
	putc('"', json->out);
	while (len--)
		fprintf(json->out, "%02x", *bytes++);
	putc('"', json->out);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	start_item(json, key);
	fprintf(json->out, "%llu", (unsigned long long)value);
}

void json_hex(struct json *json, const char *key, uint64_t value)
{
	start_item(json, key);
	fprintf(json->out, "\"0x%llx\"", (unsigned long long)value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	start_item(json, key);
	fputs(value ? "true" : "false", json->out);
}
