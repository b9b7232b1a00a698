// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "verdicts.h"

static int tests, failures;

void ok(bool passed, const char *format, ...)
{
	va_list args;

	failures += !passed;
	printf("%sok %d - ", passed ? "" : "not ", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void judge(int ret, uint32_t seen, int err, uint32_t error, const char *what)
{
	bool good = ret == err && (error == ANY_ERROR || seen == error);

	ok(good, "%s", what);
	if (!good)
		printf("# errno %d, firmware %#x; expected %d, %#x\n", ret, seen, err, error);
}

int verdict(void)
{
	printf("1..%d\n", tests);
	return !!failures;
}
