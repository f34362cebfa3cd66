/* fuzz_elf.c - any bytes as an ELF file, and the features made of it, with and without a narrow
 * memory limit */
#include <stdlib.h>

#include "feature/feature.h"
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

static void check_image(const struct image *image, uint64_t size)
{
    for (size_t i = 0; i < image->section_count; i++) {
        must(image->sections[i].off <= size);
        must(image->sections[i].len <= size - image->sections[i].off);
        touch(image->sections[i].name);
    }
    for (size_t i = 0; i < image->symbol_count; i++) {
        must(image->symbols[i].name.len != 0);
        touch(image->symbols[i].name);
    }
    for (size_t i = 0; i < image->library_count; i++)
        touch(image->libraries[i].name);
    touch(image->own_name);
    for (size_t i = 0; i < image->text_count; i++) {
        must(image->texts[i].utf8.len != 0);
        touch(image->texts[i].utf8);
        touch(span_text(image->texts[i].field));
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        must(blob->off <= size && blob->len <= size - blob->off);
        touch(blob->bytes);
    }
    for (size_t i = 0; i < image->note_count; i++)
        touch(span_text(image->notes[i].text));
}

static void check_features(const struct feature_work *work)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (size_t i = 0; i < work->count; i++) {
        const struct feature *feature = &work->items[i];
        struct span value;
        const char *why;
        must(vpi_canonical_value(&arena, vpi_kind(feature->kind), span_text(feature->text), &value,
                                 &why));
        must(span_equal(value, feature->value));
    }
    vpi_arena_done(&arena);
}

static void read_within(struct crypto *crypto, const uint8_t *data, size_t size, size_t limit,
                        unsigned unwanted)
{
    struct arena arena;
    struct source src;
    struct image image;
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    image.unwanted = unwanted;
    vpi_source_init_memory(&src, span_of(data, size), &arena);
    vpi_format_read(&image, &src);
    check_image(&image, size);
    must(!(unwanted & IMAGE_PART_SYMBOLS) || image.symbol_count == 0);
    must(!arena.failed || image.gap_count != 0);
    struct feature_work work = {.image = &image,
                                .src = &src,
                                .crypto = crypto,
                                .arena = &arena,
                                .wanted = WANT_REST,
                                .notes = &image};
    vpi_features_make(&work);
    check_features(&work);
    must(!arena.failed || image.gap_count != 0);
    vpi_crypto_reset(crypto);
    vpi_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto; /* reachable to the end; making one costs more than its use */
    if (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK)
        return 0;
    /* The other formats have targets of their own. */
    if (size < 4 || data[0] != 0x7f)
        return 0;
    read_within(crypto, data, size, 64 << 20, 0);
    read_within(crypto, data, size, 64 << 20, IMAGE_PART_SYMBOLS | IMAGE_PART_COMPILERS);
    read_within(crypto, data, size, (size_t)(data[size - 1] + 1) * 256, 0);
    return 0;
}
