/* fuzz_trust.c - verifying whatever a signature says, without anchors: nothing is ever believed */
#include <stdint.h>
#include <stdlib.h>

#include "trust/authenticode.h"
#include "trust/detached.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct trust nobody = {.now = 1800000000};

/* As if the file had the digest that the signature says. */
static void digests_fill(struct trust_digests *digests, const struct signed_content *content)
{
    size_t len = vpi_digest_len(content->digest_algorithm);
    if (len && content->digest.len == len) {
        memcpy(digests->values[content->digest_algorithm], content->digest.data, len);
        digests->known[content->digest_algorithm] = true;
    }
}

static void verify(struct crypto *crypto, struct arena *arena, struct trust_blob *blob)
{
    for (size_t i = 0; i < blob->data.signer_count; i++) {
        struct signer_info *info = &blob->data.signers[i];
        struct trust_signature signature = {.info = info,
                                            .content = &blob->data.contents[info->layer]};
        struct trust_digests digests = {.known = {false}};
        digests_fill(&digests, signature.content);
        if (!vpi_authenticode_verify(crypto, arena, &nobody, blob, &digests, false, &signature))
            return;
        if (vpi_signature_believed(&signature) || (signature.states & VP_SIGNATURE_ANCHORED) ||
            signature.time.anchored)
            abort();
        if (signature.chain.len > CHAIN_MOST ||
            (signature.chain.len && signature.chain.path[0] != info->leaf))
            abort();
    }
}

/* As if it were of a kernel module. */
static void verify_detached(struct crypto *crypto, struct arena *arena, struct trust_blob *blob)
{
    struct trust_digests digests = {.known = {false}};
    digests.known[DIGEST_SHA1] = digests.known[DIGEST_SHA256] = true;
    for (size_t i = 0; i < blob->data.signer_count; i++) {
        struct signer_info *info = &blob->data.signers[i];
        struct trust_signature signature = {.info = info,
                                            .content = &blob->data.contents[info->layer]};
        if (!vpi_detached_verify(crypto, arena, &nobody, blob, &digests, &signature))
            return;
        if (vpi_signature_believed(&signature) || (signature.states & VP_SIGNATURE_ANCHORED))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto;
    struct arena arena;
    struct trust_blob blob = {.entry = 0};
    int64_t time;
    if (size == 0 || (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK))
        return 0;
    /* The first byte is the memory cap, from less than one certificate to plenty. */
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 256);
    struct span rest = span_of(data + 1, size - 1);
    (void)vpi_der_time(rest, &time);
    if (vpi_signed_data_read(&arena, rest, &blob.data)) {
        verify(crypto, &arena, &blob);
        verify_detached(crypto, &arena, &blob);
    }
    vpi_arena_done(&arena);
    return 0;
}
