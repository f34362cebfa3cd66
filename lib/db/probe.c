/* probe.c - looking up keys: one cache line for a miss, prefetched in batches
 *
 * Each key has a home bucket.  A full bucket sends keys on to the next one and remembers in its
 * overflow word which of 64 classes went, so that a look-up almost never follows for nothing.
 */
#include "db/database.h"

/* Enough loads in flight to hide memory, few enough to stay in the first cache. */
enum { BATCH = 32 };

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

/* A key on its way: where it looks next. */
struct probe {
    const struct db_table *table; /* NULL: no key of this kind is in the database */
    uint64_t bucket;
};

static const uint8_t *bucket_at(const struct probe *probe)
{
    return probe->table->buckets.data + probe->bucket * BUCKET_SIZE;
}

static struct probe probe_start(const struct vp_db *db, const struct vp_key *key)
{
    struct probe probe = {NULL, 0};
    const struct db_kind *kind = vpi_db_kind(db, key->kind);
    if (kind && db->tables[kind->group].probes > 0) {
        probe.table = &db->tables[kind->group];
        probe.bucket = vpi_db_home(key->high, probe.table->bucket_count);
        __builtin_prefetch(bucket_at(&probe));
    }
    return probe;
}

/* The full key decides; what the entry says of its records is clamped. */
static bool confirm(const struct vp_db *db, const struct db_table *table, uint64_t row,
                    const struct vp_key *key, struct vp_hit *ret)
{
    struct span entry;
    uint64_t low, high;
    uint32_t first, count, rows = db->rows[SLOT_RECS];
    if (!span_sub(table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry) ||
        !span_u64(entry, ENTRY_LOW, &low) || !span_u64(entry, ENTRY_HIGH, &high) ||
        !span_u32(entry, ENTRY_FIRST, &first) || !span_u32(entry, ENTRY_COUNT, &count))
        return false;
    if (low != key->low || high != key->high || first >= rows)
        return false;
    ret->first = first;
    ret->count = count < rows - first ? count : rows - first;
    return ret->count > 0;
}

/* Bit i: slot i holds a key with this tag. */
static unsigned matching(struct span bucket, uint32_t tag)
{
    unsigned slots = 0;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
        uint32_t found = 0;
        slots |= (unsigned)(span_u32(bucket, BUCKET_TAGS + 4 * i, &found) && found == tag) << i;
    }
    return slots;
}

static bool overflows(struct span bucket, const struct vp_key *key)
{
    uint64_t overflow = 0;
    return span_u64(bucket, BUCKET_OVERFLOW, &overflow) && (overflow >> (key->low >> 32 & 63) & 1);
}

/* The slot's row may be none, or beyond the end: the entry is then not there. */
static uint32_t slot_row(struct span bucket, unsigned slot)
{
    uint32_t row = VPDB_NO_ROW;
    (void)span_u32(bucket, BUCKET_ENTRIES + 4 * slot, &row);
    return row;
}

/* Most misses end here; for the others the entry is on its way when probe_finish wants it. */
static void probe_home(struct probe *probe, const struct vp_key *key)
{
    struct span bucket = span_of(bucket_at(probe), BUCKET_SIZE), entry;
    unsigned slots = matching(bucket, (uint32_t)key->low);
    if (slots == 0) {
        if (!overflows(bucket, key))
            probe->table = NULL;
        return;
    }
    uint64_t row = slot_row(bucket, (unsigned)__builtin_ctz(slots));
    if (span_sub(probe->table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry))
        __builtin_prefetch(entry.data);
}

static struct vp_hit probe_finish(const struct vp_db *db, struct probe probe,
                                  const struct vp_key *key)
{
    const struct vp_hit miss = {0, 0};
    struct vp_hit hit;
    for (uint32_t visited = 0; visited < probe.table->probes; visited++) {
        struct span bucket = span_of(bucket_at(&probe), BUCKET_SIZE);
        for (unsigned slots = matching(bucket, (uint32_t)key->low); slots; slots &= slots - 1) {
            uint32_t row = slot_row(bucket, (unsigned)__builtin_ctz(slots));
            if (row != VPDB_NO_ROW && confirm(db, probe.table, row, key, &hit))
                return hit;
        }
        if (!overflows(bucket, key))
            return miss;
        if (++probe.bucket == probe.table->bucket_count)
            probe.bucket = 0;
    }
    return miss;
}

enum vp_status vp_lookup_batch(struct vp_db *db, const struct vp_key *keys, size_t count,
                               struct vp_hit *ret_hits)
{
    if (!db || (count && (!keys || !ret_hits)))
        return VP_E_ARGUMENT;
    struct probe probes[BATCH];
    for (size_t done = 0; done < count; done += BATCH) {
        size_t here = count - done < BATCH ? count - done : BATCH;
        for (size_t i = 0; i < here; i++)
            probes[i] = probe_start(db, &keys[done + i]);
        for (size_t i = 0; i < here; i++) {
            if (probes[i].table)
                probe_home(&probes[i], &keys[done + i]);
        }
        for (size_t i = 0; i < here; i++) {
            struct vp_hit miss = {0, 0};
            ret_hits[done + i] =
                probes[i].table ? probe_finish(db, probes[i], &keys[done + i]) : miss;
        }
    }
    return VP_OK;
}
