/* test_merge.c - compiled databases together are their sets together */
#define _XOPEN_SOURCE 700
#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../db/exercise.h"
#include "db/database.h"
#include "set/merge.h"
#include "set_files.h"

#define OTHER_KEYS                                                                                 \
    "kind,value,subject,relation,gate,size,version,file,confidence,date,source\n"                  \
    "file-sha256,00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,other,,library," \
    "9,3,b.dll,medium,2020,a list\n"                                                               \
    "file-md5,10112233445566778899aabbccddeeff,other,,rar,,,,medium,2020,a list\n"                 \
    "file-md5,20112233445566778899aabbccddeeff,other,,zip,,,,medium,2020,a list\n"                 \
    "file-md5,30112233445566778899aabbccddeeff,other,,like,,,,medium,2020,a list\n"                \
    "company-name,Other Works,other,,,,,,medium,,a list\n"
#define GATES_FILE "gates:\n  library:\n    role: [library]\n    source: a book\n"
#define OTHER_GATES                                                                                \
    "  rar:\n    prefix: \"526172211a07\"\n    source: a book\n"                                   \
    "  zip:\n    prefix: \"377abcaf271c\"\n    source: a book\n"                                   \
    "  like:\n    has: imphash\n    value: 00112233445566778899aabbccddeeff\n    source: a book\n"
#define ANCHORS                                                                                    \
    "hash_of,algorithm,value,purposes,trust,name,from,until,source\n"                              \
    "tbs,sha1,000102030405060708090a0b0c0d0e0f10111213,code,trusted,A root,,,a list\n"
#define POLICY                                                                                     \
    "id: us-c\ntitle: C\nbasis: Act C\nsince: \"2020-01-01\"\nsource: a law\nrules:\n"             \
    "  - subject: other\n    answer: covered\n    why: it says so\n    source: a law\n"            \
    "  - subject: other\n    levels: [possible]\n    answer: needs-human\n    why: no\n"           \
    "    source: a law\n"

static char base[64];
static char paths[4][100];

static void make_base(void)
{
    strcpy(base, "/tmp/vp-merge-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    for (int i = 0; i < 4; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%d.vpdb", base, i);
}

static void remove_base(void)
{
    for (int i = 0; i < 4; i++)
        unlink(paths[i]);
    ck_assert_int_eq(rmdir(base), 0); /* nothing was left behind */
}

static void read_other(struct vp_set *set, const char *name)
{
    char vendor[600];
    snprintf(vendor, sizeof vendor, "id: other\ntype: vendor\nname: %s\ngates:\n" OTHER_GATES,
             name);
    vpi_set_read_file(set, "vendors/other.yaml", span_text(vendor));
    vpi_set_read_file(set, "vendors/whql.yaml",
                      span_text("id: whql\ntype: vendor\nname: A laboratory\nsigns-for-others: "
                                "\"yes\"\nowner: other\n"));
    vpi_set_read_file(set, "keys/other.csv", span_text(OTHER_KEYS));
    vpi_set_read_file(set, "anchors/other.csv", span_text(ANCHORS));
    vpi_set_read_file(set, "policies/us-c.yaml", span_text(POLICY));
}

/* The other set: one vendor, a gate that both have, anchors, a policy. */
static struct vp_set *other_set(const char *name, const char *head)
{
    struct vp_set *set = vpi_set_new(0);
    read_other(set, name);
    vpi_set_read_file(set, "gates.yaml", span_text(GATES_FILE));
    vpi_set_read_file(set, "set.yaml", span_text(head));
    vpi_set_finish(set);
    return set;
}

static void build_and_free(struct vp_set *set, const char *path)
{
    struct vp_error err;
    ck_assert_msg(vp_set_build(set, path, &err) == VP_OK, "%s", err.text);
    vp_set_free(set);
}

static bool same_files(const char *a, const char *b)
{
    struct vp_db *x = NULL, *y = NULL;
    ck_assert_int_eq(vp_db_open(a, NULL, &x, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open(b, NULL, &y, NULL), VP_OK);
    bool same = span_equal(x->bytes, y->bytes) && vp_db_verify(x, NULL) == VP_OK;
    vp_db_unref(x);
    vp_db_unref(y);
    return same;
}

START_TEST(databases_merged_are_their_sets_built_together)
{
    struct vp_error err;
    struct vp_set_options small = {.size = sizeof small, .memory = 1, .beside = paths[3]};
    make_base();
    build_and_free(set_read(0, false, -1, span_of(NULL, 0)), paths[0]);
    build_and_free(other_set("Other Ltd", SET_HEAD), paths[1]);
    /* Together. */
    struct vp_set *set = vpi_set_new(0);
    for (int i = 0; i < SET_FILES; i++)
        vpi_set_read_file(set, set_files[i].path, span_text(set_files[i].text));
    read_other(set, "Other Ltd");
    vpi_set_finish(set);
    build_and_free(set, paths[2]);
    const char *const ways[][4] = {{paths[0], paths[1], NULL, NULL},
                                   {paths[1], paths[0], NULL, NULL},
                                   {paths[1], paths[0], paths[1], NULL},
                                   {paths[2], paths[0], paths[2], paths[1]}};
    static const size_t counts[] = {2, 2, 3, 4};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(vp_set_merge(ways[i], counts[i], paths[3], i % 2 ? &small : NULL, &err) ==
                          VP_OK,
                      "%s", err.text);
        ck_assert(same_files(paths[2], paths[3]));
    }
    ck_assert_int_eq(vp_set_merge(ways[0], 1, paths[3], NULL, &err), VP_OK);
    ck_assert(same_files(paths[0], paths[3]));
    remove_base();
}
END_TEST

