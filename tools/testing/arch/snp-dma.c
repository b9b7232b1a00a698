// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA of devices on an SNP host, and the pages of the IOMMU: AMD IOMMU
 * specification (48882), SNP support.  The device is QEMU's edu.
 */
#include "guest.h"
#include "iommu.h"

#define EDU_ADDRESS	0xe1000000ULL
#define EDU_SRC		(EDU_ADDRESS + 0x80)
#define EDU_DST		(EDU_ADDRESS + 0x88)
#define EDU_COUNT	(EDU_ADDRESS + 0x90)
#define EDU_CMD		(EDU_ADDRESS + 0x98)
#define EDU_BUFFER	0x40000
#define CMD_START	BIT(0)
#define CMD_TO_RAM	BIT(1)

#define EVENTS_256	(8ULL << 56)
#define EVENT_SIZE	16
#define EVENT_RMP_FAULT	0xd

#define LOG		TEST_PAGE(0)
#define PAGE_A		TEST_PAGE(8)
#define STORE		TEST_PAGE(10)
#define PAGE_B		TEST_PAGE(9)
#define MARK		0x1122334455667788ULL
#define SHUTDOWN_IOMMU	BIT(0)

static int edu;

static void edu_init(void)
{
	edu = pci_find(0x1234, 0x11e8);
	need(edu >= 0, "the device edu");
	pci_assign(edu, 0, EDU_ADDRESS);
}

static void dma(uint64_t src, uint64_t dst, uint64_t how)
{
	put64(EDU_SRC, src);
	put64(EDU_DST, dst);
	put64(EDU_COUNT, 8);
	put64(EDU_CMD, CMD_START | how);
	while (get64(EDU_CMD) & CMD_START)
		asm volatile("pause");
}

static void device_reads(uint64_t addr)
{
	dma(addr, EDU_BUFFER, 0);
}

static void device_writes(uint64_t addr)
{
	dma(EDU_BUFFER, addr, CMD_TO_RAM);
}

static void test_pages(void)
{
	uint64_t raw = rmp_raw(LOG);

	tap_ok((raw & ~RAW_GPA) == (RAW_ASSIGNED | RAW_IMMUTABLE) && raw & RAW_GPA, "rmp-2.04",
	       "Firmware_IOMMU: as Firmware, with an address for a tag (single source)");
	tap_value(probe_write(LOG, 0), FAULT_RMP_WRITE, "rmp-2.04",
		  "the host may not write to the event log");
	tap_value(rmp_raw(STORE), raw, "rmp-2.04", "the page of completion waits is one, too");
	tap_value(snp_page_reclaim(LOG), INVALID_PAGE_STATE, "pl-11.12",
		  "PAGE_RECLAIM of it is INVALID_PAGE_STATE");
}

static void test_dma(void)
{
	uint64_t tail, event;

	put64(PAGE_A, MARK);
	device_reads(PAGE_A);
	device_writes(PAGE_B);
	tap_value(get64(PAGE_B), MARK, "rmp-6.01", "a device writes to a hypervisor's page");
	tail = get64(IOMMU_EVENT_TAIL);
	put64(PAGE_B, 0);
	need(rmp_assign(PAGE_B, 0, 0) == RMP_OK, "RMPUPDATE");
	device_writes(PAGE_B);
	tap_value(get64(PAGE_B), 0, "rmp-6.01",
		  "its write to an assigned page is dropped (unconfirmed U18)");
	event = get64(LOG + tail);
	tap_value(get64(IOMMU_EVENT_TAIL), tail + EVENT_SIZE, "rmp-6.03",
		  "and is an event (unconfirmed U18)");
	tap_ok(event >> 60 == EVENT_RMP_FAULT && (event & 0xffff) == (uint64_t)edu, "rmp-6.03",
	       "RMP_FAULT, with the device (unconfirmed U18)");
	tap_value(get64(LOG + tail + 8), PAGE_B, "rmp-6.03",
		  "and the address (unconfirmed U18)");
	device_writes(PAGE_B + 8);
	tap_value(get64(IOMMU_EVENT_TAIL), tail + 2 * EVENT_SIZE, "rmp-6.09",
		  "a write right behind it is one of its own (unconfirmed U18)");
	device_reads(PAGE_B);
	tap_value(get64(IOMMU_EVENT_TAIL), tail + 2 * EVENT_SIZE, "rmp-6.02",
		  "a read is no event (unconfirmed U18)");
	need(snp_page_reclaim(PAGE_B) == SUCCESS && rmp_release(PAGE_B) == RMP_OK,
	     "PAGE_RECLAIM");
	device_reads(PAGE_A);
	device_writes(PAGE_B);
	tap_value(get64(PAGE_B), MARK, "rmp-6.01", "given back, the page is written to again");
}

