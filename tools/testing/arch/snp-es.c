// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEV and SEV-ES guests on a host that has not enabled SNP: the firmware's
 * rules for their launch, and running them.
 */
#include "guest.h"
#include "sev.h"

#define TMR		0x10c00000ULL
#define TMR_LEN		0x100000
#define VMSA		TEST_PAGE(0)
#define VMSA_BAD	TEST_PAGE(1)	/* with SNPActive */
#define VMSA_MOVED	TEST_PAGE(2)
#define BUFFER		TEST_PAGE(4)
#define PACKET		TEST_PAGE(10)	/* header, and the data on the next page */
#define SESSION		TEST_PAGE(12)
#define CERTS		TEST_PAGE(13)	/* three pages */
#define UNKNOWN		0x7777
#define ASID_PLAIN	600
#define ASID_MOVED	3
#define PORT		0x80		/* that QEMU reads without any effect */

static uint32_t asid_max, asid_min_sev;

/* A guest whose registers are in the VMCB: each call starts it anew. */
static void call_save(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	guest_order(fn, rax, rcx, rdx);
	guest_registers(vmcb + VMCB_SAVE, false);
	guest_resume();
}

static void call_es(const void *fn, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	guest_order(fn, rax, rcx, rdx);
	guest_resume();
}

static void test_encryption_off(void)
{
	uint64_t syscfg = rdmsr(MSR_SYSCFG);

	guest_build(0, 0);
	vmcb_init(ASID_PLAIN, NESTED_NP | NESTED_SEV, guest_ncr3());
	wrmsr(MSR_SYSCFG, syscfg & ~SYSCFG_MEM_ENC);
	call_save(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done, "vm-2.04",
	       "without SYSCFG[23] the SEV bit is ignored");
	wrmsr(MSR_SYSCFG, syscfg);
	call_save(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INVALID), "vm-2.04", "with it, it counts");
}

static void test_init(void)
{
	uint32_t handle;

	tap_value(sev_platform_state(), PLATFORM_UNINIT, "pl-9.04",
		  "PLATFORM_STATUS before INIT: state 0");
	tap_value(sev_launch_start(0, &handle), INVALID_PLATFORM_STATE, "pl-11.30",
		  "LAUNCH_START before INIT is INVALID_PLATFORM_STATE");
	tap_value(sev_init(INIT_ES, TMR + PAGE_SIZE, TMR_LEN), INVALID_ADDRESS, "pl-11.31",
		  "INIT with a TMR that is not aligned is INVALID_ADDRESS (single source)");
	tap_value(sev_init(INIT_ES, TMR, TMR_LEN / 2), INVALID_LEN, "pl-11.31",
		  "INIT with a TMR that is too short is INVALID_LEN (single source)");
	tap_value(sev_init(0, 0, 0), SUCCESS, "pl-11.30", "INIT without SEV-ES");
	tap_value(sev_init(0, 0, 0), INVALID_PLATFORM_STATE, "pl-11.30",
		  "INIT again is INVALID_PLATFORM_STATE");
	tap_value(sev_platform_state(), PLATFORM_INIT, "pl-9.04", "state 1");
	tap_value(sev_launch_start(SEV_POLICY_ES, &handle), UNSUPPORTED, "pl-11.32",
		  "LAUNCH_START of an SEV-ES guest without SEV-ES is UNSUPPORTED (single source)");
	tap_value(psp_command(SEV_SHUTDOWN, NULL), SUCCESS, "pl-11.30", "SHUTDOWN");
	tap_value(sev_init(INIT_ES, TMR, TMR_LEN), SUCCESS, "pl-11.31", "INIT with SEV-ES");
}

