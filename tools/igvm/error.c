// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

static char message[320];

const char *igvm_error_message(void)
{
	return message;
}

void igvm_set_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
}

void igvm_set_blame(const struct igvm_file *file, const struct igvm_header *header,
		    const char *fmt, ...)
{
	char what[128], why[180];
	va_list args;

	igvm_header_describe(file, header, what, sizeof(what));
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s: %s", what, why);
}

void igvm_header_describe(const struct igvm_file *file, const struct igvm_header *header,
			  char *text, size_t size)
{
	size_t index = header - file->headers;
	const char *gpa = "gpa";

	if (!header->known) {
		snprintf(text, size, "header %zu of unknown type 0x%x", index, header->type);
		return;
	}
	if (header->type == IGVM_VHT_RELOCATABLE_REGION)
		gpa = "relocation_region_gpa";
	if (igvm_type_field(header->known, gpa))
		snprintf(text, size, "header %zu, %s at GPA 0x%llx", index, header->known->name,
			 (unsigned long long)igvm_header_get(header, gpa));
	else if (igvm_type_field(header->known, "parameter_area_index"))
		snprintf(text, size, "header %zu, %s of area %u", index, header->known->name,
			 (unsigned int)igvm_header_get(header, "parameter_area_index"));
	else
		snprintf(text, size, "header %zu, %s", index, header->known->name);
}
