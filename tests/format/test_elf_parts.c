/* test_elf_parts.c - what stands inside ELF files: notes, kernel modules, Go's build info, Rust */
#include "pe_read.h"

#include "elf_build.h"
#include "format/elf.h"

static struct elf_build elf;
static struct pe_read read;

static void read_it(void)
{
    elf_finish(&elf);
    pe_read_bytes(&read, elf.bytes, elf.len, 0);
}

static void done(void)
{
    pe_read_touch(&read);
    pe_read_done(&read);
    elf_build_done(&elf);
}

static struct span text(enum image_text_group group, const char *field, size_t index)
{
    for (size_t i = 0; i < read.image.text_count; i++) {
        const struct image_text *t = &read.image.texts[i];
        if (t->group == group && strcmp(t->field, field) == 0 && index-- == 0)
            return t->utf8;
    }
    return span_of(NULL, 0);
}

/* ---- notes */

static size_t build_ids(void)
{
    size_t count = 0;
    for (size_t i = 0; i < read.image.blob_count; i++)
        count += read.image.blobs[i].type == BLOB_BUILD_ID;
    return count;
}

START_TEST(notes_are_padded_to_what_their_section_says)
{
    for (unsigned align = 4; align <= 8; align += 4) {
        elf_build_init(&elf, true, false, ET_DYN);
        struct elf_bytes *notes = elf_section(&elf, ".note", SHT_NOTE, SHF_ALLOC);
        elf_section_row(&elf, ".note")->alignment = align;
        elf_note(notes, "GNU", 5, "property123!", 12, align);
        elf_note(notes, "GNU", 3, "first", 5, align);
        elf_note(notes, "Go", 4, "other owner", 11, align);
        elf_note(notes, "GNU", 3, "first", 5, align);
        elf_note(notes, "GNU", 3, "second", 6, 1); /* the last one lacks its padding */
        read_it();
        ck_assert_uint_eq(build_ids(), 2);
        pe_read_is(read.image.blobs[0].bytes, "first");
        pe_read_is(read.image.blobs[1].bytes, "second");
        ck_assert_uint_eq(read.image.note_count, 0);
        done();
    }
}
END_TEST

START_TEST(a_note_that_is_longer_than_its_section_ends_them)
{
    elf_build_init(&elf, true, false, ET_DYN);
    struct elf_bytes *notes = elf_section(&elf, ".note", SHT_NOTE, SHF_ALLOC);
    elf_note(notes, "GNU", 3, "good", 4, 4);
    elf_note(notes, "GNU", 3, "evil", 4, 4);
    memset(notes->data + notes->len - 16, 0xff, 4); /* the length of its content */
    read_it();
    ck_assert_uint_eq(build_ids(), 1);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    done();
}
END_TEST

START_TEST(a_build_id_is_up_to_64_bytes_long)
{
    char id[65] = {1};
    elf_build_init(&elf, true, false, ET_DYN);
    struct elf_bytes *notes = elf_section(&elf, ".note", SHT_NOTE, SHF_ALLOC);
    elf_note(notes, "GNU", 3, id, 65, 4);
    elf_note(notes, "GNU", 3, id, 0, 4);
    elf_note(notes, "GNU", 3, id, 64, 4);
    read_it();
    ck_assert_uint_eq(build_ids(), 1);
    ck_assert_uint_eq(read.image.blobs[0].len, 64);
    done();
}
END_TEST

/* ---- package notes */

static void read_package(const char *json)
{
    elf_build_init(&elf, true, false, ET_DYN);
    struct elf_bytes *notes = elf_section(&elf, ".note.package", SHT_NOTE, SHF_ALLOC);
    elf_note(notes, "FDO", 0xcafe1a7e, json, strlen(json), 4);
    read_it();
}

START_TEST(package_notes_are_flat_json)
{
    read_package(
        " { \"name\" : \"a\\\"\\u00e9\\ud83d\\ude00\\ud800b\\n\",\"size\":[1,{\"x\":\"}\"},2],"
        "\"deep\":{\"name\":\"no\"},\"null\":null,\"os\":\"fedora\"} ");
    pe_read_is(text(TEXT_PACKAGE, "name", 0), "a\"\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd"
                                              "b\n");
    pe_read_is(text(TEXT_PACKAGE, "os", 0), "fedora");
    ck_assert_uint_eq(read.image.text_count, 2);
    ck_assert_uint_eq(read.image.note_count, 0);
    done();
    read_package("{}");
    ck_assert_uint_eq(read.image.text_count + read.image.note_count, 0);
    done();
}
END_TEST

