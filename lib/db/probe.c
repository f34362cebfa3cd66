/* probe.c - looking up keys: one cache line for a miss, prefetched in batches
 *
 * A key that the filter doesn't know is a miss.  Any other has a home bucket; a full bucket sends
 * keys on to the next one and remembers in its overflow word which of 16 classes went.  Each step
 * asks for all the lines that the next one will need.
 */
#include "db/lines.h"

/* A filter up to this size is in the processor's second cache, or soon will be: asking for its
 * lines ahead then costs more than it saves. */
enum { PREFETCH_FROM = 1 << 20 };

const struct db_kind *vpi_db_kind(const struct vp_db *db, unsigned number)
{
    uint32_t from = 0, to = db->kind_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (db->kinds[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from < db->kind_count && db->kinds[from].number == number ? &db->kinds[from] : NULL;
}

/* 1 + the index of the kind's table, or 0. */
static unsigned table_of(const struct vp_db *db, const struct vp_key *key)
{
    return db->kind_tables[db->kind_page[key->kind >> 8]][key->kind & 255];
}

/* Keys on their way, of one table.  Each array is read by one step and written by the one before.
 */
struct batch {
    const struct vp_db *db;
    const struct db_table *table;
    const struct lines_variant *lines;
    const struct vp_key *keys;
    struct vp_hit *hits;
    uint8_t key[LINES_BATCH]; /* that passed the filter, or read a bucket and go on */
    const uint8_t *bucket[LINES_BATCH];
    uint32_t tag[LINES_BATCH];
    uint16_t slots[LINES_BATCH];
    uint8_t candidate[LINES_BATCH]; /* keys whose tag was found */
    uint64_t row[LINES_BATCH];      /* of the entry to compare */
    unsigned left, candidates;
};

static const uint8_t *bucket_at(const struct db_table *table, uint64_t bucket)
{
    return table->buckets.data + bucket * BUCKET_SIZE;
}

/* What a bucket says besides its tags. */
struct bucket_head {
    uint32_t base;
    unsigned used; /* a bit a slot */
    unsigned overflow;
};

static struct bucket_head read_head(const uint8_t *bucket)
{
    struct bucket_head head = {0, 0, 0};
    (void)span_u32(span_of(bucket, BUCKET_SIZE), BUCKET_BASE, &head.base);
    head.used = (1u << (bucket[BUCKET_COUNT] & 15)) - 1;
    head.overflow = (unsigned)bucket[BUCKET_OVERFLOW] | (unsigned)bucket[BUCKET_OVERFLOW + 1] << 8;
    return head;
}

static void ask_for_entry(const struct db_table *table, uint64_t row)
{
    struct span entry;
    if (span_sub(table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry))
        __builtin_prefetch(entry.data);
}

/* The full key decides; what the entry says of its records is clamped. */
static bool confirm(const struct vp_db *db, const struct db_table *table, uint64_t row,
                    const struct vp_key *key, struct vp_hit *ret)
{
    struct span entry;
    uint64_t high, run = 1;
    uint32_t low, record, rows = db->rows[SLOT_RECS];
    if (!span_sub(table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry) ||
        !span_u64(entry, ENTRY_HIGH, &high) || !span_u32(entry, ENTRY_LOW, &low) ||
        !span_u32(entry, ENTRY_RECORD, &record))
        return false;
    uint32_t first = record & ~ENTRY_MANY;
    if (high != key->high || low != key->low >> 32 || first >= rows)
        return false;
    if (record & ENTRY_MANY)
        (void)span_uint(db->slots[SLOT_RECS], (uint64_t)first * RECS_SIZE + RECS_RUN, 2, &run);
    ret->first = first;
    ret->count = run < rows - first ? (uint32_t)run : rows - first;
    return ret->count > 0;
}

/* Every bucket of the key and every equal tag. */
static void search(const struct vp_db *db, const struct db_table *table, const struct vp_key *key,
                   struct vp_hit *hit)
{
    const struct lines_variant *lines = vpi_lines();
    uint64_t at = vpi_db_home(key->high, table->homes);
    uint32_t tag = (uint32_t)key->low;
    for (uint32_t visited = 0; visited < table->probes && at < table->bucket_count; visited++) {
        const uint8_t *bucket = bucket_at(table, at++);
        struct bucket_head head = read_head(bucket);
        uint16_t slots;
        lines->match(&bucket, &tag, 1, &slots);
        for (unsigned left = slots & head.used; left; left &= left - 1) {
            if (confirm(db, table, (uint64_t)head.base + (unsigned)__builtin_ctz(left), key, hit))
                return;
        }
        if (!(head.overflow >> vpi_db_overflow_bit(key->low) & 1))
            return;
    }
}

/* Reads the buckets of `count` keys; how many of them go on to the next one. */
static unsigned read_buckets(struct batch *b, unsigned count)
{
    const uint8_t *end = bucket_at(b->table, b->table->bucket_count);
    unsigned left = 0;
    b->lines->match(b->bucket, b->tag, count, b->slots);
    for (unsigned i = 0; i < count; i++) {
        struct bucket_head head = read_head(b->bucket[i]);
        unsigned slots = b->slots[i] & head.used, key = b->key[i];
        if (slots) {
            uint64_t row = (uint64_t)head.base + (unsigned)__builtin_ctz(slots);
            ask_for_entry(b->table, row);
            b->candidate[b->candidates] = (uint8_t)key;
            b->row[b->candidates++] = row;
        } else if (head.overflow >> vpi_db_overflow_bit(b->keys[key].low) & 1 &&
                   b->bucket[i] + BUCKET_SIZE < end) {
            __builtin_prefetch(b->bucket[i] + BUCKET_SIZE);
            b->key[left] = (uint8_t)key;
            b->tag[left] = b->tag[i];
            b->bucket[left++] = b->bucket[i] + BUCKET_SIZE;
        }
    }
    return left;
}

static void ask_for_filter(const struct db_table *table, const struct vp_key *keys, unsigned count)
{
    if (table->filter_words <= PREFETCH_FROM / FILTER_WORD)
        return;
    for (unsigned i = 0; i < count; i++) {
        size_t word = vpi_db_home(keys[i].high, table->filter_words);
        __builtin_prefetch(table->filter + word * FILTER_WORD);
    }
}

/* The first step: which keys may be in the table, and where. */
static void begin(struct batch *b, const struct vp_db *db, const struct db_table *table,
                  const struct vp_key *keys, unsigned count, struct vp_hit *hits)
{
    b->db = db;
    b->table = table;
    b->lines = vpi_lines();
    b->keys = keys;
    b->hits = hits;
    b->left = count;
    b->candidates = 0;
    if (table->filter_words > 0) {
        b->left = b->lines->pass(table->filter, table->filter_words, keys, count, b->key);
    } else {
        for (unsigned i = 0; i < count; i++)
            b->key[i] = (uint8_t)i;
    }
    for (unsigned i = 0; i < b->left; i++) {
        const struct vp_key *key = &keys[b->key[i]];
        b->bucket[i] = bucket_at(table, vpi_db_home(key->high, table->homes));
        b->tag[i] = (uint32_t)key->low;
        __builtin_prefetch(b->bucket[i]);
    }
}

/* The second: in which entry each of them would stand. */
static void go_on(struct batch *b)
{
    for (uint32_t visited = 0; visited < b->table->probes && b->left > 0; visited++)
        b->left = read_buckets(b, b->left);
}

/* The last: what stands there. */
static void finish(struct batch *b)
{
    for (unsigned i = 0; i < b->candidates; i++) {
        const struct vp_key *key = &b->keys[b->candidate[i]];
        struct vp_hit *hit = &b->hits[b->candidate[i]];
        if (!confirm(b->db, b->table, b->row[i], key, hit))
            search(b->db, b->table, key, hit); /* the tag was another key's */
    }
}

static void lookup_table(const struct vp_db *db, const struct db_table *table,
                         const struct vp_key *keys, unsigned count, struct vp_hit *hits)
{
    struct batch b;
    ask_for_filter(table, keys, count);
    begin(&b, db, table, keys, count, hits);
    go_on(&b);
    finish(&b);
}

static unsigned part_of(size_t done, size_t count)
{
    return count - done < LINES_BATCH ? (unsigned)(count - done) : LINES_BATCH;
}

/* Many keys of one table, in parts.  While the lines of one part are on their way, another step is
 * done for the parts before it: nothing waits for memory but the first and the last. */
static void lookup_many(const struct vp_db *db, const struct db_table *table,
                        const struct vp_key *keys, size_t count, struct vp_hit *hits)
{
    struct batch parts[3];
    size_t part_count = (count + LINES_BATCH - 1) / LINES_BATCH;
    ask_for_filter(table, keys, part_of(0, count));
    for (size_t n = 0; n < part_count + 2; n++) {
        size_t done = n * LINES_BATCH, next = done + LINES_BATCH;
        if (next < count)
            ask_for_filter(table, keys + next, part_of(next, count));
        if (n < part_count)
            begin(&parts[n % 3], db, table, keys + done, part_of(done, count), hits + done);
        if (n >= 1 && n <= part_count)
            go_on(&parts[(n - 1) % 3]);
        if (n >= 2)
            finish(&parts[(n - 2) % 3]);
    }
}

/* Keys of several tables: those of each are put together, and their answers back in place. */
static void lookup_mixed(const struct vp_db *db, const struct vp_key *keys, unsigned count,
                         struct vp_hit *hits)
{
    for (unsigned group = 0; group < DB_GROUPS; group++) {
        struct vp_key part[LINES_BATCH];
        struct vp_hit answers[LINES_BATCH] = {{0, 0}};
        uint8_t places[LINES_BATCH];
        unsigned here = 0;
        for (unsigned i = 0; i < count; i++) {
            if (table_of(db, &keys[i]) != group + 1)
                continue;
            places[here] = (uint8_t)i;
            part[here++] = keys[i];
        }
        if (here == 0)
            continue;
        lookup_table(db, &db->tables[group], part, here, answers);
        for (unsigned i = 0; i < here; i++)
            hits[places[i]] = answers[i];
    }
}

/* How many keys from the first one on are of its kind. */
static size_t same_kind(const struct vp_key *keys, size_t count)
{
    size_t same = 0;
    while (same < count && keys[same].kind == keys[0].kind)
        same++;
    return same;
}

static void lookup_one(const struct vp_db *db, const struct vp_key *key, struct vp_hit *hit)
{
    unsigned number = table_of(db, key);
    if (number == 0)
        return;
    const struct db_table *table = &db->tables[number - 1];
    if (table->filter_words == 0 || vpi_lines_pass_one(table->filter, table->filter_words, key))
        search(db, table, key, hit);
}

enum vp_status vp_lookup_batch(struct vp_db *db, const struct vp_key *keys, size_t count,
                               struct vp_hit *ret_hits)
{
    if (!db || (count && (!keys || !ret_hits)))
        return VP_E_ARGUMENT;
    if (count)
        memset(ret_hits, 0, count * sizeof *ret_hits);
    if (count == 1) {
        lookup_one(db, keys, ret_hits);
        return VP_OK;
    }
    for (size_t done = 0; done < count;) {
        size_t same = same_kind(keys + done, count - done);
        unsigned table = table_of(db, &keys[done]);
        if (same < LINES_BATCH && done + same < count) {
            same = part_of(done, count);
            lookup_mixed(db, keys + done, (unsigned)same, ret_hits + done);
        } else if (table && same <= LINES_BATCH) {
            lookup_table(db, &db->tables[table - 1], keys + done, (unsigned)same, ret_hits + done);
        } else if (table) {
            lookup_many(db, &db->tables[table - 1], keys + done, same, ret_hits + done);
        }
        done += same;
    }
    return VP_OK;
}
