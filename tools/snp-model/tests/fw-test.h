/*
 * SNP host model: unit tests of the firmware, without a machine
 *
 * The firmware's files are linked against a mock machine: 64 MiB of RAM, an
 * RMP that is an array, two CPUs.  What they compute is checked with
 * libcrypto, which the model does not use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_TEST_H
#define SNP_MODEL_FW_TEST_H

#include "../fw/core.h"

#define RAM_SIZE    0x4000000ULL
#define RMP_START   0x3e00000ULL
#define RMP_END     0x3f00000ULL

/* Where things are in RAM */
#define CMD         0x100000ULL     /* command buffer */
#define GCTX        0x101000ULL
#define PAGE        0x102000ULL
#define PAGE2       0x103000ULL
#define OUT         0x104000ULL     /* a Firmware page */
#define LIST        0x105000ULL
#define ID_BLOCK    0x106000ULL
#define ID_AUTH     0x107000ULL
#define REQ         0x108000ULL
#define TMR         0x200000ULL

#define ASID        5
#define POLICY      0x30000ULL      /* SMT allowed, reserved bit */

/* fw-mock.c */
extern uint8_t ram[];
extern FwStatus mock_cores;
extern bool mock_snp_enabled;
extern bool mock_smt;
extern bool mock_iommu_on;
extern bool mock_iommu_enforces;
void mock_reset(void);
void mock_wbinvd(void);
void mock_set(hwaddr spa, SnpRmpEntry e);
SnpRmpEntry mock_get(hwaddr spa);

/* fw-test.c */
extern SnpFw *fw;
typedef struct Buf {
    uint8_t b[0x48];
} Buf;
Buf *b32(Buf *b, int off, uint32_t v);
Buf *b64(Buf *b, int off, uint64_t v);
FwStatus run(unsigned int id, const Buf *b);
FwStatus run0(unsigned int id);
void start_platform(void);
void make_firmware(hwaddr spa);
void make_pre_guest(hwaddr spa, uint64_t gpa, uint32_t asid);
FwStatus launch_start(uint64_t policy);
FwStatus launch_update(hwaddr spa, int type);
FwStatus reclaim(hwaddr spa);

#define expect(status, call)                                            \
    do {                                                                \
        FwStatus got_ = (call);                                         \
        if (got_ != (status)) {                                         \
            g_error("%s:%d: %s is %s, not %s", __FILE__, __LINE__,      \
                    #call, fw_status_name(got_),                        \
                    fw_status_name(status));                            \
        }                                                               \
    } while (0)

void add_platform_tests(void);
void add_launch_tests(void);
void add_message_tests(void);
void add_sev_tests(void);
void add_owner_tests(void);

#endif
