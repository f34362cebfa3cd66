/* digest.h - cryptographic digests through a private OpenSSL context
 *
 * One `struct crypto` a session: its library context is private, so that MD5 and SHA-1 keys work on
 * FIPS hosts and nothing of the process is touched.  One thread at a time.
 */
#ifndef VPI_CRYPTO_DIGEST_H
#define VPI_CRYPTO_DIGEST_H

#include "base/arena.h"
#include "base/error.h"

enum digest_algorithm {
    DIGEST_MD5 = 1,
    DIGEST_SHA1 = 2,
    DIGEST_SHA256 = 3,
    DIGEST_SHA384 = 4,
    DIGEST_SHA512 = 5
};

enum { DIGEST_MOST = 64 };

struct crypto;
struct digest;

enum vp_status vpi_crypto_new(struct crypto **ret_crypto, struct vp_error *err);
void vpi_crypto_free(struct crypto *crypto);

/* Bytes of a digest. */
size_t vpi_digest_len(enum digest_algorithm algorithm);

/* A running digest.  It belongs to `crypto`, which frees it at the latest; vpi_crypto_reset frees
 * all running ones.  NULL: no memory. */
struct digest *vpi_digest_begin(struct crypto *crypto, enum digest_algorithm algorithm);
void vpi_digest_add(struct digest *digest, struct span bytes);
/* Writes the digest and frees it; false if the library failed. */
bool vpi_digest_end(struct digest *digest, uint8_t ret[DIGEST_MOST]);
void vpi_crypto_reset(struct crypto *crypto);

/* All at once. */
bool vpi_digest(struct crypto *crypto, enum digest_algorithm algorithm, struct span bytes,
                uint8_t ret[DIGEST_MOST]);

/* The same, for bytes that come again with other files, as certificates do: it is kept. */
bool vpi_digest_again(struct crypto *crypto, enum digest_algorithm algorithm, struct span bytes,
                      uint8_t ret[DIGEST_MOST]);

#endif
