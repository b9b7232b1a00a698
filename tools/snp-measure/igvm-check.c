// SPDX-License-Identifier: GPL-2.0-only
/* Would the firmware, KVM and QEMU's loader take the file, and if not, why? */
#include <stdlib.h>
#include <string.h>

#include "igvm-image.h"
#include "vmsa.h"

#define GPA_BITS	52
#define TWO_MIB		0x200000ull

/* SEV_FEATURES that KVM can be asked for, and the names of those that it cannot */
#define KVM_FEATURES	0x221ull	/* SNPActive, DebugSwap, SecureTSC */

static const char *const feature_names[] = {
	"SNPActive", "vTOM", "ReflectVC", "RestrictedInjection", "AlternateInjection",
	"DebugSwap", "PreventHostIBS", "BTBIsolation", "VmplSSS", "SecureTSC", "VmgexitParameter",
	"PmcVirtualization", "IbsVirtualization", "VMSARegProt", "SmtProtection",
};

/* What the loader has to fill in, or to do, and does not know */
static bool known_to_loader(const struct igvm_header *header)
{
	switch (header->type) {
	case IGVM_VHT_RELOCATABLE_REGION:
	case IGVM_VHT_PAGE_TABLE_RELOCATION_REGION:
	case IGVM_VHT_ERROR_RANGE:
	case IGVM_VHT_SRAT:
	case IGVM_VHT_MMIO_RANGES:
	case IGVM_VHT_COMMAND_LINE:
	case IGVM_VHT_SLIT:
	case IGVM_VHT_PPTT:
	case IGVM_VHT_DEVICE_TREE:
		return false;
	default:
		return true;
	}
}

static bool check_page_flags(const struct igvm_image *image, const struct igvm_header *header)
{
	uint64_t flags = igvm_header_get(header, "flags");

	if (flags & IGVM_PAGE_SHARED)
		return blame(image, header, "QEMU's loader has no shared pages");
	if (flags & IGVM_PAGE_2M && igvm_header_get(header, "data_type"))
		return blame(image, header, "secrets and CPUID pages have 4 KiB");
	return true;
}

static bool check_header(const struct igvm_image *image, const struct igvm_header *header)
{
	if (!known_to_loader(header))
		return blame(image, header, "QEMU's loader has no %s", header->known->name);
	return header->type != IGVM_VHT_PAGE_DATA || check_page_flags(image, header);
}

struct place {
	uint64_t gpa;
	const struct igvm_header *header;
};

struct places {
	struct place *at;
	size_t count;
};

static bool count_page(void *opaque, const struct igvm_header *header, enum page_type type,
		       uint64_t gpa, const uint8_t *data)
{
	struct places *places = opaque;

	(void)type, (void)data;
	if (places->at)
		places->at[places->count] = (struct place){ gpa, header };
	places->count++;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	if (one->gpa != other->gpa)
		return one->gpa < other->gpa ? -1 : 1;
	return one->header < other->header ? -1 : one->header > other->header;
}

/* A page belongs to the guest once it is imported: a second time is refused. */
static bool check_sorted(const struct igvm_image *image, const struct places *places)
{
	size_t n;

	for (n = 0; n < places->count; n++) {
		const struct place *place = &places->at[n];

		if (place->gpa >> GPA_BITS)
			return blame(image, place->header, "no address has more than %d bits",
				     GPA_BITS);
		if (n && place->gpa == place[-1].gpa)
			return blame(image, place->header, "the page at 0x%llx is imported by "
				     "header %zu already", (unsigned long long)place->gpa,
				     place[-1].header - image->file->headers);
	}
	return true;
}

static bool check_places(const struct igvm_image *image)
{
	struct places places = {};
	bool good;

	igvm_image_walk(image, count_page, &places);
	places.at = calloc(places.count + 1, sizeof(*places.at));
	if (!places.at)
		return fail("out of memory");
	places.count = 0;
	igvm_image_walk(image, count_page, &places);
	qsort(places.at, places.count, sizeof(*places.at), compare);
	good = check_sorted(image, &places);
	free(places.at);
	return good;
}

static bool check_policy(const struct igvm_image *image)
{
	const struct igvm_header *header = igvm_image_next(image, IGVM_VHT_GUEST_POLICY, NULL);
	uint64_t policy = igvm_image_policy(image);

	if (policy & SNP_POLICY_ONE && !(policy & ~SNP_POLICY_KNOWN))
		return true;
	return blame(image, header, "the policy 0x%llx lacks bit 17 or has bits that no policy has",
		     (unsigned long long)policy);
}

