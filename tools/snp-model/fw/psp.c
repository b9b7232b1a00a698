/*
 * SNP host model: the PSP as a PCI function
 *
 * AMD Secure Processor of the Genoa generation, 1022:14ca: a mailbox to the
 * SEV firmware in BAR 2, an interrupt by MSI-X.  The register layout is what
 * Linux calls pspv4 (drivers/crypto/ccp/sp-pci.c).
 *
 * Addresses that the mailbox and the command buffers carry are system
 * physical; no IOMMU translates them, so this is not DMA of the PCI function.
 * The interrupt, however, is an MSI like any other and is remapped.
 *
 * A command may change RMP entries whose verdict vCPUs have in their TLBs.
 * It therefore runs as exclusive work, with no vCPU inside guest code, on the
 * vCPU that wrote the mailbox, before that executes its next block.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/core/cpu.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "core.h"
#include "../generation.h"
#include "../instrument/instrument.h"

#define TYPE_AMD_PSP "amd-psp"
OBJECT_DECLARE_SIMPLE_TYPE(AMDPSPState, AMD_PSP)

#define PSP_BAR             2
#define PSP_BAR_SIZE        0x100000
#define PSP_MSIX_BAR        5
#define PSP_MSIX_VECTORS    2       /* 0 PSP, 1 CCP */

/* Registers */
#define PSP_CMDRESP         0x10980
#define PSP_CMDBUF_LO       0x109e0
#define PSP_CMDBUF_HI       0x109e4
#define PSP_BOOTLOADER      0x109ec
#define PSP_FEATURE         0x109fc

#define CMDRESP_IOC         (1U << 0)
#define CMDRESP_RESPONSE    (1U << 31)
#define INT_SEV_COMPLETE    (1U << 1)
#define FEATURE_SEV         (1U << 0)
#define FEATURE_SFS         (1U << 3)
#define TEE_UNKNOWN         1       /* status of any command: the model's own */

struct AMDPSPState {
    PCIDevice parent_obj;

    MemoryRegion regs;
    char *keys;                 /* directory, NULL for the built-in ones */
    char *counters_file;        /* written at exit, or NULL */
    uint64_t mitigations;       /* that the firmware can verify */
    bool x86_shutdown;          /* what else it can do */
    bool ciphertext_hiding;
    bool sfs;                   /* seamless firmware servicing, see below */
    SnpFw *fw;

    uint32_t inten_reg;         /* where it is; intsts follows */
    uint32_t inten;
    uint32_t intsts;            /* write 1 to clear */
    uint32_t cmdresp;
    uint32_t cmdbuf_lo;
    uint32_t cmdbuf_hi;
    uint32_t tee_cmdresp;

    bool busy;                  /* a command is running */
    bool reset_pending;         /* forget its outcome */
    FwStatus status;
};

static void psp_update_irq(AMDPSPState *s)
{
    if (s->intsts & s->inten) {
        msix_notify(PCI_DEVICE(s), 0);
    }
}

/* Under the BQL, on the vCPU that gave the command. */
static void psp_complete(CPUState *cpu, run_on_cpu_data data)
{
    AMDPSPState *s = data.host_ptr;
    bool ioc = s->cmdresp & CMDRESP_IOC;

    s->busy = false;
    if (s->reset_pending) {
        s->reset_pending = false;
        fw_reset(s->fw);
        return;
    }
    if (s->status == FW_NO_ANSWER) {
        return;         /* an injected fault */
    }
    s->cmdresp = CMDRESP_RESPONSE | s->status;
    if (ioc) {
        s->intsts |= INT_SEV_COMPLETE;
        psp_update_irq(s);
    }
}

/* Exclusive, without the BQL; the firmware's state is ours while busy. */
static void psp_execute(CPUState *cpu, run_on_cpu_data data)
{
    AMDPSPState *s = data.host_ptr;
    hwaddr buffer = (hwaddr)s->cmdbuf_hi << 32 | s->cmdbuf_lo;

    s->status = fw_execute(s->fw, extract32(s->cmdresp, 16, 11), buffer);
    async_run_on_cpu(cpu, psp_complete, data);
}

static void psp_start(AMDPSPState *s, uint32_t value)
{
    if (value & CMDRESP_RESPONSE) {
        return;
    }
    if (s->busy) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "amd-psp: command while another one is running\n");
        return;
    }
    s->cmdresp = value;
    s->busy = true;
    async_safe_run_on_cpu(current_cpu ?: first_cpu, psp_execute,
                          RUN_ON_CPU_HOST_PTR(s));
}

/*
 * With "sfs" the PSP says that it services firmware, by the TEE's mailbox, and
 * then knows no command there: what Linux prepares for that is the point.
 */
