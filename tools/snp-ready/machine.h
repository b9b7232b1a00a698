/* SPDX-License-Identifier: GPL-2.0-only */
/* What a machine tells of itself, for snp-ready and for snp-facts of the hardware kit. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* read_line: the first line of a file, without its end; false if there is none */
bool read_line(const char *path, char *line, size_t size);

enum msr_result {
	MSR_VALUE,
	MSR_FAULT,	/* the CPU has none of that number, or does not let it be read */
	MSR_NONE,	/* it could not be asked, errno says why */
};

/* read_msr: by way of /dev/cpu/N/msr, which takes root and the module msr */
enum msr_result read_msr(int cpu, uint32_t number, uint64_t *value);

/* end_of_ram: of the last range that is RAM, in bytes; 0 if nobody tells */
uint64_t end_of_ram(void);

/*
 * find_psp: the secure processor's folder in sysfs; false if there is none.  Its PCI ids
 * differ from generation to generation, its class does not.
 */
bool find_psp(char *path, size_t size);

#endif
