/*
 * SNP host model: the RMP check on DMA
 *
 * AMD I/O Virtualization Technology Specification (48882), SNP support: device
 * writes must hit pages of the hypervisor's.  Which bits the event has beyond
 * those that Linux prints is not known (unconfirmed U18).  Reads pass, but have
 * no key.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "exec/address-spaces.h"
#include "hw/i386/amd_iommu.h"
#include "hw/pci/msi.h"
#include "hw/virtio/virtio-bus.h"
#include "../rmp/table.h"
#include "snp-iommu.h"
#include "../trace.h"

#define EVENT_RMP_FAULT         (0xdULL << 60)
#define EVENT_WRITE             (1ULL << 53)    /* RW of the flags, 59:48 */
#define EVENT_LOG_INT           (1 << 1)        /* EventLogInt of the status */

static bool enforcing;

void snp_iommu_enforce(bool on)
{
    qatomic_set(&enforcing, on);
}

/*
 * #48882, 2.12.2.1, as far as Linux tells what it met there.  That IommuEn is
 * locked as well is a choice: U27.
 */
bool snp_iommu_accepts(hwaddr addr, uint64_t *val)
{
    if (!qatomic_read(&enforcing)) {
        return true;
    }
    switch (addr & ~7ULL) {
    case AMDVI_MMIO_DEVICE_TABLE:
    case AMDVI_MMIO_COMMAND_BASE:
    case AMDVI_MMIO_EVENT_BASE:
    case AMDVI_MMIO_EXCL_BASE:
    case AMDVI_MMIO_EXCL_LIMIT:
        return false;
    case AMDVI_MMIO_CONTROL:
        if (addr == AMDVI_MMIO_CONTROL) {
            *val |= AMDVI_MMIO_CONTROL_AMDVIEN;
        }
    }
    return true;
}

static void or_status(AMDVIState *s, uint64_t bits)
{
    uint8_t *reg = &s->mmior[AMDVI_MMIO_STATUS];

    stq_le_p(reg, ldq_le_p(reg) | bits);
}

static void event_interrupt(AMDVIState *s)
{
    MemTxAttrs attrs = { .requester_id = pci_requester_id(&s->pci.dev) };
    MSIMessage msg;

    or_status(s, EVENT_LOG_INT);
    if (s->evtlog_intr && msi_enabled(&s->pci.dev)) {
        msg = msi_get_message(&s->pci.dev, 0);
        address_space_stl_le(&address_space_memory, msg.address, msg.data,
                             attrs, NULL);
    }
}

static void log_rmp_fault(AMDVIState *s, uint16_t devid, hwaddr spa)
{
    uint32_t size = s->evtlog_len * AMDVI_EVENT_LEN;
    uint64_t evt[2] = {
        cpu_to_le64(EVENT_RMP_FAULT | EVENT_WRITE | devid),
        cpu_to_le64(spa),
    };
    uint32_t next;

    if (!s->evtlog_enabled || !size) {
        return;
    }
    next = (s->evtlog_tail + AMDVI_EVENT_LEN) % size;
    if (next == s->evtlog_head) {
        or_status(s, AMDVI_MMIO_STATUS_EVT_OVF);
    } else {
        address_space_write(&address_space_memory,
                            s->evtlog + s->evtlog_tail,
                            MEMTXATTRS_UNSPECIFIED, evt, sizeof(evt));
        s->evtlog_tail = next;
        stq_le_p(&s->mmior[AMDVI_MMIO_EVENT_TAIL], next);
    }
    event_interrupt(s);
}

static bool in_access;      /* a refused one; all of this under the BQL */

static void access_is_over(void *opaque)
{
    in_access = false;
}

/*
 * QEMU tries a refused access again word by word, before its main loop goes on:
 * that is still one event.
 */
static bool is_rest_of_access(uint16_t devid, hwaddr spa)
{
    static uint16_t last_devid;
    static hwaddr last_spa;
    bool rest = in_access && devid == last_devid && spa > last_spa &&
                spa <= last_spa + 8;

    if (!in_access) {
        in_access = true;
        aio_bh_schedule_oneshot(qemu_get_aio_context(), access_is_over, NULL);
    }
    last_devid = devid;
    last_spa = spa;
    return rest;
}

