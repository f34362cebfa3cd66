/* fuzz_pe.c - any bytes as a PE file, with and without a narrow memory limit */
#include "format/format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum;

static void touch(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        sum += bytes.data[i];
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_ranges(const struct image *image, uint64_t size)
{
    uint64_t end = 0;
    for (size_t i = 0; i < image->signed_range_count; i++) {
        must(image->signed_ranges[i].off >= end);
        must(image->signed_ranges[i].len <= size - image->signed_ranges[i].off);
        end = image->signed_ranges[i].off + image->signed_ranges[i].len;
    }
    for (size_t i = 0; i < image->section_count; i++) {
        must(image->sections[i].off <= size);
        must(image->sections[i].len <= size - image->sections[i].off);
        touch(image->sections[i].name);
    }
}

static void check(const struct image *image, uint64_t size)
{
    check_ranges(image, size);
    for (size_t i = 0; i < image->import_count; i++) {
        must(image->imports[i].library.len != 0 || image->format > VP_FORMAT_PE32_PLUS);
        must(image->imports[i].by_ordinal == (image->imports[i].name.len == 0));
        touch(image->imports[i].library);
        touch(image->imports[i].name);
    }
    for (size_t i = 0; i < image->export_count; i++)
        touch(image->exports[i].name);
    touch(image->export_library);
    for (size_t i = 0; i < image->text_count; i++) {
        must(image->texts[i].utf8.len != 0);
        touch(image->texts[i].utf8);
        touch(span_text(image->texts[i].field));
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        must(blob->off == VP_NONE || (blob->off <= size && blob->len <= size - blob->off));
        touch(blob->bytes);
        touch(blob->name);
        touch(blob->kind_name);
    }
    for (size_t i = 0; i < image->note_count; i++)
        touch(span_text(image->notes[i].text));
}

static void read_within(const uint8_t *data, size_t size, size_t limit, unsigned unwanted)
{
    struct arena arena;
    struct source src;
    struct image image;
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    image.unwanted = unwanted;
    vpi_source_init_memory(&src, span_of(data, size), &arena);
    vpi_format_read(&image, &src);
    check(&image, size);
    must(!(unwanted & IMAGE_PART_EXPORTS) || image.export_count == 0 ||
         image.format > VP_FORMAT_PE32_PLUS);
    must(!arena.failed || image.gap_count != 0);
    vpi_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_within(data, size, 64 << 20, 0);
    read_within(data, size, 64 << 20, IMAGE_PART_EXPORTS);
    if (size)
        read_within(data, size, (size_t)(data[size - 1] + 1) * 64, 0);
    return 0;
}
