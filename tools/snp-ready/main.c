// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-ready: is this machine ready to run SEV-SNP guests, and if not, what is in the way?
 *
 * Changes nothing.  A check is asked when none of those that it needs has failed, so that
 * what is named as failed is a cause and not a consequence.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "ready.h"

#define VERSION "1.0"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct check checks[] = {
	{ "cpu", "the processor is AMD's", "",
	  "SEV-SNP is a feature of AMD EPYC processors", ask_cpu },
	{ "svm", "it has virtualization (SVM)", "cpu",
	  "enable SVM in the BIOS; inside a guest there is no SEV-SNP host", ask_svm },
	{ "snp", "it has SEV, SEV-ES and SEV-SNP", "cpu",
	  "SEV-SNP needs an EPYC of generation 3 (7003) or later", ask_snp },
	{ "bios-svm", "the BIOS leaves SVM enabled", "svm",
	  "enable SVM in the BIOS", ask_bios_svm },
	{ "bios-sme", "the BIOS enables memory encryption on every CPU", "snp",
	  "enable SMEE in the BIOS (CPU common options)", ask_bios_sme },
	{ "bios-asids", "the BIOS leaves ASIDs for SEV-ES and SNP guests", "snp",
	  "raise 'SEV-ES ASID space limit' above 1 in the BIOS", ask_bios_asids },
	{ "bios-rmp", "the BIOS reserves memory for the RMP", "snp",
	  "enable 'SNP memory (RMP table) coverage' in the BIOS", ask_bios_rmp },
	{ "rmp-covers", "the RMP covers all memory", "bios-rmp",
	  "set 'SNP memory (RMP table) coverage' to all memory in the BIOS", ask_rmp_covers },
	{ "kernel", "Linux is recent enough", "",
	  "SEV-SNP hosts need Linux 6.11 or later", ask_kernel },
	{ "kernel-snp", "Linux wants to use SEV-SNP", "bios-rmp",
	  "start without clearcpuid=, and look for 'SEV-SNP' in the kernel's log",
	  ask_kernel_snp },
	{ "cpus-online", "every CPU is online", "",
	  "the firmware refuses SNP while a CPU is offline: start without maxcpus= and nosmt",
	  ask_cpus_online },
	{ "iommu", "there is an AMD IOMMU", "cpu",
	  "enable the IOMMU in the BIOS, and start without amd_iommu=off and iommu=off",
	  ask_iommu },
	{ "iommu-snp", "the IOMMU supports SNP", "iommu",
	  "update the BIOS, and enable 'SEV-SNP support' in it", ask_iommu_snp },
	{ "iommu-mode", "the IOMMU is not passed through", "iommu",
	  "start without iommu=pt and iommu.passthrough=1", ask_iommu_mode },
	{ "psp", "the secure processor is there", "cpu",
	  "enable the PSP in the BIOS", ask_psp },
	{ "psp-driver", "its driver offers SEV", "psp",
	  "load the module ccp, and look for what it says in the kernel's log",
	  ask_psp_driver },
	{ "psp-firmware", "its SNP firmware answers and is recent enough", "psp-driver",
	  "update the SEV firmware (package amd64-microcode, or the BIOS); after a timeout,"
	  " reboot", ask_psp_firmware },
	{ "module", "kvm_amd is loaded", "svm bios-svm",
	  "load the module kvm_amd", ask_module },
	{ "module-options", "no option turns SEV off", "module",
	  "remove it from the kernel's command line or from /etc/modprobe.d",
	  ask_module_options },
	{ "psp-snp", "the SNP firmware is initialized",
	  "psp-firmware module module-options bios-sme kernel-snp rmp-covers cpus-online"
	  " iommu-snp iommu-mode",
	  "look for 'SEV-SNP' and 'ccp' in the kernel's log", ask_psp_snp },
	{ "rmp-enabled", "the RMP is enforced on every CPU", "psp-snp",
	  "look for 'SEV-SNP' in the kernel's log", ask_rmp_enabled },
	{ "module-snp", "kvm_amd offers SEV, SEV-ES and SEV-SNP",
	  "rmp-enabled bios-asids kernel",
	  "look for 'kvm_amd' in the kernel's log; the kernel needs CONFIG_KVM_AMD_SEV",
	  ask_module_snp },
	{ "kvm", "/dev/kvm answers", "module",
	  "load the module kvm_amd; run this as root or in the group kvm", ask_kvm },
	{ "kvm-snp", "KVM has SNP guests and their private memory", "kvm module-snp",
	  "the kernel needs CONFIG_KVM_AMD_SEV", ask_kvm_snp },
	{ "capability", "KVM takes the launch VMSA from userspace", "kvm-snp",
	  "boot a kernel with patches/linux/direct-vmsa; without it, use KVM's own VMSAs"
	  " (--without capability)", ask_capability },
	{ "qemu", "there is a QEMU with SNP guests", "",
	  "install qemu-system-x86 9.1 or later, or name one with --qemu", ask_qemu },
	{ "firmware", "there is firmware for SNP guests", "",
	  "install ovmf 2024.02 or later or ovmf-amdsev, or name a file with --firmware",
	  ask_firmware },
	{ "permissions", "who runs guests may open /dev/kvm and /dev/sev", "kvm psp-driver",
	  "add the user to the group kvm, and let that group use /dev/sev (udev)",
	  ask_permissions },
};

