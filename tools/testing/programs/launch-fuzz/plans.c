// SPDX-License-Identifier: GPL-2.0-only
/* Launches that succeed, and the other flows of commands that have an order. */
#include <snp/id-block.h>
#include <string.h>

#include "world.h"

/* A call with its first arguments; the others are 0. */
static void add(struct sequence *seq, const char *name, int nr, const uint64_t *args)
{
	struct call *call = &seq->calls[seq->nr++];

	*call = (struct call){ .op = op_find(name), .wanted = ANY_ERROR };
	memcpy(call->args, args, nr * sizeof(*args));
}

#define ADD(name, ...)	add(seq, name, sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), \
			    (uint64_t[]){ __VA_ARGS__ })

static void write_vm(struct sequence *seq, uint64_t vm, uint64_t type)
{
	ADD("create_vm", vm, type);
	ADD("init2", vm, FILE_SEV, 0, 0, 0);
}

static void write_memory(struct sequence *seq, uint64_t vm, bool private)
{
	if (private)
		ADD("memfd", vm, 0, PRIVATE_SIZE, 0);
	ADD("slot", vm, SLOT_PRIVATE, private ? KVM_MEM_GUEST_MEMFD : 0, PRIVATE_GPA, PRIVATE_SIZE,
	    BUFFER(PRIVATE), 0, 0);
	ADD("slot", vm, SLOT_SHARED, 0, SHARED_GPA, SHARED_SIZE, BUFFER(SHARED), 0, 0);
	if (private)
		ADD("attributes", vm, PRIVATE_GPA, PRIVATE_SIZE, KVM_MEMORY_ATTRIBUTE_PRIVATE);
}

static void write_vcpus(struct sequence *seq, uint64_t vm, int nr)
{
	for (int i = 0; i < nr; i++) {
		ADD("vcpu", vm, i, i);
		ADD("cpuid", vm, i);
	}
}

/* With an ID block that firmware refuses first, if asked for: nobody has signed it. */
static void write_snp(struct sequence *seq, bool direct, bool id_block)
{
	write_vm(seq, 0, KVM_X86_SNP_VM);
	ADD("cap", 0, KVM_CAP_EXIT_HYPERCALL, 1ull << KVM_HC_MAP_GPA_RANGE);
	write_memory(seq, 0, true);
	ADD("snp_start", 0, FILE_SEV, SNP_POLICY_DEFAULT, 0);
	write_vcpus(seq, 0, 2);
	ADD("script", GHCB_MSR_REGISTER, GHCB_GPA, GHCB_MSR_TERMINATE, GHCB_MSR_TERMINATE);
	ADD("ghcb", 0x80000013, 1ull << 32, VMSA_GPA, GHCB_GPA + 0x800, 1, 0, ~0ull, 2, 0);
	ADD("snp_update", 0, FILE_SEV, RESET_GPA / PAGE, BUFFER(CODE), PAGE,
	    KVM_SEV_SNP_PAGE_TYPE_NORMAL, 0);
	if (direct)
		ADD("snp_update", 0, FILE_SEV, VMSA_GPA / PAGE, BUFFER(VMSA), PAGE,
		    KVM_SEV_SNP_PAGE_TYPE_VMSA, 0);
	if (id_block)
		ADD("snp_finish", 0, FILE_SEV, 1, 1, 0, BUFFER(ID_BLOCK), BUFFER(ID_AUTH), 0);
	ADD("snp_finish", 0, FILE_SEV, 0, 0, 0, BUFFER(ID_BLOCK), BUFFER(ID_AUTH), 0);
	for (int i = 0; i < 3; i++)
		ADD("run", 0, 0, RUN_LONG);
	ADD("run", 0, 1, RUN_SHORT);
	ADD("get_regs", 0, 0);
	ADD("get_sregs", 0, 1);
}

