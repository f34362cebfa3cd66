/* fuzz_code_signature.c - any bytes as an Apple code signature, and as the code that it is over
 *
 * Verified without anchors: nothing is ever believed.
 */
#include <stdlib.h>

#include "trust/apple.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum_of(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += s.data[i];
    return sum;
}

static const struct trust nobody = {.now = 1800000000};

static void verify_signer(struct crypto *crypto, struct arena *arena, struct trust_blob *blob,
                          const struct image *image, struct apple_code *code)
{
    for (size_t i = 0; i < blob->data.signer_count; i++) {
        struct signer_info *info = &blob->data.signers[i];
        struct trust_signature signature = {.info = info, .content = &code->content};
        if (!vpi_apple_verify(crypto, arena, &nobody, blob, image, code, &signature))
            return;
        if (vpi_signature_believed(&signature) || (signature.states & VP_SIGNATURE_ANCHORED))
            abort();
        bool holds = (signature.states & VP_SIGNATURE_DIGEST_MATCHES) != 0;
        if (holds && (code->faults || !(signature.states & VP_SIGNATURE_PAGES_MATCH)))
            abort();
    }
}

/* The code is the input itself, in two pieces. */
static void verify(struct crypto *crypto, const struct code_signature *s, struct span input)
{
    static struct apple_code code; /* large */
    static struct image image;
    struct arena arena;
    struct trust_blob blob = {.entry = 0};
    code = (struct apple_code){.signature = *s, .off = input.len};
    vpi_arena_init(&arena, 1 << 20);
    vpi_apple_content(&code);
    vpi_apple_begin(crypto, &code);
    for (size_t i = 0; i < s->directory_count; i++) {
        if (!code.paged[i])
            continue;
        vpi_code_pages_add(&code.pages[i], span_first(input, input.len / 3));
        vpi_code_pages_add(&code.pages[i], span_from(input, input.len / 3));
        (void)vpi_code_pages_end(&code.pages[i]);
    }
    if (vpi_signed_data_read(&arena, s->cms, &blob.data))
        verify_signer(crypto, &arena, &blob, &image, &code);
    vpi_crypto_reset(crypto);
    vpi_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto; /* reachable to the end; making one costs more than its use */
    struct code_signature s;
    if (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK)
        return 0;
    if (!vpi_code_signature_read(crypto, span_of(data, size), &s))
        return 0;
    if (s.directory_count > CODE_DIRECTORIES_MOST || s.chosen > s.directory_count)
        abort();
    volatile unsigned sum = sum_of(s.requirements) + sum_of(s.entitlements) +
                            sum_of(s.entitlements_der) + sum_of(s.cms);
    for (size_t i = 0; i < s.directory_count; i++) {
        const struct code_directory *d = &s.directories[i];
        sum += sum_of(d->identifier) + sum_of(d->team_id);
        if (d->off > size || d->len > size - d->off)
            abort();
    }
    verify(crypto, &s, span_of(data, size));
    if (s.chosen < s.directory_count && !s.directories[s.chosen].has_cdhash)
        abort();
    (void)sum;
    return 0;
}
