/*
 * The SMBus function of AMD's Fusion Controller Hub
 *
 * The IVRS says that the IOAPIC's requests carry the ID 00:14.0, as on AMD's
 * hosts, where the IOAPIC is part of the FCH and that function is its SMBus
 * controller, 1022:790b.  Linux 7.3 looks at the function's class, and does
 * without interrupt remapping if nothing is there.  That it is there is all
 * there is to it: it has neither registers nor a bus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "fch.h"

#define TYPE_AMD_FCH_SMBUS  "amd-fch-smbus"
OBJECT_DECLARE_SIMPLE_TYPE(AMDFCHSMBus, AMD_FCH_SMBUS)

struct AMDFCHSMBus {
    PCIDevice parent_obj;
};

#define FCH_SMBUS_DEVFN     PCI_DEVFN(0x14, 0)
#define FCH_SMBUS_DEVICE_ID 0x790b
#define FCH_SMBUS_REVISION  0x61

void amd_fch_create(PCIBus *bus)
{
    /* Who has put something else there may have had a reason. */
    if (!pci_find_device(bus, pci_bus_num(bus), FCH_SMBUS_DEVFN)) {
        pci_create_simple(bus, FCH_SMBUS_DEVFN, TYPE_AMD_FCH_SMBUS);
    }
}

static const VMStateDescription vmstate_fch_smbus = {
    .name = TYPE_AMD_FCH_SMBUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, AMDFCHSMBus),
        VMSTATE_END_OF_LIST()
    }
};

static void fch_smbus_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->vendor_id = PCI_VENDOR_ID_AMD;
    k->device_id = FCH_SMBUS_DEVICE_ID;
    k->revision = FCH_SMBUS_REVISION;
    k->class_id = PCI_CLASS_SERIAL_SMBUS;
    dc->desc = "AMD FCH SMBus controller (inert)";
    dc->vmsd = &vmstate_fch_smbus;
    /* The IOMMU creates it. */
    dc->user_creatable = false;
}

static const TypeInfo fch_smbus_info = {
    .name = TYPE_AMD_FCH_SMBUS,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(AMDFCHSMBus),
    .class_init = fch_smbus_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void fch_smbus_register(void)
{
    type_register_static(&fch_smbus_info);
}

type_init(fch_smbus_register)
