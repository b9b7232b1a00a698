// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame is "<type> <id> <length>\n<payload>\n".  What a test prints is only
 * ever payload, and the kernel lets one process at a time open a port, so no
 * test can write a frame.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define PORT_CLASS	"/sys/class/virtio-ports"
#define PORT_WAIT_MS	10000
#define PORT_POLL_MS	5

static int channel = -1;

static bool port_is_named(const char *dev, const char *name)
{
	char path[300], line[128] = "";
	FILE *file;

	snprintf(path, sizeof(path), PORT_CLASS "/%s/name", dev);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return !strcmp(line, name);
}

static int port_try_open(const char *name)
{
	DIR *dir = opendir(PORT_CLASS);
	struct dirent *entry;
	char path[300];
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !port_is_named(entry->d_name, name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

/* The port's name arrives from the device some time after the driver's probe. */
void channel_open(const char *port_name)
{
	int waited;

	for (waited = 0; waited < PORT_WAIT_MS; waited += PORT_POLL_MS) {
		channel = port_try_open(port_name);
		if (channel >= 0)
			return;
		poll(NULL, 0, PORT_POLL_MS);
	}
	die("no virtio-serial port named %s", port_name);
}

/*
 * Writes wait for room in the port.  One that writes nothing found the device
 * shut down: somebody has powered the machine off or rebooted it, and there is
 * nothing left to do but wait for that.
 */
static void write_all(const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(channel, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (!n || (n < 0 && errno == EAGAIN)) {
			poll(NULL, 0, PORT_POLL_MS);
			continue;
		}
		if (n < 0)
			die("write to the channel: %s", strerror(errno));
		data += n;
		len -= n;
	}
}

void channel_send(const char *type, const char *id, const void *data, size_t len)
{
	char header[256];
	int n = snprintf(header, sizeof(header), "%s %s %zu\n", type, id, len);

	if (n >= (int)sizeof(header))
		die("name too long: %s", id);
	write_all(header, n);
	write_all(data, len);
	write_all("\n", 1);
}

void channel_printf(const char *type, const char *id, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	channel_send(type, id, text, n < (int)sizeof(text) ? n : (int)sizeof(text) - 1);
}
