/* SPDX-License-Identifier: GPL-2.0-only */
/* The attestation report, and who has signed it. */
#ifndef SNP_MEASURE_REPORT_H
#define SNP_MEASURE_REPORT_H

#include <snp/report.h>

#include "util.h"

#define REPORT_LEN	sizeof(struct snp_report)

/* Where a field of the report is, and how long it is */
#define REPORT(member)		offsetof(struct snp_report, member)
#define REPORT_SIZE(member)	sizeof(((struct snp_report *)NULL)->member)

#define REPORT_DATA_LEN		REPORT_SIZE(report_data)
#define CHIP_ID_LEN		REPORT_SIZE(chip_id)
#define TCB_LEN			REPORT_SIZE(reported_tcb)

/* Version and algorithm are ones that are known. */
bool report_check(const uint8_t report[REPORT_LEN]);

typedef void report_visit_fn(const char *name, const char *value);
void report_for_each(const uint8_t report[REPORT_LEN], report_visit_fn *visit);
struct json;
void report_print_json(const uint8_t report[REPORT_LEN], struct json *json);

/* milan, genoa or turin; NULL if the report does not say, or it is none of them. */
const char *report_generation(const uint8_t report[REPORT_LEN]);
/* It is signed by a cloud's key, and not by a chip's. */
bool report_is_by_vlek(const uint8_t report[REPORT_LEN]);

/* Where the host has the firmware mask it, a report names no chip. */
bool report_chip_is_masked(const uint8_t report[REPORT_LEN]);

/*
 * Is it what the VCEK has signed, for whose chip and TCB version the ARK vouches?  Or a
 * VLEK, for whose TCB version it vouches, and for no chip.  A
 * masked chip id is not held against it.  any_time: certificates are neither expired
 * nor not valid yet, for who cannot trust the clock.
 */
struct chain;
bool report_verify(const uint8_t report[REPORT_LEN], const struct chain *chain, bool any_time);
/* How to tell it of a report that is verified */
const char *report_verdict(const uint8_t report[REPORT_LEN]);
/*
 * Of a report that is verified: has no part of its reported TCB version a lower one, and
 * does least name none that this generation's version has not?
 */
bool report_has_tcb(const uint8_t report[REPORT_LEN], const uint8_t least[TCB_LEN]);

#endif /* SNP_MEASURE_REPORT_H */