START_TEST(what_is_no_json_ends_a_package_note)
{
    static const char *const broken[] = {"",
                                         "[",
                                         "{\"name\"",
                                         "{\"name\":",
                                         "{\"name\":\"",
                                         "{name:1}",
                                         "{\"a\":[1",
                                         "{\"a\":\"\\x\"}",
                                         "{\"a\":\"\\u12\"}",
                                         "{\"a\":\"\x01\"}",
                                         "{\"a\":1",
                                         "{\"a\":]}",
                                         "{\"a\":\"b\"\"c\"}",
                                         "{\"a\":\"\\",
                                         "{\"a\":\"\\u12g4\"}",
                                         "{\"a\":\"b",
                                         "{\"a\":[\"b"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        read_package(broken[i]);
        if (i != 12) /* one good field, then something else: the rest is left alone */
            ck_assert_msg(pe_read_noted(&read, VP_NOTE_MALFORMED), "%s", broken[i]);
        ck_assert_uint_le(read.image.text_count, i == 12);
        done();
    }
}
END_TEST

/* ---- kernel modules */

START_TEST(a_kernel_module_tells_its_fields_but_not_its_aliases)
{
    for (unsigned i = 0; i < 4; i++) {
        elf_build_module(&elf, i & 1, i & 2, NULL, 0);
        read_it();
        ck_assert_int_eq(read.image.role, VP_ROLE_KERNEL_MODULE);
        pe_read_is(text(TEXT_MODINFO, "license", 0), "GPL v2");
        pe_read_is(text(TEXT_MODINFO, "author", 1), "Second");
        pe_read_is(text(TEXT_MODINFO, "parm", 0), "debug:Level (int)");
        pe_read_is(text(TEXT_MODINFO, "name", 0), "example_drv");
        ck_assert_uint_eq(text(TEXT_MODINFO, "alias", 0).len, 0);
        ck_assert_uint_eq(read.image.text_count, 8);
        ck_assert_uint_eq(read.image.symbol_count, 2);
        pe_read_is(read.image.symbols[0].name, "init_module");
        pe_read_is(read.image.symbols[1].name, "printk");
        for (size_t k = 0; k < read.image.text_count; k++) {
            const struct image_text *t = &read.image.texts[k];
            ck_assert_int_eq(memcmp(elf.bytes + t->off, t->utf8.data, t->len), 0);
        }
        ck_assert_uint_eq(read.image.note_count, 0);
        done();
    }
}
END_TEST

START_TEST(a_field_name_wins_over_the_structure)
{
    elf_build_module(&elf, true, false, NULL, 0);
    elf_put_text(&elf_section_row(&elf, ".modinfo")->content, "name=from_field");
    read_it();
    pe_read_is(text(TEXT_MODINFO, "name", 0), "from_field");
    ck_assert_uint_eq(text(TEXT_MODINFO, "name", 1).len, 0);
    done();
}
END_TEST

START_TEST(the_signature_stands_behind_the_module)
{
    elf_build_module(&elf, true, false, "signature", 9);
    read_it();
    const struct image_blob *blob = pe_read_blob(&read, BLOB_SIGNATURE);
    ck_assert_ptr_nonnull(blob);
    ck_assert_uint_eq(blob->len, 9);
    ck_assert_int_eq(memcmp(elf.bytes + blob->off, "signature", 9), 0);
    ck_assert_uint_eq(read.image.note_count, 0); /* and is no overlay */
    done();
}
END_TEST

START_TEST(a_signature_of_another_kind_or_length_is_unreadable)
{
    for (unsigned i = 0; i < 2; i++) {
        elf_build_module(&elf, true, false, "signature", 9);
        elf_finish(&elf);
        elf.bytes[elf.len - (i ? 38 : 32)] ^= 1; /* the kind of id; the length's first byte */
        pe_read_bytes(&read, elf.bytes, elf.len, 0);
        ck_assert_ptr_null(pe_read_blob(&read, BLOB_SIGNATURE));
        ck_assert(pe_read_noted(&read, VP_NOTE_SIGNATURE_UNREADABLE));
        done();
    }
}
END_TEST

/* ---- Go and Rust */

static const char go_lines[] = "path\texample.com/cmd/tool\nmod\texample.com/tool\tv1.2.3\th1:x=\n"
                               "dep\texample.com/dep\tv0.1.0\th1:y=\n=>\texample.com/fork\tv0.1.1\n"
                               "build\t-compiler=gc\n";

