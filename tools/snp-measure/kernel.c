// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* Linux/x86 boot protocol: the header of a bzImage */
#define SETUP_SECTS	0x1f1
#define MAGIC		0x202
#define PROTOCOL	0x206
#define XLOADFLAGS	0x236
#define INITRD_MAX	0x22c
#define ABOVE_4G	0x2

#define SECTOR		512
#define LEAST_SIZE	(2 * SECTOR)
#define SETUP_DEFAULT	4
#define OLD_INITRD_MAX	0x37ffffffu

/* Where QEMU looks for a multiboot header, and how long one is */
#define MULTIBOOT_ROOM	8192
#define MULTIBOOT_LEN	48
#define MULTIBOOT_MAGIC	0x1badb002u

static bool is_multiboot(const struct blob *kernel)
{
	size_t at;

	for (at = 0; at < MULTIBOOT_ROOM - MULTIBOOT_LEN && at + 12 <= kernel->size; at += 4) {
		const uint8_t *header = kernel->data + at;

		if (get_le(header, 4) == MULTIBOOT_MAGIC &&
		    !(uint32_t)(get_le(header, 4) + get_le(header + 4, 4) + get_le(header + 8, 4)))
			return true;
	}
	return false;
}

/* QEMU starts these in ways of their own, and makes no hashes for them. */
static bool check_no_elf(const struct blob *kernel)
{
	if (is_multiboot(kernel))
		return fail("the kernel is a multiboot image: QEMU does not start one with "
			    "kernel-hashes=on; give the bzImage");
	if (!memcmp(kernel->data, "\177ELF", 4))
		return fail("the kernel is an ELF file, as vmlinux is: QEMU does not start one "
			    "with kernel-hashes=on; give the bzImage");
	return true;
}

static bool check_setup(const struct blob *kernel)
{
	unsigned int sectors = kernel->data[SETUP_SECTS];
	size_t setup = ((sectors ? sectors : SETUP_DEFAULT) + 1) * SECTOR;

	return setup <= kernel->size ||
	       fail("the kernel has %zu bytes, and says that its setup alone has %zu: QEMU refuses "
		    "it",
		    kernel->size, setup);
}

static uint32_t initrd_max(const struct blob *kernel, unsigned int protocol)
{
	if (protocol >= 0x20c && kernel->data[XLOADFLAGS] & ABOVE_4G)
		return UINT32_MAX;
	return protocol >= 0x203 ? get_le(kernel->data + INITRD_MAX, 4) : OLD_INITRD_MAX;
}

static bool check_initrd(const struct blob *kernel, unsigned int protocol,
			 const struct blob *initrd)
{
	if (!initrd)
		return true;
	if (protocol < 0x200)
		return fail("the kernel takes no initrd, it is no bzImage: QEMU refuses it");
	return initrd->size < initrd_max(kernel, protocol) ||
	       fail("the initrd has %zu bytes, the kernel takes less than %u: QEMU refuses it",
		    initrd->size, initrd_max(kernel, protocol));
}

static bool check_vga(const char *cmdline)
{
	static const char *const words[] = { "normal", "ext", "ask" };
	const char *vga = strstr(cmdline, "vga=");
	long long mode;
	char *end;
	size_t n;

	if (!vga)
		return true;
	vga += strlen("vga=");
	for (n = 0; n < ARRAY_SIZE(words); n++) {
		if (!strncmp(vga, words[n], strlen(words[n])))
			return true;
	}
	errno = 0;
	mode = strtoll(vga, &end, 0);
	return (end != vga && !errno && mode <= UINT_MAX && mode >= -(long long)UINT_MAX &&
		(!*end || *end == ' ')) ||
	       fail("the command line's vga= is no number, normal, ext or ask: QEMU refuses it");
}

bool kernel_check(const struct blob *kernel, const struct blob *initrd, const char *cmdline)
{
	unsigned int protocol = 0;

	if (kernel->size < LEAST_SIZE)
		return fail("the kernel has %zu bytes, too few for a bzImage: QEMU refuses it",
			    kernel->size);
	if (!memcmp(kernel->data + MAGIC, "HdrS", 4))
		protocol = get_le(kernel->data + PROTOCOL, 2);
	else if (!check_no_elf(kernel))
		return false;
	return check_vga(cmdline) && check_initrd(kernel, protocol, initrd) && check_setup(kernel);
}

bool boot_files_hash(const struct boot_files *files, bool any, struct boot_hashes *hashes)
{
	const char *cmdline = files->cmdline ? files->cmdline : "";
	struct blob kernel = {}, initrd = {};
	bool good;

	good = blob_read(&kernel, files->kernel, "kernel") &&
	       (!files->initrd || blob_read(&initrd, files->initrd, "initrd")) &&
	       (any || kernel_check(&kernel, files->initrd ? &initrd : NULL, cmdline)) &&
	       boot_hashes_compute(hashes, &kernel, &initrd, cmdline);
	blob_free(&kernel);
	blob_free(&initrd);
	return good;
}
