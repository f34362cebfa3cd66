/* library.h - the private OpenSSL context, for the files of this folder */
#ifndef VPI_CRYPTO_LIBRARY_H
#define VPI_CRYPTO_LIBRARY_H

#include <openssl/types.h>

#include "crypto/digest.h"

OSSL_LIB_CTX *vpi_crypto_library(struct crypto *crypto);

/* OpenSSL's name of a digest, as its fetch functions take it. */
const char *vpi_digest_library_name(enum digest_algorithm algorithm);

#endif
