/* test_code_signature.c - superblobs, code directories and what else stands in them */
#include <check.h>

#include "macho_build.h"
#include "trust/code_signature.h"

static struct crypto *crypto;
static struct code_signature signature;
static struct macho_part bytes;

static void begin(void)
{
    bytes = (struct macho_part){0};
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
}

/* From a buffer of exactly the size, which is kept until `end`. */
static bool read_exactly(const void *data, size_t len, uint8_t **ret_exact)
{
    uint8_t *exact = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(exact);
    if (len)
        memcpy(exact, data, len);
    *ret_exact = exact;
    return vpi_code_signature_read(crypto, span_of(exact, len), &signature);
}

static bool read_built(void)
{
    return vpi_code_signature_read(crypto, span_of(bytes.data, bytes.len), &signature);
}

static unsigned touch(void)
{
    unsigned sum = 0;
    const struct span *parts[] = {&signature.requirements, &signature.entitlements,
                                  &signature.entitlements_der, &signature.cms};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < parts[i]->len; k++)
            sum += parts[i]->data[k];
    }
    ck_assert_uint_le(signature.directory_count, CODE_DIRECTORIES_MOST);
    ck_assert_uint_le(signature.chosen, signature.directory_count);
    for (size_t i = 0; i < signature.directory_count; i++) {
        const struct code_directory *d = &signature.directories[i];
        for (size_t k = 0; k < d->identifier.len; k++)
            sum += d->identifier.data[k];
        for (size_t k = 0; k < d->team_id.len; k++)
            sum += d->team_id.data[k];
    }
    return sum;
}

static void is(struct span found, const char *text)
{
    ck_assert_msg(span_equal(found, span_text(text)), "'%.*s' is not '%s'", (int)found.len,
                  (const char *)found.data, text);
}

START_TEST(each_part_is_found)
{
    begin();
    signature_sample(&bytes, "CMS", 3);
    ck_assert(read_built());
    ck_assert_uint_eq(signature.directory_count, 2);
    ck_assert(!signature.malformed && !signature.cut_short);
    for (size_t i = 0; i < 2; i++) {
        is(signature.directories[i].identifier, "com.example.thing");
        is(signature.directories[i].team_id, "ABCDE12345");
        ck_assert_mem_eq(bytes.data + signature.directories[i].off, "\xfa\xde\x0c\x02", 4);
    }
    ck_assert_uint_eq(signature.requirements.len, 12);
    is(signature.entitlements, "<plist><dict/></plist>");
    is(signature.cms, "CMS");
    ck_assert_mem_eq(bytes.data + signature.cms_off, "CMS", 3);
    free(bytes.data);
}
END_TEST

/* By hand: each directory's digest is that of its own bytes, of the hash that it names. */
START_TEST(a_cdhash_is_the_digest_of_the_directory_by_its_own_hash)
{
    static const struct {
        uint8_t type;
        enum digest_algorithm algorithm;
    } kinds[] = {{1, DIGEST_SHA1},
                 {2, DIGEST_SHA256},
                 {3, DIGEST_SHA256},
                 {4, DIGEST_SHA384},
                 {5, DIGEST_SHA512}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint8_t digest[DIGEST_MOST];
        begin();
        signature_directory(&bytes, kinds[i].type, "id", NULL, 2);
        ck_assert(read_built());
        ck_assert_uint_eq(signature.directory_count, 1);
        ck_assert(vpi_digest(crypto, kinds[i].algorithm, span_of(bytes.data, bytes.len), digest));
        ck_assert(signature.directories[0].has_cdhash);
        ck_assert_mem_eq(signature.directories[0].cdhash, digest, CDHASH_LEN);
        ck_assert_uint_eq(signature.directories[0].flags, CODE_ADHOC);
        ck_assert_uint_eq(signature.directories[0].team_id.len, 0);
        free(bytes.data);
    }
}
END_TEST

