/* test_debug.c - CodeView records */
#include "work.h"

#include <stdlib.h>

static const char rsds[] = "RSDS"
                           "0123456789abcdef" /* GUID */
                           "\x05\0\0\0"       /* age */
                           "C:\\Kaspersky\\avp.pdb";
static const char nb10[] = "NB10"
                           "\0\0\0\0"         /* offset */
                           "\x11\x22\x33\x44" /* time */
                           "\x01\0\0\0"       /* age */
                           "old.pdb";

START_TEST(a_record_has_an_id_and_a_path)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_CODEVIEW, span_of(rsds, sizeof rsds))->off = 77;
    vpi_family_debug(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_PDB_ID, 0),
                     "3031323334353637383961626364656605000000");
    ck_assert_str_eq(bench_text(&bench, KIND_PDB_PATH, 0), "C:\\Kaspersky\\avp.pdb");
    ck_assert_uint_eq(bench.work.items[0].off, 77);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(an_old_record_has_its_time_for_an_id)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_CODEVIEW, span_of(nb10, sizeof nb10));
    vpi_family_debug(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_PDB_ID, 0),
                     "1122334400000000000000000000000001000000");
    ck_assert_str_eq(bench_text(&bench, KIND_PDB_PATH, 0), "old.pdb");
    bench_close(&bench);
}
END_TEST

START_TEST(an_id_of_zeros_and_other_records_are_nothing)
{
    struct bench bench;
    char zero[40] = "RSDS";
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_CODEVIEW, span_of(zero, sizeof zero));
    bench_blob(&bench, BLOB_CODEVIEW, span_text("MTOC0123456789abcdef0123456789"));
    vpi_family_debug(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(every_prefix_is_safe)
{
    for (size_t len = 0; len < sizeof rsds; len++) {
        struct bench bench;
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, rsds, len);
        bench_open(&bench, span_text(""), 0);
        bench_blob(&bench, BLOB_CODEVIEW, span_of(exact, len));
        vpi_family_debug(&bench.work);
        ck_assert_uint_eq(bench_count(&bench, KIND_PDB_ID), len >= 24);
        ck_assert_uint_eq(bench_count(&bench, KIND_PDB_PATH), len > 24);
        bench_close(&bench);
        free(exact);
    }
}
END_TEST

START_TEST(a_record_is_read_from_the_source_when_the_reader_kept_nothing)
{
    struct bench bench;
    bench_open(&bench, span_of(rsds, sizeof rsds), 0);
    struct image_blob *blob = vpi_image_blob(&bench.image);
    blob->type = BLOB_CODEVIEW;
    blob->len = 1000; /* more than there is */
    vpi_family_debug(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_PDB_PATH, 0), "C:\\Kaspersky\\avp.pdb");
    bench_close(&bench);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_record_has_an_id_and_a_path)                                                            \
    TEST(an_old_record_has_its_time_for_an_id)                                                     \
    TEST(an_id_of_zeros_and_other_records_are_nothing)                                             \
    TEST(every_prefix_is_safe)                                                                     \
    TEST(a_record_is_read_from_the_source_when_the_reader_kept_nothing)
#include "check_main.h"
