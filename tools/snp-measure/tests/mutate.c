// SPDX-License-Identifier: GPL-2.0-only
/*
 * Feeds mutated inputs to all that parses, in one process and under sanitizers.
 * Every one must be accepted, or refused with one line.
 *
 * usage: mutate COUNT SEED FIRMWARE KERNEL BLOCK AUTH REPORT CERTS IGVM
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs.h"
#include "cli.h"
#include "cpu-types.h"
#include "id-block.h"
#include "igvm-image.h"
#include "json.h"
#include "kernel.h"
#include "launch.h"
#include "report.h"
#include "vmsa.h"

#define MAX_MUTATIONS	4
#define IMAGE_UNIT	0x10000ul

/* Each section of a mutated table may be as large as all guest memory. */
#define MAX_MEASURED	0x4000000ull

struct inputs {
	struct blob firmware, kernel, block, auth, report, igvm;
	struct chain chain;
	FILE *sink;
};

static unsigned long long accepted, refused;
static uint64_t state;

/* xorshift64* */
static uint32_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull >> 32;
}

static uint32_t below(uint32_t limit)
{
	return next() % limit;
}

static void die(const char *what)
{
	printf("mutate: %s: %s\n", what, failure());
	exit(1);
}

static void judge(bool good, const char *what)
{
	if (good) {
		accepted++;
		return;
	}
	refused++;
	if (!failure()[0] || strchr(failure(), '\n'))
		die(what);
	set_failure("%s", "");
}

static const uint32_t interesting[] = {
	0, 1, 2, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
};

static void mutate_once(uint8_t *data, size_t size)
{
	size_t at = below(size), len;

	switch (below(4)) {
	case 0:
		data[at] ^= 1 << below(8);
		break;
	case 1:
		data[at] = next();
		break;
	case 2:
		len = size - at < 4 ? size - at : 4;
		put_le(data + at, interesting[below(ARRAY_SIZE(interesting))], len);
		break;
	case 3:
		len = 1 + below(size - at < 32 ? size - at : 32);
		memmove(data + below(size - len + 1), data + at, len);
		break;
	}
}

/* A copy that is exactly as large as what it holds, so that overruns show. */
static struct blob mutated(const struct blob *original, size_t from)
{
	struct blob copy = { malloc(original->size), original->size };
	int n = 1 + below(MAX_MUTATIONS);

	if (!copy.data)
		exit(1);
	memcpy(copy.data, original->data, copy.size);
	while (n--)
		mutate_once(copy.data + from, copy.size - from);
	return copy;
}

static uint64_t measured(const struct ovmf *ovmf)
{
	uint64_t total = ovmf->size;
	unsigned int n;

	for (n = 0; n < ovmf->nr_sections; n++)
		total += ovmf->sections[n].size;
	return total;
}

static void try_launch(const struct ovmf *ovmf)
{
	static const struct boot_hashes hashes;
	static uint8_t page[PAGE_SIZE];
	struct prediction prediction;
	struct launch launch = {
		.ovmf = *ovmf,
		.hashes = below(2) ? &hashes : NULL,
		.vcpus = 1 + below(3),
		.signature = next(),
		.features = below(8) ? SEV_FEATURE_SNP : next(),
		.mode = below(2),
		.vmsa_gpa = (uint64_t)below(0x110000) << below(16),
		.vmsa_page = below(2) ? page : NULL,
	};

	vmsa_fill(page, next(), next(), SEV_FEATURE_SNP);
	if (!below(4))
		mutate_once(page, PAGE_SIZE);
	judge(launch_predict(&launch, &prediction), "launch");
	prediction_free(&prediction);
}

/* Mostly the tables at the end; at times the file is cut. */
static void try_firmware(const struct inputs *inputs)
{
	struct blob copy = mutated(&inputs->firmware, inputs->firmware.size - 0x500);
	struct ovmf ovmf;
	bool good;

	if (!below(8)) {
		size_t cut = below(copy.size);

		memmove(copy.data, copy.data + cut, copy.size - cut);
		copy.size -= below(2) ? cut : cut & ~(IMAGE_UNIT - 1);
		copy.data = realloc(copy.data, copy.size ? copy.size : 1);
	}
	good = ovmf_parse(&ovmf, copy.data, copy.size);
	judge(good, "firmware");
	if (good && measured(&ovmf) <= MAX_MEASURED)
		try_launch(&ovmf);
	blob_free(&copy);
}

/* Some are cut to what is all header. */
static void try_kernel(const struct inputs *inputs)
{
	struct blob copy = mutated(&inputs->kernel, 0), initrd = { NULL, below(0x40000000) };

	if (!below(4)) {
		copy.size = 1 + below(copy.size);
		copy.data = realloc(copy.data, copy.size);
	}
	judge(kernel_check(&copy, below(2) ? &initrd : NULL, below(2) ? "" : "vga=1"), "kernel");
	blob_free(&copy);
}

/* Whatever differs from what was signed has to be refused. */
static void try_id_block(const struct inputs *inputs)
{
	struct blob block = mutated(&inputs->block, 0), auth = mutated(&inputs->auth, 0);
	struct id_key_digests digests;
	struct id_block parsed;
	bool good, same;

	if (below(2))
		memcpy(block.data, inputs->block.data, block.size);
	id_block_unpack(&parsed, block.data);
	good = id_auth_check(auth.data, block.data, &digests);
	same = !memcmp(block.data, inputs->block.data, block.size) &&
	       !memcmp(auth.data, inputs->auth.data, auth.size);
	judge(good, "ID block");
	if (good && !same)
		die("a changed ID block is accepted");
	blob_free(&block);
	blob_free(&auth);
}

