// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <openssl/x509v3.h>

#include "certs.h"
#include "p384.h"
#include "report.h"

/* In key_info */
#define MASK_CHIP_KEY	0x2u
#define SIGNING_KEY(x)	((x) >> 2 & 7)
#define SIGNED_BY_VCEK	0
#define SIGNED_BY_VLEK	1

/*
 * Extensions of a VCEK's or a VLEK's certificate (AMD 57230, section 3): the chip that
 * a VCEK belongs to, the cloud that a VLEK does, and parts of the TCB version.
 */
#define OID_CHIP_ID	"1.3.6.1.4.1.3704.1.4"
#define OID_CSP_ID	"1.3.6.1.4.1.3704.1.5"

struct tcb_part {
	const char *oid;
	const char *name;
	uint8_t byte;	/* of the report's TCB version */
};

#define BOOT_LOADER(byte)	{ "1.3.6.1.4.1.3704.1.3.1", "boot loader", byte }
#define TEE(byte)		{ "1.3.6.1.4.1.3704.1.3.2", "TEE", byte }
#define SNP(byte)		{ "1.3.6.1.4.1.3704.1.3.3", "SNP", byte }
#define MICROCODE(byte)		{ "1.3.6.1.4.1.3704.1.3.8", "microcode", byte }
#define FMC(byte)		{ "1.3.6.1.4.1.3704.1.3.9", "FMC", byte }

static const struct tcb_part zen3_4_parts[] = { BOOT_LOADER(0), TEE(1), SNP(6), MICROCODE(7) };
static const struct tcb_part zen5_parts[] = {
	FMC(0), BOOT_LOADER(1), TEE(2), SNP(3), MICROCODE(7)
};

static const struct family {
	uint8_t number;
	const struct tcb_part *parts;
	size_t nr_parts;
	size_t chip_id_len;	/* in the certificate; in a report zeros follow */
} families[] = {
	{ 0x19, zen3_4_parts, ARRAY_SIZE(zen3_4_parts), CHIP_ID_LEN },
	{ 0x1a, zen5_parts, ARRAY_SIZE(zen5_parts), 8 },
};

/* Version 2 has no CPUID fields, and was what Milan and Genoa had. */
static const struct family *family_of(const uint8_t *report)
{
	uint8_t number = get_le(report + REPORT(version), 4) > 2 ? report[REPORT(cpuid_family)] :
								  families[0].number;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(families); n++) {
		if (families[n].number == number)
			return &families[n];
	}
	fail("the report is from a CPU of family 0x%x, whose TCB version and chip id are not "
	     "known here",
	     number);
	return NULL;
}

const char *report_generation(const uint8_t report[REPORT_LEN])
{
	if (get_le(report + REPORT(version), 4) <= 2)
		return NULL;
	switch (report[REPORT(cpuid_family)]) {
	case 0x19:
		return report[REPORT(cpuid_model)] < 0x10 ? "milan" : "genoa";
	case 0x1a:
		return "turin";
	}
	return NULL;
}

