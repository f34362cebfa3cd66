/* test_pages.c - digests of pages in an Authenticode signature */
#include "crypto/der_builder.h"
#include "package_build.h"
#include "trust/signed_data.h"
#include "work.h"

enum { PAGE = 4096, HEADERS = 1024, CHECKSUM = 88, ENTRY = 152, FIRST = 1024, SECOND = 9728 };

#define OID(bytes)    (bytes), sizeof(bytes) - 1
#define PAGE_HASHES_2 "\x2b\x06\x01\x04\x01\x82\x37\x02\x03\x02"
#define INDIRECT      "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"
#define PE_IMAGE_DATA "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f"
#define SHA256_OID    "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define PAGE_CLASS    "\xa6\xb5\x86\xd5\xb4\xa1\x24\x66\xae\x05\xa2\x17\xda\x8e\x60\xd6"

static uint8_t file[10240];

/* Headers, a section of three pages the last of which is short, a short section. */
static void file_make(struct bench *bench)
{
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 13 >> 4);
    bench_open(bench, span_of(file, sizeof file), 0);
    struct image *image = &bench->image;
    image->signed_header_len = HEADERS;
    image->signed_ranges[0] = (struct source_range){0, CHECKSUM};
    image->signed_ranges[1] = (struct source_range){CHECKSUM + 4, ENTRY - CHECKSUM - 4};
    image->signed_ranges[2] = (struct source_range){ENTRY + 8, sizeof file - ENTRY - 8};
    image->signed_range_count = 3;
    const uint64_t sections[][2] = {{FIRST, SECOND - FIRST}, {0, 0}, {SECOND, 512}};
    for (size_t i = 0; i < 3; i++) {
        struct image_section *section = vpi_image_section(image);
        section->off = sections[i][0];
        section->len = sections[i][1];
    }
}

static void put_row(struct bench *bench, struct package *table, uint64_t off, struct package *page)
{
    uint8_t digest[DIGEST_MOST];
    if (page->len % PAGE)
        package_zeros(page, PAGE - page->len % PAGE);
    ck_assert(vpi_digest(bench->crypto, DIGEST_SHA256, span_of(page->bytes, page->len), digest));
    package_uint(table, off, 4);
    package_put(table, digest, 32);
    page->len = 0;
}

static struct span table_make(struct bench *bench)
{
    struct package table = {NULL, 0, 0}, page = {NULL, 0, 0};
    uint8_t digest[DIGEST_MOST];
    package_put(&page, file, CHECKSUM);
    package_put(&page, file + CHECKSUM + 4, ENTRY - CHECKSUM - 4);
    package_put(&page, file + ENTRY + 8, HEADERS - ENTRY - 8);
    package_zeros(&page, PAGE - HEADERS);
    ck_assert(vpi_digest(bench->crypto, DIGEST_SHA256, span_of(page.bytes, page.len), digest));
    package_uint(&table, 0, 4);
    package_put(&table, digest, 32);
    page.len = 0;
    for (uint64_t off = FIRST; off < SECOND; off += PAGE) {
        package_put(&page, file + off, off + PAGE < SECOND ? PAGE : SECOND - off);
        put_row(bench, &table, off, &page);
    }
    package_put(&page, file + SECOND, 512);
    put_row(bench, &table, SECOND, &page);
    package_uint(&table, SECOND + 512, 4);
    package_zeros(&table, 32);
    free(page.bytes);
    return package_take(&table);
}

static bool match(struct bench *bench, struct span table)
{
    struct signed_content content = {.pages = table, .pages_algorithm = DIGEST_SHA256};
    return vpi_pages_match(&bench->work, &content);
}

START_TEST(the_pages_of_headers_and_sections_match)
{
    struct bench bench;
    file_make(&bench);
    struct span table = table_make(&bench);
    ck_assert(match(&bench, table));
    for (size_t len = 0; len < table.len; len++) {
        struct span part = exact_copy(span_first(table, len));
        ck_assert(!match(&bench, part));
        exact_free(part);
    }
    for (size_t at = 0; at < table.len; at++) {
        ((uint8_t *)(uintptr_t)table.data)[at] ^= 4;
        ck_assert(!match(&bench, table));
        ((uint8_t *)(uintptr_t)table.data)[at] ^= 4;
    }
    package_free(table);
    bench_close(&bench);
}
END_TEST

