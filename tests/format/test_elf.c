/* test_elf.c - ELF files: what they are, how they are linked, their symbols */
#include "pe_read.h"

#include "elf_build.h"
#include "format/elf.h"

static struct elf_build elf;
static struct pe_read read;

static void read_it(void)
{
    elf_finish(&elf);
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
}

static void done(void)
{
    pe_read_touch(&read);
    pe_read_done(&read);
    elf_build_done(&elf);
}

/* The text number `index` of a field, or nothing. */
static struct span text(enum image_text_group group, const char *field, size_t index)
{
    for (size_t i = 0; i < read.image.text_count; i++) {
        const struct image_text *t = &read.image.texts[i];
        if (t->group == group && strcmp(t->field, field) == 0 && index-- == 0)
            return t->utf8;
    }
    return span_of(NULL, 0);
}

static void symbol_is(size_t index, const char *name, unsigned flags)
{
    ck_assert_uint_lt(index, read.image.symbol_count);
    pe_read_is(read.image.symbols[index].name, name);
    ck_assert_uint_eq(read.image.symbols[index].flags, flags);
}

static void library_symbols(unsigned table)
{
    enum { STRONG = SYMBOL_STRONG | SYMBOL_VISIBLE };
    ck_assert_uint_eq(read.image.symbol_count, 4);
    symbol_is(0, "malloc", STRONG | SYMBOL_FUNCTION | table);
    symbol_is(1, "weak_one", SYMBOL_VISIBLE | SYMBOL_FUNCTION | table);
    symbol_is(2, "example_open", STRONG | SYMBOL_DEFINED | SYMBOL_FUNCTION | table);
    symbol_is(3, "example_data", STRONG | SYMBOL_DEFINED | table);
    ck_assert(!read.image.symbols_partial);
}

static void library_facts(void)
{
    const struct image *image = &read.image;
    ck_assert_int_eq(image->role, VP_ROLE_LIBRARY);
    pe_read_is(image->own_name, "libexample.so.1");
    ck_assert_uint_eq(image->library_count, 2);
    pe_read_is(image->libraries[0].name, "libc.so.6");
    pe_read_is(image->libraries[1].name, "libm.so.6");
    pe_read_is(text(TEXT_LINK, "interpreter", 0), "/lib/ld.so");
    pe_read_is(text(TEXT_LINK, "runpath", 0), "$ORIGIN/lib");
    pe_read_is(text(TEXT_PACKAGE, "name", 0), "example");
    pe_read_is(text(TEXT_PACKAGE, "version", 0), "1.2-3");
    const struct image_blob *id = pe_read_blob(&read, BLOB_BUILD_ID);
    ck_assert_ptr_nonnull(id);
    ck_assert_uint_eq(id->bytes.len, 20);
    ck_assert_uint_eq(id->bytes.data[0], 0xb1);
    ck_assert_int_eq(memcmp(elf.bytes + id->off, id->bytes.data, 20), 0);
    ck_assert_uint_eq(image->note_count, 0);
    ck_assert_uint_eq(image->gap_count, 0);
}

START_TEST(a_library_reads_alike_in_both_classes_and_byte_orders)
{
    for (unsigned i = 0; i < 4; i++) {
        elf_build_library(&elf, i & 1, i & 2);
        read_it();
        ck_assert_int_eq(read.image.format, i & 1 ? VP_FORMAT_ELF64 : VP_FORMAT_ELF32);
        ck_assert_uint_eq(read.image.bits, i & 1 ? 64 : 32);
        ck_assert_str_eq(read.image.machine, i & 1 ? "x86-64" : "x86");
        library_facts();
        library_symbols(SYMBOL_LINKED | SYMBOL_FIRST_TABLE);
        pe_read_is(text(TEXT_COMPILER, "comment", 0), "GCC: (GNU) 12.2.0");
        pe_read_is(text(TEXT_COMPILER, "comment", 1), "rustc version 1.63.0");
        ck_assert_uint_eq(text(TEXT_COMPILER, "comment", 2).len, 0);
        ck_assert_uint_eq(read.image.section_count, 9);
        pe_read_is(read.image.sections[7].name, ".comment");
        done();
    }
}
END_TEST

START_TEST(without_section_headers_the_segments_say_the_same)
{
    for (unsigned i = 0; i < 4; i++) {
        elf_build_library(&elf, i & 1, i & 2);
        elf.headerless = true;
        read_it();
        library_facts();
        library_symbols(SYMBOL_LINKED);
        ck_assert_uint_eq(read.image.section_count, 1); /* the one segment that is loaded */
        ck_assert_uint_eq(read.image.sections[0].len, elf.len);
        done();
    }
}
END_TEST

START_TEST(section_headers_that_make_no_sense_are_left_alone)
{
    for (unsigned i = 0; i < 3; i++) {
        elf_build_library(&elf, true, false);
        if (i == 0)
            elf.section_len = 63;
        if (i == 1)
            elf.sections[0].type = SHT_PROGBITS; /* the first one is always empty */
        if (i == 2)
            elf.sections_off = 1 << 20;
        read_it();
        library_symbols(SYMBOL_LINKED);
        ck_assert(pe_read_noted(&read, i == 2 ? VP_NOTE_TRUNCATED : VP_NOTE_MALFORMED));
        done();
    }
}
END_TEST

