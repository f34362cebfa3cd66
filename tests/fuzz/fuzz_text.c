/* fuzz_text.c - canonical forms, values of every kind, and phrases
 *
 * The first byte chooses the kind, the second the memory cap; the rest is the text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "feature/feature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct phrases {
    struct span value;
    size_t count;
    unsigned sum;
};

static void touch(void *context, struct span phrase)
{
    struct phrases *phrases = context;
    /* The value itself comes first. */
    if (phrases->count == 0 && !span_equal(phrase, phrases->value))
        abort();
    if (phrases->count++ == PHRASES_MOST)
        abort();
    for (size_t i = 0; i < phrase.len; i++)
        phrases->sum += phrase.data[i];
}

/* A value prints to a text that is that value. */
static void check(struct arena *arena, const struct kind *kind, struct span value)
{
    struct span again, phrase;
    const char *why;
    size_t words;
    const char *text = vpi_canonical_print(arena, kind, value);
    if (text && vpi_canonical_value(arena, kind, span_text(text), &again, &why)) {
        if (!span_equal(value, again))
            abort();
    } else if (!arena->failed) {
        abort();
    }
    struct phrases phrases = {.value = value};
    vpi_phrases(arena, kind, value, touch, &phrases);
    if (phrases.count == 0)
        abort();
    if (vpi_phrase_of(arena, value, &phrase, &words) && (words == 0 || phrase.len == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct span value;
    const char *why = NULL;
    if (size < 2)
        return 0;
    const struct kind *kind = &vpi_kinds[data[0] % vpi_kind_count];
    vpi_arena_init(&arena, data[1] == 0 ? 0 : (size_t)data[1] * 256);
    if (vpi_canonical_value(&arena, kind, span_of(data + 2, size - 2), &value, &why))
        check(&arena, kind, value);
    else if (!why)
        abort();
    vpi_arena_done(&arena);
    return 0;
}
