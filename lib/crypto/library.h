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

/* Answers of vpi_chain_build (kept_chain.c), a table each crypto. */
struct kept;
struct chain_input;
struct chain;
struct kept *vpi_kept_chains_new(void);
struct kept *vpi_crypto_chains(struct crypto *crypto);

/* All that an answer depends on, in memory of its own; empty: no answer is kept for this. */
struct span vpi_kept_question(const struct chain_input *input);
bool vpi_kept_answer(struct crypto *crypto, struct span question, const struct chain_input *input,
                     struct chain *ret);
void vpi_kept_take(struct crypto *crypto, struct span question, const struct chain_input *input,
                   const struct chain *chain);

/* What vpi_digest_again keeps (kept_digest.c), a table each crypto. */
struct kept *vpi_kept_digests_new(void);
struct kept *vpi_crypto_digests(struct crypto *crypto);

/* OpenSSL's name of a digest, as its fetch functions take it. */
const char *vpi_digest_library_name(enum digest_algorithm algorithm);

#endif
