// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions: the tables they need, faults that are expected, and interrupts.
 */
#include "arch.h"

#define VECTORS		32
#define VECTOR_NMI	2
#define INTERRUPT_GATE	0x8e00
#define TSS_AVAILABLE	0x89ULL
#define TSS_LIMIT	0x67
#define TSS_RSP0	4
#define STACK_SIZE	4096

#define APIC_EOI	0xfee000b0ULL

#define PIC_MASTER_DATA	0x21
#define PIC_SLAVE_DATA	0xa1

struct trap_frame {
	uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t offset_0, selector, type, offset_16;
	uint32_t offset_32, reserved;
};

extern const uint64_t trap_stubs[VECTORS];
extern uint64_t gdt[];

void trap(struct trap_frame *f);

static struct gate idt[VECTORS];
static uint8_t tss[TSS_LIMIT + 1] __attribute__((aligned(8)));
static uint8_t user_traps[STACK_SIZE] __attribute__((aligned(16)));

/* Where to go on after a fault that is expected, and what it said */
volatile uint64_t probe_resume, probe_stack, probe_rip, probe_cr2;
static volatile uint64_t probe_fault;
volatile unsigned int irq_count, nmi_count;

static bool was_probed(struct trap_frame *f)
{
	if (!probe_resume)
		return false;
	probe_fault = FAULT(f->vector, f->error);
	probe_rip = f->rip;
	asm volatile("mov %%cr2, %0" : "=r" (probe_cr2));
	f->rip = probe_resume;
	probe_resume = 0;
	if (f->cs != SEL_CODE) {
		f->cs = SEL_CODE;
		f->ss = SEL_DATA;
		f->rsp = probe_stack;
	}
	return true;
}

static bool was_interrupt(const struct trap_frame *f)
{
	if (f->vector == VECTOR_NMI) {
		nmi_count++;
		return true;
	}
	if (f->vector == VECTOR_IRQ) {
		irq_count++;
		put32(APIC_EOI, 0);
		return true;
	}
	return false;
}

void trap(struct trap_frame *f)
{
	if (was_interrupt(f) || was_probed(f))
		return;
	print("# vector ");
	print_dec(f->vector);
	print(" error ");
	print_hex(f->error);
	print(" rip ");
	print_hex(f->rip);
	print("\n");
	bail_out("an exception");
}

void cpu_load_tables(unsigned int cpu)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) p = { sizeof(idt) - 1, (uint64_t)idt };

	asm volatile("lidt %0" : : "m" (p));
	if (!cpu)
		asm volatile("ltr %0" : : "r" ((uint16_t)SEL_TSS));
}

static void make_tss(void)
{
	uint64_t base = (uint64_t)tss;
	uint64_t *d = &gdt[SEL_TSS / 8];

	*(uint64_t *)(tss + TSS_RSP0) = (uint64_t)user_traps + STACK_SIZE;
	d[0] = TSS_LIMIT | (base & 0xffffff) << 16 | TSS_AVAILABLE << 40 |
	       (base >> 24 & 0xff) << 56;
	d[1] = base >> 32;
}

void cpu_init(void)
{
	for (int i = 0; i < VECTORS; i++) {
		idt[i].offset_0 = trap_stubs[i];
		idt[i].selector = SEL_CODE;
		idt[i].type = INTERRUPT_GATE;
		idt[i].offset_16 = trap_stubs[i] >> 16;
		idt[i].offset_32 = trap_stubs[i] >> 32;
	}
	make_tss();
	cpu_load_tables(0);
	outb(PIC_MASTER_DATA, 0xff);
	outb(PIC_SLAVE_DATA, 0xff);
}

void probe_begin(void)
{
	probe_fault = FAULT_NONE;
}

uint64_t probe_end(void)
{
	return probe_fault;
}

uint64_t probe_write(uint64_t addr, uint64_t value)
{
	probe_begin();
	asm volatile(PROBED("movq %1, (%0)") : : "r" (addr), "r" (value) : "memory");
	return probe_end();
}

uint64_t probe_read(uint64_t addr)
{
	uint64_t value;

	probe_begin();
	asm volatile(PROBED("movq (%1), %0") : "=&r" (value) : "r" (addr) : "memory");
	return probe_end();
}

/* What is there has to be RET. */
uint64_t probe_call(uint64_t addr)
{
	uint64_t sp;

	probe_begin();
	asm volatile("movq %%rsp, %0\n\t" PROBED("call *%1") "\n\tmovq %0, %%rsp"
		     : "=&b" (sp) : "r" (addr) : "memory");
	return probe_end();
}

uint64_t probe_rdmsr(uint32_t msr, uint64_t *value)
{
	uint32_t lo = 0, hi = 0;

	probe_begin();
	asm volatile(PROBED("rdmsr") : "+a" (lo), "+d" (hi) : "c" (msr) : "memory");
	if (value)
		*value = (uint64_t)hi << 32 | lo;
	return probe_end();
}

uint64_t probe_wrmsr(uint32_t msr, uint64_t value)
{
	probe_begin();
	asm volatile(PROBED("wrmsr") : : "c" (msr), "a" ((uint32_t)value),
		     "d" ((uint32_t)(value >> 32)) : "memory");
	return probe_end();
}
