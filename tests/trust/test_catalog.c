/* test_catalog.c - what catalogs list, and an index of them */
#include "forge_catalog.h"
#include "format/format.h"
#include "trust/catalog_index.h"

static const uint8_t digest_a[32] = {0xaa, 1}, digest_b[32] = {0xbb, 2}, digest_c[32] = {0xcc, 3};
static struct crypto *crypto;
static struct party signer;

static void people_make(void)
{
    if (crypto)
        return;
    ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    signer = party_new((struct party_how){.organization = "Signer"});
}

/* Three members: an image, a flat file by SHA-1, one that has no digest; and a doubtful one. */
static struct span sample(void)
{
    const struct forged_member members[] = {
        {.digest = digest_a, .file = "a.sys"},
        {.digest = digest_b, .sha1 = true, .flat = true, .file = "b.inf"},
        {.file = "c.txt"},
        {.digest = digest_c, .twice = true}};
    people_make();
    struct forgery f = {.signer = &signer, .enclosed = {&signer}};
    return forge_catalog(&f, members, 4);
}

START_TEST(members_are_read_with_digest_and_name)
{
    struct span der = sample();
    struct arena arena;
    struct signed_data data;
    struct catalog_list list;
    struct catalog_member m;
    struct span name, text;
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_catalog_probe(der));
    ck_assert(vpi_signed_data_read(&arena, der, &data));
    ck_assert(vpi_catalog_read_list(&data.contents[0], &list));
    ck_assert(vpi_catalog_next(&list, &m));
    ck_assert(span_equal(m.digest, span_of(digest_a, 32)));
    ck_assert_int_eq(m.algorithm, DIGEST_SHA256);
    ck_assert(!m.flat);
    ck_assert(span_equal(m.file, span_of("a\0.\0s\0y\0s", 10)));
    ck_assert(vpi_catalog_next(&list, &m));
    ck_assert(span_equal(m.digest, span_of(digest_b, 20)));
    ck_assert_int_eq(m.algorithm, DIGEST_SHA1);
    ck_assert(m.flat);
    /* None, and two that contradict each other or not: no digest. */
    for (int i = 0; i < 2; i++) {
        ck_assert(vpi_catalog_next(&list, &m));
        ck_assert_uint_eq(m.digest.len, 0);
        ck_assert_int_eq(m.algorithm, 0);
    }
    ck_assert(!vpi_catalog_next(&list, &m));
    ck_assert_uint_eq(list.count, 4);
    ck_assert(vpi_catalog_attribute(&list, &name, &text));
    ck_assert(span_equal(name, span_of("\0H\0W\0I\0D\0"
                                       "1",
                                       10)));
    ck_assert_uint_eq(text.len, 2 * strlen("usb\\vid_1234"));
    ck_assert(!vpi_catalog_attribute(&list, &name, &text));
    vpi_arena_done(&arena);
    exact_free(der);
}
END_TEST

/* The number of catalogs in the index that list a digest. */
static size_t listed(const struct catalog_index *index, bool flat, enum digest_algorithm algorithm,
                     const uint8_t *digest)
{
    uint32_t numbers[8];
    return vpi_catalog_index_find(index, flat, algorithm, digest, numbers, 8);
}

START_TEST(an_index_finds_a_digest_of_its_kind_only)
{
    struct span der = sample();
    struct catalog_index index;
    uint32_t numbers[2];
    vpi_catalog_index_init(&index, 0);
    ck_assert(vpi_catalog_index_add(&index, crypto, "one.cat", der));
    ck_assert(vpi_catalog_index_add(&index, crypto, "two.cat", der));
    vpi_catalog_index_sort(&index);
    ck_assert_uint_eq(index.count, 2);
    ck_assert_uint_eq(index.row_count, 4);
    ck_assert_uint_eq(listed(&index, false, DIGEST_SHA256, digest_a), 2);
    ck_assert_uint_eq(listed(&index, true, DIGEST_SHA1, digest_b), 2);
    /* Not as what it isn't. */
    ck_assert_uint_eq(listed(&index, true, DIGEST_SHA256, digest_a), 0);
    ck_assert_uint_eq(listed(&index, false, DIGEST_SHA1, digest_a), 0);
    ck_assert_uint_eq(listed(&index, false, DIGEST_SHA1, digest_b), 0);
    ck_assert_uint_eq(listed(&index, true, DIGEST_SHA256, digest_b), 0);
    ck_assert_uint_eq(listed(&index, false, DIGEST_SHA256, digest_c), 0);
    ck_assert_uint_eq(listed(&index, false, DIGEST_MD5, digest_a), 0);
    ck_assert(index.has[false][true] && index.has[true][false]);
    ck_assert(!index.has[false][false] && !index.has[true][true]);
    ck_assert_uint_eq(vpi_catalog_index_find(&index, false, DIGEST_SHA256, digest_a, numbers, 1),
                      1);
    ck_assert_str_eq(index.catalogs[numbers[0]].name, "one.cat");
    vpi_catalog_index_done(&index);
    exact_free(der);
}
END_TEST

