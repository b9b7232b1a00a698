// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to the firmware: most of them nearly right, in an order that is not.
 */
#include "fuzz.h"
#include "idblocks.h"

/* Few of each, so that commands meet */
#define CONTEXTS	4
#define PAGES		24
#define ASIDS		4
#define BUFFER		TEST_PAGE(100)	/* where the firmware writes to its buffer */
#define BUFFER_LEN	0x48
#define NV		TEST_PAGE(128)	/* 8 pages, of INIT_EX */
#define NV_PAGES	8

#define RECLAIM_2M	BIT(0)
#define SHUTDOWN_EX_LEN	8
#define INIT_EX_LEN	0x24
#define SECRET_HDR_LEN	52
#define HDR_LEN		0x60
#define CPUID_ENTRY	48

enum what {
	END, HANDLE, ASID, CONTEXT, PAGE, OUT, IN, PRE_GUEST, RECLAIM, POLICY, SEV_POLICY,
	UPDATE_KIND, FINISH_FLAGS, LEN_SHORT, LEN_LONG, CONST, TMR_AT, NV_AT, BLOCK, AUTH,
	REQUEST, LIST, TCB,
};

struct field {
	uint8_t at, size, what;
	uint32_t value;
};

struct command {
	uint16_t id;
	uint8_t weight;
	bool out;			/* the buffer has to be the firmware's */
	struct field fields[8];
};

