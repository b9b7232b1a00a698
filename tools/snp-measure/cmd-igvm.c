// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "igvm-image.h"
#include "json.h"

static const char show_usage[] =
"snp-measure igvm show FILE [--json]\n"
"  Print the headers of an IGVM file in their order.\n";

static const char digest_usage_text[] =
"snp-measure igvm digest FILE [--json]\n"
"  Predict the launch digest of SEV-SNP: all that is imported, in the order of the file.\n"
"    --json                add the digest after each header\n";

static const char check_usage[] =
"snp-measure igvm check FILE [--mode direct|kvm] [--json]\n"
"  Would the firmware, KVM and QEMU's loader take it, and in which mode?\n"
"    --mode direct|kvm     it has to be taken in this one; by default in any\n"
"    --json                print the answer as JSON\n";

static const char extract_usage[] =
"snp-measure igvm extract-vmsa FILE PAGE\n"
"  Write the boot processor's VMSA of an IGVM file to the file PAGE.\n";

#define JSON_ONLY	{ { "json", false } }

static void print_field_text(const struct igvm_header *header, const struct igvm_field *field)
{
	const uint8_t *at = header->body + field->offset;
	size_t n;

	printf("  %s ", field->name);
	if (field->kind == IGVM_FIELD_BYTES) {
		for (n = 0; n < field->size; n++)
			printf("%02x", at[n]);
	} else {
		printf(field->kind == IGVM_FIELD_NUMBER ? "%llu" : "0x%llx",
		       (unsigned long long)igvm_get_le(at, field->size));
	}
}

/* Where its data are is said by the number of bytes that there are. */
static bool is_shown(const struct igvm_field *field)
{
	return field->kind != IGVM_FIELD_RESERVED && field->kind != IGVM_FIELD_OFFSET;
}

static void show_text(const struct igvm_image *image)
{
	size_t n;
	unsigned int i;

	printf("version %u, %zu headers\n", image->file->version, image->file->nr_headers);
	for (n = 0; n < image->file->nr_headers; n++) {
		const struct igvm_header *header = &image->file->headers[n];

		if (!header->known) {
			printf("%zu type 0x%x, which may be skipped\n", n, header->type);
			continue;
		}
		printf("%zu %s", n, header->known->name);
		for (i = 0; i < header->known->nr_fields; i++) {
			if (is_shown(&header->known->fields[i]))
				print_field_text(header, &header->known->fields[i]);
		}
		if (header->has_data)
			printf("  data 0x%zx bytes", header->data_size);
		putchar('\n');
	}
}

static void json_field(struct json *json, const struct igvm_header *header,
		       const struct igvm_field *field)
{
	const uint8_t *at = header->body + field->offset;

	if (field->kind == IGVM_FIELD_BYTES)
		json_bytes(json, field->name, at, field->size);
	else if (field->kind == IGVM_FIELD_NUMBER)
		json_number(json, field->name, igvm_get_le(at, field->size));
	else
		json_hex(json, field->name, igvm_get_le(at, field->size));
}

static bool json_header(struct json *json, const struct igvm_image *image,
			const struct igvm_header *header)
{
	const uint8_t *data = igvm_header_data(image->file, header);
	uint8_t hash[SHA256_LEN];
	unsigned int i;

	if (data && !sha256(data, header->data_size, hash))
		return false;
	json_open(json, NULL, '{');
	json_string(json, "type", header->known ? header->known->name : "unknown");
	json_hex(json, "number", header->type);
	for (i = 0; header->known && i < header->known->nr_fields; i++) {
		if (is_shown(&header->known->fields[i]))
			json_field(json, header, &header->known->fields[i]);
	}
	if (data) {
		json_number(json, "data_bytes", header->data_size);
		json_bytes(json, "data_sha256", hash, SHA256_LEN);
	}
	json_close(json, '}');
	return true;
}

