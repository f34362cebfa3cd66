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
    ON_THEIR_WAY = 4
};

/* Keys on their way. */
struct part {
    const struct vp_key *keys;
    struct vp_hit *hits;
    uint32_t at[LINES_BATCH];         /* of each key, the word of the filter, or else the bucket */
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

bool vpi_db_all_of(const struct vp_db *db, unsigned table, const struct vp_key *keys,
                   unsigned count)
{
    unsigned same = 0;
    while (same < count && vpi_db_table_of(db, &keys[same]) == table)
        same++;
    return same == count;
}

/* Begins a part; true when its keys are all of one kind, which is seen while they are read. */
static bool begin(const struct batch *b, struct part *p, const struct vp_key *keys, unsigned count,
                  struct vp_hit *hits)
{
    const struct db_table *table = b->table;
    uint32_t homes = b->filter ? table->filter_words : table->homes;
    bool ask = b->filter && homes > PREFETCH_FROM / FILTER_WORD;
    unsigned other_kind = 0;
    p->keys = keys;
    p->hits = hits;
    p->count = count;
    p->filtered = b->filter;
    for (unsigned i = 0; i < count; i++) {
        p->at[i] = vpi_db_home(keys[i].high, homes);
        other_kind |= keys[i].kind ^ keys[0].kind;
        if (ask)
            __builtin_prefetch(table->filter + (size_t)p->at[i] * FILTER_WORD);
    }
    return !other_kind;
}

/* Which keys may be in the table, and where. */
static void ask_for_buckets(struct batch *b, struct part *p)
{
    const struct db_table *table = b->table;
    const uint8_t *buckets = table->buckets.data;
    unsigned count = p->count;
    if (!p->filtered) {
        for (unsigned i = 0; i < count; i++) {
            p->key[i] = (uint8_t)i;
            p->line[i] = buckets + (size_t)p->at[i] * BUCKET_SIZE;
            __builtin_prefetch(p->line[i]);
        }
        return;
    }
    p->count = b->lines->pass(table->filter, p->at, p->keys, count, p->key);
    b->filter = p->count < count - count / 4;
    for (unsigned i = 0; i < p->count; i++) {
        size_t home = vpi_db_home(p->keys[p->key[i]].high, table->homes);
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

static unsigned part_of(size_t count)
{
    return count < LINES_BATCH ? (unsigned)count : LINES_BATCH;
}

size_t vpi_db_lookup_many(const struct vp_db *db, unsigned group, const struct vp_key *keys,
                          size_t count, struct vp_hit *hits)
{
    const struct db_table *table = &db->tables[group];
    struct part parts[ON_THEIR_WAY];
    struct batch b = {.db = db,
                      .table = table,
                      .lines = vpi_lines(),
                      .end = table->buckets.data + (size_t)table->bucket_count * BUCKET_SIZE,
                      .filter = table->filter_words > 0};
    size_t done = part_of(count), begun = 1;
    if (count == 0 || table->entry_count == 0)
        return done;
    (void)begin(&b, &parts[0], keys, (unsigned)done, hits);
    for (size_t n = 0; n < begun + 2; n++) {
        struct part *before = &parts[(n + ON_THEIR_WAY - 1) % ON_THEIR_WAY];
        bool goes_on = n >= 1 && n <= begun;
        /* Part n + 1, if there is one: where another table's keys begin is the end. */
        unsigned next = n + 1 == begun ? part_of(count - done) : 0;
        if (next && (begin(&b, &parts[begun % ON_THEIR_WAY], keys + done, next, hits + done) ||
                     vpi_db_all_of(db, group + 1, keys + done, next))) {
            done += next;
            begun++;
        }
        if (n < begun)
            ask_for_buckets(&b, &parts[n % ON_THEIR_WAY]);
        if (goes_on)
            ask_for_entries(&b, before);
        if (n >= 2)
            compare_entries(&b, &parts[(n - 2) % ON_THEIR_WAY]);
        if (goes_on)
            go_on(&b, before);
    }
    return done;
}
