/* SPDX-License-Identifier: GPL-2.0-only */
/* A JSON writer.  In arrays, the key is NULL. */
#ifndef SNP_MEASURE_JSON_H
#define SNP_MEASURE_JSON_H

#include <stdio.h>

#include "util.h"

struct json {
	FILE *out;
	unsigned int depth;
	bool first;	/* nothing is in the innermost object or array yet */
};

void json_begin(struct json *json, FILE *out);	/* the outermost object */
void json_end(struct json *json);

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *key, const char *value);
void json_bytes(struct json *json, const char *key, const uint8_t *bytes, size_t len);
void json_number(struct json *json, const char *key, uint64_t value);
void json_hex(struct json *json, const char *key, uint64_t value);	/* "0x..." */
void json_bool(struct json *json, const char *key, bool value);

#endif /* SNP_MEASURE_JSON_H */
