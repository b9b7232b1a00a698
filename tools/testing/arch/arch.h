/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a freestanding program on one x86-64 CPU needs: serial port and TAP,
 * exceptions, MSRs, page tables, RMP instructions, PCI.
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE	4096ULL
#define SIZE_2M		0x200000ULL

/* AMD64 APM volume 2, appendix A and 15.36 */
#define MSR_SYSCFG	0xc0010010
#define SYSCFG_MFDM	(1ULL << 19)
#define SYSCFG_MEM_ENC	(1ULL << 23)
#define SYSCFG_SNP_EN	(1ULL << 24)
#define SYSCFG_VMPL_EN	(1ULL << 25)
#define MSR_HWCR	0xc0010015
#define HWCR_SMMLOCK	(1ULL << 0)
#define MSR_VM_HSAVE_PA	0xc0010117
#define MSR_RMP_BASE	0xc0010132
#define MSR_RMP_END	0xc0010133

/* lib.c */
void print(const char *s);
void print_hex(uint64_t value);
void print_dec(unsigned int value);
void tap_ok(bool ok, const char *group, const char *what);
void tap_value(uint64_t got, uint64_t want, const char *group, const char *what);
void __attribute__((noreturn)) tap_finish(void);
void __attribute__((noreturn)) bail_out(const char *why);
void *memset(void *p, int c, size_t n);

/* cpu.c */
void cpu_init(void);
void map_small(uint64_t addr);
#define FAULT_NONE	0
#define FAULT_RMP_WRITE	0x80000003ULL	/* RMP, write, present */
uint64_t probe_write(uint64_t addr, uint64_t value);
void snp_zero_rmp(void);
void snp_enable(void);

/* Results of RMPUPDATE, APM volume 3 */
#define RMP_OK			0
#define RMP_FAIL_PERMISSION	2
uint32_t rmp_assign(uint64_t spa, uint64_t gpa, uint32_t asid);
uint32_t rmp_release(uint64_t spa);

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

static inline void wbinvd(void)
{
	asm volatile("wbinvd" : : : "memory");
}

#endif