static bool show_json(const struct igvm_image *image)
{
	struct json json;
	size_t n;

	json_begin(&json, stdout);
	json_number(&json, "version", image->file->version);
	json_open(&json, "headers", '[');
	for (n = 0; n < image->file->nr_headers; n++) {
		if (!json_header(&json, image, &image->file->headers[n]))
			return false;
	}
	json_close(&json, ']');
	json_end(&json);
	return true;
}

static int show(int argc, char **argv)
{
	static const struct option_desc options[] = JSON_ONLY;
	const char *as_json = NULL, *path = NULL;
	struct igvm_image image = {};
	bool good;

	good = cli_options(argc, argv, options, 1, &as_json, &path) &&
	       (path || fail("name the IGVM file")) && igvm_image_read(&image, path);
	if (good && as_json)
		good = show_json(&image);
	else if (good)
		show_text(&image);
	igvm_image_free(&image);
	return good ? CLI_OK : CLI_TROUBLE;
}

/* The digest after each header that has a part in it */
struct steps {
	struct json *json;
	const struct igvm_header *header;
	enum page_type type;
	uint8_t ld[LD_LEN];
	unsigned long long pages;
};

static void end_step(struct steps *steps)
{
	if (!steps->header)
		return;
	json_open(steps->json, NULL, '{');
	json_string(steps->json, "header", steps->header->known->name);
	json_string(steps->json, "type", page_type_name(steps->type));
	json_hex(steps->json, "gpa", igvm_header_get(steps->header, "gpa"));
	json_number(steps->json, "pages", steps->pages);
	json_bytes(steps->json, "digest", steps->ld, LD_LEN);
	json_close(steps->json, '}');
	steps->pages = 0;
}

static bool step(void *opaque, const struct igvm_header *header, enum page_type type,
		 uint64_t gpa, const uint8_t *data)
{
	struct steps *steps = opaque;

	if (header != steps->header)
		end_step(steps);
	steps->header = header;
	steps->type = type;
	steps->pages++;
	return digest_extend(steps->ld, type, gpa, PAGE_SIZE, data);
}

static bool print_steps(const struct igvm_image *image, const uint8_t *ld)
{
	struct json json;
	struct steps steps = { .json = &json };

	json_begin(&json, stdout);
	json_bytes(&json, "digest", ld, LD_LEN);
	json_hex(&json, "policy", igvm_image_policy(image));
	json_open(&json, "headers", '[');
	if (!igvm_image_walk(image, step, &steps))
		return false;
	end_step(&steps);
	json_close(&json, ']');
	json_end(&json);
	return true;
}

static bool print_digest(const struct igvm_image *image, const char *as_json)
{
	char text[2 * LD_LEN + 1];
	uint8_t ld[LD_LEN];

	if (!igvm_image_digest(image, ld))
		return false;
	if (as_json)
		return print_steps(image, ld);
	format_bytes(text, ld, LD_LEN);
	return puts(text) >= 0;
}

static int digest(int argc, char **argv)
{
	static const struct option_desc options[] = JSON_ONLY;
	const char *as_json = NULL, *path = NULL;
	struct igvm_image image = {};
	bool good;

	good = cli_options(argc, argv, options, 1, &as_json, &path) &&
	       (path || fail("name the IGVM file")) && igvm_image_read(&image, path) &&
	       igvm_image_need_snp(&image) && print_digest(&image, as_json);
	igvm_image_free(&image);
	return good ? CLI_OK : CLI_TROUBLE;
}

/* Why a mode does not take the file; empty if it does */
struct verdicts {
	char direct[384], kvm[384];
};

static void judge(const struct igvm_image *image, struct verdicts *verdicts)
{
	*verdicts = (struct verdicts){};
	if (!igvm_check_direct(image))
		snprintf(verdicts->direct, sizeof(verdicts->direct), "%s", failure());
	if (!igvm_check_kvm(image))
		snprintf(verdicts->kvm, sizeof(verdicts->kvm), "%s", failure());
}