/* Turns the tag DT_GNU_HASH of the library into DT_HASH, over a table of `words` words. */
static void use_old_hash(unsigned count, unsigned words)
{
    struct elf_bytes *dynamic = &elf_section_row(&elf, ".dynamic")->content;
    struct elf_bytes *hash = &elf_section_row(&elf, ".gnu.hash")->content;
    unsigned word = elf.wide ? 8 : 4;
    dynamic->len -= 4 * word;
    elf_dynamic(dynamic, 4, elf_section_row(&elf, ".gnu.hash")->address);
    elf_dynamic(dynamic, 0, 0);
    hash->len = 0;
    for (unsigned i = 0; i < words; i++)
        elf_put_uint(hash, i == 1 ? count : i == 0, 4);
}

START_TEST(the_old_hash_table_counts_symbols_too)
{
    for (unsigned i = 0; i < 4; i++) {
        elf_build_library(&elf, i & 1, i & 2);
        use_old_hash(5, 8);
        elf.headerless = true;
        read_it();
        library_symbols(SYMBOL_LINKED);
        done();
    }
}
END_TEST

START_TEST(symbols_that_cannot_be_counted_are_said_to_be_missing)
{
    elf_build_library(&elf, true, false);
    use_old_hash(0x7fffffff, 8);
    elf.headerless = true;
    read_it();
    ck_assert_uint_eq(read.image.symbol_count, 0);
    ck_assert(read.image.symbols_partial);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    done();
}
END_TEST

START_TEST(a_symbol_without_a_name_in_the_table_makes_the_set_partial)
{
    elf_build_library(&elf, true, false);
    struct elf_bytes *symbols = &elf_section_row(&elf, ".dynsym")->content;
    memset(symbols->data + 24, 0x7f, 4);
    read_it();
    ck_assert_uint_eq(read.image.symbol_count, 3);
    ck_assert(read.image.symbols_partial);
    done();
}
END_TEST

START_TEST(the_first_table_is_told_from_the_one_that_is_linked)
{
    elf_build_init(&elf, true, false, ET_DYN);
    struct elf_bytes *all = elf_section(&elf, ".symtab", SHT_SYMTAB, 0);
    struct elf_bytes *all_strings = elf_section(&elf, ".strtab", SHT_STRTAB, 0);
    struct elf_bytes *symbols = elf_section(&elf, ".dynsym", SHT_DYNSYM, SHF_ALLOC);
    struct elf_bytes *strings = elf_section(&elf, ".dynstr", SHT_STRTAB, SHF_ALLOC);
    elf_symbol(all, all_strings, "local", 0x02, 0, 1);
    elf_symbol(all, all_strings, "object", 0x11, 0, 1);
    elf_symbol(all, all_strings, "hidden", 0x12, 2, 1);
    elf_symbol(all, all_strings, "function", 0x12, 0, 1);
    elf_symbol(symbols, strings, "exported", 0x12, 0, 1);
    elf_section_row(&elf, ".symtab")->link = 2;
    elf_section_row(&elf, ".dynsym")->link = 4;
    elf_section_row(&elf, ".symtab")->entry_len = elf_section_row(&elf, ".dynsym")->entry_len = 24;
    read_it();
    ck_assert_uint_eq(read.image.symbol_count, 2);
    enum { CODE = SYMBOL_DEFINED | SYMBOL_FUNCTION | SYMBOL_STRONG | SYMBOL_VISIBLE };
    symbol_is(0, "exported", CODE | SYMBOL_LINKED);
    symbol_is(1, "function", CODE | SYMBOL_FIRST_TABLE);
    done();
}
END_TEST

static enum vp_role role_of(void)
{
    read_it();
    enum vp_role role = read.image.role;
    done();
    return role;
}

START_TEST(roles_follow_from_headers_and_the_dynamic_segment)
{
    elf_build_init(&elf, true, false, ET_EXEC);
    ck_assert_int_eq(role_of(), VP_ROLE_PROGRAM);
    elf_build_init(&elf, true, false, ET_REL);
    ck_assert_int_eq(role_of(), VP_ROLE_OBJECT);
    elf_build_init(&elf, true, false, 0xfe00);
    ck_assert_int_eq(role_of(), VP_ROLE_OTHER);
    elf_build_init(&elf, true, false, ET_DYN);
    ck_assert_int_eq(role_of(), VP_ROLE_LIBRARY);
    elf_build_init(&elf, true, false, ET_DYN);
    elf_put_text(elf_section(&elf, ".interp", SHT_PROGBITS, SHF_ALLOC), "/lib/ld.so");
    elf_segment(&elf, PT_INTERP, 1);
    ck_assert_int_eq(role_of(), VP_ROLE_PROGRAM);
    elf_build_library(&elf, true, false); /* a name of its own: a library that runs */
    ck_assert_int_eq(role_of(), VP_ROLE_LIBRARY);
    elf_build_library(&elf, true, false);
    struct elf_bytes *dynamic = &elf_section_row(&elf, ".dynamic")->content;
    dynamic->len -= 16;
    elf_dynamic(dynamic, 0x6ffffffb, 0x08000000); /* DF_1_PIE */
    elf.segments[2].file_len = dynamic->len;      /* no end mark: the segment ends */
    ck_assert_int_eq(role_of(), VP_ROLE_PROGRAM);
}
END_TEST

