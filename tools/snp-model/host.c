/*
 * SNP host model: the switch -machine q35,snp-host=on
 *
 * Does what the BIOS of an SNP host does: reserves memory for the RMP, sets
 * the MSRs that announce it, and creates the PSP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/bswap.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/i386/amd_iommu.h"
#include "hw/i386/e820_memory_layout.h"
#include "hw/i386/pc.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-core.h"
#include "qom/object.h"
#include "system/reset.h"
#include "system/tcg.h"
#include "host.h"
#include "generation.h"
#include "rmp/rmp.h"
#include "rmp/table.h"
#include "iommu/snp-iommu.h"

/* Where Linux asks for 2 MiB, so that no RAM shares a large page with it. */
#define SNP_RMP_ALIGN       (2 * MiB)

/* Bytes of the RMP that cover 1 GiB */
#define SNP_RMP_PER_GIB     (4 * MiB)

/* On a slot that q35 does not populate and -device does not pick by itself. */
#define SNP_PSP_TYPE        "amd-psp"
#define SNP_PSP_DEVFN       PCI_DEVFN(0x18, 0)
#define SNP_PSP_NAME        "snp-psp"       /* below /machine, for tests */

#define SNP_HOST_PHYS_BITS_MAX  (52 - SNP_PHYS_REDUCTION)

static bool snp_host_enabled;
static hwaddr snp_rmp_base_pa;
static hwaddr snp_rmp_end_pa;   /* inclusive, as in the MSR */
static uint64_t snp_rmp_size;   /* of all that is reserved for it */
static uint8_t snp_rmp_segment_bits;    /* 0: the RMP is in one piece */
static uint64_t snp_rmp_covered;        /* GiB, if it is not */
static uint64_t snp_rmp_limit = UINT64_MAX;     /* covers no more than that */
static uint64_t snp_rmp_offset;         /* from the start of RAM above 4 GiB */

bool snp_model_enabled(void)
{
    return snp_host_enabled;
}

void snp_host_set_enabled(bool on)
{
    snp_host_enabled = on;
}

static char *snp_host_get_generation(Object *obj, Error **errp)
{
    return g_strdup(snp_generation()->name);
}

static void snp_host_set_generation(Object *obj, const char *value,
                                    Error **errp)
{
    if (!snp_generation_set(value)) {
        error_setg(errp, "snp-generation is milan, genoa or turin");
    }
}

static void snp_host_get_segment_bits(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    visit_type_uint8(v, name, &snp_rmp_segment_bits, errp);
}

static void snp_host_set_segment_bits(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    uint8_t bits;

    if (!visit_type_uint8(v, name, &bits, errp)) {
        return;
    }
    if (bits && (bits < SNP_RMP_SEGMENT_BITS_MIN ||
                 bits > SNP_RMP_SEGMENT_BITS_MAX)) {
        error_setg(errp, "%s is 0 or from %d to %d", name,
                   SNP_RMP_SEGMENT_BITS_MIN, SNP_RMP_SEGMENT_BITS_MAX);
        return;
    }
    snp_rmp_segment_bits = bits;
}

/* What a BIOS may be told, or get wrong: for what Linux does then. */
static void snp_host_get_size(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    visit_type_size(v, name, opaque, errp);
}

static void snp_host_set_size(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    uint64_t size;

    if (!visit_type_size(v, name, &size, errp)) {
        return;
    }
    if (size % MiB) {
        error_setg(errp, "%s is a multiple of 1 MiB", name);
        return;
    }
    *(uint64_t *)opaque = size;
}

static void snp_host_add_size(ObjectClass *oc, const char *name,
                              uint64_t *size, const char *description)
{
    object_class_property_add(oc, name, "size", snp_host_get_size,
                              snp_host_set_size, NULL, size);
    object_class_property_set_description(oc, name, description);
}

void snp_host_add_properties(ObjectClass *oc)
{
    snp_host_add_size(oc, "snp-rmp-covers", &snp_rmp_limit,
                      "Addresses that the BIOS's RMP covers; 0: it has none");
    snp_host_add_size(oc, "snp-rmp-offset", &snp_rmp_offset,
                      "Where in the RAM above 4 GiB the BIOS places the RMP");
    object_class_property_add_str(oc, "snp-generation",
        snp_host_get_generation, snp_host_set_generation);
    object_class_property_set_description(oc, "snp-generation",
        "Generation of the SNP host's processors: milan, genoa, turin");
    object_class_property_add(oc, "snp-rmp-segment-bits", "uint8",
        snp_host_get_segment_bits, snp_host_set_segment_bits, NULL, NULL);
    object_class_property_set_description(oc, "snp-rmp-segment-bits",
        "Size of the RMP's segments as a power of 2; 0: in one piece");
}

