/* batch.c - many keys of one table at once
 *
 * Keys go in parts through steps, each of which asks for the lines that the next one reads: the
 * words of the filter; the buckets of the keys that pass; the entries of those whose tag is there;
 * the rest of the key.  While the lines of one part are on their way, the parts before it take
 * their steps: nothing waits for memory but the first and the last.
 *
 * A filter saves misses the table, and costs hits a line.  Where most keys of a part are hits, the
 * next ones go to the table at once, until most of a part are misses.
 */
#include "db/batch.h"

#include "db/lines.h"

enum {
    /* A filter up to this size is in the processor's second cache, or soon will be: asking for its
     * lines ahead then costs more than it saves. */
    PREFETCH_FROM = 1 << 20,
    ON_THEIR_WAY = 3
};

/* Keys on their way. */
struct part {
    const struct vp_key *keys;
    struct vp_hit *hits;
    const uint8_t *line[LINES_BATCH]; /* the bucket to read; then the entry, or NULL for a miss */
    uint8_t key[LINES_BATCH];         /* whose line it is */
    uint8_t passed[LINES_BATCH];      /* lines of which the bucket has no such tag */
    unsigned count, passed_count;
    bool filtered;
};

/* What is the same for all keys, but for `filter`: whether the next part begins there. */
struct batch {
    const struct vp_db *db;
    const struct db_table *table;
    const struct lines_variant *lines;
    const uint8_t *end; /* of the buckets */
    bool filter;
};

/* A compiler takes a function that only asks for lines for one without effect, and leaves out its
 * calls; this one it has to inline before it thinks so. */
__attribute__((always_inline)) static inline void
ask_for_filter(const struct batch *b, const struct vp_key *keys, unsigned count)
{
    uint32_t words = b->table->filter_words;
    if (!b->filter || words <= PREFETCH_FROM / FILTER_WORD)
        return;
    const uint8_t *filter = b->table->filter;
    for (unsigned i = 0; i < count; i++)
        __builtin_prefetch(filter + (size_t)vpi_db_home(keys[i].high, words) * FILTER_WORD);
}

/* Which keys may be in the table, and where. */
static void ask_for_buckets(struct batch *b, struct part *p, const struct vp_key *keys,
                            unsigned count, struct vp_hit *hits)
{
    const struct db_table *table = b->table;
    const uint8_t *buckets = table->buckets.data;
    p->keys = keys;
    p->hits = hits;
    p->count = count;
    p->filtered = b->filter;
    if (b->filter) {
        p->count = b->lines->pass(table->filter, table->filter_words, keys, count, p->key);
        b->filter = p->count < count - count / 4;
    } else {
        for (unsigned i = 0; i < count; i++)
            p->key[i] = (uint8_t)i;
    }
    uint32_t homes = table->homes;
    for (unsigned i = 0; i < p->count; i++) {
        size_t home = vpi_db_home(keys[p->key[i]].high, homes);
        p->line[i] = buckets + home * BUCKET_SIZE;
        __builtin_prefetch(p->line[i]);
    }
}

/* Whether a key that isn't in a bucket may be in the next one, which becomes its line. */
static bool next_bucket(const struct batch *b, struct part *p, unsigned i, const uint8_t *bucket)
{
    uint64_t base;
    unsigned overflow;
    (void)vpi_lines_head(bucket, 0, &base, &overflow);
    bool next = overflow >> vpi_db_overflow_bit(p->keys[p->key[i]].low) & 1 &&
                bucket + BUCKET_SIZE < b->end;
    p->line[i] = next ? bucket + BUCKET_SIZE : NULL;
    if (next)
        __builtin_prefetch(p->line[i]);
    return next;
}

/* Reads the home buckets. */
static void ask_for_entries(const struct batch *b, struct part *p)
{
    const struct db_table *table = b->table;
    struct lines_find find = {p->keys,           p->key, p->line, p->count, table->entries.data,
                              table->entry_count};
    unsigned passed = b->lines->find(&find, p->passed), left = 0;
    for (unsigned n = 0; n < passed; n++) {
        unsigned i = p->passed[n];
        size_t home = vpi_db_home(p->keys[p->key[i]].high, table->homes);
        if (next_bucket(b, p, i, table->buckets.data + home * BUCKET_SIZE))
            p->passed[left++] = (uint8_t)i;
    }
    p->passed_count = left;
}

