/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snp-agent: runs a plan of tests inside L1 and reports every one of them to
 * the build machine over a virtio-serial port.
 */
#ifndef SNP_AGENT_H
#define SNP_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGENT_VERSION	1
#define MAX_ARGS	64

/* One line of /plan: name, seconds and the words of the command. */
struct test {
	char *name;
	unsigned int timeout;
	char *argv[MAX_ARGS + 1];
};

/* channel.c: frames to the build machine, the only writer of the port. */
void channel_open(const char *port_name);
void channel_send(const char *type, const char *id, const void *data, size_t len);
void channel_printf(const char *type, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* hold.c: points at which the harness may halt the machine. */
enum mark {
	MARK_BEGIN = 1,
	MARK_END,
};
void hold(enum mark mark);

/* kmsg.c: the kernel's log, every record exactly once. */
void kmsg_open(void);
int kmsg_fd(void);
void kmsg_forward(const char *id);
void kmsg_mark(const char *what, const char *name);

/* left.c */
void tell_left(void);

/* plan.c */
struct test *plan_read(const char *path, size_t *count);

/* run.c */
void run_test(struct test *test);

/* util.c */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
uint64_t now_us(void);
bool write_file(const char *path, const char *text);

#endif /* SNP_AGENT_H */
