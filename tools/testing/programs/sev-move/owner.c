// SPDX-License-Identifier: GPL-2.0-only
/* The guest's owner: makes a session, verifies measurement and report, sends a secret. */
#include <errno.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdh.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#include "move.h"

#define SECRET_LEN	64
#define REPORT_LEN	0xd0

/* TEK and TIK */
static const unsigned char keys[32] = "0123456789abcdeffedcba9876543210";

static void put32(unsigned char *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void hmac(const unsigned char *key, int key_len, const void *in, size_t len,
		 unsigned char *out)
{
	unsigned char mac[32];
	unsigned int n = sizeof(mac);

	HMAC(EVP_sha256(), key, key_len, in, len, mac, &n);
	memcpy(out, mac, sizeof(mac));
}

static void derive(const unsigned char *key, int key_len, const char *label,
		   const unsigned char *nonce, unsigned char out[16])
{
	unsigned char in[64] = { 1 }, mac[32];
	size_t len = 4 + strlen(label) + 1;

	memcpy(in + 4, label, strlen(label));
	if (nonce) {
		memcpy(in + len, nonce, 16);
		len += 16;
	}
	put32(in + len, 128);
	hmac(key, key_len, in, len + 4, mac);
	memcpy(out, mac, 16);
}

static void crypt(const unsigned char *key, const unsigned char *iv, const unsigned char *in,
		  unsigned char *out, int len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, iv);
	EVP_EncryptUpdate(ctx, out, &n, in, len);
	EVP_CIPHER_CTX_free(ctx);
}

static EC_KEY *key_of(const unsigned char *cert)
{
	EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
	BIGNUM *x = BN_lebin2bn(cert + 0x14, 72, NULL), *y = BN_lebin2bn(cert + 0x5c, 72, NULL);

	EC_KEY_set_public_key_affine_coordinates(key, x, y);
	BN_free(x);
	BN_free(y);
	return key;
}

static void make_cert(unsigned char *cert, const EC_KEY *key)
{
	BIGNUM *x = BN_new(), *y = BN_new();

	EC_POINT_get_affine_coordinates(EC_KEY_get0_group(key), EC_KEY_get0_public_key(key), x, y,
					NULL);
	memset(cert, 0, CERT_LEN);
	put32(cert, 1);
	put32(cert + 8, 0x1003);
	put32(cert + 0xc, 3);
	put32(cert + 0x10, 2);
	BN_bn2lebinpad(x, cert + 0x14, 72);
	BN_bn2lebinpad(y, cert + 0x5c, 72);
	BN_free(x);
	BN_free(y);
}

static void make_session(unsigned char *s, unsigned char *cert, uint32_t policy,
			 const struct certs *platform)
{
	EC_KEY *own = EC_KEY_new_by_curve_name(NID_secp384r1), *pdh = key_of(platform->pdh);
	unsigned char z[48], master[16], kek[16], kik[16];

	EC_KEY_generate_key(own);
	make_cert(cert, own);
	memset(s, 0x33, SESSION_LEN);
	ECDH_compute_key(z, sizeof(z), EC_KEY_get0_public_key(pdh), own, NULL);
	derive(z, sizeof(z), "sev-master-secret", s, master);
	derive(master, 16, "sev-kek", NULL, kek);
	derive(master, 16, "sev-kik", NULL, kik);
	crypt(kek, s + 0x30, keys, s + 0x10, sizeof(keys));
	hmac(kik, 16, s + 0x10, sizeof(keys), s + 0x40);
	hmac(keys + 16, 16, &policy, sizeof(policy), s + 0x60);
	EC_KEY_free(own);
	EC_KEY_free(pdh);
}

void owner_start(struct guest *g, const struct certs *platform)
{
	unsigned char session[SESSION_LEN], cert[CERT_LEN];
	struct kvm_sev_launch_start start = {
		.policy = g->policy,
		.dh_uaddr = (uintptr_t)cert, .dh_len = CERT_LEN,
		.session_uaddr = (uintptr_t)session, .session_len = SESSION_LEN,
	};

	make_session(session, cert, g->policy, platform);
	session[0x60] ^= 1;
	expect(g, KVM_SEV_LAUNCH_START, &start, EIO, 0xb, "a session for another policy");
	session[0x60] ^= 1;
	start.session_uaddr = 8;
	expect(g, KVM_SEV_LAUNCH_START, &start, EFAULT, ANY_ERROR, "a session at no address");
	start.session_uaddr = (uintptr_t)session;
	start.dh_uaddr = 8;
	expect(g, KVM_SEV_LAUNCH_START, &start, EFAULT, ANY_ERROR, "a certificate at no address");
	start.dh_uaddr = (uintptr_t)cert;
	expect(g, KVM_SEV_LAUNCH_START, &start, 0, 0, "LAUNCH_START with the owner's session");
}

static void check_measure(const struct guest *g, const unsigned char *m,
			  const unsigned char *memory)
{
	unsigned char in[56] = { 4, 1, 55, 25 }, mac[32];

	put32(in + 4, g->policy);
	SHA256(memory, PAGES * PAGE, in + 8);
	memcpy(in + 40, m + 32, 16);
	hmac(keys + 16, 16, in, sizeof(in), mac);
	ok(!memcmp(mac, m, 32), "the owner knows the measurement");
}

