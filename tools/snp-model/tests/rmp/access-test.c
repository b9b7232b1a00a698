/*
 * SNP host model: every row of the RMP access check, against a table
 *
 * APM volume 2 section 15.36.10.  The rows were written from the table of
 * checks, not from access.c; the RMP behind them is a handful of entries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "exec/page-protection.h"
#include "../../rmp/access.h"
#include "../../rmp/table.h"

#define ASID    7
#define GPA     0x12345000ULL
#define R       PAGE_READ
#define W       PAGE_WRITE
#define X       PAGE_EXEC
#define RWX     (R | W | X)

bool snp_rmp_active = true;

static SnpRmpEntry entry;
static bool region_free;
static bool covered;

/* What access.c asks the RMP */

void snp_rmp_note_cached(const SnpAccess *a, bool region)
{
}

void snp_rmp_get(hwaddr spa, SnpRmpEntry *e)
{
    *e = covered ? entry : (SnpRmpEntry) { };
}

bool snp_rmp_region_free(hwaddr spa)
{
    return !covered || region_free;
}

static bool in_use;

bool snp_cpu_page_in_use(hwaddr spa, const CPUX86State *except)
{
    g_assert(except);
    return in_use;
}

typedef enum Who { HOST, PLAIN, SEV, SNP } Who;

/* Entries that the rows refer to. */
typedef enum Page {
    HV,             /* Hypervisor */
    IN_USE,         /* Hypervisor, VMCB of a guest that runs elsewhere */
    DEFAULT,        /* not covered */
    VALID,          /* Guest-Valid, 4 KiB, the guest's, right gpa */
    INVALID,        /* Guest-Invalid */
    OTHER_ASID,
    OTHER_GPA,
    PRE_GUEST,      /* immutable */
    FIRMWARE,
    LARGE,          /* Guest-Valid, 2 MiB */
    NO_VMPL1,       /* Guest-Valid, VMPL1 may nothing */
    RO_VMPL1,       /* Guest-Valid, VMPL1 may read */
    WO_VMPL1,       /* Guest-Valid, VMPL1 may write and not read */
    XU_VMPL1,       /* Guest-Valid, VMPL1 may read and execute as user */
} Page;

typedef struct Row {
    const char *name;
    Who who;
    Page page;
    MMUAccessType type;
    bool enc, page_table, large_leaf, is_user;
    uint8_t vmpl;
    SnpVerdict verdict;
    int prot;               /* what stays of read, write, execute */
    uint64_t error;
    bool ciphertext;
} Row;

#define LOAD    MMU_DATA_LOAD
#define STORE   MMU_DATA_STORE
#define FETCH   MMU_INST_FETCH
#define OK      SNP_VERDICT_OK
#define FAULT   SNP_VERDICT_FAULT
#define VC      SNP_VERDICT_NOT_VALIDATED
#define RMP     (1ULL << 31)
#define ENC     (1ULL << 34)
#define VMPL    (1ULL << 36)
#define P       1
#define WR      2
#define US      4
#define ID      16