START_TEST(debug_information_apart_from_its_program_is_a_role_of_its_own)
{
    elf_build_library(&elf, true, false);
    elf_section_row(&elf, ".text")->type = SHT_NOBITS;
    elf_section_row(&elf, ".text")->len = 0x1000;
    elf_section_row(&elf, ".dynamic")->type = SHT_NOBITS;
    elf_section_row(&elf, ".dynsym")->type = SHT_NOBITS;
    ck_assert_int_eq(role_of(), VP_ROLE_DEBUG);
    elf_build_init(&elf, true, false, ET_DYN);
    elf_put_text(elf_section(&elf, ".debug_info", SHT_PROGBITS, 0), "x");
    ck_assert_int_eq(role_of(), VP_ROLE_DEBUG);
    elf_build_library(&elf, true, false);
    elf_put_text(elf_section(&elf, ".debug_info", SHT_PROGBITS, 0), "x");
    ck_assert_int_eq(role_of(), VP_ROLE_LIBRARY);
    elf_build_library(&elf, true, false);
    elf_section(&elf, ".plt", SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR);
    elf_section_row(&elf, ".plt")->len = 64;
    ck_assert_int_eq(role_of(), VP_ROLE_LIBRARY);
}
END_TEST

START_TEST(a_core_file_is_named_and_refused)
{
    elf_build_library(&elf, true, false);
    elf.type = ET_CORE;
    read_it();
    ck_assert_int_eq(read.image.format, VP_FORMAT_ELF64);
    ck_assert_int_eq(read.image.role, VP_ROLE_CORE);
    ck_assert(pe_read_gap(&read, VP_GAP_UNSUPPORTED));
    ck_assert_uint_eq(read.image.section_count + read.image.blob_count + read.image.text_count, 0);
    done();
}
END_TEST

START_TEST(numbers_that_do_not_fit_the_header_stand_in_the_first_section)
{
    elf_build_library(&elf, true, false);
    elf.sections[0].len = 10; /* with .shstrtab */
    elf.sections[0].link = 9;
    elf.names_index = 0xffff;
    elf_finish(&elf);
    memset(elf.bytes + 60, 0, 2); /* e_shnum */
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
    ck_assert_uint_eq(read.image.section_count, 9);
    pe_read_is(read.image.sections[0].name, ".interp");
    ck_assert_uint_eq(read.image.note_count, 0);
    done();
}
END_TEST

START_TEST(bytes_behind_the_last_section_are_an_overlay)
{
    elf_build_library(&elf, true, false);
    elf_put_text(&elf.tail, "an archive");
    read_it();
    ck_assert_uint_eq(read.image.note_count, 1);
    ck_assert_int_eq(read.image.notes[0].code, VP_NOTE_OVERLAY);
    ck_assert_uint_eq(read.image.notes[0].off, elf.len - strlen("an archive") - 1);
    done();
}
END_TEST

START_TEST(other_bytes_are_no_elf)
{
    static const uint8_t wrong[][2] = {{0, 0x7e}, {4, 0}, {4, 3}, {5, 0}, {5, 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        elf_build_library(&elf, true, false);
        elf_finish(&elf);
        elf.bytes[wrong[i][0]] = wrong[i][1];
        pe_read_bytes(&read, elf.bytes, elf.len, 0);
        ck_assert_int_eq(read.image.format, VP_FORMAT_OTHER);
        done();
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_library_reads_alike_in_both_classes_and_byte_orders)                                    \
    TEST(without_section_headers_the_segments_say_the_same)                                        \
    TEST(section_headers_that_make_no_sense_are_left_alone)                                        \
    TEST(the_old_hash_table_counts_symbols_too)                                                    \
    TEST(symbols_that_cannot_be_counted_are_said_to_be_missing)                                    \
    TEST(a_symbol_without_a_name_in_the_table_makes_the_set_partial)                               \
    TEST(the_first_table_is_told_from_the_one_that_is_linked)                                      \
    TEST(roles_follow_from_headers_and_the_dynamic_segment)                                        \
    TEST(debug_information_apart_from_its_program_is_a_role_of_its_own)                            \
    TEST(a_core_file_is_named_and_refused)                                                         \
    TEST(numbers_that_do_not_fit_the_header_stand_in_the_first_section)                            \
    TEST(bytes_behind_the_last_section_are_an_overlay)                                             \
    TEST(other_bytes_are_no_elf)
#include "check_main.h"
