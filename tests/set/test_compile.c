/* test_compile.c - from text to a database, the same bytes everywhere */
#define _XOPEN_SOURCE 700
#include <check.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "set_files.h"

static struct vp_set *set_good(void)
{
    struct vp_set *set = set_read(0, false, -1, span_of(NULL, 0));
    for (size_t i = 0; i < set->diagnostics_count; i++)
        ck_assert_msg(set->diagnostics[i].severity != VP_SEVERITY_ERROR, "%s:%u: %s",
                      set->diagnostics[i].place.file, set->diagnostics[i].place.line,
                      set->diagnostics[i].text);
    return set;
}

static struct vp_db *compiled(struct vp_set *set)
{
    const uint8_t *data;
    size_t len;
    struct vp_db *db = NULL;
    struct vp_error err;
    ck_assert_msg(vp_set_compile(set, &data, &len, &err) == VP_OK, "%s", err.text);
    ck_assert_msg(vp_db_open_memory(data, len, NULL, &db, &err) == VP_OK, "%s", err.text);
    ck_assert_msg(vp_db_verify(db, &err) == VP_OK, "%s", err.text);
    return db;
}

static struct vp_hit look_up(struct vp_db *db, const char *kind, const char *text)
{
    uint8_t value[256];
    size_t len;
    struct vp_hit hit;
    unsigned number = vp_kind_from_name(kind);
    ck_assert_int_eq(vp_value_parse(number, text, strlen(text), value, sizeof value, &len, NULL),
                     VP_OK);
    struct vp_key key = vp_key_make(number, value, len);
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    return hit;
}