/* Reads the buckets after these, for the few keys that a full one sent on. */
static void go_on(struct batch *b, struct part *p)
{
    const struct db_table *table = b->table;
    for (uint32_t visited = 1; p->passed_count > 0; visited++) {
        unsigned left = 0;
        for (unsigned n = 0; n < p->passed_count; n++) {
            unsigned i = p->passed[n];
            const uint8_t *bucket = p->line[i], *line = bucket;
            uint8_t none;
            struct lines_find find = {p->keys, &p->key[i],          &line,
                                      1,       table->entries.data, table->entry_count};
            if (visited >= table->probes)
                p->line[i] = NULL;
            else if (b->lines->find(&find, &none) == 0)
                p->line[i] = line;
            else if (next_bucket(b, p, i, bucket))
                p->passed[left++] = (uint8_t)i;
        }
        p->passed_count = left;
    }
}

/* The rest of the key decides.  What isn't plain goes the way of single keys: a key with several
 * records, or whose tag another key has too. */
static void compare_entries(struct batch *b, const struct part *p)
{
    uint32_t records = b->db->rows[SLOT_RECS];
    const struct vp_key *keys = p->keys;
    struct vp_hit *hits = p->hits;
    unsigned missed = 0;
    for (unsigned i = 0, count = p->count; i < count; i++) {
        const struct vp_key *key = &keys[p->key[i]];
        struct vp_hit *hit = &hits[p->key[i]];
        const uint8_t *entry = p->line[i];
        if (!entry) {
            missed++;
            continue;
        }
        uint64_t high = vpi_lines_u64(entry + ENTRY_HIGH), rest = vpi_lines_u64(entry + ENTRY_LOW);
        uint32_t record = (uint32_t)(rest >> (8 * (ENTRY_RECORD - ENTRY_LOW)));
        if (high == key->high && (uint32_t)rest == key->low >> 32 && record < records &&
            !(record & ENTRY_MANY))
            *hit = (struct vp_hit){record, 1};
        else
            vpi_db_search(b->db, b->table, key, hit);
    }
    if (!p->filtered && missed > p->count / 2 && b->table->filter_words > 0)
        b->filter = true;
}

static unsigned part_of(size_t n, size_t count)
{
    size_t done = n * LINES_BATCH;
    return count - done < LINES_BATCH ? (unsigned)(count - done) : LINES_BATCH;
}

void vpi_db_lookup_many(const struct vp_db *db, const struct db_table *table,
                        const struct vp_key *keys, size_t count, struct vp_hit *hits)
{
    struct part parts[ON_THEIR_WAY];
    size_t all = (count + LINES_BATCH - 1) / LINES_BATCH;
    if (count == 0 || table->entry_count == 0)
        return;
    struct batch b = {.db = db,
                      .table = table,
                      .lines = vpi_lines(),
                      .end = table->buckets.data + (size_t)table->bucket_count * BUCKET_SIZE,
                      .filter = table->filter_words > 0};
    ask_for_filter(&b, keys, part_of(0, count));
    for (size_t n = 0; n < all + 2; n++) {
        const size_t done = n * LINES_BATCH, next = done + LINES_BATCH;
        struct part *before = &parts[(n + ON_THEIR_WAY - 1) % ON_THEIR_WAY];
        bool goes_on = n >= 1 && n <= all;
        if (n + 1 < all)
            ask_for_filter(&b, keys + next, part_of(n + 1, count));
        if (n < all)
            ask_for_buckets(&b, &parts[n % ON_THEIR_WAY], keys + done, part_of(n, count),
                            hits + done);
        if (goes_on)
            ask_for_entries(&b, before);
        if (n >= 2)
            compare_entries(&b, &parts[(n - 2) % ON_THEIR_WAY]);
        if (goes_on)
            go_on(&b, before);
    }
}
