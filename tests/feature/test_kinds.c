/* test_kinds.c - the table of kinds and keys */
#include <check.h>

#include "feature/feature.h"

START_TEST(kinds_ascend_and_are_found_by_number_and_name)
{
    ck_assert_uint_gt(vpi_kind_count, 40);
    for (size_t i = 0; i < vpi_kind_count; i++) {
        const struct kind *kind = &vpi_kinds[i];
        if (i > 0)
            ck_assert_uint_lt(vpi_kinds[i - 1].number, kind->number);
        ck_assert_ptr_eq(vpi_kind(kind->number), kind);
        ck_assert_ptr_eq(vpi_kind_named(span_text(kind->name)), kind);
        ck_assert_uint_eq(vp_kind_from_name(kind->name), kind->number);
        ck_assert_uint_eq(vp_kind_at(i), kind->number);
        ck_assert((kind->form == FORM_HEX) == (kind->width != 0));
    }
    ck_assert_uint_eq(vp_kind_at(vpi_kind_count), 0);
}
END_TEST

START_TEST(unknown_kinds_are_not_found)
{
    ck_assert_ptr_null(vpi_kind(0));
    ck_assert_ptr_null(vpi_kind(0xffff));
    ck_assert_ptr_null(vpi_kind(0x10101));
    ck_assert_uint_eq(vp_kind_from_name("file-sha25"), 0);
    ck_assert_uint_eq(vp_kind_from_name(""), 0);
    ck_assert_uint_eq(vp_kind_from_name(NULL), 0);
}
END_TEST

START_TEST(a_key_is_the_hash_of_kind_and_value)
{
    uint8_t bytes[600] = {0x01, 0x04};
    for (size_t len = 0; len < sizeof bytes - 2; len++) {
        bytes[len + 2] = (uint8_t)(len * 7);
        struct hash128 whole = vpi_hash128(span_of(bytes, len + 2));
        struct vp_key key = vp_key_make(KIND_COMPANY_NAME, bytes + 2, len);
        ck_assert(key.low == whole.low && key.high == whole.high);
        ck_assert_uint_eq(key.kind, KIND_COMPANY_NAME);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(kinds_ascend_and_are_found_by_number_and_name)                                            \
    TEST(unknown_kinds_are_not_found)                                                              \
    TEST(a_key_is_the_hash_of_kind_and_value)
#include "check_main.h"
