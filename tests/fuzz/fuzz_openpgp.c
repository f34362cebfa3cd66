/* fuzz_openpgp.c - any bytes as OpenPGP signatures, in armor or not, and as a key
 *
 * The first byte is the memory cap; two bytes say where the key begins.  The key is the input's
 * own, so that verification itself is reached; over a digest of zeros nothing is ever right.
 */
#include <stdlib.h>

#include "trust/openpgp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void verify(struct crypto *crypto, struct arena *arena, const struct openpgp_signature *s,
                   struct span body)
{
    static const uint8_t zeros[DIGEST_MOST];
    struct openpgp_key key;
    struct span trailer;
    if (vpi_openpgp_trailer(arena, s, &trailer) && trailer.len > OPENPGP_TRAILER_MOST)
        abort();
    if (!vpi_openpgp_key_read(crypto, body, &key))
        return;
    (void)vpi_openpgp_is_by(s, &key);
    (void)vpi_openpgp_verify(crypto, arena, s, &key, span_of(zeros, vpi_digest_len(s->digest)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto;
    struct arena arena;
    struct span packets;
    if (size < 3 || (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK))
        return 0;
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 64);
    struct span rest = span_of(data + 3, size - 3);
    size_t at = (size_t)(data[1] << 8 | data[2]);
    struct span body = span_from(rest, at);
    if (vpi_openpgp_unarmor(&arena, span_first(rest, at), &packets)) {
        struct openpgp_signature s;
        while (vpi_openpgp_signature_next(&packets, &s))
            verify(crypto, &arena, &s, body);
    }
    vpi_arena_done(&arena);
    return 0;
}
