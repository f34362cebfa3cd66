/* test_consume.c - features that the sequential pass makes: digests, sections, resources */
#include "work.h"

static const char content[] = "0123456789abcdefghijklmnopqrstuvwxyz"; /* 36 bytes */

START_TEST(file_digests_are_those_that_are_wanted)
{
    struct bench bench;
    bench_open(&bench, span_text("abc"), 0);
    bench.work.wanted = WANT_FILE_MD5 | WANT_FILE_SHA1 | WANT_FILE_SHA256 | WANT_FILE_XXH3;
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 4);
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_MD5, 0), "900150983cd24fb0d6963f7d28e17f72");
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_SHA1, 0),
                     "a9993e364706816aba3e25717850c26c9cd0d89d");
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_SHA256, 0),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_XXH3, 0), "06b05ab6733a618578af5f94892f3950");
    ck_assert_uint_eq(bench.work.pass.bytes_hashed, 9);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(an_empty_file_has_digests)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench.work.wanted = WANT_FILE_MD5 | WANT_FILE_XXH3;
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_MD5, 0), "d41d8cd98f00b204e9800998ecf8427e");
    ck_assert_str_eq(bench_text(&bench, KIND_FILE_XXH3, 0), "99aa06d3014798d86001c324468d497f");
    bench_close(&bench);
}
END_TEST

static void digest_of(struct bench *bench, const char *text, size_t len, const char *expected)
{
    uint8_t value[DIGEST_MOST];
    ck_assert(vpi_digest(bench->crypto, DIGEST_SHA1, span_of(text, len), value));
    ck_assert_str_eq(
        vpi_canonical_print(&bench->arena, vpi_kind(KIND_FILE_SHA1), span_of(value, 20)), expected);
}

START_TEST(the_authenticode_digest_skips_what_signing_changes)
{
    struct bench bench;
    bench_open(&bench, span_text(content), 0);
    bench.work.wanted = WANT_AUTHENTICODE_SHA1 | WANT_AUTHENTICODE_SHA256;
    bench.image.signed_ranges[0] = (struct source_range){0, 4};
    bench.image.signed_ranges[1] = (struct source_range){8, 2};
    bench.image.signed_range_count = 2;
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 2);
    digest_of(&bench, "012389", 6, bench_text(&bench, KIND_AUTHENTICODE_SHA1, 0));
    bench_close(&bench);
}
END_TEST

START_TEST(an_unsigned_file_is_also_hashed_as_a_signer_would_pad_it)
{
    struct bench bench;
    bench_open(&bench, span_text(content), 0);
    bench.work.wanted = WANT_AUTHENTICODE_SHA1;
    bench.image.signed_ranges[0] = (struct source_range){0, 36};
    bench.image.signed_range_count = 1;
    bench.image.signed_padding = 4;
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 2);
    const char *first = bench_text(&bench, KIND_AUTHENTICODE_SHA1, 0);
    const char *second = bench_text(&bench, KIND_AUTHENTICODE_SHA1, 1);
    char padded[40] = "0123456789abcdefghijklmnopqrstuvwxyz";
    ck_assert_str_ne(first, second);
    digest_of(&bench, padded, 40, first);
    digest_of(&bench, content, 36, second);
    bench_close(&bench);
}
END_TEST

START_TEST(sections_are_hashed_with_their_length_and_place)
{
    struct bench bench;
    bench_open(&bench, span_text(content), 0);
    bench.work.wanted = WANT_SECTIONS;
    static const struct source_range ranges[] = {{0, 3}, {10, 0}, {30, 100}, {40, 5}, {1, 2}};
    for (size_t i = 0; i < 5; i++) {
        struct image_section *section = vpi_image_section(&bench.image);
        section->off = ranges[i].off;
        section->len = ranges[i].len;
    }
    bench.image.sections[2].len = 6; /* as a reader clamps it */
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct feature *feature = &bench.work.items[i];
        struct span part;
        uint8_t value[24] = {0};
        ck_assert(span_sub(span_text(content), feature->off, feature->len, &part));
        vpi_hash_bytes(vpi_hash128(part), value);
        value[16] = (uint8_t)part.len;
        ck_assert(span_equal(feature->value, span_of(value, 24)));
    }
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(sections_that_overlap_are_not_hashed_without_end)
{
    struct bench bench;
    static uint8_t bytes[1 << 16];
    bench_open(&bench, span_of(bytes, sizeof bytes), 0);
    bench.work.wanted = WANT_SECTIONS | WANT_RESOURCES;
    for (size_t i = 0; i < IMAGE_SECTIONS_MOST; i++) {
        vpi_image_section(&bench.image)->len = sizeof bytes;
        struct image_blob *blob = vpi_image_blob(&bench.image);
        blob->type = BLOB_RESOURCE;
        blob->len = sizeof bytes;
    }
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench_count(&bench, KIND_SECTION), 2);
    ck_assert_uint_eq(bench_count(&bench, KIND_RESOURCE), 2);
    ck_assert_uint_eq(bench.image.gap_count, 2);
    ck_assert(bench_gap(&bench, VP_GAP_COUNT_LIMIT));
    bench_close(&bench);
}
END_TEST

