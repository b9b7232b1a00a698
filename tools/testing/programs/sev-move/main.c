// SPDX-License-Identifier: GPL-2.0-only
/*
 * sev-move: an SEV guest is launched for its owner, with a session, a secret and a
 * report, and then moved by SEND_* and RECEIVE_* to another VM of the same host, where
 * it runs on.  Linux has no command for the VMSAs of SEV-ES guests.
 *
 * usage: sev-move [--send]
 *
 *   --send	only send it: no guest can be received on a host with SNP
 *
 * Prints TAP.  libcrypto is the owner's and judges what the firmware has signed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/psp-sev.h>

#include "move.h"

int kvm_fd, sev_fd;

int command(struct guest *g, uint32_t id, void *data, uint32_t *error)
{
	struct kvm_sev_cmd cmd = { .id = id, .data = (uintptr_t)data, .sev_fd = sev_fd };
	int ret = ioctl(g->vm, KVM_MEMORY_ENCRYPT_OP, &cmd) ? errno : 0;

	*error = cmd.error;
	return ret;
}

void expect(struct guest *g, uint32_t id, void *data, int err, uint32_t error, const char *what)
{
	uint32_t seen;
	int ret = command(g, id, data, &seen);

	judge(ret, seen, err, error, what);
}

static void export_certs(struct certs *c)
{
	struct sev_user_data_pdh_cert_export e = {
		.pdh_cert_address = (uintptr_t)c->pdh, .pdh_cert_len = CERT_LEN,
		.cert_chain_address = (uintptr_t)c->chain, .cert_chain_len = 3 * CERT_LEN,
	};
	struct sev_issue_cmd cmd = { .cmd = SEV_PDH_CERT_EXPORT, .data = (uintptr_t)&e };

	ok(!ioctl(sev_fd, SEV_ISSUE_CMD, &cmd), "the platform's certificates");
}

static void move_sev(const struct certs *platform, bool receive)
{
	struct guest from, to, plain;

	vm_create(&from, KVM_X86_SEV_VM, 0);
	vm_create(&to, KVM_X86_SEV_VM, 0);
	vm_create(&plain, KVM_X86_DEFAULT_VM, 0);
	vm_load_code(&from);
	owner_start(&from, platform);
	owner_finish(&from, platform);
	test_long_buffers(&from, platform);
	if (receive)
		test_move(&from, &to, platform);
	test_errors(&to, &plain);
	vm_destroy(&from);
	vm_destroy(&to);
	vm_destroy(&plain);
}

int main(int argc, char **argv)
{
	static struct certs platform;

	kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	sev_fd = open("/dev/sev", O_RDWR | O_CLOEXEC);
	ok(kvm_fd >= 0 && sev_fd >= 0, "/dev/kvm and /dev/sev open");
	export_certs(&platform);
	move_sev(&platform, !(argc == 2 && !strcmp(argv[1], "--send")));
	return verdict();
}
