/* test_feature.c - the list of features, and those that need no more than the image's fields */
#include "work.h"

START_TEST(a_value_is_copied_and_printed)
{
    struct bench bench;
    uint8_t value[16] = {0xab};
    bench_open(&bench, span_text(""), 0);
    struct feature *feature = vpi_feature_add(&bench.work, KIND_IMPHASH, span_of(value, 16), NULL);
    value[0] = 0;
    ck_assert_str_eq(feature->text, "ab000000000000000000000000000000");
    ck_assert_uint_eq(feature->value.data[0], 0xab);
    ck_assert(feature->off == VP_NONE && feature->len == VP_NONE);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(a_text_keeps_what_was_written_without_controls)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    struct feature *feature = vpi_feature_add_text(&bench.work, KIND_COMPANY_NAME,
                                                   span_of("AO\x1b\0Kas\xffpersky\u2122", 17));
    ck_assert_str_eq(feature->text, "AO  Kas\ufffdpersky\u2122");
    ck_assert(span_equal(feature->value, span_text("ao kas\ufffdpersky")));
    ck_assert_ptr_null(vpi_feature_add_text(&bench.work, KIND_COMPANY_NAME, span_text(" \u00ae ")));
    ck_assert_ptr_null(vpi_feature_add_text(&bench.work, KIND_COMPANY_NAME, span_text("")));
    ck_assert_uint_eq(bench.work.count, 1);
    ck_assert_uint_eq(bench.image.gap_count, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(a_text_of_any_length_parses_back)
{
    static const char *const units[] = {"\xff", "a",      "\u00e9", "\U0001f600",
                                        "\x01", "\ufdfa", "a\u0301"};
    static char text[3 * CANONICAL_MOST];
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct bench bench;
        size_t unit = strlen(units[u]);
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = units[u][i % unit];
        bench_open(&bench, span_text(""), 0);
        for (size_t cut = 0; cut < 8; cut++)
            vpi_feature_add_text(&bench.work, KIND_COMMENTS,
                                 span_of(text, CANONICAL_MOST - 4 + cut));
        vpi_feature_add_text(&bench.work, KIND_COMMENTS, span_of(text, sizeof text));
        ck_assert_uint_eq(bench.work.count, units[u][0] == '\x01' ? 0 : 9);
        bench_check(&bench);
        bench_close(&bench);
    }
}
END_TEST

START_TEST(there_is_a_most_and_it_is_said)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    for (size_t i = 0; i < FEATURES_MOST; i++)
        ck_assert_ptr_nonnull(vpi_feature_add(&bench.work, KIND_EXPORT, span_text("x"), "x"));
    ck_assert_ptr_null(vpi_feature_add(&bench.work, KIND_EXPORT, span_text("x"), "x"));
    ck_assert(bench_gap(&bench, VP_GAP_COUNT_LIMIT));
    bench_close(&bench);
}
END_TEST

START_TEST(memory_that_lasts_for_the_text_but_not_for_the_value_is_a_gap)
{
    char value[600];
    memset(value, 'x', sizeof value);
    for (size_t limit = 1; limit < 20000; limit += 16) {
        struct bench bench;
        size_t before;
        bench_open(&bench, span_text(""), limit);
        do {
            before = bench.work.count;
            vpi_feature_add(&bench.work, KIND_EXPORT, span_of(value, sizeof value), NULL);
            vpi_feature_add(&bench.work, KIND_IMPHASH, span_of(value, 16), NULL);
        } while (bench.work.count == before + 2);
        ck_assert(bench_gap(&bench, VP_GAP_MEMORY_LIMIT));
        bench_close(&bench);
    }
}
END_TEST