static void test_flush(void)
{
	uint32_t handle;

	need(sev_launch_start(SEV_POLICY_ES, &handle) == SUCCESS, "LAUNCH_START");
	tap_value(sev_activate(handle, 1), DFFLUSH_REQUIRED, "pl-8.21",
		  "after INIT every ASID is dirty: ACTIVATE is DFFLUSH_REQUIRED");
	tap_value(psp_command(SEV_DF_FLUSH, NULL), WBINVD_REQUIRED, "pl-8.20",
		  "DF_FLUSH before WBINVD is WBINVD_REQUIRED");
	wbinvd();
	tap_value(psp_command(SEV_DF_FLUSH, NULL), SUCCESS, "pl-8.20", "DF_FLUSH after WBINVD");
	tap_value(sev_activate(handle, 1), SUCCESS, "pl-8.22", "it makes the ASIDs clean");
	need(sev_handle(SEV_DEACTIVATE, handle) == SUCCESS &&
	     sev_handle(SEV_DECOMMISSION, handle) == SUCCESS, "DECOMMISSION");
	need(sev_launch_start(SEV_POLICY_ES, &handle) == SUCCESS, "LAUNCH_START");
	tap_value(sev_activate(handle, 1), DFFLUSH_REQUIRED, "pl-8.21",
		  "DEACTIVATE makes the ASID dirty");
	tap_value(sev_activate(handle, 2), SUCCESS, "pl-8.21", "but no other one");
	tap_value(psp_command(SEV_DF_FLUSH, NULL), WBINVD_REQUIRED, "pl-8.20",
		  "and asks for a WBINVD of its own");
	need(sev_handle(SEV_DEACTIVATE, handle) == SUCCESS &&
	     sev_handle(SEV_DECOMMISSION, handle) == SUCCESS, "DECOMMISSION");
	wbinvd();
	need(psp_command(SEV_DF_FLUSH, NULL) == SUCCESS, "DF_FLUSH");
}

static void test_activate(uint32_t es, uint32_t sev)
{
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, sev, GUEST_REGION, PAGE_SIZE), INACTIVE,
		  "pl-11.34", "LAUNCH_UPDATE_DATA before ACTIVATE is INACTIVE");
	tap_value(sev_debug(SEV_DBG_DECRYPT, sev, TEST_PAGE(8), TEST_PAGE(9), 16), INACTIVE,
		  "pl-11.38", "DBG_DECRYPT before ACTIVATE is INACTIVE (a choice)");
	tap_value(sev_activate(es, asid_min_sev), INVALID_ASID, "pl-11.33",
		  "ACTIVATE of an SEV-ES guest above its range is INVALID_ASID");
	tap_value(sev_activate(es, 0), INVALID_ASID, "pl-11.33", "with 0, too");
	tap_value(sev_activate(sev, asid_min_sev - 1), INVALID_ASID, "pl-11.33",
		  "ACTIVATE of an SEV guest below its range is INVALID_ASID");
	tap_value(sev_activate(sev, asid_max + 1), INVALID_ASID, "pl-11.33", "above, too");
	tap_value(sev_activate(es, 1), SUCCESS, "pl-11.33", "ACTIVATE of the SEV-ES guest");
	tap_value(sev_activate(sev, asid_min_sev), SUCCESS, "pl-11.33", "of the SEV guest");
	tap_value(sev_activate(sev, asid_min_sev), ACTIVE, "pl-11.33", "again: ACTIVE");
}

