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

/* A key on its way: the bucket that it reads next, and what is left of the one that it has read. */
struct probe {
    uint64_t bucket;
    uint32_t visited;
    uint32_t slots; /* whose tags are equal and which were not compared yet */
    uint32_t base;
    uint32_t overflow;
    uint64_t row; /* of the entry to compare */
};

static const uint8_t *bucket_at(const struct db_table *table, uint64_t bucket)
{
    return table->buckets.data + bucket * BUCKET_SIZE;
}

/* The next slot with the key's tag; false: a miss. */
static bool probe_next(const struct db_table *table, const struct lines_variant *lines,
                       const struct vp_key *key, struct probe *p)
{
    while (p->slots == 0) {
        if (!(p->overflow >> vpi_db_overflow_bit(key->low) & 1) || p->visited >= table->probes ||
            p->bucket >= table->bucket_count)
            return false;
        const uint8_t *line = bucket_at(table, p->bucket++);
        unsigned count = line[BUCKET_COUNT] & 15;
        p->visited++;
        p->slots = lines->match(line, (uint32_t)key->low) & ((1u << count) - 1);
        p->overflow = (uint32_t)line[BUCKET_OVERFLOW] | (uint32_t)line[BUCKET_OVERFLOW + 1] << 8;
        (void)span_u32(span_of(line, BUCKET_SIZE), BUCKET_BASE, &p->base);
    }
    p->row = (uint64_t)p->base + (unsigned)__builtin_ctz(p->slots);
    p->slots &= p->slots - 1;
    return true;
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

/* Keys that are all of this table's kinds; `hits` are misses so far. */
static void lookup_table(const struct vp_db *db, const struct db_table *table,
                         const struct vp_key *keys, unsigned count, struct vp_hit *hits)
{
    const struct lines_variant *lines = vpi_lines();
    struct probe probes[LINES_BATCH];
    uint8_t passed[LINES_BATCH];
    unsigned left = 0, tried = count;
    if (table->filter_words > PREFETCH_FROM / FILTER_WORD) {
        for (unsigned i = 0; i < count; i++)
            __builtin_prefetch(table->filter +
                               (size_t)vpi_db_home(keys[i].high, table->filter_words) *
                                   FILTER_WORD);
    }
    if (table->filter_words > 0) {
        tried = lines->pass(table->filter, table->filter_words, keys, count, passed);
    } else {
        for (unsigned i = 0; i < count; i++)
            passed[i] = (uint8_t)i;
    }
    for (unsigned i = 0; i < tried; i++) {
        probes[i] = (struct probe){.bucket = vpi_db_home(keys[passed[i]].high, table->homes),
                                   .overflow = UINT32_MAX};
        __builtin_prefetch(bucket_at(table, probes[i].bucket));
    }
    for (unsigned i = 0; i < tried; i++) {
        struct probe p = probes[i];
        struct span entry;
        if (!probe_next(table, lines, &keys[passed[i]], &p))
            continue;
        if (span_sub(table->entries, p.row * ENTRY_SIZE, ENTRY_SIZE, &entry))
            __builtin_prefetch(entry.data);
        passed[left] = passed[i];
        probes[left++] = p;
    }
    for (unsigned i = 0; i < left; i++) {
        const struct vp_key *key = &keys[passed[i]];
        struct vp_hit *hit = &hits[passed[i]];
        while (!confirm(db, table, probes[i].row, key, hit) &&
               probe_next(table, lines, key, &probes[i]))
            ;
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

enum vp_status vp_lookup_batch(struct vp_db *db, const struct vp_key *keys, size_t count,
                               struct vp_hit *ret_hits)
{
    if (!db || (count && (!keys || !ret_hits)))
        return VP_E_ARGUMENT;
    for (size_t done = 0; done < count; done += LINES_BATCH) {
        const struct vp_key *part = &keys[done];
        unsigned here = count - done < LINES_BATCH ? (unsigned)(count - done) : LINES_BATCH;
        unsigned table = table_of(db, part), differs = 0;
        memset(&ret_hits[done], 0, here * sizeof *ret_hits);
        for (unsigned i = 1; i < here; i++)
            differs |= (unsigned)part[i].kind ^ part[0].kind;
        if (differs)
            lookup_mixed(db, part, here, &ret_hits[done]);
        else if (table)
            lookup_table(db, &db->tables[table - 1], part, here, &ret_hits[done]);
    }
    return VP_OK;
}
