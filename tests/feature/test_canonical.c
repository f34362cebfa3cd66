/* test_canonical.c - canonical form 1 */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "feature/feature.h"
#include "feature/unicode.h"

static struct arena arena; /* no limit; reachable to the end */

static struct span canonical(struct span text)
{
    struct span value;
    ck_assert(vpi_canonical_text(&arena, text, &value));
    return value;
}

static void same(const char *text, const char *expected)
{
    struct span value = canonical(span_text(text));
    ck_assert_str_eq(vpi_arena_text(&arena, value), expected);
    ck_assert(span_equal(canonical(value), value));
}

START_TEST(case_width_and_compatibility_are_folded)
{
    same("Kaspersky", "kaspersky");
    same("\uff2b\uff21\uff33\uff30\uff25\uff32\uff33\uff2b\uff39", "kaspersky");
    same("КАСПЕРСКИЙ", "каспер\u0441кий");
    same("каспер\u00adский", "касперский");
    same("КАСПЕРСКИИ\u0306", "касперский");
    same("Straße", "strasse");
    same("ﬁle ²", "file 2");
    same("㈱カスペ", "(株)カスペ");
    same("ｶﾞ", "ガ");
}
END_TEST

START_TEST(signs_and_quotes_are_dropped_before_they_become_letters)
{
    same("Windows™ NT® © 2024℠", "windows nt 2024");
    same("ООО «Доктор Веб»", "ооо доктор веб");
    same("\"a\" 'b' `c` „d“ ”e” ‘f’ 「g」 『h』 ＂i＂ ＇j＇ ‹k› ´l´", "a b c d e f g h i j k l");
    /* U+0149 becomes an apostrophe letter and n. */
    same("ŉ", "n");
}
END_TEST

START_TEST(blanks_and_controls_are_one_space_and_none_at_the_ends)
{
    same(" \t a \r\n\x01\x7f b\u00a0\u3000c\u2028 ", "a b c");
    same("", "");
    same(" \n ", "");
    same("® ™", "");
    same("a ® b", "a b");
    struct span value = canonical(span_of("a\0b", 3));
    ck_assert(span_equal(value, span_text("a b")));
}
END_TEST

START_TEST(digits_and_other_signs_are_kept)
{
    same("7-Zip 21.07 (x64) & more_", "7-zip 21.07 (x64) & more_");
}
END_TEST

START_TEST(malformed_utf8_becomes_replacement_characters)
{
    same("a\xff\xc3z", "a\ufffd\ufffdz");
    same("\xed\xa0\x80", "\ufffd\ufffd\ufffd"); /* a surrogate */
    same("\xc0\x80", "\ufffd\ufffd");           /* overlong */
    same("\xe5\x8d", "\ufffd\ufffd");           /* cut short */
}
END_TEST

START_TEST(marks_are_ordered_however_many_there_are)
{
    same("a\u0301\u0323", "ạ\u0301");
    /* A long run with falling classes: sorted stably, and equal to what the short sort does. */
    enum { PAIRS = 40 };
    char text[1 + PAIRS * 4 + 1] = "q", expected[sizeof text] = "q";
    for (size_t i = 0; i < PAIRS; i++) {
        strcat(text, "\u0301\u0323");
    }
    for (size_t i = 0; i < PAIRS; i++)
        strcat(expected, "\u0323");
    for (size_t i = 0; i < PAIRS; i++)
        strcat(expected, "\u0301");
    same(text, expected);
}
END_TEST

START_TEST(hostile_lengths_are_linear_and_cut)
{
    size_t len = 8 << 20;
    uint8_t *bytes = malloc(len);
    static const char *const units[] = {"\u0301\u0323", "\ufdfa", " ",      "\"",
                                        "\xff",         "x",      "a\u0301"};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t unit = strlen(units[u]);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)units[u][i % unit];
        clock_t start = clock();
        struct span value = canonical(span_of(bytes, len));
        ck_assert(clock() - start < CLOCKS_PER_SEC);
        ck_assert_uint_le(value.len, CANONICAL_MOST);
        ck_assert(span_equal(canonical(value), value));
    }
    free(bytes);
}
END_TEST

START_TEST(every_memory_cap_is_survived)
{
    char text[4096];
    memset(text, 'A', sizeof text);
    for (size_t i = 0; i + 2 < sizeof text; i += 3)
        memcpy(text + i, "A\xcc\x81", 3);
    for (size_t limit = 1; limit < 100000; limit += 997) {
        struct arena small;
        struct span value;
        vpi_arena_init(&small, limit);
        if (!vpi_canonical_text(&small, span_of(text, sizeof text), &value))
            ck_assert(small.failed);
        vpi_arena_done(&small);
    }
}
END_TEST

START_TEST(cuts_never_split_a_character)
{
    struct span text = span_text("a\u00e9\u5361\U0001f600");
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t most = 0; most < 12; most++)
        ck_assert_uint_eq(vpi_utf8_cut(text, most).len, expected[most]);
    ck_assert_uint_eq(vpi_utf8_cut(span_text("\x80\x80\x80\x80\x80\x80"), 5).len, 5);
}
END_TEST

START_TEST(the_unicode_version_is_known)
{
    ck_assert_str_ne(vpi_canonical_unicode(), "");
}
END_TEST

START_TEST(ascii_is_what_it_is_beside_other_letters)
{
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        char text[64], other[66];
        size_t len = (size_t)round % 40;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 24 & 0x7f);
        }
        memcpy(other, text, len);
        memcpy(other + len, "\xc3\xa9", 2); /* takes the way of all Unicode */
        text[len] = 'Z';
        struct span plain = canonical(span_of(text, len + 1));
        struct span general = canonical(span_of(other, len + 2));
        ck_assert_uint_eq(plain.len + 1, general.len);
        ck_assert_mem_eq(plain.data, general.data, plain.len - 1);
        ck_assert_int_eq(plain.data[plain.len - 1], 'z');
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(ascii_is_what_it_is_beside_other_letters)                                                 \
    TEST(case_width_and_compatibility_are_folded)                                                  \
    TEST(signs_and_quotes_are_dropped_before_they_become_letters)                                  \
    TEST(blanks_and_controls_are_one_space_and_none_at_the_ends)                                   \
    TEST(digits_and_other_signs_are_kept)                                                          \
    TEST(malformed_utf8_becomes_replacement_characters)                                            \
    TEST(marks_are_ordered_however_many_there_are)                                                 \
    TEST(hostile_lengths_are_linear_and_cut)                                                       \
    TEST(every_memory_cap_is_survived)                                                             \
    TEST(cuts_never_split_a_character)                                                             \
    TEST(the_unicode_version_is_known)
#include "check_main.h"