static void test_update(uint32_t es, uint32_t sev)
{
	const char *row = "pl-11.34";

	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, sev, BUFFER + 8, 16), INVALID_ADDRESS, row,
		  "LAUNCH_UPDATE_DATA at no multiple of 16 is INVALID_ADDRESS (single source)");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, sev, BUFFER, 24), INVALID_LEN, row,
		  "of no multiple of 16 is INVALID_LEN (single source)");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, sev, BUFFER, 0), INVALID_LEN, row,
		  "of nothing is INVALID_LEN (single source)");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, UNKNOWN, BUFFER, 16), INVALID_GUEST, row,
		  "for an unknown handle is INVALID_GUEST");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_VMSA, es, VMSA, 2048), INVALID_LEN, row,
		  "LAUNCH_UPDATE_VMSA of less than a page is INVALID_LEN (single source)");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_VMSA, sev, VMSA, PAGE_SIZE), UNSUPPORTED, row,
		  "for an SEV guest is UNSUPPORTED (single source)");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, sev, GUEST_REGION, SIZE_2M), SUCCESS, row,
		  "LAUNCH_UPDATE_DATA of the guest's memory");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, es, GUEST_REGION, SIZE_2M), SUCCESS, row,
		  "for the SEV-ES guest");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_VMSA, es, VMSA, PAGE_SIZE), SUCCESS, row,
		  "LAUNCH_UPDATE_VMSA");
	need(sev_region(SEV_LAUNCH_UPDATE_VMSA, es, VMSA_BAD, PAGE_SIZE) == SUCCESS,
	     "LAUNCH_UPDATE_VMSA");
}

static void test_finish(uint32_t handle)
{
	tap_value(sev_guest_state(handle), GUEST_LUPDATE, "pl-11.32",
		  "after LAUNCH_START: state 1");
	tap_value(sev_secret(handle, BUFFER, TEST_PAGE(6), 16), INVALID_GUEST_STATE, "pl-11.36",
		  "LAUNCH_SECRET before LAUNCH_MEASURE is INVALID_GUEST_STATE");
	tap_value(sev_handle(SEV_LAUNCH_FINISH, handle), INVALID_GUEST_STATE, "pl-11.37",
		  "LAUNCH_FINISH before LAUNCH_MEASURE is INVALID_GUEST_STATE");
	tap_value(sev_region(SEV_LAUNCH_MEASURE, handle, BUFFER, 0), INVALID_LEN, "pl-11.35",
		  "LAUNCH_MEASURE into too little is INVALID_LEN");
	tap_value(get32(sev_buffer + 0x10), MEASURE_LEN, "pl-11.35", "and says 48");
	tap_value(sev_region(SEV_LAUNCH_MEASURE, handle, BUFFER, MEASURE_LEN), SUCCESS,
		  "pl-11.35", "LAUNCH_MEASURE");
	tap_value(sev_guest_state(handle), GUEST_LSECRET, "pl-11.35", "makes the state 2");
	tap_value(sev_region(SEV_LAUNCH_UPDATE_DATA, handle, BUFFER, 16), INVALID_GUEST_STATE,
		  "pl-11.34", "LAUNCH_UPDATE_DATA is INVALID_GUEST_STATE then");
	tap_ok(sev_secret(handle, BUFFER, TEST_PAGE(6), 16) != INVALID_GUEST_STATE, "pl-11.36",
	       "LAUNCH_SECRET is looked at then");
	tap_value(sev_handle(SEV_LAUNCH_FINISH, handle), SUCCESS, "pl-11.37", "LAUNCH_FINISH");
	tap_value(sev_guest_state(handle), GUEST_RUNNING, "pl-11.37", "makes the state 3");
	tap_value(sev_platform_state(), PLATFORM_WORKING, "pl-9.04", "with a guest: state 2");
}

/* A launch up to where secrets may come, without an ASID */
static void test_secret_inactive(void)
{
	uint32_t handle;

	need(sev_launch_start(0, &handle) == SUCCESS &&
	     sev_region(SEV_LAUNCH_MEASURE, handle, BUFFER, MEASURE_LEN) == SUCCESS,
	     "a guest that is not active");
	tap_value(sev_secret(handle, BUFFER, TEST_PAGE(6), 16), INACTIVE, "pl-11.36",
		  "LAUNCH_SECRET before ACTIVATE is INACTIVE (a choice)");
	need(sev_handle(SEV_DECOMMISSION, handle) == SUCCESS, "DECOMMISSION");
}