static G_NORETURN G_GNUC_PRINTF(2, 3)
void snp_host_refuse(const char *hint, const char *fmt, ...)
{
    va_list ap;
    char *msg;

    va_start(ap, fmt);
    msg = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_report("snp-host=on %s: %s", msg, hint);
    g_free(msg);
    exit(EXIT_FAILURE);
}

bool snp_host_cpu_pre_plug(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;

    if (!tcg_enabled()) {
        error_setg(errp, "snp-host=on needs the TCG accelerator: "
                   "use -accel tcg");
        return false;
    }
    /* A host kernel enables SNP only when it runs on bare metal. */
    if (env->features[FEAT_1_ECX] & env->user_features[FEAT_1_ECX] &
        CPUID_EXT_HYPERVISOR) {
        error_setg(errp, "snp-host=on excludes the CPU feature hypervisor: "
                   "leave it out");
        return false;
    }
    env->features[FEAT_1_ECX] &= ~CPUID_EXT_HYPERVISOR;
    return true;
}

void snp_host_cpu_reset(CPUX86State *env)
{
    env->snp = (SnpCpuState) {
        .syscfg = SNP_SYSCFG_MEM_ENC,
        .hwcr = SNP_HWCR_SMMLOCK,
        .rmp_base = snp_rmp_base_pa,
        .rmp_end = snp_rmp_end_pa,
        .rmp_cfg = snp_rmp_segment_bits ? SNP_RMP_CFG_SEGMENTED |
                   (uint64_t)snp_rmp_segment_bits << SNP_RMP_CFG_SHIFT : 0,
    };
}

/* Family and model as CPUID 1 EAX adds them up. */
static bool snp_host_is_of_generation(uint32_t eax)
{
    const SnpGeneration *g = snp_generation();
    unsigned family = extract32(eax, 8, 4) + extract32(eax, 20, 8);
    unsigned model = extract32(eax, 4, 4) | extract32(eax, 16, 4) << 4;

    return family == g->family && model >= g->first_model &&
           model <= g->last_model;
}

static void snp_host_check_cpu(CPUX86State *env)
{
    if (!IS_AMD_CPU(env) ||
        !(env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM)) {
        snp_host_refuse("use -cpu EPYC-Milan",
                        "needs an AMD CPU model with svm");
    }
    /* -cpu MODEL,+hypervisor takes effect after snp_host_cpu_pre_plug(). */
    if (env->features[FEAT_1_ECX] & CPUID_EXT_HYPERVISOR) {
        snp_host_refuse("leave it out",
                        "excludes the CPU feature hypervisor");
    }
    if (!snp_host_is_of_generation(env->cpuid_version)) {
        g_autofree char *hint = g_strdup_printf("use -cpu %s",
                                                snp_generation()->cpu);

        snp_host_refuse(hint, "needs a CPU model of its generation, %s",
                        snp_generation()->name);
    }
    /*
     * CPUID tells the width before the reduction, and 52 is the largest that
     * there is.  With more KVM finds no reserved address bit to mark MMIO by,
     * and gives SEV-ES and SNP up silently.
     */
    if (env_archcpu(env)->phys_bits > SNP_HOST_PHYS_BITS_MAX) {
        snp_host_refuse("use phys-bits=47 or less",
                        "reports more than 52 physical address bits");
    }
}

/* The first address that is neither RAM nor may become RAM by hot-plug. */
static hwaddr snp_host_ram_end(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    hwaddr end = x86ms->above_4g_mem_start + x86ms->above_4g_mem_size;

    if (ms->maxram_size > ms->ram_size) {
        end = ROUND_UP(end, 1 * GiB) + ms->maxram_size - ms->ram_size +
              ms->ram_slots * GiB;
    }
    return end;
}

/* The counters and the segment table, then the tables of the segments. */
static uint64_t snp_host_segments_size(hwaddr top)
{
    const SnpGeneration *g = snp_generation();

    if (!g->segmented_rmp) {
        snp_host_refuse("use snp-generation=turin",
                        "has no segmented RMP on %s", g->name);
    }
    if (top > (uint64_t)SNP_RMP_SEGMENTS << snp_rmp_segment_bits) {
        snp_host_refuse("use a larger snp-rmp-segment-bits",
                        "needs more than %d segments", SNP_RMP_SEGMENTS);
    }
    snp_rmp_covered = DIV_ROUND_UP(top, GiB);
    return SNP_RMP_ALIGN + snp_rmp_covered * SNP_RMP_PER_GIB;
}

