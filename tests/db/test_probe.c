/* test_probe.c - every key that was built is found, and no other */
#include <check.h>
#include <stdlib.h>

#include "db/database.h"
#include "sample.h"

enum { MANY = 100000 };

static struct vp_db *open_sample(struct arena *arena, size_t count)
{
    struct span bytes;
    struct vp_db *db = NULL;
    ck_assert_int_eq(sample_write(arena, count, &bytes), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    return db;
}

START_TEST(every_key_that_was_built_is_found_and_none_else)
{
    static const uint16_t kinds[] = {KIND_FILE_SHA256, KIND_FILE_MD5, KIND_COMPANY_NAME};
    static struct vp_key keys[MANY];
    static struct vp_hit hits[MANY];
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, MANY);
    struct vp_error err;
    ck_assert_msg(vp_db_verify(db, &err) == VP_OK, "%s", err.text);
    for (size_t i = 0; i < MANY; i++)
        keys[i] = sample_key(kinds[i % 3], i);
    ck_assert_int_eq(vp_lookup_batch(db, keys, MANY, hits), VP_OK);
    size_t wrong = 0; /* one assertion, not half a million */
    for (size_t i = 0; i < MANY; i++) {
        struct vp_record record = {.size = sizeof record};
        wrong += hits[i].count != (i % 10 == 0 ? 2 : 1);
        wrong += vp_db_record_at(db, hits[i], 0, &record) != VP_OK || record.subject != i % 2 ||
                 strcmp(record.version, i % 4 ? "" : "1.2.3") != 0 || record.gated != (i % 6 == 0);
    }
    ck_assert_uint_eq(wrong, 0);
    for (size_t i = 0; i < MANY; i++)
        keys[i] = sample_key(kinds[i % 3], MANY + i);
    ck_assert_int_eq(vp_lookup_batch(db, keys, MANY, hits), VP_OK);
    for (size_t i = 0; i < MANY; i++)
        wrong += hits[i].count != 0;
    ck_assert_uint_eq(wrong, 0);
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

/* Takes the filters away: their chunks get a name that nobody knows. */
static struct vp_db *open_without_filters(struct span bytes)
{
    struct vp_db *db = NULL;
    uint64_t chunks = 0;
    uint8_t *copy = malloc(bytes.len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes.data, bytes.len);
    ck_assert(span_uint(bytes, HEADER_CHUNKS, 4, &chunks));
    for (uint64_t i = 0; i < chunks; i++) {
        uint8_t *id = copy + HEADER_SIZE + i * CHUNK_ROW + CHUNK_ID;
        if (memcmp(id, "FIL", 3) == 0)
            id[0] = 'N';
    }
    vpi_hash_bytes(vpi_db_digest_of(span_of(copy, bytes.len), (uint32_t)chunks),
                   copy + HEADER_DIGEST);
    ck_assert_int_eq(vp_db_open_memory(copy, bytes.len, NULL, &db, NULL), VP_OK);
    free(copy);
    return db;
}

/* Keys of one kind go another way than mixed ones, and one key another way again. */
START_TEST(batches_of_any_length_answer_like_single_look_ups)
{
    enum { SET = 3000, MOST = 700 };
    static struct vp_key keys[MOST];
    static struct vp_hit hits[MOST];
    struct arena arena;
    struct span bytes;
    size_t wrong = 0, found = 0;
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(sample_write(&arena, SET, &bytes), VP_OK);
    struct vp_db *dbs[2] = {open_sample(&arena, SET), open_without_filters(bytes)};
    ck_assert_uint_gt(dbs[0]->tables[0].filter_words, 0);
    ck_assert_uint_eq(dbs[1]->tables[0].filter_words, 0);
    for (size_t i = 0; i < MOST; i++)
        keys[i] = sample_key(KIND_FILE_SHA256, 3 * i + (i % 7 == 3)); /* every seventh misses */
    for (size_t count = 0; count <= MOST; count += count < 20 ? 1 : 61) {
        for (size_t d = 0; d < 2; d++) {
            memset(hits, 0xff, sizeof hits);
            ck_assert_int_eq(vp_lookup_batch(dbs[d], keys, count, hits), VP_OK);
            for (size_t i = 0; i < count; i++) {
                struct vp_hit one;
                vp_lookup_batch(dbs[1 - d], &keys[i], 1, &one);
                wrong += one.first != hits[i].first || one.count != hits[i].count;
                wrong += (one.count > 0) != (i % 7 != 3);
                found += one.count > 0;
            }
        }
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(found, MOST);
    vp_db_unref(dbs[0]);
    vp_db_unref(dbs[1]);
    vpi_arena_done(&arena);
}
END_TEST

/* Where most keys hit the filter is left out, and taken again where most miss. */
START_TEST(runs_of_hits_and_of_misses_answer_like_single_look_ups)
{
    enum { SET = 20000, MOST = 9000 };
    static struct vp_key keys[MOST];
    static struct vp_hit hits[MOST];
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, SET);
    for (size_t run = 1; run < 2000; run = run * 3 + 1) {
        size_t wrong = 0, found = 0;
        for (size_t i = 0; i < MOST; i++)
            keys[i] = sample_key(KIND_FILE_SHA256, 3 * (i % (SET / 3)) + (i / run % 2));
        ck_assert_int_eq(vp_lookup_batch(db, keys, MOST, hits), VP_OK);
        for (size_t i = 0; i < MOST; i++) {
            struct vp_hit one;
            vp_lookup_batch(db, &keys[i], 1, &one);
            wrong += one.first != hits[i].first || one.count != hits[i].count;
            wrong += (one.count > 0) != (i / run % 2 == 0);
            found += one.count > 0;
        }
        ck_assert_uint_eq(wrong, 0);
        ck_assert_uint_gt(found, MOST / 3);
    }
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

/* Kinds of one table and of others follow each other, and end inside of parts as well. */
START_TEST(runs_of_kinds_answer_like_single_look_ups)
{
    enum { SET = 6000, MOST = 3000, UNKNOWN_KIND = 0x0fff };
    static const uint16_t kinds[] = {KIND_FILE_SHA256, KIND_FILE_MD5, KIND_COMPANY_NAME,
                                     UNKNOWN_KIND};
    static struct vp_key keys[MOST];
    static struct vp_hit hits[MOST];
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, SET);
    for (size_t run = 1; run < MOST; run += run < 4 ? 1 : run / 2) {
        size_t wrong = 0, found = 0;
        for (size_t i = 0; i < MOST; i++)
            keys[i] = sample_key(kinds[i / run % 4], 3 * (i % (SET / 3)) + i / run % 4);
        ck_assert_int_eq(vp_lookup_batch(db, keys, MOST, hits), VP_OK);
        for (size_t i = 0; i < MOST; i++) {
            struct vp_hit one;
            vp_lookup_batch(db, &keys[i], 1, &one);
            wrong += one.first != hits[i].first || one.count != hits[i].count;
            wrong += (one.count > 0) != (i / run % 4 != 3);
            found += one.count > 0;
        }
        ck_assert_uint_eq(wrong, 0);
        ck_assert_uint_ge(found, MOST / 2);
    }
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_key_that_differs_in_one_bit_misses)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, 100);
    for (unsigned bit = 0; bit < 128; bit++) {
        struct vp_key key = sample_key(KIND_FILE_SHA256, 3);
        struct vp_hit hit;
        vp_lookup_batch(db, &key, 1, &hit);
        ck_assert_uint_eq(hit.count, 1);
        if (bit < 64)
            key.low ^= UINT64_C(1) << bit;
        else
            key.high ^= UINT64_C(1) << (bit - 64);
        vp_lookup_batch(db, &key, 1, &hit);
        ck_assert_uint_eq(hit.count, 0);
    }
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_kind_without_keys_misses)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, 100);
    struct vp_key key = sample_key(KIND_FILE_SHA256, 3);
    struct vp_hit hit = {7, 7};
    key.kind = KIND_ICON;
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    ck_assert_uint_eq(hit.count, 0);
    ck_assert(vpi_db_has_kind(db, KIND_FILE_SHA256));
    ck_assert(vpi_db_has_ungated(db, KIND_FILE_SHA256));
    ck_assert(!vpi_db_has_kind(db, KIND_ICON));
    ck_assert_int_eq(vp_lookup_batch(NULL, &key, 1, &hit), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_lookup_batch(db, NULL, 1, &hit), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_lookup_batch(db, NULL, 0, NULL), VP_OK);
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(an_empty_set_finds_nothing)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct vp_db *db = open_sample(&arena, 0);
    struct vp_key key = sample_key(KIND_FILE_SHA256, 0);
    struct vp_hit hit;
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    ck_assert_uint_eq(hit.count, 0);
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

