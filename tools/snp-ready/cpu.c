// SPDX-License-Identifier: GPL-2.0-only
/* What CPUID and MSRs say: the processor, and what the BIOS has made of it. */
#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "ready.h"
#include "snp/host.h"

static const char no_msr[] = "run this as root, with the module msr loaded";

/* Reads it on CPU 0, or says that this can't be done */
static bool have_msr(struct answer *answer, uint32_t msr, uint64_t *value)
{
	if (read_msr(0, msr, value) == MSR_VALUE)
		return true;
	answer_as(answer, UNKNOWN, "MSR %08x cannot be read: %s", msr, strerror(errno));
	answer->hint = no_msr;
	return false;
}

/* ok if the bits are set on all CPUs that are online */
static void ask_syscfg(struct answer *answer, uint64_t bits)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF), seen = 0, cpu;
	uint64_t value;

	if (!have_msr(answer, MSR_SYSCFG, &value))
		return;
	for (cpu = 0; cpu < cpus; cpu++) {
		if (read_msr(cpu, MSR_SYSCFG, &value) != MSR_VALUE)
			continue;
		seen++;
		if (!(value & bits)) {
			answer_as(answer, FAILED, "SYSCFG of CPU %d is %#llx", cpu,
				  (unsigned long long)value);
			return;
		}
	}
	answer_as(answer, OK, "SYSCFG of %d CPUs", seen);
}

void ask_cpu(struct answer *answer)
{
	uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
	uint32_t family, model;
	char vendor[13];

	__get_cpuid(0, &eax, &ebx, &ecx, &edx);
	memcpy(vendor, &ebx, 4);
	memcpy(vendor + 4, &edx, 4);
	memcpy(vendor + 8, &ecx, 4);
	vendor[12] = '\0';
	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	family = (eax >> 8 & 0xf) + (eax >> 20 & 0xff);
	model = (eax >> 4 & 0xf) | (eax >> 12 & 0xf0);
	answer_as(answer, strcmp(vendor, "AuthenticAMD") ? FAILED : OK,
		  "%s family %xh model %xh", vendor, family, model);
}

void ask_svm(struct answer *answer)
{
	uint32_t eax, ebx, ecx = 0, edx;

	__get_cpuid(SNP_LEAF_FEATURES, &eax, &ebx, &ecx, &edx);
	answer_as(answer, ecx & SNP_FEATURE_SVM ? OK : FAILED, "CPUID %x ECX %08x", SNP_LEAF_FEATURES, ecx);
}

void ask_snp(struct answer *answer)
{
	uint32_t eax = 0, ebx, ecx, edx;
	bool sev, es, snp;

	__get_cpuid(SNP_LEAF_ENCRYPTION, &eax, &ebx, &ecx, &edx);
	sev = eax & SNP_ENCRYPTION_SEV;
	es = eax & SNP_ENCRYPTION_SEV_ES;
	snp = eax & SNP_ENCRYPTION_SEV_SNP;
	answer_as(answer, sev && es && snp ? OK : FAILED, "SEV %s, SEV-ES %s, SEV-SNP %s",
		  sev ? "yes" : "no", es ? "yes" : "no", snp ? "yes" : "no");
}

void ask_bios_svm(struct answer *answer)
{
	uint64_t value;

	if (have_msr(answer, MSR_VM_CR, &value))
		answer_as(answer, value & VM_CR_SVMDIS ? FAILED : OK, "VM_CR is %#llx",
			  (unsigned long long)value);
}

void ask_bios_sme(struct answer *answer)
{
	ask_syscfg(answer, SYSCFG_MEM_ENCRYPT);
}

void ask_rmp_enabled(struct answer *answer)
{
	ask_syscfg(answer, SYSCFG_SNP_EN);
}

void ask_bios_asids(struct answer *answer)
{
	uint32_t eax, ebx, ecx = 0, edx = 0;

	__get_cpuid(SNP_LEAF_ENCRYPTION, &eax, &ebx, &ecx, &edx);
	answer_as(answer, ecx && edx > 1 ? OK : FAILED, "%u, the first for SEV is %u", ecx, edx);
}

void ask_bios_rmp(struct answer *answer)
{
	uint64_t base, end;

	if (have_msr(answer, MSR_RMP_BASE, &base) && have_msr(answer, MSR_RMP_END, &end))
		answer_as(answer, base && end > base ? OK : FAILED, "%#llx to %#llx",
			  (unsigned long long)base, (unsigned long long)end);
}

void ask_rmp_covers(struct answer *answer)
{
	uint64_t base, end, covered, ram = end_of_ram();

	if (!have_msr(answer, MSR_RMP_BASE, &base) || !have_msr(answer, MSR_RMP_END, &end))
		return;
	if (!ram) {
		answer_as(answer, UNKNOWN, "/proc/iomem does not tell where RAM ends");
		answer->hint = "run this as root";
		return;
	}
	covered = (end + 1 - base - RMP_BOOKKEEPING) / RMP_ENTRY_SIZE * 4096;
	answer_as(answer, covered >= ram ? OK : FAILED, "covers %#llx of %#llx",
		  (unsigned long long)covered, (unsigned long long)ram);
}