START_TEST(version_fields_have_their_kinds_in_every_language)
{
    static const struct {
        const char *field, *value;
        unsigned kind, index;
        const char *text;
    } rows[] = {
        {"CompanyName", "卡巴斯基实验室", KIND_COMPANY_NAME, 0, "卡巴斯基实验室"},
        {"companyname", "AO Kaspersky Lab", KIND_COMPANY_NAME, 1, "AO Kaspersky Lab"},
        {"ProductName", "a", KIND_PRODUCT_NAME, 0, "a"},
        {"FileDescription", "b", KIND_FILE_DESCRIPTION, 0, "b"},
        {"LegalCopyright", "c", KIND_LEGAL_COPYRIGHT, 0, "c"},
        {"LegalTrademarks", "d", KIND_LEGAL_TRADEMARKS, 0, "d"},
        {"Comments", "e", KIND_COMMENTS, 0, "e"},
        {"InternalName", "f", KIND_INTERNAL_NAME, 0, "f"},
        {"OriginalFilename", "G.EXE", KIND_ORIGINAL_FILENAME, 0, "G.EXE"},
        {"FileVersion", "1.2", KIND_FILE_VERSION, 0, "1.2"},
        {"ProductVersion", "1.3", KIND_PRODUCT_VERSION, 0, "1.3"},
        {"Assembly Version", "4", KIND_VERSION_OTHER, 0, "Assembly Version: 4"},
        {"CompanyName_", "5", KIND_VERSION_OTHER, 1, "CompanyName_: 5"},
    };
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image_text *text = vpi_image_text(&bench.image);
        *text = (struct image_text){.field = rows[i].field,
                                    .utf8 = span_text(rows[i].value),
                                    .off = 10 * i,
                                    .len = 5,
                                    .language = 0x409};
    }
    vpi_image_text(&bench.image)->field = "Empty";
    struct image_text *blank = vpi_image_text(&bench.image);
    blank->field = "Blank";
    blank->utf8 = span_text("  ");
    bench.image.fixed_file_version = "1.2.3.4";
    bench.image.fixed_product_version = "0.0.0.0";
    vpi_family_version_text(&bench.work);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(bench_text(&bench, rows[i].kind, rows[i].index), rows[i].text);
    ck_assert_uint_eq(bench.work.count, sizeof rows / sizeof *rows + 1);
    ck_assert_str_eq(bench_text(&bench, KIND_FIXED_FILE_VERSION, 0), "1.2.3.4");
    ck_assert_uint_eq(bench.work.items[3].off, 30);
    ck_assert_uint_eq(bench.work.items[3].language, 0x409);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

static const char *name_of(struct bench *bench, const char *name)
{
    bench->work.name = span_text(name);
    size_t before = bench_count(bench, KIND_FILE_NAME);
    vpi_family_file_name(&bench->work);
    return bench_text(bench, KIND_FILE_NAME, before);
}

START_TEST(a_file_name_has_no_folders)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    ck_assert_str_eq(name_of(&bench, "/mnt/C/Windows\\System32\\Klif.SYS"), "Klif.SYS");
    ck_assert_str_eq(name_of(&bench, "avp.exe"), "avp.exe");
    ck_assert_str_eq(name_of(&bench, "folder/"), "");
    ck_assert_str_eq(name_of(&bench, ""), "");
    ck_assert_uint_eq(bench.work.count, 2);
    bench_close(&bench);
}
END_TEST

START_TEST(nothing_unwanted_is_made)
{
    struct bench bench;
    bench_open(&bench, span_text("content"), 0);
    bench.work.wanted = 0;
    bench.work.name = span_text("name");
    bench.image.fixed_file_version = "1.2.3.4";
    vpi_image_section(&bench.image)->len = 7;
    bench.image.signed_ranges[0].len = 7;
    bench.image.signed_range_count = 1;
    bench_blob(&bench, BLOB_RICH, span_text("x"));
    bench_blob(&bench, BLOB_SIGNATURE, span_text("x"));
    ck_assert(vpi_features_make(&bench.work));
    ck_assert_uint_eq(bench.work.count, 0);
    ck_assert_uint_eq(bench.image.note_count, 0);
    bench_close(&bench);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_value_is_copied_and_printed)                                                            \
    TEST(a_text_keeps_what_was_written_without_controls)                                           \
    TEST(a_text_of_any_length_parses_back)                                                         \
    TEST(there_is_a_most_and_it_is_said)                                                           \
    TEST(memory_that_lasts_for_the_text_but_not_for_the_value_is_a_gap)                            \
    TEST(version_fields_have_their_kinds_in_every_language)                                        \
    TEST(a_file_name_has_no_folders)                                                               \
    TEST(nothing_unwanted_is_made)
#include "check_main.h"
