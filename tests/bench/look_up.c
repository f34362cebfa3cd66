/* look_up.c PATH KEYS [copy] - look-ups beside what the same lines cost without any looking
 *
 * PATH was made by make_database with as many keys.  A floor fetches one line a key, at the place
 * that the key's high half says, from the bytes that the look-up touches: batched with prefetch, or
 * each place made from the line before.  "floor-hit" fetches two, of table and entries, in one
 * loop: what batches of hits touch, with the caches and the page table shared between them.
 * Everything is timed in turn, in rounds; medians are printed, one "name value" a line, in
 * nanoseconds a key unless the name says otherwise.
 */
#include "bench.h"

#include "db/database.h"

enum { SEGMENT = 4096, SEGMENTS = 64, CHUNK = 256, SINGLES = 1 << 12, SINGLE_RUNS = 9, OPENS = 51 };

struct bench {
    struct vp_db *db;
    uint64_t keys, random;
    struct vp_key *batch;
    struct vp_hit *hits;
    uint64_t found;
};

struct region {
    const uint8_t *data;
    uint32_t lines;
};

/* Which keys are there. */
enum content { MISSES, HITS, HALF };

static bool is_present(enum content content, size_t i)
{
    return content == HITS || (content == HALF && (i * 2654435761u >> 16) % 2);
}

static void make_keys(struct bench *b, enum content content)
{
    for (size_t i = 0; i < SEGMENT; i++) {
        uint64_t r = bench_random(&b->random);
        b->batch[i] = bench_key(is_present(content, i) ? r % b->keys : r | UINT64_C(1) << 62);
    }
}

static uint64_t fetch_lines(struct region region, const struct vp_key *keys)
{
    uint64_t sum = 0;
    for (size_t done = 0; done < SEGMENT; done += CHUNK) {
        for (size_t i = done; i < done + CHUNK; i++)
            __builtin_prefetch(region.data + (size_t)vpi_db_home(keys[i].high, region.lines) * 64);
        for (size_t i = done; i < done + CHUNK; i++)
            sum += region.data[(size_t)vpi_db_home(keys[i].high, region.lines) * 64];
    }
    return sum;
}

/* Two lines a key, of two regions. */
static uint64_t fetch_pairs(struct region one, struct region two, const struct vp_key *keys)
{
    uint64_t sum = 0;
    for (size_t done = 0; done < SEGMENT; done += CHUNK) {
        for (size_t i = done; i < done + CHUNK; i++) {
            __builtin_prefetch(one.data + (size_t)vpi_db_home(keys[i].high, one.lines) * 64);
            __builtin_prefetch(two.data + (size_t)vpi_db_home(keys[i].high, two.lines) * 64);
        }
        for (size_t i = done; i < done + CHUNK; i++)
            sum += one.data[(size_t)vpi_db_home(keys[i].high, one.lines) * 64] +
                   two.data[(size_t)vpi_db_home(keys[i].high, two.lines) * 64];
    }
    return sum;
}

/* Medians: what else runs on the machine takes whole time slices, a segment is far shorter. */
static double time_floor(struct bench *b, struct region region, const struct region *second)
{
    double times[SEGMENTS];
    for (int s = 0; s < SEGMENTS; s++) {
        make_keys(b, MISSES);
        double began = bench_now();
        b->found +=
            (second ? fetch_pairs(region, *second, b->batch) : fetch_lines(region, b->batch)) & 1;
        times[s] = bench_now() - began;
    }
    return bench_median(times, SEGMENTS) * 1e9 / SEGMENT;
}

static double time_batches(struct bench *b, enum content content)
{
    double times[SEGMENTS];
    for (int s = 0; s < SEGMENTS; s++) {
        make_keys(b, content);
        double began = bench_now();
        vp_lookup_batch(b->db, b->batch, SEGMENT, b->hits);
        times[s] = bench_now() - began;
        for (size_t i = 0; i < SEGMENT; i++) {
            if ((b->hits[i].count > 0) != is_present(content, i)) {
                fprintf(stderr, "a look-up is wrong\n");
                exit(70);
            }
        }
    }
    return bench_median(times, SEGMENTS) * 1e9 / SEGMENT;
}

/* Each place from the line that was read last. */
static double time_dependent(struct bench *b, struct region region)
{
    uint64_t state = bench_random(&b->random);
    double times[SINGLE_RUNS];
    for (int run = 0; run < SINGLE_RUNS; run++) {
        double began = bench_now();
        for (int i = 0; i < SINGLES; i++) {
            uint64_t high = bench_random(&state);
            state ^= region.data[(size_t)vpi_db_home(high, region.lines) * 64];
        }
        times[run] = bench_now() - began;
    }
    b->found += state & 1;
    return bench_median(times, SINGLE_RUNS) * 1e9 / SINGLES;
}

