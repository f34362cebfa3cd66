/* kept_digest.c - digests of what file after file brings again, by its bytes
 *
 * Anchors, keys of the set and numbers of certificates are all digests of certificates or of their
 * parts, thirty for a signed file.
 */
#include <stdlib.h>

#include "crypto/kept.h"
#include "crypto/library.h"

enum { ALGORITHMS = DIGEST_SHA512 + 1, BYTES_MOST = 512 << 10 };

struct digests {
    uint8_t values[ALGORITHMS][DIGEST_MOST];
    bool known[ALGORITHMS];
};

struct kept *vpi_kept_digests_new(void)
{
    return vpi_kept_new(BYTES_MOST, free);
}

bool vpi_digest_again(struct crypto *crypto, enum digest_algorithm algorithm, struct span bytes,
                      uint8_t ret[DIGEST_MOST])
{
    struct kept *kept = vpi_crypto_digests(crypto);
    struct digests *digests = vpi_kept_find(kept, bytes);
    if (digests && digests->known[algorithm]) {
        memcpy(ret, digests->values[algorithm], vpi_digest_len(algorithm));
        return true;
    }
    if (!vpi_digest(crypto, algorithm, bytes, ret))
        return false;
    struct digests *fresh = digests ? NULL : calloc(1, sizeof *fresh);
    digests = digests ? digests : fresh;
    if (digests) {
        memcpy(digests->values[algorithm], ret, vpi_digest_len(algorithm));
        digests->known[algorithm] = true;
    }
    if (fresh)
        vpi_kept_put(kept, bytes, fresh);
    return true;
}
