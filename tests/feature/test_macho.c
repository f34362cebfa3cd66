/* test_macho.c - what the families make of Mach-O files: symhash, dylib, code_signature */
#include "macho_build.h"
#include "work.h"

#include "format/format.h"

static struct macho_build m;
static struct bench bench;

static void examine(size_t limit)
{
    bench_open(&bench, span_of(m.bytes, m.len), limit);
    vpi_format_read(&bench.image, &bench.src);
    vpi_features_make(&bench.work);
}

static void done(void)
{
    bench_check(&bench);
    bench_close(&bench);
    macho_build_done(&m);
}

static const char *first(unsigned kind)
{
    return bench_text(&bench, kind, 0);
}

START_TEST(a_file_with_everything_has_every_feature)
{
    macho_build_sample(&m, true, false);
    examine(0);
    ck_assert_str_eq(first(KIND_MACHO_UUID), "30313233343536373839616263646566");
    ck_assert_str_eq(first(KIND_SYMHASH), "629841ece106e6993b741fd354c3833d");
    ck_assert_str_eq(first(KIND_INSTALL_NAME), "@rpath/libthing.2.dylib");
    ck_assert_str_eq(bench_text(&bench, KIND_DYLIB, 1), "/usr/lib/libSystem.B.dylib");
    ck_assert_str_eq(first(KIND_DYLIB_SET), "3311340636f7990c85ee8de7a9c2f566");
    ck_assert_str_eq(first(KIND_BUNDLE_ID), "com.example.thing");
    ck_assert_str_eq(first(KIND_PRODUCT_NAME), "Thing & Co");
    ck_assert_str_eq(first(KIND_SIGNING_IDENTIFIER), "com.example.thing");
    ck_assert_str_eq(first(KIND_APPLE_TEAM_ID), "ABCDE12345");
    ck_assert_uint_eq(bench_count(&bench, KIND_SIGNING_IDENTIFIER), 1);
    ck_assert_uint_eq(bench_count(&bench, KIND_APPLE_TEAM_ID), 1);
    ck_assert_uint_eq(bench_count(&bench, KIND_SECTION), 2);
    ck_assert_uint_eq(bench_count(&bench, KIND_EXPORT_SET), 1);
    ck_assert_uint_eq(bench_count(&bench, KIND_IMPHASH), 0);
    /* Its CMS is no SignedData; that it was not verified is said all the same. */
    ck_assert_ptr_nonnull(bench.work.signatures);
    ck_assert(bench_noted(&bench, VP_NOTE_SIGNATURE_UNREADABLE));
    done();
}
END_TEST

START_TEST(the_directory_that_the_kernel_takes_comes_first)
{
    macho_build_sample(&m, true, false);
    examine(0);
    ck_assert_uint_eq(bench_count(&bench, KIND_CDHASH), 2);
    const struct feature *found[2];
    size_t count = 0;
    for (size_t i = 0; i < bench.work.count; i++) {
        if (bench.work.items[i].kind == KIND_CDHASH)
            found[count++] = &bench.work.items[i];
    }
    uint8_t digest[DIGEST_MOST];
    for (size_t i = 0; i < 2; i++) {
        struct span directory = span_of(m.bytes + found[i]->off, found[i]->len);
        ck_assert(vpi_digest(bench.crypto, i ? DIGEST_SHA1 : DIGEST_SHA256, directory, digest));
        ck_assert_mem_eq(found[i]->value.data, digest, 20);
    }
    done();
}
END_TEST

START_TEST(a_name_that_is_imported_twice_counts_twice)
{
    char once[33];
    for (unsigned i = 1; i < 3; i++) {
        macho_build_init(&m, true, false);
        for (unsigned k = 0; k < i; k++)
            macho_symbol(&m, "_puts", 0x01);
        macho_symbols(&m, true);
        macho_build_finish(&m);
        examine(0);
        if (i == 1)
            strcpy(once, first(KIND_SYMHASH));
        else
            ck_assert_str_ne(first(KIND_SYMHASH), once);
        done();
    }
}
END_TEST

