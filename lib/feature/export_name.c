/* export_name.c - what a library exports: its own name, the set of names, and each of them */
#include "feature/feature.h"

#include <stdlib.h>

enum { EXPORT_NAME_MOST = 4096 };

static int by_bytes(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The distinct names, sorted bytewise; those that no compiler writes are left out. */
static struct span *sorted_names(struct feature_work *work, size_t *ret_count)
{
    const struct image *image = work->image;
    size_t count = 0, distinct = 0;
    struct span *names = vpi_arena_array(work->arena, image->export_count + 1, sizeof *names);
    if (!names)
        return NULL;
    for (size_t i = 0; i < image->export_count; i++) {
        struct span name = image->exports[i].name;
        if (name.len > 0 && name.len <= EXPORT_NAME_MOST)
            names[count++] = name;
    }
    qsort(names, count, sizeof *names, by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (distinct == 0 || !span_equal(names[distinct - 1], names[i]))
            names[distinct++] = names[i];
    }
    *ret_count = distinct;
    return names;
}

static void add_set(struct feature_work *work, const struct span *names, size_t count)
{
    struct hash_stream stream;
    uint8_t value[16];
    vpi_hash_begin(&stream);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            vpi_hash_add(&stream, span_text("\n"));
        vpi_hash_add(&stream, names[i]);
    }
    vpi_hash_bytes(vpi_hash_end(&stream), value);
    vpi_feature_add(work, KIND_EXPORT_SET, span_of(value, sizeof value), NULL);
}

void vpi_family_export_name(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!(work->wanted & (WANT_REST | WANT_EXPORTS)))
        return;
    if (work->wanted & WANT_REST && image->export_library.len > 0)
        vpi_feature_add_text(work, KIND_EXPORT_LIBRARY, image->export_library);
    struct span *names = image->export_count ? sorted_names(work, &count) : NULL;
    if (image->export_count && !names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "exports");
        return;
    }
    if (work->wanted & WANT_REST && count > 0 && !image->exports_partial)
        add_set(work, names, count);
    for (size_t i = 0; work->wanted & WANT_EXPORTS && i < count; i++)
        vpi_feature_add(work, KIND_EXPORT, names[i], NULL);
}