START_TEST(a_changed_byte_is_seen_and_what_is_left_out_is_not)
{
    struct bench bench;
    file_make(&bench);
    struct span table = table_make(&bench);
    for (size_t at = 0; at < sizeof file; at += at < 200 ? 1 : 97) {
        bool left_out = (at >= CHECKSUM && at < CHECKSUM + 4) || (at >= ENTRY && at < ENTRY + 8);
        file[at] ^= 1;
        ck_assert_msg(match(&bench, table) == left_out, "at %zu", at);
        file[at] ^= 1;
    }
    package_free(table);
    bench_close(&bench);
}
END_TEST

START_TEST(headers_longer_than_a_page_and_unknown_digests_match_nothing)
{
    struct bench bench;
    file_make(&bench);
    struct span table = table_make(&bench);
    struct signed_content content = {.pages = table};
    ck_assert(!vpi_pages_match(&bench.work, &content));
    bench.image.signed_header_len = PAGE + 1;
    ck_assert(!match(&bench, table));
    package_free(table);
    bench_close(&bench);
}
END_TEST

START_TEST(sections_that_share_their_bytes_are_not_read_for_ever)
{
    struct bench bench;
    file_make(&bench);
    struct span table = table_make(&bench);
    for (size_t i = 0; i < 100; i++) {
        struct image_section *section = vpi_image_section(&bench.image);
        section->len = sizeof file;
    }
    ck_assert(!match(&bench, table));
    ck_assert_uint_lt(bench.work.pass.bytes_hashed, 4 * sizeof file);
    package_free(table);
    bench_close(&bench);
}
END_TEST

static void put_oid(struct der_builder *b, const char *oid, size_t len)
{
    put_value(b, DER_OID, oid, len);
}

START_TEST(the_table_stands_in_the_image_data)
{
    struct der_builder *b = builder_new(), *data = builder_new();
    struct signed_content content = {.type = {NULL, 0}};
    struct arena arena;
    vpi_arena_init(&arena, 0);
    open_value(data, DER_SET);
    open_value(data, DER_SEQUENCE);
    put_oid(data, OID(PAGE_HASHES_2));
    open_value(data, DER_SET);
    put_text(data, DER_OCTET_STRING, "the table");
    close_value(data);
    close_value(data);
    close_value(data);

    put_oid(b, OID(INDIRECT));
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SEQUENCE);
    put_oid(b, OID(PE_IMAGE_DATA));
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_BIT_STRING, "", 1);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_CONTEXT_CONSTRUCTED | 1);
    put_value(b, DER_OCTET_STRING, OID(PAGE_CLASS));
    put_value(b, DER_OCTET_STRING, data->bytes, data->len);
    for (int i = 0; i < 4; i++)
        close_value(b);
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SEQUENCE);
    put_oid(b, OID(SHA256_OID));
    close_value(b);
    put_text(b, DER_OCTET_STRING, "digest");
    for (int i = 0; i < 3; i++)
        close_value(b);
    vpi_spc_content_read(&arena, span_of(b->bytes, b->len), &content);
    ck_assert(content.page_hashes);
    ck_assert_int_eq(content.pages_algorithm, DIGEST_SHA256);
    ck_assert(span_equal(content.pages, span_text("the table")));
    free(b);
    free(data);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_pages_of_headers_and_sections_match)                                                  \
    TEST(a_changed_byte_is_seen_and_what_is_left_out_is_not)                                       \
    TEST(headers_longer_than_a_page_and_unknown_digests_match_nothing)                             \
    TEST(sections_that_share_their_bytes_are_not_read_for_ever)                                    \
    TEST(the_table_stands_in_the_image_data)
#include "../check_main.h"