/* Until the guest has its memory and, if it is of that kind, its registers */
static void write_sev(struct sequence *seq, uint64_t vm, bool es, bool debug)
{
	write_vm(seq, vm, es ? KVM_X86_SEV_ES_VM : KVM_X86_SEV_VM);
	write_memory(seq, vm, false);
	write_vcpus(seq, vm, 1);
	ADD("script", GHCB_GPA, GHCB_MSR_TERMINATE, GHCB_MSR_TERMINATE, GHCB_MSR_TERMINATE);
	ADD("ghcb", 0x80000003, 0, 0, GHCB_GPA + 0x800, 0, 0, ~0ull, 2, 0);
	ADD("register", vm, BUFFER(PRIVATE), PRIVATE_SIZE);
	ADD("launch_start", vm, FILE_SEV, 0, (es ? 4 : 0) | !debug, 0, 0, 0, 0);
	ADD("update_data", vm, FILE_SEV, BUFFER(PRIVATE), PRIVATE_SIZE);
	if (es)
		ADD("update_vmsa", vm, FILE_SEV);
	ADD("measure", vm, FILE_SEV, BUFFER(OUT), PAGE);
	ADD("finish", vm, FILE_SEV);
}

static void write_debugging(struct sequence *seq)
{
	write_sev(seq, 0, false, true);
	ADD("dbg_decrypt", 0, FILE_SEV, BUFFER(PRIVATE), BUFFER(OUT), 2 * PAGE);
	ADD("dbg_encrypt", 0, FILE_SEV, BUFFER(RANDOM), BUFFER(PRIVATE) + 16, 48);
	ADD("attestation", 0, FILE_SEV, BUFFER(OUT), PAGE);
	ADD("guest_status", 0, FILE_SEV);
	ADD("run", 0, 0, RUN_SHORT);
	ADD("unregister", 0, BUFFER(PRIVATE), PRIVATE_SIZE);
}

static void write_move(struct sequence *seq, bool es)
{
	write_sev(seq, 0, es, true);
	ADD("create_vm", 1, es ? KVM_X86_SEV_ES_VM : KVM_X86_SEV_VM);
	write_memory(seq, 1, false);
	write_vcpus(seq, 1, 1);
	ADD("move_context", 1, 0);
	ADD("guest_status", 1, FILE_SEV);
	ADD("run", 1, 0, RUN_SHORT);
	ADD("close_vm", 0);
	ADD("get_xsave", 1, 0);
}

static void write_mirror(struct sequence *seq)
{
	write_sev(seq, 0, true, true);
	ADD("create_vm", 1, KVM_X86_SEV_ES_VM);
	ADD("copy_context", 1, 0);
	write_memory(seq, 1, false);
	write_vcpus(seq, 1, 1);
	ADD("update_vmsa", 1, FILE_SEV);
	ADD("guest_status", 1, FILE_SEV);
	ADD("dbg_decrypt", 1, FILE_SEV, BUFFER(PRIVATE), BUFFER(OUT), PAGE);
	ADD("close_vm", 0);
	ADD("run", 1, 0, RUN_SHORT);
}

/* The certificates are none, so what follows is refused unless a file is really there. */
static void write_send(struct sequence *seq)
{
	write_sev(seq, 0, false, true);
	ADD("send_start", 0, FILE_SEV, 1, BUFFER(RANDOM), 0x824, BUFFER(RANDOM), BUFFER(OUT), 0);
	ADD("send_update", 0, FILE_SEV, BUFFER(OUT), 0, BUFFER(PRIVATE), PAGE, BUFFER(OUT_2), 0);
	ADD("send_cancel", 0, FILE_SEV);
	ADD("send_finish", 0, FILE_SEV);
	write_vm(seq, 1, KVM_X86_SEV_VM);
	ADD("receive_start", 1, FILE_SEV, 0, 1, BUFFER(RANDOM), 0x824, BUFFER(RANDOM), PAGE);
	ADD("receive_update", 1, FILE_SEV, BUFFER(RANDOM), 52, BUFFER(PRIVATE), 0, BUFFER(RANDOM), PAGE);
	ADD("receive_finish", 1, FILE_SEV);
}

void plan_write(enum plan plan, struct sequence *seq)
{
	seq->nr = 0;
	switch (plan) {
	case PLAN_KVM:
	case PLAN_DIRECT:
	case PLAN_ID_BLOCK:
		write_snp(seq, plan != PLAN_KVM, plan == PLAN_ID_BLOCK);
		break;
	case PLAN_SEV_ES:
		write_sev(seq, 0, true, true);
		for (int i = 0; i < 3; i++)
			ADD("run", 0, 0, RUN_LONG);
		break;
	case PLAN_SEV:
		write_debugging(seq);
		break;
	case PLAN_MOVE:
	case PLAN_MOVE_ES:
		write_move(seq, plan == PLAN_MOVE_ES);
		break;
	case PLAN_MIRROR:
		write_mirror(seq);
		break;
	default:
		write_send(seq);
	}
}
