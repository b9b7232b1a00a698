/* SPDX-License-Identifier: GPL-2.0-only */
/* The certificates from AMD's root down to the key that signs a chip's reports. */
#ifndef SNP_MEASURE_CERTS_H
#define SNP_MEASURE_CERTS_H

#include <openssl/x509.h>

#include "util.h"

struct chain {
	X509 *ark, *ask, *vcek;
};

/*
 * From dir, each in PEM or DER: vcek, ask and ark, as .pem, .der, .crt or .cer; for
 * the last two also cert_chain.pem, which AMD's server gives.  To be freed even if
 * that fails.
 */
bool chain_read(struct chain *chain, const char *dir);
void chain_free(struct chain *chain);

#endif /* SNP_MEASURE_CERTS_H */