START_TEST(the_order_of_libraries_does_not_count_and_their_number_neither)
{
    static const char *const names[][3] = {{"/b.dylib", "/a.dylib", NULL},
                                           {"/a.dylib", "/b.dylib", "/a.dylib"}};
    char before[33] = "";
    for (size_t i = 0; i < 2; i++) {
        macho_build_init(&m, true, false);
        for (size_t k = 0; k < 3 && names[i][k]; k++)
            macho_dylib(&m, 0xc, names[i][k], 0);
        macho_build_finish(&m);
        examine(0);
        ck_assert_uint_eq(bench_count(&bench, KIND_DYLIB), i + 2);
        ck_assert(i == 0 || strcmp(first(KIND_DYLIB_SET), before) == 0);
        strcpy(before, first(KIND_DYLIB_SET));
        done();
    }
}
END_TEST

START_TEST(a_partial_table_makes_no_hash)
{
    macho_build_init(&m, true, false);
    macho_symbol(&m, "_exported", 0x0f);
    macho_symbol(&m, "_puts", 0x01);
    macho_symbols(&m, false);
    m.commands.data[12] = 200; /* rows */
    macho_build_finish(&m);
    examine(0);
    ck_assert_uint_eq(bench_count(&bench, KIND_SYMHASH), 0);
    ck_assert_uint_eq(bench_count(&bench, KIND_EXPORT_SET), 0);
    done();
}
END_TEST

START_TEST(a_zero_uuid_and_no_symbols_are_nothing)
{
    static const char zeros[16];
    macho_build_init(&m, true, false);
    macho_uuid(&m, zeros);
    macho_symbols(&m, true);
    macho_build_finish(&m);
    examine(0);
    ck_assert_uint_eq(bench_count(&bench, KIND_MACHO_UUID), 0);
    ck_assert_uint_eq(bench_count(&bench, KIND_SYMHASH), 0);
    ck_assert_uint_eq(bench_count(&bench, KIND_DYLIB_SET), 0);
    done();
}
END_TEST

START_TEST(a_team_that_nobody_signed_for_is_noted)
{
    for (unsigned i = 0; i < 2; i++) {
        struct macho_part signature = {0};
        macho_build_init(&m, true, false);
        signature_directory(&signature, 2, "id", i ? "TEAM123456" : NULL, 2);
        macho_signature(&m, signature.data, signature.len);
        free(signature.data);
        macho_build_finish(&m);
        examine(0);
        ck_assert_str_eq(first(KIND_SIGNING_IDENTIFIER), "id");
        ck_assert_uint_eq(bench_count(&bench, KIND_APPLE_TEAM_ID), i);
        ck_assert_int_eq(bench_noted(&bench, VP_NOTE_SIGNATURE_UNVERIFIED), (int)i);
        done();
    }
}
END_TEST

START_TEST(what_is_no_signature_is_noted)
{
    macho_build_init(&m, true, false);
    macho_signature(&m, "no signature", 12);
    macho_build_finish(&m);
    examine(0);
    ck_assert(bench_noted(&bench, VP_NOTE_SIGNATURE_UNREADABLE));
    done();
}
END_TEST

START_TEST(every_memory_cap_is_safe_and_said)
{
    for (size_t limit = 1; limit < 300000; limit += limit / 16 + 97) {
        macho_build_sample(&m, true, false);
        examine(limit);
        ck_assert(!bench.arena.failed || bench.image.gap_count > 0);
        done();
    }
}
END_TEST

START_TEST(every_flipped_byte_is_safe)
{
    macho_build_sample(&m, true, false);
    for (size_t at = 0; at < m.len; at++) {
        /* What is between the commands and the content is in nothing. */
        if (m.bytes[at] == 0 && at > 1400 && at < MACHO_CONTENT_OFF)
            continue;
        m.bytes[at] ^= 0x55;
        examine(0);
        bench_check(&bench);
        bench_close(&bench);
        m.bytes[at] ^= 0x55;
    }
    macho_build_done(&m);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_file_with_everything_has_every_feature)                                                 \
    TEST(the_directory_that_the_kernel_takes_comes_first)                                          \
    TEST(a_name_that_is_imported_twice_counts_twice)                                               \
    TEST(the_order_of_libraries_does_not_count_and_their_number_neither)                           \
    TEST(a_partial_table_makes_no_hash)                                                            \
    TEST(a_zero_uuid_and_no_symbols_are_nothing)                                                   \
    TEST(a_team_that_nobody_signed_for_is_noted)                                                   \
    TEST(what_is_no_signature_is_noted)                                                            \
    TEST(every_flipped_byte_is_safe)                                                               \
    TEST(every_memory_cap_is_safe_and_said)
#include "check_main.h"
