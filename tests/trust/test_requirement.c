/* test_requirement.c - requirements of code signatures as text in Apple's language */
#include <check.h>
#include <stdio.h>

#include "macho_build.h"
#include "trust/requirement.h"

enum {
    FALSE_ = 0,
    TRUE_ = 1,
    IDENTIFIER = 2,
    APPLE = 3,
    HASH = 4,
    INFO_EQUAL = 5,
    AND = 6,
    OR = 7,
    CDHASH = 8,
    NOT = 9,
    INFO = 10,
    FIELD = 11,
    TRUSTED = 12,
    ANCHOR_TRUSTED = 13,
    EXTENSION = 14,
    GENERIC = 15,
    ENTITLEMENT = 16,
    POLICY = 17,
    NAMED_ANCHOR = 18,
    NAMED_CODE = 19,
    PLATFORM = 20,
    NOTARIZED = 21,
    TIME = 22,
    LEGACY = 23
};

/* Object identifiers below Apple's arc: Developer ID, time stamp. */
#define OID_CA   "\x2a\x86\x48\x86\xf7\x63\x64\x06\x02\x06"
#define OID_TIME "\x2a\x86\x48\x86\xf7\x63\x64\x06\x01\x21"

static struct macho_part code;
static struct requirement_text text;

static void begin(void)
{
    free(code.data);
    code = (struct macho_part){0};
}

static void put32(uint32_t value)
{
    macho_put_uint(&code, value, 4, true);
}

static void put_data(const char *bytes, size_t len)
{
    put32((uint32_t)len);
    macho_put(&code, bytes, len);
    macho_put(&code, "\0\0\0", (4 - len % 4) % 4);
}

static void put_text(const char *words)
{
    put_data(words, strlen(words));
}

/* In a buffer of exactly its size. */
static enum requirement_state print_form(uint32_t type, uint32_t form)
{
    struct macho_part blob = {0};
    macho_put_uint(&blob, 0xfade0c00, 4, true);
    macho_put_uint(&blob, 12 + code.len, 4, true);
    macho_put_uint(&blob, form, 4, true);
    macho_put(&blob, code.data, code.len);
    uint8_t *exact = malloc(blob.len);
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, blob.data, blob.len);
    struct requirement one = {.type = type, .bytes = span_of(exact, blob.len)};
    enum requirement_state state = vpi_requirement_print(&one, &text);
    free(exact);
    free(blob.data);
    return state;
}

static enum requirement_state print(void)
{
    return print_form(REQUIREMENT_DESIGNATED, 1);
}

static void says(const char *expected)
{
    static const char prefix[] = "designated => ";
    size_t len = sizeof prefix - 1;
    ck_assert_int_eq(print(), REQUIREMENT_READ);
    ck_assert(text.len > len && memcmp(text.bytes, prefix, len) == 0);
    ck_assert_msg(text.len - len == strlen(expected) &&
                      memcmp(text.bytes + len, expected, text.len - len) == 0,
                  "'%.*s' is not '%s'", (int)text.len, (const char *)text.bytes, expected);
    begin();
}

/* What Developer ID code usually demands of its later versions. */
static void put_usual(void)
{
    put32(AND);
    put32(AND);
    put32(AND);
    put32(IDENTIFIER);
    put_text("com.example.thing");
    put32(GENERIC);
    put32(EXTENSION);
    put32(1);
    put_data(OID_CA, sizeof OID_CA - 1);
    put32(0);
    put32(FIELD);
    put32(0);
    put_text("subject.OU");
    put32(1);
    put_text("ABCDE12345");
}

static const char usual[] = "identifier \"com.example.thing\" and anchor apple generic and "
                            "certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */ and "
                            "certificate leaf[subject.OU] = ABCDE12345";

