/* test_pe_resource.c - the resource tree and VERSIONINFO */
#include "pe_read.h"

static struct pe_build pe;
static struct pe_read read;
static struct pe_bytes *data;

static void begin(void)
{
    pe_build_init(&pe, true);
    data = pe_section(&pe, ".rsrc");
}

static void finish(void)
{
    pe_resources(&pe, data);
    pe_read_build(&read, &pe);
}

static void done(void)
{
    pe_read_done(&read);
    pe_build_done(&pe);
}

static void text_is(size_t index, const char *field, const char *value, unsigned language)
{
    ck_assert_uint_lt(index, read.image.text_count);
    const struct image_text *text = &read.image.texts[index];
    ck_assert_str_eq(text->field, field);
    pe_read_is(text->utf8, value);
    ck_assert_uint_eq(text->language, language);
    /* The place is that of the value. */
    ck_assert_uint_le(text->off + text->len, pe.len);
    ck_assert_uint_eq(pe.bytes[text->off] | pe.bytes[text->off + 1] << 8,
                      text->utf8.data[0] < 0x80 ? text->utf8.data[0] : 0x5361);
}

START_TEST(version_texts_of_every_language_are_read)
{
    begin();
    pe_version(&pe, data, "040904b0", "CompanyName=Example Ltd\0FileVersion=1.2\0");
    pe_version(&pe, data, "080404B0", "CompanyName=卡巴斯基\0Own Field=x\0");
    pe.resources[1].id = 2;
    finish();
    ck_assert_uint_eq(read.image.text_count, 4);
    text_is(0, "CompanyName", "Example Ltd", 0x409);
    text_is(1, "FileVersion", "1.2", 0x409);
    text_is(2, "CompanyName", "卡巴斯基", 0x804);
    text_is(3, "Own Field", "x", 0x804);
    ck_assert_uint_eq(read.image.texts[0].code_page, 0x4b0);
    ck_assert_str_eq(read.image.fixed_file_version, "1.2.3.4");
    ck_assert_str_eq(read.image.fixed_product_version, "5.6.7.8");
    done();
}
END_TEST

START_TEST(empty_texts_and_bad_language_keys_are_tolerated)
{
    begin();
    pe_version(&pe, data, "zzzz", "CompanyName=\0ProductName=P\0");
    finish();
    ck_assert_uint_eq(read.image.text_count, 1);
    text_is(0, "ProductName", "P", 0);
    done();
}
END_TEST

/* The block whose key is `key`, in the file. */
static size_t block_of(const char *key)
{
    struct pe_bytes utf16 = {0};
    pe_put_utf16(&utf16, key);
    size_t found = 0;
    for (size_t i = 6; i + utf16.len <= pe.len && !found; i++) {
        if (memcmp(pe.bytes + i, utf16.data, utf16.len) == 0)
            found = i - 6;
    }
    free(utf16.data);
    ck_assert_uint_ne(found, 0);
    return found;
}

static void changed(const char *key, size_t field, uint16_t value)
{
    pe_read_done(&read);
    size_t off = block_of(key) + field;
    uint8_t before[2] = {pe.bytes[off], pe.bytes[off + 1]};
    pe.bytes[off] = (uint8_t)value;
    pe.bytes[off + 1] = (uint8_t)(value >> 8);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    memcpy(pe.bytes + off, before, 2);
}

START_TEST(lengths_of_sloppy_compilers_are_understood)
{
    begin();
    pe_version(&pe, data, "040904b0", "CompanyName=Example\0ProductName=Thing\0");
    finish();
    changed("CompanyName", 2, 16); /* in bytes: the NUL ends the value */
    text_is(0, "CompanyName", "Example", 0x409);
    text_is(1, "ProductName", "Thing", 0x409);
    changed("CompanyName", 2, 3); /* shorter than its text */
    text_is(0, "CompanyName", "Exa", 0x409);
    changed("CompanyName", 0, 0); /* then it is the last one */
    ck_assert_uint_eq(read.image.text_count, 1);
    changed("StringFileInfo", 2, 5); /* a value where blocks should be */
    ck_assert_uint_eq(read.image.text_count, 0);
    changed("VS_VERSION_INFO", 6, 'X');
    ck_assert_uint_eq(read.image.text_count, 0);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    done();
}
END_TEST

