/* test_inf.c - what an INF says of a driver package */
#include <stdio.h>

#include "pe_read.h"

static struct pe_read read;

static const char sample[] = "; a licence\r\n"
                             "[Version]\r\n"
                             "Signature = \"$Windows NT$\" ; a comment; with \"quotes\"\r\n"
                             "Provider=%Vendor%\r\n"
                             "Class=Ports\r\n"
                             "CatalogFile.NTamd64 = \"x64.cat\"\r\n"
                             "DriverVer = 05/06/2021,1.2.3.4\r\n"
                             "[Manufacturer]\r\n"
                             "%Maker% = Models,NTamd64\r\n"
                             "[SourceDisksNames.x86]\r\n"
                             "1 = %Disk%,,,\\i386\\\r\n"
                             "[SourceDisksNames.amd64]\r\n"
                             "1 = %Disk%,,,.\\amd64\r\n"
                             "[SourceDisksFiles]\r\n"
                             "x.sys = 1\r\n"
                             "[SourceDisksFiles.amd64]\r\n"
                             "\"y z.dll\" = 1,sub\r\n"
                             "w.bin = 7\r\n"
                             "[Strings]\r\n"
                             "Vendor = \"Example \"\"Co\"\"; Ltd\"\r\n"
                             "Maker = \"100%% %Vendor%\"\r\n"
                             "Disk = \"a disk\"\r\n"
                             "[Strings.0407]\r\n"
                             "vendor = \"Beispiel GmbH\"\r\n";

static void read_text(const char *text, size_t len)
{
    pe_read_bytes(&read, text, len, 0);
}

/* The value number `index` of a field, or "". */
static const char *value_of(const char *field, size_t index)
{
    for (size_t i = 0; i < read.image.text_count; i++) {
        const struct image_text *text = &read.image.texts[i];
        if (text->group == TEXT_INF && strcmp(text->field, field) == 0 && index-- == 0)
            return vpi_arena_text(&read.arena, text->utf8);
    }
    return "";
}

static void is_sample(void)
{
    ck_assert_int_eq(read.image.format, VP_FORMAT_INF);
    ck_assert_str_eq(value_of("Provider", 0), "Example \"Co\"; Ltd");
    ck_assert_str_eq(value_of("Provider", 1), "Beispiel GmbH");
    ck_assert_str_eq(value_of("Provider", 2), "");
    ck_assert_str_eq(value_of("Class", 0), "Ports");
    ck_assert_str_eq(value_of("CatalogFile", 0), "x64.cat");
    ck_assert_str_eq(value_of("DriverDate", 0), "05/06/2021");
    ck_assert_str_eq(value_of("DriverVersion", 0), "1.2.3.4");
    /* Strings are put in once: what they hold is no reference. */
    ck_assert_str_eq(value_of("Manufacturer", 0), "100%% %Vendor%");
    ck_assert_str_eq(value_of("File", 0), "i386\\x.sys");
    ck_assert_str_eq(value_of("File", 1), "amd64\\x.sys");
    ck_assert_str_eq(value_of("File", 2), "amd64\\sub\\y z.dll");
    ck_assert_str_eq(value_of("File", 3), "w.bin");
    ck_assert_str_eq(value_of("File", 4), "");
    for (size_t i = 0; i < read.image.text_count; i++) {
        bool german = span_equal(read.image.texts[i].utf8, span_text("Beispiel GmbH"));
        ck_assert_uint_eq(read.image.texts[i].language, german ? 0x407 : 0);
    }
}

START_TEST(fields_are_read_with_their_strings)
{
    read_text(sample, sizeof sample - 1);
    is_sample();
    pe_read_done(&read);
}
END_TEST

START_TEST(every_encoding_gives_the_same)
{
    uint8_t wide[2 * sizeof sample], marked[sizeof sample + 3];
    memcpy(wide, "\xff\xfe", 2);
    for (size_t i = 0; i < sizeof sample - 1; i++) {
        wide[2 + 2 * i] = (uint8_t)sample[i];
        wide[3 + 2 * i] = 0;
    }
    pe_read_bytes(&read, wide, 2 * sizeof sample, 0);
    is_sample();
    pe_read_done(&read);
    memcpy(marked, "\xef\xbb\xbf", 3);
    memcpy(marked + 3, sample, sizeof sample - 1);
    pe_read_bytes(&read, marked, sizeof sample + 2, 0);
    is_sample();
    pe_read_done(&read);
}
END_TEST

