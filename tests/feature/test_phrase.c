/* test_phrase.c - the values under which a text is looked up */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "feature/feature.h"

static struct arena arena; /* no limit; reachable to the end */
static struct span found[PHRASES_MOST + 1];
static size_t found_count;

static void collect(void *context, struct span phrase)
{
    ck_assert_uint_lt(found_count, PHRASES_MOST);
    found[found_count++] = phrase;
}

static void phrases_of(unsigned kind, struct span text)
{
    struct span value;
    ck_assert(vpi_canonical_text(&arena, text, &value));
    found_count = 0;
    vpi_phrases(&arena, vpi_kind(kind), value, collect, NULL);
    for (size_t i = 0; i < found_count; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert(!span_equal(found[i], found[j]));
    }
}

static bool has(const char *phrase)
{
    for (size_t i = 0; i < found_count; i++) {
        if (span_equal(found[i], span_text(phrase)))
            return true;
    }
    return false;
}

static void exactly(const char *text, const char *joined)
{
    char all[2048] = "";
    phrases_of(KIND_COMPANY_NAME, span_text(text));
    for (size_t i = 0; i < found_count; i++) {
        strcat(all, i ? "|" : "");
        strncat(all, (const char *)found[i].data, found[i].len);
    }
    ck_assert_str_eq(all, joined);
}

START_TEST(a_text_yields_itself_and_its_runs_of_words)
{
    exactly("AO Kaspersky Lab", "ao kaspersky lab|ao kaspersky|ao|kaspersky lab|kaspersky|lab");
    exactly("a-b", "a-b|a b|a|b");
    exactly("one", "one");
    exactly("a b c d e", "a b c d e|a b c d|a b c|a b|a|b c d e|b c d|b c|b|c d e|c d|c|d e|d|e");
}
END_TEST

START_TEST(scripts_without_spaces_yield_runs_of_characters)
{
    exactly("卡巴斯基", "卡巴斯基|卡巴斯|卡巴|巴斯基|巴斯|斯基");
    phrases_of(KIND_COMPANY_NAME, span_text("卡巴斯基实验室"));
    ck_assert(has("卡巴斯基"));
    ck_assert(has("实验室"));
    ck_assert(!has("卡"));
    phrases_of(KIND_COMPANY_NAME, span_text("ИП 腾讯QQ 2"));
    ck_assert(has("腾讯"));
    ck_assert(has("qq"));
    ck_assert(has("qq 2"));
    ck_assert(!has("ип qq"));
    phrases_of(KIND_COMPANY_NAME, span_text("บริษัท"));
    ck_assert(has("บริ"));
}
END_TEST

START_TEST(a_katakana_word_is_found_whole)
{
    phrases_of(KIND_COMPANY_NAME, span_text("株式会社カスペルスキー"));
    ck_assert(has("株式会社"));
    ck_assert(has("カスペルスキー"));
    ck_assert(!has("スペルスキー"));
}
END_TEST

START_TEST(words_end_only_at_separators)
{
    phrases_of(KIND_COMPANY_NAME, span_text("Kasperskyite GmbH"));
    ck_assert(!has("kaspersky"));
    phrases_of(KIND_COMPANY_NAME, span_text("(c) 1997-2024 ＫＡＳＰＥＲＳＫＹ, all rights"));
    ck_assert(has("kaspersky"));
    phrases_of(KIND_COMPANY_NAME, span_text("КАСПЕРСКИЙ/Лаборатория"));
    ck_assert(has("касперский"));
    /* A mark without a composed form belongs to its letter. */
    phrases_of(KIND_COMPANY_NAME, span_text("x\u0301y z"));
    ck_assert(has("x\u0301y"));
}
END_TEST

START_TEST(digits_are_also_found_collapsed)
{
    exactly("v21.3", "v21.3|v#.#|v21 3|v# #|v21|v#|3|#");
    phrases_of(KIND_FILE_NAME, span_text("KVRT2020.exe"));
    ck_assert_uint_eq(found_count, 2);
    ck_assert(has("kvrt#.exe"));
    ck_assert(has("kvrt2020.exe"));
}
END_TEST

