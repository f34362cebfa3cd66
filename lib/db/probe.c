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
    if (!span_sub(table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry))
        return false;
    struct reader r = reader_at(entry, 0);
    if (reader_u64(&r) != key->low || reader_u64(&r) != key->high)
        return false;
    uint32_t first = reader_u32(&r), count = reader_u32(&r), rows = db->rows[SLOT_RECS];
    if (first >= rows)
        return false;
    ret->first = first;
    ret->count = count < rows - first ? count : rows - first;
    return ret->count > 0;
}

/* The row that slot `i` names if its tag fits, else VPDB_NO_ROW. */
static uint64_t slot_row(struct span bucket, unsigned i, uint32_t tag)
{
    uint64_t found, row;
    if (!span_uint(bucket, BUCKET_TAGS + 4 * i, 4, &found) || found != tag ||
        !span_uint(bucket, BUCKET_ENTRIES + 4 * i, 4, &row))
        return VPDB_NO_ROW;
    return row;
}

static void prefetch_entry(const struct probe *probe, const struct vp_key *key)
{
    struct span bucket = span_of(bucket_at(probe), BUCKET_SIZE), entry;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
        uint64_t row = slot_row(bucket, i, (uint32_t)key->low);
        if (row != VPDB_NO_ROW &&
            span_sub(probe->table->entries, row * ENTRY_SIZE, ENTRY_SIZE, &entry)) {
            __builtin_prefetch(entry.data);
            return;
        }
    }
}

static struct vp_hit probe_finish(const struct vp_db *db, struct probe probe,
                                  const struct vp_key *key)
{
    const struct vp_hit miss = {0, 0};
    struct vp_hit hit;
    for (uint32_t visited = 0; visited < probe.table->probes; visited++) {
        struct span bucket = span_of(bucket_at(&probe), BUCKET_SIZE);
        for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
            uint64_t row = slot_row(bucket, i, (uint32_t)key->low);
            if (row != VPDB_NO_ROW && confirm(db, probe.table, row, key, &hit))
                return hit;
        }
        uint64_t overflow;
        if (!span_uint(bucket, BUCKET_OVERFLOW, 8, &overflow) ||
            !(overflow >> (key->low >> 32 & 63) & 1))
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
                prefetch_entry(&probes[i], &keys[done + i]);
        }
        for (size_t i = 0; i < here; i++) {
            struct vp_hit miss = {0, 0};
            ret_hits[done + i] =
                probes[i].table ? probe_finish(db, probes[i], &keys[done + i]) : miss;
        }
    }
    return VP_OK;
}
