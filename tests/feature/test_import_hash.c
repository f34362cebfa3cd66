/* test_import_hash.c - imphash; the expected values are pefile's for the same imports */
#include "work.h"

#include "feature/import_ordinals.h"

static void import(struct bench *bench, const char *library, const char *name, unsigned ordinal,
                   bool delayed)
{
    struct image_import *row = vpi_image_import(&bench->image);
    row->library = span_text(library);
    if (name)
        row->name = span_text(name);
    row->by_ordinal = !name;
    row->ordinal = (uint16_t)ordinal;
    row->delayed = delayed;
}

static void is_md5_of(struct bench *bench, unsigned kind, const char *text)
{
    uint8_t value[DIGEST_MOST];
    ck_assert_uint_eq(bench_count(bench, kind), 1);
    ck_assert(vpi_digest(bench->crypto, DIGEST_MD5, span_text(text), value));
    ck_assert_str_eq(vpi_canonical_print(&bench->arena, vpi_kind(kind), span_of(value, 16)),
                     bench_text(bench, kind, 0));
}

START_TEST(names_are_lower_case_in_the_order_of_the_tables)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    import(&bench, "KERNEL32.dll", "GetProcAddress", 0, false);
    import(&bench, "KERNEL32.dll", "ExitProcess", 0, false);
    import(&bench, "Sub.Name.OCX", "_f@4", 0, false);
    import(&bench, "hal.sys", "x", 0, false);
    import(&bench, "winspool.drv", "y", 0, false);
    import(&bench, "nodot", "z", 0, false);
    vpi_family_import_hash(&bench.work);
    is_md5_of(&bench, KIND_IMPHASH,
              "kernel32.getprocaddress,kernel32.exitprocess,sub.name._f@4,hal.x,winspool.drv.y,"
              "nodot.z");
    ck_assert_uint_eq(bench.work.count, 1);
    bench_close(&bench);
}
END_TEST

START_TEST(ordinals_have_the_names_of_the_frozen_table)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    import(&bench, "WS2_32.dll", NULL, 1, false);
    import(&bench, "WSOCK32.DLL", NULL, 23, false);
    import(&bench, "OLEAUT32.dll", NULL, 2, false);
    import(&bench, "oleaut32.dll", NULL, 9999, false);
    import(&bench, "mfc42.dll", NULL, 65535, false);
    import(&bench, "oleaut32", NULL, 2, false);
    vpi_family_import_hash(&bench.work);
    is_md5_of(&bench, KIND_IMPHASH,
              "ws2_32.accept,wsock32.socket,oleaut32.sysallocstring,oleaut32.ord9999,"
              "mfc42.ord65535,oleaut32.ord2");
    bench_close(&bench);
}
END_TEST

START_TEST(the_table_is_complete)
{
    static const struct {
        const char *library;
        size_t count;
        unsigned sum;
    } expected[] = {{"oleaut32.dll", 425, 0xa060b1a9u},
                    {"ws2_32.dll", 196, 0xef676040u},
                    {"wsock32.dll", 75, 0x822fe4ccu}};
    for (size_t i = 0; i < 3; i++) {
        size_t count = 0;
        unsigned sum = 0;
        for (unsigned ordinal = 0; ordinal < 65536; ordinal++) {
            const char *name = vpi_import_ordinal(span_text(expected[i].library), ordinal);
            count += name != NULL;
            for (; name && *name; name++)
                sum = sum * 31 + (unsigned char)*name + ordinal;
        }
        ck_assert_uint_eq(count, expected[i].count);
        ck_assert_uint_eq(sum, expected[i].sum);
    }
    ck_assert_ptr_null(vpi_import_ordinal(span_text("kernel32.dll"), 1));
}
END_TEST

START_TEST(delay_imports_stand_apart)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    import(&bench, "a.dll", "F", 0, true);
    vpi_family_import_hash(&bench.work);
    is_md5_of(&bench, KIND_DELAY_IMPHASH, "a.f");
    ck_assert_uint_eq(bench_count(&bench, KIND_IMPHASH), 0);
    bench_close(&bench);
}
END_TEST

START_TEST(nothing_imported_is_no_hash)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    import(&bench, "", "F", 0, false);
    import(&bench, "a.dll", "", 0, false);
    vpi_family_import_hash(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(long_names_are_lower_case_to_their_end)
{
    struct bench bench;
    char name[513], text[600] = "a.";
    memset(name, 'Q', 512);
    name[512] = 0;
    memset(text + 2, 'q', 512);
    bench_open(&bench, span_text(""), 0);
    import(&bench, "A.DLL", name, 0, false);
    vpi_family_import_hash(&bench.work);
    is_md5_of(&bench, KIND_IMPHASH, text);
    bench_close(&bench);
}
END_TEST

START_TEST(the_rich_hash_is_the_md5_of_the_decoded_header)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_RICH, span_of("DanS\0\0\0\0", 8))->off = 128;
    vpi_family_rich_hash(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_RICH_HASH, 0), "1cf51fcfae121d8c115e5bb9be2d8fbd");
    ck_assert_uint_eq(bench.work.items[0].off, 128);
    ck_assert_uint_eq(bench.work.count, 1);
    bench_close(&bench);
}
END_TEST

#define TESTS                                                                                      \
    TEST(names_are_lower_case_in_the_order_of_the_tables)                                          \
    TEST(ordinals_have_the_names_of_the_frozen_table)                                              \
    TEST(the_table_is_complete)                                                                    \
    TEST(delay_imports_stand_apart)                                                                \
    TEST(nothing_imported_is_no_hash)                                                              \
    TEST(long_names_are_lower_case_to_their_end)                                                   \
    TEST(the_rich_hash_is_the_md5_of_the_decoded_header)
#include "check_main.h"
