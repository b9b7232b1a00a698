// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests that may do what they like: nested page tables give them nothing but
 * their own memory, and a timer takes them back.
 */
#include "fuzz.h"
#include "ap.h"

#define APIC_LVT_TIMER	0xfee00320ULL
#define APIC_TIMER_INIT	0xfee00380ULL
#define APIC_TIMER_DIV	0xfee003e0ULL
#define TIMER_BY_1	0xb
#define TIMER_TICKS	4000		/* of 1 ns */
#define LVT_MASKED	BIT(16)

#define NPT_TABLE	0x067ULL
#define NPT_READ	0x065ULL
#define NPT_RESERVED	BIT(45)		/* above the physical address width */

/* Guest physical addresses; the last ones have something wrong each */
#define ODD_REGION	0x20000000ULL

#define SEV_PAGE	TEST_PAGE(400)	/* for command buffers, and their output */
#define SEV_OUT		TEST_PAGE(401)

#define MUTATIONS_MAX	6

uint64_t narrow_ncr3, empty_page;
struct outcome outcomes[OUTCOMES];
uint32_t vmrun_faults, vmruns_elsewhere;

static uint64_t npt[7][512] __attribute__((aligned(4096)));
static uint64_t nothing[512] __attribute__((aligned(4096)));
static uint64_t noise[512] __attribute__((aligned(4096)));
static uint64_t scratch[512] __attribute__((aligned(4096)));
static uint32_t asid_sev, handles[2];
static unsigned int nr_handles;

/*
 * Low memory is two pages over and over, random bytes, which can only be read,
 * and what guests leave there, and the page that guest-code.S shares with the
 * host.  Then the guest's own region.
 */
static void narrow_tables(void)
{
	static const uint64_t odd[] = {
		NOWHERE | NPT_LEAF, NPT_RESERVED | WINDOW | NPT_LEAF, WINDOW | NPT_LEAF,
		TEST_PAGE(300) | NPT_LEAF, SPARE_REGION | NPT_LARGE, LARGE_REGION | NPT_LEAF,
	};
	uint64_t *low = npt[3], *own = npt[4], *dir = npt[2], *misfit = npt[5];

	npt[0][0] = (uint64_t)npt[1] | NPT_TABLE;
	npt[1][0] = (uint64_t)dir | NPT_TABLE;
	for (uint64_t i = 0; i < PAGES_2M; i++) {
		low[i] = i % 2 ? (uint64_t)scratch | NPT_LEAF : (uint64_t)noise | NPT_READ;
		own[i] = (GUEST_REGION + i * PAGE_SIZE) | NPT_LEAF;
	}
	low[(uint64_t)guest_page / PAGE_SIZE] = (uint64_t)guest_page | NPT_LEAF;
	dir[0] = (uint64_t)low | NPT_TABLE;
	dir[GUEST_REGION / SIZE_2M] = (uint64_t)own | NPT_TABLE;
	dir[ODD_REGION / SIZE_2M] = (uint64_t)misfit | NPT_TABLE;
	for (unsigned int i = 0; i < ARRAY_SIZE(odd); i++)
		misfit[i] = odd[i];
	misfit[ARRAY_SIZE(odd)] = rdmsr(MSR_RMP_BASE) | NPT_LEAF;
	dir[ODD_REGION / SIZE_2M + 1] = GUEST_REGION | NPT_LARGE;
	dir[ODD_REGION / SIZE_2M + 2] = LARGE_REGION | NPT_LARGE;
	narrow_ncr3 = (uint64_t)npt[0];
	empty_page = (uint64_t)nothing;
}

void guests_init(void)
{
	uint32_t r[4];

	cpuid(0x8000001f, 0, r);
	asid_sev = r[3];
	narrow_tables();
	fill_random(noise, sizeof(noise));
	apic_enable();
	put32(APIC_TIMER_DIV, TIMER_BY_1);
	put32(APIC_LVT_TIMER, VECTOR_IRQ);
	sev_buffer = SEV_PAGE;
}

/* Plain SEV, too: for good, as its memory is no part of a block */
void guests_platform(void)
{
	uint64_t q[4] = { INIT_ES, TMR_FOR_GOOD, SIZE_2M, 0 };

	svm_host_save_area();
	for (uint64_t i = 0; i < PAGES_2M; i++)
		need(rmp_assign(TMR_FOR_GOOD + i * PAGE_SIZE, 0, 0) == RMP_OK, "RMPUPDATE");
	need(psp_command(SEV_INIT, q) == SUCCESS, "INIT");
	need(tidy_asids(), "SNP_DF_FLUSH");
}

uint32_t guests_sev_asid(void)
{
	return asid_sev;
}

/*
 * A command that writes to its buffer: what was there is written before the
 * page is the firmware's.
 */
static uint32_t command_out(unsigned int id, uint64_t q0, uint64_t q1, uint64_t q2)
{
	uint64_t q[3] = { q0, q1, q2 };
	uint32_t status;

	memset((void *)SEV_PAGE, 0, PAGE_SIZE);
	memcpy((void *)SEV_PAGE, q, sizeof(q));
	need(rmp_assign(SEV_PAGE, 0, 0) == RMP_OK, "RMPUPDATE");
	status = psp_command(id, (void *)SEV_PAGE);
	need(page_free(SEV_PAGE), "the buffer");
	return status;
}

static bool begin(uint32_t policy, uint32_t asid, uint32_t *handle)
{
	if (command_out(SEV_LAUNCH_START, (uint64_t)policy << 32, 0, 0) != SUCCESS)
		return false;
	*handle = get32(SEV_PAGE);
	handles[nr_handles++] = *handle;
	return psp_call(SEV_ACTIVATE, *handle | (uint64_t)asid << 32, 0, 0, 0) == SUCCESS;
}