static void snp_host_write_segment_table(void)
{
    uint64_t gib = 1ULL << (snp_rmp_segment_bits - 30);
    hwaddr to = snp_rmp_base_pa + SNP_RMP_BOOKKEEPING;
    hwaddr table = snp_rmp_base_pa + SNP_RMP_ALIGN;
    uint64_t rst[SNP_RST_SIZE / sizeof(uint64_t)] = { };

    for (uint64_t done = 0; done < snp_rmp_covered; done += gib) {
        uint64_t mapped = MIN(gib, snp_rmp_covered - done);

        rst[done / gib] = cpu_to_le64(table | mapped);
        table += mapped * SNP_RMP_PER_GIB;
    }
    address_space_write(&address_space_memory, to, MEMTXATTRS_UNSPECIFIED,
                        rst, sizeof(rst));
}

/*
 * At the start of the RAM above 4 GiB nothing is in the way: firmware, initrd
 * and ACPI tables are below 4 GiB, and the 64-bit PCI hole, which firmware
 * places behind the last RAM, does not move.
 */
static void snp_host_place_rmp(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    hwaddr top = MIN(snp_host_ram_end(pcms), snp_rmp_limit);
    uint64_t size;

    if (!top) {
        return;
    }
    size = ROUND_UP(snp_rmp_segment_bits ? snp_host_segments_size(top)
                                         : snp_rmp_table_size(top),
                    SNP_RMP_ALIGN);
    if (x86ms->above_4g_mem_size < snp_rmp_offset + size + SNP_RMP_ALIGN) {
        snp_host_refuse("use -m 4G or more",
                        "finds too little memory above 4 GiB for the RMP "
                        "(%" PRIu64 " MiB needed)",
                        (snp_rmp_offset + size + SNP_RMP_ALIGN) / MiB);
    }
    snp_rmp_base_pa = x86ms->above_4g_mem_start + snp_rmp_offset;
    snp_rmp_end_pa = snp_rmp_segment_bits ? 0 : snp_rmp_base_pa + size - 1;
    snp_rmp_size = size;
}

void snp_host_check_machine(PCMachineState *pcms)
{
    X86CPU *cpu = X86_CPU(first_cpu);

    /* The Q35 machine types differ in version only, not in their parent. */
    if (!g_str_has_prefix(MACHINE_GET_CLASS(pcms)->name, "pc-q35-")) {
        snp_host_refuse("use -machine q35", "needs the q35 machine");
    }
    snp_host_check_cpu(&cpu->env);
    if (!X86_MACHINE(pcms)->above_4g_mem_size) {
        snp_host_refuse("use -m 4G or more",
                        "finds no memory above 4 GiB for the RMP");
    }
}

/* Before that of the PSP, which forgets guests' keys. */
static void snp_host_reset(void *opaque)
{
    snp_iommu_enforce(false);
    snp_rmp_lock();
    snp_rmp_abandon_guests();
    snp_rmp_disable();
    snp_rmp_unlock();
    if (snp_rmp_segment_bits && snp_rmp_size) {
        snp_host_write_segment_table();
    }
}

void snp_host_add_e820(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    uint64_t before = x86ms->above_4g_mem_size;

    snp_host_place_rmp(pcms);
    if (snp_rmp_size) {
        uint64_t end = snp_rmp_base_pa + snp_rmp_size;

        before = snp_rmp_offset;
        e820_add_entry(snp_rmp_base_pa, snp_rmp_size, E820_RESERVED);
        e820_add_entry(end, x86ms->above_4g_mem_start +
                            x86ms->above_4g_mem_size - end, E820_RAM);
    }
    if (before) {
        e820_add_entry(x86ms->above_4g_mem_start, before, E820_RAM);
    }
    qemu_register_reset(snp_host_reset, NULL);
}

void snp_host_create_devices(PCMachineState *pcms)
{
    PCIDevice *psp = pci_new(SNP_PSP_DEVFN, SNP_PSP_TYPE);

    snp_ciphertext_init(OBJECT(pcms));
    snp_iommu_gate_virtio(OBJECT(pcms));
    object_property_add_child(OBJECT(pcms), SNP_PSP_NAME, OBJECT(psp));
    pci_realize_and_unref(psp, pcms->pcibus, &error_fatal);
}

/* DMA has to go through the IOMMU, which is what looks at the RMP. */
static int snp_host_check_bridge(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_PCI_HOST_BRIDGE) &&
        object_property_get_bool(obj, PCI_HOST_BYPASS_IOMMU, &error_abort)) {
        snp_host_refuse("leave bypass_iommu out",
                        "excludes a PCI bus that bypasses the IOMMU");
    }
    return 0;
}

void snp_host_machine_done(PCMachineState *pcms)
{
    object_child_foreach_recursive(object_get_root(), snp_host_check_bridge,
                                   NULL);
    if (!pcms->iommu ||
        !object_dynamic_cast(OBJECT(pcms->iommu), TYPE_AMD_IOMMU_DEVICE)) {
        snp_host_refuse("add -device amd-iommu", "needs the AMD IOMMU");
    }
}
