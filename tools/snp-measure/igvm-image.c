// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "igvm-image.h"

bool igvm_image_read(struct igvm_image *image, const char *path)
{
	struct blob bytes;

	*image = (struct igvm_image){};
	if (!blob_read(&bytes, path, "IGVM file"))
		return false;
	image->file = igvm_file_read(bytes.data, bytes.size);
	blob_free(&bytes);
	if (!image->file)
		return fail("the IGVM file %s: %s", path, igvm_error_message());
	image->mask = igvm_platform_mask(image->file, IGVM_PLATFORM_TYPE_SEV_SNP);
	return true;
}

bool igvm_image_need_snp(const struct igvm_image *image)
{
	return image->mask || fail("the IGVM file has no SUPPORTED_PLATFORM for SEV-SNP");
}

void igvm_image_free(struct igvm_image *image)
{
	igvm_file_free(image->file);
	image->file = NULL;
}

bool igvm_image_has(const struct igvm_image *image, const struct igvm_header *header)
{
	if (!header->known)
		return false;
	return !igvm_type_field(header->known, "compatibility_mask") ||
	       igvm_header_get(header, "compatibility_mask") & image->mask;
}

const struct igvm_header *igvm_image_next(const struct igvm_image *image, uint32_t type,
					  const struct igvm_header *after)
{
	const struct igvm_header *end = image->file->headers + image->file->nr_headers;
	const struct igvm_header *header = after ? after + 1 : image->file->headers;

	for (; header < end; header++) {
		if (header->type == type && igvm_image_has(image, header))
			return header;
	}
	return NULL;
}

void set_blame(const struct igvm_image *image, const struct igvm_header *header,
	       const char *fmt, ...)
{
	char what[128], why[256];
	va_list args;

	igvm_header_describe(image->file, header, what, sizeof(what));
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	set_failure("%s: %s", what, why);
}

static enum page_type page_type(const struct igvm_header *header)
{
	uint64_t flags = igvm_header_get(header, "flags");

	switch (igvm_header_get(header, "data_type")) {
	case IGVM_PAGE_DATA_TYPE_SECRETS:
		return PAGE_SECRETS;
	case IGVM_PAGE_DATA_TYPE_CPUID_DATA:
	case IGVM_PAGE_DATA_TYPE_CPUID_XF:
		return PAGE_CPUID;
	default:
		return flags & IGVM_PAGE_UNMEASURED ? PAGE_UNMEASURED : PAGE_NORMAL;
	}
}

/* Without data, a normal page is one of zeros: it is measured as NORMAL all the same. */
static bool walk_pages(const struct igvm_image *image, const struct igvm_header *header,
		       igvm_page_fn *fn, void *opaque)
{
	static const uint8_t zeros[PAGE_SIZE];
	const uint8_t *data = igvm_header_data(image->file, header);
	uint64_t flags = igvm_header_get(header, "flags"), at;
	uint64_t size = flags & IGVM_PAGE_2M ? IGVM_PAGE_SIZE_2M : PAGE_SIZE;
	uint64_t gpa = igvm_header_get(header, "gpa");
	enum page_type type = page_type(header);

	if (flags & IGVM_PAGE_SHARED)
		return true;
	for (at = 0; at < size; at += PAGE_SIZE) {
		const uint8_t *page = data ? data + at : zeros;

		if (!fn(opaque, header, type, gpa + at,
			page_type_has_contents(type) ? page : NULL))
			return false;
	}
	return true;
}

/* The area that a PARAMETER_INSERT names is declared before it. */
static uint64_t area_size(const struct igvm_image *image, const struct igvm_header *insert)
{
	const struct igvm_header *area = NULL;
	uint64_t index = igvm_header_get(insert, "parameter_area_index");

	while ((area = igvm_image_next(image, IGVM_VHT_PARAMETER_AREA, area))) {
		if (igvm_header_get(area, "parameter_area_index") == index)
			return igvm_header_get(area, "number_of_bytes");
	}
	return 0;
}

static bool walk_area(const struct igvm_image *image, const struct igvm_header *header,
		      igvm_page_fn *fn, void *opaque)
{
	uint64_t gpa = igvm_header_get(header, "gpa"), size = area_size(image, header), at;

	for (at = 0; at < size; at += PAGE_SIZE) {
		if (!fn(opaque, header, PAGE_UNMEASURED, gpa + at, NULL))
			return false;
	}
	return true;
}

static bool walk_header(const struct igvm_image *image, const struct igvm_header *header,
			igvm_page_fn *fn, void *opaque)
{
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		return walk_pages(image, header, fn, opaque);
	case IGVM_VHT_PARAMETER_INSERT:
		return walk_area(image, header, fn, opaque);
	case IGVM_VHT_VP_CONTEXT:
		return fn(opaque, header, PAGE_VMSA, igvm_header_get(header, "gpa"),
			  igvm_header_data(image->file, header));
	default:
		return true;
	}
}