START_TEST(the_kernel_takes_the_best_hash_that_it_knows)
{
    static const struct {
        uint8_t types[3];
        size_t chosen;
    } rows[] = {{{1, 2, 3}, 1}, {{2, 1, 1}, 0}, {{1, 3, 1}, 1}, {{2, 4, 3}, 1},
                {{5, 1, 9}, 1}, {{5, 9, 0}, 3}, {{2, 2, 1}, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct signature_slot slots[3] = {{0}, {0x1000, {0}}, {0x1001, {0}}};
        begin();
        for (size_t k = 0; k < 3; k++)
            signature_directory(&slots[k].blob, rows[i].types[k], "id", NULL, 0);
        signature_super(&bytes, slots, 3);
        ck_assert(read_built());
        ck_assert_uint_eq(signature.directory_count, 3);
        ck_assert_uint_eq(signature.chosen, rows[i].chosen);
        ck_assert_int_eq(signature.directories[2].has_cdhash,
                         rows[i].types[2] < 9 && rows[i].types[2]);
        free(bytes.data);
    }
}
END_TEST

START_TEST(a_version_without_teams_has_none)
{
    begin();
    signature_directory(&bytes, 2, "id", "TEAM", 0);
    bytes.data[10] = 0x01; /* version 0x20100 */
    ck_assert(read_built());
    ck_assert_uint_eq(signature.directories[0].team_id.len, 0);
    free(bytes.data);
}
END_TEST

START_TEST(texts_outside_of_the_directory_or_without_an_end_are_none)
{
    begin();
    signature_directory(&bytes, 2, "id", "TEAM", 0);
    for (unsigned off = 0; off < 256; off++) {
        bytes.data[20 + 3] = (uint8_t)off;
        bytes.data[48 + 3] = (uint8_t)off;
        ck_assert(read_built());
        const struct code_directory *d = &signature.directories[0];
        ck_assert(off >= 44 || d->identifier.len == 0);
        ck_assert(off < bytes.len || d->identifier.len == 0);
        ck_assert(off == 0 || span_equal(d->identifier, d->team_id));
        touch();
    }
    free(bytes.data);
}
END_TEST

START_TEST(alternates_beyond_those_of_the_kernel_are_not_read)
{
    struct signature_slot slots[8] = {{0}};
    begin();
    for (uint32_t i = 0; i < 8; i++) {
        slots[i].slot = i ? 0x1000 + i - 1 : 0;
        signature_directory(&slots[i].blob, 1, "id", NULL, 0);
    }
    signature_super(&bytes, slots, 8);
    ck_assert(read_built());
    ck_assert_uint_eq(signature.directory_count, 6);
    ck_assert(!signature.cut_short);
    free(bytes.data);
}
END_TEST

START_TEST(one_directory_named_many_times_is_hashed_a_few_times)
{
    begin();
    macho_put_uint(&bytes, 0xfade0cc0, 4, true);
    macho_put_uint(&bytes, 12 + 8 * 1000 + 100, 4, true);
    macho_put_uint(&bytes, 1000, 4, true);
    for (unsigned i = 0; i < 1000; i++) {
        macho_put_uint(&bytes, 0, 4, true);
        macho_put_uint(&bytes, 12 + 8 * 1000, 4, true);
    }
    signature_directory(&bytes, 1, "id", NULL, 0);
    ck_assert(read_built());
    ck_assert_uint_eq(signature.directory_count, CODE_DIRECTORIES_MOST);
    ck_assert(signature.cut_short);
    free(bytes.data);
}
END_TEST

START_TEST(damaged_slots_cost_only_themselves)
{
    static const char *const magics[] = {"\xfa\xde\x0c\x01", "\xfa\xde\x71\x71",
                                         "\xfa\xde\x0b\x01"};
    for (size_t i = 0; i < 3; i++) {
        begin();
        signature_sample(&bytes, "CMS", 3);
        for (size_t at = 0; at + 4 <= bytes.len; at++) {
            if (memcmp(bytes.data + at, magics[i], 4) == 0)
                bytes.data[at] = 0;
        }
        ck_assert(read_built());
        ck_assert(signature.malformed);
        ck_assert_uint_eq(signature.directory_count, 2);
        ck_assert_uint_eq(signature.requirements.len > 0, i != 0);
        ck_assert_uint_eq(signature.entitlements.len > 0, i != 1);
        ck_assert_uint_eq(signature.cms.len > 0, i != 2);
        free(bytes.data);
    }
}
END_TEST

START_TEST(other_bytes_are_no_signature)
{
    begin();
    ck_assert(!vpi_code_signature_read(crypto, span_text(""), &signature));
    ck_assert(!vpi_code_signature_read(crypto, span_text("\xfa\xde\x0c"), &signature));
    ck_assert(!vpi_code_signature_read(crypto, span_text("not a signature at all"), &signature));
}
END_TEST

START_TEST(every_prefix_and_every_flipped_byte_is_safe)
{
    uint8_t *exact;
    begin();
    signature_sample(&bytes, "CMS", 3);
    for (size_t len = 0; len < bytes.len; len++) {
        bool good = read_exactly(bytes.data, len, &exact);
        ck_assert_int_eq(good, len >= 12);
        if (good) {
            ck_assert(signature.malformed);
            touch();
        }
        free(exact);
    }
    for (size_t at = 0; at < bytes.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes.data[at] ^= (uint8_t)(1 << bit);
            if (read_exactly(bytes.data, bytes.len, &exact))
                touch();
            free(exact);
            bytes.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    free(bytes.data);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_part_is_found)                                                                       \
    TEST(a_cdhash_is_the_digest_of_the_directory_by_its_own_hash)                                  \
    TEST(the_kernel_takes_the_best_hash_that_it_knows)                                             \
    TEST(a_version_without_teams_has_none)                                                         \
    TEST(texts_outside_of_the_directory_or_without_an_end_are_none)                                \
    TEST(alternates_beyond_those_of_the_kernel_are_not_read)                                       \
    TEST(one_directory_named_many_times_is_hashed_a_few_times)                                     \
    TEST(damaged_slots_cost_only_themselves)                                                       \
    TEST(other_bytes_are_no_signature)                                                             \
    TEST(every_prefix_and_every_flipped_byte_is_safe)
#include "check_main.h"