static void try_report(const struct inputs *inputs)
{
	struct blob copy = mutated(&inputs->report, 0);
	struct json json;

	judge(report_check(copy.data), "report");
	json_begin(&json, inputs->sink);
	report_print_json(copy.data, &json);
	json_end(&json);
	if (!below(16)) {
		bool good = report_verify(copy.data, &inputs->chain, false);

		judge(good, "report's signature");
		if (good && memcmp(copy.data, inputs->report.data, copy.size))
			die("a changed report is accepted");
	}
	blob_free(&copy);
}

/* The headers of a sound file are changed, and it is sealed again if it is still one. */
static struct blob mutated_igvm(const struct inputs *inputs)
{
	struct igvm_file *file = igvm_file_read(inputs->igvm.data, inputs->igvm.size);
	int n = 1 + below(MAX_MUTATIONS);
	struct blob copy = {};

	if (!file)
		die("IGVM file");
	while (n--) {
		const struct igvm_header *header = &file->headers[below(file->nr_headers)];

		if (header->length)
			mutate_once(header->body, header->length);
	}
	copy.data = igvm_file_write(file, &copy.size);
	if (!copy.data)
		set_failure("%s", igvm_error_message());
	igvm_file_free(file);
	return copy;
}

static void try_igvm(const struct inputs *inputs)
{
	uint8_t ld[LD_LEN], block[ID_BLOCK_LEN], auth[ID_AUTH_LEN];
	const struct igvm_header *header = NULL;
	struct blob copy = mutated_igvm(inputs);
	struct igvm_image image = {};

	judge(copy.data, "IGVM file");
	if (copy.data)
		image.file = igvm_file_read(copy.data, copy.size);
	if (image.file) {
		image.mask = igvm_platform_mask(image.file, IGVM_PLATFORM_TYPE_SEV_SNP);
		judge(igvm_image_digest(&image, ld), "IGVM digest");
		judge(igvm_check_import(&image), "IGVM import");
		judge(igvm_check_direct(&image), "IGVM in direct mode");
		judge(igvm_check_kvm(&image), "IGVM in KVM mode");
		header = igvm_image_next(&image, IGVM_VHT_SNP_ID_BLOCK, NULL);
	}
	if (header)
		igvm_image_id_block(&image, header, block, auth);
	igvm_image_free(&image);
	blob_free(&copy);
}

static void try_text(const struct inputs *inputs)
{
	static const char alphabet[] = "0123456789abcdefx-vEPYCMilan=.,@+rips \t\n\"\\\303\251\377";
	char text[120];
	uint8_t bytes[48], page[PAGE_SIZE];
	struct json json;
	size_t len = below(sizeof(text)), i;
	uint32_t signature;
	uint64_t value;

	for (i = 0; i < len; i++)
		text[i] = alphabet[below(sizeof(alphabet) - 1)];
	text[len] = 0;
	/* What a message quotes is not mutate's business. */
	text[strcspn(text, "\n")] = 0;
	judge(parse_hex64(text, "text", &value), "hexadecimal number");
	judge(parse_decimal(text, "text", 4096, &value), "decimal number");
	judge(parse_bytes(text, "text", bytes, strlen(text) / 2), "bytes");
	judge(cpu_type_signature(text, &signature), "vCPU type");
	judge(vmsa_set(page, text), "VMSA field");
	json_begin(&json, inputs->sink);
	json_string(&json, "text", text);
	json_end(&json);
}

static void read_inputs(struct inputs *inputs, char **argv)
{
	inputs->sink = fopen("/dev/null", "w");
	if (!inputs->sink || !blob_read(&inputs->firmware, argv[0], "firmware") ||
	    !blob_read(&inputs->kernel, argv[1], "kernel") ||
	    !blob_read_exact(&inputs->block, argv[2], "ID block", ID_BLOCK_LEN) ||
	    !blob_read_exact(&inputs->auth, argv[3], "ID authentication", ID_AUTH_LEN) ||
	    !blob_read_exact(&inputs->report, argv[4], "report", REPORT_LEN) ||
	    !chain_read(&inputs->chain, argv[5], NULL, false) ||
	    !blob_read(&inputs->igvm, argv[6], "IGVM file"))
		die("inputs");
}

int main(int argc, char **argv)
{
	static void (*const tries[])(const struct inputs *inputs) = {
		try_firmware, try_firmware, try_firmware, try_kernel, try_id_block, try_report,
		try_igvm, try_igvm, try_text,
	};
	struct inputs inputs = {};
	unsigned long n;

	if (argc != 10)
		return 2;
	state = strtoull(argv[2], NULL, 0) | 1;
	read_inputs(&inputs, argv + 3);
	for (n = strtoul(argv[1], NULL, 0); n; n--)
		tries[below(ARRAY_SIZE(tries))](&inputs);
	printf("%llu accepted, %llu refused\n", accepted, refused);
	fclose(inputs.sink);
	chain_free(&inputs.chain);
	blob_free(&inputs.firmware);
	blob_free(&inputs.kernel);
	blob_free(&inputs.block);
	blob_free(&inputs.auth);
	blob_free(&inputs.report);
	blob_free(&inputs.igvm);
	return 0;
}
