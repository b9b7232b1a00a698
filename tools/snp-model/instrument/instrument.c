/*
 * SNP host model: what the monitor can ask of the model, and tell it
 *
 * Properties whose values are dictionaries and lists, for qom-get: a client
 * gets JSON objects without a schema that QEMU's interface would have to
 * carry.  Called under the BQL; a command may be running without it, hence
 * the firmware's lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "system/system.h"
#include "hold.h"
#include "instrument.h"
#include "../rmp/count.h"

static SnpFw *(*get_fw)(Object *obj);

/* Faults */

static void list_fault(const char *spec, void *opaque)
{
    qlist_append_str((QList *)opaque, spec);
}

static QObject *faults(SnpFw *fw)
{
    QList *all = qlist_new();

    WITH_QEMU_LOCK_GUARD(&fw->lock) {
        fw_each_fault(fw, list_fault, all);
    }
    snp_rmp_each_fault(list_fault, all);
    return QOBJECT(all);
}

static bool set_fault(SnpFw *fw, const char *spec)
{
    bool ok;

    WITH_QEMU_LOCK_GUARD(&fw->lock) {
        ok = fw_set_fault(fw, spec);
    }
    /* One that takes all back concerns both. */
    return (ok && *spec) || snp_rmp_set_fault(spec);
}

static void prop_set_fault(Object *obj, const char *value, Error **errp)
{
    SnpFw *fw = get_fw(obj);

    if (!fw || !set_fault(fw, value)) {
        error_setg(errp, "fault '%s' is not COMMAND,N,STATUS as in "
                   "SNP_LAUNCH_UPDATE,2,INVALID_PARAM or "
                   "RMPUPDATE:shared,1,FAIL_INUSE", value);
    }
}

/* Properties */

typedef QObject *Reader(SnpFw *fw);

static void prop_read(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    SnpFw *fw = get_fw(obj);
    QObject *value;

    if (!fw) {
        error_setg(errp, "%s: the device is not realized", name);
        return;
    }
    value = ((Reader *)opaque)(fw);
    visit_type_any(v, name, &value, errp);
    qobject_unref(value);
}

static void prop_get_hold(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t marks = snp_hold_marks();

    visit_type_uint32(v, name, &marks, errp);
}

static void prop_set_hold(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t marks;

    if (visit_type_uint32(v, name, &marks, errp)) {
        snp_hold_set_marks(marks);
    }
}

static void prop_get_held(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t mark = snp_held();

    visit_type_uint32(v, name, &mark, errp);
}

static void prop_set_held(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t mark;

    if (!visit_type_uint32(v, name, &mark, errp)) {
        return;
    }
    if (mark) {
        error_setg(errp, "held can only be set to 0, to let the machine go");
        return;
    }
    snp_hold_release();
}

static void add_reader(ObjectClass *klass, const char *name, Reader *reader,
                       const char *what)
{
    object_class_property_add(klass, name, "any", prop_read, NULL, NULL,
                              reader);
    object_class_property_set_description(klass, name, what);
}

void snp_instrument_add(ObjectClass *klass, SnpFw *(*get)(Object *obj))
{
    get_fw = get;
    add_reader(klass, "counters", snp_counters, "What has happened so far");
    add_reader(klass, "census", snp_census,
               "Pages that are not the hypervisor's, guests, ASIDs in use");
    add_reader(klass, "faults", faults, "Faults that have yet to fire");
    object_class_property_add_str(klass, "fault", NULL, prop_set_fault);
    object_class_property_set_description(klass, "fault",
        "COMMAND,N,STATUS makes the N-th COMMAND from now fail");
    object_class_property_add(klass, "hold", "uint32", prop_get_hold,
                              prop_set_hold, NULL, NULL);
    object_class_property_set_description(klass, "hold",
        "Marks, by bit, at which the machine halts");
    object_class_property_add(klass, "held", "uint32", prop_get_held,
                              prop_set_held, NULL, NULL);
    object_class_property_set_description(klass, "held",
        "The mark at which the machine stands; set it to 0 to let it go on");
}

/* The counters at exit */

static struct {
    Notifier notifier;
    SnpFw *fw;
    FILE *file;
} kept;

static void write_counters(Notifier *n, void *opaque)
{
    QObject *all = snp_counters(kept.fw);
    GString *json = qobject_to_json_pretty(all, true);

    fprintf(kept.file, "%s\n", json->str);
    fclose(kept.file);
    g_string_free(json, true);
    qobject_unref(all);
}

bool snp_instrument_keep(SnpFw *fw, const char *path, Error **errp)
{
    kept.file = fopen(path, "w");
    if (!kept.file) {
        error_setg_file_open(errp, errno, path);
        return false;
    }
    kept.fw = fw;
    kept.notifier.notify = write_counters;
    qemu_add_exit_notifier(&kept.notifier);
    return true;
}
