/* test_pe_certificate.c - the certificate table, and what Authenticode hashes */
#include "pe_read.h"

static struct pe_build pe;
static struct pe_read read;

static void done(void)
{
    pe_read_done(&read);
    pe_build_done(&pe);
}

static void range_is(size_t index, size_t from, size_t to)
{
    ck_assert_uint_lt(index, read.image.signed_range_count);
    ck_assert_uint_eq(read.image.signed_ranges[index].off, from);
    ck_assert_uint_eq(read.image.signed_ranges[index].len, to - from);
}

START_TEST(a_signed_file_is_hashed_without_checksum_entry_and_table)
{
    for (int plus = 0; plus < 2; plus++) {
        pe_build_rich_file(&pe, plus);
        pe_read_bytes(&read, pe.bytes, pe.len, 0);
        ck_assert(read.image.has_signature_table);
        ck_assert_uint_eq(read.image.signed_padding, 0);
        ck_assert_uint_eq(read.image.signed_range_count, 3);
        range_is(0, 0, pe.checksum_off);
        range_is(1, pe.checksum_off + 4, pe.security_off);
        range_is(2, pe.security_off + 8, pe.certificates_off);
        done();
    }
}
END_TEST

START_TEST(what_follows_the_table_is_hashed_too)
{
    pe_build_rich_file(&pe, true);
    pe.bytes[pe.security_off + 4] -= 8; /* the second entry is now behind the table */
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    ck_assert_uint_eq(read.image.signed_range_count, 4);
    range_is(3, pe.len - 8, pe.len);
    done();
}
END_TEST

START_TEST(an_unsigned_file_is_padded_to_eight)
{
    for (size_t extra = 0; extra < 8; extra++) {
        pe_build_init(&pe, true);
        pe_put(pe_section(&pe, ".text"), "code", 4);
        pe_put(&pe.overlay, "1234567", extra);
        pe_read_build(&read, &pe);
        ck_assert(!read.image.has_signature_table);
        ck_assert_uint_eq(read.image.signed_padding, (8 - extra) % 8);
        ck_assert_uint_eq(read.image.signed_range_count, 3);
        range_is(2, pe.security_off + 8, pe.len);
        done();
    }
}
END_TEST

START_TEST(without_a_security_directory_only_the_checksum_is_left_out)
{
    pe_build_init(&pe, false);
    pe.directory_count = 4;
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.signed_range_count, 2);
    range_is(0, 0, pe.checksum_off);
    range_is(1, pe.checksum_off + 4, pe.len);
    done();
}
END_TEST

START_TEST(every_entry_of_the_table_is_a_signature)
{
    pe_build_rich_file(&pe, true);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    size_t count = 0;
    for (size_t i = 0; i < read.image.blob_count; i++) {
        const struct image_blob *blob = &read.image.blobs[i];
        if (blob->type != BLOB_SIGNATURE)
            continue;
        ck_assert_uint_eq(blob->id, 2);
        ck_assert_uint_eq(blob->kind, 0x200);
        ck_assert_uint_eq(blob->off, pe.certificates_off + 8 + count * 16);
        ck_assert_uint_eq(blob->bytes.len, count == 0 ? 5 : 2);
        count++;
    }
    ck_assert_uint_eq(count, 2);
    done();
}
END_TEST

START_TEST(an_entry_with_a_wrong_length_is_noted)
{
    static const uint8_t wrong[] = {0, 1, 8, 200};
    for (size_t i = 0; i < sizeof wrong; i++) {
        pe_build_rich_file(&pe, true);
        pe.bytes[pe.certificates_off] = wrong[i];
        pe_read_bytes(&read, pe.bytes, pe.len, 0);
        ck_assert(pe_read_noted(&read, VP_NOTE_SIGNATURE_UNREADABLE));
        ck_assert_ptr_null(pe_read_blob(&read, BLOB_SIGNATURE));
        done();
    }
}
END_TEST

START_TEST(a_table_elsewhere_is_no_signature_and_its_range_is_never_left_out)
{
    static const uint32_t places[] = {1, 0x90, 0x7fffffff};
    for (size_t i = 0; i < 3; i++) {
        pe_build_init(&pe, true);
        pe.directories[4].address = places[i];
        pe.directories[4].len = 0x100;
        pe_read_build(&read, &pe);
        ck_assert(!read.image.has_signature_table);
        ck_assert_uint_gt(read.image.note_count, 0);
        range_is(2, pe.security_off + 8, pe.len);
        done();
    }
}
END_TEST

START_TEST(a_table_cut_off_is_noted_and_its_whole_entries_are_read)
{
    pe_build_rich_file(&pe, true);
    pe_read_bytes(&read, pe.bytes, pe.len - 10, 0);
    ck_assert(read.image.has_signature_table);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    ck_assert_ptr_nonnull(pe_read_blob(&read, BLOB_SIGNATURE));
    done();
}
END_TEST

START_TEST(thousands_of_tiny_entries_are_a_gap)
{
    pe_build_init(&pe, true);
    for (int i = 0; i < 5000; i++)
        pe_certificate(&pe, "\x30", 1);
    pe_read_build(&read, &pe);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    ck_assert_uint_eq(read.image.blob_count, 64);
    done();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_signed_file_is_hashed_without_checksum_entry_and_table)                                 \
    TEST(what_follows_the_table_is_hashed_too)                                                     \
    TEST(an_unsigned_file_is_padded_to_eight)                                                      \
    TEST(without_a_security_directory_only_the_checksum_is_left_out)                               \
    TEST(every_entry_of_the_table_is_a_signature)                                                  \
    TEST(an_entry_with_a_wrong_length_is_noted)                                                    \
    TEST(a_table_elsewhere_is_no_signature_and_its_range_is_never_left_out)                        \
    TEST(a_table_cut_off_is_noted_and_its_whole_entries_are_read)                                  \
    TEST(thousands_of_tiny_entries_are_a_gap)
#include "check_main.h"
