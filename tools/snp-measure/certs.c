// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/pem.h>

#include "certs.h"

#define PATH_ROOM	4096

/* The certificate that bio is at in PEM, NULL if there is none. */
static X509 *next_in_pem(BIO *bio)
{
	/* No passphrase: nobody is there to type one. */
	return PEM_read_bio_X509(bio, NULL, NULL, "");
}

/* What a file holds decides, not its name. */
static bool is_pem(const struct blob *file)
{
	static const char begin[] = "-----BEGIN ";

	return memmem(file->data, file->size, begin, strlen(begin));
}

static X509 *parse_pem(const struct blob *file)
{
	BIO *bio = BIO_new_mem_buf(file->data, file->size);
	X509 *cert = bio ? next_in_pem(bio) : NULL;

	BIO_free(bio);
	return cert;
}

static X509 *parse_der(const struct blob *file)
{
	const unsigned char *at = file->data;
	X509 *cert = d2i_X509(NULL, &at, file->size);

	if (cert && at != file->data + file->size) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

static bool read_one(X509 **cert, const char *path)
{
	struct blob file;

	if (!blob_read(&file, path, "certificate"))
		return false;
	*cert = is_pem(&file) ? parse_pem(&file) : parse_der(&file);
	blob_free(&file);
	return *cert || fail("%s holds no certificate in PEM or DER", path);
}

static bool join(char path[PATH_ROOM], const char *dir, const char *name, const char *suffix)
{
	return snprintf(path, PATH_ROOM, "%s/%s%s", dir, name, suffix) < PATH_ROOM ||
	       fail("the directory of certificates has too long a name");
}

/* *cert stays NULL if there is no such file. */
static bool find_one(X509 **cert, const char *dir, const char *name)
{
	static const char *const suffixes[] = { ".pem", ".der", ".crt", ".cer" };
	char path[PATH_ROOM];
	size_t n;

	for (n = 0; n < ARRAY_SIZE(suffixes); n++) {
		if (!join(path, dir, name, suffixes[n]))
			return false;
		if (!access(path, F_OK))
			return read_one(cert, path);
	}
	return true;
}

static bool is_root(const X509 *cert)
{
	return !X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert));
}

/* The first two, and that there is no third */
static bool take_pair(BIO *bio, X509 *pair[2], const char *path)
{
	X509 *more;

	pair[0] = next_in_pem(bio);
	pair[1] = pair[0] ? next_in_pem(bio) : NULL;
	more = pair[1] ? next_in_pem(bio) : NULL;
	X509_free(more);
	if (!pair[1] || more || is_root(pair[0]) == is_root(pair[1]))
		return fail("%s does not hold an ASK or ASVK and an ARK, and no more, in PEM",
			    path);
	return true;
}

static bool read_pair(struct chain *chain, const char *path)
{
	X509 *pair[2] = {};
	struct blob file;
	BIO *bio;
	bool good;

	if (!blob_read(&file, path, "certificate chain"))
		return false;
	bio = BIO_new_mem_buf(file.data, file.size);
	good = bio && take_pair(bio, pair, path);
	if (good) {
		X509 **ark = &pair[is_root(pair[1])], **ask = &pair[is_root(pair[0])];

		if (!chain->ark)
			chain->ark = *ark, *ark = NULL;
		if (!chain->ask)
			chain->ask = *ask, *ask = NULL;
	}
	X509_free(pair[0]);
	X509_free(pair[1]);
	BIO_free(bio);
	blob_free(&file);
	return good;
}

/* Files of their own go first. */
static bool find_pair(struct chain *chain, const char *dir)
{
	char path[PATH_ROOM];

	if (chain->ark && chain->ask)
		return true;
	return join(path, dir, "cert_chain", ".pem") &&
	       (access(path, F_OK) || read_pair(chain, path));
}

static bool has(const X509 *cert, const char *name, const char *dir, const char *or_chain)
{
	return cert || fail("there is no certificate %s in %s: neither %s.pem nor .der, .crt or "
			    ".cer%s",
			    name, dir, name, or_chain);
}

static bool read_from(struct chain *chain, const char *dir, const char *key, const char *ask)
{
	static const char or_chain[] = ", nor cert_chain.pem";

	return find_one(&chain->key, dir, key) && find_one(&chain->ask, dir, ask) &&
	       find_one(&chain->ark, dir, "ark") && find_pair(chain, dir) &&
	       has(chain->key, key, dir, "") && has(chain->ask, ask, dir, or_chain) &&
	       has(chain->ark, "ark", dir, or_chain);
}

bool chain_read(struct chain *chain, const char *dir, const char *generation, bool vlek)
{
	char own[PATH_ROOM];

	*chain = (struct chain){};
	if (access(dir, X_OK))
		return fail("cannot open the directory of certificates %s: %s",
			    dir, strerror(errno));
	if (generation && !join(own, dir, generation, ""))
		return false;
	return read_from(chain, generation && !access(own, X_OK) ? own : dir,
			 vlek ? "vlek" : "vcek", vlek ? "asvk" : "ask");
}

void chain_free(struct chain *chain)
{
	X509_free(chain->ark);
	X509_free(chain->ask);
	X509_free(chain->key);
	*chain = (struct chain){};
}
