// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cpu-types.h"
#include "igvm-image.h"
#include "kernel.h"
#include "launch.h"
#include "vmsa.h"

const char igvm_build_usage[] =
"snp-measure igvm build OUT --ovmf FILE --vmsa FILE|--vcpu-type TYPE [OPTION]...\n"
"  Make an IGVM file of a firmware image and the boot processor's VMSA.\n"
"    --ovmf FILE           the firmware, as QEMU's -bios has it\n"
"    --vmsa FILE           the VMSA, 4096 bytes\n"
"    --vcpu-type TYPE      or that of a CPU at its reset: EPYC-v4, EPYC-Milan ...\n"
"    --vmsa-gpa 0xN        where it is, by default right below the firmware\n"
"    --kernel FILE, --initrd FILE, --append STRING\n"
"                          have the firmware check these, which QEMU is given\n"
"    --policy 0xN          the guest policy, default 0x30000 (SMT allowed)\n"
"    --id-key PEM          sign an ID block with this private P-384 key\n"
"    --author-key PEM      and the ID key with this one\n"
"    --family-id HEX, --image-id HEX\n"
"                          16 bytes each, default zero\n"
"    --svn N               of the guest, default 0\n";

enum {
	OVMF, VMSA, VCPU_TYPE, VMSA_GPA, KERNEL, INITRD, APPEND, POLICY, ID_KEY, AUTHOR_KEY,
	FAMILY, IMAGE, SVN, NR_OPTIONS,
};

static const struct option_desc options[NR_OPTIONS] = {
	[OVMF]       = { "ovmf", true },
	[VMSA]       = { "vmsa", true },
	[VCPU_TYPE]  = { "vcpu-type", true },
	[VMSA_GPA]   = { "vmsa-gpa", true },
	[KERNEL]     = { "kernel", true },
	[INITRD]     = { "initrd", true },
	[APPEND]     = { "append", true },
	[POLICY]     = { "policy", true },
	[ID_KEY]     = { "id-key", true },
	[AUTHOR_KEY] = { "author-key", true },
	[FAMILY]     = { "family-id", true },
	[IMAGE]      = { "image-id", true },
	[SVN]        = { "svn", true },
};

#define SNP_MASK	1u

struct request {
	const char *value[NR_OPTIONS];
	struct blob ovmf, vmsa;
	struct boot_hashes hashes;
	struct launch launch;
	struct id_block block;
	struct igvm_image image;
};

static bool get_ovmf(struct request *request)
{
	const char *path = request->value[OVMF];

	return (path || fail("--ovmf is missing: the firmware is what the file is made of")) &&
	       blob_read(&request->ovmf, path, "firmware") &&
	       ovmf_parse(&request->launch.ovmf, request->ovmf.data, request->ovmf.size);
}

static bool get_vmsa(struct request *request)
{
	const char *page = request->value[VMSA], *type = request->value[VCPU_TYPE];

	request->launch.features = SEV_FEATURE_SNP;
	if (!page == !type)
		return fail("give --vmsa or --vcpu-type, %s", page ? "not both" : "one of them");
	if (type)
		return cpu_type_signature(type, &request->launch.signature);
	if (!blob_read_exact(&request->vmsa, page, "VMSA page", PAGE_SIZE))
		return false;
	request->launch.vmsa_page = request->vmsa.data;
	request->launch.features = vmsa_features(request->vmsa.data);
	return true;
}

static bool get_gpa(struct request *request)
{
	const char *gpa = request->value[VMSA_GPA];

	request->launch.mode = VMSA_DIRECT;
	request->launch.vcpus = 1;
	request->launch.vmsa_gpa = request->launch.ovmf.gpa - PAGE_SIZE;
	return !gpa || parse_hex64(gpa, "VMSA GPA", &request->launch.vmsa_gpa);
}

static bool get_hashes(struct request *request)
{
	const struct boot_files files = {
		.kernel = request->value[KERNEL],
		.initrd = request->value[INITRD],
		.cmdline = request->value[APPEND],
	};

	if (!files.kernel)
		return (!files.initrd && !files.cmdline) ||
		       fail("--initrd and --append need --kernel");
	request->launch.hashes = &request->hashes;
	return boot_files_hash(&files, false, &request->hashes);
}

static bool get_block(struct request *request)
{
	const char **value = request->value;
	uint64_t svn = 0;

	request->block = (struct id_block){ .version = 1, .policy = SNP_POLICY_DEFAULT };
	if (value[POLICY] && !policy_parse(value[POLICY], &request->block.policy))
		return false;
	if (!value[ID_KEY] && (value[AUTHOR_KEY] || value[FAMILY] || value[IMAGE] || value[SVN]))
		return fail("--author-key, --family-id, --image-id and --svn need --id-key");
	if (value[SVN] && !parse_decimal(value[SVN], "guest SVN", UINT32_MAX, &svn))
		return false;
	request->block.svn = svn;
	return (!value[FAMILY] ||
		parse_bytes(value[FAMILY], "family id", request->block.family_id, SNP_ID_LEN)) &&
	       (!value[IMAGE] ||
		parse_bytes(value[IMAGE], "image id", request->block.image_id, SNP_ID_LEN));
}