struct options options;
static struct answer answers[ARRAY_SIZE(checks)];
static bool left_out[ARRAY_SIZE(checks)];

void answer_as(struct answer *answer, enum result result, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(answer->found, sizeof(answer->found), format, ap);
	va_end(ap);
	answer->result = result;
}

const char *command_line_word(const char *start)
{
	static char line[4096];
	static char *words[512];
	static int nr_words = -1;
	char *word, *rest = line;
	int i;

	if (nr_words < 0) {
		nr_words = 0;
		if (read_line("/proc/cmdline", line, sizeof(line)))
			while ((word = strsep(&rest, " ")) && nr_words < (int)ARRAY_SIZE(words))
				words[nr_words++] = word;
	}
	for (i = 0; i < nr_words; i++)
		if (!strncmp(words[i], start, strlen(start)))
			return words[i];
	return NULL;
}

static int index_of(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++)
		if (strlen(checks[i].name) == length && !memcmp(checks[i].name, name, length))
			return i;
	return -1;
}

/* The first of the checks that this one needs and that has failed, or NULL */
static const char *in_the_way(const struct check *check)
{
	const char *name = check->needs;
	size_t length;
	int i;

	for (; *name; name += length + (name[length] == ' ')) {
		length = strcspn(name, " ");
		i = index_of(name, length);
		if (i < 0)
			abort();
		if (!left_out[i] && (answers[i].result == FAILED || answers[i].result == NOT_ASKED))
			return checks[i].name;
	}
	return NULL;
}

static bool ask_all(void)
{
	bool ready = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		const char *cause = in_the_way(&checks[i]);

		if (left_out[i])
			continue;
		answers[i].hint = checks[i].hint;
		if (cause)
			answer_as(&answers[i], NOT_ASKED, "needs %s", cause);
		else
			checks[i].ask(&answers[i]);
		ready = ready && answers[i].result == OK;
	}
	return ready;
}

static const char *const words[] = { "not asked", "ok", "FAIL", "unknown" };

static bool wants_hint(const struct answer *answer)
{
	return answer->result == FAILED || answer->result == UNKNOWN;
}

static void print_text(bool ready)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (left_out[i])
			continue;
		printf("%-9s %-14s %s%s%s\n", words[answers[i].result], checks[i].name,
		       checks[i].what, *answers[i].found ? ": " : "", answers[i].found);
		if (wants_hint(&answers[i]))
			printf("%24s -> %s\n", "", answers[i].hint);
	}
	printf("%s\n", ready ? "This machine is ready to run SEV-SNP guests." :
	       "This machine is not ready to run SEV-SNP guests.");
}

