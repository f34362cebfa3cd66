/* test_overlap.c - when a certificate table lies over what is loaded, or before it */
#include <check.h>
#include <stdlib.h>

#include "trust/authenticode.h"

enum { TABLE = 1000, ENTRY_END = 1108, TABLE_END = 1500 };

/* One entry at the table's beginning, and a section. */
static bool overlaps(uint64_t off, uint64_t len, bool knows_the_table)
{
    struct image_blob blob = {
        .type = BLOB_SIGNATURE, .off = TABLE + 8, .len = ENTRY_END - TABLE - 8};
    struct image_section section = {.off = off, .len = len};
    struct image image = {.blobs = &blob,
                          .blob_count = 1,
                          .sections = &section,
                          .section_count = 1,
                          .has_signature_table = knows_the_table,
                          .signature_table_off = TABLE,
                          .signature_table_len = TABLE_END - TABLE};
    return vpi_authenticode_overlaps(&image);
}

START_TEST(sections_before_the_table_are_as_they_were_signed)
{
    ck_assert(!overlaps(500, 500, true));
    ck_assert(!overlaps(TABLE + 10, 0, true));
}
END_TEST

/* A table that was put before it moved its bytes. */
START_TEST(a_section_behind_the_table_is_not_what_was_signed)
{
    ck_assert(overlaps(TABLE_END, 500, true));
    ck_assert(overlaps(TABLE_END + 10000, 1, true));
}
END_TEST

START_TEST(one_byte_over_the_table_is_enough)
{
    ck_assert(overlaps(500, 501, true));
    ck_assert(overlaps(TABLE_END - 1, 500, true));
    ck_assert(overlaps(0, UINT32_MAX, true));
}
END_TEST

/* The digest leaves out all of the table, also what is no entry of it. */
START_TEST(what_no_entry_has_of_the_table_counts_too)
{
    ck_assert(overlaps(ENTRY_END + 100, 50, true));
    ck_assert(overlaps(TABLE, 8, true));
    ck_assert(!overlaps(TABLE, 8, false));
    ck_assert(overlaps(ENTRY_END - 1, 50, false));
}
END_TEST

START_TEST(headers_have_to_end_before_the_table)
{
    struct image image = {.has_signature_table = true,
                          .signature_table_off = TABLE,
                          .signature_table_len = 8,
                          .headers_end = TABLE};
    ck_assert(!vpi_authenticode_overlaps(&image));
    image.headers_end++;
    ck_assert(vpi_authenticode_overlaps(&image));
    image.has_signature_table = false;
    ck_assert(!vpi_authenticode_overlaps(&image));
}
END_TEST

/* Those that were left out might lie there. */
START_TEST(too_many_sections_are_as_good_as_one_over_it)
{
    struct image image = {.section_count = IMAGE_SECTIONS_MOST};
    image.sections = calloc(IMAGE_SECTIONS_MOST, sizeof *image.sections);
    ck_assert_ptr_nonnull(image.sections);
    ck_assert(vpi_authenticode_overlaps(&image));
    image.section_count--;
    ck_assert(!vpi_authenticode_overlaps(&image));
    free(image.sections);
}
END_TEST

#define TESTS                                                                                      \
    TEST(sections_before_the_table_are_as_they_were_signed)                                        \
    TEST(a_section_behind_the_table_is_not_what_was_signed)                                        \
    TEST(headers_have_to_end_before_the_table)                                                     \
    TEST(one_byte_over_the_table_is_enough)                                                        \
    TEST(what_no_entry_has_of_the_table_counts_too)                                                \
    TEST(too_many_sections_are_as_good_as_one_over_it)
#include "../check_main.h"
