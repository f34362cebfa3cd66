/* test_anchors.c - anchors from text to what lib/trust is given */
#include <check.h>
#include <stdio.h>

#include "db/db.h"
#include "set/compile.h"
#include "set/load.h"
#include "trust/signature.h"

#define HEAD   "hash_of,algorithm,value,purposes,trust,name,from,until,source\n"
#define SHA1   "000102030405060708090a0b0c0d0e0f10111213"
#define SHA256 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SHA384 SHA256 "202122232425262728292a2b2c2d2e2f"

static struct vp_set *load(const char *rows)
{
    struct vp_set *set = vpi_set_new(0);
    ck_assert_ptr_nonnull(set);
    vpi_set_read_file(set, "set.yaml",
                      span_text("serial: \"7\"\ndate: \"2026-11-22\"\nlicense: Apache-2.0\n"));
    vpi_set_read_file(set, "anchors/some.csv", span_text(rows));
    vpi_set_finish(set);
    return set;
}

START_TEST(each_row_is_read_back_from_the_database)
{
    struct vp_set *set =
        load(HEAD "tbs,sha384," SHA384 ",code driver,trusted,Later,,,a book\n"
                  "certificate,sha1," SHA1 ",,distrusted,Bad,2020-01-01,,a book\n"
                  "spki,sha256," SHA256 ",time,trusted,\"A, B\",,1970-01-02,a book\n");
    ck_assert_uint_eq(set->errors, 0);
    struct span bytes;
    struct vp_db *db;
    struct arena arena;
    struct trust_anchors anchors;
    ck_assert_int_eq(vpi_set_compile(set, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_db_anchors(db, &arena, &anchors));
    ck_assert_uint_eq(anchors.count, 3);
    const struct trust_anchor *tbs = &anchors.items[0], *spki = &anchors.items[1];
    const struct trust_anchor *bad = &anchors.items[2];
    ck_assert_int_eq(tbs->what, ANCHOR_TBS);
    ck_assert_int_eq(tbs->algorithm, DIGEST_SHA384);
    ck_assert_uint_eq(tbs->purposes, PURPOSE_CODE | PURPOSE_DRIVER);
    ck_assert_uint_eq(tbs->hash[31], 0x1f);
    ck_assert_str_eq(spki->name, "A, B");
    ck_assert_uint_eq(spki->until, 86400);
    ck_assert(!spki->distrusted && bad->distrusted);
    ck_assert_uint_eq(bad->from, 1577836800);
    ck_assert_uint_eq(bad->hash[19], 0x13);
    ck_assert_uint_eq(bad->hash[20], 0);
    vpi_arena_done(&arena);
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(a_row_that_means_nothing_is_an_error)
{
    static const char *const rows[] = {
        HEAD "tbs,sha1," SHA256 ",code,trusted,N,,,a book\n",
        HEAD "tbs,sha256," SHA1 ",code,trusted,N,,,a book\n",
        HEAD "tbs,sha1,000102030405060708090A0B0C0D0E0F10111213,code,trusted,N,,,a book\n",
        HEAD "tbs,md5,00112233445566778899aabbccddeeff,code,trusted,N,,,a book\n",
        HEAD "name,sha1," SHA1 ",code,trusted,N,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",,trusted,N,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",code  time,trusted,N,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",tea,trusted,N,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",code,distrusted,N,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",code,trusted,,,,a book\n",
        HEAD "tbs,sha1," SHA1 ",code,trusted,N,2020-02-30,,a book\n",
        HEAD "tbs,sha1," SHA1 ",code,trusted,N,,,\n",
        "hash_of,value\n"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vp_set *set = load(rows[i]);
        ck_assert_msg(set->errors == 1, "%u errors in row %zu", set->errors, i);
        ck_assert_uint_eq(set->anchors_count, 0);
        vp_set_free(set);
    }
}
END_TEST

START_TEST(an_anchor_counts_for_its_purpose_and_time_alone)
{
    struct trust_anchor good = {.purposes = PURPOSE_CODE, .from = 100, .until = 200};
    struct trust_anchor bad = {.distrusted = true, .from = 150};
    struct anchor_marks marks = {{&good, &bad}, 2};
    ck_assert_ptr_null(vpi_marks_trusted(&marks, PURPOSE_CODE, 99));
    ck_assert_ptr_eq(vpi_marks_trusted(&marks, PURPOSE_CODE | PURPOSE_DRIVER, 100), &good);
    ck_assert_ptr_null(vpi_marks_trusted(&marks, PURPOSE_TIME, 100));
    ck_assert_ptr_null(vpi_marks_trusted(&marks, PURPOSE_CODE, 200));
    ck_assert_ptr_null(vpi_marks_distrusted(&marks, 149));
    ck_assert_ptr_eq(vpi_marks_distrusted(&marks, 150), &bad);
    ck_assert_ptr_null(vpi_marks_distrusted(&marks, -1));
}
END_TEST

/* The certificate with which modules of Debian's linux 6.12.107-1 are signed, and an Ed25519 key.
 */
#define KEY_HEAD           "form,value,purposes,trust,name,from,until,source,key\n"
#define CERTIFICATE_SHA256 "a0bb6240015ae7a7b51f5b5207615e226d2a7c3d8200192a634957173fcfb698"
#define CERTIFICATE                                                                                \
    "MIIB2DCCAV+gAwIBAgIUIarpPWOPUzw/XLavLBHsWAiCBVIwCgYIKoZIzj0EAwIwLjEsMCoGA1UEAwwj"             \
    "QnVpbGQgdGltZSBhdXRvZ2VuZXJhdGVkIGtlcm5lbCBrZXkwIBcNMjYwODI5MDgzNTA4WhgPMjEyNjA4"             \
    "MDUwODM1MDhaMC4xLDAqBgNVBAMMI0J1aWxkIHRpbWUgYXV0b2dlbmVyYXRlZCBrZXJuZWwga2V5MHYw"             \
    "EAYHKoZIzj0CAQYFK4EEACIDYgAEO90oYcygMBwt1IHjRJX68zuh7clbvRaNBqjAlNSAyuaziXzqiO/x"             \
    "6dKfKX3l42H8kjeqcFTqnpS+DjPWGxrBhOHWWsi1LHedrjiRZOL8usk9c6A1cwwR5GKKv7Iym/r0ozww"             \
    "OjAMBgNVHRMBAf8EAjAAMAsGA1UdDwQEAwIHgDAdBgNVHQ4EFgQUCS+nxz0htMeeRJNy/fUKSab07Hkw"             \
    "CgYIKoZIzj0EAwIDZwAwZAIwDVphEAbsF+sMsQNfJL2oE45MN4QcZoOr9I2BXZg1VrdtlvlF7DB0uVUz"             \
    "nrF6+RnaAjA1IxboYmhESYnNoCYE9a9wBVdC+JCUKkgfBz17mBMzovKQxcR44TsUHCKpKSLvMpY="
#define FINGERPRINT "0668ac3fb4012f354b1f4f38beaae392274687a7"
#define OPENPGP     "BGsCdgcWCSsGAQQB2kcPAQEHQNv5O1NV/Zvv0cj9cwUXF24h9B0oxkiodO7Cb2Q5sMaJ"

static struct vp_set *load_keys(const char *rows)
{
    struct vp_set *set = vpi_set_new(0);
    ck_assert_ptr_nonnull(set);
    vpi_set_read_file(set, "set.yaml",
                      span_text("serial: \"7\"\ndate: \"2026-11-22\"\nlicense: Apache-2.0\n"));
    vpi_set_read_file(set, "public-keys/some.csv", span_text(rows));
    vpi_set_finish(set);
    return set;
}

START_TEST(a_key_stands_in_the_database_in_full)
{
    struct vp_set *set =
        load_keys(KEY_HEAD "openpgp," FINGERPRINT ",package,trusted,E,,,a book," OPENPGP "\n"
                           "certificate," CERTIFICATE_SHA256
                           ",driver,trusted,Debian,,,a book," CERTIFICATE "\n");
    ck_assert_uint_eq(set->errors, 0);
    struct span bytes;
    struct vp_db *db;
    struct arena arena;
    struct trust trust = {.now = 0};
    ck_assert_int_eq(vpi_set_compile(set, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_db_anchors(db, &arena, &trust.anchors));
    ck_assert_uint_eq(trust.anchors.count, 2);
    ck_assert_int_eq(trust.anchors.items[0].what, ANCHOR_CERTIFICATE);
    ck_assert_int_eq(trust.anchors.items[1].what, ANCHOR_OPENPGP);
    ck_assert_uint_eq(trust.anchors.items[0].key.len, 476);
    ck_assert_uint_eq(trust.anchors.items[1].key.len, 51);
    ck_assert_uint_eq(trust.anchors.items[1].key.data[0], 4);
    ck_assert(vpi_trust_know(&arena, &trust));
    ck_assert_uint_eq(trust.known_count, 1);
    ck_assert(
        span_equal(trust.known[0].common_name, span_text("Build time autogenerated kernel key")));
    vpi_arena_done(&arena);
    for (size_t cap = 1; cap < 4096; cap += 512) {
        vpi_arena_init(&arena, cap);
        if (vpi_db_anchors(db, &arena, &trust.anchors) && vpi_trust_know(&arena, &trust))
            ck_assert_uint_eq(trust.known_count, 1);
        vpi_arena_done(&arena);
    }
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(a_key_that_is_not_the_named_one_is_an_error)
{
    static const char *const rows[] = {
        "openpgp," SHA1 ",package,trusted,E,,,a book," OPENPGP "\n",
        "openpgp," FINGERPRINT ",package,trusted,E,,,a book," CERTIFICATE "\n",
        "openpgp," CERTIFICATE_SHA256 ",package,trusted,E,,,a book," OPENPGP "\n",
        "openpgp," FINGERPRINT ",package,trusted,E,,,a book,x" OPENPGP "\n",
        "openpgp," FINGERPRINT ",package,trusted,E,,,a book,AAAA\n",
        "openpgp," FINGERPRINT ",package,trusted,E,,,a book,\n",
        "openpgp," FINGERPRINT ",,trusted,E,,,a book," OPENPGP "\n",
        "openpgp," FINGERPRINT ",package,distrusted,E,,,a book," OPENPGP "\n",
        "x509," FINGERPRINT ",package,trusted,E,,,a book," OPENPGP "\n",
        "certificate," SHA256 ",driver,trusted,Debian,,,a book," CERTIFICATE "\n",
        "certificate," CERTIFICATE_SHA256 ",driver,trusted,Debian,,,a book," OPENPGP "\n"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4096];
        snprintf(text, sizeof text, KEY_HEAD "%s", rows[i]);
        struct vp_set *set = load_keys(text);
        ck_assert_msg(set->errors == 1, "%u errors in row %zu", set->errors, i);
        ck_assert_uint_eq(set->anchors_count, 0);
        vp_set_free(set);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_row_is_read_back_from_the_database)                                                  \
    TEST(a_row_that_means_nothing_is_an_error)                                                     \
    TEST(a_key_stands_in_the_database_in_full)                                                     \
    TEST(a_key_that_is_not_the_named_one_is_an_error)                                              \
    TEST(an_anchor_counts_for_its_purpose_and_time_alone)
#include "../check_main.h"
