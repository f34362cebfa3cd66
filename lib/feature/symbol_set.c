/* symbol_set.c - the names that an object offers to others, and those that it wants from them */
#include "feature/feature.h"

static void add_set(struct feature_work *work, unsigned kind, unsigned flags, struct span *names)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!vpi_feature_needed(work, kind))
        return;
    for (size_t i = 0; i < image->symbol_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];
        if ((symbol->flags & (SYMBOL_LINKED | SYMBOL_DEFINED)) == flags)
            names[count++] = symbol->name;
    }
    vpi_feature_add_set(work, kind, names, vpi_names_sort(names, count));
}

void vpi_family_symbol_set(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST) || image->symbol_count == 0 || image->symbols_partial)
        return;
    struct span *names = vpi_arena_array(work->arena, image->symbol_count, sizeof *names);
    if (!names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "symbols");
        return;
    }
    add_set(work, KIND_SYMBOL_DEFINED_SET, SYMBOL_LINKED | SYMBOL_DEFINED, names);
    add_set(work, KIND_SYMBOL_UNDEFINED_SET, SYMBOL_LINKED, names);
}
