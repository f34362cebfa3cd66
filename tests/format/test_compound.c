/* test_compound.c - compound files and what installers say of themselves */
#include <check.h>
#include <stdio.h>

#include "format/format.h"
#include "format/msi.h"
#include "package_build.h"

static struct {
    struct arena arena;
    struct source src;
    struct image image;
} seen;

static void look(struct span file, size_t cap)
{
    memset(&seen, 0, sizeof seen);
    vpi_arena_init(&seen.arena, cap);
    vpi_source_init_memory(&seen.src, file, &seen.arena);
    vpi_image_init(&seen.image, &seen.arena);
    vpi_format_read(&seen.image, &seen.src);
    ck_assert(!seen.arena.failed || seen.image.gap_count > 0 || seen.image.note_count > 0);
}

static void done(void)
{
    vpi_arena_done(&seen.arena);
}

static const char *text(const char *field)
{
    for (size_t i = 0; i < seen.image.text_count; i++) {
        if (strcmp(seen.image.texts[i].field, field) == 0)
            return vpi_arena_text(&seen.arena, seen.image.texts[i].utf8);
    }
    return "";
}

static bool noted(enum vp_note_code code)
{
    for (size_t i = 0; i < seen.image.note_count; i++) {
        if (seen.image.notes[i].code == code)
            return true;
    }
    return false;
}

/* ---- an installer with tables */

static const char *const strings[] = {"Manufacturer", "\xc0\xce \xcb\xe0\xe1",
                                      "ProductName",  "Example App",
                                      "ARPCONTACT",   "someone",
                                      "Secret",       "not for us"};

enum { STRINGS = sizeof strings / sizeof *strings, CYRILLIC_PAGE = 1251 };

static struct span pool_make(unsigned flags)
{
    struct package p = {NULL, 0, 0};
    package_uint(&p, CYRILLIC_PAGE, 2);
    package_uint(&p, flags, 2);
    for (size_t i = 0; i < STRINGS; i++) {
        package_uint(&p, strlen(strings[i]), 2);
        package_uint(&p, 1, 2);
    }
    return package_take(&p);
}

/* All names, then all values; string numbers begin at 1. */
static struct span table_make(unsigned len)
{
    struct package p = {NULL, 0, 0};
    for (unsigned column = 0; column < 2; column++) {
        for (unsigned i = column; i < STRINGS; i += 2)
            package_uint(&p, i + 1, len);
    }
    return package_take(&p);
}

static struct span summary_make(void)
{
    struct package p = {NULL, 0, 0};
    package_uint(&p, 0xfffe, 2);
    package_zeros(&p, 22);
    package_uint(&p, 1, 4);
    package_zeros(&p, 16); /* the set's name */
    package_uint(&p, 48, 4);
    package_uint(&p, 0, 4); /* length of the set */
    package_uint(&p, 3, 4);
    const unsigned offs[][2] = {{1, 32}, {4, 40}, {9, 60}};
    for (size_t i = 0; i < 3; i++) {
        package_uint(&p, offs[i][0], 4);
        package_uint(&p, offs[i][1], 4);
    }
    package_uint(&p, 2, 4); /* at 32: a 16-bit number */
    package_uint(&p, 1252, 4);
    package_uint(&p, 30, 4); /* at 40: a text */
    package_uint(&p, 10, 4);
    package_put(&p, "M\xfcller AG\0\0\0", 12);
    package_uint(&p, 31, 4); /* at 60: in UTF-16 */
    package_uint(&p, 4, 4);
    package_put(&p, "{\0A\0}\0\0\0", 8);
    return package_take(&p);
}

static struct span installer(unsigned flags, uint8_t class)
{
    struct span pool = pool_make(flags), table = table_make(flags & 0x8000 ? 3 : 2);
    struct span summary = summary_make();
    struct package data = {NULL, 0, 0};
    for (size_t i = 0; i < STRINGS; i++)
        package_text(&data, strings[i]);
    struct compound_node nodes[] = {
        {.name = "Root Entry", .class = {class, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46}},
        {.name = "_StringPool", .table = true, .content = pool},
        {.name = "_StringData", .table = true, .content = {data.bytes, data.len}},
        {.name = "Property", .table = true, .content = table},
        {.name = "\005SummaryInformation", .content = summary}};
    struct span file = compound_build(nodes, 5);
    free(data.bytes);
    package_free(pool);
    package_free(table);
    package_free(summary);
    return file;
}