static uint64_t psp_read(void *opaque, hwaddr addr, unsigned size)
{
    AMDPSPState *s = opaque;

    if (addr == s->inten_reg) {
        return s->inten;
    }
    if (addr == s->inten_reg + 4) {
        return s->intsts;
    }
    if (s->sfs && addr == snp_generation()->psp_tee) {
        return s->tee_cmdresp;
    }
    switch (addr) {
    case PSP_CMDRESP:
        return s->cmdresp;
    case PSP_CMDBUF_LO:
        return s->cmdbuf_lo;
    case PSP_CMDBUF_HI:
        return s->cmdbuf_hi;
    case PSP_FEATURE:
        return FEATURE_SEV | (s->sfs ? FEATURE_SFS : 0);
    case PSP_BOOTLOADER:
        return 0;
    default:
        qemu_log_mask(LOG_UNIMP, "amd-psp: read of 0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void psp_write(void *opaque, hwaddr addr, uint64_t value,
                      unsigned size)
{
    AMDPSPState *s = opaque;

    if (addr == s->inten_reg) {
        s->inten = value;
        psp_update_irq(s);
        return;
    }
    if (addr == s->inten_reg + 4) {
        s->intsts &= ~value;
        return;
    }
    if (s->sfs && addr == snp_generation()->psp_tee) {
        s->tee_cmdresp = value | CMDRESP_RESPONSE | TEE_UNKNOWN;
        return;
    }
    switch (addr) {
    case PSP_CMDRESP:
        psp_start(s, value);
        break;
    case PSP_CMDBUF_LO:
        s->cmdbuf_lo = value;
        break;
    case PSP_CMDBUF_HI:
        s->cmdbuf_hi = value;
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "amd-psp: write of 0x%" PRIx64 " to 0x%"
                      HWADDR_PRIx "\n", value, addr);
    }
}

static const MemoryRegionOps psp_ops = {
    .read = psp_read,
    .write = psp_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static bool psp_load_firmware(AMDPSPState *s, Error **errp)
{
    g_autofree char *why = NULL;
    uint8_t seed[32];

    qemu_guest_getrandom_nofail(seed, sizeof(seed));
    s->fw = fw_new(seed, snp_generation()->product);
    s->fw->mitigations = s->mitigations;
    s->fw->can_x86_shutdown = s->x86_shutdown;
    s->fw->can_hide_ciphertext = s->ciphertext_hiding;
    if (s->keys && !fw_keys_load(&s->fw->keys, s->keys, &why)) {
        fw_free(s->fw);
        error_setg(errp, "amd-psp: %s", why);
        return false;
    }
    if (s->counters_file &&
        !snp_instrument_keep(s->fw, s->counters_file, errp)) {
        fw_free(s->fw);
        return false;
    }
    return true;
}

static void psp_realize(PCIDevice *pci, Error **errp)
{
    AMDPSPState *s = AMD_PSP(pci);
    bool ambiguous;

    /* The ASID table is the machine's, so there is one firmware. */
    object_resolve_path_type("", TYPE_AMD_PSP, &ambiguous);
    if (ambiguous) {
        error_setg(errp, "amd-psp: there can only be one");
        return;
    }
    if (msix_init_exclusive_bar(pci, PSP_MSIX_VECTORS, PSP_MSIX_BAR, errp)) {
        return;
    }
    if (!psp_load_firmware(s, errp)) {
        msix_uninit_exclusive_bar(pci);
        return;
    }
    for (int i = 0; i < PSP_MSIX_VECTORS; i++) {
        msix_vector_use(pci, i);
    }
    pci_config_set_device_id(pci->config, snp_generation()->psp_device_id);
    s->inten_reg = snp_generation()->psp_inten;
    memory_region_init_io(&s->regs, OBJECT(s), &psp_ops, s, TYPE_AMD_PSP,
                          PSP_BAR_SIZE);
    pci_register_bar(pci, PSP_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->regs);
}

static void psp_exit(PCIDevice *pci)
{
    msix_uninit_exclusive_bar(pci);
    fw_free(AMD_PSP(pci)->fw);
}

static void psp_reset(DeviceState *dev)
{
    AMDPSPState *s = AMD_PSP(dev);

    s->inten = 0;
    s->intsts = 0;
    s->cmdresp = 0;
    s->cmdbuf_lo = 0;
    s->cmdbuf_hi = 0;
    s->tee_cmdresp = CMDRESP_RESPONSE;
    if (s->busy) {
        s->reset_pending = true;
    } else {
        fw_reset(s->fw);
    }
}

static SnpFw *psp_fw(Object *obj)
{
    return AMD_PSP(obj)->fw;
}

/* Guests' states are in the firmware, which is not saved. */
static const VMStateDescription psp_vmstate = {
    .name = TYPE_AMD_PSP,
    .unmigratable = 1,
};

static const Property psp_properties[] = {
    DEFINE_PROP_STRING("keys", AMDPSPState, keys),
    DEFINE_PROP_STRING("counters-file", AMDPSPState, counters_file),
    DEFINE_PROP_UINT64("mitigations", AMDPSPState, mitigations, 0),
    DEFINE_PROP_BOOL("x86-shutdown", AMDPSPState, x86_shutdown, false),
    DEFINE_PROP_BOOL("ciphertext-hiding", AMDPSPState, ciphertext_hiding,
                     false),
    DEFINE_PROP_BOOL("sfs", AMDPSPState, sfs, false),
};

static void psp_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = psp_realize;
    k->exit = psp_exit;
    k->vendor_id = PCI_VENDOR_ID_AMD;
    k->class_id = PCI_CLASS_CRYPT_OTHER;
    device_class_set_legacy_reset(dc, psp_reset);
    device_class_set_props(dc, psp_properties);
    snp_instrument_add(klass, psp_fw);
    dc->desc = "AMD Secure Processor with SEV-SNP firmware (model)";
    dc->vmsd = &psp_vmstate;
    dc->hotpluggable = false;
    /* There is one, and the machine has it: snp-host=on. */
    dc->user_creatable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo psp_info = {
    .name = TYPE_AMD_PSP,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(AMDPSPState),
    .class_init = psp_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void psp_register_types(void)
{
    type_register_static(&psp_info);
}

type_init(psp_register_types)