START_TEST(what_is_no_utf8_is_western)
{
    static const char text[] = "[version]\nsignature=$CHICAGO$\nprovider=\"B\xfcro\"\n";
    read_text(text, sizeof text - 1);
    ck_assert_str_eq(value_of("Provider", 0), "B\xc3\xbcro");
    pe_read_done(&read);
}
END_TEST

START_TEST(other_texts_are_no_inf)
{
    static const char *const others[] = {
        "[version]\nprovider=x\n",                   /* no signature */
        "[version]\nsignature=$Linux$\n",            /* another one */
        "[other]\nsignature=$CHICAGO$\n[version]\n", /* in another section */
        "version\nsignature=$CHICAGO$\n",            /* no section */
        "x\n[version]\nsignature=$CHICAGO$\n",       /* begins otherwise */
        "[autorun]\nopen=x.exe\n",
        "[]\n",
        "[",
        ";",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        read_text(others[i], strlen(others[i]));
        ck_assert_int_eq(read.image.format, VP_FORMAT_OTHER);
        pe_read_done(&read);
    }
}
END_TEST

START_TEST(a_long_licence_may_come_first)
{
    enum { LINES = 1000 };
    static const char line[] = "; some words of a licence that nobody reads\n";
    size_t len = LINES * (sizeof line - 1), all = len + sizeof sample - 1;
    char *text = malloc(all);
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + i * (sizeof line - 1), line, sizeof line - 1);
    memcpy(text + len, sample, sizeof sample - 1);
    read_text(text, all);
    is_sample();
    pe_read_done(&read);
    free(text);
}
END_TEST

/* Many strings, and many references to the last of them in many languages. */
START_TEST(what_refers_to_too_much_ends_with_a_gap)
{
    enum { STRINGS = 16000, MAKERS = 1000, LANGUAGES = 60 };
    char *text = malloc(2 << 20);
    size_t len = 0;
    len += (size_t)sprintf(text + len, "[version]\nsignature=$CHICAGO$\n[manufacturer]\n");
    for (int i = 0; i < MAKERS; i++)
        len += (size_t)sprintf(text + len, "%%z%%%%z%%%%z%%%%z%%%%z%%%%z%%=x\n");
    for (int i = 0; i < LANGUAGES; i++)
        len += (size_t)sprintf(text + len, "[strings.04%02x]\n", i);
    len += (size_t)sprintf(text + len, "[strings]\n");
    for (int i = 0; i < STRINGS; i++)
        len += (size_t)sprintf(text + len, "k%d=v\n", i);
    len += (size_t)sprintf(text + len, "z=last\n");
    read_text(text, len);
    ck_assert_int_eq(read.image.format, VP_FORMAT_INF);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    ck_assert_str_eq(value_of("Manufacturer", 0), "lastlastlastlastlastlast");
    pe_read_done(&read);
    free(text);
}
END_TEST

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    char copy[sizeof sample];
    memcpy(copy, sample, sizeof sample);
    for (size_t len = 0; len < sizeof sample; len++) {
        read_text(copy, len);
        pe_read_touch(&read);
        pe_read_done(&read);
    }
    for (size_t at = 0; at < sizeof sample - 1; at++) {
        for (int bit = 0; bit < 8; bit++) {
            copy[at] = (char)(copy[at] ^ 1 << bit);
            read_text(copy, sizeof sample - 1);
            pe_read_touch(&read);
            pe_read_done(&read);
            copy[at] = (char)(copy[at] ^ 1 << bit);
        }
    }
    for (size_t limit = 1; limit < 256 << 10; limit += limit / 8 + 1) {
        pe_read_bytes(&read, sample, sizeof sample - 1, limit);
        ck_assert(read.image.format != VP_FORMAT_INF || read.image.text_count >= 11 ||
                  read.image.gap_count > 0);
        pe_read_done(&read);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(fields_are_read_with_their_strings)                                                       \
    TEST(every_encoding_gives_the_same)                                                            \
    TEST(what_is_no_utf8_is_western)                                                               \
    TEST(other_texts_are_no_inf)                                                                   \
    TEST(a_long_licence_may_come_first)                                                            \
    TEST(what_refers_to_too_much_ends_with_a_gap)                                                  \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
#include "check_main.h"
