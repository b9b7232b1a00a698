// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel has made of the IOMMU and of the secure processor. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/psp-sev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"
#include "ready.h"
#include "snp/host.h"

/* The firmware has to know what Linux 6.11 asks of it. */
#define API_MAJOR	1
#define API_MINOR	51

/* first_match: the first path that a pattern matches, NULL without one */
static char *first_match(const char *pattern)
{
	char *path = NULL;
	glob_t found;

	if (!glob(pattern, 0, NULL, &found))
		path = strdup(found.gl_pathv[0]);
	globfree(&found);
	return path;
}

void ask_kernel(struct answer *answer)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	answer_as(answer, major > 6 || (major == 6 && minor >= 11) ? OK : FAILED, "%s",
		  name.release);
}

/* The kernel takes the flag out of its list when it finds the RMP unusable. */
void ask_kernel_snp(struct answer *answer)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	static char line[8192];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "flags", 5) &&
			(strstr(line, " sev_snp ") || strstr(line, " sev_snp\n"));
	if (file)
		fclose(file);
	answer_as(answer, found ? OK : FAILED, "sev_snp is %sin /proc/cpuinfo",
		  found ? "" : "not ");
}

void ask_cpus_online(struct answer *answer)
{
	char online[128] = "", present[128] = "";

	read_line("/sys/devices/system/cpu/online", online, sizeof(online));
	read_line("/sys/devices/system/cpu/present", present, sizeof(present));
	answer_as(answer, strcmp(online, present) ? FAILED : OK, "%s of %s", online, present);
}

void ask_iommu(struct answer *answer)
{
	char *path = first_match("/sys/class/iommu/ivhd*");

	if (path)
		answer_as(answer, OK, "%s", strrchr(path, '/') + 1);
	else
		answer_as(answer, FAILED, "none in /sys/class/iommu");
	free(path);
}

void ask_iommu_snp(struct answer *answer)
{
	char *path = first_match("/sys/class/iommu/ivhd*/amd-iommu/features");
	char line[64] = "";
	uint64_t features;

	if (!path || !read_line(path, line, sizeof(line))) {
		answer_as(answer, UNKNOWN, "the IOMMU's features cannot be read");
	} else {
		features = strtoull(line, NULL, 16);
		answer_as(answer, features & IOMMU_EFR_SNP ? OK : FAILED, "features %s", line);
	}
	free(path);
}

/* How the groups' devices are translated; what is on the command line decides. */
void ask_iommu_mode(struct answer *answer)
{
	static const char *const words[] = {
		"iommu=pt", "iommu.passthrough=1", "iommu.passthrough=on", "iommu.passthrough=y",
	};
	char *path = first_match("/sys/kernel/iommu_groups/*/type");
	char type[32] = "unknown";
	const char *word = NULL;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]) && !word; i++)
		word = command_line_word(words[i]);
	if (path)
		read_line(path, type, sizeof(type));
	if (word)
		answer_as(answer, FAILED, "%s is on the kernel's command line", word);
	else
		answer_as(answer, strcmp(type, "identity") ? OK : FAILED, "domains are %s", type);
	free(path);
}

void ask_psp(struct answer *answer)
{
	char path[512];

	if (find_psp(path, sizeof(path)))
		answer_as(answer, OK, "%s", strrchr(path, '/') + 1);
	else
		answer_as(answer, FAILED, "no encryption controller of AMD's on the PCI bus");
}

void ask_psp_driver(struct answer *answer)
{
	if (!access("/dev/sev", F_OK))
		answer_as(answer, OK, "/dev/sev");
	else
		answer_as(answer, FAILED, "no /dev/sev, %s", access("/sys/module/ccp", F_OK) ?
			  "ccp is not loaded" : "ccp is loaded");
}

/* Both questions are answered by one command, which changes nothing. */
static bool platform_status(struct answer *answer, struct sev_user_data_snp_status *status)
{
	struct sev_issue_cmd command = {
		.cmd = SNP_PLATFORM_STATUS, .data = (uintptr_t)status,
	};
	int fd = open("/dev/sev", O_RDWR | O_CLOEXEC);
	bool done;

	if (fd < 0) {
		answer_as(answer, UNKNOWN, "/dev/sev: %s", strerror(errno));
		answer->hint = "run this as root";
		return false;
	}
	done = !ioctl(fd, SEV_ISSUE_CMD, &command);
	if (!done)
		answer_as(answer, FAILED, "SNP_PLATFORM_STATUS: %s, firmware error %#x",
			  strerror(errno), command.error);
	close(fd);
	return done;
}

void ask_psp_firmware(struct answer *answer)
{
	struct sev_user_data_snp_status status = { };
	bool recent;

	if (!platform_status(answer, &status))
		return;
	recent = status.api_major > API_MAJOR ||
		(status.api_major == API_MAJOR && status.api_minor >= API_MINOR);
	answer_as(answer, recent ? OK : FAILED, "version %u.%u, build %u", status.api_major,
		  status.api_minor, status.build_id);
}

void ask_psp_snp(struct answer *answer)
{
	struct sev_user_data_snp_status status = { };

	if (platform_status(answer, &status))
		answer_as(answer, status.state == SNP_STATE_INIT ? OK : FAILED,
			  "state %u, %u guests", status.state, status.guest_count);
}
