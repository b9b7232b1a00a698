// SPDX-License-Identifier: GPL-2.0-only
/*
 * In an SNP guest: fetch the attestation report from /dev/sev-guest, verify it
 * up to the root certificate with what snp-measure verifies reports with, and print
 * it.
 *
 * usage: snp-report CERTIFICATES [TEXT]
 *
 * CERTIFICATES is a directory as snp-measure takes it; up to 64 bytes of TEXT go
 * into the report as REPORT_DATA.  Prints "report.FIELD: VALUE" lines, the last one
 * is the whole report in hexadecimal.  Exits 0 if it is genuine.
 *
 * example: snp-report /certs "a nonce"
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sev-guest.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "certs.h"
#include "report.h"

#define DEVICE "/dev/sev-guest"

/* Where something is in the message that answers a request */
#define RESPONSE(member)	offsetof(struct snp_report_response, member)

static void print_line(const char *name, const char *value)
{
	printf("report.%s: %s\n", name, value);
}

static void print_report(const uint8_t *report)
{
	char hex[2 * REPORT_LEN + 1];

	report_for_each(report, print_line);
	format_bytes(hex, report, REPORT_LEN);
	print_line("hex", hex);
}

static int request(struct snp_report_req *req, struct snp_report_resp *resp)
{
	struct snp_guest_request_ioctl call = {
		.msg_version = 1,
		.req_data = (uintptr_t)req,
		.resp_data = (uintptr_t)resp,
	};
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	int error;

	if (fd < 0) {
		fprintf(stderr, "snp-report: %s: %s\n", DEVICE, strerror(errno));
		return -1;
	}
	error = ioctl(fd, SNP_GET_REPORT, &call);
	if (error)
		fprintf(stderr, "snp-report: SNP_GET_REPORT: %s, EXITINFO2 0x%" PRIx64 "\n",
			strerror(errno), (uint64_t)call.exitinfo2);
	close(fd);
	return error;
}

static uint32_t number_at(const struct snp_report_resp *resp, size_t offset)
{
	uint32_t value;

	memcpy(&value, resp->data + offset, sizeof(value));
	return le32toh(value);
}

static int get_report(const char *text, uint8_t report[REPORT_LEN])
{
	struct snp_report_req req = {};
	struct snp_report_resp resp = {};

	if (strlen(text) > sizeof(req.user_data)) {
		fprintf(stderr, "snp-report: no more than %zu bytes of text, please\n",
			sizeof(req.user_data));
		return -1;
	}
	memcpy(req.user_data, text, strlen(text));
	if (request(&req, &resp))
		return -1;
	if (number_at(&resp, RESPONSE(status)) || number_at(&resp, RESPONSE(size)) < REPORT_LEN) {
		fprintf(stderr, "snp-report: the firmware answered status 0x%x, %u bytes\n",
			number_at(&resp, RESPONSE(status)), number_at(&resp, RESPONSE(size)));
		return -1;
	}
	memcpy(report, resp.data + RESPONSE(report), REPORT_LEN);
	return 0;
}

/* The host chooses what time a guest believes it is. */
static const char *judge(const uint8_t *report, const char *dir)
{
	struct chain chain = {};
	bool good = report_check(report) &&
		    chain_read(&chain, dir, report_generation(report), report_is_by_vlek(report)) &&
		    report_verify(report, &chain, true);

	chain_free(&chain);
	return good ? NULL : failure();
}

int main(int argc, char **argv)
{
	uint8_t report[REPORT_LEN];
	const char *problem;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: snp-report CERTIFICATES [TEXT]\n");
		return 2;
	}
	if (get_report(argc == 3 ? argv[2] : "", report))
		return 1;
	problem = judge(report, argv[1]);
	if (problem)
		printf("report.verified: no, %s\n", problem);
	else
		print_line("verified", report_verdict(report));
	print_report(report);
	return problem != NULL;
}
