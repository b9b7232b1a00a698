// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMRUN of VMCBs that are not what they should be, for guests of each kind: a
 * block begins with those whose memory is the hypervisor's; then GUEST_REGION
 * is given to an SNP guest.
 */
#include "fuzz.h"

#define SNP_FROM	500		/* of a block */
#define ES_VMSAS	4
#define SNP_VMSAS	8
#define ES_VMSA(n)	TEST_PAGE(200 + (n))
#define REBUILD		64		/* guests spoil their memory */

#define WORD3_FORCED	(INTERCEPT(EXIT_INTR) | INTERCEPT(EXIT_NMI) | INTERCEPT(EXIT_SMI) | \
			 INTERCEPT(EXIT_INIT) | INTERCEPT(EXIT_IOIO) | INTERCEPT(EXIT_MSR) | \
			 INTERCEPT(EXIT_SHUTDOWN))
#define VMCB_TSC_OFFSET	0x050
#define EFER_LONG	0x500ULL	/* LMA and LME */
#define CR0_PAGING	0x80000001ULL
#define CR4_PAE		0x20ULL

static uint8_t untouched[PAGE_SIZE] __attribute__((aligned(4096)));

enum { PLAIN, PLAIN_NO_NP, SEV, SEV_ES, NOT_SNP, SNP = NOT_SNP };

static bool begin(void)
{
	uint64_t vmsas[ES_VMSAS];

	guest_build(0, 0);
	for (unsigned int i = 0; i < ES_VMSAS; i++) {
		vmsas[i] = ES_VMSA(i);
		memset((void *)vmsas[i], 0, PAGE_SIZE);
		random_registers((void *)vmsas[i], true);
	}
	return sev_launch(guests_sev_asid()) && sev_es_launch(SEV_ES_ASID, vmsas, ES_VMSAS);
}

static void launch_snp(void)
{
	guest_build(SNP_VMSAS, c_bit());
	for (unsigned int i = 1; i < SNP_VMSAS; i++)
		random_registers((void *)GUEST_VMSA(i), true);
	for (unsigned int i = 0; i < SNP_VMSAS; i++)
		save_put((void *)GUEST_VMSA(i), SAVE_FEATURES, FEATURE_SNP);
	guest_launch_begin(POLICY_ORDINARY);
	guest_launch_end();
}

static void good_vmcb(unsigned int kind)
{
	static const uint64_t nested[] = {
		[PLAIN] = NESTED_NP, [PLAIN_NO_NP] = 0, [SEV] = NESTED_NP | NESTED_SEV,
		[SEV_ES] = NESTED_NP | NESTED_SEV | NESTED_ES,
		[SNP] = NESTED_NP | NESTED_SEV | NESTED_ES,
	};
	uint32_t asids[] = { 700, 701, guests_sev_asid(), SEV_ES_ASID, GUEST_ASID };

	vmcb_init(asids[kind], nested[kind], narrow_ncr3);
	random_registers(vmcb + VMCB_SAVE, false);
	vmcb_put(VMCB_VMSA, kind == SNP ? GUEST_VMSA(below(SNP_VMSAS)) : ES_VMSA(below(ES_VMSAS)));
}

static void spoil_control(void)
{
	static const uint16_t known[] = {
		VMCB_CR, VMCB_EXCEPTIONS, VMCB_WORD3, VMCB_WORD4, VMCB_IOPM, VMCB_MSRPM,
		VMCB_TSC_OFFSET, VMCB_ASID, VMCB_INT_CTL, VMCB_INT_STATE, VMCB_NESTED, VMCB_GHCB,
		VMCB_EVENTINJ, VMCB_NCR3, VMCB_LBR, VMCB_VMSA, VMCB_SEV_FEATURES,
	};
	unsigned int field = known[below(ARRAY_SIZE(known))];
	uint64_t value = vmcb_get(field);

	switch (below(4)) {
	case 0:
		value ^= BIT(below(64));
		break;
	case 1:
		value = odd_number();
		break;
	case 2:
		value = number();
		break;
	default:
		field = below(VMCB_SAVE / 8) * 8;
		value = odd_number();
		break;
	}
	vmcb_put(field, value);
}

/* EVENTINJ that is taken, more often than by chance */
static void spoil_event(void)
{
	vmcb_put(VMCB_EVENTINJ, EVENT_VALID | (uint64_t)below(8) << 8 | below(40) |
		 (one_in(2) ? EVENT_ERROR(number() >> 32) : 0));
}

/* A table that is the good one, or that VMRUN must refuse */
static void safe_table(unsigned int field, uint64_t good)
{
	if (vmcb_get(field) < BIT(PHYS_BITS))
		vmcb_put(field, good);
}

