/* emit.c - sorted records to distinct keys and rows of RECS */
#include "set/emit.h"

#include <stdlib.h>

/* Rows that were written lately, and where: most keys of a bulk list have the same records, so that
 * one row serves them all.  Bounded, and the order of keys is random: what is common is in here. */
enum { SHARED_PLACES = 1 << 12, SHARED_RECORDS = 2 };

struct emit_shared {
    uint32_t count; /* 0: free */
    uint32_t row;
    uint8_t bytes[SHARED_RECORDS * RECS_SIZE];
};

enum vp_status vpi_emit_init(struct emit *emit, struct arena *arena, const struct strings *strings,
                             uint32_t gate_count, const char *beside, struct vp_error *err)
{
    memset(emit, 0, sizeof *emit);
    emit->arena = arena;
    emit->strings = strings;
    emit->gate_count = gate_count;
    emit->kinds = vpi_arena_array(arena, 65536, sizeof *emit->kinds);
    emit->behind = vpi_arena_array(arena, (size_t)gate_count + 1, sizeof *emit->behind);
    emit->shared = vpi_arena_array(arena, SHARED_PLACES, sizeof *emit->shared);
    if (!emit->kinds || !emit->behind || !emit->shared)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    enum vp_status status = vpi_spool_init(&emit->keys, beside, "keys", err);
    if (status == VP_OK)
        status = vpi_spool_init(&emit->records, beside, "records", err);
    return status;
}

void vpi_emit_done(struct emit *emit)
{
    vpi_spool_done(&emit->keys);
    vpi_spool_done(&emit->records);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* A total order of the records of one key, so that equal sets give equal bytes whatever the order
 * of input.  Strings were numbered by then: their numbers ascend with the text. */
static int compare_records(const void *left, const void *right)
{
    const struct sort_item *a = left, *b = right;
    const uint32_t x[] = {a->deprecated,        a->subject, a->kind,   a->gate, a->relation,
                          255u - a->confidence, /* the best first */
                          a->version,           a->file,    a->source, a->date, a->was_signed};
    const uint32_t y[] = {b->deprecated,        b->subject, b->kind, b->gate,   b->relation,
                          255u - b->confidence, b->version, b->file, b->source, b->date,
                          b->was_signed};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        int order = compare_numbers(x[i], y[i]);
        if (order)
            return order;
    }
    return 0;
}

static void number_item(const struct emit *emit, struct sort_item *item)
{
    if (emit->gate_rows && item->gate < emit->gate_count)
        item->gate = emit->gate_rows[item->gate];
    item->version = vpi_strings_number(emit->strings, item->version);
    item->file = vpi_strings_number(emit->strings, item->file);
    item->source = vpi_strings_number(emit->strings, item->source);
    item->date = vpi_strings_number(emit->strings, item->date);
}

static void row_bytes(const struct sort_item *item, size_t run, uint8_t row[RECS_SIZE])
{
    memset(row, 0, RECS_SIZE);
    vpi_put_uint(row + RECS_SUBJECT, item->subject, 4);
    vpi_put_uint(row + RECS_GATE, item->gate, 4);
    vpi_put_uint(row + RECS_VERSION, item->version, 4);
    vpi_put_uint(row + RECS_FILE, item->file, 4);
    vpi_put_uint(row + RECS_SOURCE, item->source, 4);
    vpi_put_uint(row + RECS_DATE, item->date, 4);
    vpi_put_uint(row + RECS_KIND, item->kind, 2);
    vpi_put_uint(row + RECS_RELATION, item->relation, 1);
    vpi_put_uint(row + RECS_CONFIDENCE, item->confidence, 1);
    vpi_put_uint(row + RECS_STATUS, item->deprecated, 1);
    vpi_put_uint(row + RECS_FLAGS, item->was_signed, 1);
    vpi_put_uint(row + RECS_RUN, run, 2);
}

/* The row of the first of these records, which may have been written before. */
static uint32_t write_records(struct emit *emit)
{
    uint8_t bytes[SHARED_RECORDS * RECS_SIZE], row[RECS_SIZE];
    uint32_t first = (uint32_t)(emit->records.len / RECS_SIZE);
    uint32_t count = (uint32_t)emit->same_count;
    if (count > SHARED_RECORDS) {
        for (uint32_t i = 0; i < count; i++) {
            row_bytes(&emit->same[i], count - i, row);
            vpi_spool_write(&emit->records, row, sizeof row);
        }
        return first;
    }
    size_t len = (size_t)count * RECS_SIZE;
    for (uint32_t i = 0; i < count; i++)
        row_bytes(&emit->same[i], count - i, bytes + (size_t)i * RECS_SIZE);
    struct emit_shared *shared =
        &emit->shared[vpi_hash64(span_of(bytes, len)) & (SHARED_PLACES - 1)];
    if (shared->count == count && memcmp(shared->bytes, bytes, len) == 0)
        return shared->row;
    shared->count = count;
    shared->row = first;
    memcpy(shared->bytes, bytes, len);
    vpi_spool_write(&emit->records, bytes, len);
    return first;
}

/* All records of one key are in `same`. */
static enum vp_status emit_key(struct emit *emit, struct vp_error *err)
{
    struct sort_item *same = emit->same;
    size_t kept = 1;
    if (emit->same_count > 1) {
        qsort(same, emit->same_count, sizeof *same, compare_records);
        for (size_t i = 1; i < emit->same_count; i++) {
            if (compare_records(&same[kept - 1], &same[i]) != 0)
                same[kept++] = same[i];
        }
    }
    emit->same_count = kept;
    if (kept > RECORDS_OF_A_KEY_MOST)
        return vpi_fail(err, VP_E_SET, "a key has %zu records", kept);
    if (emit->records.len / RECS_SIZE > ENTRY_MANY - RECORDS_OF_A_KEY_MOST - 1)
        return vpi_fail(err, VP_E_SET, "the set is too large for a database");
    bool ungated = false;
    for (size_t i = 0; i < kept; i++) {
        ungated |= same[i].gate == VPDB_NO_ROW && !same[i].deprecated;
        if (same[i].gate < emit->gate_count && !same[i].deprecated)
            emit->behind[same[i].gate]++;
    }
    emit->kinds[same[0].kind][0]++;
    emit->kinds[same[0].kind][1] += ungated;
    emit->group_keys[same[0].group]++;
    struct table_key key = {same[0].key, write_records(emit) | (kept > 1 ? ENTRY_MANY : 0), 0};
    vpi_spool_write(&emit->keys, &key, sizeof key);
    emit->same_count = 0;
    return VP_OK;
}

enum vp_status vpi_emit_all(struct emit *emit, struct sorter *sorter, struct vp_error *err)
{
    struct sort_item item;
    enum vp_status status = VP_OK;
    while (status == VP_OK && vpi_sorter_next(sorter, &item)) {
        const struct sort_item *last = emit->same;
        if (emit->same_count > 0 && (last->group != item.group || last->key.high != item.key.high ||
                                     last->key.low != item.key.low))
            status = emit_key(emit, err);
        struct sort_item *same = vpi_arena_grow(emit->arena, emit->same, emit->same_count,
                                                &emit->same_capacity, sizeof *same);
        if (!same)
            return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
        emit->same = same;
        number_item(emit, &item);
        same[emit->same_count++] = item;
    }
    if (status == VP_OK && emit->same_count > 0)
        status = emit_key(emit, err);
    if (status == VP_OK && (sorter->failed || emit->keys.failed || emit->records.failed))
        status = vpi_fail(err, VP_E_IO, "no room for a database's temporary files");
    return status;
}
