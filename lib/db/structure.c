/* structure.c - header and chunk table, without touching a key (docs/database-format.md) */
#include "db/database.h"

struct slot_shape {
    char id[5];
    uint8_t row; /* bytes; 0: a table or the strings */
};

static const struct slot_shape shapes[SLOT_COUNT] = {
    [SLOT_KIND] = {"KIND", KINDROW_SIZE},
    [SLOT_SUBJ] = {"SUBJ", SUBJ_SIZE},
    [SLOT_RECS] = {"RECS", RECS_SIZE},
    [SLOT_GATE] = {"GATE", GATE_SIZE},
    [SLOT_FILX] = {"FILX", FILTER_WORD},
    [SLOT_TABX] = {"TABX", 0},
    [SLOT_ENTX] = {"ENTX", ENTRY_SIZE},
    [SLOT_FILT] = {"FILT", FILTER_WORD},
    [SLOT_TABT] = {"TABT", 0},
    [SLOT_ENTT] = {"ENTT", ENTRY_SIZE},
    [SLOT_FILL] = {"FILL", FILTER_WORD},
    [SLOT_TABL] = {"TABL", 0},
    [SLOT_ENTL] = {"ENTL", ENTRY_SIZE},
    [SLOT_POLI] = {"POLI", POLI_SIZE},
    [SLOT_PITM] = {"PITM", PITM_SIZE},
    [SLOT_CALI] = {"CALI", CALI_SIZE},
    [SLOT_ANCH] = {"ANCH", ANCH_SIZE},
    [SLOT_STRS] = {"STRS", 0},
};

static const enum db_slot table_slots[DB_GROUPS] = {SLOT_TABX, SLOT_TABT, SLOT_TABL};
static const char group_letters[DB_GROUPS] = {'X', 'T', 'L'};

struct hash128 vpi_db_digest_of(struct span bytes, uint32_t chunks)
{
    static const uint8_t zeros[16];
    struct hash_stream stream;
    vpi_hash_begin(&stream);
    vpi_hash_add(&stream, span_first(bytes, HEADER_DIGEST));
    vpi_hash_add(&stream, span_of(zeros, sizeof zeros));
    uint64_t end = HEADER_SIZE + (uint64_t)chunks * CHUNK_ROW;
    vpi_hash_add(&stream, span_from(span_first(bytes, end), HEADER_DATE));
    return vpi_hash_end(&stream);
}