static void secret_packet(unsigned char *hdr, unsigned char *data, const unsigned char *measure)
{
	unsigned char in[29 + SECRET_LEN + 32] = { 1 };

	memset(hdr, 0, HDR_LEN);
	crypt(keys, hdr + 4, data, data, SECRET_LEN);
	memcpy(in + 1, hdr, 20);
	put32(in + 21, SECRET_LEN);
	put32(in + 25, SECRET_LEN);
	memcpy(in + 29, data, SECRET_LEN);
	memcpy(in + 29 + SECRET_LEN, measure, 32);
	hmac(keys + 16, 16, in, sizeof(in), hdr + 20);
}

static void send_secret(struct guest *g, const unsigned char *measure)
{
	unsigned char hdr[HDR_LEN], data[SECRET_LEN];
	struct kvm_sev_launch_secret s = {
		.hdr_uaddr = (uintptr_t)hdr, .hdr_len = HDR_LEN,
		.guest_uaddr = (uintptr_t)(g->mem + SECRET_PAGE * PAGE), .guest_len = SECRET_LEN,
		.trans_uaddr = (uintptr_t)data, .trans_len = SECRET_LEN,
	};

	memset(data, 0x5e, sizeof(data));
	secret_packet(hdr, data, measure);
	s.hdr_uaddr = 8;
	expect(g, KVM_SEV_LAUNCH_SECRET, &s, EFAULT, ANY_ERROR, "a secret without a header");
	s.hdr_uaddr = (uintptr_t)hdr;
	s.trans_uaddr = 8;
	expect(g, KVM_SEV_LAUNCH_SECRET, &s, EFAULT, ANY_ERROR, "a header without a secret");
	s.trans_uaddr = (uintptr_t)data;
	hdr[4] ^= 1;
	expect(g, KVM_SEV_LAUNCH_SECRET, &s, EIO, 0xb, "a secret of somebody else's");
	hdr[4] ^= 1;
	expect(g, KVM_SEV_LAUNCH_SECRET, &s, 0, 0, "LAUNCH_SECRET");
}

static bool report_is_signed(const unsigned char *r, const unsigned char *pek)
{
	EC_KEY *key = key_of(pek);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char digest[32];
	bool good;

	ECDSA_SIG_set0(sig, BN_lebin2bn(r + 0x40, 72, NULL), BN_lebin2bn(r + 0x88, 72, NULL));
	SHA256(r, 0x34, digest);
	good = ECDSA_do_verify(digest, sizeof(digest), sig, key) == 1;
	ECDSA_SIG_free(sig);
	EC_KEY_free(key);
	return good;
}

static void get_report(struct guest *g, const struct certs *platform,
		       const unsigned char digest[32])
{
	unsigned char r[REPORT_LEN];
	struct kvm_sev_attestation_report a = { .mnonce = "a nonce, 16 byte" };

	expect(g, KVM_SEV_GET_ATTESTATION_REPORT, &a, EIO, 4, "a report for its length");
	ok(a.len == REPORT_LEN, "it is 208 bytes");
	a.uaddr = (uintptr_t)r;
	a.len = 0x4001;
	expect(g, KVM_SEV_GET_ATTESTATION_REPORT, &a, EINVAL, ANY_ERROR, "a report of too much");
	a.len = REPORT_LEN;
	expect(g, KVM_SEV_GET_ATTESTATION_REPORT, &a, 0, 0, "ATTESTATION_REPORT");
	ok(!memcmp(r, a.mnonce, 16) && !memcmp(r + 0x10, digest, 32),
	   "it has the nonce and the launch digest");
	ok(report_is_signed(r, platform->chain), "the PEK has signed it");
	a.uaddr = 8;
	expect(g, KVM_SEV_GET_ATTESTATION_REPORT, &a, EFAULT, 0, "a report to no address");
	ok(command(g, KVM_SEV_GET_ATTESTATION_REPORT, (void *)8, &(uint32_t){ 0 }) == EFAULT,
	   "a report at no address");
}

void owner_finish(struct guest *g, const struct certs *platform)
{
	unsigned char m[48], memory[PAGES * PAGE], digest[32];
	struct kvm_sev_launch_update_data update = {
		.uaddr = (uintptr_t)g->mem, .len = PAGES * PAGE,
	};
	struct kvm_sev_launch_measure measure = { .uaddr = (uintptr_t)m, .len = sizeof(m) };

	memcpy(memory, g->mem, sizeof(memory));
	SHA256(memory, sizeof(memory), digest);
	expect(g, KVM_SEV_LAUNCH_UPDATE_DATA, &update, 0, 0, "LAUNCH_UPDATE_DATA");
	expect(g, KVM_SEV_LAUNCH_MEASURE, &measure, 0, 0, "LAUNCH_MEASURE");
	check_measure(g, m, memory);
	send_secret(g, m);
	get_report(g, platform, digest);
	expect(g, KVM_SEV_LAUNCH_FINISH, NULL, 0, 0, "LAUNCH_FINISH");
}
