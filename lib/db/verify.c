/* verify.c - reading every byte: checksums, the gaps between chunks, and the keys' order */
#include "db/database.h"

static bool all_zero(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] != 0)
            return false;
    }
    return true;
}

/* What no checksum covers must be zero, and less than the alignment. */
static enum vp_status verify_gap(const struct vp_db *db, uint64_t from, uint64_t to,
                                 struct vp_error *err)
{
    struct span gap;
    if (to < from || to - from >= VPDB_ALIGN || !span_sub(db->bytes, from, to - from, &gap) ||
        !all_zero(gap))
        return vpi_fail(err, VP_E_DATABASE, "bytes at %llu belong to no chunk",
                        (unsigned long long)from);
    return VP_OK;
}

bool vpi_db_key_at(const struct db_table *table, uint64_t bucket, unsigned slot,
                   struct hash128 *ret_key, uint64_t *ret_row)
{
    struct span line, entry;
    uint64_t base, count, tag, high, low;
    if (bucket >= table->bucket_count ||
        !span_sub(table->buckets, bucket * BUCKET_SIZE, BUCKET_SIZE, &line) ||
        !span_uint(line, BUCKET_BASE, 4, &base) || !span_uint(line, BUCKET_COUNT, 1, &count) ||
        slot >= BUCKET_SLOTS || slot >= count ||
        !span_uint(line, BUCKET_TAGS + 4 * (uint64_t)slot, 4, &tag) ||
        !span_sub(table->entries, (base + slot) * ENTRY_SIZE, ENTRY_SIZE, &entry) ||
        !span_uint(entry, ENTRY_HIGH, 8, &high) || !span_uint(entry, ENTRY_LOW, 4, &low))
        return false;
    ret_key->high = high;
    ret_key->low = low << 32 | tag;
    *ret_row = base + slot;
    return true;
}

/* A look-up finds this key, and says what the entry says. */
static bool is_found(struct vp_db *db, const struct db_table *table, struct hash128 key,
                     uint64_t row)
{
    uint64_t value = 0;
    struct db_record record;
    struct vp_hit hit;
    if (!span_uint(table->entries, row * ENTRY_SIZE + ENTRY_RECORD, 4, &value) ||
        !vpi_db_record(db, (uint32_t)value & ~ENTRY_MANY, &record))
        return false;
    struct vp_key wanted = {key.low, key.high, record.kind, {0}};
    vp_lookup_batch(db, &wanted, 1, &hit);
    return hit.count > 0 && hit.first == ((uint32_t)value & ~ENTRY_MANY) &&
           (hit.count > 1) == ((value & ENTRY_MANY) != 0);
}

/* The keys ascend from bucket to bucket, each entry has one, and a look-up finds it. */
static enum vp_status verify_keys(struct vp_db *db, const struct db_table *table,
                                  struct vp_error *err)
{
    struct hash128 last = {0, 0}, key;
    uint64_t next = 0, row;
    for (uint64_t bucket = 0; bucket < table->bucket_count; bucket++) {
        for (unsigned slot = 0; vpi_db_key_at(table, bucket, slot, &key, &row); slot++, next++) {
            if (row != next || (next > 0 && (key.high < last.high ||
                                             (key.high == last.high && key.low <= last.low))))
                return vpi_fail(err, VP_E_DATABASE, "key %llu is out of order",
                                (unsigned long long)row);
            if (!is_found(db, table, key, row))
                return vpi_fail(err, VP_E_DATABASE, "key %llu is not found by a look-up",
                                (unsigned long long)row);
            last = key;
        }
    }
    if (next != table->keys)
        return vpi_fail(err, VP_E_DATABASE, "%llu keys stand in the table, not %llu",
                        (unsigned long long)next, (unsigned long long)table->keys);
    return VP_OK;
}

enum vp_status vp_db_verify(struct vp_db *db, struct vp_error *err)
{
    uint64_t end = HEADER_SIZE + (uint64_t)db->chunk_count * CHUNK_ROW;
    enum vp_status status = VP_OK;
    for (uint32_t i = 0; i < db->chunk_count && status == VP_OK; i++) {
        const struct db_chunk *chunk = &db->chunks[i];
        struct span bytes;
        status = verify_gap(db, end, chunk->off, err);
        end = chunk->off + chunk->len;
        if (status == VP_OK && (!span_sub(db->bytes, chunk->off, chunk->len, &bytes) ||
                                vpi_hash128(bytes).low != chunk->checksum))
            status = vpi_fail(err, VP_E_DATABASE, "chunk %s is damaged", chunk->id);
    }
    if (status == VP_OK)
        status = verify_gap(db, end, db->bytes.len, err);
    for (int i = 0; i < DB_GROUPS && status == VP_OK; i++)
        status = verify_keys(db, &db->tables[i], err);
    return status;
}
