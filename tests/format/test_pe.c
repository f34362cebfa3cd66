/* test_pe.c - headers, sections, roles; prefixes, flipped bytes and memory caps of whole files */
#include "pe_read.h"

static struct pe_build pe;
static struct pe_read read;

START_TEST(both_widths_are_told_apart)
{
    for (int plus = 0; plus < 2; plus++) {
        pe_build_init(&pe, plus);
        pe_read_build(&read, &pe);
        ck_assert_int_eq(read.image.format, plus ? VP_FORMAT_PE32_PLUS : VP_FORMAT_PE32);
        ck_assert_uint_eq(read.image.bits, plus ? 64 : 32);
        ck_assert_str_eq(read.image.machine, plus ? "x86-64" : "x86");
        ck_assert_int_eq(read.image.role, VP_ROLE_PROGRAM);
        ck_assert_uint_eq(read.image.note_count, 0);
        pe_read_done(&read);
        pe_build_done(&pe);
    }
}
END_TEST

START_TEST(what_is_no_pe_has_no_format)
{
    pe_build_init(&pe, false);
    pe_finish(&pe);
    static const struct {
        size_t off;
        uint8_t value;
    } changes[] = {{0, 'Z'}, {1, 'Q'}, {63, 0xff}, {64, 'N'}, {65, 'F'}, {66, 1}, {88, 7}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint8_t before = pe.bytes[changes[i].off];
        pe.bytes[changes[i].off] = changes[i].value;
        pe_read_bytes(&read, pe.bytes, pe.len, 0);
        ck_assert_int_eq(read.image.format, VP_FORMAT_OTHER);
        pe_read_done(&read);
        pe.bytes[changes[i].off] = before;
    }
    pe_build_done(&pe);
}
END_TEST

START_TEST(the_subsystem_and_the_dll_flag_give_the_role)
{
    static const struct {
        uint16_t subsystem, characteristics;
        enum vp_role role;
    } rows[] = {
        {1, 0x0002, VP_ROLE_DRIVER},    {1, 0x2002, VP_ROLE_DRIVER},
        {2, 0x0002, VP_ROLE_PROGRAM},   {3, 0x2002, VP_ROLE_LIBRARY},
        {10, 0x0002, VP_ROLE_FIRMWARE}, {13, 0x2002, VP_ROLE_FIRMWARE},
        {16, 0x0002, VP_ROLE_PROGRAM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pe_build_init(&pe, true);
        pe.subsystem = rows[i].subsystem;
        pe.characteristics = rows[i].characteristics;
        pe_read_build(&read, &pe);
        ck_assert_int_eq(read.image.role, rows[i].role);
        pe_read_done(&read);
        pe_build_done(&pe);
    }
}
END_TEST

START_TEST(machines_have_names_also_when_dotnet_marked_them_for_linux)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } rows[] = {{0xaa64, "arm64"}, {0x8664 ^ 0x7b79, "x86-64"}, {0x5064, "riscv64"}, {0x1234, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pe_build_init(&pe, true);
        pe.machine = rows[i].machine;
        pe_read_build(&read, &pe);
        ck_assert_str_eq(read.image.machine, rows[i].name);
        pe_read_done(&read);
        pe_build_done(&pe);
    }
}
END_TEST