START_TEST(each_word_alone_is_apples)
{
    static const struct {
        uint32_t op;
        const char *words;
    } rows[] = {{FALSE_, "never"},
                {TRUE_, "always"},
                {APPLE, "anchor apple"},
                {GENERIC, "anchor apple generic"},
                {ANCHOR_TRUSTED, "anchor trusted"},
                {NOTARIZED, "notarized"},
                {LEGACY, "legacy"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        put32(rows[i].op);
        says(rows[i].words);
    }
}
END_TEST

START_TEST(what_is_demanded_of_identifier_hashes_and_platform_is_told)
{
    begin();
    put32(IDENTIFIER);
    put_text("thing");
    says("identifier thing");
    put32(CDHASH);
    put_data("\x01\x23\xff", 3);
    says("cdhash H\"0123ff\"");
    put32(HASH);
    put32(UINT32_MAX);
    put_data("\xab\xcd", 2);
    says("certificate root = H\"abcd\"");
    put32(PLATFORM);
    put32((uint32_t)-2);
    says("platform = -2");
    put32(TRUSTED);
    put32((uint32_t)-3);
    says("certificate -3 trusted");
    put32(NAMED_ANCHOR);
    put_text("mac");
    says("anchor apple mac");
    put32(NAMED_CODE);
    put_text("sub.code");
    says("(\"sub.code\")");
    put32(INFO_EQUAL);
    put_text("CFBundleName");
    put_text("a b");
    says("info[CFBundleName] = \"a b\"");
}
END_TEST

START_TEST(each_match_has_its_sign)
{
    static const char *const words[] = {" /* exists */", " = v", " ~ v",  " = v*", " = *v",
                                        " < v",          " > v", " <= v", " >= v"};
    for (uint32_t i = 0; i < 9; i++) {
        char expected[64] = "info[CFBundleVersion]";
        begin();
        put32(INFO);
        put_text("CFBundleVersion");
        put32(i);
        if (i > 0)
            put_text("v");
        says(strcat(expected, words[i]));
    }
    put32(ENTITLEMENT);
    put_text("com.apple.get-task-allow");
    put32(14);
    says("entitlement[\"com.apple.get-task-allow\"] absent");
    put32(POLICY);
    put32(0);
    put_data(OID_CA, sizeof OID_CA - 1);
    put32(0);
    says("certificate leaf[policy.1.2.840.113635.100.6.2.6] /* exists */");
}
END_TEST

START_TEST(times_are_written_as_the_grammar_reads_them)
{
    static const char *const signs[] = {" = ", " < ", " > ", " <= ", " >= "};
    static const struct {
        int64_t seconds;
        const char *words;
    } rows[] = {{0, "timestamp \"20010101000000Z\""},
                {-1, "timestamp \"20001231235959Z\""},
                {576374400, "timestamp \"20190408000000Z\""},
                {INT64_MAX, "timestamp /* seconds from 2001: 9223372036854775807 */"},
                {INT64_MIN, "timestamp /* seconds from 2001: -9223372036854775808 */"}};
    for (uint32_t i = 0; i < 5; i++) {
        char expected[160];
        begin();
        put32(TIME);
        put32(0);
        put_data(OID_TIME, sizeof OID_TIME - 1);
        put32(9 + i);
        macho_put_uint(&code, (uint64_t)rows[i].seconds, 8, true);
        snprintf(expected, sizeof expected,
                 "certificate leaf[timestamp.1.2.840.113635.100.6.1.33]%s%s", signs[i],
                 rows[i].words);
        says(expected);
    }
}
END_TEST

START_TEST(brackets_stand_where_the_meaning_would_change)
{
    begin();
    put_usual();
    says(usual);
    put32(AND); /* (always or never) and ! (legacy and notarized) */
    put32(OR);
    put32(TRUE_);
    put32(FALSE_);
    put32(NOT);
    put32(AND);
    put32(LEGACY);
    put32(NOTARIZED);
    says("(always or never) and ! (legacy and notarized)");
    put32(OR); /* "and" binds tighter */
    put32(AND);
    put32(TRUE_);
    put32(FALSE_);
    put32(OR);
    put32(NOT);
    put32(NOT);
    put32(LEGACY);
    put32(NOTARIZED);
    says("always and never or ! ! legacy or notarized");
    put32(NOT);
    put32(OR);
    put32(TRUE_);
    put32(FALSE_);
    says("! (always or never)");
}
END_TEST

START_TEST(values_that_are_no_word_stand_in_quotes_or_as_digits)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *words;
    } rows[] = {{"", 0, "\"\""},          {"a1", 2, "a1"},
                {"1a", 2, "\"1a\""},      {"a.b", 3, "\"a.b\""},
                {"leaf", 4, "\"leaf\""},  {"timestamp", 9, "\"timestamp\""},
                {"leafs", 5, "leafs"},    {"a \"b\" \\", 7, "\"a \\\"b\\\" \\\\\""},
                {"a\tb", 3, "\"a\tb\""},  {"a\0", 2, "0x6100"},
                {"\xc3\xa4", 2, "0xc3a4"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[64];
        begin();
        put32(IDENTIFIER);
        put_data(rows[i].bytes, rows[i].len);
        snprintf(expected, sizeof expected, "identifier %s", rows[i].words);
        says(expected);
    }
}
END_TEST

