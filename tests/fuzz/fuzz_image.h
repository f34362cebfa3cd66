/* fuzz_image.h - any bytes as a signed file of a format, read and hashed, from memory and through a
 * callback, with and without a narrow memory limit
 */
#ifndef TESTS_FUZZ_IMAGE_H
#define TESTS_FUZZ_IMAGE_H

#include <stdlib.h>

#include "feature/feature.h"
#include "format/format.h"

static unsigned fuzz_sum;

static void fuzz_touch(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        fuzz_sum += bytes.data[i];
}

static void fuzz_must(bool holds)
{
    if (!holds)
        abort();
}

static int64_t fuzz_read(void *context, uint64_t off, void *buffer, size_t len)
{
    const struct span *bytes = context;
    struct span part = span_first(span_from(*bytes, off), len);
    if (part.len)
        memcpy(buffer, part.data, part.len);
    return (int64_t)part.len;
}

static const struct source_ops fuzz_ops = {fuzz_read};

static void fuzz_check(const struct image *image, uint64_t size)
{
    for (size_t i = 0; i < image->text_count; i++) {
        fuzz_touch(image->texts[i].utf8);
        fuzz_touch(span_text(image->texts[i].field));
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        fuzz_must(blob->off == VP_NONE || (blob->off <= size && blob->len <= size - blob->off));
        fuzz_touch(blob->bytes);
    }
    for (size_t i = 0; i < image->signed_range_count; i++) {
        const struct source_range *range = &image->signed_ranges[i];
        fuzz_must(range->off <= size && range->len <= size - range->off);
        fuzz_must(i == 0 || range->off >= range[-1].off + range[-1].len);
    }
    for (size_t i = 0; image->scattered && i < image->scattered->count; i++) {
        const struct source_range *range = &image->scattered->ranges[i];
        fuzz_must(range->off <= size && range->len <= size - range->off);
    }
    fuzz_touch(span_text(image->machine));
}

/* Nothing may be believed: there are no anchors. */
static void fuzz_within(struct span bytes, const char *name, size_t limit, bool callback)
{
    static struct crypto *crypto;
    struct arena arena;
    struct source src;
    struct image image;
    if (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK)
        return;
    vpi_arena_init(&arena, limit);
    if (callback)
        vpi_source_init(&src, &fuzz_ops, &bytes, bytes.len, &arena);
    else
        vpi_source_init_memory(&src, bytes, &arena);
    vpi_image_init(&image, &arena);
    image.name = span_text(name);
    vpi_format_read(&image, &src);
    fuzz_check(&image, bytes.len);
    fuzz_must(!arena.failed || image.gap_count + image.note_count > 0 ||
              image.format == VP_FORMAT_OTHER);
    struct feature_work work = {.image = &image,
                                .src = &src,
                                .crypto = crypto,
                                .arena = &arena,
                                .wanted = UINT64_MAX,
                                .notes = &image};
    (void)vpi_features_make(&work);
    for (size_t i = 0; work.signatures && i < work.signatures->count; i++)
        fuzz_must(!(work.signatures->signatures[i].states & VP_SIGNATURE_BELIEVED));
    vpi_crypto_reset(crypto);
    vpi_arena_done(&arena);
}

static int fuzz_image(const uint8_t *data, size_t size, const char *name)
{
    struct span bytes = span_of(data, size);
    fuzz_within(bytes, name, 64 << 20, false);
    fuzz_within(bytes, name, 64 << 20, true);
    if (size)
        fuzz_within(bytes, name, (size_t)(data[size - 1] + 1) * 128, size % 2);
    return 0;
}

#endif
