/* test_date.c - days and dates */
#include <check.h>

#include "base/date.h"

START_TEST(every_day_survives_printing_and_parsing)
{
    char text[DATE_TEXT];
    for (uint32_t days = 1; days <= DATE_DAYS_MOST; days += days < 40000 ? 1 : 997) {
        uint32_t back = 0;
        vpi_date_print(days, text);
        ck_assert_msg(vpi_date_parse(span_text(text), &back) && back == days, "%s", text);
    }
}
END_TEST

START_TEST(known_days)
{
    char text[DATE_TEXT];
    vpi_date_print(20779, text);
    ck_assert_str_eq(text, "2026-11-22");
    vpi_date_print(11016, text);
    ck_assert_str_eq(text, "2000-02-29");
    vpi_date_print(DATE_DAYS_MOST, text);
    ck_assert_str_eq(text, "9999-12-31");
    vpi_date_print(0, text);
    ck_assert_str_eq(text, "");
    vpi_date_print((uint64_t)DATE_DAYS_MOST + 1, text);
    ck_assert_str_eq(text, "");
    vpi_date_print(UINT64_MAX, text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(what_is_no_day_is_refused)
{
    static const char *const bad[] = {"",           "2026",       "2026-11",    "2026-11-2",
                                      "2026-11-31", "2026-00-10", "2026-13-10", "2026-11-00",
                                      "2025-02-29", "2100-02-29", "1969-12-31", "1970-01-01",
                                      "2026/11/22", "2026-11-2x", "0000-01-01", "2026-11-222"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t days;
        ck_assert_msg(!vpi_date_parse(span_text(bad[i]), &days), "%s", bad[i]);
    }
    ck_assert(vpi_date_partial(span_text("1997")));
    ck_assert(vpi_date_partial(span_text("1997-06")));
    ck_assert(vpi_date_partial(span_text("1997-06-26")));
    ck_assert(!vpi_date_partial(span_text("1997-06-31")));
    ck_assert(!vpi_date_partial(span_text("97")));
    ck_assert(!vpi_date_partial(span_text("1997-")));
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_day_survives_printing_and_parsing)                                                  \
    TEST(known_days)                                                                               \
    TEST(what_is_no_day_is_refused)
#include "check_main.h"
