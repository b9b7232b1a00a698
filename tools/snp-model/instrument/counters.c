/*
 * SNP host model: what has happened: commands, RMP changes, VMRUNs, exits
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qobject/qdict.h"
#include "../cpu/count.h"
#include "instrument.h"
#include "../rmp/count.h"

/* Only what has happened. */
static void put_dict(QDict *in, const char *key, QDict *value)
{
    if (qdict_size(value)) {
        qdict_put(in, key, value);
    } else {
        qobject_unref(value);
    }
}

static void put_count(QDict *in, const char *key, uint64_t n)
{
    if (n) {
        qdict_put_int(in, key, n);
    }
}

/* COMMAND: { STATUS: number } */
static QDict *count_commands(const SnpFw *fw)
{
    QDict *all = qdict_new();

    for (unsigned int i = 0; i <= FW_UNKNOWN; i++) {
        QDict *command = qdict_new();

        for (unsigned int st = 0; st < FW_STATUS_MAX; st++) {
            put_count(command, fw_status_name(st), fw->counts[i][st]);
        }
        put_dict(all, fw_command_name(i), command);
    }
    return all;
}

/* TYPE: number */
static QDict *count_launch_pages(const SnpFw *fw)
{
    QDict *all = qdict_new();

#define X(name, value) put_count(all, #name, fw->launch_pages[value]);
    SNP_PAGE_TYPES(X)
#undef X
    return all;
}

/* WHO: { FROM: { TO: number } } */
static QDict *count_changes(bool pages)
{
    QDict *all = qdict_new();

    for (int by = 0; by < SNP_BY_MAX; by++) {
        QDict *actor = qdict_new();

        for (int from = 0; from <= SNP_PAGE_DEFAULT; from++) {
            QDict *targets = qdict_new();

            for (int to = 0; to <= SNP_PAGE_DEFAULT; to++) {
                SnpRmpCount n = snp_rmp_count(by, from, to);

                put_count(targets, snp_page_state_name(to),
                          pages ? n.pages : n.updates);
            }
            put_dict(actor, snp_page_state_name(from), targets);
        }
        put_dict(all, snp_rmp_actor_name(by), actor);
    }
    return all;
}

/* INSTRUCTION: { RESULT: number } */
static QDict *count_results(void)
{
    QDict *all = qdict_new();

    for (int insn = 0; insn < SNP_BY_FIRMWARE; insn++) {
        QDict *results = qdict_new();

        for (int i = 0; i < SNP_RESULT_MAX; i++) {
            if (snp_rmp_result_name(i)) {
                put_count(results, snp_rmp_result_name(i),
                          snp_rmp_results(insn, i));
            }
        }
        put_dict(all, snp_rmp_actor_name(insn), results);
    }
    return all;
}

QObject *snp_counters(SnpFw *fw)
{
    QDict *all = qdict_new();

    WITH_QEMU_LOCK_GUARD(&fw->lock) {
        qdict_put(all, "commands", count_commands(fw));
        qdict_put(all, "launch-pages", count_launch_pages(fw));
    }
    snp_rmp_lock();
    qdict_put(all, "rmp-updates", count_changes(false));
    qdict_put(all, "rmp-pages", count_changes(true));
    snp_rmp_unlock();
    qdict_put(all, "rmp-results", count_results());
    snp_cpu_counters(all);
    return QOBJECT(all);
}
