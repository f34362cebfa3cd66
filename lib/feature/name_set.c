/* name_set.c - one value for a set of names, whatever their order */
#include "feature/feature.h"

#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

size_t vpi_names_sort(struct span *names, size_t count)
{
    size_t distinct = 0;
    qsort(names, count, sizeof *names, by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (distinct == 0 || !span_equal(names[distinct - 1], names[i]))
            names[distinct++] = names[i];
    }
    return distinct;
}

void vpi_feature_add_set(struct feature_work *work, unsigned kind, const struct span *names,
                         size_t count)
{
    struct hash_stream stream;
    uint8_t value[16];
    if (count == 0 || !vpi_feature_needed(work, kind))
        return;
    vpi_hash_begin(&stream);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            vpi_hash_add(&stream, span_text("\n"));
        vpi_hash_add(&stream, names[i]);
    }
    vpi_hash_bytes(vpi_hash_end(&stream), value);
    vpi_feature_add(work, kind, span_of(value, sizeof value), NULL);
}