static const Row rows[] = {
    /* Host: reads and fetches are free, writes and page tables are not. */
    { "host/read/hv", HOST, HV, LOAD, .verdict = OK, .prot = RWX },
    { "host/write/hv", HOST, HV, STORE, .verdict = OK, .prot = RWX },
    { "host/read/valid", HOST, VALID, LOAD, .verdict = OK, .prot = R | X,
      .ciphertext = true },
    { "host/fetch/valid", HOST, VALID, FETCH, .verdict = OK, .prot = R | X,
      .ciphertext = true },
    { "host/write/valid", HOST, VALID, STORE, .verdict = FAULT,
      .error = RMP | P | WR },
    { "host/user-write/valid", HOST, VALID, STORE, .is_user = true,
      .verdict = FAULT, .error = RMP | P | WR | US },
    { "host/write/firmware", HOST, FIRMWARE, STORE, .verdict = FAULT,
      .error = RMP | P | WR },
    { "host/write/default", HOST, DEFAULT, STORE, .verdict = OK, .prot = RWX },
    { "host/write/in-use", HOST, IN_USE, STORE, .verdict = FAULT,
      .error = RMP | P | WR },
    { "host/read/in-use", HOST, IN_USE, LOAD, .verdict = OK, .prot = R | X },
    { "host/ptw/valid", HOST, VALID, LOAD, .page_table = true,
      .verdict = FAULT, .error = RMP | P },
    { "host/write/large-hv", HOST, HV, STORE, .large_leaf = true,
      .verdict = OK, .prot = RWX },
    { "host/write/large-neighbour", HOST, VALID, STORE, .large_leaf = true,
      .verdict = FAULT, .error = RMP | P | WR },
    { "host/read/large-neighbour", HOST, VALID, LOAD, .large_leaf = true,
      .verdict = OK, .prot = R | X, .ciphertext = true },
    { "host/read/invalid", HOST, INVALID, LOAD, .verdict = OK, .prot = R | X,
      .ciphertext = true },
    { "host/read/pre-guest", HOST, PRE_GUEST, LOAD, .verdict = OK,
      .prot = R | X },
    { "host/read/firmware", HOST, FIRMWARE, LOAD, .verdict = OK,
      .prot = R | X },
    /* Guests without SNP are like the host, but exit. */
    { "plain/read/valid", PLAIN, VALID, LOAD, .verdict = OK, .prot = R | X,
      .ciphertext = true },
    { "plain/write/hv", PLAIN, HV, STORE, .verdict = OK, .prot = RWX },
    { "plain/write/valid", PLAIN, VALID, STORE, .verdict = FAULT,
      .error = RMP | P | WR | US },
    { "sev/write/hv", SEV, HV, STORE, .enc = true, .verdict = OK,
      .prot = RWX },
    { "sev/write/valid", SEV, VALID, STORE, .enc = true, .verdict = FAULT,
      .error = RMP | P | WR | US },
    { "sev/ptw/firmware", SEV, FIRMWARE, STORE, .page_table = true,
      .verdict = FAULT, .error = RMP | P | WR | US },
    /* SNP guest, shared access */
    { "snp-c0/read/hv", SNP, HV, LOAD, .verdict = OK, .prot = R | W },
    { "snp-c0/read/valid", SNP, VALID, LOAD, .verdict = OK, .prot = R,
      .ciphertext = true },
    { "snp-c0/write/hv", SNP, HV, STORE, .verdict = OK, .prot = R | W },
    { "snp-c0/write/default", SNP, DEFAULT, STORE, .verdict = OK,
      .prot = R | W },
    { "snp-c0/write/valid", SNP, VALID, STORE, .verdict = FAULT,
      .error = RMP | P | WR | US },
    /* Fetches and page tables are private whatever the leaf says. */
    { "snp-c0/fetch/hv", SNP, HV, FETCH, .verdict = FAULT,
      .error = RMP | ENC | P | US | ID },
    { "snp-c0/fetch/valid", SNP, VALID, FETCH, .verdict = OK, .prot = X },
    { "snp-c0/ptw/hv", SNP, HV, STORE, .page_table = true, .verdict = FAULT,
      .error = RMP | ENC | P | WR | US },
    { "snp-c0/ptw/valid", SNP, VALID, STORE, .page_table = true,
      .verdict = OK, .prot = RWX },
    { "snp-c0/ptw/invalid", SNP, INVALID, STORE, .page_table = true,
      .verdict = VC },
    /* SNP guest, private access, in the order of the checks */
    { "snp/read/valid", SNP, VALID, LOAD, .enc = true, .verdict = OK,
      .prot = RWX },
    { "snp/write/valid", SNP, VALID, STORE, .enc = true, .verdict = OK,
      .prot = RWX },
    { "snp/fetch/valid", SNP, VALID, FETCH, .enc = true, .verdict = OK,
      .prot = RWX },
    { "snp/read/default", SNP, DEFAULT, LOAD, .enc = true, .verdict = FAULT,
      .error = RMP | ENC | P | US },
    { "snp/read/hv", SNP, HV, LOAD, .enc = true, .verdict = FAULT,
      .error = RMP | ENC | P | US },
    { "snp/write/hv", SNP, HV, STORE, .enc = true, .verdict = FAULT,
      .error = RMP | ENC | P | WR | US },
    { "snp/read/other-asid", SNP, OTHER_ASID, LOAD, .enc = true,
      .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/other-gpa", SNP, OTHER_GPA, LOAD, .enc = true,
      .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/pre-guest", SNP, PRE_GUEST, LOAD, .enc = true,
      .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/firmware", SNP, FIRMWARE, LOAD, .enc = true,
      .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/npt-4k-in-2m", SNP, LARGE, LOAD, .enc = true,
      .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/npt-2m-over-4k", SNP, VALID, LOAD, .enc = true,
      .large_leaf = true, .verdict = FAULT, .error = RMP | ENC | P | US },
    { "snp/read/large", SNP, LARGE, LOAD, .enc = true, .large_leaf = true,
      .verdict = OK, .prot = RWX },
    { "snp/read/invalid", SNP, INVALID, LOAD, .enc = true, .verdict = VC },
    { "snp/write/invalid", SNP, INVALID, STORE, .enc = true, .verdict = VC },
    { "snp/fetch/invalid", SNP, INVALID, FETCH, .enc = true, .verdict = VC },
    /* VMPL last */
    { "snp/read/vmpl0", SNP, NO_VMPL1, LOAD, .enc = true, .verdict = OK,
      .prot = RWX },
    { "snp/read/vmpl1-none", SNP, NO_VMPL1, LOAD, .enc = true, .vmpl = 1,
      .verdict = FAULT, .error = RMP | ENC | VMPL | P | US },
    { "snp/read/vmpl1-ro", SNP, RO_VMPL1, LOAD, .enc = true, .vmpl = 1,
      .verdict = OK, .prot = R },
    { "snp/write/vmpl1-ro", SNP, RO_VMPL1, STORE, .enc = true, .vmpl = 1,
      .verdict = FAULT, .error = RMP | ENC | VMPL | P | WR | US },
    { "snp/write/vmpl1-wo", SNP, WO_VMPL1, STORE, .enc = true, .vmpl = 1,
      .verdict = FAULT, .error = RMP | ENC | VMPL | P | WR | US },
    { "snp/read/vmpl1-wo", SNP, WO_VMPL1, LOAD, .enc = true, .vmpl = 1,
      .verdict = FAULT, .error = RMP | ENC | VMPL | P | US },
    { "snp/fetch/vmpl1-super", SNP, XU_VMPL1, FETCH, .enc = true, .vmpl = 1,
      .verdict = FAULT, .error = RMP | ENC | VMPL | P | US | ID },
    { "snp/fetch/vmpl1-user", SNP, XU_VMPL1, FETCH, .enc = true, .vmpl = 1,
      .is_user = true, .verdict = OK, .prot = R | X },
};