static void test_debug(uint32_t es, uint32_t sev)
{
	uint64_t src = TEST_PAGE(8), dst = TEST_PAGE(9);

	tap_value(sev_debug(SEV_DBG_DECRYPT, sev, src + 8, dst, 16), INVALID_ADDRESS, "pl-11.38",
		  "DBG_DECRYPT from no multiple of 16 is INVALID_ADDRESS (single source)");
	tap_value(sev_debug(SEV_DBG_ENCRYPT, sev, src, dst + 8, 16), INVALID_ADDRESS, "pl-11.38",
		  "DBG_ENCRYPT to no multiple of 16 is INVALID_ADDRESS (single source)");
	tap_value(sev_debug(SEV_DBG_DECRYPT, sev, src, dst, 8), INVALID_LEN, "pl-11.38",
		  "of no multiple of 16 is INVALID_LEN (single source)");
	tap_value(sev_debug(SEV_DBG_DECRYPT, UNKNOWN, src, dst, 16), INVALID_GUEST, "pl-11.38",
		  "for an unknown handle is INVALID_GUEST");
	tap_value(sev_debug(SEV_DBG_DECRYPT, es, src, dst, 16), POLICY_FAILURE, "pl-11.38",
		  "with a policy against it is POLICY_FAILURE");
	put64(src, 0x1234567890abcdef);
	tap_value(sev_debug(SEV_DBG_ENCRYPT, sev, src, dst, 16), SUCCESS, "pl-11.38",
		  "DBG_ENCRYPT");
	put64(src, 0);
	need(sev_debug(SEV_DBG_DECRYPT, sev, dst, src, 16) == SUCCESS, "DBG_DECRYPT");
	tap_value(get64(src), 0x1234567890abcdef, "pl-11.38", "DBG_DECRYPT of it is what it was");
}

static void test_run_sev(void)
{
	vmcb_init(asid_min_sev, NESTED_NP | NESTED_SEV, guest_ncr3());
	call_save(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.done, "vm-2.01",
	       "an SEV guest's registers are in the VMCB");
	tap_ok(guest_left(EXIT_VMMCALL), "vm-4.52", "its VMGEXIT is VMMCALL");
	call_save(g_pvalidate, PRIVATE(GUEST_REGION), 0, 1);
	tap_ok(guest_left(EXIT_VMMCALL) && g.fault == FAULT_UD, "rmp-5.71",
	       "PVALIDATE in an SEV guest is #UD");
	call_save(g_cpuid, 0, 0, 0);
	tap_ok(guest_left(EXIT_CPUID), "vm-2.01", "CPUID of an SEV guest exits, no #VC");
	vmcb_put32(VMCB_WORD3, vmcb_get(VMCB_WORD3) & ~INTERCEPT(EXIT_MSR));
	call_save(g_rdmsr, 0, MSR_SEV_STATUS, 0);
	tap_ok(guest_left(EXIT_VMMCALL) && g.rax == 1, "pl-3.07",
	       "SEV_STATUS in an SEV guest: SEV");
}

static void test_run_es(void)
{
	vmcb_init(1, NESTED_NP | NESTED_SEV | NESTED_ES, guest_ncr3());
	vmcb_put(VMCB_VMSA, VMSA);
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_gave(0), "vm-2.02", "an SEV-ES guest's registers are in the VMSA");
	call_es(g_rdmsr, 0, MSR_SEV_STATUS, 0);
	tap_ok(guest_gave(3), "pl-3.07", "SEV_STATUS in an SEV-ES guest: SEV and SEV-ES");
	call_es(g_cpuid, 0, 0, 0);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, EXIT_CPUID)), "vm-4.30",
	       "CPUID in an SEV-ES guest: #VC 72h");
	call_es(g_inb, 0, 0, PORT);
	tap_ok(guest_faulted(FAULT(VECTOR_VC, EXIT_IOIO)), "vm-4.54",
	       "IN from a port of the bitmap in an SEV-ES guest: #VC 7Bh");
	svm_open_ports(true);
	call_es(g_inb, 0, 0, PORT);
	tap_ok(guest_left(EXIT_VMGEXIT) && g.done && !g.fault, "vm-4.54",
	       "from another port: no #VC");
	svm_open_ports(false);
	call_es(g_pvalidate, PRIVATE(GUEST_REGION), 0, 1);
	tap_ok(guest_faulted(FAULT_UD), "rmp-5.71", "PVALIDATE in an SEV-ES guest is #UD");
	vmcb_put(VMCB_VMSA, VMSA_BAD);
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.10",
	       "SNPActive while SNP is off: VMEXIT_INVALID");
	vmcb_put(VMCB_VMSA, VMSA);
	put64(VMSA + SAVE_RBX, get64(VMSA + SAVE_RBX) ^ 1);
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INVALID), "vm-6.09",
	       "a VMSA that somebody has changed: VMEXIT_INVALID");
	put64(VMSA + SAVE_RBX, get64(VMSA + SAVE_RBX) ^ 1);
}