static uint64_t safe_ncr3(uint64_t wanted)
{
	uint64_t safe[] = { narrow_ncr3, narrow_ncr3, empty_page, NOWHERE, WINDOW_PAGE(3000),
			    rdmsr(MSR_RMP_BASE), BIT(PHYS_BITS) };

	return wanted == narrow_ncr3 ? wanted : safe[wanted % ARRAY_SIZE(safe)];
}

/*
 * What a hypervisor must not leave to a guest if it wants to go on: interrupts,
 * ports, MSRs, what acts on system physical addresses, and, without nested
 * paging, the page tables.
 */
static void make_safe(uint64_t iopm, uint64_t msrpm)
{
	uint64_t save = (uint64_t)vmcb + VMCB_SAVE;

	vmcb_put32(VMCB_WORD3, vmcb_get(VMCB_WORD3) | WORD3_FORCED);
	vmcb_put32(VMCB_WORD4, vmcb_get(VMCB_WORD4) | WORD4_SVM);
	vmcb_put32(VMCB_INT_CTL, vmcb_get(VMCB_INT_CTL) | INT_MASKING);
	safe_table(VMCB_IOPM, iopm);
	safe_table(VMCB_MSRPM, msrpm);
	vmcb_put(VMCB_NCR3, safe_ncr3(vmcb_get(VMCB_NCR3)));
	if (vmcb_get(VMCB_NESTED) & NESTED_NP)
		return;
	vmcb_put32(VMCB_CR, ~0U);
	put64(save + SAVE_CR3, narrow_ncr3);
	put64(save + SAVE_CR0, get64(save + SAVE_CR0) | CR0_PAGING);
	put64(save + SAVE_CR4, get64(save + SAVE_CR4) | CR4_PAE);
	put64(save + SAVE_EFER, get64(save + SAVE_EFER) | EFER_LONG);
}

static bool failed_clean(void)
{
	int32_t code = vmcb_get(VMCB_EXITCODE);

	if (code != EXIT_INVALID && code != EXIT_BUSY)
		return true;
	for (unsigned int i = VMCB_SAVE; i < PAGE_SIZE; i += 8) {
		uint64_t is = vmcb_get(i), was = get64((uint64_t)untouched + i);

		if (is == was)
			continue;
		print("# a VMRUN that failed has changed ");
		print_hex(i);
		print(" of the VMCB from ");
		print_hex(was);
		print(" to ");
		print_hex(is);
		print(", EVENTINJ ");
		print_hex(get64((uint64_t)untouched + VMCB_EVENTINJ));
		print("\n");
		return false;
	}
	return true;
}

/* In place of the VMCB: what is no page of ours, or no page at all */
static uint64_t odd_vmcb(void)
{
	uint64_t odd[] = { NOWHERE, rdmsr(MSR_RMP_BASE), WINDOW_PAGE(3000), BIT(PHYS_BITS),
			   (uint64_t)vmcb + below(PAGE_SIZE), BIT(63), PSP_ADDRESS, empty_page };

	return odd[below(ARRAY_SIZE(odd))];
}

/* VMSAVE and VMLOAD there, too; then the host's own registers again */
static void odd_save_area(void)
{
	uint64_t addr = odd_vmcb();

	probe_begin();
	if (one_in(2))
		asm volatile(PROBED("vmsave %%rax") : : "a" (addr) : "memory");
	else
		asm volatile(PROBED("vmload %%rax") : : "a" (addr) : "memory");
	asm volatile("vmload %%rax" : : "a" (hsave) : "memory");
}

static bool one(unsigned int nr)
{
	unsigned int spoilt = below(one_in(2) ? 2 : 5);
	uint64_t iopm, msrpm;

	if (nr == SNP_FROM)
		launch_snp();
	else if (nr < SNP_FROM && nr % REBUILD == 0)
		guest_build(0, 0);
	good_vmcb(nr < SNP_FROM ? below(NOT_SNP) : SNP);
	iopm = vmcb_get(VMCB_IOPM);
	msrpm = vmcb_get(VMCB_MSRPM);
	if (one_in(32))
		fill_random(vmcb, one_in(2) ? VMCB_SAVE : PAGE_SIZE);
	if (one_in(6))
		spoil_event();
	while (spoilt--)
		spoil_control();
	make_safe(iopm, msrpm);
	memcpy(untouched, vmcb, PAGE_SIZE);
	if (one_in(64))
		odd_save_area();
	if (one_in(32)) {
		fuzz_run(odd_vmcb());
		return true;
	}
	fuzz_run((uint64_t)vmcb);
	return failed_clean();
}

static bool end(void)
{
	return sev_end() && tidy_pages() && tidy_asids();
}

const struct fuzzer fuzz_vmcb = {
	.name = "vmcb", .once = guests_platform, .begin = begin, .one = one, .end = end,
};
