/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VM save area of an SEV-ES or SNP guest (APM volume 2, appendix B), as far as
 * software sets it or shows it, and what a CPU's reset leaves in it.
 */
#ifndef SNP_VMSA_H
#define SNP_VMSA_H

#include <stddef.h>
#include <stdint.h>

struct snp_segment {
	uint16_t selector;
	uint16_t attributes;
	uint32_t limit;
	uint64_t base;
};

struct snp_vmsa {
	struct snp_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved_0a0[0x2a];
	uint8_t vmpl;
	uint8_t cpl;
	uint8_t reserved_0cc[4];
	uint64_t efer;
	uint8_t reserved_0d8[0x68];
	uint64_t xss;
	uint64_t cr4;
	uint64_t cr3;
	uint64_t cr0;
	uint64_t dr7;
	uint64_t dr6;
	uint64_t rflags;
	uint64_t rip;
	uint8_t reserved_180[0x58];
	uint64_t rsp;
	uint8_t reserved_1e0[0x18];
	uint64_t rax;
	uint8_t reserved_200[0x40];
	uint64_t cr2;
	uint8_t reserved_248[0x20];
	uint64_t g_pat;
	uint8_t reserved_270[0x78];
	uint32_t pkru;
	uint32_t tsc_aux;
	uint64_t tsc_scale;	/* this and the next are the firmware's, and measured as 0 */
	uint64_t tsc_offset;
	uint8_t reserved_300[8];
	uint64_t rcx;
	uint64_t rdx;
	uint64_t rbx;
	uint8_t reserved_320[8];
	uint64_t rbp;
	uint64_t rsi;
	uint64_t rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint8_t reserved_380[0x30];
	uint64_t sev_features;
	uint64_t vintr_ctrl;
	uint8_t reserved_3c0[8];
	uint64_t vtom;
	uint8_t reserved_3d0[0x18];
	uint64_t xcr0;
	uint8_t reserved_3f0[0x18];
	uint32_t mxcsr;
	uint16_t ftw;
	uint16_t fsw;
	uint16_t fcw;
	uint8_t reserved_412[0xbee];
};

_Static_assert(sizeof(struct snp_segment) == 16, "");
_Static_assert(offsetof(struct snp_vmsa, vmpl) == 0x0ca, "");
_Static_assert(offsetof(struct snp_vmsa, rip) == 0x178, "");
_Static_assert(offsetof(struct snp_vmsa, g_pat) == 0x268, "");
_Static_assert(offsetof(struct snp_vmsa, r15) == 0x378, "");
_Static_assert(offsetof(struct snp_vmsa, sev_features) == 0x3b0, "");
_Static_assert(offsetof(struct snp_vmsa, fcw) == 0x410, "");
_Static_assert(sizeof(struct snp_vmsa) == 4096, "");

#define SEV_FEATURE_SNP		0x1ull

/* After a reset, the host's part included: VMRUN wants EFER.SVME. */
#define VMSA_EFER_SVME		0x1000ull
#define VMSA_CR0_ET		0x10ull
#define VMSA_DR6_RESET		0xffff0ff0ull
#define VMSA_DR7_RESET		0x400ull
#define VMSA_RFLAGS_RESET	0x2ull
#define VMSA_PAT_RESET		0x0007040600070406ull
#define VMSA_XCR0_X87		0x1ull
#define VMSA_MXCSR_RESET	0x1f80
#define VMSA_FCW_RESET		0x37f
#define VMSA_CS_RESET		0xf000
#define VMSA_EIP_RESET		0xfffffff0u	/* CS's base, and an IP below 64K */

#define VMSA_SEGMENT_LIMIT	0xffff
#define VMSA_ATTR_DATA		0x93	/* present, writable, accessed */
#define VMSA_ATTR_CODE		0x9b	/* present, readable, accessed */
#define VMSA_ATTR_LDT		0x82
#define VMSA_ATTR_TSS		0x8b

#define SNP_VMSA_SEGMENT(sel, attr, at) \
	{ .selector = (sel), .attributes = (attr), .limit = VMSA_SEGMENT_LIMIT, .base = (at) }
#define SNP_VMSA_DATA_SEGMENT	SNP_VMSA_SEGMENT(0, VMSA_ATTR_DATA, 0)

/* Registers as after RESET: real mode, at the reset vector */
#define SNP_VMSA_AFTER_RESET(features) { \
	.es = SNP_VMSA_DATA_SEGMENT, .ss = SNP_VMSA_DATA_SEGMENT, .ds = SNP_VMSA_DATA_SEGMENT, \
	.fs = SNP_VMSA_DATA_SEGMENT, .gs = SNP_VMSA_DATA_SEGMENT, \
	.cs = SNP_VMSA_SEGMENT(VMSA_CS_RESET, VMSA_ATTR_CODE, VMSA_EIP_RESET & 0xffff0000), \
	.gdtr = SNP_VMSA_SEGMENT(0, 0, 0), .idtr = SNP_VMSA_SEGMENT(0, 0, 0), \
	.ldtr = SNP_VMSA_SEGMENT(0, VMSA_ATTR_LDT, 0), .tr = SNP_VMSA_SEGMENT(0, VMSA_ATTR_TSS, 0), \
	.rip = VMSA_EIP_RESET & 0xffff, \
	.efer = VMSA_EFER_SVME, \
	.cr0 = VMSA_CR0_ET, \
	.dr6 = VMSA_DR6_RESET, \
	.dr7 = VMSA_DR7_RESET, \
	.rflags = VMSA_RFLAGS_RESET, \
	.g_pat = VMSA_PAT_RESET, \
	.sev_features = (features), \
	.xcr0 = VMSA_XCR0_X87, \
	.mxcsr = VMSA_MXCSR_RESET, \
	.fcw = VMSA_FCW_RESET, \
}

#endif