START_TEST(an_installer_says_who_made_it)
{
    for (unsigned flags = 0; flags <= 0x8000; flags += 0x8000) {
        struct span file = installer(flags, 0x84);
        look(file, 0);
        ck_assert_int_eq(seen.image.format, VP_FORMAT_MSI);
        ck_assert_int_eq(seen.image.role, VP_ROLE_INSTALLER);
        ck_assert_str_eq(text("Manufacturer"), "АО Лаб");
        ck_assert_str_eq(text("ProductName"), "Example App");
        ck_assert_str_eq(text("ARPCONTACT"), "someone");
        ck_assert_str_eq(text("Secret"), "");
        ck_assert_str_eq(text("summary.Author"), "Müller AG");
        ck_assert_str_eq(text("summary.Revision"), "{A}");
        ck_assert_ptr_nonnull(seen.image.scattered);
        ck_assert_int_eq(seen.image.signing, SIGNING_NONE);
        done();
        package_free(file);
    }
}
END_TEST

START_TEST(the_class_of_the_root_tells_what_it_is)
{
    static const struct {
        uint8_t class;
        enum vp_format format;
    } classes[] = {{0x82, VP_FORMAT_MSI},
                   {0x84, VP_FORMAT_MSI},
                   {0x86, VP_FORMAT_MSI},
                   {0x85, VP_FORMAT_COMPOUND},
                   {0, VP_FORMAT_COMPOUND}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct span file = installer(0, classes[i].class);
        look(file, 0);
        ck_assert_int_eq(seen.image.format, classes[i].format);
        done();
        package_free(file);
    }
}
END_TEST

START_TEST(names_of_streams_are_unpacked)
{
    char name[MSI_NAME_MOST];
    static const struct compound_node nodes[] = {{.name = "Property", .table = true},
                                                 {.name = "_Tables", .table = true},
                                                 {.name = "\005DigitalSignature"}};
    static const char *const names[] = {"!Property", "!_Tables", "\005DigitalSignature"};
    for (size_t i = 0; i < 3; i++) {
        uint8_t bytes[64];
        size_t len = compound_name(&nodes[i], bytes) - 2;
        vpi_msi_name(span_of(bytes, len), name);
        ck_assert_str_eq(name, names[i]);
    }
    vpi_msi_name(span_of("\xe4\x04", 2), name);
    ck_assert_str_eq(name, "");
}
END_TEST

/* Makes the file say something else, and reads it to the end. */
static void damaged(size_t off, uint64_t value, unsigned bytes, bool malformed)
{
    struct span file = installer(0, 0x84);
    struct package p = {NULL, 0, 0};
    package_put(&p, file.data, file.len);
    package_set(&p, off, value, bytes);
    package_free(file);
    file = package_take(&p);
    look(file, 0);
    ck_assert_msg(!malformed || noted(VP_NOTE_MALFORMED) || noted(VP_NOTE_TRUNCATED), "at %zu",
                  off);
    done();
    package_free(file);
}

enum { FAT = 512, DIRECTORY = 1024 };

START_TEST(loops_end)
{
    damaged(FAT + 4, 1, 4, true);                   /* the directory's chain */
    damaged(FAT + 4 * 4, 4, 4, false);              /* the mini FAT's: as long as it should be */
    damaged(76, 200, 4, true);                      /* a FAT sector outside of the file */
    damaged(72, 1, 4, false);                       /* DIFAT sectors that nobody needs */
    damaged(DIRECTORY + 128 + 68, 1, 4, true);      /* an entry that is its own sibling */
    damaged(DIRECTORY + 128 + 68, 0, 4, true);      /* the root as a sibling */
    damaged(DIRECTORY + 76, 77, 4, true);           /* a child that isn't there */
    damaged(DIRECTORY + 2 * 128 + 66, 1, 1, false); /* a stream that becomes a storage */
    damaged(DIRECTORY + 2 * 128 + 120, 1 << 30, 4, true);
    damaged(DIRECTORY + 2 * 128 + 116, 5000, 4, true);
    damaged(DIRECTORY + 120, 0, 4, true); /* a root without small streams */
}
END_TEST