START_TEST(other_forms_yield_the_value_itself)
{
    uint8_t digest[32] = {0};
    found_count = 0;
    vpi_phrases(&arena, vpi_kind(KIND_FILE_SHA256), span_of(digest, 32), collect, NULL);
    ck_assert_uint_eq(found_count, 1);
    ck_assert(span_equal(found[0], span_of(digest, 32)));
}
END_TEST

static size_t words_of(const char *text, const char *expected)
{
    struct span value, phrase;
    size_t words = 99;
    ck_assert(vpi_canonical_text(&arena, span_text(text), &value));
    if (!vpi_phrase_of(&arena, value, &phrase, &words))
        return 0;
    ck_assert_str_eq(vpi_arena_text(&arena, phrase), expected);
    return words;
}

START_TEST(a_name_of_the_set_becomes_the_phrase_that_is_found)
{
    ck_assert_uint_eq(words_of("Dr.Web, Ltd.", "dr web ltd"), 3);
    ck_assert_uint_eq(words_of("a b c d e", "a b c d e"), 5);
    ck_assert_uint_eq(words_of("卡巴斯基", "卡巴斯基"), 4);
    ck_assert_uint_eq(words_of("卡巴斯基实验室", "卡巴斯基实验室"), 7);
    ck_assert_uint_eq(words_of("カスペルスキー", "カスペルスキー"), 1);
    /* Not inside longer text: nothing, one character, two scripts. */
    ck_assert_uint_eq(words_of("...", ""), 0);
    ck_assert_uint_eq(words_of("卡", ""), 0);
    ck_assert_uint_eq(words_of("腾讯qq", ""), 0);
    ck_assert_uint_eq(words_of("卡巴 斯基", ""), 0);
}
END_TEST

START_TEST(hostile_texts_are_bounded_and_linear)
{
    static const char *const units[] = {"a ", "1 ", "卡", "ア", "卡a", "12", "\u0301", "a卡 "};
    size_t len = 1 << 20;
    uint8_t *bytes = malloc(len);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t unit = strlen(units[u]);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)units[u][i % unit];
        clock_t start = clock();
        phrases_of(KIND_COMPANY_NAME, span_of(bytes, len));
        /* Not even canonical: what a caller may pass. */
        found_count = 0;
        vpi_phrases(&arena, vpi_kind(KIND_COMPANY_NAME), span_of(bytes, len), collect, NULL);
        ck_assert_uint_gt(found_count, 0);
        ck_assert(clock() - start < 2 * CLOCKS_PER_SEC);
    }
    free(bytes);
    char many[12 * 400] = "";
    for (int i = 0; i < 400; i++)
        snprintf(many + strlen(many), 12, "w%c%c%c ", 'a' + i / 26, 'a' + i % 26, 'x');
    phrases_of(KIND_COMPANY_NAME, span_text(many));
    ck_assert_uint_eq(found_count, PHRASES_MOST);
}
END_TEST

START_TEST(every_memory_cap_still_yields_the_text_itself)
{
    for (size_t limit = 1; limit < 40000; limit += 101) {
        struct arena small;
        vpi_arena_init(&small, limit);
        found_count = 0;
        vpi_phrases(&small, vpi_kind(KIND_COMPANY_NAME), span_text("ao kaspersky lab"), collect,
                    NULL);
        ck_assert(has("ao kaspersky lab"));
        ck_assert(small.failed || has("kaspersky"));
        vpi_arena_done(&small);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_text_yields_itself_and_its_runs_of_words)                                               \
    TEST(scripts_without_spaces_yield_runs_of_characters)                                          \
    TEST(a_katakana_word_is_found_whole)                                                           \
    TEST(words_end_only_at_separators)                                                             \
    TEST(digits_are_also_found_collapsed)                                                          \
    TEST(other_forms_yield_the_value_itself)                                                       \
    TEST(a_name_of_the_set_becomes_the_phrase_that_is_found)                                       \
    TEST(hostile_texts_are_bounded_and_linear)                                                     \
    TEST(every_memory_cap_still_yields_the_text_itself)
#include "check_main.h"
