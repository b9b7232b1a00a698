// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kmsg returns one record per read, each with its sequence number.  The
 * host checks that no number is missing, so records that were overwritten
 * before this reader came by (EPIPE) are noticed there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define RECORD_MAX	8192
#define BATCH_MAX	(4 * RECORD_MAX)

static int kmsg = -1;

void kmsg_open(void)
{
	kmsg = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		die("/dev/kmsg: %s", strerror(errno));
}

int kmsg_fd(void)
{
	return kmsg;
}

/* Send all records that are there now as messages of @id. */
void kmsg_forward(const char *id)
{
	static char batch[BATCH_MAX];
	size_t len = 0;

	for (;;) {
		ssize_t n = read(kmsg, batch + len, RECORD_MAX);

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n > 0)
			len += n;
		if (len && (n <= 0 || len > BATCH_MAX - RECORD_MAX)) {
			channel_send("kmsg", id, batch, len);
			len = 0;
		}
		if (n <= 0)
			break;
	}
}

/*
 * A line in the kernel's log (and so on the console) that tells where a test
 * begins and ends.  It also completes a record that was left without newline,
 * which readers do not see before the next record is there.
 */
void kmsg_mark(const char *what, const char *name)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "snp-agent: %s %s\n", what, name);

	if (write(kmsg, line, n) != n)
		die("write to /dev/kmsg: %s", strerror(errno));
}