/* Done twice, it is as it was. */
static void spoil(uint64_t addr)
{
	*(uint8_t *)addr ^= 1;
}

static void test_send_start(uint32_t es, uint32_t sev)
{
	const char *row = "pl-11.50";
	uint32_t handle;

	need(sev_export(CERTS) == SUCCESS, "PDH_CERT_EXPORT");
	tap_value(sev_packet(SEV_SEND_UPDATE_DATA, sev, PACKET, BUFFER, 16), INVALID_GUEST_STATE,
		  row, "SEND_UPDATE_DATA before SEND_START is INVALID_GUEST_STATE");
	tap_value(sev_send_start(UNKNOWN, CERTS, SESSION, SESSION_LEN), INVALID_GUEST, row,
		  "SEND_START for an unknown handle is INVALID_GUEST");
	tap_value(sev_send_start(es, CERTS, SESSION, 0), INVALID_LEN, row,
		  "with too little for the session is INVALID_LEN (single source)");
	tap_value(get32(sev_buffer + 0x40), SESSION_LEN, row, "and says 128 (single source)");
	spoil(CERTS + CERT_SIGNATURE);
	tap_value(sev_send_start(es, CERTS, SESSION, SESSION_LEN), INVALID_CERTIFICATE, row,
		  "with a PDH whose signature is wrong is INVALID_CERTIFICATE");
	need(sev_export(CERTS) == SUCCESS, "PDH_CERT_EXPORT");
	need(sev_launch_start(SEV_POLICY_NOSEND, &handle) == SUCCESS &&
	     sev_region(SEV_LAUNCH_MEASURE, handle, BUFFER, MEASURE_LEN) == SUCCESS,
	     "a guest not to be sent");
	tap_value(sev_send_start(handle, CERTS, SESSION, SESSION_LEN), INVALID_GUEST_STATE, row,
		  "before LAUNCH_FINISH is INVALID_GUEST_STATE");
	need(sev_handle(SEV_LAUNCH_FINISH, handle) == SUCCESS, "LAUNCH_FINISH");
	tap_value(sev_send_start(handle, CERTS, SESSION, SESSION_LEN), POLICY_FAILURE, row,
		  "with a policy against it is POLICY_FAILURE");
	need(sev_handle(SEV_DECOMMISSION, handle) == SUCCESS, "DECOMMISSION");
	tap_value(sev_send_start(es, CERTS, SESSION, SESSION_LEN), SUCCESS, row, "SEND_START");
	tap_value(get32(sev_buffer + 4), SEV_POLICY_ES | SEV_POLICY_NODBG, row,
		  "tells the policy");
	tap_value(sev_guest_state(es), GUEST_SUPDATE, row, "and makes the state 4");
	tap_value(sev_handle(SEV_SEND_CANCEL, es), SUCCESS, row, "SEND_CANCEL");
	tap_value(sev_guest_state(es), GUEST_RUNNING, row, "makes it 3 again");
	need(sev_send_start(es, CERTS, SESSION, SESSION_LEN) == SUCCESS, "SEND_START");
}

