/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands for SEV and SEV-ES guests: SEV API (55766).
 */
#ifndef SEV_H
#define SEV_H

#include "psp.h"

#define INIT_ES			BIT(0)
#define SEV_POLICY_NODBG	BIT(0)
#define SEV_POLICY_ES		BIT(2)

enum { PLATFORM_UNINIT, PLATFORM_INIT, PLATFORM_WORKING };
enum { GUEST_LUPDATE = 1, GUEST_LSECRET, GUEST_RUNNING };

#define MEASURE_LEN		48

/* The command buffer: of the program's own, or where the firmware may write */
extern uint64_t sev_buffer;

uint32_t sev_init(uint32_t flags, uint64_t tmr, uint32_t tmr_len);
uint32_t sev_platform_state(void);
/* A status, and the handle */
uint32_t sev_launch_start(uint32_t policy, uint32_t *handle);
uint32_t sev_activate(uint32_t handle, uint32_t asid);
/* LAUNCH_UPDATE_DATA, LAUNCH_UPDATE_VMSA and LAUNCH_MEASURE */
uint32_t sev_region(unsigned int id, uint32_t handle, uint64_t addr, uint32_t len);
/* LAUNCH_FINISH, DEACTIVATE, DECOMMISSION */
uint32_t sev_handle(unsigned int id, uint32_t handle);
uint32_t sev_guest_state(uint32_t handle);
uint32_t sev_debug(unsigned int id, uint32_t handle, uint64_t src, uint64_t dst, uint32_t len);
uint32_t sev_secret(uint32_t handle, uint64_t hdr, uint64_t guest, uint32_t len);

#endif
