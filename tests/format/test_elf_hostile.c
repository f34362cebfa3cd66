/* test_elf_hostile.c - ELF files cut short, damaged, or made to cost time and memory */
#include "pe_read.h"

#include <time.h>

#include "elf_build.h"
#include "format/elf.h"

static struct elf_build elf;
static struct pe_read read;

/* Everything that the reader knows: a library with Go's build info; a signed module. */
static void build(unsigned which)
{
    if (which & 4) {
        elf_build_module(&elf, which & 1, which & 2, "signature", 9);
    } else {
        elf_build_library(&elf, which & 1, which & 2);
        elf_go(&elf, which & 1, "go1.19", "mod\texample.com/a\tv1.0.0\n");
        elf.headerless = which & 8;
    }
    elf_finish(&elf);
}

static void read_part(const uint8_t *bytes, size_t len, size_t limit)
{
    pe_read_bytes(&read, bytes, len, limit);
    pe_read_touch(&read);
    ck_assert(!read.arena.failed || read.image.gap_count > 0);
    pe_read_done(&read);
}

START_TEST(every_prefix_of_an_elf_file_is_safe)
{
    for (unsigned which = 0; which < 10; which += 3) {
        build(which);
        for (size_t len = 0; len < elf.len; len++)
            read_part(elf.bytes, len, 0);
        elf_build_done(&elf);
    }
}
END_TEST

START_TEST(every_byte_may_be_anything)
{
    static const uint8_t masks[] = {0xff, 0x01, 0x80};
    for (unsigned which = 0; which < 10; which += 3) {
        build(which);
        for (size_t i = 0; i < elf.len; i++) {
            uint8_t mask = masks[i % sizeof masks];
            elf.bytes[i] ^= mask;
            read_part(elf.bytes, elf.len, 0);
            elf.bytes[i] ^= mask;
        }
        elf_build_done(&elf);
    }
}
END_TEST

START_TEST(every_memory_cap_is_a_gap)
{
    for (unsigned which = 0; which < 10; which++) {
        build(which);
        for (size_t limit = 64; limit < 80000; limit += limit / 16 + 32)
            read_part(elf.bytes, elf.len, limit);
        elf_build_done(&elf);
    }
}
END_TEST