static bool run_verification(X509_STORE_CTX *ctx, bool any_time)
{
	if (any_time)
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
	if (X509_verify_cert(ctx) == 1)
		return true;
	return fail("the certificate chain does not verify: %s (certificate %d of key, ASK, ARK)",
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
	    X509_STORE_CTX_init(ctx, store, chain->key, between))
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

/* The extension's value is len bytes, bare or as an OCTET STRING. */
static const uint8_t *find_chip(const X509 *vcek, size_t len)
{
	const uint8_t octet_string[] = { V_ASN1_OCTET_STRING, len };
	const ASN1_OCTET_STRING *value = find_extension(vcek, OID_CHIP_ID);
	const uint8_t *at = value ? ASN1_STRING_get0_data(value) : NULL;
	size_t size = value ? ASN1_STRING_length(value) : 0;

	if (size == len)
		return at;
	if (size == sizeof(octet_string) + len && !memcmp(at, octet_string, sizeof(octet_string)))
		return at + sizeof(octet_string);
	return NULL;
}

static bool check_chip(const X509 *vcek, const uint8_t *report, size_t len)
{
	const uint8_t *id = report + REPORT(chip_id), *chip = find_chip(vcek, len);

	if (!chip)
		return fail("the VCEK's certificate names no chip");
	if (!report_chip_is_masked(report) &&
	    (memcmp(chip, id, len) || !all_zero(id + len, CHIP_ID_LEN - len)))
		return fail("the VCEK's certificate is for another chip than the report's");
	return true;
}

/* Of any chip, as the cloud's provider says. */
static bool check_cloud(const X509 *vlek)
{
	if (find_extension(vlek, OID_CHIP_ID))
		return fail("the VLEK's certificate names a chip: it is a VCEK's");
	return find_extension(vlek, OID_CSP_ID) || fail("the VLEK's certificate names no cloud");
}

static bool check_tcb_part(const X509 *key, const struct tcb_part *part, const uint8_t *report)
{
	const ASN1_OCTET_STRING *value = find_extension(key, part->oid);
	const unsigned char *der = value ? ASN1_STRING_get0_data(value) : NULL;
	ASN1_INTEGER *number;
	int64_t version = -1;

	number = value ? d2i_ASN1_INTEGER(NULL, &der, ASN1_STRING_length(value)) : NULL;
	if (number)
		ASN1_INTEGER_get_int64(&version, number);
	ASN1_INTEGER_free(number);
	if (version < 0)
		return fail("the certificate of the report's key has no %s version", part->name);
	if (version != report[REPORT(reported_tcb) + part->byte])
		return fail("the certificate of the report's key is for %s version %lld, the "
			    "report says %u",
			    part->name, (long long)version,
			    report[REPORT(reported_tcb) + part->byte]);
	return true;
}

static bool check_key(const X509 *key, const uint8_t *report)
{
	const struct family *family = family_of(report);
	size_t n;

	if (!family)
		return false;
	for (n = 0; n < family->nr_parts; n++) {
		if (!check_tcb_part(key, &family->parts[n], report))
			return false;
	}
	return report_is_by_vlek(report) ? check_cloud(key) :
					   check_chip(key, report, family->chip_id_len);
}

static bool check_signer(const uint8_t *report)
{
	uint32_t flags = get_le(report + REPORT(key_info), 4);

	if (flags & MASK_CHIP_KEY)
		return fail("the report is not signed: the host masks its chip key");
	if (SIGNING_KEY(flags) != SIGNED_BY_VCEK && SIGNING_KEY(flags) != SIGNED_BY_VLEK)
		return fail("the report is signed by neither a VCEK nor a VLEK (signing key %u)",
			    SIGNING_KEY(flags));
	return true;
}

static bool verify_signature(X509 *cert, const uint8_t *report)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	if (!key || !p384_is_curve(key))
		return fail("the certificate of the report's key has no key on the curve P-384");
	return p384_verify(key, report, REPORT(signature), report + REPORT(signature),
			   "the report's signature");
}

bool report_chip_is_masked(const uint8_t report[REPORT_LEN])
{
	return all_zero(report + REPORT(chip_id), CHIP_ID_LEN);
}

bool report_is_by_vlek(const uint8_t report[REPORT_LEN])
{
	return SIGNING_KEY(get_le(report + REPORT(key_info), 4)) == SIGNED_BY_VLEK;
}

const char *report_verdict(const uint8_t report[REPORT_LEN])
{
	if (report_is_by_vlek(report))
		return "yes, but for the chip, as its key is a VLEK";
	return report_chip_is_masked(report) ? "yes, but for the chip, whose id is masked" : "yes";
}

bool report_verify(const uint8_t report[REPORT_LEN], const struct chain *chain, bool any_time)
{
	return check_signer(report) && verify_chain(chain, any_time) &&
	       verify_signature(chain->key, report) && check_key(chain->key, report);
}

static bool check_named(const struct family *family, const uint8_t least[TCB_LEN])
{
	uint8_t rest[TCB_LEN];
	size_t n;

	memcpy(rest, least, TCB_LEN);
	for (n = 0; n < family->nr_parts; n++)
		rest[family->parts[n].byte] = 0;
	return all_zero(rest, TCB_LEN) ||
	       fail("the least TCB version has a part that those of family 0x%x do not have",
		    family->number);
}

bool report_has_tcb(const uint8_t report[REPORT_LEN], const uint8_t least[TCB_LEN])
{
	const struct family *family = family_of(report);
	size_t n;

	if (!family || !check_named(family, least))
		return false;
	for (n = 0; n < family->nr_parts; n++) {
		const struct tcb_part *part = &family->parts[n];
		uint8_t has = report[REPORT(reported_tcb) + part->byte];

		if (has < least[part->byte])
			return fail("the report's %s version is %u, less than %u", part->name, has,
				    least[part->byte]);
	}
	return true;
}