static bool check_id_block(const struct igvm_image *image)
{
	const struct igvm_header *header = igvm_image_next(image, IGVM_VHT_SNP_ID_BLOCK, NULL);
	uint8_t block[ID_BLOCK_LEN], auth[ID_AUTH_LEN], ld[LD_LEN];
	struct id_key_digests digests;

	if (!header)
		return true;
	igvm_image_id_block(image, header, block, auth);
	if (!igvm_image_digest(image, ld))
		return false;
	if (memcmp(block, ld, LD_LEN))
		return blame(image, header, "it is for another launch digest: the firmware answers "
			     "BAD_MEASUREMENT");
	if (id_auth_check(auth, block, &digests))
		return true;
	return blame(image, header, "%s", failure());
}

bool igvm_check_import(const struct igvm_image *image)
{
	size_t n;

	for (n = 0; n < image->file->nr_headers; n++) {
		const struct igvm_header *header = &image->file->headers[n];

		if (igvm_image_has(image, header) && !check_header(image, header))
			return false;
	}
	return check_policy(image) && check_places(image) && check_id_block(image);
}

static bool check_features(const struct igvm_image *image, const struct igvm_header *header)
{
	uint64_t features = vmsa_features(igvm_header_data(image->file, header));
	uint64_t unknown = features & ~KVM_FEATURES;
	unsigned int bit = unknown ? __builtin_ctzll(unknown) : 0;

	if (!(features & SEV_FEATURE_SNP))
		return blame(image, header, "its SEV_FEATURES lack bit 0, SNPActive");
	if (unknown)
		return blame(image, header, "KVM has no %s (bit %u of its SEV_FEATURES)",
			     bit < ARRAY_SIZE(feature_names) ? feature_names[bit] : "such feature",
			     bit);
	return true;
}

/* The one for the boot processor, and nothing else that is to run */
static const struct igvm_header *only_context(const struct igvm_image *image)
{
	const struct igvm_header *header = igvm_image_next(image, IGVM_VHT_VP_CONTEXT, NULL);
	const struct igvm_header *second;

	second = header ? igvm_image_next(image, IGVM_VHT_VP_CONTEXT, header) : NULL;
	if (!header)
		fail("the IGVM file has no VP_CONTEXT for SEV-SNP");
	else if (second)
		blame(image, second, "a second VP_CONTEXT for SEV-SNP: only the boot processor's "
		      "can be supplied");
	else if (igvm_header_get(header, "vp_index"))
		blame(image, header, "it is for vCPU %llu, and only the boot processor's can be "
		      "supplied", (unsigned long long)igvm_header_get(header, "vp_index"));
	else
		return header;
	return NULL;
}

bool igvm_check_direct(const struct igvm_image *image)
{
	const struct igvm_header *header = only_context(image);
	const uint8_t *page;

	if (!header || !check_features(image, header))
		return false;
	if (!(igvm_header_get(header, "gpa") % TWO_MIB))
		return blame(image, header, "it is on a 2 MiB boundary, where hardware has an "
			     "erratum");
	page = igvm_header_data(image->file, header);
	if (vmsa_check(page, vmsa_features(page)))
		return true;
	return blame(image, header, "%s", failure());
}

/* Whatever is imported behind the VMSA is measured before it: KVM's comes last. */
static bool is_last(const struct igvm_image *image, const struct igvm_header *context)
{
	return !igvm_image_next(image, IGVM_VHT_PAGE_DATA, context) &&
	       !igvm_image_next(image, IGVM_VHT_PARAMETER_INSERT, context);
}

bool igvm_check_kvm(const struct igvm_image *image)
{
	const struct igvm_header *header = only_context(image);
	const char *field;

	if (!header || !check_features(image, header))
		return false;
	if (igvm_header_get(header, "gpa") != VMSA_GPA_KVM)
		return blame(image, header, "KVM's VMSAs are measured at 0x%llx",
			     (unsigned long long)VMSA_GPA_KVM);
	field = vmsa_not_kvm(igvm_header_data(image->file, header));
	if (field)
		return blame(image, header, "KVM cannot have %s as it is there", field);
	return is_last(image, header) ||
	       blame(image, header, "KVM's VMSAs are measured after all pages, and pages follow");
}
