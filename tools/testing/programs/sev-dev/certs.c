// SPDX-License-Identifier: GPL-2.0-only
/* The platform's keys, their certificates, and its owner. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#include "dev.h"

#define TOO_LONG	0x4001		/* Linux takes 16 KiB */
#define USAGE_OCA	0x1001
#define ECDSA_SHA256	2
#define SIGNED_LEN	0x414

static uint32_t word(const unsigned char *cert, int offset)
{
	uint32_t w;

	memcpy(&w, cert + offset, sizeof(w));
	return w;
}

static void put(unsigned char *cert, int offset, uint32_t w)
{
	memcpy(cert + offset, &w, sizeof(w));
}

bool export_certs(unsigned char pdh[CERT_LEN], unsigned char chain[3 * CERT_LEN])
{
	struct sev_user_data_pdh_cert_export e = {
		.pdh_cert_address = (uintptr_t)pdh, .pdh_cert_len = CERT_LEN,
		.cert_chain_address = (uintptr_t)chain, .cert_chain_len = 3 * CERT_LEN,
	};
	uint32_t error;

	return !issue(sev_ro, SEV_PDH_CERT_EXPORT, &e, &error);
}

static bool get_csr(unsigned char *csr)
{
	struct sev_user_data_pek_csr c = { .address = (uintptr_t)csr, .length = CERT_LEN };
	uint32_t error;

	return !issue(sev_rw, SEV_PEK_CSR, &c, &error);
}

static void test_csr(void)
{
	struct sev_user_data_pek_csr c = { };
	unsigned char csr[CERT_LEN];

	expect(sev_rw, SEV_PEK_CSR, &c, EIO, SEV_RET_INVALID_LEN, "PEK_CSR for its length");
	ok(c.length == CERT_LEN, "it is a certificate's");
	c.address = (uintptr_t)csr;
	c.length = TOO_LONG;
	expect(sev_rw, SEV_PEK_CSR, &c, EFAULT, NO_CALL, "PEK_CSR of too much: EFAULT");
	c.length = CERT_LEN;
	expect(sev_rw, SEV_PEK_CSR, &c, 0, 0, "PEK_CSR");
	ok(word(csr, 0) == 1 && word(csr, 8) == 0x1002, "it is for a PEK");
	c.address = (uintptr_t)BAD_POINTER;
	expect(sev_rw, SEV_PEK_CSR, &c, EFAULT, 0, "PEK_CSR to nowhere: EFAULT");
}

static void test_export(void)
{
	unsigned char pdh[CERT_LEN], chain[3 * CERT_LEN];
	struct sev_user_data_pdh_cert_export e = { };

	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EIO, SEV_RET_INVALID_LEN,
	       "PDH_CERT_EXPORT for its lengths");
	ok(e.pdh_cert_len == CERT_LEN && e.cert_chain_len == 3 * CERT_LEN,
	   "they are those of one and of three certificates");
	e.pdh_cert_address = (uintptr_t)pdh;
	e.cert_chain_address = (uintptr_t)chain;
	e.cert_chain_len = TOO_LONG;
	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EFAULT, NO_CALL, "a chain that is too long");
	e.cert_chain_len = 3 * CERT_LEN;
	e.pdh_cert_len = TOO_LONG;
	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EFAULT, NO_CALL, "a PDH that is too long");
	e.pdh_cert_len = CERT_LEN;
	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, 0, 0, "PDH_CERT_EXPORT");
	ok(word(pdh, 8) == 0x1003 && word(chain, 8) == 0x1002 &&
	   word(chain, CERT_LEN + 8) == 0x1001 && word(chain, 2 * CERT_LEN + 8) == 0x1004,
	   "PDH, PEK, OCA and CEK");
	e.cert_chain_address = (uintptr_t)BAD_POINTER;
	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EFAULT, 0, "a chain to nowhere: EFAULT");
	e.pdh_cert_address = (uintptr_t)BAD_POINTER;
	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EFAULT, 0, "a PDH to nowhere: EFAULT");
}

