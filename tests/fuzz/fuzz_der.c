/* fuzz_der.c - the DER walk, strings, and certificates */
#include <stdint.h>
#include <stdlib.h>

#include "crypto/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader promises: parts lie in the whole, in order. */
static void check_value(struct span before, struct span rest, const struct der_value *value)
{
    if (value->whole.data != before.data || value->whole.len + rest.len != before.len ||
        value->content.len > value->whole.len || value->whole.len < 2)
        abort();
}

/* Walks all values, going down into constructed ones; the work list is the walk's own. */
static void walk(struct arena *arena, struct span all)
{
    enum { LIST = 64 };
    struct span list[LIST] = {all};
    for (size_t count = 1; count > 0;) {
        struct span rest = list[--count], before = rest;
        struct der_value value;
        while (vpi_der_next(&rest, &value)) {
            struct span text;
            check_value(before, rest, &value);
            before = rest;
            (void)vpi_der_string(arena, &value, &text);
            if ((value.tag & 0x20) && count < LIST)
                list[count++] = value.content;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct certificate certificate;
    if (size == 0)
        return 0;
    /* The first byte is the memory cap, in units that are small beside one certificate. */
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 16);
    struct span bytes = span_of(data + 1, size - 1);
    walk(&arena, bytes);
    vpi_arena_reset(&arena);
    if (vpi_certificate_read(&arena, bytes, &certificate) &&
        (certificate.whole.len > bytes.len || certificate.tbs.len >= certificate.whole.len ||
         certificate.issuer.len == 0 || certificate.spki.len == 0))
        abort();
    vpi_arena_done(&arena);
    return 0;
}
