// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands for /dev/sev-guest: the linker's --wrap has open() and ioctl() come here.
 * The report is in the file that FAKE_REPORT names.
 */
#include <fcntl.h>
#include <linux/sev-guest.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REPORT_AT	0x20
#define REPORT_LEN	0x4a0

int __real_open(const char *path, int flags);
int __wrap_open(const char *path, int flags);
int __wrap_ioctl(int fd, unsigned long request, struct snp_guest_request_ioctl *call);

int __wrap_open(const char *path, int flags)
{
	const char *report = getenv("FAKE_REPORT");

	if (report && !strcmp(path, "/dev/sev-guest"))
		return __real_open(report, O_RDONLY);
	return __real_open(path, flags);
}

int __wrap_ioctl(int fd, unsigned long request, struct snp_guest_request_ioctl *call)
{
	struct snp_report_resp *answer = (void *)(uintptr_t)call->resp_data;
	uint32_t len = REPORT_LEN;

	if (request != SNP_GET_REPORT)
		return -1;
	memcpy(answer->data + sizeof(len), &len, sizeof(len));
	return read(fd, answer->data + REPORT_AT, REPORT_LEN) == REPORT_LEN ? 0 : -1;
}
