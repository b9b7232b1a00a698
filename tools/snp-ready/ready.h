/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of snp-ready share. */
#ifndef READY_H
#define READY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum result {
	NOT_ASKED,	/* a check that this one needs has failed */
	OK,
	FAILED,
	UNKNOWN,	/* the question could not be asked */
};

struct answer {
	enum result result;
	char found[256];
	const char *hint;	/* instead of the check's own */
};

struct check {
	const char *name;
	const char *what;	/* holds if it is ok */
	const char *needs;	/* names of checks before it, with blanks between */
	const char *hint;
	void (*ask)(struct answer *answer);
};

struct options {
	const char *qemu;
	const char *firmware;
	const char *user;
};

extern struct options options;

/* answer_as: sets the result, and what was found, in words */
void answer_as(struct answer *answer, enum result result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* command_line_word: a word of the kernel's command line that begins so, or NULL */
const char *command_line_word(const char *start);

void ask_cpu(struct answer *answer);
void ask_svm(struct answer *answer);
void ask_snp(struct answer *answer);
void ask_bios_svm(struct answer *answer);
void ask_bios_sme(struct answer *answer);
void ask_bios_asids(struct answer *answer);
void ask_bios_rmp(struct answer *answer);
void ask_rmp_covers(struct answer *answer);
void ask_rmp_enabled(struct answer *answer);

void ask_kernel(struct answer *answer);
void ask_kernel_snp(struct answer *answer);
void ask_cpus_online(struct answer *answer);
void ask_iommu(struct answer *answer);
void ask_iommu_snp(struct answer *answer);
void ask_iommu_mode(struct answer *answer);
void ask_psp(struct answer *answer);
void ask_psp_driver(struct answer *answer);
void ask_psp_firmware(struct answer *answer);
void ask_psp_snp(struct answer *answer);

void ask_module(struct answer *answer);
void ask_module_options(struct answer *answer);
void ask_module_snp(struct answer *answer);
void ask_kvm(struct answer *answer);
void ask_kvm_snp(struct answer *answer);
void ask_capability(struct answer *answer);

void ask_qemu(struct answer *answer);
void ask_firmware(struct answer *answer);
void ask_permissions(struct answer *answer);

#endif