START_TEST(storages_in_storages_have_an_end)
{
    char names[20][8];
    struct compound_node nodes[20] = {
        {.name = "Root Entry", .class = {0x84, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46}}};
    for (unsigned i = 1; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "s%u", i);
        nodes[i] = (struct compound_node){.name = names[i], .parent = i - 1, .storage = true};
    }
    for (unsigned count = 15; count <= 20; count += 5) {
        struct span file = compound_build(nodes, count);
        look(file, 0);
        ck_assert_int_eq(seen.image.scattered != NULL, count == 15);
        done();
        package_free(file);
    }
}
END_TEST

START_TEST(streams_that_share_their_bytes_are_no_signed_content)
{
    static const uint8_t bytes[8192] = {1};
    struct compound_node nodes[] = {
        {.name = "Root Entry", .class = {0x84, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46}},
        {.name = "a", .content = {bytes, sizeof bytes}},
        {.name = "b", .content = {bytes, sizeof bytes}}};
    struct span file = compound_build(nodes, 3);
    uint8_t *to = (uint8_t *)(uintptr_t)file.data;
    look(file, 0);
    ck_assert_ptr_nonnull(seen.image.scattered);
    done();
    /* The second begins where the first does, and both are longer. */
    memcpy(to + DIRECTORY + 2 * 128 + 116, to + DIRECTORY + 128 + 116, 4);
    memcpy(to + DIRECTORY + 128 + 120, "\x00\x4f", 2);
    memcpy(to + DIRECTORY + 2 * 128 + 120, "\x00\x4f", 2);
    look(file, 0);
    ck_assert_ptr_null(seen.image.scattered);
    done();
    package_free(file);
}
END_TEST

START_TEST(bytes_behind_the_last_sector_are_noted)
{
    struct span file = installer(0, 0x84);
    struct package p = {NULL, 0, 0};
    look(file, 0);
    ck_assert(!noted(VP_NOTE_OVERLAY));
    done();
    package_put(&p, file.data, file.len);
    package_text(&p, "PK\3\4 a program for another machine");
    package_free(file);
    file = package_take(&p);
    look(file, 0);
    ck_assert(noted(VP_NOTE_OVERLAY));
    done();
    package_free(file);
}
END_TEST

START_TEST(every_prefix_every_flipped_byte_and_every_memory_cap_is_safe)
{
    struct span file = installer(0x8000, 0x84);
    for (size_t len = 0; len < file.len; len += 7) {
        struct package p = {NULL, 0, 0};
        package_put(&p, file.data, len);
        struct span prefix = package_take(&p);
        look(prefix, 0);
        done();
        package_free(prefix);
    }
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.data;
    for (size_t at = 0; at < file.len; at++) {
        bytes[at] ^= (uint8_t)(0x81 >> at % 3);
        look(file, 0);
        done();
        bytes[at] ^= (uint8_t)(0x81 >> at % 3);
    }
    for (size_t cap = 256; cap < 1 << 20; cap += cap / 4) {
        look(file, cap);
        done();
    }
    package_free(file);
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_installer_says_who_made_it)                                                            \
    TEST(the_class_of_the_root_tells_what_it_is)                                                   \
    TEST(names_of_streams_are_unpacked)                                                            \
    TEST(loops_end)                                                                                \
    TEST(storages_in_storages_have_an_end)                                                         \
    TEST(streams_that_share_their_bytes_are_no_signed_content)                                     \
    TEST(bytes_behind_the_last_sector_are_noted)                                                   \
    TEST(every_prefix_every_flipped_byte_and_every_memory_cap_is_safe)
#include "../check_main.h"
