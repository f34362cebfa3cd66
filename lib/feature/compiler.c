/* compiler.c - who made the code: evidence of an origin, never of a vendor
 *
 * What compilers write into the file, as it stands; Go's "go1.19.8" as "Go 1.19.8", so that the
 * name is a word of it.
 */
#include "feature/feature.h"

static struct span go_version(struct arena *arena, struct span version)
{
    if (version.len < 3 || memcmp(version.data, "go", 2) != 0 || version.data[2] < '0' ||
        version.data[2] > '9')
        return version;
    uint8_t *text = vpi_arena_alloc(arena, version.len + 1);
    if (!text)
        return span_of(NULL, 0);
    memcpy(text, "Go ", 3);
    memcpy(text + 3, version.data + 2, version.len - 2);
    return span_of(text, version.len + 1);
}

void vpi_family_compiler(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        bool go = text->group == TEXT_GO && strcmp(text->field, "go") == 0;
        if (!go && text->group != TEXT_COMPILER)
            continue;
        struct feature *feature = vpi_feature_add_text(
            work, KIND_COMPILER, go ? go_version(work->arena, text->utf8) : text->utf8);
        if (feature && text->off != VP_NONE) {
            feature->off = text->off;
            feature->len = text->len;
        }
    }
    if (work->arena->failed)
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "compilers");
}
