// SPDX-License-Identifier: GPL-2.0-only
/* Sending a guest, receiving it, and what can be wrong with that. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "move.h"

#define BAD_MEASUREMENT	0xb
#define GUEST_STATE	0x2

static struct kvm_sev_send_start send_start(const struct certs *to, unsigned char *session)
{
	return (struct kvm_sev_send_start){
		.pdh_cert_uaddr = (uintptr_t)to->pdh, .pdh_cert_len = CERT_LEN,
		.plat_certs_uaddr = (uintptr_t)to->chain, .plat_certs_len = 3 * CERT_LEN,
		/* nobody looks at AMD's unless the policy says so */
		.amd_certs_uaddr = (uintptr_t)to->chain, .amd_certs_len = PAGE,
		.session_uaddr = (uintptr_t)session, .session_len = SESSION_LEN,
	};
}

static struct kvm_sev_send_update_data packet(unsigned char *hdr, unsigned char *data,
					      unsigned char *guest)
{
	return (struct kvm_sev_send_update_data){
		.hdr_uaddr = (uintptr_t)hdr, .hdr_len = HDR_LEN,
		.guest_uaddr = (uintptr_t)guest, .guest_len = PAGE,
		.trans_uaddr = (uintptr_t)data, .trans_len = PAGE,
	};
}

static void test_send_start(struct guest *g, const struct certs *to, unsigned char *session)
{
	struct kvm_sev_send_start s = { };
	struct certs other = *to;

	expect(g, KVM_SEV_SEND_START, (void *)8, EFAULT, ANY_ERROR, "SEND_START at no address");
	expect(g, KVM_SEV_SEND_START, &s, EIO, 4, "SEND_START for the session's length");
	ok(s.session_len == SESSION_LEN, "it is 128 bytes");
	expect(g, KVM_SEV_SEND_START, &s, EINVAL, ANY_ERROR, "SEND_START to nobody");
	s = send_start(to, session);
	s.pdh_cert_uaddr = 8;
	expect(g, KVM_SEV_SEND_START, &s, EFAULT, ANY_ERROR, "a PDH at no address");
	s = send_start(to, session);
	s.plat_certs_uaddr = 8;
	expect(g, KVM_SEV_SEND_START, &s, EFAULT, ANY_ERROR, "a chain at no address");
	s = send_start(to, session);
	s.amd_certs_uaddr = 8;
	expect(g, KVM_SEV_SEND_START, &s, EFAULT, ANY_ERROR, "AMD's certificates at no address");
	other.pdh[0x20] ^= 1;
	s = send_start(&other, session);
	expect(g, KVM_SEV_SEND_START, &s, EIO, 6, "a PDH that nobody vouches for");
	s = send_start(to, session);
	expect(g, KVM_SEV_SEND_START, &s, 0, 0, "SEND_START");
	ok(s.policy == g->policy, "it says the policy, %#x", s.policy);
}

static void test_send_update(struct guest *g)
{
	unsigned char hdr[HDR_LEN], data[PAGE];
	struct kvm_sev_send_update_data u = { .guest_len = PAGE };

	expect(g, KVM_SEV_SEND_UPDATE_DATA, (void *)8, EFAULT, ANY_ERROR, "a packet at no address");
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EIO, 4, "SEND_UPDATE_DATA for its lengths");
	ok(u.hdr_len == HDR_LEN, "a header is 52 bytes");
	u.trans_len = PAGE;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "a packet of nothing");
	u = packet(hdr, data, g->mem + 16);
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "a packet of two pages");
	u = packet(hdr, data, NULL);
	u.guest_uaddr = PAGE;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, ENOMEM, ANY_ERROR, "a packet of no memory");
	u = packet(hdr, data, g->mem);
	u.trans_uaddr = 8;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EFAULT, ANY_ERROR, "a packet to no address");
	u = packet(hdr, data, g->mem);
	u.hdr_uaddr = 8;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EFAULT, ANY_ERROR, "a header to no address");
	u = packet(hdr, data, g->mem);
	expect(g, KVM_SEV_SEND_UPDATE_VMSA, &u, EINVAL, ANY_ERROR, "Linux sends no VMSA");
}

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

/*
 * What the firmware does not write, of a buffer that is longer than what it has to say.  The
 * driver gets the pages of one command for another one soon, with what was in them.
 */
