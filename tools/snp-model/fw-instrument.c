/*
 * SNP host model: counters, fault injection and audit of the firmware
 *
 * For tests that drive the model from outside; nothing here is visible to
 * the machine.  Called from the monitor under the BQL, while a command may
 * be running without it, hence the lock.
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/thread.h"
#include "fw-core.h"

static QemuMutex lock;

static void __attribute__((constructor)) lock_init(void)
{
    qemu_mutex_init(&lock);
}

/* Take note of a command; true when it is to fail without being run. */
bool fw_fault_due(SnpFw *fw, unsigned int index, FwStatus *status)
{
    FwFault *f = &fw->faults[index];

    QEMU_LOCK_GUARD(&lock);
    if (!f->countdown || --f->countdown) {
        return false;
    }
    *status = f->status;
    return true;
}

void fw_count(SnpFw *fw, unsigned int index, FwStatus status)
{
    QEMU_LOCK_GUARD(&lock);
    fw->counts[index][status]++;
}

/* "COMMAND STATUS NUMBER" lines, of what has happened only. */
char *fw_counters(SnpFw *fw)
{
    GString *s = g_string_new(NULL);

    QEMU_LOCK_GUARD(&lock);
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        for (unsigned int st = 0; st < FW_STATUS_MAX; st++) {
            if (fw->counts[i][st]) {
                g_string_append_printf(s, "%s %s %" PRIu64 "\n",
                                       fw_commands[i].name,
                                       fw_status_name(st),
                                       fw->counts[i][st]);
            }
        }
    }
    return g_string_free(s, false);
}

static bool find_by_name(const char *name, unsigned int *index)
{
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        if (!strcmp(fw_commands[i].name, name)) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool parse_status(const char *name, FwStatus *status)
{
    for (unsigned int st = 0; st < FW_STATUS_MAX; st++) {
        if (!strcmp(fw_status_name(st), name)) {
            *status = st;
            return true;
        }
    }
    return false;
}

/*
 * "COMMAND,N,STATUS": the N-th COMMAND from now on ends with STATUS and has
 * no effect.  N 0 takes that back, "" takes back all.
 */
bool fw_set_fault(SnpFw *fw, const char *spec)
{
    g_auto(GStrv) part = g_strsplit(spec, ",", 0);
    unsigned int index, n;
    FwStatus status;

    QEMU_LOCK_GUARD(&lock);
    if (!*spec) {
        memset(fw->faults, 0, sizeof(fw->faults));
        return true;
    }
    if (g_strv_length(part) != 3 || !find_by_name(part[0], &index) ||
        qemu_strtoui(part[1], NULL, 10, &n) || !parse_status(part[2],
                                                             &status)) {
        return false;
    }
    fw->faults[index] = (FwFault) { n, status };
    return true;
}

/* What must be as before when a test has cleaned up behind itself. */
char *fw_audit(SnpFw *fw)
{
    GString *s = g_string_new(NULL);
    uint64_t pages[SNP_PAGE_DEFAULT + 1];
    unsigned int in_use = 0;

    for (unsigned int i = 1; i <= SNP_ASID_MAX; i++) {
        in_use += snp_fw_asid(i, NULL, NULL) != SNP_ASID_FREE;
    }
    g_string_append_printf(s, "contexts %u\nsev-guests %u\nasids %u\n",
                           g_hash_table_size(fw->contexts),
                           g_hash_table_size(fw->sev_guests), in_use);
    snp_rmp_census(pages);
    for (unsigned int i = 0; i < SNP_PAGE_DEFAULT; i++) {
        g_string_append_printf(s, "%s %" PRIu64 "\n",
                               snp_page_state_name(i), pages[i]);
    }
    return g_string_free(s, false);
}
