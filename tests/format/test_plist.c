/* test_plist.c - property lists in XML and binary */
#include <check.h>
#include <stdlib.h>

#include "format/plist.h"
#include "macho_build.h"

static struct arena arena;
static struct image image;

static void read_bytes(const void *data, size_t len, size_t limit)
{
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    vpi_plist_read(&image, span_of(data, len), 1000);
}

static const char *text_of(const char *field)
{
    for (size_t i = 0; i < image.text_count; i++) {
        if (strcmp(image.texts[i].field, field) == 0)
            return vpi_arena_text(&arena, image.texts[i].utf8);
    }
    return "";
}

static void check_xml(const char *xml, const char *expected)
{
    read_bytes(xml, strlen(xml), 0);
    ck_assert_str_eq(text_of("CFBundleName"), expected);
    vpi_arena_done(&arena);
}

#define NAME(value) "<key>CFBundleName</key><string>" value "</string>"

START_TEST(texts_of_the_outermost_dictionary_are_read)
{
    check_xml(
        "<plist version=\"1.0\">\n<dict>\n\t<key>CFBundleName</key>\n\t<string>A</string></dict>",
        "A");
    check_xml("<dict><key>Other</key><true/>" NAME("A") "</dict>", "A");
    check_xml("<dict><key>Other</key><dict>" NAME("inner") "</dict>" NAME("A") "</dict>", "A");
    check_xml("<dict><key>Other</key><array/>" NAME("A") "</dict>", "A");
    check_xml("<!DOCTYPE plist PUBLIC \"x\"><dict><!-- <key>CFBundleName</key> > -->" NAME("A"),
              "A");
    check_xml("<dict><key>CFBundleName</key><integer>1</integer><string>B</string></dict>", "");
    check_xml("<dict><key>CFBundleName</key><true/><string>B</string></dict>", "");
    check_xml("<dict><dict>" NAME("inner") "</dict></dict>", "");
    check_xml(NAME("outside"), "");
    check_xml("</dict></dict><dict>" NAME("A"), "A");
    check_xml("", "");
    check_xml("<", "");
    check_xml("<dict><!-- " NAME("never ends"), "");
}
END_TEST

START_TEST(entities_become_what_they_stand_for)
{
    check_xml("<dict>" NAME("A &amp; B &lt;c&gt; &quot;d&quot; &apos;e&apos;"),
              "A & B <c> \"d\" 'e'");
    check_xml("<dict>" NAME("&#169; &#xe9;&#x20AC;&#x1F600;"),
              "\xc2\xa9 \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    check_xml("<dict>" NAME("&unknown; & &#; &#x; &#0; &#xd800; &#99999999; &amp"),
              "&unknown; & &#; &#x; &#0; &#xd800; &#99999999; &amp");
}
END_TEST

START_TEST(the_place_is_that_of_the_value)
{
    static const char xml[] = "<dict>" NAME("A &amp; B");
    read_bytes(xml, sizeof xml - 1, 0);
    ck_assert_uint_eq(image.texts[0].off, 1000 + (uint64_t)(strstr(xml, "A &") - xml));
    ck_assert_uint_eq(image.texts[0].len, 9);
    vpi_arena_done(&arena);
}
END_TEST

/* { CFBundleName: "Thing", CFBundleIdentifier: UTF-16 "Ж", Other: 1 } */
static struct macho_part binary(bool long_counts)
{
    struct macho_part p = {0};
    uint8_t offs[7];
    macho_put(&p, "bplist00", 8);
    offs[0] = (uint8_t)p.len;
    if (long_counts)
        macho_put(&p, "\xdf\x10\x03", 3);
    else
        macho_put(&p, "\xd3", 1);
    macho_put(&p, "\1\2\3\4\5\6", 6);
    offs[1] = (uint8_t)p.len;
    macho_put(&p,
              "\x5c"
              "CFBundleName",
              13);
    offs[2] = (uint8_t)p.len;
    macho_put(&p,
              "\x5f\x10\x12"
              "CFBundleIdentifier",
              21);
    offs[3] = (uint8_t)p.len;
    macho_put(&p, "\x55Other", 6);
    offs[4] = (uint8_t)p.len;
    macho_put(&p, "\x55Thing", 6);
    offs[5] = (uint8_t)p.len;
    macho_put(&p, "\x61\x04\x16", 3);
    offs[6] = (uint8_t)p.len;
    macho_put(&p, "\x10\x01", 2);
    uint64_t table = p.len;
    macho_put(&p, offs, 7);
    macho_put(&p, "\0\0\0\0\0\0\1\1", 8);
    macho_put_uint(&p, 7, 8, true);
    macho_put_uint(&p, 0, 8, true);
    macho_put_uint(&p, table, 8, true);
    return p;
}

START_TEST(a_binary_list_says_the_same)
{
    for (unsigned i = 0; i < 2; i++) {
        struct macho_part p = binary(i);
        read_bytes(p.data, p.len, 0);
        ck_assert_uint_eq(image.text_count, 2);
        ck_assert_str_eq(text_of("CFBundleName"), "Thing");
        ck_assert_str_eq(text_of("CFBundleIdentifier"), "\xd0\x96");
        ck_assert_mem_eq(p.data + image.texts[0].off - 1000, "Thing", 5);
        vpi_arena_done(&arena);
        free(p.data);
    }
}
END_TEST

static void sweep(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len);
    for (size_t cut = 0; cut <= len; cut++) {
        uint8_t *part = malloc(cut ? cut : 1);
        memcpy(part, bytes, cut);
        read_bytes(part, cut, 0);
        vpi_arena_done(&arena);
        free(part);
    }
    memcpy(exact, bytes, len);
    for (size_t at = 0; at < len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            exact[at] ^= (uint8_t)(1 << bit);
            read_bytes(exact, len, 0);
            for (size_t i = 0; i < image.text_count; i++) {
                ck_assert_uint_ge(image.texts[i].off, 1000);
                ck_assert_uint_le(image.texts[i].off + image.texts[i].len, 1000 + len);
            }
            vpi_arena_done(&arena);
            exact[at] ^= (uint8_t)(1 << bit);
        }
    }
    for (size_t limit = 1; limit < 3000; limit += 7) {
        read_bytes(exact, len, limit);
        ck_assert(!arena.failed || image.gap_count > 0);
        vpi_arena_done(&arena);
    }
    free(exact);
}

START_TEST(prefixes_flipped_bytes_and_memory_caps_are_safe)
{
    static const char xml[] =
        "<plist><dict><!-- x --><key>A</key><array><true/></array>" NAME("A &amp; B");
    struct macho_part p = binary(true);
    sweep(p.data, p.len);
    sweep((const uint8_t *)xml, sizeof xml - 1);
    free(p.data);
}
END_TEST

START_TEST(a_dictionary_that_claims_more_than_there_is_reads_nothing_beyond)
{
    struct macho_part p = binary(true);
    p.data[9] = 0x13; /* the count has eight bytes: the next ones */
    read_bytes(p.data, p.len, 0);
    ck_assert_uint_eq(image.text_count, 0);
    vpi_arena_done(&arena);
    free(p.data);
}
END_TEST

#define TESTS                                                                                      \
    TEST(texts_of_the_outermost_dictionary_are_read)                                               \
    TEST(entities_become_what_they_stand_for)                                                      \
    TEST(the_place_is_that_of_the_value)                                                           \
    TEST(a_binary_list_says_the_same)                                                              \
    TEST(prefixes_flipped_bytes_and_memory_caps_are_safe)                                          \
    TEST(a_dictionary_that_claims_more_than_there_is_reads_nothing_beyond)
#include "check_main.h"
