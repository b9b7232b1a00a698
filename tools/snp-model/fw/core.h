/*
 * SNP host model: state of the PSP firmware, shared by its files
 *
 * One command runs at a time, under the firmware's lock, and so does whoever
 * looks at this state from outside, but for reset, while no command runs.  Only
 * the ASID table has a lock of its own, in asid.c, under which WBINVD marks are
 * forgotten; CPUs set theirs without it, atomically.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_CORE_H
#define SNP_MODEL_FW_CORE_H

#include "qemu/bitops.h"
#include "qemu/thread.h"
#include "fw.h"
#include "defs.h"
#include "host.h"
#include "product.h"
#include "sev-cmd.h"
#include "../rmp/rmp.h"

#define FW_MAX_CMD_BUF      0x48
#define FW_MAX_CMDS         128

typedef enum SevPlatformState {
    SEV_UNINIT,
    SEV_INIT,
    SEV_WORKING,
} SevPlatformState;

typedef struct FwDrbg {
    uint8_t key[32];
    uint64_t counter;
} FwDrbg;

typedef struct FwKeys {
    uint8_t vcek[48];           /* P-384 private scalar, big endian */
    uint8_t cek[48];
    uint8_t root[32];           /* what KEY requests derive from */
    uint8_t vlek_wrap[32];      /* what VLEKs are wrapped with */
    uint8_t chip_id[FW_CHIP_ID_LEN];
} FwKeys;

/* Fail a command that would otherwise be run. */
typedef struct FwFault {
    unsigned int countdown;     /* 0: never, 1: the next one */
    unsigned int more;          /* so many after it as well */
    FwStatus status;
} FwFault;

typedef struct SnpFw {
    const FwProduct *product;

    /* SEV and SEV-ES */
    SevPlatformState sev_state;
    bool sev_es;
    uint32_t next_handle;
    GHashTable *sev_guests;     /* by handle */
    uint8_t pek[48];
    uint8_t pdh[48];
    uint8_t oca[48];
    uint8_t identity[32];       /* PEK and OCA are derived from it */
    bool owned;                 /* by whose OCA has signed the PEK: */
    SevCert pek_cert;
    SevCert oca_cert;
    hwaddr nv;                  /* INIT_EX's storage area, 0 for none */

    /* SNP */
    bool snp_init;
    bool rmp_init;
    GHashTable *contexts;       /* by system physical address */
    uint32_t snp_guest_count;
    FwRmp rmp;
    FwRange tmr;                /* between INIT and SHUTDOWN */
    FwRange iommu[FW_IOMMU_RANGES];
    int iommu_ranges;
    uint8_t build;
    uint8_t committed_build;
    uint64_t reported_tcb;
    bool mask_chip_id;
    bool mask_chip_key;
    bool vlek_loaded;
    uint8_t vlek[48];
    uint64_t mitigations;       /* that can be verified: a property */
    bool can_x86_shutdown;      /* properties as well */
    bool can_hide_ciphertext;
    uint16_t hidden_asids;      /* SNP guests' then, from 1 on; 0: not hiding */
    uint64_t verified;          /* of them */

    FwKeys keys;
    FwDrbg drbg;

    /* For tests: commands by table index and status */
    uint64_t counts[FW_MAX_CMDS + 1][FW_STATUS_MAX];
    uint64_t launch_pages[SNP_TYPE_MAX];    /* of 4 KiB */
    FwFault faults[FW_MAX_CMDS];
    QemuMutex lock;
} SnpFw;

/* One command being executed. */
typedef struct FwCmd {
    hwaddr spa;                     /* of its buffer */
    void *buf;                      /* that, as sev-cmd.h and snp-cmd.h say */
    bool dirty;                     /* write buf back when done */
} FwCmd;

typedef FwStatus FwHandler(SnpFw *fw, FwCmd *cmd);

/* The platform state without which a command is refused. */
typedef enum FwNeeds {
    FW_ANY,
    FW_SEV_UNINIT,
    FW_SEV_INIT,                    /* INIT or WORKING */
    FW_SNP_INIT,
} FwNeeds;

typedef struct FwCmdInfo {
    uint16_t id;
    const char *name;
    uint8_t len;                    /* of the command buffer */
    bool out;                       /* the firmware writes to it */
    FwNeeds needs;
    FwHandler *handler;
} FwCmdInfo;

/* commands.c */
extern const FwCmdInfo fw_commands[];
extern const unsigned int fw_nr_commands;

/* core.c */
SnpFw *fw_new(const uint8_t seed[32], const FwProduct *product);
void fw_free(SnpFw *fw);
void fw_reset(SnpFw *fw);
FwStatus fw_execute(SnpFw *fw, unsigned int id, hwaddr buffer);
const char *fw_status_name(FwStatus status);

/* mem.c */
hwaddr fw_spa(uint64_t field);
bool fw_is_zero(const uint8_t *p, size_t len);
FwStatus fw_read_in(hwaddr spa, void *buf, size_t len);
bool fw_is_rmp(const SnpFw *fw, hwaddr spa);
FwStatus fw_check_owned(SnpFw *fw, hwaddr spa, uint64_t len);
FwStatus fw_check_out(SnpFw *fw, hwaddr spa, uint64_t len);
void fw_put_out(SnpFw *fw, hwaddr spa, const void *buf, uint64_t len);
void fw_release_out(SnpFw *fw, hwaddr spa, uint64_t len);

/* asid.c */
void fw_asid_dirty_all(void);
bool fw_asid_any_dirty(void);
FwStatus fw_asid_check(uint32_t asid, SnpGuestKind kind, uint32_t current);
void fw_asid_install(uint32_t asid, SnpGuestKind kind, SnpAsidUse use,
                     const uint8_t key[32]);
void fw_asid_use(uint32_t asid, SnpAsidUse use);
void fw_asid_hide(uint16_t asids);
void fw_asid_release(uint32_t asid);
void fw_asid_reset(void);
FwHandler fw_cmd_df_flush;

/* instrument.c */
#define FW_UNKNOWN  fw_nr_commands  /* index of what is no command */
const char *fw_command_name(unsigned int index);
bool fw_fault_due(SnpFw *fw, unsigned int index, FwStatus *status);
void fw_count(SnpFw *fw, unsigned int index, FwStatus status);
bool fw_set_fault(SnpFw *fw, const char *spec);
void fw_each_fault(SnpFw *fw, void (*fn)(const char *spec, void *opaque),
                   void *opaque);

/* random.c */
void fw_drbg_seed(FwDrbg *d, const uint8_t seed[32]);
void fw_random(FwDrbg *d, void *buf, size_t len);

/* keys.c */
void fw_keys_default(FwKeys *k);
bool fw_keys_load(FwKeys *k, const char *dir, char **why);
void fw_keys_derived(FwKeys *k);

#endif