static void test_receive_start(uint32_t *to)
{
	const char *row = "pl-11.51";
	uint32_t policy = SEV_POLICY_ES | SEV_POLICY_NODBG;

	tap_value(sev_receive_start(SEV_POLICY_ES, CERTS, SESSION, to), BAD_MEASUREMENT, row,
		  "RECEIVE_START with another policy is BAD_MEASUREMENT (single source)");
	spoil(SESSION + 0x10);
	tap_value(sev_receive_start(policy, CERTS, SESSION, to), BAD_MEASUREMENT, row,
		  "with other keys is BAD_MEASUREMENT (single source)");
	spoil(SESSION + 0x10);
	tap_value(sev_receive_start(policy, CERTS, SESSION, to), SUCCESS, row, "RECEIVE_START");
	tap_value(sev_guest_state(*to), GUEST_RUPDATE, row, "makes the state 5");
	tap_value(sev_packet(SEV_RECEIVE_UPDATE_DATA, *to, PACKET, BUFFER, 16), INACTIVE, row,
		  "RECEIVE_UPDATE_DATA before ACTIVATE is INACTIVE");
	need(sev_activate(*to, ASID_MOVED) == SUCCESS, "ACTIVATE");
}

/* Through a packet back to where it came from, from where it is gone meanwhile */
static uint32_t move(unsigned int send, unsigned int receive, uint32_t from, uint32_t to,
		     uint64_t src, uint64_t dst)
{
	need(sev_packet(send, from, PACKET, src, PAGE_SIZE) == SUCCESS, "SEND_UPDATE");
	if (src == dst)
		memset((void *)dst, 0, PAGE_SIZE);
	return sev_packet(receive, to, PACKET, dst, PAGE_SIZE);
}

static void test_move(uint32_t es, uint32_t to)
{
	uint64_t page;
	uint32_t left = 0;

	put64(BUFFER, 0x123456789abcdef0);
	need(sev_packet(SEV_SEND_UPDATE_DATA, es, PACKET, BUFFER, 16) == SUCCESS, "SEND_UPDATE");
	tap_ok(get64(PACKET + PAGE_SIZE) != 0x123456789abcdef0, "pl-11.50",
	       "SEND_UPDATE_DATA encrypts");
	put64(BUFFER, 0);
	spoil(PACKET + PAGE_SIZE);
	tap_value(sev_packet(SEV_RECEIVE_UPDATE_DATA, to, PACKET, BUFFER, 16), BAD_MEASUREMENT,
		  "pl-11.51", "RECEIVE_UPDATE_DATA of a changed packet is BAD_MEASUREMENT");
	spoil(PACKET + PAGE_SIZE);
	tap_value(sev_packet(SEV_RECEIVE_UPDATE_DATA, to, PACKET, BUFFER, 16), SUCCESS,
		  "pl-11.51", "RECEIVE_UPDATE_DATA");
	tap_value(get64(BUFFER), 0x123456789abcdef0, "pl-11.51", "brings what was sent");
	for (page = GUEST_REGION; page < GUEST_REGION + SIZE_2M; page += PAGE_SIZE)
		left += move(SEV_SEND_UPDATE_DATA, SEV_RECEIVE_UPDATE_DATA, es, to, page,
			     page) != SUCCESS;
	need(!left, "the guest's memory");
	tap_value(move(SEV_SEND_UPDATE_VMSA, SEV_RECEIVE_UPDATE_VMSA, es, to, VMSA, VMSA_MOVED),
		  SUCCESS, "pl-11.51", "SEND_UPDATE_VMSA, RECEIVE_UPDATE_VMSA");
}