static void set_page(Page page)
{
    SnpRmpEntry e = {
        .assigned = true, .validated = true, .asid = ASID, .gpa = GPA,
        .perms = { SNP_PERM_ALL },
    };

    covered = page != DEFAULT;
    region_free = page == HV;
    in_use = page == IN_USE;
    switch (page) {
    case HV:
    case IN_USE:
    case DEFAULT:
        e = (SnpRmpEntry) { };
        break;
    case VALID:
    case NO_VMPL1:
        break;
    case INVALID:
        e.validated = false;
        break;
    case OTHER_ASID:
        e.asid++;
        break;
    case OTHER_GPA:
        e.gpa += 0x1000;
        break;
    case PRE_GUEST:
        e.immutable = true;
        e.validated = false;
        break;
    case FIRMWARE:
        e = (SnpRmpEntry) { .assigned = true, .immutable = true };
        break;
    case LARGE:
        e.size_2m = true;
        break;
    case RO_VMPL1:
        e.perms[1] = SNP_PERM_READ;
        break;
    case WO_VMPL1:
        e.perms[1] = SNP_PERM_WRITE;
        break;
    case XU_VMPL1:
        e.perms[1] = SNP_PERM_READ | SNP_PERM_EXEC_USER;
        break;
    }
    entry = e;
}

static void test_row(gconstpointer data)
{
    const Row *row = data;
    g_autofree CPUX86State *env = g_new0(CPUX86State, 1);
    SnpAccess a = {
        .gpa = GPA | 0x123, .spa = 0x40000123,
        .leaf_size = row->large_leaf ? 2 * MiB : 4 * KiB,
        .type = row->type, .nested = row->who != HOST,
        .is_user = row->is_user, .enc = row->enc,
        .page_table = row->page_table, .prot = RWX,
    };
    uint64_t error = 0;

    set_page(row->page);
    env->snp.guest_sev = row->who == SEV || row->who == SNP;
    env->snp.guest_snp = row->who == SNP;
    env->snp.asid = row->who == HOST ? 0 : ASID;
    env->snp.vmpl = row->vmpl;

    g_assert_cmpint(snp_access_check(env, &a, &error), ==, row->verdict);
    g_assert_cmphex(error, ==, row->error);
    if (row->verdict == OK) {
        g_assert_cmpint(a.prot, ==, row->prot);
        g_assert_cmpint(a.ciphertext, ==, row->ciphertext);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_autofree char *path = g_strdup_printf("/access/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
