/* SPDX-License-Identifier: GPL-2.0-only */
/* The certificates from AMD's root down to the key that signs a chip's reports. */
#ifndef SNP_MEASURE_CERTS_H
#define SNP_MEASURE_CERTS_H

#include <openssl/x509.h>

#include "util.h"

/* The key that signs reports is a chip's or a cloud's: a VCEK or a VLEK. */
struct chain {
	X509 *ark, *ask, *key;	/* ask: of a VLEK the ASVK */
};

/*
 * From dir, or its directory of that generation's name if there is one, each in PEM or
 * DER: vcek, ask and ark, or vlek, asvk and ark, as .pem, .der, .crt or .cer; for the
 * last two also cert_chain.pem, which AMD's server gives.  generation: NULL if it is
 * not known.  To be freed even if that fails.
 */
bool chain_read(struct chain *chain, const char *dir, const char *generation, bool vlek);
void chain_free(struct chain *chain);

#endif /* SNP_MEASURE_CERTS_H */