START_TEST(go_build_info_is_read_in_both_forms)
{
    for (unsigned i = 0; i < 16; i++) {
        elf_build_library(&elf, i & 1, i & 2);
        elf_go(&elf, i & 4, "go1.19.8", go_lines);
        if (i & 8) { /* without section headers the data segment is looked through */
            elf.headerless = true;
            elf_segment(&elf, PT_LOAD, elf_index(&elf, ".go.buildinfo"))->flags = PF_W;
        }
        read_it();
        pe_read_is(text(TEXT_GO, "go", 0), "go1.19.8");
        pe_read_is(text(TEXT_GO, "path", 0), "example.com/cmd/tool");
        pe_read_is(text(TEXT_GO, "mod", 0), "example.com/tool\tv1.2.3\th1:x=");
        pe_read_is(text(TEXT_GO, "dep", 0), "example.com/dep\tv0.1.0\th1:y=");
        pe_read_is(text(TEXT_GO, "=>", 0), "example.com/fork\tv0.1.1");
        ck_assert_uint_eq(read.image.note_count, 0);
        done();
    }
}
END_TEST

START_TEST(go_strings_that_lead_nowhere_are_malformed)
{
    for (unsigned i = 0; i < 2; i++) {
        elf_build_library(&elf, true, false);
        elf_go(&elf, i, "go1.19.8", go_lines);
        struct elf_bytes *info = &elf_section_row(&elf, ".go.buildinfo")->content;
        memset(info->data + (i ? 16 : 32), 0xff, 8); /* the pointer; the length */
        read_it();
        ck_assert_uint_eq(text(TEXT_GO, "go", 0).len, 0);
        ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
        done();
    }
}
END_TEST

START_TEST(go_modules_without_their_marks_are_left_out)
{
    elf_build_library(&elf, true, false);
    elf_go(&elf, false, "go1.19.8", "no line feed at the end");
    read_it();
    pe_read_is(text(TEXT_GO, "go", 0), "go1.19.8");
    ck_assert_uint_eq(text(TEXT_GO, "mod", 0).len, 0);
    done();
}
END_TEST

static void read_messages(const char *messages)
{
    elf_build_library(&elf, true, false);
    elf_put_text(elf_section(&elf, ".rodata", SHT_PROGBITS, SHF_ALLOC), messages);
    read_it();
}

#define COMMIT "59807616e1fa2540724bfbac14d7976d7e4a3860"

START_TEST(a_rust_program_keeps_the_paths_of_its_library)
{
    read_messages(
        "no /rustc here, /rustc/too/short, /usr/src/rustc-1.63.0/library/core/src/lib.rs");
    pe_read_is(text(TEXT_COMPILER, "rustc", 0), "rustc 1.63.0");
    done();
    read_messages("/rustc/" COMMIT "/library/std/rt.rs/rustc/" COMMIT "/again");
    pe_read_is(text(TEXT_COMPILER, "rustc", 0), "rustc " COMMIT);
    ck_assert_uint_eq(text(TEXT_COMPILER, "rustc", 1).len, 0);
    done();
}
END_TEST

START_TEST(paths_that_only_look_like_rusts_are_none)
{
    static const char *const others[] = {"/rustc",
                                         "/rustc/",
                                         "/rustc-",
                                         "/rustc-1.63.0",
                                         "/rustc-/x",
                                         "/rustc-x/y",
                                         "/rustc/" COMMIT,
                                         "/rustc/" COMMIT "0/x",
                                         "/rustc-1.2.3.4.5.6.7.8.9.10.11.12.13.14.15/x"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        read_messages(others[i]);
        ck_assert_msg(text(TEXT_COMPILER, "rustc", 0).len == 0, "%s", others[i]);
        done();
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(notes_are_padded_to_what_their_section_says)                                              \
    TEST(a_note_that_is_longer_than_its_section_ends_them)                                         \
    TEST(a_build_id_is_up_to_64_bytes_long)                                                        \
    TEST(package_notes_are_flat_json)                                                              \
    TEST(what_is_no_json_ends_a_package_note)                                                      \
    TEST(a_kernel_module_tells_its_fields_but_not_its_aliases)                                     \
    TEST(a_field_name_wins_over_the_structure)                                                     \
    TEST(the_signature_stands_behind_the_module)                                                   \
    TEST(a_signature_of_another_kind_or_length_is_unreadable)                                      \
    TEST(go_build_info_is_read_in_both_forms)                                                      \
    TEST(go_strings_that_lead_nowhere_are_malformed)                                               \
    TEST(go_modules_without_their_marks_are_left_out)                                              \
    TEST(a_rust_program_keeps_the_paths_of_its_library)                                            \
    TEST(paths_that_only_look_like_rusts_are_none)
#include "check_main.h"
