/*
 * SNP host model: counters of RMP changes, faults of RMP instructions
 *
 * For tests that drive the model from outside; nothing here is visible to
 * the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/stats64.h"
#include "qemu/thread.h"
#include "count.h"

static const char *const actor_names[SNP_BY_MAX] = {
    [SNP_BY_RMPUPDATE] = "RMPUPDATE",
    [SNP_BY_PSMASH] = "PSMASH",
    [SNP_BY_PVALIDATE] = "PVALIDATE",
    [SNP_BY_RMPADJUST] = "RMPADJUST",
    [SNP_BY_RMPREAD] = "RMPREAD",
    [SNP_BY_FIRMWARE] = "firmware",
};

static const char *const result_names[SNP_RESULT_MAX] = {
#define X(name, value) [value] = #name,
    SNP_RESULTS(X)
#undef X
};

static SnpRmpCount changes[SNP_BY_MAX][SNP_PAGE_DEFAULT + 1]
                          [SNP_PAGE_DEFAULT + 1];
static Stat64 results[SNP_BY_MAX][SNP_RESULT_MAX];

const char *snp_rmp_actor_name(SnpRmpActor by)
{
    return actor_names[by];
}

void snp_rmp_count_update(SnpRmpActor by, SnpPageState from, SnpPageState to)
{
    changes[by][from][to].updates++;
}

void snp_rmp_count_pages(SnpRmpActor by, SnpPageState from, SnpPageState to,
                         uint64_t pages)
{
    changes[by][from][to].pages += pages;
}

SnpRmpCount snp_rmp_count(SnpRmpActor by, SnpPageState from, SnpPageState to)
{
    return changes[by][from][to];
}

void snp_rmp_count_result(SnpRmpActor insn, uint32_t result)
{
    stat64_add(&results[insn][result], 1);
}

uint64_t snp_rmp_results(SnpRmpActor insn, uint32_t result)
{
    return stat64_get(&results[insn][result]);
}

const char *snp_rmp_result_name(uint32_t result)
{
    return result_names[result];
}

/* Faults */

typedef enum Wanted { ANY, ASSIGNED, SHARED } Wanted;

typedef struct Fault {
    const char *name;
    SnpRmpActor insn;
    Wanted wanted;
    unsigned int countdown;     /* 0: never, 1: the next one */
    uint32_t result;
} Fault;

static Fault faults[] = {
    { "RMPUPDATE", SNP_BY_RMPUPDATE, ANY },
    { "RMPUPDATE:assigned", SNP_BY_RMPUPDATE, ASSIGNED },
    { "RMPUPDATE:shared", SNP_BY_RMPUPDATE, SHARED },
    { "PSMASH", SNP_BY_PSMASH, ANY },
    { "PVALIDATE", SNP_BY_PVALIDATE, ANY },
    { "RMPADJUST", SNP_BY_RMPADJUST, ANY },
    { "RMPREAD", SNP_BY_RMPREAD, ANY },
};

static QemuMutex lock;      /* of the faults */

static void __attribute__((constructor)) lock_init(void)
{
    qemu_mutex_init(&lock);
}

bool snp_rmp_fault_due(SnpRmpActor insn, bool assign, uint32_t *result)
{
    bool due = false;

    QEMU_LOCK_GUARD(&lock);
    for (int i = 0; i < ARRAY_SIZE(faults); i++) {
        Fault *f = &faults[i];

        if (f->insn == insn && f->countdown &&
            (f->wanted == ANY || (f->wanted == ASSIGNED) == assign) &&
            !--f->countdown) {
            *result = f->result;
            due = true;
        }
    }
    return due;
}

static bool parse_result(const char *name, uint32_t *result)
{
    for (uint32_t i = SNP_SUCCESS + 1; i < SNP_RESULT_MAX; i++) {
        if (result_names[i] && !strcmp(result_names[i], name)) {
            *result = i;
            return true;
        }
    }
    return false;
}

bool snp_rmp_set_fault(const char *spec)
{
    g_auto(GStrv) part = g_strsplit(spec, ",", 0);
    unsigned int n;
    uint32_t result;

    QEMU_LOCK_GUARD(&lock);
    if (!*spec) {
        for (int i = 0; i < ARRAY_SIZE(faults); i++) {
            faults[i].countdown = 0;
        }
        return true;
    }
    if (g_strv_length(part) != 3 || qemu_strtoui(part[1], NULL, 10, &n) ||
        !parse_result(part[2], &result)) {
        return false;
    }
    for (int i = 0; i < ARRAY_SIZE(faults); i++) {
        if (!strcmp(faults[i].name, part[0])) {
            faults[i].countdown = n;
            faults[i].result = result;
            return true;
        }
    }
    return false;
}

void snp_rmp_each_fault(void (*fn)(const char *spec, void *opaque),
                        void *opaque)
{
    QEMU_LOCK_GUARD(&lock);
    for (int i = 0; i < ARRAY_SIZE(faults); i++) {
        const Fault *f = &faults[i];

        if (f->countdown) {
            g_autofree char *spec = g_strdup_printf("%s,%u,%s", f->name,
                                                    f->countdown,
                                                    result_names[f->result]);

            fn(spec, opaque);
        }
    }
}
