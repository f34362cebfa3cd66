/* test_image.c - the helpers that fill an image */
#include <check.h>

#include "format/format.h"

static struct arena arena;
static struct image image;

START_TEST(what_is_beyond_a_named_maximum_is_a_gap_said_once)
{
    vpi_arena_init(&arena, 0);
    vpi_image_init(&image, &arena);
    for (int i = 0; i < IMAGE_SECTIONS_MOST; i++) {
        struct image_section *section = vpi_image_section(&image);
        ck_assert_ptr_nonnull(section);
        ck_assert_uint_eq(section->off, 0);
        section->off = (uint64_t)i;
    }
    ck_assert_ptr_null(vpi_image_section(&image));
    ck_assert_ptr_null(vpi_image_section(&image));
    ck_assert_uint_eq(image.section_count, IMAGE_SECTIONS_MOST);
    ck_assert_uint_eq(image.sections[77].off, 77);
    ck_assert_uint_eq(image.gap_count, 1);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_COUNT_LIMIT);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(memory_that_runs_out_is_a_gap_and_keeps_what_was_there)
{
    vpi_arena_init(&arena, 100000);
    vpi_image_init(&image, &arena);
    size_t count = 0;
    while (vpi_image_blob(&image))
        image.blobs[count].len = count, count++;
    ck_assert_uint_gt(count, 0);
    ck_assert_uint_eq(image.blob_count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(image.blobs[i].len, i);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_MEMORY_LIMIT);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(imports_that_did_not_fit_are_known_to_be_partial)
{
    vpi_arena_init(&arena, 100000);
    vpi_image_init(&image, &arena);
    while (vpi_image_import(&image))
        ck_assert(!image.imports_partial);
    ck_assert(image.imports_partial);
    ck_assert(!image.exports_partial);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(notes_beyond_the_maximum_are_dropped)
{
    vpi_arena_init(&arena, 0);
    vpi_image_init(&image, &arena);
    for (uint64_t i = 0; i < 2 * IMAGE_NOTES_MOST; i++)
        vpi_image_note(&image, VP_NOTE_MALFORMED, i, "");
    ck_assert_uint_eq(image.note_count, IMAGE_NOTES_MOST);
    ck_assert_uint_eq(image.notes[IMAGE_NOTES_MOST - 1].off, IMAGE_NOTES_MOST - 1);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_short_source_is_a_note_and_a_broken_one_a_gap)
{
    static const struct {
        enum source_failure failure;
        enum vp_gap_reason reason;
    } broken[] = {{SOURCE_READ, VP_GAP_READ_FAILED},
                  {SOURCE_MEMORY, VP_GAP_MEMORY_LIMIT},
                  {SOURCE_CANCELLED, VP_GAP_CANCELLED}};
    vpi_arena_init(&arena, 0);
    vpi_image_init(&image, &arena);
    struct source src;
    vpi_source_init_memory(&src, span_of(NULL, 0), &arena);
    src.failure = SOURCE_SHORT;
    vpi_image_short(&image, &src, 5, "x");
    ck_assert_uint_eq(image.note_count, 1);
    ck_assert_uint_eq(image.gap_count, 0);
    for (size_t i = 0; i < 3; i++) {
        src.failure = broken[i].failure;
        vpi_image_short(&image, &src, 5, "x");
        ck_assert_int_eq(image.gaps[i].reason, broken[i].reason);
    }
    ck_assert_uint_eq(image.note_count, 1);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(unknown_bytes_are_described_in_words)
{
    const char *error = NULL;
    struct magic_words *words = vpi_magic_new(NULL);
    ck_assert_ptr_nonnull(words);
    const char *text = vpi_magic_describe(words, span_text("%PDF-1.4\n"), &error);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(strstr(text, "PDF"));
    ck_assert_ptr_nonnull(vpi_magic_describe(words, span_of(NULL, 0), &error));
    vpi_magic_free(words);
}
END_TEST

START_TEST(magic_data_that_is_missing_is_an_error_each_time)
{
    const char *error = NULL;
    struct magic_words *words = vpi_magic_new("/nonexistent/magic.mgc");
    ck_assert_ptr_null(vpi_magic_describe(words, span_text("x"), &error));
    ck_assert_ptr_nonnull(error);
    error = NULL;
    ck_assert_ptr_null(vpi_magic_describe(words, span_text("x"), &error));
    ck_assert_ptr_nonnull(error);
    vpi_magic_free(words);
    vpi_magic_free(NULL);
}
END_TEST

#define TESTS                                                                                      \
    TEST(what_is_beyond_a_named_maximum_is_a_gap_said_once)                                        \
    TEST(memory_that_runs_out_is_a_gap_and_keeps_what_was_there)                                   \
    TEST(imports_that_did_not_fit_are_known_to_be_partial)                                         \
    TEST(notes_beyond_the_maximum_are_dropped)                                                     \
    TEST(a_short_source_is_a_note_and_a_broken_one_a_gap)                                          \
    TEST(unknown_bytes_are_described_in_words)                                                     \
    TEST(magic_data_that_is_missing_is_an_error_each_time)
#include "check_main.h"
