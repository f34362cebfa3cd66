/* probe.c - looking up keys: one cache line for a miss, prefetched in batches
 *
 * A key that the filter doesn't know is a miss.  Any other has a home bucket; a full bucket sends
 * keys on to the next one and remembers in its overflow word which of 16 classes went.  Each step
 * asks for all the lines that the next one will need.
 */
#include "db/batch.h"
#include "db/lines.h"

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
void vpi_db_search(const struct vp_db *db, const struct db_table *table, const struct vp_key *key,
                   struct vp_hit *hit)
{
    const struct lines_variant *lines = vpi_lines();
    uint64_t at = vpi_db_home(key->high, table->homes);
    uint32_t tag = (uint32_t)key->low;
    for (uint32_t visited = 0; visited < table->probes && at < table->bucket_count; visited++) {
        const uint8_t *bucket = table->buckets.data + at++ * BUCKET_SIZE;
        uint64_t base;
        unsigned overflow;
        unsigned found = lines->match(bucket, tag);
        for (unsigned left = vpi_lines_head(bucket, found, &base, &overflow); left;
             left &= left - 1) {
            if (confirm(db, table, base + (unsigned)__builtin_ctz(left), key, hit))
                return;
        }
        if (!(overflow >> vpi_db_overflow_bit(key->low) & 1))
            return;
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
            if (vpi_db_table_of(db, &keys[i]) != group + 1)
                continue;
            places[here] = (uint8_t)i;
            part[here++] = keys[i];
        }
        if (here == 0)
            continue;
        vpi_db_lookup_many(db, group, part, here, answers);
        for (unsigned i = 0; i < here; i++)
            hits[places[i]] = answers[i];
    }
}

static void lookup_one(const struct vp_db *db, const struct vp_key *key, struct vp_hit *hit)
{
    unsigned number = vpi_db_table_of(db, key);
    if (number == 0)
        return;
    const struct db_table *table = &db->tables[number - 1];
    if (table->filter_words == 0 || vpi_lines_pass_one(table->filter, table->filter_words, key))
        vpi_db_search(db, table, key, hit);
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
        size_t part = count - done < LINES_BATCH ? count - done : LINES_BATCH;
        unsigned table = vpi_db_table_of(db, &keys[done]);
        if (!vpi_db_all_of(db, table, keys + done, (unsigned)part))
            lookup_mixed(db, keys + done, (unsigned)part, ret_hits + done);
        else if (table)
            part = vpi_db_lookup_many(db, table - 1, keys + done, count - done, ret_hits + done);
        done += part;
    }
    return VP_OK;
}
