/* test_utf16.c - UTF-16LE to UTF-8 */
#include <check.h>

#include "base/utf16.h"

static struct arena arena;

static struct span convert(const uint8_t *bytes, size_t len)
{
    struct span utf8 = {NULL, 0};
    ck_assert(vpi_utf16_to_utf8(&arena, span_of(bytes, len), &utf8));
    return utf8;
}

START_TEST(every_length_of_utf8_is_written)
{
    const uint8_t bytes[] = {'A', 0, 0xe9, 0x00, 0x61, 0x53, 0x3d, 0xd8, 0x00, 0xde};
    vpi_arena_init(&arena, 0);
    ck_assert(span_equal(convert(bytes, sizeof bytes), span_text("Aé卡\xf0\x9f\x98\x80")));
    ck_assert_uint_eq(convert(bytes, 1).len, 0);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(unpaired_surrogates_are_replaced)
{
    const uint8_t high_at_end[] = {'x', 0, 0x3d, 0xd8};
    const uint8_t high_before_letter[] = {0x3d, 0xd8, 'x', 0};
    const uint8_t low_alone[] = {0x00, 0xde, 'x', 0};
    vpi_arena_init(&arena, 0);
    ck_assert(span_equal(convert(high_at_end, 4), span_text("x\xef\xbf\xbd")));
    ck_assert(span_equal(convert(high_before_letter, 4), span_text("\xef\xbf\xbdx")));
    ck_assert(span_equal(convert(low_alone, 4), span_text("\xef\xbf\xbdx")));
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_text_ends_at_its_nul_its_maximum_or_the_end)
{
    const uint8_t bytes[] = {'a', 0, 'b', 0, 0, 0, 'c', 0, 'd'};
    struct span all = span_of(bytes, sizeof bytes);
    ck_assert_uint_eq(vpi_utf16_until_nul(all, 0, 100).len, 4);
    ck_assert_uint_eq(vpi_utf16_until_nul(all, 0, 1).len, 2);
    ck_assert_uint_eq(vpi_utf16_until_nul(all, 6, 100).len, 2);
    ck_assert_uint_eq(vpi_utf16_until_nul(all, UINT64_MAX, 100).len, 0);
}
END_TEST

START_TEST(ascii_is_compared_unit_by_unit)
{
    const uint8_t bytes[] = {'a', 0, 'b', 0}, other[] = {'a', 0, 'b', 1};
    ck_assert(vpi_utf16_equal(span_of(bytes, 4), "ab"));
    ck_assert(!vpi_utf16_equal(span_of(bytes, 4), "a"));
    ck_assert(vpi_utf16_begins(span_of(bytes, 4), "a"));
    ck_assert(!vpi_utf16_begins(span_of(bytes, 4), "abc"));
    ck_assert(!vpi_utf16_equal(span_of(other, 4), "ab"));
}
END_TEST

START_TEST(without_memory_there_is_no_text)
{
    struct span utf8;
    uint8_t bytes[64] = {0};
    vpi_arena_init(&arena, 1);
    ck_assert(!vpi_utf16_to_utf8(&arena, span_of(bytes, sizeof bytes), &utf8));
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_length_of_utf8_is_written)                                                          \
    TEST(unpaired_surrogates_are_replaced)                                                         \
    TEST(a_text_ends_at_its_nul_its_maximum_or_the_end)                                            \
    TEST(ascii_is_compared_unit_by_unit)                                                           \
    TEST(without_memory_there_is_no_text)
#include "check_main.h"