static const struct command commands[] = {
	{ SNP_GCTX_CREATE, 8, false, { { 0, 8, OUT, CONTEXT } } },
	{ SNP_LAUNCH_START, 8, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, POLICY, 0 } } },
	{ SNP_ACTIVATE, 8, false, { { 0, 8, CONTEXT, 0 }, { 8, 4, ASID, 0 } } },
	{ SNP_LAUNCH_UPDATE, 16, false, { { 0, 8, CONTEXT, 0 }, { 8, 4, UPDATE_KIND, 0 },
					  { 0x10, 8, PRE_GUEST, 0 } } },
	{ SNP_LAUNCH_FINISH, 5, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, BLOCK, 0 },
					 { 0x10, 8, AUTH, 0 }, { 0x18, 8, FINISH_FLAGS, 0 } } },
	{ SNP_DECOMMISSION, 3, false, { { 0, 8, CONTEXT, 0 } } },
	{ SNP_GUEST_STATUS, 4, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, OUT, 0 } } },
	{ SNP_GUEST_REQUEST, 6, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, REQUEST, 0 },
					 { 0x10, 8, OUT, 0 } } },
	{ SNP_DBG_DECRYPT, 4, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, PAGE, 0 },
				       { 0x10, 8, OUT, 0 } } },
	{ SNP_DBG_ENCRYPT, 4, false, { { 0, 8, CONTEXT, 0 }, { 8, 8, IN, 0 },
				       { 0x10, 8, PRE_GUEST, 0 } } },
	{ SNP_PAGE_RECLAIM, 8, false, { { 0, 8, RECLAIM, 0 } } },
	{ SNP_PLATFORM_STATUS, 3, false, { { 0, 8, OUT, 0 } } },
	{ SNP_CONFIG, 2, false, { { 0, 8, TCB, 0 } } },
	{ SNP_FEATURE_INFO, 3, false, { { 0, 4, CONST, 16 }, { 8, 8, OUT, 0 } } },
	{ SNP_COMMIT, 1, false, { { 0, 4, CONST, 4 } } },
	{ SNP_DF_FLUSH, 4, false, { } },
	{ SNP_INIT, 2, false, { } },
	{ SNP_INIT_EX, 4, false, { { 0, 4, CONST, INIT_RMP | INIT_LIST }, { 8, 8, LIST, 0 } } },
	{ SNP_SHUTDOWN, 1, false, { } },
	{ SNP_SHUTDOWN_EX, 1, false, { { 0, 4, CONST, SHUTDOWN_EX_LEN }, { 4, 4, CONST, 1 } } },
	{ SEV_INIT, 8, false, { { 0, 4, CONST, INIT_ES }, { 8, 8, TMR_AT, 0 },
				{ 0x10, 4, CONST, SIZE_2M } } },
	{ SEV_INIT_EX, 2, false, { { 0, 4, CONST, INIT_EX_LEN }, { 0x18, 8, NV_AT, 0 },
				   { 0x20, 4, CONST, NV_PAGES * PAGE_SIZE } } },
	{ SEV_SHUTDOWN, 1, false, { } },
	{ SEV_PLATFORM_STATUS, 2, true, { } },
	{ SEV_FACTORY_RESET, 1, false, { } },
	{ SEV_PEK_GEN, 1, false, { } },
	{ SEV_PDH_GEN, 1, false, { } },
	{ SEV_PEK_CSR, 1, true, { { 0, 8, OUT, 0 }, { 8, 4, LEN_LONG, 0 } } },
	{ SEV_PDH_CERT_EXPORT, 1, true, { { 0, 8, OUT, 0 }, { 8, 4, LEN_LONG, 0 },
					  { 0x10, 8, OUT, 0 }, { 0x18, 4, LEN_LONG, 0 } } },
	{ SEV_DF_FLUSH, 1, false, { } },
	{ SEV_GET_ID, 1, true, { { 0, 8, OUT, 0 }, { 8, 4, LEN_LONG, 0 } } },
	{ SEV_LAUNCH_START, 8, true, { { 4, 4, SEV_POLICY, 0 } } },
	{ SEV_ACTIVATE, 5, false, { { 0, 4, HANDLE, 0 }, { 4, 4, ASID, 0 } } },
	{ SEV_LAUNCH_UPDATE_DATA, 6, false, { { 0, 4, HANDLE, 0 }, { 8, 8, OUT, 0 },
					      { 0x10, 4, LEN_SHORT, 0 } } },
	{ SEV_LAUNCH_UPDATE_VMSA, 4, false, { { 0, 4, HANDLE, 0 }, { 8, 8, OUT, 0 },
					      { 0x10, 4, CONST, PAGE_SIZE } } },
	{ SEV_LAUNCH_MEASURE, 4, true, { { 0, 4, HANDLE, 0 }, { 8, 8, OUT, 0 },
					 { 0x10, 4, LEN_LONG, 0 } } },
	{ SEV_LAUNCH_SECRET, 4, false, { { 0, 4, HANDLE, 0 }, { 8, 8, IN, 0 },
					 { 0x10, 4, CONST, SECRET_HDR_LEN },
					 { 0x18, 8, OUT, 0 }, { 0x20, 4, CONST, 64 },
					 { 0x28, 8, IN, 0 }, { 0x30, 4, CONST, 64 } } },
	{ SEV_LAUNCH_FINISH, 3, false, { { 0, 4, HANDLE, 0 } } },
	{ SEV_ATTESTATION_REPORT, 3, true, { { 0, 4, HANDLE, 0 }, { 8, 8, OUT, 0 },
					     { 0x20, 4, LEN_LONG, 0 } } },
	{ SEV_DBG_DECRYPT, 3, false, { { 0, 4, HANDLE, 0 }, { 8, 8, IN, 0 },
				       { 0x10, 8, OUT, 0 }, { 0x18, 4, LEN_SHORT, 0 } } },
	{ SEV_DBG_ENCRYPT, 3, false, { { 0, 4, HANDLE, 0 }, { 8, 8, IN, 0 },
				       { 0x10, 8, OUT, 0 }, { 0x18, 4, LEN_SHORT, 0 } } },
	{ SEV_DEACTIVATE, 2, false, { { 0, 4, HANDLE, 0 } } },
	{ SEV_DECOMMISSION, 2, false, { { 0, 4, HANDLE, 0 } } },
	{ SEV_GUEST_STATUS, 2, true, { { 0, 4, HANDLE, 0 } } },
};

static uint8_t input[4 * PAGE_SIZE] __attribute__((aligned(4096)));
static struct id_blob blob __attribute__((aligned(4096)));
static uint32_t handles[CONTEXTS];
static unsigned int next_handle;
static bool large;			/* the LAUNCH_UPDATE that is being made up */
static bool pages_fixed;		/* by a list of SNP_INIT_EX */
static uint32_t context, context_asids[CONTEXTS]; /* what the command is for */

