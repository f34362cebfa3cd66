/* test_macho.c - Mach-O files of both widths and byte orders, whole, damaged and hostile */
#include "macho_build.h"
#include "pe_read.h"

static struct macho_build m;
static struct pe_read read;

static void read_built(void)
{
    macho_build_finish(&m);
    pe_read_bytes(&read, m.bytes, m.len, 0);
}

static void done(void)
{
    pe_read_touch(&read);
    pe_read_done(&read);
    macho_build_done(&m);
}

static const char *text_of(const char *field)
{
    for (size_t i = 0; i < read.image.text_count; i++) {
        if (strcmp(read.image.texts[i].field, field) == 0)
            return vpi_arena_text(&read.arena, read.image.texts[i].utf8);
    }
    return "";
}

START_TEST(both_widths_and_byte_orders_are_read_alike)
{
    for (unsigned i = 0; i < 4; i++) {
        bool wide = i & 1, big = i >> 1;
        macho_build_sample(&m, wide, big);
        pe_read_bytes(&read, m.bytes, m.len, 0);
        const struct image *image = &read.image;
        ck_assert_int_eq(image->format, wide ? VP_FORMAT_MACHO64 : VP_FORMAT_MACHO32);
        ck_assert_uint_eq(image->bits, wide ? 64 : 32);
        ck_assert_int_eq(image->role, VP_ROLE_PROGRAM);
        ck_assert_str_eq(image->machine, wide ? "arm64" : "x86");
        ck_assert_uint_eq(image->section_count, 2);
        pe_read_is(image->sections[0].name, "__TEXT,__text");
        ck_assert_uint_eq(image->sections[0].off, MACHO_CONTENT_OFF);
        ck_assert_uint_eq(image->sections[0].len, 14);
        pe_read_is(pe_read_blob(&read, BLOB_BUILD_ID)->bytes, "0123456789abcdef");
        pe_read_is(image->own_name, "@rpath/libthing.2.dylib");
        ck_assert_str_eq(image->fixed_file_version, "2.3.4");
        ck_assert_uint_eq(image->library_count, 2);
        pe_read_is(image->libraries[0].name, "/usr/lib/libz.1.dylib");
        pe_read_is(image->libraries[1].name, "/usr/lib/libSystem.B.dylib");
        ck_assert_uint_eq(image->import_count, 2);
        pe_read_is(image->imports[0].name, "_puts");
        pe_read_is(image->imports[1].name, "_exit");
        ck_assert_uint_eq(image->export_count, 1);
        pe_read_is(image->exports[0].name, "_thing");
        ck_assert_str_eq(text_of("CFBundleIdentifier"), "com.example.thing");
        ck_assert_str_eq(text_of("CFBundleName"), "Thing & Co");
        ck_assert_str_eq(text_of("BuildVersion"), "macOS 11.0.0, SDK 14.2.1");
        ck_assert_ptr_nonnull(pe_read_blob(&read, BLOB_CODE_SIGNATURE));
        ck_assert_uint_eq(image->note_count, 0);
        ck_assert_uint_eq(image->gap_count, 0);
        done();
    }
}
END_TEST

START_TEST(places_are_those_in_the_file)
{
    macho_build_sample(&m, true, false);
    pe_read_bytes(&read, m.bytes, m.len, 0);
    const struct image *image = &read.image;
    ck_assert_mem_eq(m.bytes + image->own_name_off, "@rpath", 6);
    ck_assert_mem_eq(m.bytes + image->libraries[0].off, "/usr/lib/libz", 13);
    ck_assert_mem_eq(m.bytes + pe_read_blob(&read, BLOB_BUILD_ID)->off, "0123456789", 10);
    ck_assert_mem_eq(m.bytes + image->texts[1].off, "com.example", 11);
    ck_assert_mem_eq(m.bytes + pe_read_blob(&read, BLOB_CODE_SIGNATURE)->off, "\xfa\xde\x0c\xc0",
                     4);
    done();
}
END_TEST

START_TEST(the_file_type_is_the_role)
{
    static const enum vp_role roles[] = {
        VP_ROLE_OTHER,         VP_ROLE_OBJECT,   VP_ROLE_PROGRAM, VP_ROLE_LIBRARY,
        VP_ROLE_CORE,          VP_ROLE_FIRMWARE, VP_ROLE_LIBRARY, VP_ROLE_PROGRAM,
        VP_ROLE_LIBRARY,       VP_ROLE_LIBRARY,  VP_ROLE_DEBUG,   VP_ROLE_KERNEL_MODULE,
        VP_ROLE_KERNEL_MODULE, VP_ROLE_OTHER};
    for (uint32_t type = 0; type < sizeof roles / sizeof *roles; type++) {
        macho_build_init(&m, true, false);
        m.filetype = type;
        read_built();
        ck_assert_int_eq(read.image.format, VP_FORMAT_MACHO64);
        ck_assert_int_eq(read.image.role, roles[type]);
        done();
    }
}
END_TEST

