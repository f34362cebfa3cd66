/* test_elf.c - features of ELF files: how they are linked, what they are made with, who says what
 */
#include "work.h"

static void text(struct bench *bench, enum image_text_group group, const char *field,
                 const char *utf8)
{
    struct image_text *t = vpi_image_text(&bench->image);
    t->group = group;
    t->field = field;
    t->utf8 = span_text(utf8);
    t->off = VP_NONE;
    t->len = t->utf8.len;
}

static void is(struct bench *bench, unsigned kind, size_t index, const char *wanted)
{
    ck_assert_str_eq(bench_text(bench, kind, index), wanted);
}

static const char *set_of(struct bench *bench, const char *joined)
{
    uint8_t value[16];
    vpi_hash_bytes(vpi_hash128(span_text(joined)), value);
    return vpi_canonical_print(&bench->arena, vpi_kind(KIND_NEEDED_SET), span_of(value, 16));
}

START_TEST(how_a_file_is_linked)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    static const char *const needed[] = {"libm.so.6", "libc.so.6", "libm.so.6"};
    for (size_t i = 0; i < 3; i++)
        vpi_image_library(&bench.image)->name = span_text(needed[i]);
    bench.image.own_name = span_text("libExample.so.1");
    text(&bench, TEXT_LINK, "interpreter", "/lib/ld.so");
    text(&bench, TEXT_LINK, "runpath", "$ORIGIN/lib");
    vpi_family_link(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0); /* other formats have other kinds for these */
    bench.image.format = VP_FORMAT_ELF32;
    vpi_family_link(&bench.work);
    is(&bench, KIND_SONAME, 0, "libExample.so.1");
    is(&bench, KIND_NEEDED_SET, 0, set_of(&bench, "libc.so.6\nlibm.so.6"));
    is(&bench, KIND_INTERPRETER, 0, "/lib/ld.so");
    is(&bench, KIND_RUNPATH, 0, "$ORIGIN/lib");
    ck_assert_uint_eq(bench.work.count, 4);
    vpi_family_version_text(&bench.work); /* these texts are none of VERSIONINFO's */
    ck_assert_uint_eq(bench.work.count, 4);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(build_ids_are_of_elf_files)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_BUILD_ID, span_text("\xab\xcd"))->off = 7;
    vpi_family_build_id(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0);
    bench.image.format = VP_FORMAT_ELF64;
    vpi_family_build_id(&bench.work);
    is(&bench, KIND_BUILD_ID, 0, "abcd");
    ck_assert_uint_eq(bench.work.items[0].off, 7);
    ck_assert_uint_eq(bench.work.items[0].len, 2);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(symbol_sets_are_of_what_is_linked)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    static const struct image_symbol symbols[] = {
        {{(const uint8_t *)"b", 1}, SYMBOL_LINKED | SYMBOL_DEFINED},
        {{(const uint8_t *)"a", 1}, SYMBOL_LINKED | SYMBOL_DEFINED | SYMBOL_FUNCTION},
        {{(const uint8_t *)"b", 1}, SYMBOL_LINKED | SYMBOL_DEFINED},
        {{(const uint8_t *)"u", 1}, SYMBOL_LINKED},
        {{(const uint8_t *)"x", 1}, SYMBOL_DEFINED | SYMBOL_FIRST_TABLE},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        *vpi_image_symbol(&bench.image) = symbols[i];
    vpi_family_symbol_set(&bench.work);
    is(&bench, KIND_SYMBOL_DEFINED_SET, 0, set_of(&bench, "a\nb"));
    is(&bench, KIND_SYMBOL_UNDEFINED_SET, 0, set_of(&bench, "u"));
    ck_assert_uint_eq(bench.work.count, 2);
    bench_close(&bench);
}
END_TEST

START_TEST(go_modules_are_named_with_and_without_their_version)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    text(&bench, TEXT_GO, "go", "go1.19.8");
    text(&bench, TEXT_GO, "path", "example.com/cmd/tool");
    text(&bench, TEXT_GO, "mod", "example.com/tool\t(devel)\t");
    text(&bench, TEXT_GO, "=>", "../elsewhere\t(devel)\t");
    text(&bench, TEXT_GO, "dep", "example.com/dep\tv0.1.0\th1:y=");
    text(&bench, TEXT_GO, "=>", "example.com/fork\tv0.1.1");
    text(&bench, TEXT_GO, "dep", "\tv1");
    vpi_family_go_module(&bench.work);
    is(&bench, KIND_GO_MODULE, 0, "example.com/tool");
    is(&bench, KIND_GO_MODULE, 1, "../elsewhere");
    ck_assert_uint_eq(bench_count(&bench, KIND_GO_MODULE), 2);
    is(&bench, KIND_GO_DEPENDENCY, 0, "example.com/dep");
    is(&bench, KIND_GO_DEPENDENCY, 1, "example.com/dep@v0.1.0");
    is(&bench, KIND_GO_DEPENDENCY, 2, "example.com/fork");
    is(&bench, KIND_GO_DEPENDENCY, 3, "example.com/fork@v0.1.1");
    ck_assert_uint_eq(bench_count(&bench, KIND_GO_DEPENDENCY), 4);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(without_modules_the_path_names_a_go_program)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    text(&bench, TEXT_GO, "path", "cmd/vet");
    vpi_family_go_module(&bench.work);
    is(&bench, KIND_GO_MODULE, 0, "cmd/vet");
    ck_assert_uint_eq(bench.work.count, 1);
    bench_close(&bench);
}
END_TEST

