// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cpu-types.h"
#include "json.h"
#include "kernel.h"
#include "launch.h"
#include "vmsa.h"

const char digest_usage[] =
"snp-measure digest --ovmf FILE --vcpus N --vcpu-type TYPE [OPTION]...\n"
"  Predict the launch digest of a guest that QEMU launches.\n"
"    --ovmf FILE           the firmware, as QEMU's -bios has it\n"
"    --ovmf-hash HEX       take this digest for that of the image in FILE\n"
"    --vcpus N             number of vCPUs; may be left out with --vmsa direct\n"
"    --vcpu-type TYPE      QEMU's CPU model: EPYC-v4, EPYC-Milan ...\n"
"    --vcpu-sig 0xN        or CPUID 1 EAX itself\n"
"    --kernel FILE, --initrd FILE, --append STRING\n"
"                          as QEMU's options\n"
"    --kernel-hashes on|off\n"
"                          as sev-snp-guest's property; on if there is a kernel\n"
"    --any-kernel          hash what QEMU would refuse to start as well\n"
"    --guest-features 0xN  SEV_FEATURES, default 0x1 (SNPActive)\n"
"    --vmsa kvm|direct     KVM makes all VMSAs (default), or the VMM makes one\n"
"    --vmsa-gpa 0xN        where the VMM puts it\n"
"    --vmsa-page FILE      its 4096 bytes; default: what KVM would make\n"
"    --mem SIZE            as QEMU's -m, in MiB or with K, M, G or T: refuse a VMSA\n"
"                          in RAM, which the guest would validate once more\n"
"    --json                the digest, all inputs and every measured region\n";

enum {
	OVMF, OVMF_HASH, KERNEL, INITRD, APPEND, HASHES, ANY_KERNEL, VCPUS, VCPU_TYPE,
	VCPU_SIG, FEATURES, VMSA, VMSA_GPA, VMSA_PAGE, MEM, JSON, NR_OPTIONS,
};

static const struct option_desc options[NR_OPTIONS] = {
	[OVMF]       = { "ovmf", true },
	[OVMF_HASH]  = { "ovmf-hash", true },
	[KERNEL]     = { "kernel", true },
	[INITRD]     = { "initrd", true },
	[APPEND]     = { "append", true },
	[HASHES]     = { "kernel-hashes", true },
	[ANY_KERNEL] = { "any-kernel", false },
	[VCPUS]      = { "vcpus", true },
	[VCPU_TYPE]  = { "vcpu-type", true },
	[VCPU_SIG]   = { "vcpu-sig", true },
	[FEATURES]   = { "guest-features", true },
	[VMSA]       = { "vmsa", true },
	[VMSA_GPA]   = { "vmsa-gpa", true },
	[VMSA_PAGE]  = { "vmsa-page", true },
	[MEM]        = { "mem", true },
	[JSON]       = { "json", false },
};

/* The inputs, and what they were read into */
struct request {
	const char *value[NR_OPTIONS];
	struct launch launch;
	struct blob ovmf, vmsa_page;
	uint8_t ovmf_ld[LD_LEN];
	struct boot_hashes hashes;
};

static bool get_vcpus(struct request *request)
{
	const char *text = request->value[VCPUS];
	uint64_t n = 1;

	if (text && !parse_decimal(text, "number of vCPUs", MAX_VCPUS, &n))
		return false;
	if (!text && request->launch.mode == VMSA_KVM)
		return fail("--vcpus is missing: KVM measures a VMSA for each vCPU");
	if (!n)
		return fail("a guest has at least one vCPU");
	request->launch.vcpus = n;
	return true;
}

static bool get_signature(struct request *request)
{
	const char *type = request->value[VCPU_TYPE], *sig = request->value[VCPU_SIG];
	uint64_t value;

	if (request->value[VMSA_PAGE])
		return (!type && !sig) ||
		       fail("--vmsa-page says all about the vCPU: leave out --vcpu-type and "
			    "--vcpu-sig");
	if (!type == !sig)
		return fail("give --vcpu-type or --vcpu-sig, %s",
			    type ? "not both" : "one of them");
	if (type)
		return cpu_type_signature(type, &request->launch.signature);
	if (!parse_hex64(sig, "vCPU signature", &value))
		return false;
	if (value >> 32)
		return fail("the vCPU signature 0x%llx has more than 32 bits",
			    (unsigned long long)value);
	request->launch.signature = value;
	return true;
}

