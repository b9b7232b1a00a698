/*
 * SNP host model: counters and faults of firmware commands
 *
 * For tests that drive the model from outside; nothing here is visible to
 * the machine.  Under the firmware's lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "fw-core.h"

static const struct {
    const char *name;
    FwStatus value;
} statuses[] = {
#define X(name, value) { #name, value },
    FW_STATUSES(X)
#undef X
};

/* Take note of a command; true when it is to fail without being run. */
bool fw_fault_due(SnpFw *fw, unsigned int index, FwStatus *status)
{
    FwFault *f = &fw->faults[index];

    if (!f->countdown || --f->countdown) {
        return false;
    }
    *status = f->status;
    return true;
}

void fw_count(SnpFw *fw, unsigned int index, FwStatus status)
{
    fw->counts[index][status]++;
}

const char *fw_command_name(unsigned int index)
{
    return index == FW_UNKNOWN ? "UNKNOWN" : fw_commands[index].name;
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

/* SUCCESS is no fault: it would tell the host of what was not done. */
static bool parse_status(const char *name, FwStatus *status)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(statuses); i++) {
        if (!strcmp(statuses[i].name, name)) {
            *status = statuses[i].value;
            return *status != FW_SUCCESS;
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

/* Faults still to come, in that form with what is left of N. */
void fw_each_fault(SnpFw *fw, void (*fn)(const char *spec, void *opaque),
                   void *opaque)
{
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        const FwFault *f = &fw->faults[i];

        if (f->countdown) {
            g_autofree char *spec = g_strdup_printf("%s,%u,%s",
                                                    fw_commands[i].name,
                                                    f->countdown,
                                                    fw_status_name(f->status));

            fn(spec, opaque);
        }
    }
}
