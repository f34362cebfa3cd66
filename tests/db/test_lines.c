/* test_lines.c - every variant of the inner loops answers like the plain one */
#include <check.h>
#include <stdlib.h>

#include "db/lines.h"

enum { WORDS = 333 };

static uint64_t random_state = 7;

static uint64_t random_next(void)
{
    uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Buffers of exactly their size: a load beyond the end is seen by the sanitizer. */
static uint8_t *random_bytes(size_t len)
{
    uint8_t *bytes = malloc(len);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(random_next() | random_next()); /* three bits of four are set */
    return bytes;
}

/* What is held to the plain one below is what look-ups run. */
START_TEST(the_best_variant_is_used_and_is_no_plain_one_where_there_are_vectors)
{
    const struct lines_variant *variants[LINES_VARIANTS_MOST];
    unsigned variant_count = vpi_lines_variants(variants);
    ck_assert_ptr_eq(vpi_lines(), variants[0]);
#if defined(__aarch64__) && !defined(__AARCH64EB__)
    ck_assert_uint_eq(variant_count, 2);
    ck_assert_str_eq(variants[0]->name, "NEON");
#elif defined(__x86_64__)
    ck_assert_str_eq(variants[variant_count - 2]->name, "SSE2");
#else
    ck_assert_uint_eq(variant_count, 1);
#endif
}
END_TEST

START_TEST(every_variant_passes_the_same_keys)
{
    const struct lines_variant *variants[LINES_VARIANTS_MOST];
    unsigned variant_count = vpi_lines_variants(variants), all = 0;
    const struct lines_variant *plain = variants[variant_count - 1];
    ck_assert_str_eq(plain->name, "plain");
    uint8_t *filter = random_bytes(WORDS * FILTER_WORD);
    for (unsigned count = 0; count <= LINES_BATCH; count++) {
        struct vp_key *keys = malloc(count ? count * sizeof *keys : 1);
        ck_assert_ptr_nonnull(keys);
        for (unsigned i = 0; i < count; i++)
            keys[i] = (struct vp_key){random_next(), random_next(), 0x101, {0}};
        uint32_t *at = malloc(count ? count * sizeof *at : 1);
        ck_assert_ptr_nonnull(at);
        for (unsigned i = 0; i < count; i++)
            at[i] = vpi_db_home(keys[i].high, WORDS);
        uint8_t wanted[LINES_BATCH], passed[LINES_BATCH];
        unsigned want = plain->pass(filter, at, keys, count, wanted);
        all += want;
        for (unsigned v = 0; v + 1 < variant_count; v++) {
            ck_assert_uint_eq(variants[v]->pass(filter, at, keys, count, passed), want);
            ck_assert_mem_eq(passed, wanted, want);
        }
        free(keys);
        free(at);
    }
    /* A third of the random keys should pass: neither none nor all. */
    ck_assert_uint_gt(all, LINES_BATCH * (LINES_BATCH + 1) / 2 / 5);
    ck_assert_uint_lt(all, LINES_BATCH * (LINES_BATCH + 1) / 2 / 2);
    free(filter);
}
END_TEST

START_TEST(every_variant_matches_the_same_tags)
{
    const struct lines_variant *variants[LINES_VARIANTS_MOST];
    unsigned variant_count = vpi_lines_variants(variants), found = 0;
    const struct lines_variant *plain = variants[variant_count - 1];
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t *bucket = malloc(BUCKET_SIZE);
        ck_assert_ptr_nonnull(bucket);
        /* Few different words, the head's among them: tags often stand twice. */
        for (unsigned i = 0; i < BUCKET_SIZE; i += 4) {
            uint32_t word = (uint32_t)(random_next() % 5) * 0x01020304u;
            for (unsigned b = 0; b < 4; b++)
                bucket[i + b] = (uint8_t)(word >> 8 * b);
        }
        uint32_t tag = (uint32_t)(random_next() % 5) * 0x01020304u;
        unsigned want = plain->match(bucket, tag);
        found += want != 0;
        ck_assert_uint_lt(want, 1u << BUCKET_SLOTS);
        for (unsigned v = 0; v + 1 < variant_count; v++)
            ck_assert_uint_eq(variants[v]->match(bucket, tag), want);
        free(bucket);
    }
    ck_assert_uint_gt(found, 10000);
}
END_TEST

/* The first slot that has the tag says which entry; rows beyond the entries are clamped. */
START_TEST(every_variant_finds_the_same_entries)
{
    enum { BUCKETS = 50, ENTRIES = 200 };
    const struct lines_variant *variants[LINES_VARIANTS_MOST];
    unsigned variant_count = vpi_lines_variants(variants), nones = 0;
    uint8_t *buckets = random_bytes((size_t)BUCKETS * BUCKET_SIZE);
    uint8_t *entries = random_bytes((size_t)ENTRIES * ENTRY_SIZE);
    struct vp_key keys[LINES_BATCH] = {{0}};
    uint8_t key[LINES_BATCH];
    for (unsigned i = 0; i < LINES_BATCH; i++) {
        uint8_t *bucket = buckets + (size_t)(i % BUCKETS) * BUCKET_SIZE;
        uint32_t base = (uint32_t)(random_next() % (2 * ENTRIES));
        key[i] = (uint8_t)(LINES_BATCH - 1 - i);
        if (i < BUCKETS)
            for (unsigned b = 0; b < 4; b++)
                bucket[BUCKET_BASE + b] = (uint8_t)(i % 10 == 0 ? 0xff : base >> 8 * b);
        keys[key[i]].low = random_next();
        if (i % 3 > 0) /* the tag of one of its slots */
            keys[key[i]].low =
                vpi_lines_u32(bucket + BUCKET_TAGS + 4 * (random_next() % BUCKET_SLOTS));
    }
    for (unsigned v = 0; v < variant_count; v++) {
        const uint8_t *line[LINES_BATCH];
        uint8_t none[LINES_BATCH];
        for (unsigned i = 0; i < LINES_BATCH; i++)
            line[i] = buckets + (size_t)(i % BUCKETS) * BUCKET_SIZE;
        struct lines_find find = {keys, key, line, LINES_BATCH, entries, ENTRIES};
        unsigned count = variants[v]->find(&find, none), at = 0;
        for (unsigned i = 0; i < LINES_BATCH; i++) {
            const uint8_t *bucket = buckets + (size_t)(i % BUCKETS) * BUCKET_SIZE;
            unsigned slots = variants[v]->match(bucket, (uint32_t)keys[key[i]].low), slot = 0;
            if (slots == 0) {
                ck_assert_uint_lt(at, count);
                ck_assert_uint_eq(none[at++], i);
                continue;
            }
            while (!(slots >> slot & 1))
                slot++;
            uint64_t row = (uint64_t)vpi_lines_u32(bucket) + slot;
            ck_assert_ptr_eq(line[i], entries + (row < ENTRIES ? row : 0) * ENTRY_SIZE);
        }
        ck_assert_uint_eq(at, count);
        nones += count;
    }
    ck_assert_uint_gt(nones, LINES_BATCH / 4 * variant_count);
    ck_assert_uint_lt(nones, LINES_BATCH / 2 * variant_count);
    free(buckets);
    free(entries);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_best_variant_is_used_and_is_no_plain_one_where_there_are_vectors)                     \
    TEST(every_variant_passes_the_same_keys)                                                       \
    TEST(every_variant_matches_the_same_tags)                                                      \
    TEST(every_variant_finds_the_same_entries)
#include "check_main.h"
