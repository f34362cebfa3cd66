/* test_android.c - dex files and Java classes are named, and told from what begins like them */
#include "pe_read.h"

static struct pe_read read;

static enum vp_format format_of(const uint8_t *bytes, size_t len)
{
    pe_read_bytes(&read, bytes, len, 0);
    pe_read_touch(&read);
    enum vp_format format = read.image.format;
    pe_read_done(&read);
    return format;
}

static void dex(uint8_t bytes[112])
{
    memset(bytes, 0, 112);
    memcpy(bytes, "dex\n035", 8);
    bytes[32] = 112;
    bytes[36] = 112;
    memcpy(bytes + 40, "\x78\x56\x34\x12", 4);
}

START_TEST(a_dex_file_is_named_by_its_whole_header)
{
    uint8_t bytes[112];
    dex(bytes);
    ck_assert_int_eq(format_of(bytes, sizeof bytes), VP_FORMAT_DEX);
    for (size_t len = 0; len < sizeof bytes; len++)
        ck_assert_int_eq(format_of(bytes, len), VP_FORMAT_OTHER);
    static const uint8_t matters[] = {0, 1, 2, 3, 4, 6, 7, 36, 40, 43};
    for (size_t i = 0; i < sizeof matters; i++) {
        dex(bytes);
        bytes[matters[i]] ^= 0x20;
        ck_assert_int_eq(format_of(bytes, sizeof bytes), VP_FORMAT_OTHER);
    }
}
END_TEST

START_TEST(a_dex_file_that_is_shorter_than_it_says_is_truncated)
{
    uint8_t bytes[112];
    dex(bytes);
    bytes[33] = 1;
    pe_read_bytes(&read, bytes, sizeof bytes, 0);
    ck_assert_int_eq(read.image.format, VP_FORMAT_DEX);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    pe_read_done(&read);
}
END_TEST

START_TEST(a_java_class_is_told_from_a_fat_macho_by_its_version)
{
    /* Version 52.0, 16 constants, the first a method reference. */
    uint8_t class[] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 16, 10, 0, 3};
    ck_assert_int_eq(format_of(class, sizeof class), VP_FORMAT_JAVA_CLASS);
    for (size_t len = 0; len < 11; len++)
        ck_assert_int_eq(format_of(class, len), VP_FORMAT_OTHER);
    class[7] = 2; /* two slices, or version 2 */
    ck_assert_int_ne(format_of(class, sizeof class), VP_FORMAT_JAVA_CLASS);
    class[4] = 0xff; /* a preview of a later version */
    class[5] = 0xff;
    class[7] = 66;
    ck_assert_int_eq(format_of(class, sizeof class), VP_FORMAT_JAVA_CLASS);
    class[10] = 2; /* no such constant */
    ck_assert_int_ne(format_of(class, sizeof class), VP_FORMAT_JAVA_CLASS);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_dex_file_is_named_by_its_whole_header)                                                  \
    TEST(a_dex_file_that_is_shorter_than_it_says_is_truncated)                                     \
    TEST(a_java_class_is_told_from_a_fat_macho_by_its_version)
#include "check_main.h"
