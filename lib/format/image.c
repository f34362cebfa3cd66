/* image.c - what every format reader needs to fill an image */
#include "format/image.h"

void vpi_image_init(struct image *image, struct arena *arena)
{
    memset(image, 0, sizeof *image);
    image->arena = arena;
    image->machine = "";
}

/* Room for one more in `items`: the array, perhaps moved, with *count raised; or NULL and a gap. */
static void *more(struct image *image, void *items, size_t *count, size_t *capacity, size_t len,
                  size_t most, const char *what)
{
    if (*count >= most) {
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, what);
        return NULL;
    }
    void *larger = vpi_arena_grow(image->arena, items, *count, capacity, len);
    if (!larger) {
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, what);
        return NULL;
    }
    ++*count;
    return larger;
}

struct image_section *vpi_image_section(struct image *image)
{
    void *items = more(image, image->sections, &image->section_count, &image->section_capacity,
                       sizeof *image->sections, IMAGE_SECTIONS_MOST, "sections");
    if (!items)
        return NULL;
    image->sections = items;
    return &image->sections[image->section_count - 1];
}

struct image_import *vpi_image_import(struct image *image)
{
    void *items = more(image, image->imports, &image->import_count, &image->import_capacity,
                       sizeof *image->imports, IMAGE_IMPORTS_MOST, "imports");
    if (!items) {
        image->imports_partial = true;
        return NULL;
    }
    image->imports = items;
    return &image->imports[image->import_count - 1];
}

struct image_export *vpi_image_export(struct image *image)
{
    void *items = more(image, image->exports, &image->export_count, &image->export_capacity,
                       sizeof *image->exports, IMAGE_EXPORTS_MOST, "exports");
    if (!items) {
        image->exports_partial = true;
        return NULL;
    }
    image->exports = items;
    return &image->exports[image->export_count - 1];
}

struct image_library *vpi_image_library(struct image *image)
{
    void *items = more(image, image->libraries, &image->library_count, &image->library_capacity,
                       sizeof *image->libraries, IMAGE_LIBRARIES_MOST, "libraries");
    if (!items)
        return NULL;
    image->libraries = items;
    return &image->libraries[image->library_count - 1];
}

struct image_symbol *vpi_image_symbol(struct image *image)
{
    void *items = more(image, image->symbols, &image->symbol_count, &image->symbol_capacity,
                       sizeof *image->symbols, IMAGE_SYMBOLS_MOST, "symbols");
    if (!items)
        return NULL;
    image->symbols = items;
    return &image->symbols[image->symbol_count - 1];
}

struct image_text *vpi_image_text(struct image *image)
{
    void *items = more(image, image->texts, &image->text_count, &image->text_capacity,
                       sizeof *image->texts, IMAGE_TEXTS_MOST, "version texts");
    if (!items)
        return NULL;
    image->texts = items;
    return &image->texts[image->text_count - 1];
}

struct image_blob *vpi_image_blob(struct image *image)
{
    void *items = more(image, image->blobs, &image->blob_count, &image->blob_capacity,
                       sizeof *image->blobs, IMAGE_BLOBS_MOST, "resources and other blobs");
    if (!items)
        return NULL;
    image->blobs = items;
    return &image->blobs[image->blob_count - 1];
}

void vpi_image_note(struct image *image, enum vp_note_code code, uint64_t off, const char *text)
{
    if (image->note_count >= IMAGE_NOTES_MOST)
        return;
    struct image_note *note = &image->notes[image->note_count++];
    note->code = code;
    note->off = off;
    note->text = text;
}

void vpi_image_gap(struct image *image, enum vp_gap_reason reason, const char *what)
{
    /* A limit is met again and again once it's reached: say it once. */
    for (size_t i = 0; i < image->gap_count; i++) {
        if (image->gaps[i].reason == reason && strcmp(image->gaps[i].what, what) == 0)
            return;
    }
    if (image->gap_count >= IMAGE_NOTES_MOST)
        return;
    struct image_gap *gap = &image->gaps[image->gap_count++];
    gap->reason = reason;
    gap->what = what;
}

void vpi_image_short(struct image *image, const struct source *src, uint64_t off, const char *what)
{
    switch (src->failure) {
    case SOURCE_READ:
        vpi_image_gap(image, VP_GAP_READ_FAILED, what);
        break;
    case SOURCE_MEMORY:
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, what);
        break;
    case SOURCE_CANCELLED:
        vpi_image_gap(image, VP_GAP_CANCELLED, what);
        break;
    case SOURCE_FINE:
    case SOURCE_SHORT:
        vpi_image_note(image, VP_NOTE_TRUNCATED, off, what);
        break;
    }
}
