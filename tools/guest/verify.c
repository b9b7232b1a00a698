// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is an attestation report what the chip signed, and does the root vouch for
 * the chip?  DIR holds the certificates ark.pem, ask.pem and vcek.pem; the ARK
 * is what is trusted.
 */
#include <stdio.h>
#include <string.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include "report.h"

/* Where a VCEK says which chip it belongs to. */
#define OID_CHIP_ID "1.3.6.1.4.1.3704.1.4"

static X509 *read_certificate(const char *dir, const char *name)
{
	char path[256];
	X509 *certificate;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.pem", dir, name);
	file = fopen(path, "r");
	if (!file)
		return NULL;
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	return certificate;
}

static const char *verify_with_store(X509_STORE *store, X509 *ask, X509 *vcek)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *untrusted = sk_X509_new_null();
	const char *problem = "out of memory";

	if (ctx && untrusted && sk_X509_push(untrusted, ask) &&
	    X509_STORE_CTX_init(ctx, store, vcek, untrusted)) {
		/* The host chooses what time a guest believes it is. */
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
		problem = NULL;
		if (X509_verify_cert(ctx) != 1)
			problem = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
	}
	sk_X509_free(untrusted);
	X509_STORE_CTX_free(ctx);
	return problem;
}

static const char *verify_chain(X509 *ark, X509 *ask, X509 *vcek)
{
	X509_STORE *store = X509_STORE_new();
	const char *problem = "out of memory";

	if (store && X509_STORE_add_cert(store, ark))
		problem = verify_with_store(store, ask, vcek);
	X509_STORE_free(store);
	return problem;
}

static const char *verify_chip(const struct snp_report *report, X509 *vcek)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(OID_CHIP_ID, 1);
	int index = X509_get_ext_by_OBJ(vcek, oid, -1);
	const ASN1_OCTET_STRING *id;

	ASN1_OBJECT_free(oid);
	if (index < 0)
		return "the VCEK's certificate names no chip";
	id = X509_EXTENSION_get_data(X509_get_ext(vcek, index));
	if (ASN1_STRING_length(id) != sizeof(report->chip_id) ||
	    memcmp(ASN1_STRING_get0_data(id), report->chip_id, sizeof(report->chip_id)))
		return "the VCEK's certificate is another chip's";
	return NULL;
}

/* The signature in the form that libcrypto takes; returns its length. */
static int encode_signature(const struct snp_report *report, unsigned char **der)
{
	BIGNUM *r = BN_lebin2bn(report->r, sizeof(report->r), NULL);
	BIGNUM *s = BN_lebin2bn(report->s, sizeof(report->s), NULL);
	ECDSA_SIG *signature = ECDSA_SIG_new();
	int len = -1;

	if (r && s && signature && ECDSA_SIG_set0(signature, r, s)) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(signature, der);
	}
	ECDSA_SIG_free(signature);
	BN_free(r);
	BN_free(s);
	return len;
}

static const char *verify_signature(const struct snp_report *report, X509 *vcek)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	int len = encode_signature(report, &der);
	const char *problem = "the VCEK did not sign this report";

	if (ctx && len > 0 &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, X509_get0_pubkey(vcek)) == 1 &&
	    EVP_DigestVerify(ctx, der, len, (const unsigned char *)report,
			     offsetof(struct snp_report, r)) == 1)
		problem = NULL;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	return problem;
}

const char *report_verify(const struct snp_report *report, const char *dir)
{
	X509 *ark = read_certificate(dir, "ark");
	X509 *ask = read_certificate(dir, "ask");
	X509 *vcek = read_certificate(dir, "vcek");
	const char *problem;

	if (!ark || !ask || !vcek)
		problem = "a certificate cannot be read";
	else if (report->signature_algo != REPORT_ALGO_ECDSA_P384_SHA384)
		problem = "the report's signature is of an unknown kind";
	else if (!(problem = verify_chain(ark, ask, vcek)) &&
		 !(problem = verify_chip(report, vcek)))
		problem = verify_signature(report, vcek);
	X509_free(ark);
	X509_free(ask);
	X509_free(vcek);
	return problem;
}