START_TEST(texts_that_overlap_cost_no_more_than_the_resource)
{
    struct pe_bytes texts = {0};
    for (int i = 0; i < 200; i++) {
        pe_put(&texts, "Name=", 5);
        for (int k = 0; k < 20; k++)
            pe_put(&texts, "value", 5);
        pe_put_uint(&texts, 0, 1);
    }
    pe_put_uint(&texts, 0, 1);
    begin();
    pe_version(&pe, data, "040904b0", (const char *)texts.data);
    free(texts.data);
    finish();
    ck_assert_uint_eq(read.image.text_count, 200);
    pe_read_done(&read);
    /* No NUL any more, values as long as can be, and the next block inside of this one. */
    size_t off = block_of("Name"), size = pe.resources[0].len, words = 0;
    for (size_t i = off; i + 24 < off + size - 200; i += 24) {
        static const uint8_t block[24] = {24,  0, 0xff, 0xff, 1,   0, 'K', 0, 0,   0, 0,   0,
                                          'V', 1, 'V',  1,    'V', 1, 'V', 1, 'V', 1, 'V', 1};
        memcpy(pe.bytes + i, block, sizeof block);
        memcpy(pe.bytes + i + 12, "VVVVVVVVVVVV", 12);
        words++;
    }
    ck_assert_uint_gt(words, 1000);
    pe_read_bytes(&read, pe.bytes, pe.len, 0);
    uint64_t total = 0;
    for (size_t i = 0; i < read.image.text_count; i++)
        total += read.image.texts[i].len;
    ck_assert_uint_le(total, size);
    done();
}
END_TEST

START_TEST(resources_know_type_name_language_and_place)
{
    begin();
    pe_resource(&pe, data, 24, 1, 0x409, "<assembly/>", 11);
    pe_resource(&pe, data, 3, 5, 0x419, "icon", 4);
    pe_resource(&pe, data, 0, 0, 0, "typelib", 7);
    pe.resources[2].type_name = "TYPELIB";
    pe.resources[2].name = "имя";
    finish();
    /* The builder counts a name's bytes, not its characters: the NUL and what follows are in it. */
    ck_assert_uint_eq(read.image.blob_count, 3);
    const struct image_blob *b = read.image.blobs;
    ck_assert_int_eq(b[0].type, BLOB_MANIFEST);
    pe_read_is(b[0].bytes, "<assembly/>");
    ck_assert_uint_eq(b[0].language, 0x409);
    ck_assert_int_eq(b[1].type, BLOB_ICON);
    ck_assert_uint_eq(b[1].id, 5);
    ck_assert_uint_eq(b[1].kind, 3);
    ck_assert_int_eq(memcmp(pe.bytes + b[1].off, "icon", 4), 0);
    ck_assert_uint_eq(b[1].len, 4);
    ck_assert_int_eq(b[2].type, BLOB_RESOURCE);
    pe_read_is(b[2].kind_name, "TYPELIB");
    pe_read_is(span_first(b[2].name, 6), "имя");
    ck_assert_uint_eq(b[2].kind, 0);
    done();
}
END_TEST

START_TEST(data_beyond_its_section_has_no_place)
{
    begin();
    pe_resource(&pe, data, 3, 5, 0, "icon", 4);
    pe.resources[0].len = 0x10000;
    finish();
    ck_assert_uint_eq(read.image.blob_count, 1);
    ck_assert_uint_eq(read.image.blobs[0].off, VP_NONE);
    ck_assert(pe_read_noted(&read, VP_NOTE_TRUNCATED));
    done();
}
END_TEST

START_TEST(directories_that_point_at_each_other_end)
{
    begin();
    /* Every entry of the root leads to the root again. */
    pe_put_uint(data, 0, 14);
    pe_put_uint(data, 4000, 2);
    for (int i = 0; i < 4000; i++) {
        pe_put_uint(data, 16, 4);
        pe_put_uint(data, 0x80000000, 4);
    }
    pe.directories[2].address = data->address;
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.blob_count, 0);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    done();
}
END_TEST

START_TEST(one_piece_of_data_named_a_million_times_is_bounded)
{
    begin();
    /* 4000 types, each with the same 4000 names, each leading to the same version resource. */
    pe_put_uint(data, 0, 14);
    pe_put_uint(data, 4000, 2);
    for (int i = 0; i < 4000; i++) {
        pe_put_uint(data, 16, 4);
        pe_put_uint(data, 0x80000000u | (16 + 4000 * 8), 4);
    }
    pe_put_uint(data, 0, 14);
    pe_put_uint(data, 4000, 2);
    for (int i = 0; i < 4000; i++) {
        pe_put_uint(data, 1, 4);
        pe_put_uint(data, 2 * (16 + 4000 * 8), 4);
    }
    pe_put_uint(data, data->address, 4);
    pe_put_uint(data, 60000, 4);
    pe_put_uint(data, 0, 8);
    pe.directories[2].address = data->address;
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.blob_count, IMAGE_BLOBS_MOST);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    done();
}
END_TEST

#define TESTS                                                                                      \
    TEST(version_texts_of_every_language_are_read)                                                 \
    TEST(empty_texts_and_bad_language_keys_are_tolerated)                                          \
    TEST(lengths_of_sloppy_compilers_are_understood)                                               \
    TEST(texts_that_overlap_cost_no_more_than_the_resource)                                        \
    TEST(resources_know_type_name_language_and_place)                                              \
    TEST(data_beyond_its_section_has_no_place)                                                     \
    TEST(directories_that_point_at_each_other_end)                                                 \
    TEST(one_piece_of_data_named_a_million_times_is_bounded)
#include "check_main.h"
