/* test_pe_hostile.c - headers and sections made to cost time, memory or an overrun */
#include "pe_read.h"

static struct pe_build pe;
static struct pe_read read;

static void done(void)
{
    pe_read_touch(&read);
    pe_read_done(&read);
    pe_build_done(&pe);
}

START_TEST(a_file_with_65535_sections_is_read_up_to_the_maximum)
{
    pe_build_init(&pe, false);
    pe.section_total = 65535;
    pe.optional_len = 0;
    pe_finish(&pe);
    size_t rows = 3000, len = pe.sections_off + rows * 40;
    uint8_t *bytes = calloc(1, len);
    memcpy(bytes, pe.bytes, pe.len < len ? pe.len : len);
    bytes[64 + 20] = 0xe0; /* SizeOfOptionalHeader: sections behind the directories */
    size_t first = 64 + 24 + 0xe0;
    for (size_t i = 0; first + (i + 1) * 40 <= len; i++) {
        memcpy(bytes + first + i * 40, ".hostile", 8);
        bytes[first + i * 40 + 8] = 0xff; /* each at the same address */
        bytes[first + i * 40 + 16] = 1;
        bytes[first + i * 40 + 21] = 2;
    }
    pe_read_bytes(&read, bytes, len, 0);
    ck_assert_uint_eq(read.image.section_count, IMAGE_SECTIONS_MOST);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    free(bytes);
    done();
}
END_TEST

START_TEST(overlapping_sections_are_looked_up_in_the_first_that_holds_the_address)
{
    pe_build_init(&pe, false);
    struct pe_bytes *one = pe_section(&pe, "one"), *two = pe_section(&pe, "two");
    /* Both claim the first address; the imports are in the one that comes first in the table. */
    two->address = pe.sections[1].address = one->address;
    pe_imports(&pe, one, "a.dll:One");
    for (size_t i = 0; i < one->len; i++)
        pe_put_uint(two, 0xff, 1);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    done();
}
END_TEST

START_TEST(a_section_ends_where_the_next_begins)
{
    pe_build_init(&pe, false);
    struct pe_bytes *one = pe_section(&pe, "one"), *two = pe_section(&pe, "two");
    pe_put(one, "x", 1);
    pe.sections[0].virtual_len = 0x100000; /* over the second one */
    pe_imports(&pe, two, "a.dll:One");
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    done();
}
END_TEST

START_TEST(a_table_of_zeros_or_nonsense_ends_the_sections)
{
    pe_build_init(&pe, false);
    pe_put(pe_section(&pe, "good"), "x", 1);
    pe_put(pe_section(&pe, "bad"), "x", 1);
    pe_finish(&pe);
    uint8_t *bad = pe.bytes + pe.sections_off + 40;
    memset(bad, 0, 40);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    ck_assert_uint_eq(read.image.section_count, 1);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    pe_read_done(&read);
    memset(bad, 0xee, 40); /* everything about it is wrong */
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    ck_assert_uint_eq(read.image.section_count, 1);
    done();
}
END_TEST

START_TEST(every_directory_may_point_anywhere)
{
    static const uint32_t places[] = {1,          0x3c,           0x1000,     PE_SECTION_SPAN - 1,
                                      0x10fff,    0x7fffffff,     0xfffffff0, 0xffffffff,
                                      0x80000000, PE_SECTION_SPAN};
    static const uint32_t lengths[] = {0, 1, 0x1000, 0xffffffff};
    for (int index = 0; index < 16; index++) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
                pe_build_rich_file(&pe, i % 2);
                size_t off = pe.security_off - 32 + (size_t)index * 8;
                for (int n = 0; n < 4; n++) {
                    pe.bytes[off + (size_t)n] = (uint8_t)(places[i] >> 8 * n);
                    pe.bytes[off + 4 + (size_t)n] = (uint8_t)(lengths[k] >> 8 * n);
                }
                pe_read_bytes(&read, pe.bytes, pe.len, 0);
                done();
            }
        }
    }
}
END_TEST

START_TEST(a_header_offset_at_the_end_or_beyond_is_no_pe)
{
    pe_build_init(&pe, false);
    pe_finish(&pe);
    static const uint32_t places[] = {0xffffffff, 0x7fffffff, 0, 2};
    for (size_t i = 0; i < 4; i++) {
        for (int n = 0; n < 4; n++)
            pe.bytes[60 + n] = (uint8_t)(places[i] >> 8 * n);
        pe_read_bytes(&read, pe.bytes, pe.len, 0);
        ck_assert_int_eq(read.image.format, VP_FORMAT_OTHER);
        pe_read_done(&read);
    }
    pe_build_done(&pe);
}
END_TEST

static int64_t broken_read(void *context, uint64_t off, void *buffer, size_t len)
{
    const struct pe_build *from = context;
    if (off >= 4096)
        return -1; /* a bad sector behind the headers */
    size_t got = from->len - (size_t)off < len ? from->len - (size_t)off : len;
    memcpy(buffer, from->bytes + off, got);
    return (int64_t)got;
}

START_TEST(what_cannot_be_read_is_one_gap)
{
    static const struct source_ops ops = {broken_read};
    struct arena arena;
    struct source src;
    struct image image;
    pe_build_init(&pe, true);
    struct pe_bytes *text = pe_section(&pe, ".text");
    for (int i = 0; i < 300000 / 8; i++)
        pe_put_uint(text, 0, 8);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_imports(&pe, data, "a.dll:One");
    pe_exports(&pe, data, "a.dll", "One");
    pe.sections[0].virtual_len = 0x1000;
    pe_finish(&pe);
    vpi_arena_init(&arena, 0);
    vpi_image_init(&image, &arena);
    vpi_source_init(&src, &ops, &pe, pe.len, &arena);
    vpi_format_read(&image, &src);
    ck_assert_int_eq(image.format, VP_FORMAT_PE32_PLUS);
    ck_assert_uint_eq(image.import_count, 0);
    ck_assert_uint_eq(image.gap_count, 1);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_READ_FAILED);
    vpi_arena_done(&arena);
    pe_build_done(&pe);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_file_with_65535_sections_is_read_up_to_the_maximum)                                     \
    TEST(overlapping_sections_are_looked_up_in_the_first_that_holds_the_address)                   \
    TEST(a_section_ends_where_the_next_begins)                                                     \
    TEST(a_table_of_zeros_or_nonsense_ends_the_sections)                                           \
    TEST(every_directory_may_point_anywhere)                                                       \
    TEST(a_header_offset_at_the_end_or_beyond_is_no_pe)                                            \
    TEST(what_cannot_be_read_is_one_gap)
#include "check_main.h"
