/* false_matches.c PATH LOOK-UPS [THREADS] - values that are in no set, looked up: does any hit?
 *
 * PATH was made by make_database.  Each value is 32 bytes from a generator, as long as a SHA-256,
 * and its key is made as always; a digest of random bytes is random bytes.  Also counted: how many
 * pass the filter, and how many of these meet their tag in the bucket, so that only the entry,
 * which has the rest of the key, tells them apart.
 */
#include <pthread.h>

#include "bench.h"

#include "db/lines.h"

enum { PART = 4096, THREADS_MOST = 64 };

struct work {
    struct vp_db *db;
    uint64_t random, count;
    uint64_t passed, tags, hits;
    pthread_t thread;
    struct vp_key keys[PART];
    struct vp_hit answers[PART];
};

static void make_keys(struct work *w)
{
    for (size_t i = 0; i < PART; i++) {
        uint64_t value[4];
        for (size_t n = 0; n < 4; n++)
            value[n] = bench_random(&w->random);
        w->keys[i] = vp_key_make(BENCH_KIND, value, sizeof value);
    }
}

static void count_passing(struct work *w)
{
    const struct db_table *table = &w->db->tables[0];
    const struct lines_variant *lines = vpi_lines();
    uint32_t at[LINES_BATCH];
    uint8_t passed[LINES_BATCH];
    for (size_t done = 0; done < PART; done += LINES_BATCH) {
        const struct vp_key *keys = w->keys + done;
        for (unsigned i = 0; i < LINES_BATCH; i++)
            at[i] = vpi_db_home(keys[i].high, table->filter_words);
        unsigned count = lines->pass(table->filter, at, keys, LINES_BATCH, passed);
        w->passed += count;
        for (unsigned i = 0; i < count; i++) {
            const struct vp_key *key = &keys[passed[i]];
            const uint8_t *bucket =
                table->buckets.data + (size_t)vpi_db_home(key->high, table->homes) * BUCKET_SIZE;
            w->tags += lines->match(bucket, (uint32_t)key->low) != 0;
        }
    }
}

static void *run(void *context)
{
    struct work *w = context;
    for (uint64_t done = 0; done < w->count; done += PART) {
        make_keys(w);
        vp_lookup_batch(w->db, w->keys, PART, w->answers);
        for (size_t i = 0; i < PART; i++)
            w->hits += w->answers[i].count > 0;
        count_passing(w);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct vp_db_options options = {.size = sizeof options, .flags = VP_DB_MAP};
    struct vp_db *db = NULL;
    unsigned threads = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    struct work *works = calloc(THREADS_MOST, sizeof *works);
    if (argc < 3 || threads < 1 || threads > THREADS_MOST || !works ||
        vp_db_open(argv[1], &options, &db, NULL) != VP_OK || db->tables[0].filter_words == 0) {
        fprintf(stderr, "usage: false_matches PATH LOOK-UPS [THREADS]\n");
        return 64;
    }
    uint64_t each = (uint64_t)strtod(argv[2], NULL) / threads, looked = 0, passed = 0, tags = 0;
    uint64_t hits = 0;
    double began = bench_now();
    for (unsigned i = 0; i < threads; i++) {
        works[i] = (struct work){.db = db, .random = (uint64_t)(i + 1) << 56, .count = each};
        if (pthread_create(&works[i].thread, NULL, run, &works[i]) != 0)
            return 70;
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(works[i].thread, NULL);
        looked += (each + PART - 1) / PART * PART;
        passed += works[i].passed;
        tags += works[i].tags;
        hits += works[i].hits;
    }
    printf("look-ups %llu\npassed-filter %llu\nsame-tag %llu\nfalse-matches %llu\nseconds %.1f\n",
           (unsigned long long)looked, (unsigned long long)passed, (unsigned long long)tags,
           (unsigned long long)hits, bench_now() - began);
    vp_db_unref(db);
    free(works);
    return hits > 0;
}