START_TEST(symbols_without_an_order_are_all_looked_at)
{
    macho_build_init(&m, true, false);
    macho_symbol(&m, "_b", 0x01);       /* undefined */
    macho_symbol(&m, "_defined", 0x0f); /* in a section */
    macho_symbol(&m, "_local", 0x0e);
    macho_symbol(&m, "_private", 0x1f); /* private external: not exported */
    macho_symbol(&m, "_stab", 0x21);    /* for debuggers */
    macho_symbol(&m, "", 0x01);
    macho_symbol(&m, "_b", 0x01);
    macho_symbol(&m, "_indirect", 0x0b);
    macho_symbols(&m, false);
    read_built();
    ck_assert_uint_eq(read.image.import_count, 2);
    pe_read_is(read.image.imports[1].name, "_b");
    ck_assert_uint_eq(read.image.export_count, 2);
    pe_read_is(read.image.exports[1].name, "_indirect");
    done();
}
END_TEST

START_TEST(an_order_that_does_not_make_up_the_table_is_not_believed)
{
    macho_build_init(&m, true, false);
    macho_symbol(&m, "_one", 0x01);
    macho_symbol(&m, "_two", 0x01);
    macho_symbols(&m, true);
    m.commands.data[24 + 8 + 4]++; /* one more local symbol than there are */
    read_built();
    ck_assert_uint_eq(read.image.import_count, 2);
    done();
}
END_TEST

START_TEST(a_name_that_the_string_table_cuts_off_is_none)
{
    macho_build_init(&m, true, false);
    macho_symbol(&m, "_whole", 0x01);
    macho_symbol(&m, "_cut", 0x01);
    macho_symbols(&m, true);
    m.commands.data[20]--; /* the table's length */
    read_built();
    ck_assert_uint_eq(read.image.import_count, 1);
    ck_assert(!read.image.imports_partial);
    done();
}
END_TEST

START_TEST(a_symbol_table_beyond_the_end_makes_the_sets_partial)
{
    macho_build_init(&m, true, false);
    macho_symbol(&m, "_one", 0x01);
    macho_symbols(&m, false);
    m.commands.data[12] = 200; /* rows */
    read_built();
    ck_assert(read.image.imports_partial && read.image.exports_partial);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    done();
}
END_TEST

START_TEST(names_that_overlap_cost_no_more_than_their_budget)
{
    /* 60,000 symbols that share one name of 60,000 bytes. */
    enum { ROWS = 60000, NAME = 60000 };
    macho_build_init(&m, true, false);
    const uint32_t table[] = {MACHO_CONTENT_OFF, ROWS, MACHO_CONTENT_OFF + ROWS * 16, NAME + 2};
    macho_command(&m, 2, table, 4);
    uint8_t *content = calloc(1, ROWS * 16 + NAME + 2);
    for (size_t i = 0; i < ROWS; i++) {
        content[i * 16] = 1;
        content[i * 16 + 4] = 1;
    }
    memset(content + ROWS * 16, 'a', NAME + 1);
    macho_put(&m.content, content, ROWS * 16 + NAME + 2);
    free(content);
    read_built();
    ck_assert_uint_lt(read.image.import_count, 1000);
    ck_assert(read.image.imports_partial);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    done();
}
END_TEST

START_TEST(sections_without_bytes_have_none)
{
    macho_build_init(&m, true, false);
    macho_section(&m, "__DATA", "__bss", 0x1, "zero", 4);
    macho_section(&m, "__DATA", "__common", 0x10000001, "zero", 4);
    macho_section(&m, "__DATA", "__data", 0x0, "data", 4);
    read_built();
    ck_assert_uint_eq(read.image.sections[0].len, 0);
    ck_assert_uint_eq(read.image.sections[1].len, 0);
    ck_assert_uint_eq(read.image.sections[2].len, 4);
    done();
}
END_TEST

START_TEST(bytes_behind_the_content_are_an_overlay)
{
    macho_build_init(&m, true, false);
    macho_section(&m, "__TEXT", "__text", 0, "code", 4);
    macho_put(&m.content, "appended", 8);
    read_built();
    ck_assert(pe_read_noted(&read, VP_NOTE_OVERLAY));
    ck_assert_uint_eq(read.image.notes[0].off, MACHO_CONTENT_OFF + 4);
    done();
}
END_TEST