bool igvm_image_walk(const struct igvm_image *image, igvm_page_fn *fn, void *opaque)
{
	size_t n;

	for (n = 0; n < image->file->nr_headers; n++) {
		const struct igvm_header *header = &image->file->headers[n];

		if (igvm_image_has(image, header) && !walk_header(image, header, fn, opaque))
			return false;
	}
	return true;
}

static bool extend(void *ld, const struct igvm_header *header, enum page_type type, uint64_t gpa,
		   const uint8_t *data)
{
	(void)header;
	return digest_extend(ld, type, gpa, PAGE_SIZE, data);
}

bool igvm_image_digest(const struct igvm_image *image, uint8_t ld[LD_LEN])
{
	memset(ld, 0, LD_LEN);
	if (!igvm_image_next(image, IGVM_VHT_VP_CONTEXT, NULL))
		return fail("the IGVM file has no VP_CONTEXT for SEV-SNP: KVM adds one VMSA for "
			    "each vCPU, which the file does not have");
	return igvm_image_walk(image, extend, ld);
}

uint64_t igvm_image_policy(const struct igvm_image *image)
{
	const struct igvm_header *header = igvm_image_next(image, IGVM_VHT_GUEST_POLICY, NULL);

	return header ? igvm_header_get(header, "policy") : SNP_POLICY_DEFAULT;
}

#define COORDINATE_LEN	72

static void put_signature(uint8_t out[SNP_SIG_LEN], const IGVM_VHS_SNP_ID_BLOCK_SIGNATURE *in)
{
	memcpy(out, in->r_comp, COORDINATE_LEN);
	memcpy(out + COORDINATE_LEN, in->s_comp, COORDINATE_LEN);
}

static void get_signature(IGVM_VHS_SNP_ID_BLOCK_SIGNATURE *out, const uint8_t in[SNP_SIG_LEN])
{
	memcpy(out->r_comp, in, COORDINATE_LEN);
	memcpy(out->s_comp, in + COORDINATE_LEN, COORDINATE_LEN);
}

/* IGVM's has four more bytes. */
static void put_key(uint8_t out[SNP_KEY_LEN], const IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY *in)
{
	put_le(out, in->curve, 4);
	memcpy(out + 4, in->qx, COORDINATE_LEN);
	memcpy(out + 4 + COORDINATE_LEN, in->qy, COORDINATE_LEN);
}

static void get_key(IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY *out, const uint8_t in[SNP_KEY_LEN])
{
	out->curve = get_le(in, 4);
	memcpy(out->qx, in + 4, COORDINATE_LEN);
	memcpy(out->qy, in + 4 + COORDINATE_LEN, COORDINATE_LEN);
}

void igvm_image_id_block(const struct igvm_image *image, const struct igvm_header *header,
			 uint8_t block[ID_BLOCK_LEN], uint8_t auth[ID_AUTH_LEN])
{
	struct id_block unpacked = { .policy = igvm_image_policy(image) };
	IGVM_VHS_SNP_ID_BLOCK in;

	memcpy(&in, header->body, sizeof(in));
	memcpy(unpacked.ld, in.ld, LD_LEN);
	memcpy(unpacked.family_id, in.family_id, SNP_ID_LEN);
	memcpy(unpacked.image_id, in.image_id, SNP_ID_LEN);
	unpacked.version = in.version;
	unpacked.svn = in.guest_svn;
	id_block_pack(&unpacked, block);
	memset(auth, 0, ID_AUTH_LEN);
	put_le(auth + AUTH(id_key_algo), in.id_key_algorithm, 4);
	put_le(auth + AUTH(author_key_algo), in.author_key_algorithm, 4);
	put_signature(auth + AUTH(block_sig), &in.id_key_signature);
	put_key(auth + AUTH(id_key), &in.id_public_key);
	put_signature(auth + AUTH(id_key_sig), &in.author_key_signature);
	put_key(auth + AUTH(author_key), &in.author_public_key);
}

void igvm_pack_id_block(IGVM_VHS_SNP_ID_BLOCK *out, const struct id_block *block,
			const uint8_t auth[ID_AUTH_LEN])
{
	memcpy(out->ld, block->ld, LD_LEN);
	memcpy(out->family_id, block->family_id, SNP_ID_LEN);
	memcpy(out->image_id, block->image_id, SNP_ID_LEN);
	out->version = block->version;
	out->guest_svn = block->svn;
	out->id_key_algorithm = get_le(auth + AUTH(id_key_algo), 4);
	out->author_key_algorithm = get_le(auth + AUTH(author_key_algo), 4);
	out->author_key_enabled = out->author_key_algorithm != 0;
	get_signature(&out->id_key_signature, auth + AUTH(block_sig));
	get_key(&out->id_public_key, auth + AUTH(id_key));
	get_signature(&out->author_key_signature, auth + AUTH(id_key_sig));
	get_key(&out->author_public_key, auth + AUTH(author_key));
}
