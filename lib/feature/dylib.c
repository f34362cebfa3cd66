/* dylib.c - what a Mach-O's linker wrote: its UUID, the library's own name, the libraries it wants
 */
#include "feature/feature.h"

#include <stdlib.h>

enum { UUID_LEN = 16 };

static int by_bytes(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void add_uuid(struct feature_work *work)
{
    static const uint8_t zeros[UUID_LEN];
    const struct image *image = work->image;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        if (blob->type != BLOB_BUILD_ID || blob->bytes.len != UUID_LEN)
            continue;
        if (memcmp(blob->bytes.data, zeros, UUID_LEN) == 0)
            continue;
        struct feature *feature = vpi_feature_add(work, KIND_MACHO_UUID, blob->bytes, NULL);
        if (feature) {
            feature->off = blob->off;
            feature->len = blob->len;
        }
        return; /* loaders take the first */
    }
}

/* The distinct names, sorted bytewise, joined by a line feed: their order is the linker's whim. */
static void add_set(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = image->library_count;
    struct span *names = vpi_arena_array(work->arena, count, sizeof *names);
    struct hash_stream stream;
    uint8_t value[16];
    if (!names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "libraries");
        return;
    }
    for (size_t i = 0; i < count; i++)
        names[i] = image->libraries[i].name;
    qsort(names, count, sizeof *names, by_bytes);
    vpi_hash_begin(&stream);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && span_equal(names[i - 1], names[i]))
            continue;
        if (i > 0)
            vpi_hash_add(&stream, span_text("\n"));
        vpi_hash_add(&stream, names[i]);
    }
    vpi_hash_bytes(vpi_hash_end(&stream), value);
    vpi_feature_add(work, KIND_DYLIB_SET, span_of(value, sizeof value), NULL);
}

static void add_name(struct feature_work *work, unsigned kind, struct span name, uint64_t off)
{
    struct feature *feature = vpi_feature_add_text(work, kind, name);
    if (feature) {
        feature->off = off;
        feature->len = name.len;
    }
}

void vpi_family_dylib(struct feature_work *work)
{
    const struct image *image = work->image;
    bool macho = image->format == VP_FORMAT_MACHO32 || image->format == VP_FORMAT_MACHO64;
    if (!(work->wanted & WANT_REST) || !macho)
        return;
    add_uuid(work);
    if (image->own_name.len)
        add_name(work, KIND_INSTALL_NAME, image->own_name, image->own_name_off);
    for (size_t i = 0; i < image->library_count; i++)
        add_name(work, KIND_DYLIB, image->libraries[i].name, image->libraries[i].off);
    if (image->library_count > 0 && image->library_count < IMAGE_LIBRARIES_MOST)
        add_set(work);
}