static void test_new_keys(void)
{
	unsigned char pdh[3][CERT_LEN], chain[3][3 * CERT_LEN];

	export_certs(pdh[0], chain[0]);
	expect(sev_rw, SEV_PDH_GEN, NULL, 0, 0, "PDH_GEN");
	export_certs(pdh[1], chain[1]);
	ok(memcmp(pdh[0], pdh[1], SIGNED_LEN) && !memcmp(chain[0], chain[1], SIGNED_LEN),
	   "the PDH is another one, the PEK is not");
	expect(sev_rw, SEV_PEK_GEN, NULL, 0, 0, "PEK_GEN");
	export_certs(pdh[2], chain[2]);
	ok(memcmp(pdh[1], pdh[2], SIGNED_LEN) && memcmp(chain[1], chain[2], SIGNED_LEN),
	   "both are others");
}

void test_certs(void)
{
	test_csr();
	test_export();
	test_new_keys();
}

static void sign(unsigned char *cert, EC_KEY *key)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	const BIGNUM *r, *s;
	ECDSA_SIG *sig;

	SHA256(cert, SIGNED_LEN, digest);
	sig = ECDSA_do_sign(digest, sizeof(digest), key);
	ECDSA_SIG_get0(sig, &r, &s);
	put(cert, SIGNED_LEN, USAGE_OCA);
	put(cert, SIGNED_LEN + 4, ECDSA_SHA256);
	BN_bn2lebinpad(r, cert + SIGNED_LEN + 8, 72);
	BN_bn2lebinpad(s, cert + SIGNED_LEN + 80, 72);
	ECDSA_SIG_free(sig);
}

static void make_oca(unsigned char *cert, EC_KEY *key)
{
	BIGNUM *x = BN_new(), *y = BN_new();

	EC_KEY_generate_key(key);
	EC_POINT_get_affine_coordinates(EC_KEY_get0_group(key), EC_KEY_get0_public_key(key), x, y,
					NULL);
	memset(cert, 0, CERT_LEN);
	put(cert, 0, 1);
	put(cert, 8, USAGE_OCA);
	put(cert, 0xc, ECDSA_SHA256);
	put(cert, 0x10, 2);
	BN_bn2lebinpad(x, cert + 0x14, 72);
	BN_bn2lebinpad(y, cert + 0x5c, 72);
	sign(cert, key);
	BN_free(x);
	BN_free(y);
}

static void test_import_refused(unsigned char *pek, unsigned char *oca)
{
	struct sev_user_data_pek_cert_import i = { };

	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EINVAL, NO_CALL, "an import of no PEK");
	i.pek_cert_address = (uintptr_t)pek;
	i.pek_cert_len = CERT_LEN;
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EINVAL, NO_CALL, "an import without an OCA");
	i.oca_cert_address = (uintptr_t)oca;
	i.oca_cert_len = CERT_LEN - 1;
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EIO, SEV_RET_INVALID_LEN, "of half an OCA");
	i.oca_cert_len = CERT_LEN;
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EIO, SEV_RET_INVALID_CERTIFICATE,
	       "of a PEK that nobody has signed");
}

static uint32_t owner(void)
{
	struct sev_user_data_status s = { };
	uint32_t error;

	return issue(sev_ro, SEV_PLATFORM_STATUS, &s, &error) ? ~0u : s.flags & 1;
}

void test_import(void)
{
	EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
	unsigned char pek[CERT_LEN], oca[CERT_LEN], pdh[CERT_LEN], chain[3 * CERT_LEN];
	struct sev_user_data_pek_cert_import i = {
		.pek_cert_address = (uintptr_t)pek, .pek_cert_len = CERT_LEN,
		.oca_cert_address = (uintptr_t)oca, .oca_cert_len = CERT_LEN,
	};

	ok(get_csr(pek), "a request for an owner");
	make_oca(oca, key);
	test_import_refused(pek, oca);
	ok(owner() == 0, "the platform owns itself");
	sign(pek, key);
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, 0, 0, "PEK_CERT_IMPORT");
	ok(owner() == 1, "the platform has an owner");
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EIO, SEV_RET_ALREADY_OWNED, "and cannot have two");
	ok(export_certs(pdh, chain) && !memcmp(chain + CERT_LEN, oca, CERT_LEN),
	   "the chain has the owner's certificate");
	expect(sev_rw, SEV_PEK_GEN, NULL, 0, 0, "PEK_GEN");
	ok(owner() == 0, "makes the platform its own again");
	EC_KEY_free(key);
}
