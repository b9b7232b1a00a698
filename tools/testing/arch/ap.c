// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second CPU, and the interrupt controllers that start it.
 */
#include "ap.h"

#define APIC		0xfee00000ULL
#define APIC_SVR	(APIC + 0xf0)
#define APIC_SVR_ON	0x1ff
#define APIC_ICR	(APIC + 0x300)
#define APIC_ICR_DEST	(APIC + 0x310)
#define ICR_BUSY	BIT(12)
#define ICR_ASSERT	0x4000
#define ICR_SELF	0x40000
#define ICR_INIT	0x500
#define ICR_STARTUP	0x600
#define AP_ID		1
#define WAIT_MAX	200000000

extern const uint8_t ap_begin[], ap_end[];

static void (*volatile ap_fn)(void);
static volatile bool ap_up;

static void pause_loop(unsigned int n)
{
	while (n--)
		asm volatile("pause");
}

static void send(uint32_t dest, uint32_t what)
{
	put32(APIC_ICR_DEST, dest << 24);
	put32(APIC_ICR, what);
	while (get32(APIC_ICR) & ICR_BUSY)
		pause_loop(1);
}

void apic_enable(void)
{
	put32(APIC_SVR, APIC_SVR_ON);
}

void apic_send_self(uint32_t what)
{
	send(0, ICR_SELF | ICR_ASSERT | what);
}

void ap_start(void)
{
	memcpy((void *)AP_ADDRESS, ap_begin, ap_end - ap_begin);
	apic_enable();
	send(AP_ID, ICR_INIT | ICR_ASSERT);
	pause_loop(10000);
	send(AP_ID, ICR_STARTUP | ICR_ASSERT | AP_ADDRESS >> 12);
	for (unsigned int i = 0; i < WAIT_MAX && !ap_up; i++)
		pause_loop(1);
	need(ap_up, "the second CPU");
}

void ap_main(void)
{
	cpu_load_tables(AP_ID);
	apic_enable();
	ap_up = true;
	for (;;) {
		while (!ap_fn)
			pause_loop(1);
		ap_fn();
		ap_fn = NULL;
	}
}

void ap_begin_call(void (*fn)(void))
{
	need(!ap_fn, "an idle second CPU");
	ap_fn = fn;
}

bool ap_is_done(void)
{
	return !ap_fn;
}

void ap_call(void (*fn)(void))
{
	ap_begin_call(fn);
	for (unsigned int i = 0; i < WAIT_MAX && !ap_is_done(); i++)
		pause_loop(1);
	need(ap_is_done(), "an answer of the second CPU");
}
