// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tiny guest runs, in long mode.  The host copies this section into the
 * guest's first page, so it has to do without data, and without functions that
 * are not in it.  Guests tell the host a marker by asking for the page of that
 * number to be made private, which KVM leaves to userspace.
 */
#include <snp/ghcb.h>

#include "tiny-vm.h"

#define GUEST_TEXT	__attribute__((section("tiny_guest"), __noinline__, \
					target("general-regs-only")))
#define GUEST_INLINE	static inline __attribute__((always_inline, \
						     target("general-regs-only")))

#define REQUESTS_PER_EXIT	4
#define NR_SPINS		100000

GUEST_INLINE void write_ghcb_msr(u64 value)
{
	asm volatile("wrmsr" : : "c"(MSR_AMD64_SEV_ES_GHCB), "a"((u32)value),
		     "d"((u32)(value >> 32)) : "memory");
}

GUEST_INLINE u64 read_ghcb_msr(void)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_AMD64_SEV_ES_GHCB));
	return (u64)high << 32 | low;
}

GUEST_INLINE void exit_to_host(void)
{
	asm volatile("rep; vmmcall" : : : "memory");
}

GUEST_INLINE void tell(u64 marker)
{
	write_ghcb_msr(GHCB_PSC_PRIVATE << 52 | marker << 12 | GHCB_MSR_PSC_REQ);
	exit_to_host();
}

GUEST_INLINE void set_ghcb(int offset, u64 value)
{
	volatile u8 *ghcb = (void *)GHCB_GPA;

	*(volatile u64 *)(ghcb + offset) = value;
	ghcb[GHCB_VALID_BITMAP + offset / 64] |= 1 << (offset / 8 % 8);
}

GUEST_INLINE int make_vmsa(u64 gpa)
{
	u64 ret;

	asm volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"	/* RMPADJUST */
		     : "=a"(ret)
		     : "a"(gpa), "c"(0), "d"(RMPADJUST_VMPL1 | RMPADJUST_VMSA)
		     : "memory", "cc");
	return ret;
}

/* Returns what KVM has to say about it, 0 is good. */
GUEST_INLINE u32 request(u64 code, u64 rax, u64 info_1, u64 info_2)
{
	set_ghcb(GHCB_RAX, rax);
	set_ghcb(GHCB_SW_EXIT_CODE, code);
	set_ghcb(GHCB_SW_EXIT_INFO_1, info_1);
	set_ghcb(GHCB_SW_EXIT_INFO_2, info_2);
	write_ghcb_msr(GHCB_GPA);
	exit_to_host();
	return *(volatile u32 *)(GHCB_GPA + GHCB_SW_EXIT_INFO_1);
}

GUEST_INLINE u32 request_ap(int id, u32 what, u64 vmsa_gpa)
{
	return request(SVM_VMGEXIT_AP_CREATION, SVM_SEV_FEAT_SNP_ACTIVE, (u64)id << 32 | what,
		       vmsa_gpa);
}

/* Stay in the guest for a while, so that things happen to the VM meanwhile. */
GUEST_TEXT void guest_tell_marker(u64 marker)
{
	int i;

	for (;;) {
		tell(marker);
		for (i = 0; i < NR_SPINS; i++)
			barrier();
	}
}

GUEST_INLINE void change_ap(volatile struct tiny_shared *shared, u64 random)
{
	int ap = random % NR_APS;
	int vmsa = ap * VMSAS_PER_AP + (random >> 8) % VMSAS_PER_AP;
	bool create = (random >> 16) % 4;

	if (request_ap(ap + 1, create ? SVM_VMGEXIT_AP_CREATE : SVM_VMGEXIT_AP_DESTROY,
		       AP_VMSA_GPA(vmsa)))
		guest_tell_marker(BAD_MARKER);

	if (create)
		shared->created++;
	else
		shared->destroyed++;
}

GUEST_TEXT void guest_storm(u64 marker)
{
	volatile struct tiny_shared *shared = (void *)SHARED_GPA;
	u64 random = marker;
	int i;

	write_ghcb_msr(GHCB_GPA | GHCB_MSR_REG_GPA_REQ);
	exit_to_host();

	for (i = 0; i < NR_AP_VMSAS; i++) {
		if (make_vmsa(AP_VMSA_GPA(i)))
			guest_tell_marker(BAD_MARKER);
	}

	while (!shared->stop) {
		for (i = 0; i < REQUESTS_PER_EXIT; i++) {
			random = random * 6364136223846793005ull + 1442695040888963407ull;
			change_ap(shared, random >> 33);
		}
		tell(marker);
	}
	guest_tell_marker(STOPPED_MARKER);
}

/* No pauses here: all that runs is counted. */
GUEST_TEXT void guest_steps(u64 marker)
{
	int i;

	write_ghcb_msr(GHCB_GPA | GHCB_MSR_REG_GPA_REQ);
	exit_to_host();
	if (make_vmsa(AP_VMSA_GPA(0)))
		guest_tell_marker(BAD_MARKER);

	tell(marker);
	for (;;) {
		tell(marker);

		for (i = 0; i < VMGEXITS_PER_STEP; i++) {
			write_ghcb_msr(GHCB_MSR_FEATURES_REQ);
			exit_to_host();
		}
		tell(marker);

		for (i = 0; i < APS_PER_STEP; i++) {
			if (request_ap(1, SVM_VMGEXIT_AP_CREATE, AP_VMSA_GPA(0)))
				guest_tell_marker(BAD_MARKER);
		}
		tell(marker);
	}
}

/* The list is that of all IDs below some number. */
GUEST_INLINE bool list_is_sound(volatile struct tiny_shared *shared)
{
	u32 i;

	for (i = 0; i < shared->list[0]; i++) {
		if (shared->list[1 + i] != i)
			return false;
	}
	return i && *(volatile u64 *)(GHCB_GPA + GHCB_RAX) == 1;
}

GUEST_TEXT void guest_list(u64 marker)
{
	volatile struct tiny_shared *shared = (void *)SHARED_GPA;

	write_ghcb_msr(GHCB_GPA | GHCB_MSR_REG_GPA_REQ);
	exit_to_host();
	write_ghcb_msr(GHCB_MSR_FEATURES_REQ);
	exit_to_host();
	shared->features = read_ghcb_msr() >> 12;
	tell(marker);

	while (!shared->stop) {
		if (request(SVM_VMGEXIT_GET_APIC_IDS, 1, LIST_GPA, 0) || !list_is_sound(shared))
			guest_tell_marker(BAD_MARKER);
	}
	guest_tell_marker(STOPPED_MARKER);
}
