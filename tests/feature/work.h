/* work.h - an image made by a test, and the features that the families make of it */
#ifndef TESTS_FEATURE_WORK_H
#define TESTS_FEATURE_WORK_H

#include <check.h>
#include <string.h>

#include "feature/feature.h"

struct bench {
    struct arena arena;
    struct image image;
    struct source src;
    struct crypto *crypto;
    struct feature_work work;
};

/* The object's bytes are `bytes`; everything is wanted. */
static inline void bench_open(struct bench *bench, struct span bytes, size_t limit)
{
    memset(bench, 0, sizeof *bench);
    vpi_arena_init(&bench->arena, limit);
    vpi_image_init(&bench->image, &bench->arena);
    vpi_source_init_memory(&bench->src, bytes, &bench->arena);
    /* One for the program: it costs more than what most tests do with it. */
    static struct crypto *crypto;
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    bench->crypto = crypto;
    bench->work = (struct feature_work){.image = &bench->image,
                                        .src = &bench->src,
                                        .crypto = bench->crypto,
                                        .arena = &bench->arena,
                                        .wanted = UINT64_MAX,
                                        .notes = &bench->image};
}

static inline void bench_close(struct bench *bench)
{
    vpi_crypto_reset(bench->crypto);
    vpi_arena_done(&bench->arena);
}

static inline size_t bench_count(const struct bench *bench, unsigned kind)
{
    size_t count = 0;
    for (size_t i = 0; i < bench->work.count; i++)
        count += bench->work.items[i].kind == kind;
    return count;
}

/* The text of feature number `index` of a kind, or "". */
static inline const char *bench_text(const struct bench *bench, unsigned kind, size_t index)
{
    for (size_t i = 0; i < bench->work.count; i++) {
        if (bench->work.items[i].kind == kind && index-- == 0)
            return bench->work.items[i].text;
    }
    return "";
}

static inline bool bench_noted(const struct bench *bench, enum vp_note_code code)
{
    for (size_t i = 0; i < bench->image.note_count; i++) {
        if (bench->image.notes[i].code == code)
            return true;
    }
    return false;
}

static inline bool bench_gap(const struct bench *bench, enum vp_gap_reason reason)
{
    for (size_t i = 0; i < bench->image.gap_count; i++) {
        if (bench->image.gaps[i].reason == reason)
            return true;
    }
    return false;
}

/* What holds for any feature: its text parses back to its value, and its place is in the object. */
static inline void bench_check(struct bench *bench)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (size_t i = 0; i < bench->work.count; i++) {
        const struct feature *feature = &bench->work.items[i];
        struct span value;
        const char *why;
        ck_assert(vpi_canonical_value(&arena, vpi_kind(feature->kind), span_text(feature->text),
                                      &value, &why));
        ck_assert(span_equal(value, feature->value));
    }
    vpi_arena_done(&arena);
}

static inline struct image_blob *bench_blob(struct bench *bench, enum image_blob_type type,
                                            struct span bytes)
{
    struct image_blob *blob = vpi_image_blob(&bench->image);
    ck_assert_ptr_nonnull(blob);
    blob->type = type;
    blob->off = VP_NONE;
    blob->len = bytes.len;
    blob->bytes = bytes;
    return blob;
}

#endif
