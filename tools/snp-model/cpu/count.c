/*
 * SNP host model: counters of VMRUNs, exits and #VC
 *
 * For tests that read them through the monitor; nothing in the machine can.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/stats64.h"
#include "count.h"
#include "../trace.h"

/* Codes are below 100h, from 400h to 40Fh, or errors from -1 to -16. */
#define SLOT_HIGH       0x100
#define SLOT_ERROR      0x110
#define SLOTS           0x120

enum { KIND_PLAIN, KIND_SEV, KIND_SEV_ES, KIND_SNP, KINDS };

static const char *const kind_names[KINDS] = {
    [KIND_PLAIN] = "plain",
    [KIND_SEV] = "sev",
    [KIND_SEV_ES] = "sev-es",
    [KIND_SNP] = "snp",
};

static Stat64 vmruns[KINDS];
static Stat64 exits[KINDS][SLOTS];
static Stat64 vcs[KINDS][SLOTS];

static int kind_of(const CPUX86State *env)
{
    return env->snp.guest_snp ? KIND_SNP :
           env->snp.guest_es ? KIND_SEV_ES :
           env->snp.guest_sev ? KIND_SEV : KIND_PLAIN;
}

static unsigned slot_of(uint32_t code)
{
    if ((int32_t)code < 0) {
        return SLOT_ERROR + (~code & 0xf);
    }
    return code < SLOT_HIGH ? code : SLOT_HIGH + (code & 0xf);
}

static int64_t code_of(unsigned slot)
{
    return slot < SLOT_HIGH ? slot :
           slot < SLOT_ERROR ? 0x400 + slot - SLOT_HIGH :
           -1 - (int64_t)(slot - SLOT_ERROR);
}

void snp_count_vmrun(CPUX86State *env)
{
    int kind = kind_of(env);

    stat64_add(&vmruns[kind], 1);
    trace_snp_vmrun(env_cpu(env)->cpu_index, kind_names[kind], env->snp.asid,
                    env->vm_vmcb, env->eip);
}

void snp_count_exit(CPUX86State *env, uint32_t code, uint64_t info_1)
{
    int kind = kind_of(env);

    stat64_add(&exits[kind][slot_of(code)], 1);
    trace_snp_vmexit(env_cpu(env)->cpu_index, kind_names[kind], (int32_t)code,
                     info_1, env->eip);
}

void snp_count_vc(CPUX86State *env, uint32_t code)
{
    int kind = kind_of(env);

    stat64_add(&vcs[kind][slot_of(code)], 1);
    trace_snp_vc(env_cpu(env)->cpu_index, kind_names[kind], code);
}

static QDict *count_codes(const Stat64 table[SLOTS])
{
    QDict *codes = qdict_new();

    for (unsigned slot = 0; slot < SLOTS; slot++) {
        uint64_t n = stat64_get(&table[slot]);
        int64_t code = code_of(slot);
        char name[20];

        if (n) {
            snprintf(name, sizeof(name), "%s%" PRIx64, code < 0 ? "-" : "",
                     code < 0 ? -code : code);
            qdict_put_int(codes, name, n);
        }
    }
    return codes;
}

void snp_cpu_counters(QDict *all)
{
    QDict *runs = qdict_new(), *outs = qdict_new(), *faults = qdict_new();

    for (int kind = 0; kind < KINDS; kind++) {
        qdict_put_int(runs, kind_names[kind], stat64_get(&vmruns[kind]));
        qdict_put(outs, kind_names[kind], count_codes(exits[kind]));
        qdict_put(faults, kind_names[kind], count_codes(vcs[kind]));
    }
    qdict_put(all, "vmruns", runs);
    qdict_put(all, "exits", outs);
    qdict_put(all, "vcs", faults);
}
