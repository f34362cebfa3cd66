/* export_name.c - what a library exports: its own name, the set of names, and each of them */
#include "feature/feature.h"

enum { EXPORT_NAME_MOST = 4096 };

/* The distinct names, sorted bytewise; those that no compiler writes are left out. */
static struct span *sorted_names(struct feature_work *work, size_t *ret_count)
{
    const struct image *image = work->image;
    size_t count = 0;
    struct span *names = vpi_arena_array(work->arena, image->export_count + 1, sizeof *names);
    if (!names)
        return NULL;
    for (size_t i = 0; i < image->export_count; i++) {
        struct span name = image->exports[i].name;
        if (name.len > 0 && name.len <= EXPORT_NAME_MOST)
            names[count++] = name;
    }
    *ret_count = vpi_names_sort(names, count);
    return names;
}

void vpi_family_export_name(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!(work->wanted & (WANT_REST | WANT_EXPORTS)))
        return;
    if (work->wanted & WANT_REST && image->export_library.len > 0)
        vpi_feature_add_text(work, KIND_EXPORT_LIBRARY, image->export_library);
    if (!(work->wanted & WANT_EXPORTS) && !vpi_feature_needed(work, KIND_EXPORT_SET))
        return;
    struct span *names = image->export_count ? sorted_names(work, &count) : NULL;
    if (image->export_count && !names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "exports");
        return;
    }
    if (work->wanted & WANT_REST && !image->exports_partial)
        vpi_feature_add_set(work, KIND_EXPORT_SET, names, count);
    for (size_t i = 0; work->wanted & WANT_EXPORTS && i < count; i++)
        vpi_feature_add(work, KIND_EXPORT, names[i], NULL);
}