static void test_ciphertext(void)
{
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	put64(PAGE_A, MARK);
	guest_launch_begin(POLICY_ORDINARY);
	guest_add_page(PAGE_A, PAGE_NORMAL, 0);
	device_reads(PAGE_A);
	device_writes(PAGE_B);
	tap_ok(get64(PAGE_B) != MARK, "rmp-6.04",
	       "a device reads ciphertext of a guest's page (unconfirmed U18)");
	tap_value(get64(PAGE_B), get64(PAGE_A), "rmp-6.04",
		  "the same as the host (unconfirmed U18)");
	need(rmp_release(PAGE_A) == RMP_OK && snp_decommission(GCTX) == SUCCESS &&
	     snp_page_reclaim(GCTX) == SUCCESS && rmp_release(GCTX) == RMP_OK, "DECOMMISSION");
}

static void test_shutdown(void)
{
	wbinvd();
	need(snp_df_flush() == SUCCESS, "SNP_DF_FLUSH");
	tap_value(psp_call(SNP_SHUTDOWN_EX, 8 | SHUTDOWN_IOMMU << 32, 0, 0, 0), SUCCESS,
		  "pl-8.35", "SNP_SHUTDOWN_EX with the IOMMU's flag");
	tap_value(rmp_raw(LOG), RAW_ASSIGNED, "pl-8.35", "makes its pages Reclaim");
	tap_value(rmp_raw(STORE), RAW_ASSIGNED, "pl-8.35", "that of completion waits as well");
	tap_value(rmp_release(LOG), RMP_OK, "pl-8.35", "which the host takes by RMPUPDATE");
	put64(PAGE_A, MARK);
	device_reads(PAGE_A);
	need(rmp_assign(PAGE_B, 0, 0) == RMP_OK, "RMPUPDATE");
	device_writes(PAGE_B);
	tap_value(get64(PAGE_B), MARK, "pl-8.36", "and ends the check of DMA");
	put64(IOMMU_CONTROL, 0);
	tap_value(get64(IOMMU_CONTROL), 0, "pl-8.36", "and the lock of registers");
}

static void test_init(void)
{
	put64(IOMMU_CONTROL, 0);
	tap_value(snp_init_ex(), INVALID_CONFIG, "pl-8.13",
		  "SNP_INIT_EX with the IOMMU off is INVALID_CONFIG");
	put64(IOMMU_EVENTS, LOG | EVENTS_256);
	put64(IOMMU_STORE_BASE, STORE);
	put64(IOMMU_STORE_LIMIT, STORE);
	iommu_on(IOMMU_LOGS_EVENTS);
	tap_value(snp_init_ex(), SUCCESS, "pl-8.13", "with it on: SUCCESS");
}

static void test_lock(void)
{
	static const uint64_t locked[] = {
		IOMMU_DEVTAB, IOMMU_COMMANDS, IOMMU_EVENTS, IOMMU_STORE_BASE, IOMMU_STORE_LIMIT,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(locked); i++) {
		uint64_t before = get64(locked[i]);

		put64(locked[i], before ^ PAGE_SIZE);
		tap_value(get64(locked[i]), before, "pl-8.14",
			  "a base register of the IOMMU ignores writes");
	}
	put64(IOMMU_CONTROL, 0);
	tap_value(get64(IOMMU_CONTROL), IOMMU_ON, "pl-8.15",
		  "the IOMMU cannot be turned off (unconfirmed U27)");
	put64(IOMMU_CONTROL, IOMMU_ON | IOMMU_LOGS_EVENTS);
}

int main(void)
{
	machine_up();
	edu_init();
	snp_zero_rmp();
	snp_enable();
	test_init();
	test_pages();
	test_lock();
	test_dma();
	test_ciphertext();
	test_shutdown();
	tap_finish();
}
