// SPDX-License-Identifier: GPL-2.0-only
/* What KVM offers. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"
#include "ready.h"

#define PARAMETERS "/sys/module/kvm_amd/parameters/"

static const char *const switches[] = { "sev", "sev_es", "sev_snp", "npt" };

void ask_module(struct answer *answer)
{
	if (!access("/sys/module/kvm_amd", F_OK))
		answer_as(answer, OK, "%s", "");
	else
		answer_as(answer, FAILED, "it is not");
}

static bool turns_off(const char *value)
{
	return *value == '0' || *value == 'N' || *value == 'n' || !strncmp(value, "off", 3);
}

/* Finds NAME=0 in an 'options kvm_amd' line of modprobe's configuration. */
static void ask_modprobe_file(struct answer *answer, const char *path)
{
	char line[256], *word, *rest, *value;
	FILE *file = fopen(path, "re");
	size_t i;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		rest = line;
		if (!(word = strsep(&rest, " \t")) || strcmp(word, "options") ||
		    !(word = strsep(&rest, " \t")) ||
		    (strcmp(word, "kvm_amd") && strcmp(word, "kvm-amd")))
			continue;
		while ((word = strsep(&rest, " \t\n"))) {
			value = word;
			word = strsep(&value, "=");
			for (i = 0; value && i < sizeof(switches) / sizeof(switches[0]); i++)
				if (!strcmp(word, switches[i]) && turns_off(value))
					answer_as(answer, FAILED, "%s=%s in %s", word, value, path);
		}
	}
	fclose(file);
}

void ask_module_options(struct answer *answer)
{
	const char *word;
	char start[32];
	glob_t found;
	size_t i;

	answer_as(answer, OK, "%s", "");
	if (!glob("/etc/modprobe.d/*.conf", 0, NULL, &found))
		for (i = 0; i < found.gl_pathc; i++)
			ask_modprobe_file(answer, found.gl_pathv[i]);
	globfree(&found);
	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		snprintf(start, sizeof(start), "kvm_amd.%s=", switches[i]);
		word = command_line_word(start);
		if (word && turns_off(word + strlen(start)))
			answer_as(answer, FAILED, "%s is on the kernel's command line", word);
	}
}

void ask_module_snp(struct answer *answer)
{
	char path[128], values[3][8] = { "?", "?", "?" };
	bool all = true;
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", switches[i]);
		read_line(path, values[i], sizeof(values[i]));
		all = all && (*values[i] == 'Y' || *values[i] == '1');
	}
	answer_as(answer, all ? OK : FAILED, "sev %s, sev_es %s, sev_snp %s", values[0], values[1],
		  values[2]);
}

static int open_kvm(struct answer *answer)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		answer_as(answer, FAILED, "/dev/kvm: %s", strerror(errno));
	return fd;
}

void ask_kvm(struct answer *answer)
{
	int fd = open_kvm(answer), version;

	if (fd < 0)
		return;
	version = ioctl(fd, KVM_GET_API_VERSION, 0);
	answer_as(answer, version == KVM_API_VERSION ? OK : FAILED, "API version %d", version);
	close(fd);
}

void ask_kvm_snp(struct answer *answer)
{
	int fd = open_kvm(answer), types, memory;

	if (fd < 0)
		return;
	types = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_TYPES);
	memory = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD);
	answer_as(answer, types > 0 && types & 1 << KVM_X86_SNP_VM && memory > 0 ? OK : FAILED,
		  "VM types %#x, guest_memfd %d", types, memory);
	close(fd);
}

void ask_capability(struct answer *answer)
{
	int fd = open_kvm(answer), there;

	if (fd < 0)
		return;
	there = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_SNP_DIRECT_VMSA);
	answer_as(answer, there > 0 ? OK : FAILED, "KVM_CAP_SNP_DIRECT_VMSA (%d) is %d",
		  KVM_CAP_SNP_DIRECT_VMSA, there);
	close(fd);
}