/* Into this state, or as it is */
static uint64_t prepared(uint64_t spa, uint32_t asid, bool immutable)
{
	if (!one_in(4))
		page_make(spa, asid ? spa : 0, asid, immutable);
	return spa;
}

/* Both copies of a launch digest of zeros, nearly signed */
static uint64_t id_part(bool auth)
{
	memcpy(&blob, &id_blobs[below(ID_COUNT)], sizeof(blob));
	if (one_in(2))
		memset(blob.block, 0, 48);
	for (unsigned int n = below(3); n; n--)
		((uint8_t *)&blob)[below(sizeof(blob))] ^= BIT(below(8));
	return (uint64_t)(auth ? blob.auth : blob.block);
}

/* A CPUID page, with as many entries as it may have or anything */
static void cpuid_table(uint64_t spa)
{
	static const uint32_t leaves[] = {
		1, 4, 7, 0xb, 0xd, 0x80000001, 0x80000008, 0x8000001d, 0x8000001f,
	};

	fill_random((void *)spa, PAGE_SIZE);
	memset((void *)spa, 0, 16);
	put32(spa, one_in(4) ? odd_number() : below(65));
	for (uint64_t at = spa + 16; at + CPUID_ENTRY <= spa + PAGE_SIZE; at += CPUID_ENTRY) {
		put64(at, leaves[below(ARRAY_SIZE(leaves))] | (uint64_t)below(20) << 32);
		if (!one_in(64))
			put64(at + CPUID_ENTRY - 8, 0);
	}
}

/* Header of a guest message: algorithm, version, sizes and key, or nearly */
static uint64_t request(void)
{
	static const uint8_t good[] = { 1, 1, HDR_LEN, 0, 5, 1, 0x60, 0 };

	fill_random(input, PAGE_SIZE);
	memset(input + 0x20, 0, HDR_LEN - 0x20);
	input[0x20] = below(3);
	memcpy(input + 0x30, good, sizeof(good));
	input[0x34] = below(20);
	input[0x36] = number();
	input[0x37] = below(17);
	input[0x3c] = below(5);
	while (one_in(4))
		input[0x20 + below(HDR_LEN - 0x20)] = number();
	return (uint64_t)input;
}

/* Ranges for SNP_INIT_EX */
static uint64_t list(void)
{
	memset(input, 0, PAGE_SIZE);
	input[0] = below(4);
	for (unsigned int i = 0; i < 4; i++) {
		put64((uint64_t)input + 8 + 16 * i, odd_place() & ~(PAGE_SIZE - 1));
		put32((uint64_t)input + 16 + 16 * i, one_in(2) ? below(600) : number());
	}
	return (uint64_t)input;
}

static uint32_t update_kind(void)
{
	enum psp_page_type type = 1 + below(6);

	large = one_in(64);
	return UPDATE_TYPE(type) | (large ? UPDATE_2M : 0);
}

/* The first page last: it tells whether all are the firmware's. */
static uint64_t tmr(void)
{
	for (uint64_t i = PAGES_2M; i && !rmp_raw(TMR); i--)
		page_make(TMR + (i - 1) * PAGE_SIZE, 0, 0, true);
	return TMR;
}

/* The guest's, as far as it has one */
static uint32_t asid(void)
{
	return context_asids[context] && !one_in(8) ? context_asids[context] : 1 + below(ASIDS);
}

static uint64_t page(enum what what, uint32_t more)
{
	uint64_t spa = TEST_PAGE(below(PAGES));

	switch (what) {
	case OUT:
		if (more != CONTEXT)
			return prepared(spa, 0, true);
		spa = FW_PAGE(below(CONTEXTS));
		return rmp_raw(spa) & RAW_VMSA ? spa : prepared(spa, 0, true);
	case PRE_GUEST:
		if (large && page_free(LARGE_REGION)) {
			rmp_assign_2m(LARGE_REGION, LARGE_REGION, asid());
			return LARGE_REGION;
		}
		if (one_in(2) && page_free(spa))
			cpuid_table(spa);
		return prepared(spa, asid(), true);
	case RECLAIM:
		if (one_in(4))
			return FW_PAGE(below(CONTEXTS));
		return one_in(8) ? LARGE_REGION | RECLAIM_2M : spa;
	case TMR_AT:
		return tmr();
	case NV_AT:
		for (uint64_t i = 0; i < NV_PAGES; i++)
			page_make(NV + i * PAGE_SIZE, 0, 0, true);
		return NV;
	default:
		return spa;
	}
}

