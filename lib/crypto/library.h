/* library.h - the private OpenSSL context, for the files of this folder */
#ifndef VPI_CRYPTO_LIBRARY_H
#define VPI_CRYPTO_LIBRARY_H

#include <openssl/types.h>

#include "crypto/digest.h"

OSSL_LIB_CTX *vpi_crypto_library(struct crypto *crypto);

/* What was parsed so far (parsed.c), a table each crypto. */
struct parsed;
struct parsed *vpi_parsed_new(void);
void vpi_parsed_free(struct parsed *parsed);
struct parsed *vpi_crypto_parsed(struct crypto *crypto);

/* The certificate, or the key, of these bytes; the caller frees it.  NULL: it can't be read. */
X509 *vpi_parsed_certificate(struct crypto *crypto, struct span whole);
EVP_PKEY *vpi_parsed_key(struct crypto *crypto, struct span spki);

/* OpenSSL's name of a digest, as its fetch functions take it. */
const char *vpi_digest_library_name(enum digest_algorithm algorithm);

#endif
