/* test_code_resources.c - which files a bundle's list names */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "trust/code_resources.h"

#define BEGIN  "<?xml version=\"1.0\"?><!DOCTYPE plist><plist version=\"1.0\"><dict>"
#define END    "</dict></plist>"
#define SHA1   "AAECAwQFBgcICQoLDA0ODxAREhM="
#define SHA256 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct arena arena;
static struct code_resources resources;

/* From a buffer of exactly the size, which is kept until the next. */
static bool read_exactly(const char *text, size_t len, size_t limit)
{
    static char *exact;
    free(exact);
    vpi_arena_done(&arena);
    vpi_arena_init(&arena, limit);
    exact = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, text, len);
    return vpi_code_resources_read(&arena, span_of(exact, len), &resources);
}

static bool read_text(const char *text)
{
    return read_exactly(text, strlen(text), 0);
}

static void is(struct span found, const char *text)
{
    ck_assert_msg(span_equal(found, span_text(text)), "'%.*s'", (int)found.len,
                  (const char *)found.data);
}

static const char everything[] = BEGIN
    "<key>files</key><dict><key>old.txt</key><data>" SHA1 "</data></dict>"
    "<key>files2</key><dict>"
    "<key>a &amp; &lt;b&gt;.txt</key><dict><key>hash</key><data>" SHA1 "</data>"
    "<key>hash2</key><data>\n\t" SHA256 "\n</data><key>optional</key><true/></dict>"
    "<key>Frameworks/F.framework</key><dict><key>cdhash</key><data>" SHA1 "</data>"
    "<key>requirement</key><string>anchor apple</string></dict>"
    "<!-- <key>comment</key><data>" SHA1 "</data> -->"
    "<key>link</key><dict><key>symlink</key><string>Versions/A</string></dict>"
    "<key>only.txt</key><data>" SHA1 "</data>"
    "</dict><key>rules2</key><dict><key>^.*</key><dict><key>omit</key><true/></dict></dict>" END;

START_TEST(each_kind_of_entry_is_read)
{
    ck_assert(read_text(everything));
    ck_assert(!resources.malformed && !resources.cut_short && !resources.old);
    ck_assert_uint_eq(resources.count, 4);
    const struct code_resource *e = resources.items;
    is(e[0].path, "a & <b>.txt");
    ck_assert(e[0].has_sha1 && e[0].has_sha256 && e[0].optional && !e[0].has_cdhash);
    ck_assert_uint_eq(e[0].sha256[31], 31);
    is(e[1].path, "Frameworks/F.framework");
    ck_assert(e[1].has_cdhash && !e[1].has_sha1 && !e[1].has_sha256 && !e[1].optional);
    ck_assert_uint_eq(e[1].cdhash[19], 19);
    is(e[2].link, "Versions/A");
    is(e[3].path, "only.txt");
    ck_assert(e[3].has_sha1);
}
END_TEST

START_TEST(the_old_list_counts_only_alone)
{
    ck_assert(read_text(BEGIN "<key>files</key><dict><key>old.txt</key><data>" SHA1
                              "</data></dict>" END));
    ck_assert(resources.old);
    ck_assert_uint_eq(resources.count, 1);
    ck_assert(read_text(BEGIN "<key>files2</key><dict/>" END));
    ck_assert(!resources.old);
    ck_assert_uint_eq(resources.count, 0);
    ck_assert(!read_text(BEGIN "<key>rules</key><dict/>" END));
    ck_assert(!read_text(""));
}
END_TEST

START_TEST(paths_out_of_the_bundle_are_no_entries)
{
    static const char *const paths[] = {"/etc/passwd", "..", "../x", "a/../b", "a/..", "", "a//b"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 BEGIN "<key>files2</key><dict><key>%s</key><data>" SHA1 "</data>"
                       "<key>..a/b..</key><data>" SHA1 "</data></dict>" END,
                 paths[i]);
        ck_assert(read_text(text));
        ck_assert(resources.malformed);
        ck_assert_uint_eq(resources.count, 1);
        is(resources.items[0].path, "..a/b..");
    }
}
END_TEST

START_TEST(digests_of_another_length_are_noted)
{
    ck_assert(read_text(BEGIN "<key>files2</key><dict><key>a</key><dict><key>hash2</key><data>" SHA1
                              "</data></dict><key>b</key><data>%%%</data></dict>" END));
    ck_assert(resources.malformed);
    ck_assert_uint_eq(resources.count, 2);
    ck_assert(!resources.items[0].has_sha256 && !resources.items[1].has_sha1);
}
END_TEST

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    char bytes[sizeof everything];
    for (size_t len = 0; len < sizeof everything; len++) {
        if (read_exactly(everything, len, 0))
            ck_assert_uint_le(resources.count, 4);
    }
    for (size_t i = 0; i + 1 < sizeof everything; i++) {
        memcpy(bytes, everything, sizeof everything);
        bytes[i] ^= 0x11;
        (void)read_exactly(bytes, sizeof everything - 1, 0);
    }
    for (size_t limit = 1; limit < 8192; limit += 64) {
        if (read_exactly(everything, sizeof everything - 1, limit))
            ck_assert(resources.count == 4 || resources.cut_short);
    }
}
END_TEST

START_TEST(dictionaries_in_dictionaries_are_counted_not_followed)
{
    size_t most = 200000, len = 0;
    char *text = malloc(most + 64);
    ck_assert_ptr_nonnull(text);
    while (len < most)
        len += (size_t)sprintf(text + len, "<dict><key>");
    (void)read_exactly(text, len, 0);
    ck_assert_uint_eq(resources.count, 0);
    len = 0;
    while (len < most)
        len += (size_t)sprintf(text + len, "<!");
    ck_assert(!read_exactly(text, len, 0));
    free(text);
    read_text("");
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_kind_of_entry_is_read)                                                               \
    TEST(the_old_list_counts_only_alone)                                                           \
    TEST(paths_out_of_the_bundle_are_no_entries)                                                   \
    TEST(digests_of_another_length_are_noted)                                                      \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)                                         \
    TEST(dictionaries_in_dictionaries_are_counted_not_followed)
#include "../check_main.h"