START_TEST(the_newest_says_the_date_and_the_first_to_expire_when)
{
    struct vp_db *db = NULL;
    struct vp_db_info info = {.size = sizeof info};
    make_base();
    build_and_free(other_set("Other Ltd",
                             "serial: \"8\"\ndate: \"2026-01-01\"\nexpires: \"2027-05-05\"\n"
                             "license: MIT\n"),
                   paths[0]);
    build_and_free(other_set("Other Ltd",
                             "serial: \"3\"\ndate: \"2026-02-01\"\nexpires: \"2027-03-03\"\n"
                             "license: MIT\n"),
                   paths[1]);
    build_and_free(other_set("Other Ltd", SET_HEAD), paths[2]);
    const char *const three[] = {paths[0], paths[1], paths[2]};
    ck_assert_int_eq(vp_set_merge(three, 3, paths[3], NULL, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open(paths[3], NULL, &db, NULL), VP_OK);
    vp_db_info(db, &info);
    ck_assert_uint_eq(info.serial, 8);
    ck_assert_str_eq(info.date, "2026-11-22");
    ck_assert_str_eq(info.expires, "2027-03-03");
    vp_db_unref(db);
    remove_base();
}
END_TEST

START_TEST(what_contradicts_or_is_damaged_is_refused)
{
    struct vp_error err;
    make_base();
    build_and_free(other_set("Other Ltd", SET_HEAD), paths[0]);
    build_and_free(other_set("Another Ltd", SET_HEAD), paths[1]);
    for (int backwards = 0; backwards < 2; backwards++) {
        const char *const two[] = {paths[backwards], paths[1 - backwards]};
        ck_assert_int_eq(vp_set_merge(two, 2, paths[3], NULL, &err), VP_E_SET);
        ck_assert_str_eq(err.text, "'other' is not the same in all databases");
    }
    const char *const one[] = {paths[2]};
    ck_assert_int_eq(vp_set_merge(one, 1, paths[3], NULL, &err), VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_set_merge(one, 0, paths[3], NULL, &err), VP_E_ARGUMENT);
    const char *const good[] = {paths[0]};
    ck_assert_int_eq(vp_set_merge(good, 1, "/nonexistent/x", NULL, &err), VP_E_IO);
    /* A bit of a record: it still opens. */
    FILE *file = fopen(paths[0], "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, -100, SEEK_END), 0);
    int c = fgetc(file);
    ck_assert_int_eq(fseek(file, -100, SEEK_END), 0);
    ck_assert_int_ne(fputc(c ^ 1, file), EOF);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(vp_set_merge(good, 1, paths[3], NULL, &err), VP_E_DATABASE);
    ck_assert_int_ne(access(paths[3], F_OK), 0);
    remove_base();
}
END_TEST

/* Makes the checksums right again after bytes were changed, as somebody with bad intentions would.
 */
static void repair(uint8_t *bytes, size_t len)
{
    struct span all = span_of(bytes, len);
    uint64_t chunks = 0, off, size;
    ck_assert(span_uint(all, HEADER_CHUNKS, 4, &chunks));
    for (uint64_t i = 0; i < chunks && i < VPDB_CHUNKS_MOST; i++) {
        size_t row = HEADER_SIZE + (size_t)i * CHUNK_ROW;
        struct span chunk;
        if (row + CHUNK_ROW <= len && span_uint(all, row + CHUNK_OFF, 8, &off) &&
            span_uint(all, row + CHUNK_LEN, 8, &size) && span_sub(all, off, size, &chunk))
            vpi_put_uint(bytes + row + CHUNK_CHECKSUM, vpi_hash128(chunk).low, 8);
    }
    exercise_fix_digest(bytes, len);
}

static void write_file(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(changed_databases_are_merged_to_whole_ones_or_refused)
{
    enum { CHANGES = 400 };
    const uint8_t *good;
    size_t len, merged = 0;
    uint64_t random = 7;
    struct vp_db *db = NULL;
    make_base();
    struct vp_set *set = set_read(0, false, -1, span_of(NULL, 0));
    ck_assert_int_eq(vp_set_compile(set, &good, &len, NULL), VP_OK);
    uint8_t *bytes = malloc(len);
    ck_assert_ptr_nonnull(bytes);
    build_and_free(other_set("Other Ltd", SET_HEAD), paths[0]);
    const char *const two[] = {paths[0], paths[1]};
    for (unsigned i = 0; i < CHANGES; i++) {
        memcpy(bytes, good, len);
        for (unsigned flips = 0; flips <= i % 3; flips++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            size_t at = HEADER_SIZE + (size_t)(random >> 33) % (len - HEADER_SIZE);
            bytes[at] ^= (uint8_t)(1u << (random >> 20 & 7));
        }
        repair(bytes, len);
        write_file(paths[1], bytes, len);
        if (vp_set_merge(two, 2, paths[3], NULL, NULL) != VP_OK)
            continue;
        merged++;
        ck_assert_int_eq(vp_db_open(paths[3], NULL, &db, NULL), VP_OK);
        ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
        vp_db_unref(db);
    }
    /* Bits of texts and sizes change what is said; those of rows are seen. */
    ck_assert_uint_gt(merged, CHANGES / 20);
    ck_assert_uint_lt(merged, CHANGES);
    free(bytes);
    vp_set_free(set);
    remove_base();
}
END_TEST

#define TESTS                                                                                      \
    TEST(databases_merged_are_their_sets_built_together)                                           \
    TEST(the_newest_says_the_date_and_the_first_to_expire_when)                                    \
    TEST(what_contradicts_or_is_damaged_is_refused)                                                \
    TEST(changed_databases_are_merged_to_whole_ones_or_refused)
#include "check_main.h"
