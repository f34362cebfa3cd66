/* fuzz_ima.c - any bytes as security.ima */
#include <stdlib.h>

#include "trust/ima.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct trust nobody;
    static struct crypto *crypto;
    static const uint8_t zeros[DIGEST_MOST];
    struct trust_signature s = {.states = 0};
    struct ima ima;
    if ((!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK) ||
        !vpi_ima_read(span_of(data, size), &ima))
        return 0;
    if (ima.digest.len > size || ima.signature.len > size || ima.key_id.len > IMA_KEY_ID)
        abort();
    struct span digest = span_of(zeros, vpi_digest_len(ima.algorithm));
    if (!vpi_ima_verify(crypto, &nobody, &ima, digest, &s) || s.states != VP_SIGNATURE_CHECKED)
        abort();
    return 0;
}
