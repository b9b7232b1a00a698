/* SPDX-License-Identifier: GPL-2.0-only */
/* The attestation report, and the message in which a guest gets it. */
#ifndef SNP_REPORT_H
#define SNP_REPORT_H

#include <stddef.h>
#include <stdint.h>

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
	uint8_t reserved_04c[4];
	uint8_t report_data[64];
	uint8_t measurement[48];
	uint8_t host_data[32];
	uint8_t id_key_digest[48];
	uint8_t author_key_digest[48];
	uint8_t report_id[32];
	uint8_t report_id_ma[32];
	uint64_t reported_tcb;	/* a byte for each part, which one differs */
	uint8_t cpuid_family;	/* this and the next two: since version 3 */
	uint8_t cpuid_model;
	uint8_t cpuid_stepping;
	uint8_t reserved_18b[0x15];
	uint8_t chip_id[64];
	uint64_t committed_tcb;
	uint8_t current_build;
	uint8_t current_minor;
	uint8_t current_major;
	uint8_t reserved_1eb;
	uint8_t committed_build;
	uint8_t committed_minor;
	uint8_t committed_major;
	uint8_t reserved_1ef;
	uint64_t launch_tcb;
	uint64_t launch_mitigations;	/* this and the next: since version 5 */
	uint64_t current_mitigations;
	uint8_t reserved_208[0x98];
	uint8_t signature[512];	/* of all before it */
};

_Static_assert(offsetof(struct snp_report, chip_id) == 0x1a0, "");
_Static_assert(offsetof(struct snp_report, signature) == 0x2a0, "");
_Static_assert(sizeof(struct snp_report) == 0x4a0, "");

/* What answers MSG_REPORT_REQ */
struct snp_report_response {
	uint32_t status;
	uint32_t size;
	uint8_t reserved_08[0x18];
	struct snp_report report;
};

_Static_assert(offsetof(struct snp_report_response, report) == 0x20, "");

#endif
