/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts as TAP, of programs that ask ccp or KVM for commands of the firmware. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include <stdbool.h>
#include <stdint.h>

/* A status of the firmware that does not matter */
#define ANY_ERROR	0xfffffffe

void ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A call that ended with errno @ret and status @seen should have with @err and @error. */
void judge(int ret, uint32_t seen, int err, uint32_t error, const char *what);

/* Prints the plan; the exit status. */
int verdict(void);

#endif
