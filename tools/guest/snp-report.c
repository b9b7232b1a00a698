// SPDX-License-Identifier: GPL-2.0-only
/*
 * In an SNP guest: fetch the attestation report from /dev/sev-guest, verify it
 * up to the root certificate, and print it.
 *
 * usage: snp-report CERTIFICATES [TEXT]
 *
 * CERTIFICATES is a directory with ark.pem, ask.pem and vcek.pem; up to 64 bytes
 * of TEXT go into the report as REPORT_DATA.  Prints "report.FIELD: VALUE" lines,
 * the last one is the whole report in hexadecimal.  Exits 0 if it is genuine.
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
#include "report.h"

#define DEVICE "/dev/sev-guest"

static void print_bytes(const char *name, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	printf("report.%s: ", name);
	while (len--)
		printf("%02x", *p++);
	putchar('\n');
}

static void print_number(const char *name, uint64_t value)
{
	printf("report.%s: 0x%" PRIx64 "\n", name, value);
}

#define PRINT_BYTES(report, field) print_bytes(#field, (report)->field, sizeof((report)->field))

static void print_report(const struct snp_report *report)
{
	print_number("version", le32toh(report->version));
	print_number("guest_svn", le32toh(report->guest_svn));
	print_number("policy", le64toh(report->policy));
	print_number("vmpl", le32toh(report->vmpl));
	print_number("reported_tcb", le64toh(report->reported_tcb));
	PRINT_BYTES(report, family_id);
	PRINT_BYTES(report, image_id);
	PRINT_BYTES(report, report_data);
	PRINT_BYTES(report, host_data);
	PRINT_BYTES(report, id_key_digest);
	PRINT_BYTES(report, author_key_digest);
	PRINT_BYTES(report, chip_id);
	PRINT_BYTES(report, measurement);
	print_bytes("hex", report, sizeof(*report));
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

static int get_report(const char *text, struct snp_report *report)
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
	if (number_at(&resp, RESPONSE_STATUS) || number_at(&resp, RESPONSE_LEN) < sizeof(*report)) {
		fprintf(stderr, "snp-report: the firmware answered status 0x%x, %u bytes\n",
			number_at(&resp, RESPONSE_STATUS), number_at(&resp, RESPONSE_LEN));
		return -1;
	}
	memcpy(report, resp.data + RESPONSE_REPORT, sizeof(*report));
	return 0;
}

int main(int argc, char **argv)
{
	struct snp_report report;
	const char *problem;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: snp-report CERTIFICATES [TEXT]\n");
		return 2;
	}
	if (get_report(argc == 3 ? argv[2] : "", &report))
		return 1;
	problem = report_verify(&report, argv[1]);
	printf("report.verified: %s%s\n", problem ? "no, " : "yes", problem ? problem : "");
	print_report(&report);
	return problem != NULL;
}
