// SPDX-License-Identifier: GPL-2.0-only
/* Names what a test has left behind. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent.h"

#define KTHREADD	2

/* Kernel threads and zombies are nobody's. */
static bool is_alive(pid_t pid, char *name)
{
	char path[32], state = 'Z';
	int parent = KTHREADD;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%63[^)]) %c %d", name, &state, &parent) != 3)
		state = 'Z';
	fclose(file);
	return state != 'Z' && parent != KTHREADD;
}

/* In the kernel's log, which the test's messages are read from. */
void tell_left(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char name[64];

	while (dir && (entry = readdir(dir))) {
		pid_t pid = isdigit(entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (pid > KTHREADD && pid != getpid() && is_alive(pid, name))
			kmsg_mark("left", name);
	}
	if (dir)
		closedir(dir);
}
