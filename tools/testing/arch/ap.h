/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second CPU that runs functions for the first one.
 */
#ifndef AP_H
#define AP_H

#define AP_ADDRESS	0x8000

#ifndef __ASSEMBLER__
#include "arch.h"

void ap_start(void);
/* Starts @fn there; the one before has to be over */
void ap_begin_call(void (*fn)(void));
bool ap_is_done(void);
/* Both, until it is over */
void ap_call(void (*fn)(void));

/* Interrupts of this CPU's own, and their controller */
void apic_enable(void);
void apic_send_self(uint32_t what);
#define APIC_FIXED	0x00000
#define APIC_SMI	0x00200
#define APIC_NMI	0x00400

void ap_main(void);
#endif
#endif
