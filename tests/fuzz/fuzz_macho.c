/* fuzz_macho.c - any bytes as a Mach-O file or a fat one, with and without a narrow memory limit */
#include <stdlib.h>

#include "container/container.h"
#include "format/format.h"

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

static void check(const struct image *image, uint64_t size)
{
    for (size_t i = 0; i < image->section_count; i++) {
        must(image->sections[i].off <= size);
        must(image->sections[i].len <= size - image->sections[i].off);
        touch(image->sections[i].name);
    }
    for (size_t i = 0; i < image->import_count; i++)
        touch(image->imports[i].name);
    for (size_t i = 0; i < image->export_count; i++)
        touch(image->exports[i].name);
    for (size_t i = 0; i < image->library_count; i++)
        touch(image->libraries[i].name);
    touch(image->own_name);
    for (size_t i = 0; i < image->text_count; i++) {
        touch(image->texts[i].utf8);
        touch(span_text(image->texts[i].field));
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        must(blob->off <= size && blob->len <= size - blob->off);
        touch(blob->bytes);
    }
}

static void read_image(struct source *src, struct arena *arena)
{
    struct image image;
    arena->failed = false; /* an object's own: the one before said its own gap */
    vpi_image_init(&image, arena);
    vpi_format_read(&image, src);
    if (image.format == VP_FORMAT_MACHO32 || image.format == VP_FORMAT_MACHO64)
        check(&image, src->size);
    must(!arena->failed || image.gap_count != 0);
}

static void read_within(struct span bytes, size_t limit)
{
    struct arena arena;
    struct source src;
    struct image image;
    struct member member;
    uint64_t expanded = 0, total = 0;
    vpi_arena_init(&arena, limit);
    vpi_source_init_memory(&src, bytes, &arena);
    read_image(&src, &arena);
    vpi_image_init(&image, &arena);
    struct container c = {
        .src = &src, .arena = &arena, .image = &image, .limits.expanded = &expanded};
    if (!vpi_container_fat.probe(span_first(bytes, SOURCE_HEAD)) || !vpi_container_fat.open(&c)) {
        vpi_arena_done(&arena);
        return;
    }
    while (vpi_container_fat.next(&c, &arena, &member)) {
        must(member.off <= bytes.len && member.src.size <= bytes.len - member.off);
        total += member.src.size;
        must(total <= bytes.len);
        read_image(&member.src, &arena);
    }
    vpi_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_within(span_of(data, size), 64 << 20);
    if (size)
        read_within(span_of(data, size), (size_t)(data[size - 1] + 1) * 64);
    return 0;
}