START_TEST(resources_are_icons_and_what_is_not_too_small)
{
    struct bench bench;
    static uint8_t bytes[512];
    bench_open(&bench, span_of(bytes, sizeof bytes), 0);
    bench.work.wanted = WANT_RESOURCES;
    static const struct {
        enum image_blob_type type;
        uint64_t off, len;
    } rows[] = {{BLOB_ICON, 0, 20},       {BLOB_RESOURCE, 100, 63},  {BLOB_RESOURCE, 200, 64},
                {BLOB_MANIFEST, 300, 80}, {BLOB_SIGNATURE, 400, 80}, {BLOB_RESOURCE, VP_NONE, 90}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image_blob *blob = vpi_image_blob(&bench.image);
        blob->type = rows[i].type;
        blob->off = rows[i].off;
        blob->len = rows[i].len;
    }
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench_count(&bench, KIND_ICON), 1);
    ck_assert_uint_eq(bench_count(&bench, KIND_RESOURCE), 2);
    ck_assert_uint_eq(bench.work.count, 3);
    bench_close(&bench);
}
END_TEST

START_TEST(there_is_a_most_for_resources)
{
    struct bench bench;
    static uint8_t bytes[1 << 19];
    bench_open(&bench, span_of(bytes, sizeof bytes), 0);
    bench.work.wanted = WANT_RESOURCES;
    for (size_t i = 0; i < 5000; i++) {
        struct image_blob *blob = vpi_image_blob(&bench.image);
        blob->type = BLOB_ICON;
        blob->off = i;
        blob->len = 64;
    }
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 4096);
    ck_assert(bench_gap(&bench, VP_GAP_COUNT_LIMIT));
    bench_close(&bench);
}
END_TEST

static int64_t fails(void *context, uint64_t off, void *buffer, size_t len)
{
    return -1;
}

START_TEST(a_pass_that_fails_makes_nothing_and_says_so)
{
    static const struct source_ops ops = {.read = fails};
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    vpi_source_init(&bench.src, &ops, NULL, 1000, &bench.arena);
    bench.work.wanted = WANT_FILE_MD5 | WANT_FILE_SHA256;
    ck_assert(!vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 0);
    ck_assert(bench_gap(&bench, VP_GAP_READ_FAILED));
    bench_close(&bench);
}
END_TEST

START_TEST(every_memory_cap_gives_a_gap_or_everything)
{
    for (size_t limit = 1; limit < 60000; limit += 211) {
        struct bench bench;
        bench_open(&bench, span_text(content), limit);
        bench.image.signed_ranges[0].len = 36;
        bench.image.signed_range_count = 1;
        struct image_section *section = vpi_image_section(&bench.image);
        if (section)
            section->len = 36;
        bench.work.wanted = UINT64_MAX & ~(uint64_t)WANT_REST;
        vpi_features_make(&bench.work);
        ck_assert(bench.work.count == 7 || bench_gap(&bench, VP_GAP_MEMORY_LIMIT));
        bench_check(&bench);
        bench_close(&bench);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(file_digests_are_those_that_are_wanted)                                                   \
    TEST(an_empty_file_has_digests)                                                                \
    TEST(the_authenticode_digest_skips_what_signing_changes)                                       \
    TEST(an_unsigned_file_is_also_hashed_as_a_signer_would_pad_it)                                 \
    TEST(sections_are_hashed_with_their_length_and_place)                                          \
    TEST(sections_that_overlap_are_not_hashed_without_end)                                         \
    TEST(resources_are_icons_and_what_is_not_too_small)                                            \
    TEST(there_is_a_most_for_resources)                                                            \
    TEST(a_pass_that_fails_makes_nothing_and_says_so)                                              \
    TEST(every_memory_cap_gives_a_gap_or_everything)
#include "check_main.h"
