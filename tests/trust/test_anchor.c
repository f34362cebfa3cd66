/* test_anchor.c - which rows of a set speak of a certificate, and when */
#include <check.h>

#include "trust/anchor.h"

static struct anchor_marks marks_of(const struct trust_anchor *row)
{
    return (struct anchor_marks){.rows = {row}, .count = 1};
}

START_TEST(a_row_counts_from_its_first_day_to_before_its_last)
{
    for (int distrusted = 0; distrusted < 2; distrusted++) {
        const struct trust_anchor row = {
            .purposes = PURPOSE_CODE, .distrusted = distrusted, .from = 100, .until = 200};
        const struct anchor_marks marks = marks_of(&row);
        static const int64_t in[] = {100, 199}, out[] = {INT64_MIN, -150, 0, 99, 200, INT64_MAX};
        for (size_t i = 0; i < 2; i++) {
            ck_assert(vpi_marks_trusted(&marks, PURPOSE_CODE, in[i]) == (distrusted ? NULL : &row));
            ck_assert(vpi_marks_distrusted(&marks, in[i]) == (distrusted ? &row : NULL));
        }
        for (size_t i = 0; i < 6; i++) {
            ck_assert_ptr_null(vpi_marks_trusted(&marks, PURPOSE_CODE, out[i]));
            ck_assert_ptr_null(vpi_marks_distrusted(&marks, out[i]));
        }
    }
}
END_TEST

START_TEST(a_row_without_dates_counts_always)
{
    const struct trust_anchor good = {.purposes = PURPOSE_TIME};
    const struct trust_anchor bad = {.distrusted = true};
    const struct anchor_marks marks = {.rows = {&good, &bad}, .count = 2};
    static const int64_t times[] = {INT64_MIN, 0, 1700000000, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_ptr_eq(vpi_marks_trusted(&marks, PURPOSE_TIME, times[i]), &good);
        ck_assert_ptr_eq(vpi_marks_distrusted(&marks, times[i]), &bad);
    }
}
END_TEST

START_TEST(a_row_counts_for_its_purposes_alone)
{
    const struct trust_anchor row = {.purposes = PURPOSE_CODE | PURPOSE_FIRMWARE};
    const struct anchor_marks marks = marks_of(&row);
    ck_assert_ptr_nonnull(vpi_marks_trusted(&marks, PURPOSE_CODE | PURPOSE_TIME, 1));
    ck_assert_ptr_nonnull(vpi_marks_trusted(&marks, PURPOSE_FIRMWARE, 1));
    ck_assert_ptr_null(vpi_marks_trusted(&marks, PURPOSE_TIME | PURPOSE_APPLE, 1));
    ck_assert_ptr_null(vpi_marks_trusted(&marks, 0, 1));
}
END_TEST

/* Whatever purposes stand in a row of distrust, it makes nothing an anchor. */
START_TEST(distrust_is_no_trust)
{
    const struct trust_anchor row = {.purposes = ~0u, .distrusted = true};
    const struct anchor_marks marks = marks_of(&row);
    ck_assert_ptr_null(vpi_marks_trusted(&marks, ~0u, 1));
    ck_assert_ptr_eq(vpi_marks_distrusted(&marks, 1), &row);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_row_counts_from_its_first_day_to_before_its_last)                                       \
    TEST(a_row_without_dates_counts_always)                                                        \
    TEST(a_row_counts_for_its_purposes_alone)                                                      \
    TEST(distrust_is_no_trust)
#include "../check_main.h"