void test_long_buffers(struct guest *g, const struct certs *platform)
{
	static unsigned char hdr[4 * PAGE], data[4 * PAGE], session[4 * PAGE];
	struct kvm_sev_send_start s = send_start(platform, session);
	struct kvm_sev_send_update_data u = packet(hdr, data, g->mem);
	int sent = 0, zero = 0;
	uint32_t error;

	s.session_len = sizeof(session);
	u.hdr_len = u.trans_len = sizeof(data);
	expect(g, KVM_SEV_SEND_START, &s, 0, 0, "SEND_START with room for more");
	for (int i = 0; i < 16; i++) {
		sent += !command(g, KVM_SEV_SEND_UPDATE_DATA, &u, &error);
		zero += is_zero(data + PAGE, sizeof(data) - PAGE) &&
			is_zero(hdr + HDR_LEN, sizeof(hdr) - HDR_LEN);
	}
	ok(sent == 16, "packets with room for more");
	ok(zero == 16, "which is zero, each time");
	u.trans_len++;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "a packet of more than 16 KiB");
	u.trans_len--;
	u.hdr_len++;
	expect(g, KVM_SEV_SEND_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "a header of more than 16 KiB");
	expect(g, KVM_SEV_SEND_CANCEL, NULL, 0, 0, "SEND_CANCEL");
	s.session_len = sizeof(session);
	expect(g, KVM_SEV_SEND_START, &s, 0, 0, "SEND_START once more");
	ok(is_zero(session + SESSION_LEN, sizeof(session) - SESSION_LEN), "with zeroes in its room");
	expect(g, KVM_SEV_SEND_CANCEL, NULL, 0, 0, "SEND_CANCEL again");
}

static void test_receive_start(struct guest *g, const struct certs *from, unsigned char *session)
{
	struct kvm_sev_receive_start r = {
		.policy = g->policy,
		.pdh_uaddr = (uintptr_t)from->pdh, .pdh_len = CERT_LEN,
		.session_len = SESSION_LEN,
	};

	expect(g, KVM_SEV_RECEIVE_START, (void *)8, EFAULT, ANY_ERROR, "RECEIVE_START at no address");
	expect(g, KVM_SEV_RECEIVE_START, &r, EINVAL, ANY_ERROR, "RECEIVE_START without a session");
	r.session_uaddr = 8;
	expect(g, KVM_SEV_RECEIVE_START, &r, EFAULT, ANY_ERROR, "a session at no address");
	r.session_uaddr = (uintptr_t)session;
	r.pdh_uaddr = 8;
	expect(g, KVM_SEV_RECEIVE_START, &r, EFAULT, ANY_ERROR, "a PDH at no address");
	r.pdh_uaddr = (uintptr_t)from->pdh;
	r.policy ^= 1;
	expect(g, KVM_SEV_RECEIVE_START, &r, EIO, BAD_MEASUREMENT, "another policy");
	r.policy ^= 1;
	expect(g, KVM_SEV_RECEIVE_START, &r, 0, 0, "RECEIVE_START");
}

static void test_receive_update(struct guest *g, unsigned char *hdr, unsigned char *data)
{
	struct kvm_sev_send_update_data good = packet(hdr, data, g->mem), u = { };

	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, (void *)8, EFAULT, ANY_ERROR, "at no address");
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "nothing to receive");
	u = good;
	u.guest_uaddr += 16;
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &u, EINVAL, ANY_ERROR, "into two pages");
	u = good;
	u.hdr_uaddr = 8;
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &u, EFAULT, ANY_ERROR, "a header at no address");
	u = good;
	u.trans_uaddr = 8;
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &u, EFAULT, ANY_ERROR, "data at no address");
	u = good;
	u.guest_uaddr = PAGE;
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &u, ENOMEM, ANY_ERROR, "into no memory");
	data[0] ^= 1;
	expect(g, KVM_SEV_RECEIVE_UPDATE_DATA, &good, EIO, BAD_MEASUREMENT, "a changed packet");
	data[0] ^= 1;
	expect(g, KVM_SEV_RECEIVE_UPDATE_VMSA, &good, EINVAL, ANY_ERROR, "Linux receives no VMSA");
}

