// SPDX-License-Identifier: GPL-2.0-only
/*
 * sev-dev: every command of /dev/sev, with the errors that its ioctl can end with.
 *
 * usage: sev-dev [--reset]
 *
 * With --reset, those that take the firmware down: FACTORY_RESET, and commands for which
 * Linux brings the platform up and down again.  On a host without SNP (sev=nosnp), since
 * that does not come back as long as KVM is loaded.  Prints TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "dev.h"

int sev_rw, sev_ro;

int issue(int fd, uint32_t cmd, void *data, uint32_t *error)
{
	struct sev_issue_cmd c = { .cmd = cmd, .data = (uintptr_t)data, .error = NO_CALL };
	int ret = ioctl(fd, SEV_ISSUE_CMD, &c) ? errno : 0;

	*error = c.error;
	return ret;
}

void expect(int fd, uint32_t cmd, void *data, int err, uint32_t error, const char *what)
{
	uint32_t seen;
	int ret = issue(fd, cmd, data, &seen);

	judge(ret, seen, err, error, what);
}

static void test_ioctl(void)
{
	ok(ioctl(sev_rw, _IO(SEV_IOC_TYPE, 1), 0) && errno == EINVAL, "another ioctl: EINVAL");
	ok(ioctl(sev_rw, SEV_ISSUE_CMD, BAD_POINTER) && errno == EFAULT,
	   "an argument that cannot be read: EFAULT");
	expect(sev_rw, SEV_MAX, NULL, EINVAL, NO_CALL, "the command after the last: EINVAL");
	expect(sev_rw, SEV_MAX + 1, NULL, EINVAL, NO_CALL, "one beyond: EINVAL");
}

static void test_read_only(void)
{
	static const uint32_t cmds[] = { SEV_FACTORY_RESET, SEV_PEK_GEN, SEV_PDH_GEN, SEV_PEK_CSR,
					 SEV_PEK_CERT_IMPORT };
	unsigned char data[64] = { };

	for (size_t i = 0; i < sizeof(cmds) / sizeof(*cmds); i++)
		expect(sev_ro, cmds[i], data, EPERM, ANY_ERROR, "a command that changes: EPERM");
	expect(sev_ro, SNP_SET_CONFIG, data, EPERM, ANY_ERROR, "SNP_SET_CONFIG: EPERM");
	expect(sev_ro, SNP_VLEK_LOAD, data, EPERM, ANY_ERROR, "SNP_VLEK_LOAD: EPERM");
}

static void test_pointers(void)
{
	static const uint32_t cmds[] = { SEV_PLATFORM_STATUS, SEV_PEK_CSR, SEV_PDH_CERT_EXPORT,
					 SEV_PEK_CERT_IMPORT, SEV_GET_ID, SEV_GET_ID2,
					 SNP_PLATFORM_STATUS, SNP_SET_CONFIG, SNP_VLEK_LOAD };

	for (size_t i = 0; i < sizeof(cmds) / sizeof(*cmds); i++)
		expect(sev_rw, cmds[i], BAD_POINTER, EFAULT, ANY_ERROR,
		       "data that cannot be accessed: EFAULT");
	expect(sev_rw, SNP_PLATFORM_STATUS, NULL, EINVAL, ANY_ERROR, "SNP status to nowhere");
	expect(sev_rw, SNP_SET_CONFIG, NULL, EINVAL, ANY_ERROR, "SNP config from nowhere");
	expect(sev_rw, SNP_VLEK_LOAD, NULL, EINVAL, ANY_ERROR, "a VLEK from nowhere");
}

static void test_status(void)
{
	struct sev_user_data_status s = { };

	expect(sev_ro, SEV_PLATFORM_STATUS, &s, 0, 0, "PLATFORM_STATUS");
	ok(s.api_major == 1 && s.state == 1, "API %u.%u, INIT", s.api_major, s.api_minor);
}

static void test_id(void)
{
	unsigned char old[128] = { }, new[256] = { };
	struct sev_user_data_get_id2 id = { };

	expect(sev_ro, SEV_GET_ID, old, 0, 0, "GET_ID");
	expect(sev_ro, SEV_GET_ID2, &id, EIO, SEV_RET_INVALID_LEN, "GET_ID2 for its length");
	ok(id.length >= 64 && id.length <= sizeof(new), "it takes %u bytes", id.length);
	id.address = (uintptr_t)new;
	expect(sev_ro, SEV_GET_ID2, &id, 0, 0, "GET_ID2");
	ok(!memcmp(old, new, 64), "both give the same chip");
	id.address = (uintptr_t)BAD_POINTER;
	expect(sev_ro, SEV_GET_ID2, &id, EFAULT, 0, "GET_ID2 to nowhere: EFAULT");
	id.length = 0x80000000;
	expect(sev_ro, SEV_GET_ID2, &id, ENOMEM, NO_CALL, "GET_ID2 of far too much: ENOMEM");
}

int main(int argc, char **argv)
{
	bool reset = argc == 2 && !strcmp(argv[1], "--reset");

	if (argc > 1 && !reset) {
		fprintf(stderr, "usage: sev-dev [--reset]\n");
		return 2;
	}
	sev_rw = open("/dev/sev", O_RDWR | O_CLOEXEC);
	sev_ro = open("/dev/sev", O_RDONLY | O_CLOEXEC);
	ok(sev_rw >= 0 && sev_ro >= 0, "/dev/sev opens");
	if (reset) {
		test_reset();
	} else {
		test_ioctl();
		test_read_only();
		test_pointers();
		test_status();
		test_id();
		test_certs();
		test_snp();
		test_working();
		test_import();
	}
	return verdict();
}
