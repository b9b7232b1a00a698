// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <openssl/x509v3.h>

#include "certs.h"
#include "p384.h"
#include "report.h"

/* In REPORT_CHIP_FLAGS */
#define MASK_CHIP_KEY	0x2u
#define SIGNING_KEY(x)	((x) >> 2 & 7)
#define SIGNED_BY_VCEK	0

#define FAMILY_ZEN3_4	0x19	/* later ones have another TCB version */

/* A VCEK's extensions: the chip and the TCB version that it belongs to */
#define OID_CHIP_ID	"1.3.6.1.4.1.3704.1.4"

struct tcb_part {
	const char *oid;
	const char *name;
	uint8_t byte;	/* of the report's TCB version */
};

static const struct tcb_part tcb_parts[] = {
	{ "1.3.6.1.4.1.3704.1.3.1", "boot loader", 0 },
	{ "1.3.6.1.4.1.3704.1.3.2", "TEE", 1 },
	{ "1.3.6.1.4.1.3704.1.3.3", "SNP", 6 },
	{ "1.3.6.1.4.1.3704.1.3.8", "microcode", 7 },
};

static bool run_verification(X509_STORE_CTX *ctx, bool any_time)
{
	if (any_time)
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
	if (X509_verify_cert(ctx) == 1)
		return true;
	return fail("the certificate chain does not verify: %s (certificate %d of VCEK, ASK, ARK)",
		    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)),
		    X509_STORE_CTX_get_error_depth(ctx) + 1);
}

static bool verify_chain(const struct chain *chain, bool any_time)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	bool good = false;

	if (store && ctx && between && sk_X509_push(between, chain->ask) &&
	    X509_STORE_add_cert(store, chain->ark) &&
	    X509_STORE_CTX_init(ctx, store, chain->vcek, between))
		good = run_verification(ctx, any_time);
	else
		fail("libcrypto cannot verify certificates");
	sk_X509_free(between);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return good;
}

static const ASN1_OCTET_STRING *find_extension(const X509 *cert, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int at = X509_get_ext_by_OBJ(cert, object, -1);

	ASN1_OBJECT_free(object);
	return at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));
}

/* The extension's value is 64 bytes, bare or as an OCTET STRING. */
static const uint8_t *find_chip(const X509 *vcek)
{
	static const uint8_t octet_string[] = { V_ASN1_OCTET_STRING, CHIP_ID_LEN };
	const ASN1_OCTET_STRING *value = find_extension(vcek, OID_CHIP_ID);
	const uint8_t *at = value ? ASN1_STRING_get0_data(value) : NULL;

	switch (value ? ASN1_STRING_length(value) : 0) {
	case CHIP_ID_LEN:
		return at;
	case sizeof(octet_string) + CHIP_ID_LEN:
		return memcmp(at, octet_string, sizeof(octet_string)) ?
		       NULL : at + sizeof(octet_string);
	}
	return NULL;
}

static bool check_chip(const X509 *vcek, const uint8_t *report)
{
	const uint8_t *chip = find_chip(vcek);

	if (!chip)
		return fail("the VCEK's certificate names no chip");
	if (!report_chip_is_masked(report) &&
	    memcmp(chip, report + REPORT_CHIP_ID, CHIP_ID_LEN))
		return fail("the VCEK's certificate is for another chip than the report's");
	return true;
}

static bool check_tcb_part(const X509 *vcek, const struct tcb_part *part, const uint8_t *report)
{
	const ASN1_OCTET_STRING *value = find_extension(vcek, part->oid);
	const unsigned char *der = value ? ASN1_STRING_get0_data(value) : NULL;
	ASN1_INTEGER *number;
	int64_t version = -1;

	number = value ? d2i_ASN1_INTEGER(NULL, &der, ASN1_STRING_length(value)) : NULL;
	if (number)
		ASN1_INTEGER_get_int64(&version, number);
	ASN1_INTEGER_free(number);
	if (version < 0)
		return fail("the VCEK's certificate has no %s version", part->name);
	if (version != report[REPORT_TCB + part->byte])
		return fail("the VCEK's certificate is for %s version %lld, the report says %u",
			    part->name, (long long)version, report[REPORT_TCB + part->byte]);
	return true;
}

static bool check_tcb(const X509 *vcek, const uint8_t *report)
{
	size_t n;

	if (get_le(report + REPORT_VERSION, 4) > 2 && report[REPORT_FAMILY] != FAMILY_ZEN3_4)
		return fail("the report is from a CPU of family 0x%x, whose TCB version and chip "
			    "id are not known here",
			    report[REPORT_FAMILY]);
	for (n = 0; n < ARRAY_SIZE(tcb_parts); n++) {
		if (!check_tcb_part(vcek, &tcb_parts[n], report))
			return false;
	}
	return true;
}

static bool check_signer(const uint8_t *report)
{
	uint32_t flags = get_le(report + REPORT_CHIP_FLAGS, 4);

	if (flags & MASK_CHIP_KEY)
		return fail("the report is not signed: the host masks its chip key");
	if (SIGNING_KEY(flags) != SIGNED_BY_VCEK)
		return fail("the report is not signed by a VCEK (signing key %u)",
			    SIGNING_KEY(flags));
	return true;
}

static bool verify_signature(X509 *vcek, const uint8_t *report)
{
	EVP_PKEY *key = X509_get0_pubkey(vcek);

	if (!key || !p384_is_curve(key))
		return fail("the VCEK's certificate has no key on the curve P-384");
	return p384_verify(key, report, REPORT_SIGNATURE, report + REPORT_SIGNATURE,
			   "the report's signature");
}

bool report_chip_is_masked(const uint8_t report[REPORT_LEN])
{
	return all_zero(report + REPORT_CHIP_ID, CHIP_ID_LEN);
}

const char *report_verdict(const uint8_t report[REPORT_LEN])
{
	return report_chip_is_masked(report) ? "yes, but for the chip, whose id is masked" : "yes";
}

bool report_verify(const uint8_t report[REPORT_LEN], const struct chain *chain, bool any_time)
{
	return check_signer(report) && verify_chain(chain, any_time) &&
	       verify_signature(chain->vcek, report) && check_tcb(chain->vcek, report) &&
	       check_chip(chain->vcek, report);
}

bool report_has_tcb(const uint8_t report[REPORT_LEN], const uint8_t least[TCB_LEN])
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(tcb_parts); n++) {
		const struct tcb_part *part = &tcb_parts[n];
		uint8_t has = report[REPORT_TCB + part->byte];

		if (has < least[part->byte])
			return fail("the report's %s version is %u, less than %u", part->name, has,
				    least[part->byte]);
	}
	return true;
}
