/* test_base64.c - RFC 4648's own examples, and what is none */
#include <check.h>

#include "base/base64.h"

START_TEST(the_examples_of_the_rfc_are_decoded)
{
    static const struct {
        const char *text, *bytes;
    } cases[] = {{"", ""},
                 {"Zg==", "f"},
                 {"Zm8=", "fo"},
                 {"Zm9v", "foo"},
                 {"Zm9vYg==", "foob"},
                 {"Zm9vYmE=", "fooba"},
                 {"Zm9vYmFy", "foobar"},
                 {" Zm9v\r\nYmFy\n", "foobar"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[16];
        size_t len;
        ck_assert(vpi_base64_decode(span_text(cases[i].text), bytes, &len));
        ck_assert(span_equal(span_of(bytes, len), span_text(cases[i].bytes)));
    }
}
END_TEST

START_TEST(what_is_no_base64_is_refused)
{
    static const char *const texts[] = {"Z",    "Zg",   "Zg=",  "Zm8",      "Zg===", "====",
                                        "Zh==", "Zm9=", "Z-==", "Zg==Zg==", "Zm9v=", "Zm9\xff"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint8_t bytes[16];
        size_t len;
        ck_assert_msg(!vpi_base64_decode(span_text(texts[i]), bytes, &len), "%s", texts[i]);
    }
}
END_TEST

#define TESTS TEST(the_examples_of_the_rfc_are_decoded) TEST(what_is_no_base64_is_refused)
#include "check_main.h"