START_TEST(default_versions_and_encryption_are_told_apart)
{
    static const uint32_t encrypted[] = {4096, 4096, 1, 0}, plain[] = {4096, 4096, 0, 0};
    for (unsigned i = 0; i < 2; i++) {
        macho_build_init(&m, true, false);
        macho_dylib(&m, 0xd, "libx.dylib", i ? 0x10000 : 0);
        macho_command(&m, 0x2c, i ? encrypted : plain, 4);
        read_built();
        ck_assert_ptr_null(read.image.fixed_file_version);
        ck_assert_int_eq(pe_read_noted(&read, VP_NOTE_PACKED), (int)i);
        done();
    }
}
END_TEST

START_TEST(damaged_commands_end_the_list_and_keep_what_was_before)
{
    static const uint8_t lengths[] = {0, 7, 200};
    for (size_t i = 0; i < sizeof lengths; i++) {
        macho_build_init(&m, true, false);
        macho_uuid(&m, "0123456789abcdef");
        macho_command(&m, 0x99, NULL, 0);
        m.commands.data[24 + 4] = lengths[i];
        read_built();
        ck_assert_ptr_nonnull(pe_read_blob(&read, BLOB_BUILD_ID));
        ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
        done();
    }
}
END_TEST

START_TEST(a_library_whose_name_is_outside_of_its_command_is_none)
{
    macho_build_init(&m, true, false);
    macho_dylib(&m, 0xc, "libx.dylib", 0);
    m.commands.data[8] = 200;
    read_built();
    ck_assert_uint_eq(read.image.library_count, 0);
    done();
}
END_TEST

START_TEST(every_prefix_is_safe)
{
    for (unsigned i = 0; i < 4; i++) {
        macho_build_sample(&m, i & 1, i >> 1);
        for (size_t len = 0; len < m.len; len++) {
            pe_read_bytes(&read, m.bytes, len, 0);
            bool header = len >= (i & 1 ? 32 : 28);
            ck_assert_int_eq(read.image.format != VP_FORMAT_OTHER, header);
            ck_assert(!header || read.image.note_count > 0);
            pe_read_touch(&read);
            pe_read_done(&read);
        }
        macho_build_done(&m);
    }
}
END_TEST

START_TEST(every_flipped_byte_is_safe)
{
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    for (unsigned i = 0; i < 4; i++) {
        macho_build_sample(&m, i & 1, i >> 1);
        for (size_t at = 0; at < m.len; at++) {
            for (size_t k = 0; k < sizeof masks; k++) {
                m.bytes[at] ^= masks[k];
                pe_read_bytes(&read, m.bytes, m.len, 0);
                pe_read_touch(&read);
                pe_read_done(&read);
                m.bytes[at] ^= masks[k];
            }
        }
        macho_build_done(&m);
    }
}
END_TEST

START_TEST(every_memory_cap_is_safe_and_said)
{
    macho_build_sample(&m, true, false);
    for (size_t limit = 1; limit < 20000; limit += 7) {
        pe_read_bytes(&read, m.bytes, m.len, limit);
        pe_read_touch(&read);
        ck_assert(!read.arena.failed || read.image.gap_count > 0);
        pe_read_done(&read);
    }
    macho_build_done(&m);
}
END_TEST

#define TESTS                                                                                      \
    TEST(both_widths_and_byte_orders_are_read_alike)                                               \
    TEST(places_are_those_in_the_file)                                                             \
    TEST(the_file_type_is_the_role)                                                                \
    TEST(symbols_without_an_order_are_all_looked_at)                                               \
    TEST(an_order_that_does_not_make_up_the_table_is_not_believed)                                 \
    TEST(a_name_that_the_string_table_cuts_off_is_none)                                            \
    TEST(a_symbol_table_beyond_the_end_makes_the_sets_partial)                                     \
    TEST(names_that_overlap_cost_no_more_than_their_budget)                                        \
    TEST(sections_without_bytes_have_none)                                                         \
    TEST(bytes_behind_the_content_are_an_overlay)                                                  \
    TEST(default_versions_and_encryption_are_told_apart)                                           \
    TEST(damaged_commands_end_the_list_and_keep_what_was_before)                                   \
    TEST(a_library_whose_name_is_outside_of_its_command_is_none)                                   \
    TEST(every_prefix_is_safe)                                                                     \
    TEST(every_flipped_byte_is_safe)                                                               \
    TEST(every_memory_cap_is_safe_and_said)
#include "check_main.h"