static uint64_t good_value(const struct field *f)
{
	switch (f->what) {
	case HANDLE:
		return handles[below(CONTEXTS)];
	case ASID:
		return one_in(2) ? 1 + below(ASIDS) : guests_sev_asid() + below(ASIDS);
	case CONTEXT:
		context = below(CONTEXTS);
		return FW_PAGE(context);
	case IN:
		fill_random(input, PAGE_SIZE);
		return (uint64_t)input;
	case POLICY:
		return POLICY_ORDINARY | (one_in(2) ? POLICY_DEBUG : 0);
	case SEV_POLICY:
		return one_in(2) ? SEV_POLICY_ES : 0;
	case UPDATE_KIND:
		return update_kind();
	case FINISH_FLAGS:
		return below(8);
	case LEN_SHORT:
		return 16 * below(300);
	case LEN_LONG:
		return 0x2000;
	case CONST:
		return f->value;
	case BLOCK:
	case AUTH:
		return id_part(f->what == AUTH);
	case REQUEST:
		return request();
	case LIST:
		return list();
	case TCB:
		return one_in(2) ? 0 : number();
	default:
		return page(f->what, f->value);
	}
}

static void fill_buffer(const struct command *c, uint8_t *buffer)
{
	memset(buffer, 0, BUFFER_LEN);
	for (const struct field *f = c->fields; f->what != END; f++) {
		uint64_t value = one_in(12) ? odd_number() : good_value(f);

		memcpy(buffer + f->at, &value, f->size);
	}
	while (one_in(10))
		buffer[below(BUFFER_LEN)] = number();
}

static const struct command *choose(void)
{
	uint32_t total = 0, at;

	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		total += commands[i].weight;
	at = below(total);
	for (unsigned int i = 0;; i++) {
		if (at < commands[i].weight)
			return &commands[i];
		at -= commands[i].weight;
	}
}

/* What Linux does: written first, then the firmware's for the command */
static uint64_t place_buffer(const struct command *c, const uint8_t *buffer)
{
	if (one_in(32))
		return odd_number();
	if (!c->out)
		return (uint64_t)buffer;
	if (!page_free(BUFFER))
		return (uint64_t)buffer;
	memcpy((void *)BUFFER, buffer, BUFFER_LEN);
	return prepared(BUFFER, 0, true);
}

/* Registers by any width, also those that are none */
static void poke_registers(void)
{
	static const uint32_t regs[] = {
		PSP_INTSTS, PSP_BUFFER_LO, PSP_BUFFER_HI, PSP_FEATURE, 0, 0xffffc, 0x10984,
	};
	uint64_t at = PSP_ADDRESS + regs[below(ARRAY_SIZE(regs))];

	switch (below(4)) {
	case 0:
		*(volatile uint8_t *)(at + below(4)) = number();
		break;
	case 1:
		put64(at & ~7ULL, number());
		break;
	case 2:
		get64(at & ~7ULL);
		break;
	default:
		put32(at, number());
		break;
	}
}

/* With the bit that says "response", nothing may happen. */
static bool no_command(void)
{
	uint32_t was = psp_read(PSP_CMDRESP);

	psp_write(PSP_CMDRESP, CMDRESP_DONE | number());
	return psp_read(PSP_CMDRESP) == was;
}

/* All entries that commands here may change, and what none may change in them */
struct entries {
	uint64_t all, owners;
};

static struct entries look(void)
{
	struct entries e = { };

	for (unsigned int i = 0; i < CONTEXTS + PAGES + 2; i++) {
		uint64_t raw = rmp_raw(i < CONTEXTS ? FW_PAGE(i) :
				       i < CONTEXTS + PAGES ? TEST_PAGE(i - CONTEXTS) :
				       i < CONTEXTS + PAGES + 1 ? LARGE_REGION : BUFFER);

		e.all = (e.all ^ raw) * 0x100000001b3ULL;
		raw &= RAW_ASSIGNED | RAW_2M | RAW_GPA | RAW_ASID_MASK;
		e.owners = (e.owners ^ raw) * 0x100000001b3ULL;
	}
	return e;
}