static void test_run_moved(uint32_t es, uint32_t to)
{
	vmcb_init(ASID_MOVED, NESTED_NP | NESTED_SEV | NESTED_ES, guest_ncr3());
	vmcb_put(VMCB_VMSA, VMSA_MOVED);
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INVALID), "pl-11.51",
	       "VMRUN before RECEIVE_FINISH: VMEXIT_INVALID");
	tap_value(sev_handle(SEV_RECEIVE_FINISH, to), SUCCESS, "pl-11.51", "RECEIVE_FINISH");
	tap_value(sev_guest_state(to), GUEST_RUNNING, "pl-11.51", "makes the state 3");
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_gave(0), "pl-11.51", "and the guest runs from what was sent");
	vmcb_init(1, NESTED_NP | NESTED_SEV | NESTED_ES, guest_ncr3());
	vmcb_put(VMCB_VMSA, VMSA);
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_gave(0), "pl-11.50", "a guest that is being sent runs");
	tap_value(sev_handle(SEV_SEND_FINISH, es), SUCCESS, "pl-11.50", "SEND_FINISH");
	tap_value(sev_guest_state(es), GUEST_SENT, "pl-11.50", "makes the state 6");
	call_es(g_nop, 0, 0, 0);
	tap_ok(guest_left(EXIT_INVALID), "pl-11.52",
	       "unconfirmed U38: VMRUN after SEND_FINISH is VMEXIT_INVALID");
	need(sev_handle(SEV_DEACTIVATE, to) == SUCCESS &&
	     sev_handle(SEV_DECOMMISSION, to) == SUCCESS, "DECOMMISSION");
}

static void test_end(uint32_t es, uint32_t sev)
{
	uint32_t handle;

	need(sev_launch_start(0, &handle) == SUCCESS, "LAUNCH_START");
	tap_value(sev_activate(handle, asid_min_sev), ASID_OWNED, "pl-11.33",
		  "ACTIVATE on another guest's ASID is ASID_OWNED");
	need(sev_handle(SEV_DECOMMISSION, handle) == SUCCESS, "DECOMMISSION");
	need(sev_handle(SEV_DEACTIVATE, es) == SUCCESS &&
	     sev_handle(SEV_DEACTIVATE, sev) == SUCCESS, "DEACTIVATE");
	need(sev_handle(SEV_DECOMMISSION, es) == SUCCESS, "DECOMMISSION");
	tap_value(sev_platform_state(), PLATFORM_WORKING, "pl-11.39",
		  "one of two guests gone: WORKING");
	need(sev_handle(SEV_DECOMMISSION, sev) == SUCCESS, "DECOMMISSION");
	tap_value(sev_platform_state(), PLATFORM_INIT, "pl-11.39", "the last guest gone: INIT");
	tap_value(sev_guest_state(sev), 0, "pl-11.40",
		  "GUEST_STATUS of an unknown handle says state 0");
}

int main(void)
{
	uint32_t r[4], es, sev, moved;

	cpuid(0x8000001f, 0, r);
	asid_max = r[2];
	asid_min_sev = r[3];
	machine_up();
	svm_host_save_area();
	test_encryption_off();
	test_init();
	test_flush();

	guest_build(0, c_bit());
	memset((void *)VMSA, 0, PAGE_SIZE);
	guest_registers((void *)VMSA, true);
	memcpy((void *)VMSA_BAD, (void *)VMSA, PAGE_SIZE);
	put64(VMSA_BAD + SAVE_FEATURES, FEATURE_SNP);
	need(sev_launch_start(0, &sev) == SUCCESS &&
	     sev_launch_start(SEV_POLICY_ES | SEV_POLICY_NODBG, &es) == SUCCESS, "LAUNCH_START");
	test_activate(es, sev);
	test_update(es, sev);
	test_finish(sev);
	need(sev_region(SEV_LAUNCH_MEASURE, es, BUFFER, MEASURE_LEN) == SUCCESS &&
	     sev_handle(SEV_LAUNCH_FINISH, es) == SUCCESS, "the launch of the SEV-ES guest");
	test_secret_inactive();
	test_debug(es, sev);
	test_run_sev();
	test_run_es();
	test_send_start(es, sev);
	test_receive_start(&moved);
	test_move(es, moved);
	test_run_moved(es, moved);
	test_end(es, sev);
	tap_finish();
}
