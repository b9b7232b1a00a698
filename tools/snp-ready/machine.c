// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found;

	if (!file)
		return false;
	found = fgets(line, size, file);
	fclose(file);
	if (found)
		line[strcspn(line, "\n")] = '\0';
	return found;
}

enum msr_result read_msr(int cpu, uint32_t number, uint64_t *value)
{
	enum msr_result result;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/cpu/%d/msr", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return MSR_NONE;
	if (pread(fd, value, sizeof(*value), number) == sizeof(*value))
		result = MSR_VALUE;
	else
		result = errno == EIO ? MSR_FAULT : MSR_NONE;
	close(fd);
	return result;
}

/* To others than root, /proc/iomem shows every address as 0. */
uint64_t end_of_ram(void)
{
	unsigned long long start, end, last = 0;
	FILE *file = fopen("/proc/iomem", "re");
	char line[128];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strstr(line, "System RAM") && sscanf(line, "%llx-%llx", &start, &end) == 2 && end)
			last = end + 1;
	fclose(file);
	return last;
}

static bool is_psp(const char *device)
{
	char path[512], line[16];

	snprintf(path, sizeof(path), "%s/vendor", device);
	if (!read_line(path, line, sizeof(line)) || strcmp(line, "0x1022"))
		return false;
	snprintf(path, sizeof(path), "%s/class", device);
	return read_line(path, line, sizeof(line)) && !strncmp(line, "0x1080", 6);
}

bool find_psp(char *path, size_t size)
{
	bool have = false;
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc && !have; i++) {
		have = is_psp(found.gl_pathv[i]);
		if (have)
			snprintf(path, size, "%s", found.gl_pathv[i]);
	}
	globfree(&found);
	return have;
}