START_TEST(what_the_index_keeps_verifies_like_the_catalog_itself)
{
    struct span der = sample();
    struct catalog_index index;
    struct catalog_shelf shelf = {.index = NULL};
    static const struct trust nobody;
    vpi_catalog_index_init(&index, 0);
    ck_assert(vpi_catalog_index_add(&index, crypto, "one.cat", der));
    ck_assert_uint_lt(index.catalogs[0].blob.len, der.len);
    vpi_arena_init(&shelf.arena, 0);
    vpi_catalog_shelf_set(&shelf, &index);
    const struct shelf_catalog *catalog =
        vpi_catalog_shelf_get(&shelf, crypto, &nobody, 0, DIGEST_SHA256);
    ck_assert_ptr_nonnull(catalog);
    ck_assert_uint_eq(catalog->count, 1);
    const unsigned right = VP_SIGNATURE_CHECKED | VP_SIGNATURE_DIGEST_MATCHES |
                           VP_SIGNATURE_VERIFIES | VP_SIGNATURE_CATALOG;
    ck_assert_uint_eq(catalog->signatures[0].states & right, right);
    ck_assert_ptr_eq(vpi_catalog_shelf_get(&shelf, crypto, &nobody, 0, DIGEST_SHA256), catalog);
    ck_assert_ptr_ne(vpi_catalog_shelf_get(&shelf, crypto, &nobody, 0, DIGEST_SHA1), catalog);
    vpi_catalog_shelf_done(&shelf);
    vpi_catalog_index_done(&index);
    exact_free(der);
}
END_TEST

START_TEST(other_signed_data_is_no_catalog)
{
    people_make();
    struct forgery f = {.signer = &signer, .enclosed = {&signer}, .file_digest = digest_a};
    struct span authenticode = forge(&f);
    struct span list = forge_list(NULL, 0);
    struct span mistyped = forge_over(&f, TYPE_DATA, list);
    /* A trust list of certificates has another usage. */
    ((uint8_t *)(uintptr_t)list.data)[2 + 2 + 2 + 9] ^= 1;
    struct span certificates = forge_over(&f, TYPE_TRUST_LIST, list);
    struct span all[] = {authenticode, mistyped, certificates};
    struct catalog_index index;
    vpi_catalog_index_init(&index, 0);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(!vpi_catalog_probe(all[i]));
        ck_assert(!vpi_catalog_index_add(&index, crypto, "x", all[i]));
        exact_free(all[i]);
    }
    ck_assert_uint_eq(index.count, 0);
    ck_assert(!index.full);
    vpi_catalog_index_done(&index);
    exact_free(list);
}
END_TEST

/* Whatever is done to the bytes: no crash, and what verifies is what was signed. */
static void try_bytes(struct span der, size_t limit)
{
    struct catalog_index index;
    static const struct trust nobody;
    (void)vpi_catalog_probe(der);
    vpi_catalog_index_init(&index, limit);
    if (vpi_catalog_index_add(&index, crypto, "x", der)) {
        struct catalog_shelf shelf = {.index = NULL};
        vpi_arena_init(&shelf.arena, limit);
        vpi_catalog_shelf_set(&shelf, &index);
        vpi_catalog_index_sort(&index);
        const struct shelf_catalog *catalog =
            vpi_catalog_shelf_get(&shelf, crypto, &nobody, 0, DIGEST_SHA256);
        for (size_t i = 0; catalog && i < catalog->count; i++) {
            if (catalog->signatures[i].states & VP_SIGNATURE_VERIFIES)
                ck_assert_uint_eq(listed(&index, false, DIGEST_SHA256, digest_a), 1);
        }
        vpi_catalog_shelf_done(&shelf);
    }
    vpi_catalog_index_done(&index);
}

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    struct span der = sample();
    for (size_t len = 0; len < der.len; len++) {
        struct span prefix = exact_copy(span_first(der, len));
        try_bytes(prefix, 0);
        exact_free(prefix);
    }
    struct span copy = exact_copy(der);
    for (size_t at = 0; at < der.len; at++) {
        uint8_t *byte = (uint8_t *)(uintptr_t)copy.data + at;
        *byte ^= (uint8_t)(1u << at % 8);
        try_bytes(copy, 0);
        *byte ^= (uint8_t)(1u << at % 8);
    }
    exact_free(copy);
    for (size_t limit = 1; limit < 64 << 10; limit += limit / 4 + 1)
        try_bytes(der, limit);
    exact_free(der);
    party_free(&signer);
    vpi_crypto_free(crypto);
}
END_TEST

#define TESTS                                                                                      \
    TEST(members_are_read_with_digest_and_name)                                                    \
    TEST(an_index_finds_a_digest_of_its_kind_only)                                                 \
    TEST(what_the_index_keeps_verifies_like_the_catalog_itself)                                    \
    TEST(other_signed_data_is_no_catalog)                                                          \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
#include "../check_main.h"