START_TEST(compilers_are_named_as_they_name_themselves)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    text(&bench, TEXT_COMPILER, "comment", "GCC: (Debian 12.2.0-14) 12.2.0");
    text(&bench, TEXT_COMPILER, "rustc", "rustc 1.63.0");
    text(&bench, TEXT_GO, "go", "go1.19.8");
    text(&bench, TEXT_GO, "go", "devel +abc");
    text(&bench, TEXT_GO, "path", "cmd/vet");
    vpi_family_compiler(&bench.work);
    is(&bench, KIND_COMPILER, 0, "GCC: (Debian 12.2.0-14) 12.2.0");
    is(&bench, KIND_COMPILER, 1, "rustc 1.63.0");
    is(&bench, KIND_COMPILER, 2, "Go 1.19.8");
    is(&bench, KIND_COMPILER, 3, "devel +abc");
    ck_assert_uint_eq(bench.work.count, 4);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(module_fields_have_kinds_or_their_name_in_front)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    text(&bench, TEXT_MODINFO, "author", "A. Author");
    text(&bench, TEXT_MODINFO, "description", "A driver");
    text(&bench, TEXT_MODINFO, "license", "GPL v2");
    text(&bench, TEXT_MODINFO, "version", "1.0");
    text(&bench, TEXT_MODINFO, "name", "example");
    text(&bench, TEXT_MODINFO, "vermagic", "6.1 SMP");
    text(&bench, TEXT_MODINFO, "srcversion", " ");
    text(&bench, TEXT_PACKAGE, "version", "not of the module");
    vpi_family_modinfo(&bench.work);
    is(&bench, KIND_MODINFO_AUTHOR, 0, "A. Author");
    is(&bench, KIND_MODINFO_DESCRIPTION, 0, "A driver");
    is(&bench, KIND_MODINFO_LICENSE, 0, "GPL v2");
    is(&bench, KIND_MODINFO_VERSION, 0, "1.0");
    is(&bench, KIND_MODULE_NAME, 0, "example");
    is(&bench, KIND_MODINFO_OTHER, 0, "vermagic: 6.1 SMP");
    ck_assert_uint_eq(bench.work.count, 6);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(a_package_note_names_package_version_and_distribution)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    text(&bench, TEXT_PACKAGE, "type", "deb");
    text(&bench, TEXT_PACKAGE, "os", "debian");
    text(&bench, TEXT_PACKAGE, "name", "coreutils");
    text(&bench, TEXT_PACKAGE, "version", "9.1-1");
    text(&bench, TEXT_MODINFO, "name", "not of the package");
    vpi_family_package_note(&bench.work);
    is(&bench, KIND_PACKAGE_OS, 0, "debian");
    is(&bench, KIND_PACKAGE_NAME, 0, "coreutils");
    is(&bench, KIND_PACKAGE_VERSION, 0, "9.1-1");
    ck_assert_uint_eq(bench.work.count, 3);
    bench_check(&bench);
    bench_close(&bench);
}
END_TEST

/* All of it with every cap: what is missing is said. */
START_TEST(every_memory_cap_is_a_gap)
{
    for (size_t limit = 512; limit < 40000; limit += 256) {
        struct bench bench;
        bench_open(&bench, span_text(""), limit);
        bench.image.format = VP_FORMAT_ELF64;
        static const char *const fields[] = {"name", "go", "dep", "path", "comment", "os", "other"};
        for (size_t i = 0; i < 28; i++) {
            struct image_text *t = vpi_image_text(&bench.image);
            struct image_symbol *s = vpi_image_symbol(&bench.image);
            struct image_library *l = vpi_image_library(&bench.image);
            if (!t || !s || !l)
                break;
            t->group = (enum image_text_group)(i % 6);
            t->field = fields[i % 7];
            t->utf8 = s->name = l->name = span_text("go1.2\tv3\tsome more text");
            s->flags = 0x3f;
        }
        vpi_features_make(&bench.work);
        ck_assert(!bench.arena.failed || bench.image.gap_count > 0);
        bench_check(&bench);
        bench_close(&bench);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(how_a_file_is_linked)                                                                     \
    TEST(build_ids_are_of_elf_files)                                                               \
    TEST(symbol_sets_are_of_what_is_linked)                                                        \
    TEST(go_modules_are_named_with_and_without_their_version)                                      \
    TEST(without_modules_the_path_names_a_go_program)                                              \
    TEST(compilers_are_named_as_they_name_themselves)                                              \
    TEST(module_fields_have_kinds_or_their_name_in_front)                                          \
    TEST(a_package_note_names_package_version_and_distribution)                                    \
    TEST(every_memory_cap_is_a_gap)
#include "check_main.h"
