/* test_entitlement.c - what Apple code may do, as features */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "feature/feature.h"

static struct arena arena;
static struct image image;
static struct feature_work work;

/* From a buffer of exactly the size, which is kept until the next. */
static void read_exactly(const char *xml, size_t len, size_t limit)
{
    static char *exact;
    free(exact);
    vpi_arena_done(&arena);
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    work = (struct feature_work){.image = &image, .arena = &arena, .notes = &image};
    exact = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, xml, len);
    vpi_code_entitlements(&work, span_of(exact, len));
}

static const char everything[] =
    "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>"
    "<key>com.apple.security.app-sandbox</key><true/>"
    "<key>off</key><false/>"
    "<key>application-identifier</key><string>TEAM &amp; co.thing</string>"
    "<key>groups</key><array><string>one</string><string>two</string><string/></array>"
    "<key>inner</key><dict><key>deep</key><string>not read</string><key>x</key><true/></dict>"
    "<key>number</key><integer>5</integer>"
    "<key>last</key><true/></dict></plist>";

START_TEST(switches_texts_and_lists_are_read)
{
    static const char *const texts[] = {"com.apple.security.app-sandbox",
                                        "application-identifier: TEAM & co.thing", "groups: one",
                                        "groups: two", "last"};
    read_exactly(everything, sizeof everything - 1, 0);
    ck_assert_uint_eq(work.count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(work.items[i].kind, KIND_ENTITLEMENT);
        ck_assert_str_eq(work.items[i].text, texts[i]);
    }
    ck_assert_uint_eq(image.gap_count, 0);
}
END_TEST

START_TEST(more_than_a_program_has_are_a_gap)
{
    char *xml = malloc(100000), *at = xml;
    ck_assert_ptr_nonnull(xml);
    at += sprintf(at, "<plist><dict>");
    for (int i = 0; i < 300; i++)
        at += sprintf(at, "<key>k%d</key><true/>", i);
    read_exactly(xml, (size_t)(at - xml), 0);
    ck_assert_uint_eq(work.count, 256);
    ck_assert_uint_eq(image.gap_count, 1);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_COUNT_LIMIT);
    free(xml);
}
END_TEST

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    char bytes[sizeof everything];
    for (size_t len = 0; len < sizeof everything; len++) {
        read_exactly(everything, len, 0);
        ck_assert_uint_le(work.count, 5);
    }
    for (size_t i = 0; i + 1 < sizeof everything; i++) {
        memcpy(bytes, everything, sizeof everything);
        bytes[i] ^= 0x11;
        read_exactly(bytes, sizeof everything - 1, 0);
        ck_assert_uint_le(work.count, 8);
    }
    for (size_t limit = 1; limit < 8192; limit += 61) {
        read_exactly(everything, sizeof everything - 1, limit);
        ck_assert(work.count == 5 || image.gap_count > 0);
    }
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(switches_texts_and_lists_are_read)                                                        \
    TEST(more_than_a_program_has_are_a_gap)                                                        \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
#include "../check_main.h"