/* The length of the character of UTF-8 that TEXT begins with, 0 if that is none */
static int utf8_length(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	int length = *byte < 0x80 ? 1 : *byte < 0xc2 ? 0 : *byte < 0xe0 ? 2 :
		*byte < 0xf0 ? 3 : *byte < 0xf5 ? 4 : 0;
	int i;

	for (i = 1; i < length; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than it need be, a surrogate, or beyond the last character */
	if ((*byte == 0xe0 && byte[1] < 0xa0) || (*byte == 0xed && byte[1] > 0x9f) ||
	    (*byte == 0xf0 && byte[1] < 0x90) || (*byte == 0xf4 && byte[1] > 0x8f))
		return 0;
	return length;
}

/* A file's name can be any bytes, and what was found is cut at any; JSON is UTF-8. */
static void print_json_string(const char *text)
{
	int length;

	putchar('"');
	for (; *text; text += length ?: 1) {
		length = utf8_length(text);
		if (!length)
			printf("\\ufffd");
		else if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if (length == 1 && *text < ' ')
			printf("\\u%04x", *text);
		else
			printf("%.*s", length, text);
	}
	putchar('"');
}

static void print_json(bool ready)
{
	const char *separator = "";
	size_t i;

	printf("{\n  \"ready\": %s,\n  \"checks\": [", ready ? "true" : "false");
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (left_out[i])
			continue;
		printf("%s\n    { \"name\": \"%s\", \"result\": \"%s\", \"found\": ", separator,
		       checks[i].name, answers[i].result == FAILED ? "failed" :
		       words[answers[i].result]);
		print_json_string(answers[i].found);
		if (wants_hint(&answers[i])) {
			printf(", \"hint\": ");
			print_json_string(answers[i].hint);
		}
		printf(" }");
		separator = ",";
	}
	printf("\n  ]\n}\n");
}

static void usage(void)
{
	size_t i;

	printf("usage: snp-ready [OPTION]...\n\n"
	       "Tells whether this machine can run SEV-SNP guests, and what is in the way.\n\n"
	       "  --json            the answers as JSON\n"
	       "  --qemu FILE       that QEMU, instead of the first one that is found\n"
	       "  --firmware FILE   that firmware, likewise\n"
	       "  --user NAME       ask for the permissions of that user\n"
	       "  --without CHECK,...  leave checks out\n"
	       "  --version\n\n"
	       "The exit status is 0 if all is ok, 1 if not, 2 if an option is wrong.  To read\n"
	       "MSRs it has to be root, and the module msr has to be there.\n\nThe checks:\n");
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		printf("  %-15s %s\n", checks[i].name, checks[i].what);
	printf("\nexample: snp-ready --user libvirt-qemu --without capability\n");
}

static void leave_out(char *list)
{
	char *name;
	int i;

	while ((name = strsep(&list, ","))) {
		i = index_of(name, strlen(name));
		if (i < 0) {
			fprintf(stderr, "snp-ready: no check is called '%s', see --help\n", name);
			exit(2);
		}
		left_out[i] = true;
	}
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "qemu", required_argument, NULL, 'q' },
		{ "firmware", required_argument, NULL, 'f' },
		{ "user", required_argument, NULL, 'u' },
		{ "without", required_argument, NULL, 'w' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool json = false, ready;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 'j': json = true; break;
		case 'q': options.qemu = optarg; break;
		case 'f': options.firmware = optarg; break;
		case 'u': options.user = optarg; break;
		case 'w': leave_out(optarg); break;
		case 'v': puts("snp-ready " VERSION); return 0;
		case 'h': usage(); return 0;
		default: return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "snp-ready: '%s' is no option, see --help\n", argv[optind]);
		return 2;
	}
	ready = ask_all();
	(json ? print_json : print_text)(ready);
	return ready ? 0 : 1;
}
