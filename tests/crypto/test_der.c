/* test_der.c - lengths, the indefinite form, and what is refused */
#include "crypto/der_builder.h"

static bool next_of(const void *bytes, size_t len, struct der_value *value)
{
    struct span all = exact_copy(span_of(bytes, len)), rest = all;
    bool good = vpi_der_next(&rest, value);
    /* Only lengths are used after this. */
    exact_free(all);
    return good;
}

START_TEST(a_short_length_is_one_octet)
{
    struct der_value value;
    ck_assert(next_of("\x04\x03"
                      "abcX",
                      6, &value));
    ck_assert_uint_eq(value.tag, DER_OCTET_STRING);
    ck_assert_uint_eq(value.content.len, 3);
    ck_assert_uint_eq(value.whole.len, 5);
    ck_assert(!next_of("\x04\x03"
                       "ab",
                       4, &value));
}
END_TEST

START_TEST(a_long_length_may_have_leading_zeros)
{
    struct der_value value;
    ck_assert(next_of("\x04\x84\0\0\0\x01x", 7, &value));
    ck_assert_uint_eq(value.content.len, 1);
    ck_assert(next_of("\x04\x8a\0\0\0\0\0\0\0\0\0\x01x", 13, &value));
    ck_assert_uint_eq(value.content.len, 1);
}
END_TEST

START_TEST(a_length_that_would_wrap_is_refused)
{
    struct der_value value;
    ck_assert(!next_of("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff"
                       "x",
                       11, &value));
    ck_assert(!next_of("\x04\x89\x01\0\0\0\0\0\0\0\x01x", 12, &value));
    ck_assert(!next_of("\x04\x84\xff\xff\xff\xffx", 7, &value));
}
END_TEST

START_TEST(high_tags_reserved_lengths_and_stray_end_marks_are_refused)
{
    struct der_value value;
    ck_assert(!next_of("\x1f\x01x", 3, &value));
    ck_assert(!next_of("\xbf\x01x", 3, &value));
    ck_assert(!next_of("\x04\xff", 2, &value));
    ck_assert(!next_of("\0\0", 2, &value));
    ck_assert(!next_of("", 0, &value));
    ck_assert(!next_of("\x04\x80\0\0", 4, &value)); /* indefinite, but primitive */
}
END_TEST

START_TEST(the_indefinite_form_ends_at_its_own_mark)
{
    /* SEQUENCE { SEQUENCE { OCTET STRING 0000 } NULL } and one octet that isn't its */
    const char bytes[] = "\x30\x80\x30\x80\x04\x02\0\0\0\0\x05\0\0\0\x05";
    struct span rest = span_of(bytes, sizeof bytes - 1), content;
    struct der_value outer, inner, octets, null;
    ck_assert(vpi_der_next(&rest, &outer));
    ck_assert_uint_eq(outer.whole.len, sizeof bytes - 2);
    ck_assert_uint_eq(outer.content.len, sizeof bytes - 6);
    ck_assert_uint_eq(rest.len, 1);
    content = outer.content;
    ck_assert(vpi_der_expect(&content, DER_SEQUENCE, &inner));
    ck_assert(vpi_der_expect(&content, DER_NULL, &null));
    ck_assert_uint_eq(content.len, 0);
    ck_assert(vpi_der_expect(&inner.content, DER_OCTET_STRING, &octets));
    ck_assert_uint_eq(octets.content.len, 2);
    ck_assert_uint_eq(inner.content.len, 0);
}
END_TEST

START_TEST(an_indefinite_value_without_its_end_is_refused)
{
    struct der_value value;
    ck_assert(!next_of("\x30\x80", 2, &value));
    ck_assert(!next_of("\x30\x80\0", 3, &value));
    ck_assert(!next_of("\x30\x80\0\x01x", 5, &value));
    ck_assert(!next_of("\x30\x80\x30\x80\0\0", 6, &value));
    ck_assert(!next_of("\x30\x80\x04\x7f\0\0", 6, &value));
}
END_TEST

START_TEST(indefinite_values_nest_as_deep_as_the_maximum)
{
    for (size_t depth = DER_DEPTH_MOST; depth <= DER_DEPTH_MOST + 1; depth++) {
        struct der_builder *b = builder_new();
        for (size_t i = 0; i < depth; i++)
            open_indefinite(b, DER_SEQUENCE);
        for (size_t i = 0; i < depth; i++)
            close_indefinite(b);
        struct span all = builder_take(b), rest = all;
        struct der_value value;
        ck_assert_int_eq(vpi_der_next(&rest, &value), depth <= DER_DEPTH_MOST);
        exact_free(all);
    }
}
END_TEST

START_TEST(another_tag_leaves_the_rest_where_it_was)
{
    struct span rest = span_of("\x02\x01\x07", 3);
    struct der_value value;
    ck_assert(!vpi_der_expect(&rest, DER_OID, &value));
    ck_assert_uint_eq(rest.len, 3);
    ck_assert(vpi_der_expect(&rest, DER_INTEGER, &value));
    ck_assert_uint_eq(rest.len, 0);
    ck_assert(!vpi_der_expect(&rest, DER_INTEGER, &value));
    rest = span_of("\x02\x05\x07", 3);
    ck_assert(!vpi_der_expect(&rest, DER_INTEGER, &value));
    ck_assert_uint_eq(rest.len, 3);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_short_length_is_one_octet)                                                              \
    TEST(a_long_length_may_have_leading_zeros)                                                     \
    TEST(a_length_that_would_wrap_is_refused)                                                      \
    TEST(high_tags_reserved_lengths_and_stray_end_marks_are_refused)                               \
    TEST(the_indefinite_form_ends_at_its_own_mark)                                                 \
    TEST(an_indefinite_value_without_its_end_is_refused)                                           \
    TEST(indefinite_values_nest_as_deep_as_the_maximum)                                            \
    TEST(another_tag_leaves_the_rest_where_it_was)
#include "check_main.h"