static bool finish(uint32_t handle)
{
	bool ok;

	need(rmp_assign(SEV_OUT, 0, 0) == RMP_OK, "RMPUPDATE");
	ok = command_out(SEV_LAUNCH_MEASURE, handle, SEV_OUT, MEASURE_LEN) == SUCCESS &&
	     psp_call(SEV_LAUNCH_FINISH, handle, 0, 0, 0) == SUCCESS;
	return page_free(SEV_OUT) && ok;
}

bool sev_launch(uint32_t asid)
{
	uint32_t handle;

	return begin(0, asid, &handle) && finish(handle);
}

static bool update_vmsa(uint32_t handle, uint64_t spa)
{
	return rmp_assign(spa, 0, 0) == RMP_OK &&
	       psp_call(SEV_LAUNCH_UPDATE_VMSA, handle, spa, PAGE_SIZE, 0) == SUCCESS &&
	       page_free(spa);
}

bool sev_es_launch(uint32_t asid, const uint64_t *vmsas, unsigned int nr)
{
	uint32_t handle;

	if (!begin(SEV_POLICY_ES, asid, &handle))
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		if (!update_vmsa(handle, vmsas[i]))
			return false;
	}
	return finish(handle);
}

bool sev_end(void)
{
	bool ok = true;

	while (nr_handles) {
		uint32_t handle = handles[--nr_handles];

		ok &= psp_call(SEV_DEACTIVATE, handle, 0, 0, 0) == SUCCESS &&
		      psp_call(SEV_DECOMMISSION, handle, 0, 0, 0) == SUCCESS;
	}
	return ok;
}

/* Save area fields and what lies between them, by 8 bytes */
static void mutate(void *save, unsigned int size)
{
	uint64_t *field = (uint64_t *)save + below(size / sizeof(uint64_t));

	switch (below(3)) {
	case 0:
		*field ^= BIT(below(64));
		break;
	case 1:
		*field = odd_number();
		break;
	default:
		*field = (*field & ~0xffffULL) | (uint16_t)number();
		break;
	}
}

/* Some fields more often than they would be hit by chance */
static void mutate_known(void *save, bool vmsa)
{
	static const uint16_t known[] = {
		SAVE_CS, SAVE_SS, SAVE_EFER, SAVE_CR0, SAVE_CR3, SAVE_CR4, SAVE_DR6, SAVE_DR7,
		SAVE_RFLAGS, SAVE_RIP, SAVE_RSP, SAVE_RAX, SAVE_IDTR, SAVE_GDTR,
		/* no part of the VMCB */
		SAVE_FEATURES, SAVE_VINTR_CTRL, SAVE_XCR0, SAVE_XSS, SAVE_MXCSR, SAVE_FSW,
		SAVE_FCW, SAVE_VMPL, SAVE_RCX, SAVE_RDX, SAVE_DBGCTL, SAVE_TR, SAVE_FS,
	};
	unsigned int field = known[below(vmsa ? ARRAY_SIZE(known) : 14)];

	mutate((uint8_t *)save + (field & ~7U), 8);
}

/* Memory that the code is told to use: a guest's, with and without C-bit, or odd */
static uint64_t pointer(void)
{
	switch (below(4)) {
	case 0:
		return SHARED(ODD_REGION) + below(8) * PAGE_SIZE;
	case 1:
		return PRIVATE(GUEST_REGION) + below(40) * PAGE_SIZE;
	case 2:
		return SHARED(GUEST_REGION) + below(40) * PAGE_SIZE;
	default:
		return odd_number();
	}
}

void random_registers(void *save, bool vmsa)
{
	unsigned int changes = below(one_in(2) ? 2 : MUTATIONS_MAX + 1);

	guest_registers(save, vmsa);
	save_put(save, SAVE_RIP, fuzz_snippets[below(FUZZ_SNIPPETS)]);
	save_put(save, SAVE_CR4, GUEST_CR4 | CR4_OSFXSR | CR4_OSXSAVE);
	save_put(save, SAVE_RAX, pointer());
	if (vmsa) {
		save_put(save, SAVE_XCR0, 7);
		save_put(save, SAVE_RCX, odd_number());
		save_put(save, SAVE_RDX, odd_number());
		save_put(save, SAVE_RSI, pointer());
		save_put(save, SAVE_RDI, pointer());
	}
	if (one_in(16)) {
		fill_random(save, PAGE_SIZE - VMCB_SAVE);
		return;
	}
	while (changes--) {
		if (one_in(4))
			mutate(save, vmsa ? PAGE_SIZE / 2 : PAGE_SIZE / 4);
		else
			mutate_known(save, vmsa);
	}
}

void fuzz_note(int64_t code)
{
	unsigned int i = 0;

	while (outcomes[i].count && outcomes[i].code != code)
		need(++i < OUTCOMES, "room for exit codes");
	outcomes[i].code = code;
	outcomes[i].count++;
}

void fuzz_run(uint64_t addr)
{
	put32(APIC_TIMER_INIT, TIMER_TICKS);
	probe_begin();
	probe_resume = (uint64_t)svm_after;
	svm_run(addr, hsave + VMCB_SAVE);
	probe_resume = 0;
	put32(APIC_TIMER_INIT, 0);
	asm volatile("sti; nop; cli" : : : "memory");
	if (probe_end() != FAULT_NONE)
		vmrun_faults++;
	else if (addr == (uint64_t)vmcb)
		fuzz_note(vmcb_get(VMCB_EXITCODE));
	else
		vmruns_elsewhere++;
}
