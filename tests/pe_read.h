/* pe_read.h - reads a built PE from a buffer of exactly its size, for tests */
#ifndef TESTS_PE_READ_H
#define TESTS_PE_READ_H

#include <check.h>
#include <stdlib.h>

#include "format/format.h"
#include "pe_build.h"

struct pe_read {
    struct arena arena;
    struct source src;
    struct image image;
    uint8_t *bytes;
};

/* `limit` is the arena's; 0: none. */
static inline void pe_read_begin(struct pe_read *read, const void *bytes, size_t len, size_t limit)
{
    read->bytes = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(read->bytes);
    if (len)
        memcpy(read->bytes, bytes, len);
    vpi_arena_init(&read->arena, limit);
    vpi_image_init(&read->image, &read->arena);
    vpi_source_init_memory(&read->src, span_of(read->bytes, len), &read->arena);
}

static inline void pe_read_bytes(struct pe_read *read, const void *bytes, size_t len, size_t limit)
{
    pe_read_begin(read, bytes, len, limit);
    vpi_format_read(&read->image, &read->src);
}

/* Finishes and reads; the builder stays the caller's. */
static inline void pe_read_build(struct pe_read *read, struct pe_build *pe)
{
    pe_finish(pe);
    pe_read_bytes(read, pe->bytes, pe->len, 0);
}

static inline void pe_read_done(struct pe_read *read)
{
    vpi_arena_done(&read->arena);
    free(read->bytes);
}

static inline bool pe_read_noted(const struct pe_read *read, enum vp_note_code code)
{
    for (size_t i = 0; i < read->image.note_count; i++) {
        if (read->image.notes[i].code == code)
            return true;
    }
    return false;
}

static inline bool pe_read_gap(const struct pe_read *read, enum vp_gap_reason reason)
{
    for (size_t i = 0; i < read->image.gap_count; i++) {
        if (read->image.gaps[i].reason == reason)
            return true;
    }
    return false;
}

/* The first blob of a type, or NULL. */
static inline const struct image_blob *pe_read_blob(const struct pe_read *read,
                                                    enum image_blob_type type)
{
    for (size_t i = 0; i < read->image.blob_count; i++) {
        if (read->image.blobs[i].type == type)
            return &read->image.blobs[i];
    }
    return NULL;
}

static inline void pe_read_is(struct span bytes, const char *text)
{
    ck_assert_msg(span_equal(bytes, span_text(text)), "'%.*s' is not '%s'", (int)bytes.len,
                  (const char *)bytes.data, text);
}

/* Touches every byte that the image points to, so that a span beyond its buffer is seen. */
static inline unsigned pe_read_touch(const struct pe_read *read)
{
    const struct image *image = &read->image;
    unsigned sum = 0;
#define TOUCH(s)                                                                                   \
    for (size_t k = 0; k < (s).len; k++)                                                           \
        sum += (s).data[k];
    for (size_t i = 0; i < image->section_count; i++) {
        TOUCH(image->sections[i].name)
        ck_assert_uint_le(image->sections[i].off, read->src.size);
        ck_assert_uint_le(image->sections[i].len, read->src.size - image->sections[i].off);
    }
    for (size_t i = 0; i < image->import_count; i++) {
        TOUCH(image->imports[i].library)
        TOUCH(image->imports[i].name)
    }
    for (size_t i = 0; i < image->export_count; i++)
        TOUCH(image->exports[i].name)
    TOUCH(image->export_library)
    TOUCH(image->own_name)
    for (size_t i = 0; i < image->library_count; i++)
        TOUCH(image->libraries[i].name)
    for (size_t i = 0; i < image->symbol_count; i++)
        TOUCH(image->symbols[i].name)
    for (size_t i = 0; i < image->text_count; i++) {
        TOUCH(image->texts[i].utf8)
        ck_assert_ptr_nonnull(image->texts[i].field);
        sum += (unsigned)strlen(image->texts[i].field);
    }
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        TOUCH(blob->bytes)
        TOUCH(blob->name)
        TOUCH(blob->kind_name)
        if (blob->off != VP_NONE) {
            ck_assert_uint_le(blob->off, read->src.size);
            ck_assert_uint_le(blob->len, read->src.size - blob->off);
        }
    }
#undef TOUCH
    uint64_t end = 0;
    for (size_t i = 0; i < image->signed_range_count; i++) {
        ck_assert_uint_ge(image->signed_ranges[i].off, end);
        end = image->signed_ranges[i].off + image->signed_ranges[i].len;
        ck_assert_uint_le(end, read->src.size);
    }
    return sum;
}

#endif
