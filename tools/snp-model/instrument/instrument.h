/*
 * SNP host model: what the monitor can ask of the model, and tell it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_INSTRUMENT_H
#define SNP_MODEL_INSTRUMENT_H

#include "qom/object.h"
#include "qobject/qobject.h"
#include "../fw/core.h"

/* Give the class the properties; NULL from @get means not yet realized. */
void snp_instrument_add(ObjectClass *klass, SnpFw *(*get)(Object *obj));

/* Dictionaries, described in Documentation/snp-model.rst.  Under the BQL. */
QObject *snp_counters(SnpFw *fw);
QObject *snp_census(SnpFw *fw);

/* Write the counters to the file when QEMU exits. */
bool snp_instrument_keep(SnpFw *fw, const char *path, Error **errp);

#endif