static bool is_init(uint32_t id)
{
	return id == SNP_INIT || id == SNP_INIT_EX;
}

/*
 * A command of SNP's that fails changes no page's state, and but for SNP_INIT
 * none gives a page to somebody else.
 */
static bool as_it_may(uint32_t id, uint32_t status, struct entries was)
{
	struct entries is = look();

	if ((status == SUCCESS || id < SNP_INIT || was.all == is.all) &&
	    (was.owners == is.owners || (is_init(id) && status == SUCCESS)))
		return true;
	print("# command ");
	print_hex(id);
	print(", status ");
	print_hex(status);
	print(", has changed the RMP\n");
	return false;
}

/* A guest in its launch, by the rules, so that there is something to spoil */
static void launch_some(void)
{
	uint32_t i = below(CONTEXTS);

	page_free(FW_PAGE(i));
	wbinvd();
	snp_df_flush();
	if (page_make(FW_PAGE(i), 0, 0, true) && snp_gctx_create(FW_PAGE(i)) == SUCCESS &&
	    snp_launch_start(FW_PAGE(i), POLICY_ORDINARY | POLICY_DEBUG) == SUCCESS &&
	    snp_activate(FW_PAGE(i), i + 1) == SUCCESS)
		context_asids[i] = i + 1;
}

static bool one(unsigned int nr)
{
	static uint8_t buffer[BUFFER_LEN] __attribute__((aligned(4096)));
	const struct command *c = choose();
	uint32_t id, status;
	struct entries was;
	uint64_t addr;

	(void)nr;
	if (c->id == SEV_SHUTDOWN && !one_in(8))
		c = choose();
	if (one_in(64) && !no_command())
		return false;
	if (one_in(64))
		poke_registers();
	if (one_in(16))
		launch_some();
	if (!one_in(4))
		wbinvd();
	id = c->id;
	if (one_in(16))
		id = one_in(2) ? below(0x800) : commands[below(ARRAY_SIZE(commands))].id;
	fill_buffer(c, buffer);
	if (one_in(32))
		fill_random(buffer, BUFFER_LEN);
	addr = place_buffer(c, buffer);
	was = look();
	/* Bits 15:0 and 30:27 of the register are no part of the command. */
	status = psp_send(id << CMDRESP_COMMAND | (one_in(8) ? number() & 0x7800ffff : 0), addr);
	fuzzed_answers[status]++;
	pages_fixed |= id == SNP_INIT_EX && status == SUCCESS;
	if (id == SEV_LAUNCH_START && status == SUCCESS && addr == BUFFER)
		handles[next_handle++ % CONTEXTS] = get32(BUFFER);
	if (id == SNP_ACTIVATE && status == SUCCESS && addr == (uint64_t)buffer)
		context_asids[context] = get32((uint64_t)buffer + 8);
	return as_it_may(id, status, was);
}

/* Pages that SNP_INIT_EX was told to fix come back by another one only. */
static bool unfix_pages(void)
{
	if (!pages_fixed)
		return true;
	pages_fixed = false;
	wbinvd();
	return snp_df_flush() == SUCCESS && psp_command(SNP_SHUTDOWN, NULL) == SUCCESS &&
	       snp_init_ex() == SUCCESS;
}

static bool end(void)
{
	uint64_t q[8] = { 0 };
	uint32_t status;

	psp_write(PSP_INTEN, 0);
	if (psp_command(SEV_SHUTDOWN, NULL) != SUCCESS)
		return false;
	status = snp_init_ex();
	if (status != SUCCESS && status != INVALID_PLATFORM_STATE)
		return false;
	if (psp_command(SNP_CONFIG, q) != SUCCESS)
		return false;
	return unfix_pages() && tidy_pages() && tidy_asids();
}

static void once(void)
{
}

/* Most blocks with SEV and SEV-ES guests from its start */
static bool begin(void)
{
	return one_in(4) ||
	       psp_call(SEV_INIT, INIT_ES, tmr(), SIZE_2M, 0) == SUCCESS;
}

const struct fuzzer fuzz_mailbox = {
	.name = "mailbox", .once = once, .begin = begin, .one = one, .end = end,
};
