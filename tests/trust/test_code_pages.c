/* test_code_pages.c - pages beside the digests that a directory has of them */
#include "apple_forge.h"
#include "trust/code_pages.h"

static struct crypto *crypto;
static struct code_signature signature;
static struct macho_part directory;
static uint8_t code[CODE_LEN];

/* A directory of CODE_LEN bytes of code: three pages. */
static void begin(uint8_t type)
{
    struct macho_part parts[6] = {{0}};
    struct apple_forgery f = {.team = "TEAM"};
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(i / 3);
    directory = directory_put(&f, span_of(code, sizeof code), parts, type, "TEAM");
}

static void set_u32(size_t off, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        directory.data[off + i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Feeds the code in pieces of `step` bytes; the first page that differs, or 99: none. */
static uint32_t compare(size_t step)
{
    struct code_pages pages;
    struct span all = span_of(code, sizeof code);
    ck_assert(vpi_code_signature_read(crypto, span_of(directory.data, directory.len), &signature));
    if (!vpi_code_pages_begin(&pages, crypto, &signature.directories[0]))
        return 77;
    for (; all.len; all = span_from(all, step < all.len ? step : all.len))
        vpi_code_pages_add(&pages, span_first(all, step));
    if (vpi_code_pages_end(&pages))
        return 99;
    return pages.first_wrong < pages.pages ? pages.first_wrong : 88;
}

START_TEST(pages_are_compared_in_pieces_of_any_size)
{
    static const size_t steps[] = {1, 7, 4095, 4096, 4097, 8999, CODE_LEN};
    for (uint8_t type = 1; type <= 4; type++) {
        begin(type);
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
            ck_assert_uint_eq(compare(steps[i]), 99);
        for (size_t at = 0; at < CODE_LEN; at += 997) {
            code[at] ^= 1;
            ck_assert_uint_eq(compare(1000), at / PAGE);
            code[at] ^= 1;
        }
        free(directory.data);
    }
}
END_TEST

START_TEST(code_that_ends_early_is_not_compared_whole)
{
    struct code_pages pages;
    begin(2);
    ck_assert_uint_eq(compare(CODE_LEN), 99);
    ck_assert(vpi_code_pages_begin(&pages, crypto, &signature.directories[0]));
    ck_assert(!vpi_code_pages_end(&pages));
    vpi_code_pages_add(&pages, span_of(code, CODE_LEN - 1));
    ck_assert(!vpi_code_pages_end(&pages));
    vpi_code_pages_add(&pages, span_of(code + CODE_LEN - 1, 1));
    ck_assert(vpi_code_pages_end(&pages));
    vpi_code_pages_add(&pages, span_of(code, CODE_LEN)); /* what follows is none of its business */
    ck_assert(vpi_code_pages_end(&pages));
    free(directory.data);
}
END_TEST

START_TEST(one_page_may_be_all_of_the_code)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    begin(2);
    directory.data[39] = 0; /* page size */
    set_u32(28, 1);
    md_put(2, span_of(code, sizeof code), digest);
    memcpy(directory.data + directory.len - 96, digest, 32);
    ck_assert_uint_eq(compare(777), 99);
    code[8999] ^= 1;
    ck_assert_uint_eq(compare(777), 0);
    free(directory.data);
}
END_TEST

START_TEST(counts_that_contradict_each_other_are_refused)
{
    static const struct {
        size_t off;
        uint32_t value;
    } lies[] = {{28, 2},          {28, 4}, {28, 0xffffffff}, {32, 0}, {32, 0xffffffff},
                {16, 0xffffffff}, {16, 0}, {16, 40},         {44, 1}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        begin(2);
        set_u32(lies[i].off, lies[i].value);
        ck_assert_uint_eq(compare(4096), 77);
        free(directory.data);
    }
    begin(2);
    directory.data[36] = 20; /* of a hash of 32 bytes */
    ck_assert_uint_eq(compare(4096), 77);
    directory.data[36] = 32;
    directory.data[39] = 63;
    ck_assert_uint_eq(compare(4096), 77);
    free(directory.data);
}
END_TEST

START_TEST(a_special_slot_stands_before_the_pages)
{
    struct span slot;
    begin(2);
    ck_assert_uint_eq(compare(4096), 99);
    const struct code_directory *d = &signature.directories[0];
    ck_assert(vpi_code_special(d, 1, &slot));
    ck_assert_ptr_eq(slot.data, d->whole.data + d->hash_off - 32);
    ck_assert(vpi_code_special(d, 5, &slot));
    ck_assert(!vpi_code_special(d, 6, &slot) && !vpi_code_special(d, 0, &slot));
    ck_assert(vpi_code_slot(d, 2, &slot) && !vpi_code_slot(d, 3, &slot));
    free(directory.data);
    vpi_crypto_free(crypto);
}
END_TEST

#define TESTS                                                                                      \
    TEST(pages_are_compared_in_pieces_of_any_size)                                                 \
    TEST(code_that_ends_early_is_not_compared_whole)                                               \
    TEST(one_page_may_be_all_of_the_code)                                                          \
    TEST(counts_that_contradict_each_other_are_refused)                                            \
    TEST(a_special_slot_stands_before_the_pages)
#include "../check_main.h"