START_TEST(object_identifiers_that_are_none_are_digits)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *words;
    } rows[] = {
        {"\x2a\x03", 2, "1.2.3"},
        {"\x88\x37\x03", 3, "2.999.3"},
        {"\x27", 1, "0.39"},
        {"", 0, "0x"},
        {"\x2a\x83", 2, "0x2a83"},
        {"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12, "0x2affffffffffffffffffff7f"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[96];
        begin();
        put32(EXTENSION);
        put32(0);
        put_data(rows[i].bytes, rows[i].len);
        put32(0);
        snprintf(expected, sizeof expected, "certificate leaf[field.%s] /* exists */",
                 rows[i].words);
        says(expected);
    }
}
END_TEST

START_TEST(later_opcodes_are_passed_over_when_they_say_so)
{
    begin();
    put32(AND);
    put32(0x80000063);
    put_text("data");
    put32(0x40000064);
    put_text("more data");
    code.len -= 3; /* no zeros stand behind what is passed over */
    put32(TRUE_);
    says("false /* opcode 99 */ and /* opcode 100 */ always");
    put32(0xc0000002); /* an opcode that we know is what it is */
    put_text("x");
    says("identifier x");
}
END_TEST

START_TEST(what_nobody_understands_is_not_told)
{
    begin();
    put32(AND);
    put32(TRUE_);
    put32(24);
    ck_assert_int_eq(print(), REQUIREMENT_UNKNOWN);
    begin();
    put32(INFO);
    put_text("key");
    put32(15);
    ck_assert_int_eq(print(), REQUIREMENT_UNKNOWN);
    begin();
    put32(TRUE_);
    ck_assert_int_eq(print_form(REQUIREMENT_DESIGNATED, 2), REQUIREMENT_UNKNOWN);
}
END_TEST

START_TEST(operators_nest_as_deep_as_the_limit)
{
    begin();
    for (int i = 0; i < REQUIREMENT_DEPTH_MOST; i++)
        put32(NOT);
    put32(TRUE_);
    ck_assert_int_eq(print(), REQUIREMENT_READ);
    begin();
    for (int i = 0; i <= REQUIREMENT_DEPTH_MOST; i++)
        put32(AND);
    ck_assert_int_eq(print(), REQUIREMENT_LIMIT_REACHED);
    begin();
    for (int i = 0; i < 100000; i++)
        put32(AND);
    ck_assert_int_eq(print(), REQUIREMENT_LIMIT_REACHED);
}
END_TEST

START_TEST(a_long_text_is_cut_and_said_to_be)
{
    char long_text[REQUIREMENT_TEXT_MOST];
    memset(long_text, 'a', sizeof long_text);
    for (size_t less = 0; less < 64; less++) {
        static const size_t words = sizeof "designated => identifier " - 1;
        begin();
        put32(IDENTIFIER);
        put_data(long_text, sizeof long_text - less);
        enum requirement_state expected =
            less >= words ? REQUIREMENT_READ : REQUIREMENT_LIMIT_REACHED;
        ck_assert_int_eq(print(), expected);
        ck_assert_uint_le(text.len, REQUIREMENT_TEXT_MOST);
    }
    begin(); /* a chain of operators that is wide, not deep */
    for (int i = 0; i < 2000; i++) {
        put32(OR);
        put32(TRUE_);
    }
    ck_assert_int_eq(print(), REQUIREMENT_LIMIT_REACHED);
}
END_TEST