static void print_mode(struct json *json, const char *mode, const char *why)
{
	if (!json) {
		printf("%-6s  %s%s\n", mode, *why ? "no: " : "yes", why);
		return;
	}
	json_open(json, mode, '{');
	json_bool(json, "accepted", !*why);
	if (*why)
		json_string(json, "reason", why);
	json_close(json, '}');
}

static void print_verdicts(const struct verdicts *verdicts, bool as_json)
{
	struct json json;

	if (as_json)
		json_begin(&json, stdout);
	print_mode(as_json ? &json : NULL, "direct", verdicts->direct);
	print_mode(as_json ? &json : NULL, "kvm", verdicts->kvm);
	if (as_json)
		json_end(&json);
}

static bool is_taken(const struct verdicts *verdicts, const char *mode)
{
	if (mode)
		return !*(strcmp(mode, "kvm") ? verdicts->direct : verdicts->kvm) ||
		       fail("%s", strcmp(mode, "kvm") ? verdicts->direct : verdicts->kvm);
	return !*verdicts->direct || !*verdicts->kvm || fail("%s", verdicts->direct);
}

enum { MODE, JSON, NR_CHECK };

static int do_check(const struct igvm_image *image, const char **value)
{
	struct verdicts verdicts;

	if (!igvm_check_import(image))
		return CLI_NO;
	judge(image, &verdicts);
	if (!is_taken(&verdicts, value[MODE]))
		return CLI_NO;
	print_verdicts(&verdicts, value[JSON]);
	return CLI_OK;
}

static bool mode_is_known(const char *mode)
{
	return !mode || !strcmp(mode, "direct") || !strcmp(mode, "kvm") ||
	       fail("--mode is direct or kvm, not '%s'", mode);
}

static int check(int argc, char **argv)
{
	static const struct option_desc options[NR_CHECK] = {
		[MODE] = { "mode", true }, [JSON] = { "json", false },
	};
	const char *value[NR_CHECK] = {}, *path = NULL;
	struct igvm_image image = {};
	int status = CLI_TROUBLE;

	if (cli_options(argc, argv, options, NR_CHECK, value, &path) &&
	    mode_is_known(value[MODE]) && (path || fail("name the IGVM file")) &&
	    igvm_image_read(&image, path) && igvm_image_need_snp(&image))
		status = do_check(&image, value);
	igvm_image_free(&image);
	return status;
}

static bool write_vmsa(const struct igvm_image *image, const char *path)
{
	const struct igvm_header *header = igvm_image_next(image, IGVM_VHT_VP_CONTEXT, NULL);

	if (!header)
		return fail("the IGVM file has no VP_CONTEXT for SEV-SNP");
	return write_bytes(path, igvm_header_data(image->file, header), PAGE_SIZE);
}

/* Two words, which cli_options() has no use for */
static int extract(int argc, char **argv)
{
	struct igvm_image image = {};
	bool good;
	int i;

	for (i = 1; i < argc; i++) {
		if (cli_asks_for_help(argv[i]))
			return CLI_TROUBLE;
	}
	good = (argc == 3 || fail("name the IGVM file and the file for the VMSA")) &&
	       igvm_image_read(&image, argv[1]) && igvm_image_need_snp(&image) &&
	       write_vmsa(&image, argv[2]);
	igvm_image_free(&image);
	return good ? CLI_OK : CLI_TROUBLE;
}

int cmd_igvm(int argc, char **argv)
{
	static const struct verb verbs[] = {
		{ "show", show, show_usage },
		{ "digest", digest, digest_usage_text },
		{ "build", cmd_igvm_build, igvm_build_usage },
		{ "check", check, check_usage },
		{ "extract-vmsa", extract, extract_usage },
	};

	argv[0] = "snp-measure igvm";
	return cli_dispatch(argc, argv, verbs, ARRAY_SIZE(verbs));
}
