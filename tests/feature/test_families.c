/* test_families.c - all families at once, over whole files */
#include "fixture.h"
#include "work.h"

#include "format/format.h"

static const char *const files[] = {"pe/parts.exe", "pe/kaspersky-languages.exe", "pe/debug.exe",
                                    "dotnet/managed-strong.dll", "signed/signed-three.exe"};

static void examine(struct bench *bench, struct span bytes, size_t limit)
{
    bench_open(bench, bytes, limit);
    bench->work.name = span_text("folder/name.exe");
    vpi_format_read(&bench->image, &bench->src);
    vpi_features_make(&bench->work);
}

static bool has_text(const struct bench *bench, unsigned kind, const char *text)
{
    for (size_t i = 0; i < bench_count(bench, kind); i++) {
        if (strcmp(bench_text(bench, kind, i), text) == 0)
            return true;
    }
    return false;
}

START_TEST(the_families_find_what_the_tools_wrote)
{
    struct bench bench;
    size_t len;
    uint8_t *bytes = fixture_read("pe/kaspersky-languages.exe", &len);
    if (bytes) {
        examine(&bench, span_of(bytes, len), 0);
        ck_assert_uint_gt(bench_count(&bench, KIND_COMPANY_NAME), 1);
        ck_assert_uint_eq(bench_count(&bench, KIND_IMPHASH), 1);
        ck_assert_uint_gt(bench_count(&bench, KIND_SECTION), 2);
        ck_assert(has_text(&bench, KIND_FILE_NAME, "name.exe"));
        ck_assert_uint_eq(bench.image.gap_count, 0);
        bench_check(&bench);
        bench_close(&bench);
        free(bytes);
    }
    bytes = fixture_read("pe/parts.exe", &len);
    if (bytes) {
        examine(&bench, span_of(bytes, len), 0);
        ck_assert_uint_gt(bench_count(&bench, KIND_ICON), 0);
        ck_assert_uint_eq(bench_count(&bench, KIND_MANIFEST_IDENTITY), 1);
        bench_check(&bench);
        bench_close(&bench);
        free(bytes);
    }
    bytes = fixture_read("dotnet/managed-strong.dll", &len);
    if (bytes) {
        examine(&bench, span_of(bytes, len), 0);
        ck_assert(has_text(&bench, KIND_DOTNET_ASSEMBLY, "managed-strong"));
        ck_assert_uint_eq(bench_count(&bench, KIND_DOTNET_MVID), 1);
        ck_assert_uint_eq(bench_count(&bench, KIND_DOTNET_PUBLIC_KEY_TOKEN), 1);
        bench_check(&bench);
        bench_close(&bench);
        free(bytes);
    }
}
END_TEST

START_TEST(sections_come_in_the_order_of_their_table)
{
    struct bench bench;
    size_t len;
    uint8_t *bytes = fixture_read("pe/parts.exe", &len);
    if (!bytes)
        return;
    examine(&bench, span_of(bytes, len), 0);
    uint64_t before = 0;
    for (size_t i = 0; i < bench.work.count; i++) {
        if (bench.work.items[i].kind != KIND_SECTION)
            continue;
        ck_assert_uint_gt(bench.work.items[i].off, before);
        before = bench.work.items[i].off;
    }
    bench_close(&bench);
    free(bytes);
}
END_TEST

START_TEST(prefixes_flipped_bytes_and_memory_caps_of_whole_files_are_safe)
{
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct bench bench;
        size_t len;
        uint8_t *bytes = fixture_read(files[f], &len);
        if (!bytes)
            continue;
        for (size_t prefix = 0; prefix < len; prefix += 1 + len / 150) {
            uint8_t *exact = malloc(prefix ? prefix : 1);
            memcpy(exact, bytes, prefix);
            examine(&bench, span_of(exact, prefix), 0);
            bench_check(&bench);
            bench_close(&bench);
            free(exact);
        }
        for (size_t at = f; at < len; at += 1 + len / 300) {
            bytes[at] ^= 0x55;
            examine(&bench, span_of(bytes, len), 0);
            bench_check(&bench);
            bench_close(&bench);
            bytes[at] ^= 0x55;
        }
        for (size_t limit = 1; limit < 1 << 20; limit += limit / 8 + 997) {
            examine(&bench, span_of(bytes, len), limit);
            ck_assert(!bench.arena.failed || bench.image.gap_count > 0);
            bench_check(&bench);
            bench_close(&bench);
        }
        free(bytes);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_families_find_what_the_tools_wrote)                                                   \
    TEST(sections_come_in_the_order_of_their_table)                                                \
    TEST(prefixes_flipped_bytes_and_memory_caps_of_whole_files_are_safe)
#include "check_main.h"
