/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a freestanding program on x86-64 CPUs needs: serial port and TAP,
 * exceptions, MSRs, page tables, PCI.
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE	4096ULL
#define SIZE_2M		0x200000ULL
#define PAGES_2M	512
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1ULL << (n))

/* AMD64 APM volume 2, appendix A and 15.36 */
#define MSR_EFER	0xc0000080
#define EFER_SVME	BIT(12)
#define MSR_SYSCFG	0xc0010010
#define SYSCFG_MFDM	BIT(19)
#define SYSCFG_MEM_ENC	BIT(23)
#define SYSCFG_SNP_EN	BIT(24)
#define SYSCFG_VMPL_EN	BIT(25)
#define MSR_HWCR	0xc0010015
#define HWCR_SMMLOCK	BIT(0)
#define MSR_VM_HSAVE_PA	0xc0010117
#define MSR_GHCB	0xc0010130
#define MSR_SEV_STATUS	0xc0010131
#define MSR_RMP_BASE	0xc0010132
#define MSR_RMP_END	0xc0010133
#define MSR_RMP_CFG	0xc0010136

/* Selectors, see start.S */
#define SEL_CODE	0x08
#define SEL_DATA	0x10
#define SEL_CODE32	0x18
#define SEL_USER_DATA	0x23
#define SEL_USER_CODE	0x2b
#define SEL_TSS		0x30
#define SEL_LDT		0x40

/* lib.c */
void print(const char *s);
void print_hex(uint64_t value);
void print_dec(unsigned int value);
void tap_ok(bool ok, const char *group, const char *what);
void tap_value(uint64_t got, uint64_t want, const char *group, const char *what);
void __attribute__((noreturn)) tap_finish(void);
void __attribute__((noreturn)) bail_out(const char *why);
/* Machine reset, after which the program begins anew: boot.sh says for which */
void __attribute__((noreturn)) boot_again(void);
/* For what a test needs and does not judge */
void need(bool ok, const char *what);
/* What QEMU's -append says */
const char *command_line(void);
void *memset(void *p, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
bool same_bytes(const void *a, const void *b, size_t n);
bool all_bytes(const void *p, uint8_t c, size_t n);

/* cpu.c */
void cpu_init(void);
void cpu_load_tables(unsigned int cpu);
void flush_tlb(void);

/*
 * Faults that are expected: asm volatile(PROBED("instruction") : ... : "memory")
 * between probe_begin() and probe_end(), which says what happened.
 */
#define FAULT(vector, error)	((uint64_t)(vector) << 32 | (error))
#define FAULT_NONE	0
#define VECTOR_UD	6
#define VECTOR_GP	13
#define VECTOR_PF	14
#define VECTOR_VC	29
#define VECTOR_IRQ	31		/* for interrupts of our own */
#define FAULT_UD	FAULT(VECTOR_UD, 0)
#define FAULT_GP	FAULT(VECTOR_GP, 0)
#define PF_PRESENT	BIT(0)
#define PF_WRITE	BIT(1)
#define PF_USER		BIT(2)
#define PF_RSVD		BIT(3)
#define PF_RMP		BIT(31)
#define FAULT_RMP_WRITE	FAULT(VECTOR_PF, PF_RMP | PF_WRITE | PF_PRESENT)

extern volatile uint64_t probe_resume, probe_stack, probe_rip, probe_cr2;
#define PROBED(insn)	"movq $881f, probe_resume\n\t" insn \
			"\n881:\tmovq $0, probe_resume"
void probe_begin(void);
uint64_t probe_end(void);
uint64_t probe_write(uint64_t addr, uint64_t value);
uint64_t probe_read(uint64_t addr);
uint64_t probe_call(uint64_t addr);
uint64_t probe_rdmsr(uint32_t msr, uint64_t *value);
uint64_t probe_wrmsr(uint32_t msr, uint64_t value);
void probe_mode(uint64_t cs, uint64_t ss, const void *code, uint64_t rax, uint64_t rcx);
extern volatile unsigned int irq_count, nmi_count;

/* paging.c */
#define PTE_SMALL	0x007ULL	/* present, writable, user */
#define PTE_LARGE	0x087ULL
extern uint64_t page_dirs[], pdpt[];
void map_small(uint64_t addr);
uint64_t *small_pte(uint64_t addr);

/* pci.c */
#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	(1U << 1)
#define PCI_COMMAND_MASTER	(1U << 2)
uint32_t pci_read(unsigned int devfn, unsigned int reg);
void pci_write(unsigned int devfn, unsigned int reg, uint32_t value);
int pci_find(uint16_t vendor, uint16_t device);
void pci_assign(unsigned int devfn, unsigned int bar, uint32_t addr);

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a" (value), "Nd" (port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a" (value), "Nd" (port));
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t lo, hi;

	asm volatile("rdmsr" : "=a" (lo), "=d" (hi) : "c" (msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c" (msr), "a" ((uint32_t)value),
		     "d" ((uint32_t)(value >> 32)) : "memory");
}

static inline void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t r[4])
{
	asm volatile("cpuid" : "=a" (r[0]), "=b" (r[1]), "=c" (r[2]), "=d" (r[3])
		     : "a" (leaf), "c" (subleaf));
}

static inline void wbinvd(void)
{
	asm volatile("wbinvd" : : : "memory");
}

static inline uint8_t get8(uint64_t addr)
{
	return *(volatile uint8_t *)addr;
}

static inline uint32_t get32(uint64_t addr)
{
	return *(volatile uint32_t *)addr;
}

static inline uint64_t get64(uint64_t addr)
{
	return *(volatile uint64_t *)addr;
}

static inline void put32(uint64_t addr, uint32_t value)
{
	*(volatile uint32_t *)addr = value;
}

static inline void put64(uint64_t addr, uint64_t value)
{
	*(volatile uint64_t *)addr = value;
}

#endif
