/* test_export_name.c - exports */
#include "work.h"

#include <time.h>

static void export(struct bench *bench, struct span name)
{
    vpi_image_export(&bench->image)->name = name;
}

static const char *set_of(struct bench *bench, const char *joined)
{
    uint8_t value[16];
    vpi_hash_bytes(vpi_hash128(span_text(joined)), value);
    return vpi_canonical_print(&bench->arena, vpi_kind(KIND_EXPORT_SET), span_of(value, 16));
}

START_TEST(names_are_sorted_and_distinct_and_make_one_set)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench.image.export_library = span_text("KLIF.dll");
    static const char *const names[] = {"b", "a", "", "B", "a", "aa"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        export(&bench, span_text(names[i]));
    vpi_family_export_name(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_EXPORT_LIBRARY, 0), "KLIF.dll");
    ck_assert_str_eq(bench_text(&bench, KIND_EXPORT_SET, 0), set_of(&bench, "B\na\naa\nb"));
    ck_assert_uint_eq(bench_count(&bench, KIND_EXPORT), 4);
    ck_assert_str_eq(bench_text(&bench, KIND_EXPORT, 0), "B");
    ck_assert_str_eq(bench_text(&bench, KIND_EXPORT, 3), "b");
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(names_are_bytes_and_printed_without_controls)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    export(&bench, span_of("\x01\\\xff\0z", 5));
    vpi_family_export_name(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_EXPORT, 0), "\\x01\\x5c\\xff\\x00z");
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(ordinals_alone_make_no_set)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    export(&bench, span_text(""));
    vpi_family_export_name(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(as_many_long_names_as_a_reader_gives_cost_little)
{
    static char text[8192];
    struct bench bench;
    clock_t start = clock();
    bench_open(&bench, span_text(""), 64 << 20);
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < IMAGE_EXPORTS_MOST; i++)
        export(&bench, span_of(text + i % 512, 512 + i % 5000));
    vpi_family_export_name(&bench.work);
    ck_assert_uint_eq(bench_count(&bench, KIND_EXPORT_SET), 1);
    ck_assert_uint_le(bench_count(&bench, KIND_EXPORT), 4096 - 512 + 1);
    ck_assert(clock() - start < 20 * CLOCKS_PER_SEC);
    bench_close(&bench);
}
END_TEST

#define TESTS                                                                                      \
    TEST(names_are_sorted_and_distinct_and_make_one_set)                                           \
    TEST(names_are_bytes_and_printed_without_controls)                                             \
    TEST(ordinals_alone_make_no_set)                                                               \
    TEST(as_many_long_names_as_a_reader_gives_cost_little)
#include "check_main.h"
