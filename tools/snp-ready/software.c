// SPDX-License-Identifier: GPL-2.0-only
/* What runs guests: QEMU, its firmware, and who may use the devices. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ready.h"

#define OUTPUT_SIZE	65536
#define CANNOT_ASK	255	/* no errno */

/* OvmfSevMetadata, dc886566-984a-4798-a75e-5585a7bf67cc, as it is in the image */
static const uint8_t sev_metadata[16] = {
	0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
	0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc,
};

static const char *const firmwares[] = {
	"/usr/lib/snp-qemu/share/OVMF.fd", "/usr/share/ovmf/OVMF.amdsev.fd",
	"/usr/share/ovmf/OVMF.fd", "/usr/share/qemu/OVMF.fd", NULL,
};

/* Without a shell, so that a name is a name.  Fills OUTPUT; false if it did not run. */
static bool run_qemu(const char *program, char *output)
{
	size_t length = 0;
	ssize_t got;
	int ends[2], status;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	child = fork();
	if (!child) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		execlp(program, program, "-object", "help", NULL);
		_exit(127);
	}
	close(ends[1]);
	while (length < OUTPUT_SIZE - 1 &&
	       (got = read(ends[0], output + length, OUTPUT_SIZE - 1 - length)) > 0)
		length += got;
	output[length] = '\0';
	close(ends[0]);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
		WEXITSTATUS(status) != 127;
}

void ask_qemu(struct answer *answer)
{
	static const char *const names[] = { "snp-qemu-system-x86_64", "qemu-system-x86_64", NULL };
	const char *const named[] = { options.qemu, NULL };
	const char *const *name = options.qemu ? named : names;
	static char output[OUTPUT_SIZE];

	answer_as(answer, FAILED, "%s cannot be run", options.qemu ?: "qemu-system-x86_64");
	for (; *name; name++) {
		if (!run_qemu(*name, output))
			continue;
		if (strstr(output, "sev-snp-guest")) {
			answer_as(answer, OK, "%s", *name);
			return;
		}
		answer_as(answer, FAILED, "%s has no object sev-snp-guest", *name);
	}
}

static bool has_metadata(const char *path)
{
	struct stat st;
	bool found = false;
	void *image;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size > 0) {
		image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (image != MAP_FAILED) {
			found = memmem(image, st.st_size, sev_metadata, sizeof(sev_metadata));
			munmap(image, st.st_size);
		}
	}
	close(fd);
	return found;
}

void ask_firmware(struct answer *answer)
{
	const char *const named[] = { options.firmware, NULL };
	const char *const *path = options.firmware ? named : firmwares;

	answer_as(answer, FAILED, "no OVMF is there");
	for (; *path; path++) {
		if (access(*path, R_OK))
			continue;
		if (has_metadata(*path)) {
			answer_as(answer, OK, "%s", *path);
			return;
		}
		answer_as(answer, FAILED, "%s has no SEV metadata", *path);
	}
	if (options.firmware && access(options.firmware, R_OK))
		answer_as(answer, FAILED, "%s cannot be read", options.firmware);
}

/* In a child, which takes the user's place for good.  Gives an errno, or CANNOT_ASK. */
static int open_as(const struct passwd *user, const char *path)
{
	int status;
	pid_t child = fork();

	if (!child) {
		if (user && (initgroups(user->pw_name, user->pw_gid) || setgid(user->pw_gid) ||
			     setuid(user->pw_uid)))
			_exit(CANNOT_ASK);
		_exit(open(path, O_RDWR | O_CLOEXEC) < 0 ? errno : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return CANNOT_ASK;
	return WEXITSTATUS(status);
}

void ask_permissions(struct answer *answer)
{
	static const char *const devices[] = { "/dev/kvm", "/dev/sev" };
	const char *who = options.user ?: "this user";
	const struct passwd *user = NULL;
	int i, error;

	if (options.user) {
		user = getpwnam(options.user);
		if (!user) {
			answer_as(answer, FAILED, "there is no user %s", options.user);
			return;
		}
	}
	for (i = 0; i < 2; i++) {
		error = open_as(user, devices[i]);
		if (error == CANNOT_ASK) {
			answer_as(answer, UNKNOWN, "%s cannot be asked for", who);
			answer->hint = "run this as root, or as that user without --user";
			return;
		}
		if (error) {
			answer_as(answer, FAILED, "%s cannot open %s: %s", who, devices[i],
				  strerror(error));
			return;
		}
	}
	answer_as(answer, OK, "%s may", who);
}