START_TEST(each_entry_of_the_text_is_found_in_the_database)
{
    struct vp_set *set = set_good();
    struct vp_db *db = compiled(set);
    struct vp_record record = {.size = sizeof record};
    struct vp_subject subject = {.size = sizeof subject};
    struct vp_hit hit = look_up(db, "file-md5", "00112233445566778899aabbccddeeff");
    ck_assert_uint_eq(hit.count, 1);
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_str_eq(record.version, "1.0");
    ck_assert_str_eq(record.file, "anvil.exe");
    ck_assert_str_eq(record.date, "1950");
    ck_assert_str_eq(record.source, "a book");
    ck_assert_int_eq(record.relation, VP_RELATION_PUBLISHER);
    ck_assert_int_eq(record.confidence, VP_CONFIDENCE_HIGH);
    ck_assert_int_eq(record.gated, 1);
    ck_assert_int_eq(vp_db_record_at(db, hit, 1, &record), VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_db_subject_at(db, record.subject, &subject), VP_OK);
    ck_assert_str_eq(subject.id, "acme");
    ck_assert_str_eq(subject.name, "Acme Ltd");
    hit = look_up(db, "file-sha1", "000102030405060708090a0b0c0d0e0f10111213");
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_str_eq(record.file, "a,b.exe");
    ck_assert_str_eq(record.source, "a \"list\"");
    ck_assert_int_eq(vp_db_subject_at(db, record.subject, &subject), VP_OK);
    ck_assert_str_eq(subject.id, "acme/anvil");
    ck_assert_uint_eq(look_up(db, "company-name", "ACME").count, 1);
    ck_assert_uint_eq(look_up(db, "product-name", "acme").count, 1);
    ck_assert_uint_eq(look_up(db, "file-description", "acme").count, 0);
    ck_assert_uint_eq(look_up(db, "file-name", "anvil#.exe").count, 1);
    ck_assert_uint_eq(
        look_up(db, "company-name", "acme (road) runner supplies company limited").count, 1);
    hit = look_up(db, "export-set", "ffeeddccbbaa99887766554433221100");
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_int_eq(record.relation, VP_RELATION_COMPONENT); /* of an origin */
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(rows_of_tables_are_keys_of_their_stubs)
{
    struct vp_set *set = set_good();
    struct vp_db *db = compiled(set);
    struct vp_record record = {.size = sizeof record};
    struct vp_subject subject = {.size = sizeof subject};
    struct vp_hit hit =
        look_up(db, "authenticode-sha1", "ff0102030405060708090a0b0c0d0e0f10111213");
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_int_eq(record.relation, VP_RELATION_CLAIM); /* what the row says */
    ck_assert_int_eq(record.gated, 1);
    ck_assert_str_eq(record.version, "3");
    ck_assert_str_eq(record.file, "b.dll");
    ck_assert_str_eq(record.date, "2020");
    ck_assert_int_eq(vp_db_subject_at(db, record.subject, &subject), VP_OK);
    ck_assert_str_eq(subject.id, "bolt");
    ck_assert_str_eq(subject.name, "Bolt, Inc.");
    ck_assert_int_eq(subject.type, VP_SUBJECT_VENDOR);
    hit = look_up(db, "certificate-sha1", "ff0102030405060708090a0b0c0d0e0f10111213");
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_int_eq(record.relation, VP_RELATION_SIGNER); /* what the kind yields */
    hit = look_up(db, "minifilter", "BoltFlt");
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_int_eq(vp_db_subject_at(db, record.subject, &subject), VP_OK);
    ck_assert_str_eq(subject.id, "list");
    ck_assert_int_eq(subject.type, VP_SUBJECT_ORIGIN);
    ck_assert_uint_eq(look_up(db, "company-name", "bolt works").count, 1);
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(gates_are_compiled_for_each_kind_and_size)
{
    struct vp_set *set = set_good();
    struct vp_db *db = compiled(set);
    struct db_gate gate;
    unsigned narrow = 0, wide = 0, bare = 0, shared = 0;
    for (uint32_t i = 0; vpi_db_gate(db, i, &gate); i++) {
        ck_assert_uint_eq(gate.keys, 1);
        if (gate.kind == KIND_FILE_MD5) {
            narrow++;
            ck_assert_uint_eq(gate.size_least, 150);
            ck_assert_uint_eq(gate.size_most, 150);
            ck_assert_uint_eq(gate.formats, 1u << VP_FORMAT_PE32 | 1u << VP_FORMAT_PE32_PLUS);
            ck_assert_uint_eq(gate.roles, 1u << VP_ROLE_PROGRAM);
            ck_assert_uint_eq(gate.prefix_len, 2);
            ck_assert_mem_eq(gate.prefix, "MZ", 2);
            ck_assert_uint_eq(gate.vendor, 0);
        } else if (gate.kind == KIND_AUTHENTICODE_SHA1) {
            shared++; /* of gates.yaml, narrowed by the row */
            ck_assert_uint_eq(gate.roles, 1u << VP_ROLE_LIBRARY);
            ck_assert_uint_eq(gate.formats, 0);
            ck_assert_uint_eq(gate.size_least, 9);
            ck_assert_uint_eq(gate.size_most, 9);
        } else if (gate.formats) {
            wide++;
            ck_assert_uint_eq(gate.size_least, 100);
            ck_assert_uint_eq(gate.size_most, 200);
        } else {
            bare++; /* a size without a gate is one */
            ck_assert_uint_eq(gate.size_least, 7);
            ck_assert_uint_eq(gate.size_most, 7);
            ck_assert_uint_eq(gate.vendor, VPDB_NO_ROW);
        }
    }
    ck_assert_uint_eq(narrow, 1);
    ck_assert_uint_eq(wide, 1);
    ck_assert_uint_eq(bare, 1);
    ck_assert_uint_eq(shared, 1);
    ck_assert(!vpi_db_has_ungated(db, KIND_FILE_SHA1));
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(policies_keep_the_order_of_their_rules)
{
    struct vp_set *set = set_good();
    struct vp_db *db = compiled(set);
    struct vp_policy policy = {.size = sizeof policy};
    struct db_rule rule;
    struct db_subject subject;
    uint32_t first, count;
    ck_assert_int_eq(vp_db_policy_at(db, 0, &policy), VP_OK);
    ck_assert_str_eq(policy.id, "us-a");
    ck_assert_str_eq(policy.since, "2020-01-01");
    ck_assert(vpi_db_policy_named(db, "us-b", &first, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert(vpi_db_rule(db, first, &rule));
    ck_assert_int_eq(rule.answer, VP_ANSWER_COVERED);
    ck_assert_uint_eq(rule.relations, 1u << VP_RELATION_PUBLISHER | 1u << VP_RELATION_BUILDER);
    ck_assert_uint_eq(rule.levels, 1u << VP_LEVEL_IDENTIFIED);
    ck_assert(vpi_db_subject(db, rule.subject, &subject));
    ck_assert_str_eq(subject.id, "acme/anvil");
    ck_assert(vpi_db_subject(db, 4, &subject));
    ck_assert_str_eq(subject.id, "zlib");
    ck_assert(subject.deprecated && subject.signs_for_others);
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(neither_the_order_of_files_nor_locale_nor_time_zone_changes_a_byte)
{
    const uint8_t *first, *again;
    size_t first_len, again_len;
    struct vp_set *a = set_good();
    setenv("TZ", "Pacific/Kiritimati", 1);
    setlocale(LC_ALL, "C.UTF-8");
    struct vp_set *b = set_read(0, true, -1, span_of(NULL, 0));
    ck_assert_int_eq(vp_set_compile(a, &first, &first_len, NULL), VP_OK);
    ck_assert_int_eq(vp_set_compile(b, &again, &again_len, NULL), VP_OK);
    ck_assert_uint_eq(first_len, again_len);
    ck_assert_mem_eq(first, again, first_len);
    setlocale(LC_ALL, "C");
    unsetenv("TZ");
    vp_set_free(a);
    vp_set_free(b);
}
END_TEST

/* The writer's bytes on any machine: this digest was taken on a little-endian one. */
START_TEST(a_known_set_has_a_known_digest)
{
    struct vp_set *set = set_good();
    struct vp_db *db = compiled(set);
    ck_assert_str_eq(vpi_db_digest(db), "384165f948bf47916c9bfadb7313529b");
    vp_db_unref(db);
    vp_set_free(set);
}
END_TEST

START_TEST(a_set_with_errors_is_not_compiled)
{
    const uint8_t *data;
    size_t len;
    struct vp_error err;
    struct vp_set *set = set_read(0, false, 0, span_text("serial: 7\n"));
    ck_assert_uint_gt(vp_set_errors(set), 0);
    ck_assert_int_eq(vp_set_compile(set, &data, &len, &err), VP_E_SET);
    vp_set_free(set);
}
END_TEST

START_TEST(each_memory_cap_fails_or_compiles)
{
    unsigned failed = 0, fine = 0;
    for (size_t memory = 1; memory < 4 << 20; memory += memory < 100000 ? 1777 : 60000) {
        const uint8_t *data;
        size_t len;
        struct vp_set *set = set_read(memory, false, -1, span_of(NULL, 0));
        if (set && !set->arena.failed && vp_set_compile(set, &data, &len, NULL) == VP_OK)
            fine++;
        else
            failed++;
        vp_set_free(set);
    }
    ck_assert_uint_gt(failed, 0);
    ck_assert_uint_gt(fine, 0);
}
END_TEST

/* ---- folders */

static void write_set(const char *folder, bool backwards)
{
    static const char *const rooms[] = {"vendors", "products", "products/acme",
                                        "hashes",  "keys",     "policies"};
    char path[256];
    mkdir(folder, 0755);
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, rooms[i]);
        mkdir(path, 0755);
    }
    for (int i = 0; i < SET_FILES; i++) {
        const struct set_file *file = &set_files[backwards ? SET_FILES - 1 - i : i];
        snprintf(path, sizeof path, "%s/%s", folder, file->path);
        FILE *out = fopen(path, "w");
        ck_assert_ptr_nonnull(out);
        fputs(file->text, out);
        fclose(out);
    }
}

static void remove_set(const char *folder)
{
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_folder_gives_the_bytes_that_its_files_give)
{
    char base[] = "/tmp/vp-set-XXXXXX", folder[64], path[64];
    const uint8_t *memory, *disk;
    size_t memory_len, disk_len;
    struct vp_error err;
    struct vp_set *a = set_good(), *b = NULL;
    struct vp_db *db = NULL;
    ck_assert_ptr_nonnull(mkdtemp(base));
    ck_assert_int_eq(vp_set_compile(a, &memory, &memory_len, NULL), VP_OK);
    for (int backwards = 0; backwards < 2; backwards++) {
        snprintf(folder, sizeof folder, "%s/%d", base, backwards);
        write_set(folder, backwards);
        ck_assert_msg(vp_set_load(folder, &b, &err) == VP_OK, "%s", err.text);
        ck_assert_int_eq(vp_set_compile(b, &disk, &disk_len, NULL), VP_OK);
        ck_assert_uint_eq(memory_len, disk_len);
        ck_assert_mem_eq(memory, disk, disk_len);
        snprintf(path, sizeof path, "%s/out.vpdb", base);
        ck_assert_int_eq(vp_set_build(b, path, &err), VP_OK);
        ck_assert_int_eq(vp_db_open(path, NULL, &db, NULL), VP_OK);
        ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
        vp_db_unref(db);
        vp_set_free(b);
    }
    ck_assert_int_eq(vp_set_load("/nonexistent", &b, &err), VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_set_load("", &b, &err), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_set_build(a, "/nonexistent/x.vpdb", &err), VP_E_IO);
    vp_set_free(a);
    remove_set(base);
}
END_TEST

START_TEST(a_diagnostic_names_file_line_and_column)
{
    char base[] = "/tmp/vp-set-XXXXXX", path[64];
    struct vp_set *set = NULL;
    struct vp_diagnostic diagnostic = {.size = sizeof diagnostic};
    ck_assert_ptr_nonnull(mkdtemp(base));
    write_set(base, false);
    snprintf(path, sizeof path, "%s/set.yaml", base);
    FILE *out = fopen(path, "a");
    fputs("wrong: 1\n", out);
    fclose(out);
    ck_assert_int_eq(vp_set_load(base, &set, NULL), VP_OK);
    uint32_t found = 0;
    for (uint32_t i = 0; vp_set_diagnostic(set, i, &diagnostic) == VP_OK; i++) {
        if (diagnostic.severity != VP_SEVERITY_ERROR || diagnostic.line == 0)
            continue;
        found++;
        ck_assert_str_eq(diagnostic.file, path);
        ck_assert_uint_eq(diagnostic.line, 4);
        ck_assert_uint_eq(diagnostic.column, 1);
        ck_assert_str_eq(diagnostic.text, "unknown field 'wrong'");
    }
    ck_assert_uint_eq(found, 1);
    vp_set_free(set);
    remove_set(base);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_entry_of_the_text_is_found_in_the_database)                                          \
    TEST(rows_of_tables_are_keys_of_their_stubs)                                                   \
    TEST(gates_are_compiled_for_each_kind_and_size)                                                \
    TEST(policies_keep_the_order_of_their_rules)                                                   \
    TEST(neither_the_order_of_files_nor_locale_nor_time_zone_changes_a_byte)                       \
    TEST(a_known_set_has_a_known_digest)                                                           \
    TEST(a_set_with_errors_is_not_compiled)                                                        \
    TEST(each_memory_cap_fails_or_compiles)                                                        \
    TEST(a_folder_gives_the_bytes_that_its_files_give)                                             \
    TEST(a_diagnostic_names_file_line_and_column)
#include "check_main.h"
