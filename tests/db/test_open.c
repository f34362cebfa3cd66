/* test_open.c - opening whole, cut, changed and hostile databases */
#define _XOPEN_SOURCE 700
#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/open.h"
#include "exercise.h"
#include "sample.h"
#include "set/output.h"

static struct arena arena;
static struct span sample;

static void make_sample(size_t count)
{
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(sample_write(&arena, count, &sample), VP_OK);
}

/* A copy of exactly its size, for the sanitizer to watch. */
static uint8_t *copy_of(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    ck_assert_ptr_nonnull(copy);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return copy;
}

static enum vp_status open_copy(struct span bytes, size_t memory, struct vp_db **ret_db,
                                struct vp_error *err)
{
    uint8_t *copy = copy_of(bytes);
    enum vp_status status = vpi_db_open(NULL, span_of(copy, bytes.len), NULL, memory, ret_db, err);
    free(copy); /* the bytes are copied: nothing may look here again */
    return status;
}

START_TEST(a_database_says_what_is_in_it)
{
    struct vp_db *db = NULL;
    make_sample(30);
    ck_assert_int_eq(open_copy(sample, 0, &db, NULL), VP_OK);
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    ck_assert_uint_eq(info.serial, 2026112201);
    ck_assert_str_eq(info.date, "2026-11-22");
    ck_assert_str_eq(info.expires, "2027-11-22");
    ck_assert_ptr_null(info.path);
    ck_assert_uint_eq(info.bytes, sample.len);
    ck_assert_uint_eq(info.keys, 30);
    ck_assert_uint_eq(info.records, 15); /* 33 were written, and what is the same is shared */
    ck_assert_uint_eq(info.subjects, 3);
    ck_assert_uint_eq(info.vendors, 1);
    ck_assert_uint_eq(info.products, 1);
    ck_assert_uint_eq(info.origins, 1);
    ck_assert_uint_eq(info.builders, 0);
    ck_assert_uint_eq(info.policies, 1);
    ck_assert_uint_eq(info.kinds, 3);
    ck_assert_uint_eq(strlen(info.digest), 32);
    ck_assert_str_eq(info.digest, vpi_db_digest(db));
    ck_assert_int_eq(info.mapped, 0);
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(rows_come_back_as_they_were_written)
{
    struct vp_db *db = NULL;
    make_sample(30);
    ck_assert_int_eq(open_copy(sample, 0, &db, NULL), VP_OK);
    struct db_gate gate;
    ck_assert(vpi_db_gate(db, 0, &gate));
    ck_assert_uint_eq(gate.kind, KIND_FILE_SHA256);
    ck_assert_uint_eq(gate.formats, 1u << VP_FORMAT_PE32);
    ck_assert_uint_eq(gate.size_least, 10);
    ck_assert_uint_eq(gate.size_most, 20);
    ck_assert_uint_eq(gate.prefix_len, 2);
    ck_assert_mem_eq(gate.prefix, "MZ", 2);
    ck_assert_uint_eq(gate.keys, 6); /* of 0, 6, 12, 18 and 24; 0 has two records */
    ck_assert(!vpi_db_gate(db, 1, &gate));
    struct db_subject subject;
    ck_assert(vpi_db_subject(db, 2, &subject));
    ck_assert_str_eq(subject.id, "zlib");
    ck_assert(subject.signs_for_others && subject.deprecated);
    uint32_t first, count;
    struct db_rule rule;
    ck_assert(vpi_db_policy_named(db, "us-test", &first, &count));
    ck_assert_uint_eq(count, 2);
    ck_assert(!vpi_db_policy_named(db, "us-tes", &first, &count));
    ck_assert(vpi_db_rule(db, first, &rule));
    ck_assert_int_eq(rule.answer, VP_ANSWER_COVERED);
    ck_assert_str_eq(rule.why, "it says so");
    struct vp_policy policy = {.size = sizeof policy};
    ck_assert_int_eq(vp_db_policy_at(db, 0, &policy), VP_OK);
    ck_assert_str_eq(policy.since, "2017-09-13");
    struct db_calibration calibration;
    ck_assert(vpi_db_calibration(db, 0, &calibration));
    ck_assert_uint_eq(calibration.right, 90);
    ck_assert_uint_eq(calibration.wrong, 10);
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(no_prefix_of_a_database_opens)
{
    make_sample(30);
    for (size_t len = 0; len < sample.len; len++) {
        struct vp_db *db = NULL;
        struct vp_error err;
        ck_assert_int_eq(open_copy(span_first(sample, len), 0, &db, &err), VP_E_DATABASE);
        ck_assert_int_eq(err.status, VP_E_DATABASE);
    }
    vpi_arena_done(&arena);
}
END_TEST

/* The same with sizes that agree, so that the chunks are what is cut. */
START_TEST(every_prefix_that_claims_to_be_whole_is_safe)
{
    make_sample(30);
    for (size_t len = HEADER_SIZE; len < sample.len; len++) {
        struct vp_db *db = NULL;
        uint8_t *copy = copy_of(span_first(sample, len));
        vpi_put_uint(copy + HEADER_FILE_SIZE, len, 8);
        exercise_fix_digest(copy, len);
        if (vp_db_open_memory(copy, len, NULL, &db, NULL) == VP_OK)
            exercise(db);
        vp_db_unref(db);
        free(copy);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(every_flipped_byte_is_noticed_by_opening_or_verifying)
{
    make_sample(12);
    for (size_t i = 0; i < sample.len; i++) {
        struct vp_db *db = NULL;
        uint8_t *copy = copy_of(sample);
        copy[i] ^= 0x41;
        if (vp_db_open_memory(copy, sample.len, NULL, &db, NULL) == VP_OK) {
            ck_assert_msg(vp_db_verify(db, NULL) == VP_E_DATABASE, "byte %zu", i);
            exercise(db);
        }
        vp_db_unref(db);
        free(copy);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(every_flipped_byte_under_a_right_digest_is_safe)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    make_sample(12);
    for (size_t i = 0; i < sample.len * sizeof flips; i++) {
        struct vp_db *db = NULL;
        uint8_t *copy = copy_of(sample);
        copy[i / sizeof flips] ^= flips[i % sizeof flips];
        exercise_fix_digest(copy, sample.len);
        if (vp_db_open_memory(copy, sample.len, NULL, &db, NULL) == VP_OK)
            exercise(db);
        vp_db_unref(db);
        free(copy);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(each_memory_cap_refuses_or_serves)
{
    unsigned refused = 0, served = 0;
    make_sample(30);
    for (size_t memory = 1; memory < 200000; memory += 997) {
        struct vp_db *db = NULL;
        struct vp_error err;
        enum vp_status status = open_copy(sample, memory, &db, &err);
        ck_assert(status == VP_OK || status == VP_E_MEMORY);
        if (status == VP_OK)
            exercise(db);
        vp_db_unref(db);
        refused += status != VP_OK;
        served += status == VP_OK;
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(served, 0);
    vpi_arena_done(&arena);
}
END_TEST

/* Where chunk row `i` stands. */
static size_t chunk_row(size_t i)
{
    return HEADER_SIZE + i * CHUNK_ROW;
}

static uint64_t get(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    (void)span_uint(span_of(at, 8), 0, bytes, &value);
    return value;
}

static size_t chunk_named(const uint8_t *bytes, const char *id)
{
    size_t count = (size_t)get(bytes + HEADER_CHUNKS, 4);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(bytes + chunk_row(i) + CHUNK_ID, id, 4) == 0)
            return i;
    }
    ck_abort_msg("no chunk %s", id);
    return 0;
}

/* Overwrites a field, makes the digest right, and tells what opening says. */
static enum vp_status status_with(size_t off, uint64_t value, unsigned bytes)
{
    struct vp_db *db = NULL;
    uint8_t *copy = copy_of(sample);
    vpi_put_uint(copy + off, value, bytes);
    exercise_fix_digest(copy, sample.len);
    enum vp_status status = vp_db_open_memory(copy, sample.len, NULL, &db, NULL);
    if (status == VP_OK)
        exercise(db);
    vp_db_unref(db);
    free(copy);
    return status;
}

START_TEST(a_hostile_chunk_table_is_refused)
{
    make_sample(30);
    size_t row = chunk_row(chunk_named(sample.data, "RECS"));
    uint64_t off = get(sample.data + row + CHUNK_OFF, 8);
    uint64_t len = get(sample.data + row + CHUNK_LEN, 8);
    uint64_t rows = get(sample.data + row + CHUNK_COUNT, 8);
    ck_assert_int_eq(status_with(row + CHUNK_OFF, off, 8), VP_OK);
    ck_assert_int_eq(status_with(row + CHUNK_OFF, off - 64, 8), VP_E_DATABASE); /* overlaps */
    ck_assert_int_eq(status_with(row + CHUNK_OFF, 0, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_OFF, off + 1, 8), VP_E_DATABASE); /* unaligned */
    ck_assert_int_eq(status_with(row + CHUNK_OFF, UINT64_MAX - 63, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_LEN, sample.len, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_LEN, UINT64_MAX, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_LEN, len - 1, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_COUNT, rows + 1, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_COUNT, UINT64_MAX, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_COUNT, 0, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_FLAGS, 1, 4), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_ID, 0, 4), VP_E_DATABASE);
    ck_assert_int_eq(status_with(row + CHUNK_ID, get((const uint8_t *)"SUBJ....", 4), 4),
                     VP_E_DATABASE); /* a chunk twice */
    ck_assert_int_eq(status_with(HEADER_CHUNKS, 65, 4), VP_E_DATABASE);
    ck_assert_int_eq(status_with(HEADER_CHUNKS, UINT32_MAX, 4), VP_E_DATABASE);
    ck_assert_int_eq(status_with(HEADER_MAJOR, 2, 2), VP_E_DATABASE);
    ck_assert_int_eq(status_with(HEADER_CANONICAL, 2, 4), VP_E_DATABASE);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_hostile_table_or_kind_is_refused)
{
    make_sample(30);
    size_t table =
        (size_t)get(sample.data + chunk_row(chunk_named(sample.data, "TABX")) + CHUNK_OFF, 8);
    size_t kinds =
        (size_t)get(sample.data + chunk_row(chunk_named(sample.data, "KIND")) + CHUNK_OFF, 8);
    uint64_t buckets = get(sample.data + table + TABLE_BUCKETS, 8);
    ck_assert_int_eq(status_with(table + TABLE_HOMES, 0, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_HOMES, buckets + 1, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_HOMES, UINT64_MAX, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_BUCKETS, 0, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_BUCKETS, buckets + 1, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_BUCKETS, UINT64_MAX, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_KEYS, 1000, 8), VP_E_DATABASE);
    ck_assert_int_eq(status_with(table + TABLE_PROBES, 65, 4), VP_E_DATABASE);
    ck_assert_int_eq(status_with(kinds + KINDROW_GROUP, 'Y', 1), VP_E_DATABASE);
    ck_assert_int_eq(status_with(kinds + KINDROW_NUMBER, 0xffff, 2), VP_E_DATABASE);
    ck_assert_int_eq(status_with(kinds + KINDROW_CONFIRM, 64, 2), VP_E_DATABASE);
    ck_assert_int_eq(status_with(kinds + KINDROW_UNGATED, UINT64_MAX, 8), VP_E_DATABASE);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(an_unknown_chunk_is_skipped)
{
    make_sample(30);
    size_t row = chunk_row(chunk_named(sample.data, "CALI"));
    ck_assert_int_eq(status_with(row + CHUNK_ID, get((const uint8_t *)"REFS....", 4), 4), VP_OK);
    vpi_arena_done(&arena);
}
END_TEST

/* Buckets that all overflow: a look-up ends after the number of probes that was copied at open. */
START_TEST(a_table_that_never_ends_ends)
{
    struct vp_db *db = NULL;
    make_sample(3000);
    uint8_t *copy = copy_of(sample);
    size_t row = chunk_row(chunk_named(copy, "TABX"));
    size_t table = (size_t)get(copy + row + CHUNK_OFF, 8);
    vpi_put_uint(copy + table + TABLE_PROBES, PROBES_MOST, 4);
    for (uint64_t b = 0; b < get(copy + table + TABLE_BUCKETS, 8); b++) {
        uint8_t *bucket = copy + table + TABLE_HEAD + b * BUCKET_SIZE;
        vpi_put_uint(bucket + BUCKET_OVERFLOW, UINT64_MAX, 8);
    }
    ck_assert_int_eq(vp_db_open_memory(copy, sample.len, NULL, &db, NULL), VP_OK);
    struct vp_key key = {1, 2, KIND_FILE_SHA256, {0}};
    struct vp_hit hit;
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    ck_assert_uint_eq(hit.count, 0);
    vp_db_unref(db);
    free(copy);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_string_with_control_characters_or_without_an_end_is_empty)
{
    struct vp_db *db = NULL;
    struct db_subject subject;
    make_sample(3);
    uint8_t *copy = copy_of(sample);
    size_t strings = (size_t)get(copy + chunk_row(chunk_named(copy, "STRS")) + CHUNK_OFF, 8);
    size_t rows = (size_t)get(copy + chunk_row(chunk_named(copy, "SUBJ")) + CHUNK_OFF, 8);
    size_t id = strings + (size_t)get(copy + rows + SUBJ_ID, 4);
    size_t name = strings + (size_t)get(copy + rows + SUBJ_NAME, 4);
    ck_assert_str_eq((char *)copy + id + 4, "acme");
    copy[id + 4] = 0x1b;
    vpi_put_uint(copy + name, 5, 4); /* "Acme Ltd" then has no NUL where it should end */
    ck_assert_int_eq(vp_db_open_memory(copy, sample.len, NULL, &db, NULL), VP_OK);
    ck_assert(vpi_db_subject(db, 0, &subject));
    ck_assert_str_eq(subject.id, "");
    ck_assert_str_eq(subject.name, "");
    vp_db_unref(db);
    free(copy);
    vpi_arena_done(&arena);
}
END_TEST

/* ---- files */

static char folder[64];

static const char *write_sample(const char *name, unsigned mode)
{
    static char path[128];
    strcpy(folder, "/tmp/vp-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(sample.data, 1, sample.len, file), sample.len);
    fclose(file);
    chmod(path, mode);
    return path;
}

static int is_mapped(const char *path, unsigned flags)
{
    struct vp_db *db = NULL;
    struct vp_db_options options = {.size = sizeof options, .flags = flags};
    struct vp_db_info info = {.size = sizeof info};
    ck_assert_int_eq(vp_db_open(path, &options, &db, NULL), VP_OK);
    vp_db_info(db, &info);
    ck_assert_str_eq(info.path, path);
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    vp_db_unref(db);
    return info.mapped;
}

START_TEST(a_file_is_mapped_unless_others_may_write_to_it_or_its_folder)
{
    make_sample(30);
    const char *path = write_sample("a.vpdb", 0644);
    ck_assert_int_eq(is_mapped(path, 0), 1);
    ck_assert_int_eq(is_mapped(path, VP_DB_COPY), 0);
    chmod(path, 0666);
    ck_assert_int_eq(is_mapped(path, 0), 0);
    ck_assert_int_eq(is_mapped(path, VP_DB_MAP), 1);
    chmod(path, 0644);
    chmod(folder, 0777);
    ck_assert_int_eq(is_mapped(path, 0), 0);
    ck_assert_int_eq(is_mapped(path, VP_DB_MAP), 1);
    unlink(path);
    rmdir(folder);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(the_default_database_is_named_by_the_environment)
{
    struct vp_db *db = NULL;
    struct vp_db_info info = {.size = sizeof info};
    make_sample(30);
    const char *path = write_sample("b.vpdb", 0644);
    setenv("VENDORPRINT_DATABASE", path, 1);
    ck_assert_int_eq(vp_db_open(NULL, NULL, &db, NULL), VP_OK);
    vp_db_info(db, &info);
    ck_assert_str_eq(info.path, path);
    vp_db_unref(db);
    unsetenv("VENDORPRINT_DATABASE");
    unlink(path);
    rmdir(folder);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(what_is_no_database_is_told_apart)
{
    struct vp_db *db = NULL;
    struct vp_error err;
    make_sample(30);
    const char *path = write_sample("c.vpdb", 0644);
    struct vp_db_options options = {.size = sizeof options, .minimum_serial = 2026112202};
    ck_assert_int_eq(vp_db_open(path, &options, &db, &err), VP_E_DATABASE);
    ck_assert_ptr_nonnull(strstr(err.text, "older"));
    options.minimum_serial--;
    ck_assert_int_eq(vp_db_open(path, &options, &db, &err), VP_OK);
    vp_db_unref(vp_db_ref(db));
    ck_assert_uint_eq(vpi_db_serial(db), 2026112201);
    vp_db_unref(db);
    ck_assert_int_eq(vp_db_open(folder, NULL, &db, &err), VP_E_NOT_REGULAR);
    ck_assert_int_eq(vp_db_open("/nonexistent/x", NULL, &db, &err), VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_db_open("/dev/null", NULL, &db, &err), VP_E_NOT_REGULAR);
    options.flags = VP_DB_COPY | VP_DB_MAP;
    ck_assert_int_eq(vp_db_open(path, &options, &db, &err), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_db_open_memory(NULL, 3, NULL, &db, &err), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_db_open_memory("", 0, NULL, &db, &err), VP_E_DATABASE);
    vp_db_unref(NULL);
    truncate(path, 100);
    ck_assert_int_eq(vp_db_open(path, NULL, &db, &err), VP_E_DATABASE);
    truncate(path, 0);
    ck_assert_int_eq(vp_db_open(path, NULL, &db, &err), VP_E_DATABASE);
    unlink(path);
    rmdir(folder);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_database_says_what_is_in_it)                                                            \
    TEST(rows_come_back_as_they_were_written)                                                      \
    TEST(no_prefix_of_a_database_opens)                                                            \
    TEST(every_prefix_that_claims_to_be_whole_is_safe)                                             \
    TEST(every_flipped_byte_is_noticed_by_opening_or_verifying)                                    \
    TEST(every_flipped_byte_under_a_right_digest_is_safe)                                          \
    TEST(each_memory_cap_refuses_or_serves)                                                        \
    TEST(a_hostile_chunk_table_is_refused)                                                         \
    TEST(a_hostile_table_or_kind_is_refused)                                                       \
    TEST(an_unknown_chunk_is_skipped)                                                              \
    TEST(a_table_that_never_ends_ends)                                                             \
    TEST(a_string_with_control_characters_or_without_an_end_is_empty)                              \
    TEST(a_file_is_mapped_unless_others_may_write_to_it_or_its_folder)                             \
    TEST(the_default_database_is_named_by_the_environment)                                         \
    TEST(what_is_no_database_is_told_apart)
#include "check_main.h"