static bool get_vmsa_mode(struct request *request)
{
	const char *mode = request->value[VMSA];

	if (!mode || !strcmp(mode, "kvm"))
		request->launch.mode = VMSA_KVM;
	else if (!strcmp(mode, "direct"))
		request->launch.mode = VMSA_DIRECT;
	else
		return fail("--vmsa is kvm or direct, not '%s'", mode);
	return true;
}

static bool get_mem(struct request *request)
{
	const char *text = request->value[MEM];

	if (!text)
		return true;
	if (request->launch.mode == VMSA_KVM)
		return fail("--mem needs --vmsa direct: KVM's VMSAs are not in guest memory");
	return parse_size(text, "memory size", &request->launch.mem);
}

static bool get_vmsa(struct request *request)
{
	const char *gpa = request->value[VMSA_GPA], *page = request->value[VMSA_PAGE];

	if (request->launch.mode == VMSA_KVM)
		return (!gpa && !page) ||
		       fail("--vmsa-gpa and --vmsa-page need --vmsa direct: KVM makes its own "
			    "VMSAs");
	if (!gpa)
		return fail("--vmsa direct needs --vmsa-gpa, the address of the VMSA in guest "
			    "memory");
	if (!parse_hex64(gpa, "VMSA GPA", &request->launch.vmsa_gpa))
		return false;
	if (!page)
		return true;
	if (!blob_read(&request->vmsa_page, page, "VMSA page"))
		return false;
	if (request->vmsa_page.size != PAGE_SIZE)
		return fail("the VMSA page %s has %zu bytes instead of %llu", page,
			    request->vmsa_page.size, PAGE_SIZE);
	request->launch.vmsa_page = request->vmsa_page.data;
	return true;
}

static bool get_ovmf(struct request *request)
{
	const char *path = request->value[OVMF], *hash = request->value[OVMF_HASH];

	if (!path)
		return fail("--ovmf is missing: the firmware says what is measured");
	if (hash) {
		if (!parse_bytes(hash, "digest of the firmware image", request->ovmf_ld, LD_LEN))
			return false;
		request->launch.ovmf_ld = request->ovmf_ld;
	}
	return blob_read(&request->ovmf, path, "firmware") &&
	       ovmf_parse(&request->launch.ovmf, request->ovmf.data, request->ovmf.size);
}

static bool hash_files(struct request *request)
{
	const struct boot_files files = {
		.kernel = request->value[KERNEL],
		.initrd = request->value[INITRD],
		.cmdline = request->value[APPEND],
	};

	request->launch.hashes = &request->hashes;
	return boot_files_hash(&files, request->value[ANY_KERNEL], &request->hashes);
}

static bool get_hashes(struct request *request)
{
	const char *hashes = request->value[HASHES];
	bool has_kernel = request->value[KERNEL];

	if (!has_kernel && (request->value[INITRD] || request->value[APPEND] ||
			    request->value[ANY_KERNEL]))
		return fail("--initrd, --append and --any-kernel need --kernel");
	if (hashes && strcmp(hashes, "on") && strcmp(hashes, "off"))
		return fail("--kernel-hashes is on or off, not '%s'", hashes);
	if (hashes && !strcmp(hashes, "off"))
		return !request->value[ANY_KERNEL] ||
		       fail("--any-kernel needs --kernel-hashes on: no kernel is measured "
			    "otherwise");
	if (hashes && !has_kernel)
		return fail("--kernel-hashes on needs --kernel: QEMU has nothing to hash "
			    "otherwise");
	return !has_kernel || hash_files(request);
}

static bool get_features(struct request *request)
{
	const char *text = request->value[FEATURES];

	request->launch.features = SEV_FEATURE_SNP;
	return !text || parse_hex64(text, "guest features", &request->launch.features);
}

static bool get_all(struct request *request)
{
	return get_vmsa_mode(request) && get_vmsa(request) && get_mem(request) &&
	       get_vcpus(request) && get_signature(request) && get_features(request) &&
	       get_ovmf(request) && get_hashes(request);
}

