/* link.c - how an ELF file is linked: its own name, what it needs, who loads it and from where */
#include "feature/feature.h"

static void add_needed(struct feature_work *work)
{
    const struct image *image = work->image;
    struct span *names = vpi_arena_array(work->arena, image->library_count + 1, sizeof *names);
    if (!names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "libraries");
        return;
    }
    for (size_t i = 0; i < image->library_count; i++)
        names[i] = image->libraries[i].name;
    /* At the limit it may be a part of the set, whose key would be a wrong one. */
    if (image->library_count < IMAGE_LIBRARIES_MOST)
        vpi_feature_add_set(work, KIND_NEEDED_SET, names,
                            vpi_names_sort(names, image->library_count));
}

void vpi_family_link(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST) ||
        (image->format != VP_FORMAT_ELF32 && image->format != VP_FORMAT_ELF64))
        return;
    if (image->own_name.len > 0)
        vpi_feature_add_text(work, KIND_SONAME, image->own_name);
    add_needed(work);
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        if (text->group != TEXT_LINK)
            continue;
        bool path = strcmp(text->field, "runpath") == 0;
        struct feature *feature =
            vpi_feature_add_text(work, path ? KIND_RUNPATH : KIND_INTERPRETER, text->utf8);
        if (feature && text->off != VP_NONE) {
            feature->off = text->off;
            feature->len = text->len;
        }
    }
}
