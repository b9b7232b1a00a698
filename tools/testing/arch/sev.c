// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands for SEV and SEV-ES guests.
 */
#include "sev.h"

#define PACKET_HDR_LEN	52

static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));
uint64_t sev_buffer = (uint64_t)page;

static uint32_t call(unsigned int id)
{
	return psp_command(id, (void *)sev_buffer);
}

static void fill(uint64_t q0, uint64_t q1, uint64_t q2, uint64_t q3)
{
	uint64_t q[8] = { q0, q1, q2, q3 };

	memcpy((void *)sev_buffer, q, sizeof(q));
}

uint32_t sev_init(uint32_t flags, uint64_t tmr, uint32_t tmr_len)
{
	fill(flags, tmr, tmr_len, 0);
	return call(SEV_INIT);
}

uint32_t sev_platform_state(void)
{
	fill(0, 0, 0, 0);
	need(call(SEV_PLATFORM_STATUS) == SUCCESS, "PLATFORM_STATUS");
	return get8(sev_buffer + 2);
}

uint32_t sev_launch_start(uint32_t policy, uint32_t *handle)
{
	uint32_t status;

	fill((uint64_t)policy << 32, 0, 0, 0);
	status = call(SEV_LAUNCH_START);
	*handle = get32(sev_buffer);
	return status;
}

uint32_t sev_activate(uint32_t handle, uint32_t asid)
{
	fill(handle | (uint64_t)asid << 32, 0, 0, 0);
	return call(SEV_ACTIVATE);
}

uint32_t sev_region(unsigned int id, uint32_t handle, uint64_t addr, uint32_t len)
{
	fill(handle, addr, len, 0);
	return call(id);
}

uint32_t sev_handle(unsigned int id, uint32_t handle)
{
	fill(handle, 0, 0, 0);
	return call(id);
}

uint32_t sev_guest_state(uint32_t handle)
{
	fill(handle, 0, 0, 0);
	need(call(SEV_GUEST_STATUS) == SUCCESS, "GUEST_STATUS");
	return get8(sev_buffer + 12);
}

uint32_t sev_debug(unsigned int id, uint32_t handle, uint64_t src, uint64_t dst, uint32_t len)
{
	fill(handle, src, dst, len);
	return call(id);
}

uint32_t sev_packet(unsigned int id, uint32_t handle, uint64_t hdr, uint64_t guest, uint32_t len)
{
	fill(handle, hdr, PACKET_HDR_LEN, guest);
	put32(sev_buffer + 0x20, len);
	put64(sev_buffer + 0x28, hdr + PAGE_SIZE);
	put32(sev_buffer + 0x30, len);
	return call(id);
}

uint32_t sev_secret(uint32_t handle, uint64_t hdr, uint64_t guest, uint32_t len)
{
	return sev_packet(SEV_LAUNCH_SECRET, handle, hdr, guest, len);
}

uint32_t sev_export(uint64_t certs)
{
	fill(certs, CERT_LEN, certs + PAGE_SIZE, 3 * CERT_LEN);
	return call(SEV_PDH_CERT_EXPORT);
}

uint32_t sev_send_start(uint32_t handle, uint64_t certs, uint64_t session, uint32_t len)
{
	fill(handle, certs, CERT_LEN, certs + PAGE_SIZE);
	put32(sev_buffer + 0x20, 3 * CERT_LEN);
	put64(sev_buffer + 0x38, session);
	put32(sev_buffer + 0x40, len);
	return call(SEV_SEND_START);
}

uint32_t sev_receive_start(uint32_t policy, uint64_t certs, uint64_t session, uint32_t *handle)
{
	uint32_t status;

	fill((uint64_t)policy << 32, certs, CERT_LEN, session);
	put32(sev_buffer + 0x20, SESSION_LEN);
	status = call(SEV_RECEIVE_START);
	*handle = get32(sev_buffer);
	return status;
}
