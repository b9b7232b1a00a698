/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tiny guest and its host agree on. */
#ifndef TINY_GUEST_H
#define TINY_GUEST_H

#include <linux/types.h>

#define NR_APS		2
#define VMSAS_PER_AP	2

/* Private memory, identity mapped */
#define IMAGE_GPA	0x101000ull
#define CODE_GPA	IMAGE_GPA
#define PML4_GPA	(IMAGE_GPA + 0x1000)
#define PDPT_GPA	(IMAGE_GPA + 0x2000)
#define STACKS_GPA	(IMAGE_GPA + 0x3000)
#define NR_IMAGE_PAGES	(3 + 1 + NR_APS)

/* The BSP's VMSA, those of APs, and a page that nobody needs */
#define VMSAS_GPA	0x301000ull
#define NR_AP_VMSAS	(NR_APS * VMSAS_PER_AP)
#define BSP_VMSA_GPA	VMSAS_GPA
#define AP_VMSA_GPA(i)	(VMSAS_GPA + 0x1000 * (1ull + (i)))
#define SPARE_GPA	AP_VMSA_GPA(NR_AP_VMSAS)
#define NR_VMSA_PAGES	(1 + NR_AP_VMSAS + 1)

/* Shared memory */
#define SHARED_GPA	0x40000000ull
#define GHCB_GPA	SHARED_GPA
#define LIST_GPA	(SHARED_GPA + 0x2000)
#define NR_SHARED_PAGES	3

/* Tells a vCPU's VMSAs from those of others. */
#define BSP_MARKER	0xb0
#define AP_MARKER(i)	(0xa0 + (i))
#define STOPPED_MARKER	0x5709
#define BAD_MARKER	0xbad

/* What guest_steps() does between one marker and the next, over and over */
enum guest_step {
	STEP_EXIT,			/* nothing but the marker's exit to userspace */
	STEP_VMGEXIT,			/* requests that KVM answers */
	STEP_AP_CREATE,
	NR_STEPS,
};

#define VMGEXITS_PER_STEP	100
#define APS_PER_STEP		10

struct tiny_shared {
	u8 ghcb[4096];
	u64 created;
	u64 destroyed;
	u64 stop;
	u64 features;		/* of the hypervisor, as guest_list() sees them */
	u32 list[1024] __attribute__((aligned(4096)));
};

/* Code that is copied into the guest: no data, nothing called that isn't in it. */
extern const unsigned char __start_tiny_guest[], __stop_tiny_guest[];

void guest_tell_marker(u64 marker);
void guest_storm(u64 marker);
void guest_steps(u64 marker);
void guest_list(u64 marker);

#endif
