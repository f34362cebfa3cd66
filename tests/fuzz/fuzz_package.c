/* fuzz_package.c - RPM and deb packages: headers, signatures, control file and members */
#include <stdlib.h>

#include "container/container.h"
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void image_check(const struct image *image, size_t size)
{
    uint64_t end = 0;
    for (size_t i = 0; i < image->signed_range_count; i++) {
        const struct source_range *range = &image->signed_ranges[i];
        if (range->off < end || range->off > size || range->len > size - range->off)
            abort();
        end = range->off + range->len;
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        if (blob->off != VP_NONE && (blob->off > size || blob->len > size - blob->off))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena, inner;
    struct source src;
    struct image image;
    struct member member;
    struct span bytes;
    uint64_t expanded = 16 << 20;
    vpi_arena_init(&arena, 4 << 20);
    vpi_arena_init(&inner, 4 << 20);
    vpi_image_init(&image, &arena);
    vpi_source_init_memory(&src, span_of(data, size), &arena);
    vpi_format_read(&image, &src);
    if (image.format == VP_FORMAT_RPM || image.format == VP_FORMAT_DEB) {
        struct container c = {.src = &src,
                              .arena = &arena,
                              .image = &image,
                              .name = span_text("a"),
                              .limits = {1 << 20, &expanded}};
        image_check(&image, size);
        if (vpi_container_open(&c, span_first(src.memory, SOURCE_HEAD))) {
            while (vpi_container_next(&c, &inner, &member)) {
                if (!vpi_source_get(&member.src, 0, member.src.size, &bytes) || bytes.len > 1 << 20)
                    abort();
            }
        }
        vpi_container_close(&c);
    }
    vpi_arena_done(&inner);
    vpi_arena_done(&arena);
    return 0;
}
