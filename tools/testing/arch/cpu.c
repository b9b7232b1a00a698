// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions, page tables, and the CPU's part of SEV-SNP: AMD64 APM volume 2,
 * 15.36, and volume 3, RMPUPDATE.
 */
#include "arch.h"

#define VECTORS		32
#define VECTOR_PF	14
#define CODE_SELECTOR	8
#define INTERRUPT_GATE	0x8e00

#define PTE_SMALL	0x003ULL	/* present, writable */

#define RMP_ASID_COUNTERS 0x4000

struct trap_frame {
	uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t offset_0, selector, type, offset_16;
	uint32_t offset_32, reserved;
};

struct rmp_update {
	uint64_t gpa;
	uint8_t assigned, size_2m, immutable, reserved;
	uint32_t asid;
};

extern const uint64_t trap_stubs[VECTORS];
extern uint64_t page_dirs[];

void trap(struct trap_frame *f);

static struct gate idt[VECTORS];
static uint64_t small_pages[512] __attribute__((aligned(4096)));

/* Where to go on after a page fault that is expected, and what it said */
static uint64_t probe_resume, probe_error;

void trap(struct trap_frame *f)
{
	if (f->vector == VECTOR_PF && probe_resume) {
		probe_error = f->error;
		f->rip = probe_resume;
		return;
	}
	print("# vector ");
	print_dec(f->vector);
	print(" error ");
	print_hex(f->error);
	print(" rip ");
	print_hex(f->rip);
	print("\n");
	bail_out("an exception");
}

void cpu_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) p = { sizeof(idt) - 1, (uint64_t)idt };

	for (int i = 0; i < VECTORS; i++) {
		idt[i].offset_0 = trap_stubs[i];
		idt[i].selector = CODE_SELECTOR;
		idt[i].type = INTERRUPT_GATE;
		idt[i].offset_16 = trap_stubs[i] >> 16;
		idt[i].offset_32 = trap_stubs[i] >> 32;
	}
	asm volatile("lidt %0" : : "m" (p));
}

/*
 * A large page of the host may be written to only as long as none of it is
 * assigned.  Can be called once.
 */
void map_small(uint64_t addr)
{
	for (int i = 0; i < 512; i++)
		small_pages[i] = (addr + i * PAGE_SIZE) | PTE_SMALL;
	page_dirs[addr / SIZE_2M] = (uint64_t)small_pages | PTE_SMALL;
	asm volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");
}

/* The error code of the page fault, or FAULT_NONE */
uint64_t probe_write(uint64_t addr, uint64_t value)
{
	probe_error = FAULT_NONE;
	asm volatile("movq $1f, %0\n\t"
		     "movq %2, (%1)\n"
		     "1:\tmovq $0, %0"
		     : "+m" (probe_resume) : "r" (addr), "r" (value) : "memory");
	return *(volatile uint64_t *)&probe_error;
}

void snp_zero_rmp(void)
{
	uint64_t base = rdmsr(MSR_RMP_BASE), end = rdmsr(MSR_RMP_END);

	if (!base || end <= base + RMP_ASID_COUNTERS)
		bail_out("no memory is reserved for the RMP");
	memset((void *)base, 0, end + 1 - base);
}

/* In the order of APM 15.36.2 and of Linux */
void snp_enable(void)
{
	wbinvd();
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_MFDM);
	wrmsr(MSR_SYSCFG, rdmsr(MSR_SYSCFG) | SYSCFG_SNP_EN | SYSCFG_VMPL_EN);
	wrmsr(MSR_VM_HSAVE_PA, 0);
}

static uint32_t rmpupdate(uint64_t spa, const struct rmp_update *u)
{
	uint64_t result = spa;

	asm volatile(".byte 0xf2, 0x0f, 0x01, 0xfe"
		     : "+a" (result) : "c" (u) : "memory", "cc");
	return result;
}

/* To the Firmware state (ASID 0, address 0) or to Pre-Guest */
uint32_t rmp_assign(uint64_t spa, uint64_t gpa, uint32_t asid)
{
	struct rmp_update u = {
		.gpa = gpa, .assigned = 1, .immutable = 1, .asid = asid,
	};

	return rmpupdate(spa, &u);
}

/* Back to the Hypervisor state */
uint32_t rmp_release(uint64_t spa)
{
	struct rmp_update u = { 0 };

	return rmpupdate(spa, &u);
}
