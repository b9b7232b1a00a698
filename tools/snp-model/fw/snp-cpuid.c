/*
 * SNP host model: what the firmware lets a hypervisor claim about the CPU
 *
 * CPUID pages and CPUID messages, SEV-SNP Firmware ABI (#56860), "CPUID
 * Page" and "CPUID Reporting".  A feature the processor lacks is refused; so
 * are a later family, model or stepping, and XSAVE sizes that do not fit.
 * Functions that are not in the table pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "snp.h"

#define ANY             UINT32_MAX

typedef enum Reg { EAX, EBX, ECX, EDX } Reg;

/*
 * Registers of which the guest may have a subset of the processor's bits, and
 * bits that it may have in any case: those that are not the processor's to
 * give, and those that every processor with SNP has, but TCG's may lack.
 */
static const struct {
    uint32_t leaf;
    uint32_t subleaf;
    Reg reg;
    uint32_t free;
} subset[] = {
    /* x2APIC; OSXSAVE, hypervisor */
    { 0x00000001, ANY, ECX, 1U << 21 | 1U << 27 | 1U << 31 },
    { 0x00000001, ANY, EDX, 0 },
    { 0x00000007, 0, EBX, 0 },
    { 0x00000007, 0, ECX, 1U << 4 },                /* OSPKE */
    { 0x00000007, 0, EDX, 0 },
    { 0x00000007, 1, EAX, 0 },
    { 0x0000000d, 0, EAX, 0 },
    { 0x0000000d, 0, EDX, 0 },
    { 0x0000000d, 1, EAX, 0 },
    { 0x0000000d, 1, ECX, 0 },
    { 0x0000000d, 1, EDX, 0 },
    { 0x80000001, ANY, ECX, 1U << 22 },             /* TOPOEXT */
    { 0x80000001, ANY, EDX, 0 },
    { 0x80000008, ANY, EBX, 0 },
    { 0x8000001f, ANY, EAX, 0 },
};

/* One function of a table, in host order. */
typedef struct Entry {
    uint32_t leaf;
    uint32_t subleaf;
    uint64_t xcr0;
    uint64_t xss;
    uint32_t reg[4];
} Entry;

static void load_entry(const SnpCpuidFunction *f, Entry *e)
{
    e->leaf = le32_to_cpu(f->eax_in);
    e->subleaf = le32_to_cpu(f->ecx_in);
    e->xcr0 = le64_to_cpu(f->xcr0_in);
    e->xss = le64_to_cpu(f->xss_in);
    for (int i = 0; i < ARRAY_SIZE(e->reg); i++) {
        e->reg[i] = le32_to_cpu(f->reg[i]);
    }
}

static void store_registers(SnpCpuidFunction *f, const Entry *e)
{
    for (int i = 0; i < ARRAY_SIZE(e->reg); i++) {
        f->reg[i] = cpu_to_le32(e->reg[i]);
    }
}

/* Set a register to what it may be; true when it was that already. */
static bool require(uint32_t *reg, uint32_t allowed)
{
    bool ok = *reg == allowed;

    *reg = allowed;
    return ok;
}

static uint32_t family(uint32_t fms)
{
    uint32_t base = extract32(fms, 8, 4);

    return base == 0xf ? base + extract32(fms, 20, 8) : base;
}

static uint32_t model(uint32_t fms)
{
    return extract32(fms, 16, 4) << 4 | extract32(fms, 4, 4);
}

static bool check_fms(Entry *e, uint32_t real)
{
    uint32_t claim = e->reg[EAX];
    bool later = family(claim) > family(real);

    if (family(claim) == family(real)) {
        later = model(claim) > model(real) ||
                (model(claim) == model(real) && (claim & 0xf) > (real & 0xf));
    }
    return require(&e->reg[EAX], later ? real : claim);
}

/* Size of the XSAVE area for the state components in @xcr0 and @xss. */
static uint32_t xsave_size(uint64_t xcr0, uint64_t xss, bool compacted)
{
    uint32_t size = 0x240;

    for (int i = 2; i < 63; i++) {
        uint32_t c[4];

        if (!((xcr0 | (compacted ? xss : 0)) >> i & 1)) {
            continue;
        }
        fw_host_cpuid(0xd, i, c);
        size = compacted ? size + c[EAX] : MAX(size, c[EBX] + c[EAX]);
    }
    return size;
}

static bool check_xsave(Entry *e, const uint32_t real[4])
{
    bool ok;

    if (e->subleaf <= 1) {
        return require(&e->reg[EBX],
                       xsave_size(e->xcr0, e->xss, e->subleaf == 1));
    }
    ok = require(&e->reg[EAX], real[EAX]);
    return require(&e->reg[EBX], real[EBX]) && ok;
}

static bool check_entry(Entry *e)
{
    uint32_t real[4];
    bool ok = true;

    fw_host_cpuid(e->leaf, e->subleaf, real);
    for (int i = 0; i < ARRAY_SIZE(subset); i++) {
        uint32_t *reg = &e->reg[subset[i].reg];

        if (subset[i].leaf == e->leaf &&
            (subset[i].subleaf == ANY || subset[i].subleaf == e->subleaf)) {
            ok &= require(reg, *reg & (real[subset[i].reg] | subset[i].free));
        }
    }
    if (e->leaf == 1) {
        ok &= check_fms(e, real[EAX]);
    } else if (e->leaf == 0xd) {
        ok &= check_xsave(e, real);
    }
    return ok;
}

/*
 * True when the table may stand as it is.  Otherwise it is corrected, as far
 * as its form allows.
 */
bool snp_cpuid_check(SnpCpuidTable *table)
{
    uint32_t count = le32_to_cpu(table->count);
    bool ok = true;

    if (count > ARRAY_SIZE(table->functions) ||
        !fw_is_zero(table->reserved_04, sizeof(table->reserved_04))) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        SnpCpuidFunction *f = &table->functions[i];
        Entry e;

        load_entry(f, &e);
        if (f->reserved_28) {
            f->reserved_28 = 0;
            ok = false;
        }
        ok &= check_entry(&e);
        store_registers(f, &e);
    }
    return ok;
}
