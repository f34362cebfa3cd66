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

/* The entries ascend, and a look-up finds each of them. */
static enum vp_status verify_entries(struct vp_db *db, const struct db_table *table,
                                     struct vp_error *err)
{
    struct hash128 last = {0, 0};
    for (uint32_t row = 0; row < table->entry_count; row++) {
        struct reader r = reader_at(table->entries, (uint64_t)row * ENTRY_SIZE);
        struct hash128 key;
        key.low = reader_u64(&r);
        key.high = reader_u64(&r);
        uint32_t first = reader_u32(&r), count = reader_u32(&r);
        if (row > 0 && (key.high < last.high || (key.high == last.high && key.low <= last.low)))
            return vpi_fail(err, VP_E_DATABASE, "key %u is out of order", row);
        struct db_record record;
        if (count == 0 || !vpi_db_record(db, first, &record) || count > db->rows[SLOT_RECS] - first)
            return vpi_fail(err, VP_E_DATABASE, "key %u has no record", row);
        struct vp_key wanted = {key.low, key.high, record.kind, {0}};
        struct vp_hit hit;
        vp_lookup_batch(db, &wanted, 1, &hit);
        if (hit.first != first || hit.count != count)
            return vpi_fail(err, VP_E_DATABASE, "key %u is not found by a look-up", row);
        last = key;
    }
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
                                vpi_hash64(bytes) != chunk->checksum))
            status = vpi_fail(err, VP_E_DATABASE, "chunk %s is damaged", chunk->id);
    }
    if (status == VP_OK)
        status = verify_gap(db, end, db->bytes.len, err);
    for (int i = 0; i < DB_GROUPS && status == VP_OK; i++)
        status = verify_entries(db, &db->tables[i], err);
    return status;
}
