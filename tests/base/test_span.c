/* test_span.c - bounds */
#include <check.h>

#include "base/span.h"

START_TEST(a_part_beyond_the_end_is_refused)
{
    uint8_t bytes[4] = {1, 2, 3, 4};
    struct span all = span_of(bytes, sizeof bytes), part;
    ck_assert(span_sub(all, 0, 4, &part));
    ck_assert(span_sub(all, 4, 0, &part));
    ck_assert(!span_sub(all, 5, 0, &part));
    ck_assert(!span_sub(all, 1, 4, &part));
    ck_assert(!span_sub(all, UINT64_MAX, 1, &part));
    ck_assert(!span_sub(all, 1, UINT64_MAX, &part));
}
END_TEST

START_TEST(integers_are_little_endian)
{
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint64_t value;
    ck_assert(span_uint(span_of(bytes, 8), 0, 8, &value));
    ck_assert_uint_eq(value, 0x0807060504030201u);
    ck_assert(span_uint(span_of(bytes, 8), 6, 2, &value));
    ck_assert_uint_eq(value, 0x0807u);
    ck_assert(!span_uint(span_of(bytes, 8), 7, 2, &value));
}
END_TEST

START_TEST(a_reader_may_be_big_endian)
{
    uint8_t bytes[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct reader r = reader_at(span_of(bytes, 10), 0);
    uint64_t value;
    r.big = true;
    ck_assert_uint_eq(reader_u16(&r), 0x0001);
    ck_assert_uint_eq(reader_u64(&r), UINT64_C(0x0203040506070809));
    ck_assert_uint_eq(reader_u8(&r), 0);
    ck_assert(r.bad);
    ck_assert(!span_uint_in(span_of(bytes, 10), 0, 9, true, &value));
    ck_assert(!span_uint_in(span_of(bytes, 10), 8, 4, true, &value));
    ck_assert(span_uint_in(span_of(bytes, 10), 8, 2, false, &value));
    ck_assert_uint_eq(value, 0x0908);
}
END_TEST

START_TEST(a_reader_stays_bad)
{
    uint8_t bytes[3] = {1, 2, 3};
    struct reader r = reader_at(span_of(bytes, 3), 0);
    ck_assert_uint_eq(reader_u16(&r), 0x0201);
    ck_assert_uint_eq(reader_u16(&r), 0);
    ck_assert(r.bad);
    ck_assert_uint_eq(reader_u8(&r), 0);
}
END_TEST

START_TEST(spans_are_ordered_bytewise)
{
    ck_assert_int_lt(span_compare(span_text("a"), span_text("b")), 0);
    ck_assert_int_lt(span_compare(span_text("a"), span_text("aa")), 0);
    ck_assert_int_eq(span_compare(span_text(""), span_text("")), 0);
    ck_assert(span_equal(span_text("x"), span_text("x")));
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_part_beyond_the_end_is_refused)                                                         \
    TEST(integers_are_little_endian)                                                               \
    TEST(a_reader_may_be_big_endian)                                                               \
    TEST(a_reader_stays_bad)                                                                       \
    TEST(spans_are_ordered_bytewise)
#include "check_main.h"
