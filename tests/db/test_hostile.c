/* test_hostile.c - 100,000 changed and cut databases, opened and looked up in
 *
 * The seed is fixed.  The digest is made right again, or nothing would open; a third are cut, and
 * say so.  Some are large enough that keys overflow and that batches go through all their steps.
 */
#include <check.h>
#include <stdlib.h>

#include "db/database.h"
#include "exercise.h"
#include "sample.h"
#include "set/output.h"

enum { DATABASES = 100000, KEYS = 60, RUN = 300, RUN_EVERY = 8, FLIPS_MOST = 8 };

static uint64_t random_state = 2026;

static uint64_t random_next(void)
{
    uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Keys that were built, keys that pass the filter and others, of all kinds, in one batch. */
static void make_keys(struct vp_key *keys, size_t count)
{
    static const uint16_t kinds[] = {KIND_FILE_SHA256, KIND_FILE_MD5, KIND_COMPANY_NAME};
    for (size_t i = 0; i < KEYS; i++) {
        keys[i] = sample_key(kinds[i % 3], i % count);
        if (i % 5 == 1)
            keys[i].low ^= UINT64_C(1) << 63;
        if (i % 5 == 2)
            keys[i].high ^= UINT64_C(1) << 63;
    }
}

static size_t look_up(struct vp_db *db, const struct vp_key *keys)
{
    static struct vp_hit hits[KEYS];
    size_t sum = 0;
    ck_assert_int_eq(vp_lookup_batch(db, keys, KEYS, hits), VP_OK);
    for (size_t i = 0; i < KEYS; i++) {
        struct vp_record record = {.size = sizeof record};
        if (hits[i].count > 0 && vp_db_record_at(db, hits[i], hits[i].count - 1, &record) == VP_OK)
            sum += exercise_text(record.version);
        sum += hits[i].count;
    }
    return sum;
}

/* More keys of one kind than go in one part. */
static size_t look_up_run(struct vp_db *db, const struct vp_key *keys)
{
    static struct vp_key run[RUN];
    static struct vp_hit hits[RUN];
    size_t sum = 0;
    for (size_t i = 0; i < RUN; i++)
        run[i] = keys[i * 3 % KEYS];
    ck_assert_int_eq(vp_lookup_batch(db, run, RUN, hits), VP_OK);
    for (size_t i = 0; i < RUN; i++)
        sum += hits[i].count;
    return sum;
}

/* One in three is cut; all are changed in a few bits, more often where the structure stands. */
static size_t damage(uint8_t *bytes, size_t len)
{
    size_t flips = random_next() % FLIPS_MOST;
    if (random_next() % 3 == 0)
        len = HEADER_SIZE + random_next() % (len - HEADER_SIZE);
    for (size_t i = 0; i < flips; i++) {
        size_t range = random_next() % 4 == 0 && len > 1024 ? 1024 : len;
        size_t at = HEADER_MAJOR + random_next() % (range - HEADER_MAJOR);
        bytes[at] ^= (uint8_t)(1u << random_next() % 8);
    }
    vpi_put_uint(bytes + HEADER_FILE_SIZE, len, 8);
    exercise_fix_digest(bytes, len);
    return len;
}

START_TEST(damaged_databases_open_or_dont_and_answer)
{
    static const size_t counts[] = {3, 40, 400};
    static struct vp_key keys[3][KEYS];
    size_t opened = 0, sum = 0;
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct span samples[3];
    for (size_t s = 0; s < 3; s++) {
        ck_assert_int_eq(sample_write(&arena, counts[s], &samples[s]), VP_OK);
        make_keys(keys[s], counts[s]);
    }
    for (size_t i = 0; i < DATABASES; i++) {
        struct span sample = samples[i % 3];
        uint8_t *bytes = malloc(sample.len);
        struct vp_db *db = NULL;
        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes, sample.data, sample.len);
        size_t len = damage(bytes, sample.len);
        enum vp_status status = vp_db_open_memory(bytes, len, NULL, &db, NULL);
        ck_assert(status == VP_OK || status == VP_E_DATABASE);
        free(bytes);
        if (status == VP_OK) {
            opened++;
            sum += look_up(db, keys[i % 3]);
            if (i % RUN_EVERY == 0)
                sum += look_up_run(db, keys[i % 3]);
            vp_db_unref(db);
        }
    }
    /* Enough of them are looked at, and not all. */
    ck_assert_uint_gt(opened, DATABASES / 4);
    ck_assert_uint_lt(opened, DATABASES);
    ck_assert_uint_gt(sum, 0);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS TEST(damaged_databases_open_or_dont_and_answer)
#include "check_main.h"
