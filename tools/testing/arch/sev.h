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
#define SEV_POLICY_NOSEND	BIT(3)

enum { PLATFORM_UNINIT, PLATFORM_INIT, PLATFORM_WORKING };
enum { GUEST_LUPDATE = 1, GUEST_LSECRET, GUEST_RUNNING, GUEST_SUPDATE, GUEST_RUPDATE, GUEST_SENT };

#define MEASURE_LEN		48
#define CERT_LEN		0x824
#define CERT_SIGNATURE		0x41c	/* the first one's first byte */
#define SESSION_LEN		0x80

/* The command buffer: of the program's own, or where the firmware may write */
extern uint64_t sev_buffer;

uint32_t sev_init(uint32_t flags, uint64_t tmr, uint32_t tmr_len);
uint32_t sev_platform_state(void);
/* A status, and the handle */
uint32_t sev_launch_start(uint32_t policy, uint32_t *handle);
uint32_t sev_activate(uint32_t handle, uint32_t asid);
/* LAUNCH_UPDATE_DATA, LAUNCH_UPDATE_VMSA and LAUNCH_MEASURE */
uint32_t sev_region(unsigned int id, uint32_t handle, uint64_t addr, uint32_t len);
/* LAUNCH_FINISH, SEND_FINISH, SEND_CANCEL, RECEIVE_FINISH, DEACTIVATE, DECOMMISSION */
uint32_t sev_handle(unsigned int id, uint32_t handle);
uint32_t sev_guest_state(uint32_t handle);
uint32_t sev_debug(unsigned int id, uint32_t handle, uint64_t src, uint64_t dst, uint32_t len);
uint32_t sev_secret(uint32_t handle, uint64_t hdr, uint64_t guest, uint32_t len);
/* The certificates of this platform: that of the PDH, and a page on the others */
uint32_t sev_export(uint64_t certs);
/* To the platform with these certificates */
uint32_t sev_send_start(uint32_t handle, uint64_t certs, uint64_t session, uint32_t len);
uint32_t sev_receive_start(uint32_t policy, uint64_t certs, uint64_t session, uint32_t *handle);
/* SEND_UPDATE_* and RECEIVE_UPDATE_*: the header, and a page on the packet */
uint32_t sev_packet(unsigned int id, uint32_t handle, uint64_t hdr, uint64_t guest, uint32_t len);

#endif
