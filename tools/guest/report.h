/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attestation report, version 2: SEV-SNP Firmware ABI (#56860),
 * "ATTESTATION_REPORT Structure".  All numbers are little endian.
 */
#ifndef REPORT_H
#define REPORT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_ALGO_ECDSA_P384_SHA384	1
#define REPORT_COMPONENT_LEN		72

struct snp_report {
	uint32_t version;
	uint32_t guest_svn;
	uint64_t policy;
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t vmpl;
	uint32_t signature_algo;
	uint64_t current_tcb;
	uint64_t platform_info;
	uint32_t key_info;
	uint32_t reserved1;
	uint8_t report_data[64];
	uint8_t measurement[48];
	uint8_t host_data[32];
	uint8_t id_key_digest[48];
	uint8_t author_key_digest[48];
	uint8_t report_id[32];
	uint8_t report_id_ma[32];
	uint64_t reported_tcb;
	uint8_t reserved2[24];
	uint8_t chip_id[64];
	uint64_t committed_tcb;
	uint8_t build_versions[8];
	uint64_t launch_tcb;
	uint8_t reserved3[168];
	/* Signed up to here. */
	uint8_t r[REPORT_COMPONENT_LEN];
	uint8_t s[REPORT_COMPONENT_LEN];
	uint8_t reserved4[368];
};

static_assert(offsetof(struct snp_report, report_data) == 0x50, "report_data");
static_assert(offsetof(struct snp_report, measurement) == 0x90, "measurement");
static_assert(offsetof(struct snp_report, reported_tcb) == 0x180, "reported_tcb");
static_assert(offsetof(struct snp_report, chip_id) == 0x1a0, "chip_id");
static_assert(offsetof(struct snp_report, r) == 0x2a0, "signature");
static_assert(sizeof(struct snp_report) == 0x4a0, "report");

/* Where the firmware puts it in the message that answers a request. */
#define RESPONSE_STATUS	0x00
#define RESPONSE_LEN	0x04
#define RESPONSE_REPORT	0x20

/*
 * NULL if the report was signed by the VCEK in @dir, which the ARK there
 * vouches for, and names the same chip; else what is wrong.
 */
const char *report_verify(const struct snp_report *report, const char *dir);

#endif