/* The library's message is the failure. */
static bool add(struct request *request, uint32_t type, const void *body, const void *data)
{
	return igvm_file_add(request->image.file, type, body, data, data ? PAGE_SIZE : 0) ||
	       fail("%s", igvm_error_message());
}

static bool add_page(struct request *request, enum page_type type, uint64_t gpa,
		     const uint8_t *data)
{
	IGVM_VHS_PAGE_DATA body = { .gpa = gpa, .compatibility_mask = SNP_MASK };

	if (type == PAGE_SECRETS)
		body.data_type = IGVM_PAGE_DATA_TYPE_SECRETS;
	else if (type == PAGE_CPUID)
		body.data_type = IGVM_PAGE_DATA_TYPE_CPUID_DATA;
	if (data && all_zero(data, PAGE_SIZE))
		data = NULL;
	return add(request, IGVM_VHT_PAGE_DATA, &body, data);
}

static bool add_region(void *opaque, const char *what, enum page_type type, uint64_t gpa,
		       uint64_t size, const uint8_t *data)
{
	IGVM_VHS_VP_CONTEXT context = { .gpa = gpa, .compatibility_mask = SNP_MASK };
	uint64_t at;

	(void)what;
	if (type == PAGE_VMSA)
		return add(opaque, IGVM_VHT_VP_CONTEXT, &context, data);
	for (at = 0; at < size; at += PAGE_SIZE) {
		if (!add_page(opaque, type, gpa + at, data ? data + at : NULL))
			return false;
	}
	return true;
}

static bool add_start(struct request *request)
{
	const IGVM_VHS_SUPPORTED_PLATFORM platform = {
		.compatibility_mask = SNP_MASK,
		.platform_type = IGVM_PLATFORM_TYPE_SEV_SNP,
		.platform_version = IGVM_PLATFORM_VERSION,
	};
	const IGVM_VHS_GUEST_POLICY policy = {
		.policy = request->block.policy,
		.compatibility_mask = SNP_MASK,
	};

	request->image.mask = SNP_MASK;
	request->image.file = igvm_file_new(IGVM_FORMAT_VERSION_1);
	return (request->image.file || fail("out of memory")) &&
	       add(request, IGVM_VHT_SUPPORTED_PLATFORM, &platform, NULL) &&
	       add(request, IGVM_VHT_GUEST_POLICY, &policy, NULL);
}

static bool sign(struct request *request, IGVM_VHS_SNP_ID_BLOCK *body)
{
	const char *author_path = request->value[AUTHOR_KEY];
	uint8_t packed[ID_BLOCK_LEN], auth[ID_AUTH_LEN];
	EVP_PKEY *id_key, *author = NULL;
	bool good;

	id_block_pack(&request->block, packed);
	id_key = p384_read_private(request->value[ID_KEY], "ID key");
	if (id_key && author_path)
		author = p384_read_private(author_path, "author key");
	good = id_key && (author || !author_path) && id_auth_make(auth, packed, id_key, author);
	if (good)
		igvm_pack_id_block(body, &request->block, auth);
	EVP_PKEY_free(id_key);
	EVP_PKEY_free(author);
	return good;
}

static bool add_id_block(struct request *request)
{
	IGVM_VHS_SNP_ID_BLOCK body = { .compatibility_mask = SNP_MASK };

	if (!request->value[ID_KEY])
		return true;
	return igvm_image_digest(&request->image, request->block.ld) && sign(request, &body) &&
	       add(request, IGVM_VHT_SNP_ID_BLOCK, &body, NULL);
}

static bool write_out(struct request *request, const char *path)
{
	size_t size;
	uint8_t *bytes = igvm_file_write(request->image.file, &size);
	bool good;

	if (!bytes)
		return fail("%s", igvm_error_message());
	good = write_bytes(path, bytes, size);
	free(bytes);
	return good;
}

int cmd_igvm_build(int argc, char **argv)
{
	struct request request = {};
	const char *path = NULL;
	bool good;

	good = cli_options(argc, argv, options, NR_OPTIONS, request.value, &path) &&
	       (path || fail("name the file to write")) && get_ovmf(&request) &&
	       get_vmsa(&request) && get_gpa(&request) && get_hashes(&request) &&
	       get_block(&request) && add_start(&request) &&
	       launch_walk(&request.launch, add_region, &request) && add_id_block(&request) &&
	       write_out(&request, path);
	igvm_image_free(&request.image);
	blob_free(&request.ovmf);
	blob_free(&request.vmsa);
	return good ? CLI_OK : CLI_TROUBLE;
}