/* Every page by a packet.  Memory that the model does not scramble can be compared. */
static void move_memory(struct guest *from, struct guest *to)
{
	unsigned char hdr[HDR_LEN], data[PAGE];
	int moved = 0, hidden = 0;
	uint32_t error;

	for (int page = 0; page < PAGES; page++) {
		struct kvm_sev_send_update_data u = packet(hdr, data, from->mem + page * PAGE);

		moved += !command(from, KVM_SEV_SEND_UPDATE_DATA, &u, &error);
		hidden += !!memcmp(data, from->mem + page * PAGE, PAGE);
		if (!page)
			test_receive_update(to, hdr, data);
		u = packet(hdr, data, to->mem + page * PAGE);
		moved += !command(to, KVM_SEV_RECEIVE_UPDATE_DATA, &u, &error);
	}
	ok(moved == 2 * PAGES, "all pages are sent and received");
	ok(hidden == PAGES, "and none is to be read on its way");
	ok(!memcmp(from->mem, to->mem, PAGES * PAGE), "they arrive as they are");
}

void test_move(struct guest *from, struct guest *to, const struct certs *platform)
{
	unsigned char session[SESSION_LEN];
	struct kvm_sev_send_start s = send_start(platform, session);
	uint32_t error;

	expect(from, KVM_SEV_SEND_CANCEL, NULL, EIO, GUEST_STATE, "nothing to cancel");
	expect(from, KVM_SEV_SEND_FINISH, NULL, EIO, GUEST_STATE, "nothing to finish");
	ok(vm_count(from) == 1 && vm_count(from) == 2, "the guest counts");
	test_send_start(from, platform, session);
	test_send_update(from);
	ok(vm_count(from) == 3, "it runs while it is being sent");
	expect(from, KVM_SEV_SEND_CANCEL, NULL, 0, 0, "SEND_CANCEL");
	ok(vm_count(from) == 4, "it runs after that");
	ok(!command(from, KVM_SEV_SEND_START, &s, &error), "SEND_START again");
	test_receive_start(to, platform, session);
	ok(!vm_count(to), "no guest runs before it is received");
	vm_copy_registers(from, to);
	move_memory(from, to);
	expect(from, KVM_SEV_SEND_FINISH, NULL, 0, 0, "SEND_FINISH");
	ok(!vm_count(from), "it does not run where it was any more");
	expect(to, KVM_SEV_RECEIVE_FINISH, NULL, 0, 0, "RECEIVE_FINISH");
	ok(vm_count(to) == 5 && vm_count(to) == 6, "the guest counts on");
	expect(to, KVM_SEV_RECEIVE_FINISH, NULL, EIO, GUEST_STATE, "it is received already");
}

/* A VM without SEV has none of these commands. */
void test_errors(struct guest *g, struct guest *plain)
{
	static const uint32_t ids[] = {
		KVM_SEV_SEND_START, KVM_SEV_SEND_UPDATE_DATA, KVM_SEV_SEND_FINISH,
		KVM_SEV_SEND_CANCEL, KVM_SEV_RECEIVE_START, KVM_SEV_RECEIVE_FINISH,
		KVM_SEV_LAUNCH_SECRET, KVM_SEV_GET_ATTESTATION_REPORT,
	};
	struct kvm_enc_region r = { .addr = (uintptr_t)g->mem, .size = PAGES * PAGE };

	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		expect(plain, ids[i], NULL, ENOTTY, ANY_ERROR, "a command for a guest without SEV");
	expect(plain, KVM_SEV_RECEIVE_UPDATE_DATA, NULL, EINVAL, ANY_ERROR, "and this one");
	expect(g, KVM_SEV_LAUNCH_SECRET, (void *)8, EFAULT, ANY_ERROR, "a secret at no address");
	ok(!ioctl(g->vm, KVM_MEMORY_ENCRYPT_UNREG_REGION, &r), "memory is unregistered");
	ok(ioctl(g->vm, KVM_MEMORY_ENCRYPT_UNREG_REGION, &r) && errno == EINVAL,
	   "once, and not again");
	ok(ioctl(plain->vm, KVM_MEMORY_ENCRYPT_UNREG_REGION, &r) && errno == ENOTTY,
	   "and not of a guest without SEV");
}
