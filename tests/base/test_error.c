/* test_error.c - what an error says, and what it never contains */
#include <check.h>
#include <errno.h>

#include "base/error.h"
#include "base/text.h"

START_TEST(a_text_is_one_line_of_utf8_whatever_stands_in_it)
{
    struct vp_error err;
    ck_assert_int_eq(vpi_fail(&err, VP_E_IO, "%s",
                              "a\nb\x7f"
                              "c\xff"
                              "d\xc2\x85"
                              "e\xc3\xa9"),
                     VP_E_IO);
    ck_assert_str_eq(err.text, "a?b?c?d??e\xc3\xa9");
}
END_TEST

START_TEST(a_text_that_is_too_long_ends_with_a_whole_character)
{
    char name[2 * sizeof((struct vp_error *)0)->text];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(name, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xe5\x8d\xa1", 4);
        struct vp_error err;
        vpi_fail(&err, VP_E_IO, "%s", name);
        ck_assert(vpi_text_clean(span_text(err.text)));
        vpi_fail_errno(&err, VP_E_IO, ENOENT, "%s", name);
        ck_assert(vpi_text_clean(span_text(err.text)));
        ck_assert_int_eq(err.system_error, ENOENT);
    }
}
END_TEST

START_TEST(nobody_need_want_the_text)
{
    ck_assert_int_eq(vpi_fail(NULL, VP_E_IO, "%d", 1), VP_E_IO);
    ck_assert_int_eq(vpi_fail_errno(NULL, VP_E_MEMORY, ENOMEM, "%d", 1), VP_E_MEMORY);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_text_is_one_line_of_utf8_whatever_stands_in_it)                                         \
    TEST(a_text_that_is_too_long_ends_with_a_whole_character)                                      \
    TEST(nobody_need_want_the_text)
#include "check_main.h"