static void print_file(struct json *json, const char *key, const char *path,
		       const uint8_t *sha256)
{
	if (!path)
		return;
	json_open(json, key, '{');
	json_string(json, "file", path);
	if (sha256)
		json_bytes(json, "sha256", sha256, SHA256_LEN);
	json_close(json, '}');
}

static bool print_blob(struct json *json, const char *key, const char *path,
		       const struct blob *blob)
{
	uint8_t hash[SHA256_LEN];

	if (path && !sha256(blob->data, blob->size, hash))
		return false;
	print_file(json, key, path, hash);
	return true;
}

static void print_kernel(struct json *json, const struct request *request)
{
	const struct boot_hashes *hashes = request->launch.hashes;

	json_bool(json, "kernel_hashes", hashes);
	print_file(json, "kernel", request->value[KERNEL], hashes ? hashes->kernel : NULL);
	print_file(json, "initrd", request->value[INITRD], hashes ? hashes->initrd : NULL);
	if (request->value[APPEND])
		json_string(json, "append", request->value[APPEND]);
	if (hashes)
		json_bytes(json, "append_sha256", hashes->cmdline, SHA256_LEN);
}

static bool print_inputs(struct json *json, const struct request *request)
{
	const struct launch *launch = &request->launch;

	json_open(json, "inputs", '{');
	if (!print_blob(json, "ovmf", request->value[OVMF], &request->ovmf))
		return false;
	if (launch->ovmf_ld)
		json_bytes(json, "ovmf_hash", launch->ovmf_ld, LD_LEN);
	print_kernel(json, request);
	if (request->value[VCPUS])
		json_number(json, "vcpus", launch->vcpus);
	if (request->value[VCPU_TYPE])
		json_string(json, "vcpu_type", request->value[VCPU_TYPE]);
	if (!launch->vmsa_page)
		json_hex(json, "vcpu_signature", launch->signature);
	json_hex(json, "guest_features", launch->features);
	json_string(json, "vmsa", launch->mode == VMSA_DIRECT ? "direct" : "kvm");
	json_hex(json, "vmsa_gpa", launch->mode == VMSA_DIRECT ? launch->vmsa_gpa : VMSA_GPA_KVM);
	if (launch->mem)
		json_hex(json, "mem", launch->mem);
	if (!print_blob(json, "vmsa_page", request->value[VMSA_PAGE], &request->vmsa_page))
		return false;
	json_close(json, '}');
	return true;
}

static void print_regions(struct json *json, const struct prediction *prediction)
{
	unsigned int n;

	json_open(json, "regions", '[');
	for (n = 0; n < prediction->nr_regions; n++) {
		const struct region *region = &prediction->regions[n];

		json_open(json, NULL, '{');
		json_string(json, "what", region->what);
		json_string(json, "type", page_type_name(region->type));
		json_hex(json, "gpa", region->gpa);
		json_number(json, "pages", region->size / PAGE_SIZE);
		json_bytes(json, "digest", region->ld, LD_LEN);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static bool print_json(const struct request *request, const struct prediction *prediction)
{
	struct json json;

	json_begin(&json, stdout);
	json_bytes(&json, "digest", prediction->ld, LD_LEN);
	json_number(&json, "vmsas_measured", prediction->nr_vmsas);
	if (!print_inputs(&json, request))
		return false;
	print_regions(&json, prediction);
	json_end(&json);
	return true;
}

static bool print_hex(const struct prediction *prediction)
{
	char text[2 * LD_LEN + 1];

	format_bytes(text, prediction->ld, LD_LEN);
	return puts(text) >= 0;
}

int cmd_digest(int argc, char **argv)
{
	struct request request = {};
	struct prediction prediction = {};
	bool good;

	good = cli_options(argc, argv, options, NR_OPTIONS, request.value, NULL) &&
	       get_all(&request) && launch_predict(&request.launch, &prediction) &&
	       (request.value[JSON] ? print_json(&request, &prediction) : print_hex(&prediction));
	prediction_free(&prediction);
	blob_free(&request.ovmf);
	blob_free(&request.vmsa_page);
	return good ? CLI_OK : CLI_TROUBLE;
}
