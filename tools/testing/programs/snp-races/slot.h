/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SLOT_H
#define SLOT_H

#include "tiny-vm.h"

/* Delete the memslot of all VMSAs, and add it again as it was. */
void replace_vmsa_slot(struct kvm_vm *vm);

#endif