/* A table of `count` symbols over the strings of .strtab; name number i stands at 1 + i * step. */
static void many_symbols(size_t count, uint32_t step, const char *fill, size_t strings_len)
{
    elf_build_init(&elf, true, false, ET_REL);
    elf.slot = strings_len + 64;
    struct elf_bytes *strings = elf_section(&elf, ".strtab", SHT_STRTAB, 0);
    struct elf_bytes *symbols = elf_section(&elf, ".symtab", SHT_SYMTAB, 0);
    elf_section_row(&elf, ".symtab")->link = 1;
    elf_section_row(&elf, ".symtab")->entry_len = 24;
    elf_put(strings, "", 1);
    while (strings->len < strings_len)
        elf_put(strings, fill, 1);
    elf_put(strings, "", 1);
    for (size_t i = 0; i < count; i++) {
        elf_put_uint(symbols, 1 + i * step, 4);
        elf_put(symbols, "\x12\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    }
    elf_finish(&elf);
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
}

START_TEST(more_symbols_than_the_maximum_make_no_set)
{
    many_symbols(IMAGE_SYMBOLS_MOST, 0, "x", 8);
    ck_assert_uint_eq(read.image.symbol_count, IMAGE_SYMBOLS_MOST);
    ck_assert(!read.image.symbols_partial);
    pe_read_done(&read);
    elf_build_done(&elf);
    many_symbols(IMAGE_SYMBOLS_MOST + 1, 0, "x", 8);
    ck_assert(read.image.symbols_partial);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    pe_read_done(&read);
    elf_build_done(&elf);
}
END_TEST

START_TEST(long_names_that_overlap_are_bounded_in_all)
{
    clock_t start = clock();
    many_symbols(20000, 1, "x", 60000);
    ck_assert(read.image.symbols_partial);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    ck_assert_uint_lt(read.image.symbol_count, 1000);
    ck_assert(clock() - start < 10 * CLOCKS_PER_SEC);
    pe_read_done(&read);
    elf_build_done(&elf);
}
END_TEST

START_TEST(a_name_that_nobody_writes_is_left_out)
{
    many_symbols(2, 0, "x", ELF_STRING_MOST + 1);
    ck_assert_uint_eq(read.image.symbol_count, 0);
    ck_assert(read.image.symbols_partial);
    pe_read_done(&read);
    elf_build_done(&elf);
}
END_TEST

/* Chains of the newer hash table end at an odd word: here at none. */
START_TEST(a_hash_table_without_an_end_counts_nothing)
{
    elf_build_library(&elf, true, false);
    struct elf_bytes *hash = &elf_section_row(&elf, ".gnu.hash")->content;
    memset(hash->data + hash->len - 4, 0, 4);
    elf.headerless = true;
    elf.segments[0].file_len = elf_section_row(&elf, ".gnu.hash")->off + hash->len;
    elf_finish(&elf);
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
    ck_assert_uint_eq(read.image.symbol_count, 0);
    pe_read_done(&read);
    elf_build_done(&elf);
}
END_TEST

START_TEST(a_section_table_of_65535_rows_is_read_up_to_the_maximum)
{
    elf_build_init(&elf, false, true, ET_DYN);
    elf.section_total = 0xfffe;
    elf_section(&elf, ".text", SHT_PROGBITS, 0);
    for (size_t i = 0; i < (size_t)0xfffe * 40; i += 8)
        elf_put(&elf.tail, "\0\0\0\0\0\0\0\x01", 8);
    elf_finish(&elf);
    read_part(elf.bytes, elf.len, 0);
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
    ck_assert_uint_eq(read.image.section_count, IMAGE_SECTIONS_MOST);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    pe_read_done(&read);
    elf_build_done(&elf);
}
END_TEST

static int64_t broken_read(void *context, uint64_t off, void *buffer, size_t len)
{
    const struct elf_build *build = context;
    if (off + len > SOURCE_HEAD)
        return -1;
    if (off >= build->len)
        return 0;
    len = len < build->len - off ? len : build->len - off;
    memcpy(buffer, build->bytes + off, len);
    return (int64_t)len;
}

START_TEST(what_cannot_be_read_is_one_gap)
{
    static const struct source_ops ops = {broken_read};
    struct arena arena;
    struct source src;
    struct image image;
    elf_build_library(&elf, true, false);
    struct elf_bytes *big = elf_section(&elf, ".data", SHT_PROGBITS, 0);
    while (big->len < 300000)
        elf_put(big, "12345678", 8);
    elf_finish(&elf);
    vpi_arena_init(&arena, 0);
    vpi_image_init(&image, &arena);
    vpi_source_init(&src, &ops, &elf, elf.len, &arena);
    vpi_format_read(&image, &src);
    ck_assert_int_eq(image.format, VP_FORMAT_ELF64);
    ck_assert_uint_eq(image.gap_count, 1);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_READ_FAILED);
    vpi_arena_done(&arena);
    elf_build_done(&elf);
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_prefix_of_an_elf_file_is_safe)                                                      \
    TEST(every_byte_may_be_anything)                                                               \
    TEST(every_memory_cap_is_a_gap)                                                                \
    TEST(more_symbols_than_the_maximum_make_no_set)                                                \
    TEST(long_names_that_overlap_are_bounded_in_all)                                               \
    TEST(a_name_that_nobody_writes_is_left_out)                                                    \
    TEST(a_hash_table_without_an_end_counts_nothing)                                               \
    TEST(a_section_table_of_65535_rows_is_read_up_to_the_maximum)                                  \
    TEST(what_cannot_be_read_is_one_gap)
#include "check_main.h"