static void print_hex(const uint8_t bytes[16], char ret[33])
{
    for (int i = 0; i < 16; i++) {
        ret[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        ret[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    ret[32] = 0;
}

static enum vp_status read_header(struct vp_db *db, struct vp_error *err)
{
    struct reader r = reader_at(db->bytes, HEADER_MAJOR);
    db->major = reader_u16(&r);
    db->minor = reader_u16(&r);
    uint32_t chunks = reader_u32(&r);
    uint64_t size = reader_u64(&r);
    db->serial = reader_u64(&r);
    struct span digest = reader_span(&r, 16);
    db->date = reader_u32(&r);
    db->expires = reader_u32(&r);
    uint32_t canonical = reader_u32(&r);
    if (r.bad || memcmp(db->bytes.data, VPDB_MAGIC, VPDB_MAGIC_LEN) != 0)
        return vpi_fail(err, VP_E_DATABASE, "not a database");
    if (db->major != VPDB_MAJOR)
        return vpi_fail(err, VP_E_DATABASE, "database format %u is not supported", db->major);
    if (size != db->bytes.len)
        return vpi_fail(err, VP_E_DATABASE, "the database is %zu bytes long, not %llu",
                        db->bytes.len, (unsigned long long)size);
    if (canonical != 1)
        return vpi_fail(err, VP_E_DATABASE, "canonical form %u is not supported", canonical);
    if (chunks > VPDB_CHUNKS_MOST ||
        chunks > (db->bytes.len - (size_t)HEADER_SIZE) / (size_t)CHUNK_ROW)
        return vpi_fail(err, VP_E_DATABASE, "%u chunks are too many", chunks);
    uint8_t real[16];
    vpi_hash_bytes(vpi_db_digest_of(db->bytes, chunks), real);
    if (memcmp(real, digest.data, sizeof real) != 0)
        return vpi_fail(err, VP_E_DATABASE, "header or chunk table is damaged");
    print_hex(real, db->digest);
    db->chunk_count = chunks;
    return VP_OK;
}

static enum vp_status take_chunk(struct vp_db *db, const struct db_chunk *chunk, uint32_t flags,
                                 struct vp_error *err)
{
    enum db_slot slot = 0;
    while (slot < SLOT_COUNT && memcmp(shapes[slot].id, chunk->id, 4) != 0)
        slot++;
    if (slot == SLOT_COUNT)
        return VP_OK;
    if (db->slots[slot].data)
        return vpi_fail(err, VP_E_DATABASE, "chunk %s stands twice", chunk->id);
    if (flags != 0)
        return vpi_fail(err, VP_E_DATABASE, "chunk %s has unknown flags", chunk->id);
    uint8_t row = shapes[slot].row;
    if (row &&
        (chunk->rows >= VPDB_NO_ROW || chunk->rows != chunk->len / row || chunk->len % row != 0))
        return vpi_fail(err, VP_E_DATABASE, "chunk %s has not as many rows as it says", chunk->id);
    if (!span_sub(db->bytes, chunk->off, chunk->len, &db->slots[slot]))
        return vpi_fail(err, VP_E_DATABASE, "chunk %s reaches beyond the end", chunk->id);
    db->rows[slot] = row ? (uint32_t)chunk->rows : 0;
    return VP_OK;
}

static enum vp_status read_chunks(struct vp_db *db, struct vp_error *err)
{
    uint64_t end = HEADER_SIZE + (uint64_t)db->chunk_count * CHUNK_ROW;
    for (uint32_t i = 0; i < db->chunk_count; i++) {
        struct reader r = reader_at(db->bytes, HEADER_SIZE + (uint64_t)i * CHUNK_ROW);
        struct db_chunk *chunk = &db->chunks[i];
        struct span id = reader_span(&r, 4);
        uint32_t flags = reader_u32(&r);
        chunk->off = reader_u64(&r);
        chunk->len = reader_u64(&r);
        chunk->rows = reader_u64(&r);
        chunk->checksum = reader_u64(&r);
        if (r.bad)
            return vpi_fail(err, VP_E_DATABASE, "the chunk table reaches beyond the end");
        for (int c = 0; c < 4; c++) {
            if (id.data[c] < 0x21 || id.data[c] > 0x7e)
                return vpi_fail(err, VP_E_DATABASE, "chunk %u has no name", i);
            chunk->id[c] = (char)id.data[c];
        }
        if (chunk->off % VPDB_ALIGN != 0 || chunk->off < end)
            return vpi_fail(err, VP_E_DATABASE, "chunk %s overlaps what is before it", chunk->id);
        struct span bytes;
        if (!span_sub(db->bytes, chunk->off, chunk->len, &bytes))
            return vpi_fail(err, VP_E_DATABASE, "chunk %s reaches beyond the end", chunk->id);
        end = chunk->off + chunk->len;
        enum vp_status status = take_chunk(db, chunk, flags, err);
        if (status != VP_OK)
            return status;
    }
    return VP_OK;
}

static enum vp_status read_table(struct vp_db *db, int group, struct vp_error *err)
{
    struct db_table *table = &db->tables[group];
    enum db_slot slot = table_slots[group];
    struct span chunk = db->slots[slot], filter = db->slots[slot - 1];
    const char *id = shapes[slot].id;
    table->entries = db->slots[slot + 1];
    table->entry_count = db->rows[slot + 1];
    if (chunk.len == 0 && table->entry_count == 0)
        return VP_OK;
    struct reader r = reader_at(chunk, TABLE_HOMES);
    uint64_t homes = reader_u64(&r);
    table->bucket_count = reader_u64(&r);
    table->keys = reader_u64(&r);
    table->probes = reader_u32(&r);
    table->buckets = span_from(chunk, TABLE_HEAD);
    if (r.bad || chunk.len < TABLE_HEAD || homes == 0 || homes > UINT32_MAX ||
        homes > table->bucket_count || table->buckets.len % BUCKET_SIZE != 0 ||
        table->bucket_count != table->buckets.len / BUCKET_SIZE)
        return vpi_fail(err, VP_E_DATABASE, "chunk %s has not as many buckets as it says", id);
    if (table->keys != table->entry_count)
        return vpi_fail(err, VP_E_DATABASE, "chunk %s has not as many keys as it says", id);
    if (table->probes > PROBES_MOST)
        return vpi_fail(err, VP_E_DATABASE, "chunk %s needs %u probes", id, table->probes);
    table->homes = (uint32_t)homes;
    table->filter = filter.data;
    table->filter_words = db->rows[slot - 1];
    return VP_OK;
}

static enum vp_status read_tables(struct vp_db *db, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    for (int i = 0; i < DB_GROUPS && status == VP_OK; i++)
        status = read_table(db, i, err);
    return status;
}

/* What tells a look-up in two loads in which table a kind's keys are. */
static bool map_kinds(struct vp_db *db)
{
    unsigned pages = 1; /* page 0 is empty */
    for (uint32_t i = 0; i < db->kind_count; i++) {
        uint8_t *page = &db->kind_page[db->kinds[i].number >> 8];
        if (*page == 0 && pages < 256)
            *page = (uint8_t)pages++;
    }
    db->kind_tables = vpi_arena_array(&db->arena, pages, sizeof *db->kind_tables);
    if (!db->kind_tables)
        return false;
    for (uint32_t i = 0; i < db->kind_count; i++) {
        const struct db_kind *kind = &db->kinds[i];
        uint8_t page = db->kind_page[kind->number >> 8];
        if (page && db->tables[kind->group].probes > 0)
            db->kind_tables[page][kind->number & 255] = (uint8_t)(kind->group + 1);
    }
    return true;
}

static enum vp_status read_kinds(struct vp_db *db, struct vp_error *err)
{
    uint32_t count = db->rows[SLOT_KIND];
    if (count > KINDS_MOST)
        return vpi_fail(err, VP_E_DATABASE, "%u kinds are too many", count);
    db->kinds = vpi_arena_array(&db->arena, count, sizeof *db->kinds);
    if (!db->kinds)
        return vpi_fail(err, VP_E_MEMORY, "no memory for %u kinds", count);
    for (uint32_t i = 0; i < count; i++) {
        struct db_kind *kind = &db->kinds[i];
        struct reader r = reader_at(db->slots[SLOT_KIND], (uint64_t)i * KINDROW_SIZE);
        kind->number = reader_u16(&r);
        uint8_t letter = reader_u8(&r);
        reader_skip(&r, 1);
        kind->confirm = reader_u16(&r);
        r.off += KINDROW_KEYS - KINDROW_FORM;
        kind->keys = reader_u64(&r);
        kind->ungated = reader_u64(&r);
        while (kind->group < DB_GROUPS && group_letters[kind->group] != letter)
            kind->group++;
        if (r.bad || kind->group == DB_GROUPS || kind->number == 0 || kind->confirm != 128 ||
            kind->ungated > kind->keys || (i > 0 && kind->number <= db->kinds[i - 1].number))
            return vpi_fail(err, VP_E_DATABASE, "row %u of the kinds contradicts itself", i);
    }
    db->kind_count = count;
    if (!map_kinds(db))
        return vpi_fail(err, VP_E_MEMORY, "no memory for %u kinds", count);
    return VP_OK;
}

enum vp_status vpi_db_structure(struct vp_db *db, struct vp_error *err)
{
    enum vp_status status = read_header(db, err);
    if (status == VP_OK)
        status = read_chunks(db, err);
    if (status == VP_OK)
        status = read_tables(db, err);
    if (status == VP_OK)
        status = read_kinds(db, err);
    return status;
}
