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
#include "core.h"

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
    if (f->more) {
        f->more--;
        f->countdown = 1;
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

/* "N" or "N-M" */
static bool parse_which(const char *text, FwFault *f)
{
    const char *end;
    unsigned int last;

    if (qemu_strtoui(text, &end, 10, &f->countdown)) {
        return false;
    }
    if (!*end) {
        return true;
    }
    if (*end != '-' || qemu_strtoui(end + 1, NULL, 10, &last) ||
        !f->countdown || last < f->countdown) {
        return false;
    }
    f->more = last - f->countdown;
    return true;
}

/*
 * "COMMAND,N,STATUS": the N-th COMMAND from now on ends with STATUS and has
 * no effect; with "N-M" for N, those up to the M-th.  N 0 takes that back, ""
 * takes back all.
 */
bool fw_set_fault(SnpFw *fw, const char *spec)
{
    g_auto(GStrv) part = g_strsplit(spec, ",", 0);
    unsigned int index;
    FwFault f = { };

    if (!*spec) {
        memset(fw->faults, 0, sizeof(fw->faults));
        return true;
    }
    if (g_strv_length(part) != 3 || !find_by_name(part[0], &index) ||
        !parse_which(part[1], &f) || !parse_status(part[2], &f.status)) {
        return false;
    }
    fw->faults[index] = f;
    return true;
}

/* Faults still to come, in that form with what is left of N. */
void fw_each_fault(SnpFw *fw, void (*fn)(const char *spec, void *opaque),
                   void *opaque)
{
    for (unsigned int i = 0; i < fw_nr_commands; i++) {
        const FwFault *f = &fw->faults[i];

        if (f->countdown) {
            g_autofree char *last =
                f->more ? g_strdup_printf("-%u", f->countdown + f->more)
                        : g_strdup("");
            g_autofree char *spec = g_strdup_printf("%s,%u%s,%s",
                                                    fw_commands[i].name,
                                                    f->countdown, last,
                                                    fw_status_name(f->status));

            fn(spec, opaque);
        }
    }
}