/* Each key from the last answer. */
static double time_single(struct bench *b)
{
    uint64_t state = bench_random(&b->random);
    double times[SINGLE_RUNS];
    for (int run = 0; run < SINGLE_RUNS; run++) {
        double began = bench_now();
        for (int i = 0; i < SINGLES; i++) {
            struct vp_key key = {bench_random(&state), 0, BENCH_KIND, {0, 0, 0}};
            struct vp_hit hit;
            key.high = bench_random(&state);
            vp_lookup_batch(b->db, &key, 1, &hit);
            state ^= hit.count;
        }
        times[run] = bench_now() - began;
    }
    b->found += state & 1;
    return bench_median(times, SINGLE_RUNS) * 1e9 / SINGLES;
}

/* Median microseconds of one opening, and the resident memory that an open database adds. */
static bool time_opening(const char *path, const struct vp_db_options *options)
{
    double times[OPENS];
    struct vp_db *db = NULL;
    for (int i = 0; i < OPENS; i++) {
        double began = bench_now();
        if (vp_db_open(path, options, &db, NULL) != VP_OK)
            return false;
        times[i] = (bench_now() - began) * 1e6;
        vp_db_unref(db);
        if (options->flags & VP_DB_COPY && i == 4) {
            printf("open-us %.1f\n", bench_median(times, 5));
            return true;
        }
    }
    uint64_t before = bench_status("VmRSS");
    if (vp_db_open(path, options, &db, NULL) != VP_OK)
        return false;
    printf("open-us %.1f\n", bench_median(times, OPENS));
    printf("open-resident-KiB %.0f\n", ((double)bench_status("VmRSS") - (double)before) / 1024);
    vp_db_unref(db);
    return true;
}

int main(int argc, char **argv)
{
    struct bench b = {.random = 42};
    struct vp_db_options options = {.size = sizeof options, .flags = VP_DB_MAP};
    if (argc > 3 && strcmp(argv[3], "copy") == 0)
        options.flags = VP_DB_COPY;
    b.batch = malloc(SEGMENT * sizeof *b.batch);
    b.hits = malloc(SEGMENT * sizeof *b.hits);
    if (argc < 3 || !b.batch || !b.hits || !time_opening(argv[1], &options) ||
        vp_db_open(argv[1], &options, &b.db, NULL) != VP_OK) {
        fprintf(stderr, "usage: look_up PATH KEYS [copy]\n");
        return 64;
    }
    b.keys = (uint64_t)strtod(argv[2], NULL);
    const struct db_table *table = &b.db->tables[0];
    struct region filter = {table->filter, table->filter_words / 8};
    struct region buckets = {table->buckets.data, (uint32_t)table->bucket_count};
    struct region entries = {table->entries.data, (uint32_t)(table->entries.len / 64)};
    /* Filter and table stand side by side. */
    size_t touched = (size_t)(table->buckets.data + table->buckets.len - table->filter);
    struct region all = {table->filter, (uint32_t)(touched / 64)};
    enum { COLUMNS = 10 };
    static const char *const names[COLUMNS] = {
        "floor-footprint", "floor-filter", "floor-table",  "floor-entries",   "floor-hit",
        "miss-batched",    "hit-batched",  "half-batched", "dependent-fetch", "miss-single"};
    double times[COLUMNS][BENCH_ROUNDS];
    time_floor(&b, entries, NULL); /* pages are there from now on */
    for (int round = -1; round < BENCH_ROUNDS; round++) {
        int r = round < 0 ? 0 : round;
        times[0][r] = time_floor(&b, all, NULL);
        times[1][r] = time_floor(&b, filter, NULL);
        times[2][r] = time_floor(&b, buckets, NULL);
        times[3][r] = time_floor(&b, entries, NULL);
        times[4][r] = time_floor(&b, buckets, &entries);
        times[5][r] = time_batches(&b, MISSES);
        times[6][r] = time_batches(&b, HITS);
        times[7][r] = time_batches(&b, HALF);
        times[8][r] = time_dependent(&b, all);
        times[9][r] = time_single(&b);
    }
    printf("huge-pages-MiB %.0f\n", (double)bench_huge() / 1048576);
    printf("bytes-a-key %.2f\n", (double)touched / (double)b.keys);
    printf("bytes-a-key-cold %.2f\n",
           (double)(table->entries.len + b.db->slots[SLOT_RECS].len) / (double)b.keys);
    double medians[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        medians[c] = bench_median(times[c], BENCH_ROUNDS);
        printf("%s %.2f\n", names[c], medians[c]);
    }
    printf("miss-ratio %.2f\n", medians[5] / medians[0]);
    /* Of the parts of the format, and of those that a batch of hits touches. */
    printf("hit-ratio-three %.2f\n", medians[6] / (medians[1] + medians[2] + medians[3]));
    printf("hit-ratio %.2f\n", medians[6] / (medians[2] + medians[3]));
    printf("hit-ratio-together %.2f\n", medians[6] / medians[4]);
    printf("single-ratio %.2f\n", medians[9] / medians[8]);
    fprintf(stderr, "%llu\n", (unsigned long long)b.found);
    vp_db_unref(b.db);
    free(b.batch);
    free(b.hits);
    return 0;
}
