/* fuzz_signed_data.c - SignedData with everything nested in it */
#include <stdint.h>
#include <stdlib.h>

#include "trust/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum_of(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += s.data[i];
    return sum;
}

/* Touches every byte that was given out, and checks what the header promises. */
static unsigned use(const struct signed_data *data)
{
    unsigned sum = sum_of(data->message_digest);
    if (data->certificate_count > SIGNED_DATA_CERTIFICATES_MOST ||
        data->signer_count > SIGNED_DATA_SIGNERS_MOST)
        abort();
    for (size_t i = 0; i < data->certificate_count; i++) {
        const struct certificate *c = &data->certificates[i];
        sum += sum_of(c->whole) + sum_of(c->organization) + sum_of(c->common_name) +
               sum_of(c->country) + sum_of(c->serial_number) + sum_of(c->jurisdiction_country) +
               sum_of(c->not_before) + sum_of(c->not_after) + sum_of(c->key_identifier);
    }
    for (size_t i = 0; i < data->signer_count; i++) {
        const struct signer_info *s = &data->signers[i];
        if (s->leaf && (s->leaf < data->certificates ||
                        s->leaf >= data->certificates + data->certificate_count))
            abort();
        if (s->layer > SIGNED_DATA_NESTED_MOST)
            abort();
        sum += sum_of(s->issuer) + sum_of(s->serial) + sum_of(s->opus_name) + sum_of(s->opus_url);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct signed_data parts;
    if (size == 0)
        return 0;
    /* The first byte is the memory cap, from less than one certificate to plenty. */
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 256);
    if (vpi_signed_data_read(&arena, span_of(data + 1, size - 1), &parts)) {
        volatile unsigned sum = use(&parts);
        (void)sum;
        if (arena.failed && !parts.cut_short)
            abort();
    }
    vpi_arena_done(&arena);
    return 0;
}
