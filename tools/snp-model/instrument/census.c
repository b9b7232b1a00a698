/*
 * SNP host model: what there is: pages, guests, ASIDs
 *
 * The whole table is read each time: milliseconds, and nothing that would
 * have to be right at every change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "../fw/sev.h"
#include "../fw/snp.h"
#include "instrument.h"

typedef struct PageRange {
    uint64_t start;
    uint64_t count;
    SnpPageState state;
    SnpRmpEntry first;
} PageRange;

typedef struct Census {
    uint64_t pages[SNP_PAGE_DEFAULT + 1];
    QList *ranges;
    PageRange range;                /* that the next page may continue */
} Census;

static void end_range(Census *c)
{
    const PageRange *r = &c->range;
    QDict *range = qdict_new();

    if (!r->count) {
        qobject_unref(range);
        return;
    }
    qdict_put_int(range, "start", r->start);
    qdict_put_int(range, "pages", r->count);
    qdict_put_str(range, "state", snp_page_state_name(r->state));
    qdict_put_int(range, "asid", r->first.asid);
    qdict_put_int(range, "gpa", r->first.gpa);
    qdict_put_bool(range, "vmsa", r->first.vmsa);
    qdict_put_bool(range, "immutable", r->first.immutable);
    qdict_put_bool(range, "large", r->first.size_2m);
    qlist_append(c->ranges, range);
}

static bool continues(const PageRange *r, hwaddr spa, SnpPageState state,
                      const SnpRmpEntry *e)
{
    uint64_t offset = r->count * FW_PAGE_SIZE;

    return r->count && spa == r->start + offset && state == r->state &&
           e->asid == r->first.asid && e->vmsa == r->first.vmsa &&
           e->size_2m == r->first.size_2m &&
           e->gpa == r->first.gpa + (e->asid ? offset : 0);
}

static void census_page(hwaddr spa, SnpPageState state, const SnpRmpEntry *e,
                        void *opaque)
{
    Census *c = opaque;

    c->pages[state]++;
    if (!continues(&c->range, spa, state, e)) {
        end_range(c);
        c->range = (PageRange) { spa, 0, state, *e };
    }
    c->range.count++;
}

static void census_rmp(QDict *all)
{
    Census c = { .ranges = qlist_new() };
    QDict *states = qdict_new();
    uint64_t hypervisor;

    snp_rmp_lock();
    hypervisor = snp_rmp_each(census_page, &c);
    snp_rmp_unlock();
    end_range(&c);
    for (int i = 0; i <= SNP_PAGE_DEFAULT; i++) {
        if (c.pages[i]) {
            qdict_put_int(states, snp_page_state_name(i), c.pages[i]);
        }
        hypervisor -= c.pages[i];
    }
    qdict_put_int(states, snp_page_state_name(SNP_PAGE_HYPERVISOR),
                  hypervisor);
    qdict_put(all, "states", states);
    qdict_put(all, "pages", c.ranges);
}

static const char *const snp_state_names[] = {
    [SNP_GSTATE_INIT] = "INIT",
    [SNP_GSTATE_LAUNCH] = "LAUNCH",
    [SNP_GSTATE_RUNNING] = "RUNNING",
};

static const char *const sev_state_names[] = {
    [SEV_GSTATE_UNINIT] = "UNINIT",
    [SEV_GSTATE_LUPDATE] = "LUPDATE",
    [SEV_GSTATE_LSECRET] = "LSECRET",
    [SEV_GSTATE_RUNNING] = "RUNNING",
    [SEV_GSTATE_SUPDATE] = "SUPDATE",
    [SEV_GSTATE_RUPDATE] = "RUPDATE",
    [SEV_GSTATE_SENT] = "SENT",
};

static void census_snp_guest(gpointer key, gpointer value, gpointer opaque)
{
    const SnpContext *ctx = value;
    QDict *guest = qdict_new();
    GString *digest = g_string_new(NULL);

    for (int i = 0; i < FW_DIGEST_LEN; i++) {
        g_string_append_printf(digest, "%02x", ctx->ld[i]);
    }
    qdict_put_str(guest, "kind", "snp");
    qdict_put_int(guest, "context", ctx->spa);
    qdict_put_str(guest, "state", snp_state_names[ctx->state]);
    qdict_put_int(guest, "asid", ctx->asid);
    qdict_put_int(guest, "policy", ctx->policy);
    qdict_put_int(guest, "vmsas", ctx->vmsas);
    qdict_put_str(guest, "digest", digest->str);
    qlist_append((QList *)opaque, guest);
    g_string_free(digest, true);
}

static void census_sev_guest(gpointer key, gpointer value, gpointer opaque)
{
    const SevGuest *g = value;
    QDict *guest = qdict_new();

    qdict_put_str(guest, "kind", g->policy & SEV_POLICY_ES ? "sev-es" : "sev");
    qdict_put_int(guest, "handle", g->handle);
    qdict_put_str(guest, "state", sev_state_names[g->state]);
    qdict_put_int(guest, "asid", g->asid);
    qdict_put_int(guest, "policy", g->policy);
    qlist_append((QList *)opaque, guest);
}

QObject *snp_census(SnpFw *fw)
{
    QDict *all = qdict_new();
    QList *guests = qlist_new(), *asids = qlist_new();

    census_rmp(all);
    WITH_QEMU_LOCK_GUARD(&fw->lock) {
        g_hash_table_foreach(fw->contexts, census_snp_guest, guests);
        g_hash_table_foreach(fw->sev_guests, census_sev_guest, guests);
    }
    for (unsigned int i = 1; i <= SNP_ASID_MAX; i++) {
        if (snp_fw_asid(i, NULL, NULL) != SNP_ASID_FREE) {
            qlist_append_int(asids, i);
        }
    }
    qdict_put(all, "guests", guests);
    qdict_put(all, "asids", asids);
    return QOBJECT(all);
}