/* It never descends while the key ascends, and reaches every bucket. */
START_TEST(the_home_bucket_ascends_with_the_key)
{
    ck_assert_uint_eq(vpi_db_home(0, 10), 0);
    ck_assert_uint_eq(vpi_db_home(UINT64_MAX, 10), 9);
    ck_assert_uint_eq(vpi_db_home(UINT64_MAX, UINT32_MAX), UINT32_MAX - 1);
    ck_assert_uint_eq(vpi_db_home(UINT64_MAX, 1), 0);
    ck_assert_uint_eq(vpi_db_home(UINT64_C(1) << 63, 10), 5);
    uint32_t last = 0;
    for (uint64_t i = 0; i < 1024; i++) {
        uint32_t home = vpi_db_home(i << 54, 777);
        ck_assert(home == last || home == last + 1);
        last = home;
    }
    ck_assert_uint_eq(last, 776);
}
END_TEST

/* Keys of the same home: more than a bucket holds, beyond the last home. */
START_TEST(crowded_keys_run_over_the_end_and_are_found)
{
    enum { CROWD = 100 };
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct write_key *keys = vpi_arena_array(&arena, CROWD, sizeof *keys);
    for (uint32_t i = 0; i < CROWD; i++) {
        keys[i].key.high = UINT64_MAX;
        keys[i].key.low = (uint64_t)i << 32 | 5; /* the same tag too */
        keys[i].record = (struct db_record){.subject = 0,
                                            .gate = VPDB_NO_ROW,
                                            .kind = KIND_FILE_MD5,
                                            .relation = VP_RELATION_PUBLISHER,
                                            .confidence = VP_CONFIDENCE_LOW};
    }
    struct write_content content = {.kinds = sample_kinds,
                                    .kind_count = 3,
                                    .subjects = sample_subjects,
                                    .subject_count = SAMPLE_SUBJECTS,
                                    .keys = keys,
                                    .key_count = CROWD};
    struct span bytes;
    struct vp_db *db = NULL;
    ck_assert_int_eq(vpi_write(&arena, &content, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    for (uint32_t i = 0; i < 2 * CROWD; i++) {
        struct vp_key key = {(uint64_t)i << 32 | 5, UINT64_MAX, KIND_FILE_MD5, {0}};
        struct vp_hit hit;
        vp_lookup_batch(db, &key, 1, &hit);
        ck_assert_uint_eq(hit.count, i < CROWD);
    }
    vp_db_unref(db);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_key_that_was_built_is_found_and_none_else)                                          \
    TEST(batches_of_any_length_answer_like_single_look_ups)                                        \
    TEST(runs_of_hits_and_of_misses_answer_like_single_look_ups)                                   \
    TEST(runs_of_kinds_answer_like_single_look_ups)                                                \
    TEST(a_key_that_differs_in_one_bit_misses)                                                     \
    TEST(a_kind_without_keys_misses)                                                               \
    TEST(an_empty_set_finds_nothing)                                                               \
    TEST(the_home_bucket_ascends_with_the_key) TEST(crowded_keys_run_over_the_end_and_are_found)
#include "check_main.h"
