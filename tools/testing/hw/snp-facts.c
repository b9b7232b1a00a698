// SPDX-License-Identifier: GPL-2.0-only
/*
 * snp-facts: what an SNP host says of itself, a line "fact NAME VALUE" each.
 *
 * usage: snp-facts
 *
 * Reads CPUID, MSRs (through /dev/cpu/N/msr, where a #GP is an error and nothing else),
 * the secure processor's two status commands, the IOMMU's features and where RAM ends.
 * Writes nothing.  A value is a number in hexadecimal, "gp" for an MSR that faults, "none"
 * for what is not there, or text.
 */
#include <cpuid.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/psp-sev.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"
#include "snp/host.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const uint32_t leaves[] = {
	0, 1, 0x80000000, SNP_LEAF_FEATURES, SNP_LEAF_ADDRESS, SNP_LEAF_SVM, SNP_LEAF_ENCRYPTION,
	0x80000021, 0x80000025,
};

/* What the host may read, on any of its CPUs */
static const struct {
	const char *name;
	uint32_t number;
} msrs[] = {
	{ "syscfg", MSR_SYSCFG }, { "hwcr", MSR_HWCR }, { "vm_cr", MSR_VM_CR },
	{ "vm_hsave_pa", MSR_VM_HSAVE_PA }, { "ghcb", MSR_GHCB }, { "sev_status", MSR_SEV_STATUS },
	{ "rmp_base", MSR_RMP_BASE }, { "rmp_end", MSR_RMP_END },
	{ "guest_tsc_freq", MSR_GUEST_TSC_FREQ }, { "rmp_cfg", MSR_RMP_CFG },
	{ "patch_level", MSR_PATCH_LEVEL },
};

static void fact(const char *name, uint64_t value)
{
	printf("fact %s 0x%" PRIx64 "\n", name, value);
}

static void fact_text(const char *name, const char *value)
{
	printf("fact %s %s\n", name, *value ? value : "none");
}

static void cpuid_facts(void)
{
	static const char *const names[] = { "eax", "ebx", "ecx", "edx" };
	char name[32];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		uint32_t r[4] = { };

		__get_cpuid_count(leaves[i], 0, &r[0], &r[1], &r[2], &r[3]);
		for (j = 0; j < 4; j++) {
			snprintf(name, sizeof(name), "cpuid.%x.%s", leaves[i], names[j]);
			fact(name, r[j]);
		}
	}
}

static void address_facts(void)
{
	uint32_t eax, ebx, ecx, edx, width, reduction;

	if (!__get_cpuid(SNP_LEAF_ADDRESS, &eax, &ebx, &ecx, &edx))
		return;
	width = eax & 0xff;
	if (!__get_cpuid(SNP_LEAF_ENCRYPTION, &eax, &ebx, &ecx, &edx))
		return;
	reduction = ebx >> 6 & 63;
	fact("address.c_bit", ebx & 63);
	fact("address.reduction", reduction);
	fact("address.reduced_width", width - reduction);
	fact("address.vmpls", ebx >> 12 & 15);
}

/* Of CPU 0, and how many others have something else */
static void msr_facts(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF), cpu, others;
	uint64_t first, value;
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		enum msr_result result = read_msr(0, msrs[i].number, &first);

		snprintf(name, sizeof(name), "msr.%s", msrs[i].name);
		if (result != MSR_VALUE) {
			fact_text(name, result == MSR_FAULT ? "gp" : "none");
			continue;
		}
		fact(name, first);
		for (cpu = 1, others = 0; cpu < cpus; cpu++)
			others += read_msr(cpu, msrs[i].number, &value) == MSR_VALUE && value != first;
		snprintf(name, sizeof(name), "msr.%s.differs", msrs[i].name);
		fact(name, others);
	}
}

static void rmp_facts(void)
{
	uint64_t base, end;

	fact("ram.end", end_of_ram());
	if (read_msr(0, MSR_RMP_BASE, &base) != MSR_VALUE ||
	    read_msr(0, MSR_RMP_END, &end) != MSR_VALUE || end <= base)
		return;
	fact("rmp.base", base);
	fact("rmp.size", end + 1 - base);
	fact("rmp.end", end + 1);
	fact("rmp.covered", (end + 1 - base - RMP_BOOKKEEPING) / RMP_ENTRY_SIZE * 4096);
}

static bool sev_command(int fd, uint32_t number, void *data)
{
	struct sev_issue_cmd command = { .cmd = number, .data = (uintptr_t)data };

	return !ioctl(fd, SEV_ISSUE_CMD, &command);
}

static void firmware_facts(void)
{
	struct sev_user_data_snp_status snp = { };
	struct sev_user_data_status sev = { };
	int fd = open("/dev/sev", O_RDWR | O_CLOEXEC);

	fact_text("sev.device", fd < 0 ? "none" : "open");
	if (fd < 0)
		return;
	if (sev_command(fd, SEV_PLATFORM_STATUS, &sev)) {
		fact("sev.api", sev.api_major << 8 | sev.api_minor);
		fact("sev.build", sev.build);
		fact("sev.state", sev.state);
	}
	if (sev_command(fd, SNP_PLATFORM_STATUS, &snp)) {
		fact("snp.api", snp.api_major << 8 | snp.api_minor);
		fact("snp.build", snp.build_id);
		fact("snp.state", snp.state);
		fact("snp.rmp_initialized", snp.is_rmp_initialized);
		fact("snp.mask_chip_key", snp.mask_chip_key);
		fact("snp.vlek", snp.vlek_en);
		fact("snp.feature_info", snp.feature_info);
		fact("snp.ciphertext_hiding", snp.ciphertext_hiding_cap);
		fact("snp.tcb.current", snp.current_tcb_version);
		fact("snp.tcb.reported", snp.reported_tcb_version);
		fact("snp.tcb.snp", snp.current_tcb_version >> 48 & 0xff);
	}
	close(fd);
}

static void pci_fact(void)
{
	char psp[512], path[sizeof(psp) + 8], device[16];

	if (!find_psp(psp, sizeof(psp)))
		return;
	snprintf(path, sizeof(path), "%s/device", psp);
	if (read_line(path, device, sizeof(device)))
		fact_text("psp.device", device);
}

static void kernel_facts(void)
{
	char line[128] = "", *colon;
	struct utsname name;
	glob_t found;

	uname(&name);
	fact_text("kernel.release", name.release);
	if (glob("/sys/class/iommu/ivhd*/amd-iommu/features", 0, NULL, &found))
		return;
	if (read_line(found.gl_pathv[0], line, sizeof(line))) {
		colon = strchr(line, ':');
		fact("iommu.efr", strtoull(line, NULL, 16));
		fact("iommu.efr2", colon ? strtoull(colon + 1, NULL, 16) : 0);
	}
	globfree(&found);
}

int main(void)
{
	kernel_facts();
	cpuid_facts();
	address_facts();
	msr_facts();
	rmp_facts();
	pci_fact();
	firmware_facts();
	return 0;
}