/* A set of the usual one and of each other type, and one of a type that nobody knows. */
static void put_set(struct macho_part *set)
{
    static const uint32_t types[] = {3, 0, 1, 2, 4, 5, 77};
    size_t count = sizeof types / sizeof *types, off = 12 + 8 * count;
    struct macho_part rest = {0};
    macho_put_uint(set, 0xfade0c01, 4, true);
    macho_put_uint(set, 0, 4, true);
    macho_put_uint(set, count, 4, true);
    for (size_t i = 0; i < count; i++) {
        macho_put_uint(set, types[i], 4, true);
        macho_put_uint(set, off + rest.len, 4, true);
        begin();
        if (i == 0)
            put_usual();
        else
            put32(TRUE_);
        macho_put_uint(&rest, 0xfade0c00, 4, true);
        macho_put_uint(&rest, 12 + code.len, 4, true);
        macho_put_uint(&rest, 1, 4, true);
        macho_put(&rest, code.data, code.len);
    }
    macho_put(set, rest.data, rest.len);
    free(rest.data);
    set->data[6] = (uint8_t)(set->len >> 8);
    set->data[7] = (uint8_t)set->len;
}

static void print_set(struct span set)
{
    struct requirement one;
    uint32_t count = vpi_requirements_count(set);
    for (uint32_t i = 0; i < count && i < REQUIREMENTS_MOST; i++) {
        if (!vpi_requirements_at(set, i, &one))
            continue;
        ck_assert(one.off <= set.len && one.bytes.len <= set.len - one.off);
        (void)vpi_requirement_print(&one, &text);
        for (size_t k = 0; k < text.len; k++)
            ck_assert((text.bytes[k] >= '\t' && text.bytes[k] <= '\r') ||
                      (text.bytes[k] >= ' ' && text.bytes[k] < 0x7f));
    }
}

START_TEST(each_requirement_of_a_set_has_its_type)
{
    static const char *const words[] = {NULL,
                                        "invalid => always",
                                        "host => always",
                                        "guest => always",
                                        "library => always",
                                        "plugin => always",
                                        "/*unknown type*/ 77 => always"};
    struct macho_part set = {0};
    struct requirement one;
    put_set(&set);
    struct span all = span_of(set.data, set.len);
    ck_assert_uint_eq(vpi_requirements_count(all), 7);
    for (uint32_t i = 1; i < 7; i++) {
        ck_assert(vpi_requirements_at(all, i, &one));
        ck_assert_int_eq(vpi_requirement_print(&one, &text), REQUIREMENT_READ);
        ck_assert(span_equal(span_of(text.bytes, text.len), span_text(words[i])));
    }
    set.data[3] = 0xc0;
    ck_assert_uint_eq(vpi_requirements_count(all), 0);
    free(set.data);
}
END_TEST

START_TEST(every_prefix_and_every_flipped_byte_is_safe)
{
    struct macho_part set = {0};
    put_set(&set);
    for (size_t len = 0; len <= set.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, set.data, len);
        print_set(span_of(exact, len));
        free(exact);
    }
    for (size_t at = 0; at < set.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            set.data[at] ^= (uint8_t)(1 << bit);
            print_set(span_of(set.data, set.len));
            set.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    begin();
    put_usual();
    size_t whole = code.len;
    for (size_t len = 0; len < whole - 2; len++) { /* but for the zeros at the end */
        code.len = len;
        ck_assert_int_eq(print(), REQUIREMENT_DAMAGED);
    }
    free(set.data);
    begin();
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_word_alone_is_apples)                                                                \
    TEST(what_is_demanded_of_identifier_hashes_and_platform_is_told)                               \
    TEST(each_match_has_its_sign)                                                                  \
    TEST(times_are_written_as_the_grammar_reads_them)                                              \
    TEST(brackets_stand_where_the_meaning_would_change)                                            \
    TEST(values_that_are_no_word_stand_in_quotes_or_as_digits)                                     \
    TEST(object_identifiers_that_are_none_are_digits)                                              \
    TEST(later_opcodes_are_passed_over_when_they_say_so)                                           \
    TEST(what_nobody_understands_is_not_told)                                                      \
    TEST(operators_nest_as_deep_as_the_limit)                                                      \
    TEST(a_long_text_is_cut_and_said_to_be)                                                        \
    TEST(each_requirement_of_a_set_has_its_type)                                                   \
    TEST(every_prefix_and_every_flipped_byte_is_safe)
#include "check_main.h"