START_TEST(an_installer_is_known_by_what_its_builder_left)
{
    pe_build_init(&pe, false);
    pe_put(&pe.overlay, "\0\0\0\0\xef\xbe\xad\xdeNullsoftInst", 20);
    pe_read_build(&read, &pe);
    ck_assert_int_eq(read.image.role, VP_ROLE_INSTALLER);
    ck_assert(pe_read_noted(&read, VP_NOTE_OVERLAY));
    pe_read_done(&read);
    pe_build_done(&pe);

    pe_build_init(&pe, false);
    pe_put(pe_section(&pe, ".wixburn"), "x", 1);
    pe_read_build(&read, &pe);
    ck_assert_int_eq(read.image.role, VP_ROLE_INSTALLER);
    pe_read_done(&read);
    pe_build_done(&pe);

    pe_build_init(&pe, false);
    struct pe_bytes *resources = pe_section(&pe, ".rsrc");
    pe_resource(&pe, resources, 10, 11111, 0, "rDlPtS\x02\x87", 8);
    pe_resources(&pe, resources);
    pe_read_build(&read, &pe);
    ck_assert_int_eq(read.image.role, VP_ROLE_INSTALLER);
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(sections_stand_where_the_loader_reads_them)
{
    pe_build_init(&pe, false);
    pe_put(pe_section(&pe, ".text"), "code", 4);
    pe_put(pe_section(&pe, "longname"), "data", 4);
    pe_section(&pe, ".bss");
    pe.sections[0].raw_off = 0x200 + 0x44; /* the loader reads whole sectors */
    pe.sections[2].virtual_len = 0x5000;
    pe_finish(&pe);
    /* Uninitialised: no place in the file. */
    memset(pe.bytes + pe.sections_off + 2 * 40 + 16, 0, 8);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    const struct image_section *s = read.image.sections;
    ck_assert_uint_eq(read.image.section_count, 3);
    pe_read_is(s[0].name, ".text");
    ck_assert_uint_eq(s[0].off, 0x200);
    ck_assert_uint_eq(s[0].len, 0x200);
    ck_assert_uint_eq(s[0].address, PE_SECTION_SPAN);
    ck_assert_uint_eq(s[0].address_len, 4);
    pe_read_is(s[1].name, "longname");
    pe_read_is(s[2].name, ".bss");
    ck_assert_uint_eq(s[2].len, 0);
    ck_assert_uint_eq(s[2].address_len, 0x5000);
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(a_file_aligned_below_the_page_is_mapped_as_it_stands)
{
    pe_build_init(&pe, true);
    pe.section_alignment = pe.file_alignment = 0x20;
    struct pe_bytes *data = pe_section(&pe, ".text");
    data->address = pe.sections[0].address = pe.sections[0].raw_off = 0x220;
    while (data->len < 0x40)
        pe_put_uint(data, 0, 1);
    pe_finish(&pe);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    ck_assert_uint_eq(read.image.sections[0].off, 0x220);
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(an_import_table_inside_the_headers_is_read)
{
    pe_build_init(&pe, false);
    /* No section: the stub is mapped at its offset. */
    pe.stub.address = 64;
    pe_imports(&pe, &pe.stub, "a.dll:One");
    pe_align(&pe.stub, 8);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    pe_read_is(read.image.imports[0].name, "One");
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(a_section_beyond_the_end_is_cut_off_and_noted)
{
    pe_build_init(&pe, false);
    pe_put(pe_section(&pe, ".text"), "code", 4);
    pe.sections[0].raw_len = 0x10000;
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.sections[0].len, 0x200);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(the_smallest_file_that_windows_loads_is_read)
{
    pe_build_init(&pe, false);
    pe.directory_count = 0;
    pe_finish(&pe);
    /* Up to and with half of Subsystem: the rest counts as zero. */
    pe_read_bytes(&read, pe.bytes, 64 + 24 + 69, 0);
    ck_assert_int_eq(read.image.format, VP_FORMAT_PE32);
    pe_read_done(&read);
    pe_read_bytes(&read, pe.bytes, 64 + 24 + 68, 0);
    ck_assert_int_eq(read.image.format, VP_FORMAT_OTHER);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(the_overlay_begins_behind_sections_and_symbols)
{
    pe_build_init(&pe, false);
    pe_put(pe_section(&pe, ".text"), "code", 4);
    pe.symbols_off = 0x400;
    pe.symbol_count = 1;
    for (int i = 0; i < 18; i++)
        pe_put_uint(&pe.overlay, 0, 1);
    pe_put_uint(&pe.overlay, 8, 4); /* string table with its length */
    pe_put(&pe.overlay, "abc", 4);
    pe_read_build(&read, &pe);
    ck_assert(!pe_read_noted(&read, VP_NOTE_OVERLAY));
    pe_read_done(&read);
    free(pe.bytes);
    pe_put(&pe.overlay, "more", 4);
    pe_read_build(&read, &pe);
    ck_assert_int_eq(read.image.notes[0].code, VP_NOTE_OVERLAY);
    ck_assert_uint_eq(read.image.notes[0].off, 0x400 + 18 + 8);
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(debug_rich_and_dotnet_records_are_found)
{
    pe_build_rich_file(&pe, true);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    const struct image_blob *rich = pe_read_blob(&read, BLOB_RICH);
    ck_assert_ptr_nonnull(rich);
    ck_assert_uint_eq(rich->len, 32);
    ck_assert(span_equal(span_first(rich->bytes, 16), span_of("DanS\0\0\0\0\0\0\0\0\0\0\0\0", 16)));
    ck_assert(span_equal(span_from(rich->bytes, 16),
                         span_of("\x09\x78\x04\x01\3\0\0\0\x09\x78\x01\x01\7\0\0\0", 16)));
    const struct image_blob *debug = pe_read_blob(&read, BLOB_CODEVIEW);
    ck_assert_ptr_nonnull(debug);
    ck_assert_uint_eq(debug->bytes.len, 24 + strlen("c:\\work\\thing.pdb") + 1);
    pe_read_is(span_first(debug->bytes, 4), "RSDS");
    const struct image_blob *clr = pe_read_blob(&read, BLOB_CLR_METADATA);
    ck_assert_ptr_nonnull(clr);
    ck_assert_uint_eq(clr->len, 8);
    ck_assert_int_eq(memcmp(pe.bytes + clr->off, "BSJB", 4), 0);
    pe_read_done(&read);
    pe_build_done(&pe);
}
END_TEST

START_TEST(every_prefix_of_a_pe_is_safe)
{
    for (int plus = 0; plus < 2; plus++) {
        pe_build_rich_file(&pe, plus);
        for (size_t len = 0; len <= pe.len; len++) {
            pe_read_bytes(&read, pe.bytes, len, 0);
            pe_read_touch(&read);
            /* Cut inside the certificate table or before it: never silently. */
            if (len < pe.len && read.image.format != VP_FORMAT_OTHER)
                ck_assert_uint_gt(read.image.note_count, 0);
            pe_read_done(&read);
        }
        pe_build_done(&pe);
    }
}
END_TEST

START_TEST(every_flipped_byte_of_a_pe_is_safe)
{
    static const uint8_t flips[] = {0xff, 0x80, 0x01};
    for (int plus = 0; plus < 2; plus++) {
        pe_build_rich_file(&pe, plus);
        for (size_t i = 0; i < pe.len; i++) {
            for (size_t k = 0; k < sizeof flips; k++) {
                pe.bytes[i] ^= flips[k];
                pe_read_bytes(&read, pe.bytes, pe.len, 0);
                pe_read_touch(&read);
                pe_read_done(&read);
                pe.bytes[i] ^= flips[k];
            }
        }
        pe_build_done(&pe);
    }
}
END_TEST

START_TEST(every_memory_cap_gives_a_gap_or_the_whole_image)
{
    pe_build_rich_file(&pe, true);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    size_t most = read.arena.used, imports = read.image.import_count;
    size_t texts = read.image.text_count, blobs = read.image.blob_count;
    ck_assert_uint_eq(read.image.gap_count, 0);
    pe_read_done(&read);
    for (size_t limit = 1; limit <= most + 1000; limit += 991) {
        pe_read_bytes(&read, pe.bytes, pe.len, limit);
        pe_read_touch(&read);
        ck_assert_uint_le(read.arena.used, limit);
        if (read.image.gap_count == 0) {
            ck_assert_uint_eq(read.image.import_count, imports);
            ck_assert_uint_eq(read.image.text_count, texts);
            ck_assert_uint_eq(read.image.blob_count, blobs);
        } else {
            ck_assert(pe_read_gap(&read, VP_GAP_MEMORY_LIMIT));
        }
        pe_read_done(&read);
    }
    pe_build_done(&pe);
}
END_TEST

#define TESTS                                                                                      \
    TEST(both_widths_are_told_apart)                                                               \
    TEST(what_is_no_pe_has_no_format)                                                              \
    TEST(the_subsystem_and_the_dll_flag_give_the_role)                                             \
    TEST(machines_have_names_also_when_dotnet_marked_them_for_linux)                               \
    TEST(an_installer_is_known_by_what_its_builder_left)                                           \
    TEST(sections_stand_where_the_loader_reads_them)                                               \
    TEST(a_file_aligned_below_the_page_is_mapped_as_it_stands)                                     \
    TEST(an_import_table_inside_the_headers_is_read)                                               \
    TEST(a_section_beyond_the_end_is_cut_off_and_noted)                                            \
    TEST(the_smallest_file_that_windows_loads_is_read)                                             \
    TEST(the_overlay_begins_behind_sections_and_symbols)                                           \
    TEST(debug_rich_and_dotnet_records_are_found)                                                  \
    TEST(every_prefix_of_a_pe_is_safe)                                                             \
    TEST(every_flipped_byte_of_a_pe_is_safe)                                                       \
    TEST(every_memory_cap_gives_a_gap_or_the_whole_image)
#include "check_main.h"
