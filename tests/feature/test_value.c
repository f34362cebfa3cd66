/* test_value.c - values from text and back */
#include <check.h>

#include "feature/feature.h"

static void round_trip(unsigned kind, const char *text, const char *printed)
{
    struct arena arena;
    struct span value, again;
    const char *why;
    vpi_arena_init(&arena, 0);
    const struct kind *row = vpi_kind(kind);
    ck_assert(vpi_canonical_value(&arena, row, span_text(text), &value, &why));
    const char *print = vpi_canonical_print(&arena, row, value);
    ck_assert_str_eq(print, printed);
    ck_assert(vpi_canonical_value(&arena, row, span_text(print), &again, &why));
    ck_assert(span_equal(value, again));
    vpi_arena_done(&arena);
}

static void refused(unsigned kind, const char *text, const char *reason)
{
    uint8_t buffer[64];
    size_t len = 77;
    struct vp_error err;
    ck_assert_int_eq(vp_value_parse(kind, text, strlen(text), buffer, sizeof buffer, &len, &err),
                     VP_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, reason));
    ck_assert_uint_eq(len, 77);
}

START_TEST(every_form_prints_and_parses_back)
{
    round_trip(KIND_FILE_MD5, "D41D8cd98f00b204e9800998ecf8427e",
               "d41d8cd98f00b204e9800998ecf8427e");
    round_trip(KIND_CERTIFICATE_TBS, "aBcD", "abcd");
    round_trip(KIND_SECTION, "00112233445566778899aabbccddeeff:18446744073709551615",
               "00112233445566778899aabbccddeeff:18446744073709551615");
    round_trip(KIND_SECTION, "00112233445566778899AABBCCDDEEFF:007",
               "00112233445566778899aabbccddeeff:7");
    round_trip(KIND_SECTION, "00112233445566778899aabbccddeeff:0",
               "00112233445566778899aabbccddeeff:0");
    round_trip(KIND_EXPORT, "?f@@YAXXZ \\x5c\\x00\xff", "?f@@YAXXZ \\x5c\\x00\\xff");
    round_trip(KIND_COMPANY_NAME, " AO  Kaspersky Lab\u2122", "ao kaspersky lab");
    round_trip(KIND_FILE_NAME, "AVP.exe", "avp.exe");
}
END_TEST

START_TEST(what_is_no_value_is_refused_with_a_reason)
{
    refused(KIND_FILE_MD5, "d41d8cd98f00b204e9800998ecf8427", "number");
    refused(KIND_FILE_MD5, "d41d8cd98f00b204e9800998ecf8427e00", "number");
    refused(KIND_FILE_MD5, "g41d8cd98f00b204e9800998ecf8427e", "not hexadecimal");
    refused(KIND_CERTIFICATE_TBS, "", "number");
    refused(KIND_CERTIFICATE_TBS, "abc", "number");
    refused(KIND_SECTION, "00112233445566778899aabbccddeeff", "colon");
    refused(KIND_SECTION, "00112233445566778899aabbccddeeff:", "colon");
    refused(KIND_SECTION, "00112233445566778899aabbccddeeff:18446744073709551616", "colon");
    refused(KIND_SECTION, "00112233445566778899aabbccddeeff:1x", "colon");
    refused(KIND_SECTION, "00112233445566778899aabbccddeefg:1", "colon");
    refused(KIND_EXPORT, "", "empty");
    refused(KIND_EXPORT, "a\\x4", "backslash");
    refused(KIND_EXPORT, "a\\y41", "backslash");
    refused(KIND_EXPORT, "a\\xzz", "backslash");
    refused(KIND_COMPANY_NAME, " \xc2\xae ", "empty");
    refused(9, "a", "number 9");
}
END_TEST

START_TEST(a_short_buffer_gets_what_fits_and_the_full_length)
{
    uint8_t buffer[16];
    struct vp_error err;
    memset(buffer, 0x55, sizeof buffer);
    size_t len = 0;
    ck_assert_int_eq(vp_value_parse(KIND_COMPANY_NAME, "KASPERSKY", 9, buffer, 4, &len, &err),
                     VP_E_ARGUMENT);
    ck_assert_uint_eq(len, 9);
    ck_assert_mem_eq(buffer, "kasp\x55", 5);
    ck_assert_int_eq(vp_value_parse(KIND_COMPANY_NAME, "KASPERSKY", 9, buffer, 9, &len, &err),
                     VP_OK);
    ck_assert_mem_eq(buffer, "kaspersky\x55", 10);
    ck_assert_int_eq(vp_value_parse(KIND_COMPANY_NAME, "KASPERSKY", 9, NULL, 0, &len, NULL),
                     VP_E_ARGUMENT);
    ck_assert_uint_eq(len, 9);
    ck_assert_int_eq(vp_value_parse(KIND_COMPANY_NAME, NULL, 9, buffer, 9, &len, &err),
                     VP_E_ARGUMENT);
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_form_prints_and_parses_back)                                                        \
    TEST(what_is_no_value_is_refused_with_a_reason)                                                \
    TEST(a_short_buffer_gets_what_fits_and_the_full_length)
#include "check_main.h"