void snp_iommu_filter(AMDVIState *s, uint16_t devid, hwaddr addr,
                      bool is_write, IOMMUTLBEntry *entry)
{
    hwaddr spa = entry->translated_addr + (addr & entry->addr_mask);
    SnpRmpEntry e;

    if (!qatomic_read(&enforcing) || entry->perm == IOMMU_NONE) {
        return;
    }
    if (entry->addr_mask >= AMDVI_PAGE_SIZE) {
        /* The verdict is this page's only. */
        entry->iova = addr & AMDVI_PAGE_MASK_4K;
        entry->translated_addr = spa & AMDVI_PAGE_MASK_4K;
        entry->addr_mask = ~AMDVI_PAGE_MASK_4K;
    }
    snp_rmp_get(spa, &e);
    if (!e.assigned) {
        return;
    }
    entry->perm &= ~IOMMU_WO;
    if (snp_rmp_is_guest_view(&e)) {
        entry->translated_addr |= SNP_CIPHERTEXT;
    }
    /* The log is the main loop's; a worker's write is only dropped. */
    if (is_write && bql_locked() && !is_rest_of_access(devid, spa)) {
        trace_snp_iommu_fault(devid, spa);
        log_rmp_fault(s, devid, spa);
    }
}

/*
 * Virtio devices without VIRTIO_F_IOMMU_PLATFORM go past the IOMMU, which no
 * device of an SNP host can.  Their memory is the system's, seen through the
 * same check; there is no device id to log an event with.
 */

#define TYPE_SNP_DMA_GATE "snp-dma-gate"

static IOMMUMemoryRegion snp_dma_gate;
static AddressSpace snp_dma_as;

static IOMMUTLBEntry snp_dma_translate(IOMMUMemoryRegion *mr, hwaddr addr,
                                       IOMMUAccessFlags flag, int iommu_idx)
{
    bool large = !qatomic_read(&enforcing) || snp_rmp_region_free(addr);
    hwaddr mask = (large ? SNP_RMP_REGION : AMDVI_PAGE_SIZE) - 1;
    IOMMUTLBEntry entry = {
        .target_as = &address_space_memory,
        .iova = addr & ~mask,
        .translated_addr = addr & ~mask,
        .addr_mask = mask,
        .perm = IOMMU_RW,
    };
    SnpRmpEntry e;

    if (!large) {
        snp_rmp_get(addr, &e);
        if (e.assigned) {
            entry.perm = IOMMU_RO;
        }
        if (snp_rmp_is_guest_view(&e)) {
            entry.translated_addr |= SNP_CIPHERTEXT;
        }
        if (e.assigned && (flag & IOMMU_WO)) {
            qemu_log_mask(LOG_GUEST_ERROR, "virtio device writes 0x%" PRIx64
                          ", which is not the hypervisor's\n", (uint64_t)addr);
        }
    }
    return entry;
}

static void snp_dma_gate_class_init(ObjectClass *klass, void *data)
{
    IOMMU_MEMORY_REGION_CLASS(klass)->translate = snp_dma_translate;
}

static const TypeInfo snp_dma_gate_info = {
    .name = TYPE_SNP_DMA_GATE,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .class_init = snp_dma_gate_class_init,
};

static void snp_dma_gate_register_types(void)
{
    type_register_static(&snp_dma_gate_info);
}

type_init(snp_dma_gate_register_types)

void snp_iommu_gate_virtio(Object *machine)
{
    memory_region_init_iommu(&snp_dma_gate, sizeof(snp_dma_gate),
                             TYPE_SNP_DMA_GATE, machine, "snp-dma",
                             UINT64_MAX);
    address_space_init(&snp_dma_as, MEMORY_REGION(&snp_dma_gate), "snp-dma");
    virtio_bus_bypass_as = &snp_dma_as;
}
