// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial port, TAP, and the end of the program.
 */
#include "arch.h"

#define COM1		0x3f8
#define COM_LSR		5
#define LSR_THRE	0x20

#define BY_MULTIBOOT2	0x36d76289

#define RESET_PORT	0xcf9		/* of the southbridge */
#define RESET_ALL	0x0e

/* isa-debug-exit: QEMU exits with twice the value plus 1 */
#define EXIT_PORT	0xf4
#define EXIT_PASS	0x10
#define EXIT_FAIL	0x11

/* In PVH's hvm_start_info */
#define INFO_CMDLINE	24

extern const uint64_t start_info, start_magic;

static unsigned int tap_count, tap_failed;

static void print_char(char c)
{
	while (!(inb(COM1 + COM_LSR) & LSR_THRE))
		;
	outb(COM1, c);
}

void print(const char *s)
{
	while (*s)
		print_char(*s++);
}

void print_hex(uint64_t value)
{
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	print("0x");
	for (; shift >= 0; shift -= 4)
		print_char("0123456789abcdef"[(value >> shift) & 15]);
}

void print_dec(unsigned int value)
{
	if (value >= 10)
		print_dec(value / 10);
	print_char('0' + value % 10);
}

void tap_ok(bool ok, const char *group, const char *what)
{
	tap_count++;
	if (!ok) {
		tap_failed++;
		print("not ");
	}
	print("ok ");
	print_dec(tap_count);
	print(" - ");
	print(group);
	print(": ");
	print(what);
	print("\n");
}

void tap_value(uint64_t got, uint64_t want, const char *group, const char *what)
{
	tap_ok(got == want, group, what);
	if (got == want)
		return;
	print("# got ");
	print_hex(got);
	print(", expected ");
	print_hex(want);
	print("\n");
}

static void __attribute__((noreturn)) quit(uint32_t how)
{
	/* A boot loader is on real machines, too, which may have something else there. */
	if (start_magic != BY_MULTIBOOT2)
		outl(EXIT_PORT, how);
	for (;;)
		asm volatile("cli; hlt");
}

void boot_again(void)
{
	outb(RESET_PORT, RESET_ALL);
	for (;;)
		asm volatile("cli; hlt");
}

void tap_finish(void)
{
	print("1..");
	print_dec(tap_count);
	print("\n");
	quit(tap_failed ? EXIT_FAIL : EXIT_PASS);
}

void bail_out(const char *why)
{
	print("Bail out! ");
	print(why);
	print("\n");
	quit(EXIT_FAIL);
}

void need(bool ok, const char *what)
{
	if (ok)
		return;
	print("# missing: ");
	print(what);
	print("\n");
	bail_out("what the tests rest on does not hold");
}

const char *command_line(void)
{
	return (const char *)get64(start_info + INFO_CMDLINE);
}

/* The compiler calls these two by itself, too. */
void *memset(void *p, int c, size_t n)
{
	void *to = p;

	asm volatile("rep stosb" : "+D" (to), "+c" (n) : "a" (c) : "memory");
	return p;
}

void *memcpy(void *p, const void *from, size_t n)
{
	void *to = p;

	asm volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
	return p;
}

bool same_bytes(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;

	while (n--) {
		if (*x++ != *y++)
			return false;
	}
	return true;
}

bool all_bytes(const void *p, uint8_t c, size_t n)
{
	const volatile uint8_t *x = p;

	while (n--) {
		if (*x++ != c)
			return false;
	}
	return true;
}
