/* write.c - rows to the bytes of a database (docs/database-format.md) */
#include "set/write.h"

#include <stdlib.h>

#include "db/layout.h"
#include "set/output.h"
#include "set/table.h"

enum { CHUNKS_WRITTEN = 14, GROUPS = 3, CONFIRM_BITS = 128 };

static const char group_letters[GROUPS] = {'X', 'T', 'L'};

struct writer {
    struct arena *arena;
    const struct write_content *content;
    struct strings strings;
    struct output chunks[CHUNKS_WRITTEN];
    uint64_t rows[CHUNKS_WRITTEN];
    const char *ids[CHUNKS_WRITTEN];
    unsigned chunk_count;
};

/* Exact digests, structure and signers; texts and names; likeness.  A private kind is exact. */
static unsigned group_of(unsigned kind)
{
    switch (kind >> 8) {
    case 0x04:
    case 0x05:
        return 1;
    case 0x06:
        return 2;
    default:
        return 0;
    }
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* A total order, so that equal sets give equal bytes whatever qsort does. */
static int compare_keys(const void *left, const void *right)
{
    const struct write_key *a = left, *b = right;
    const struct db_record *x = &a->record, *y = &b->record;
    int order = compare_numbers(group_of(x->kind), group_of(y->kind));
    if (!order)
        order = compare_numbers(a->key.high, b->key.high);
    if (!order)
        order = compare_numbers(a->key.low, b->key.low);
    if (!order)
        order = compare_numbers(x->deprecated, y->deprecated);
    if (!order)
        order = compare_numbers(x->subject, y->subject);
    if (!order)
        order = compare_numbers(x->kind, y->kind);
    if (!order)
        order = compare_numbers(x->gate, y->gate);
    if (!order)
        order = compare_numbers(x->relation, y->relation);
    if (!order)
        order = compare_numbers(y->confidence, x->confidence); /* the best first */
    if (!order)
        order = compare_text(x->version, y->version);
    if (!order)
        order = compare_text(x->file, y->file);
    if (!order)
        order = compare_text(x->source, y->source);
    if (!order)
        order = compare_text(x->date, y->date);
    return order;
}

static bool same_key(const struct write_key *a, const struct write_key *b)
{
    return a->key.high == b->key.high && a->key.low == b->key.low;
}

/* Sorts and takes out what stands twice word for word; how many keys are left. */
static size_t sort_keys(struct write_key *keys, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_keys(&keys[kept - 1], &keys[i]) != 0)
            keys[kept++] = keys[i];
    }
    return kept;
}

static struct output *chunk_begin(struct writer *w, const char *id, uint64_t rows)
{
    struct output *out = &w->chunks[w->chunk_count];
    out->arena = w->arena;
    w->ids[w->chunk_count] = id;
    w->rows[w->chunk_count++] = rows;
    return out;
}

static void write_kinds(struct writer *w, const struct write_key *keys, size_t key_count)
{
    const struct write_content *c = w->content;
    uint64_t *counts = vpi_arena_array(w->arena, 65536, 2 * sizeof *counts);
    struct output *out = chunk_begin(w, "KIND", 0);
    if (!counts) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < key_count;) {
        const struct write_key *key = &keys[i];
        bool ungated = false;
        for (; i < key_count && same_key(key, &keys[i]); i++)
            ungated |= keys[i].record.gate == VPDB_NO_ROW && !keys[i].record.deprecated;
        counts[2 * key->record.kind]++;
        counts[2 * key->record.kind + 1] += ungated;
    }
    for (size_t i = 0; i < c->kind_count; i++) {
        const struct write_kind *kind = &c->kinds[i];
        if (counts[2 * kind->number] == 0)
            continue;
        vpi_output_uint(out, kind->number, 2);
        vpi_output_uint(out, (uint8_t)group_letters[group_of(kind->number)], 1);
        vpi_output_uint(out, 0, 1);
        vpi_output_uint(out, CONFIRM_BITS, 2);
        vpi_output_uint(out, kind->form, 2);
        vpi_output_uint(out, vpi_strings_add(&w->strings, kind->name), 4);
        vpi_output_uint(out, 0, 4);
        vpi_output_uint(out, counts[2 * kind->number], 8);
        vpi_output_uint(out, counts[2 * kind->number + 1], 8);
    }
    w->rows[w->chunk_count - 1] = out->len / KINDROW_SIZE;
}

static void write_subjects(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = chunk_begin(w, "SUBJ", c->subject_count);
    for (size_t i = 0; i < c->subject_count; i++) {
        const struct db_subject *subject = &c->subjects[i];
        vpi_output_uint(out, vpi_strings_add(&w->strings, subject->id), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, subject->name), 4);
        vpi_output_uint(out, subject->vendor, 4);
        vpi_output_uint(out, subject->type, 1);
        vpi_output_uint(out, subject->signs_for_others, 1);
        vpi_output_uint(out, subject->deprecated, 2);
        vpi_output_room(out, SUBJ_SIZE - SUBJ_FROM);
    }
}

static void write_records(struct writer *w, const struct write_key *keys, size_t key_count)
{
    struct output *out = chunk_begin(w, "RECS", key_count);
    for (size_t i = 0; i < key_count; i++) {
        const struct db_record *record = &keys[i].record;
        vpi_output_uint(out, record->subject, 4);
        vpi_output_uint(out, record->gate, 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, record->version), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, record->file), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, record->source), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, record->date), 4);
        vpi_output_uint(out, record->kind, 2);
        vpi_output_uint(out, record->relation, 1);
        vpi_output_uint(out, record->confidence, 1);
        vpi_output_uint(out, record->deprecated, 1);
        vpi_output_uint(out, 0, 3);
    }
}

static void write_gates(struct writer *w, const struct write_key *keys, size_t key_count)
{
    const struct write_content *c = w->content;
    struct output *out = chunk_begin(w, "GATE", c->gate_count);
    uint64_t *behind = vpi_arena_array(w->arena, c->gate_count, sizeof *behind);
    if (!behind) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].record.gate < c->gate_count && !keys[i].record.deprecated)
            behind[keys[i].record.gate]++;
    }
    for (size_t i = 0; i < c->gate_count; i++) {
        const struct db_gate *gate = &c->gates[i];
        vpi_output_uint(out, gate->kind, 2);
        vpi_output_uint(out, gate->prefix_len, 1);
        vpi_output_uint(out, 0, 1);
        vpi_output_uint(out, gate->formats, 4);
        vpi_output_uint(out, gate->roles, 4);
        vpi_output_uint(out, gate->vendor, 4);
        vpi_output_uint(out, gate->size_least, 8);
        vpi_output_uint(out, gate->size_most, 8);
        vpi_output_bytes(out, span_of(gate->prefix, sizeof gate->prefix));
        vpi_output_uint(out, behind[i], 8);
        vpi_output_uint(out, 0, 8);
    }
}

/* Table and entries of one group: keys[first .. first + count), whose records begin at `first`. */
static bool write_group(struct writer *w, unsigned group, const struct write_key *keys,
                        size_t first, size_t count)
{
    static const char *const tables[GROUPS] = {"TABX", "TABT", "TABL"};
    static const char *const entries[GROUPS] = {"ENTX", "ENTT", "ENTL"};
    struct hash128 *distinct = vpi_arena_array(w->arena, count, sizeof *distinct);
    struct output *table = chunk_begin(w, tables[group], 0);
    struct output *out = chunk_begin(w, entries[group], 0);
    uint32_t rows = 0;
    if (!distinct) {
        out->failed = true;
        return true;
    }
    for (size_t i = first; i < first + count;) {
        size_t next = i + 1;
        while (next < first + count && same_key(&keys[i], &keys[next]))
            next++;
        distinct[rows++] = keys[i].key;
        vpi_output_uint(out, keys[i].key.low, 8);
        vpi_output_uint(out, keys[i].key.high, 8);
        vpi_output_uint(out, i, 4);
        vpi_output_uint(out, next - i, 4);
        i = next;
    }
    w->rows[w->chunk_count - 2] = rows;
    w->rows[w->chunk_count - 1] = rows;
    return rows == 0 || vpi_table_write(table, distinct, rows) || table->failed;
}

static void write_policies(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = chunk_begin(w, "POLI", c->policy_count);
    for (size_t i = 0; i < c->policy_count; i++) {
        const struct write_policy *policy = &c->policies[i];
        vpi_output_uint(out, vpi_strings_add(&w->strings, policy->id), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, policy->title), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, policy->basis), 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, policy->since), 4);
        vpi_output_uint(out, policy->first, 4);
        vpi_output_uint(out, policy->count, 4);
    }
    out = chunk_begin(w, "PITM", c->rule_count);
    for (size_t i = 0; i < c->rule_count; i++) {
        const struct db_rule *rule = &c->rules[i];
        vpi_output_uint(out, rule->subject, 4);
        vpi_output_uint(out, rule->relations, 4);
        vpi_output_uint(out, rule->answer, 1);
        vpi_output_uint(out, rule->levels, 1);
        vpi_output_uint(out, 0, 2);
        vpi_output_uint(out, vpi_strings_add(&w->strings, rule->why), 4);
    }
}

static void write_calibrations(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = chunk_begin(w, "CALI", c->calibration_count);
    for (size_t i = 0; i < c->calibration_count; i++) {
        const struct db_calibration *row = &c->calibrations[i].row;
        vpi_output_uint(out, row->kind, 2);
        vpi_output_uint(out, row->relation, 1);
        vpi_output_uint(out, 0, 1);
        vpi_output_uint(out, row->right, 4);
        vpi_output_uint(out, row->wrong, 4);
        vpi_output_uint(out, vpi_strings_add(&w->strings, c->calibrations[i].source), 4);
    }
}

/* Header, chunk rows and the chunks that have bytes, in one piece. */
static bool join(struct writer *w, struct span *ret)
{
    struct output out = {.arena = w->arena};
    uint64_t count = 0;
    for (unsigned i = 0; i < w->chunk_count; i++) {
        if (w->chunks[i].failed)
            return false;
        count += w->chunks[i].len > 0;
    }
    vpi_output_room(&out, HEADER_SIZE + (size_t)count * CHUNK_ROW);
    uint64_t row = 0;
    for (unsigned i = 0; i < w->chunk_count; i++) {
        struct span bytes = span_of(w->chunks[i].data, w->chunks[i].len);
        if (bytes.len == 0)
            continue;
        vpi_output_align(&out, VPDB_ALIGN);
        size_t off = out.len;
        vpi_output_bytes(&out, bytes);
        if (out.failed)
            return false;
        uint8_t *at = out.data + HEADER_SIZE + row++ * CHUNK_ROW;
        memcpy(at + CHUNK_ID, w->ids[i], 4);
        vpi_put_uint(at + CHUNK_OFF, off, 8);
        vpi_put_uint(at + CHUNK_LEN, bytes.len, 8);
        vpi_put_uint(at + CHUNK_COUNT, w->rows[i], 8);
        vpi_put_uint(at + CHUNK_CHECKSUM, vpi_hash64(bytes), 8);
    }
    if (out.failed)
        return false;
    memcpy(out.data + HEADER_MAGIC, VPDB_MAGIC, VPDB_MAGIC_LEN);
    vpi_put_uint(out.data + HEADER_MAJOR, VPDB_MAJOR, 2);
    vpi_put_uint(out.data + HEADER_MINOR, VPDB_MINOR, 2);
    vpi_put_uint(out.data + HEADER_CHUNKS, count, 4);
    vpi_put_uint(out.data + HEADER_FILE_SIZE, out.len, 8);
    vpi_put_uint(out.data + HEADER_SERIAL, w->content->serial, 8);
    vpi_put_uint(out.data + HEADER_DATE, w->content->date, 4);
    vpi_put_uint(out.data + HEADER_EXPIRES, w->content->expires, 4);
    vpi_put_uint(out.data + HEADER_CANONICAL, 1, 4);
    /* The digest field is still zeros, as its definition wants it. */
    struct span head = span_of(out.data, HEADER_SIZE + (size_t)count * CHUNK_ROW);
    vpi_hash_bytes(vpi_hash128(head), out.data + HEADER_DIGEST);
    *ret = span_of(out.data, out.len);
    return true;
}

enum vp_status vpi_write(struct arena *arena, const struct write_content *content, struct span *ret,
                         struct vp_error *err)
{
    struct writer *w = vpi_arena_alloc(arena, sizeof *w);
    if (!w || !vpi_strings_init(&w->strings, arena))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    w->arena = arena;
    w->content = content;
    if (content->key_count >= VPDB_NO_ROW || content->subject_count >= VPDB_NO_ROW ||
        content->gate_count >= VPDB_NO_ROW)
        return vpi_fail(err, VP_E_SET, "the set is too large for a database");
    struct write_key *keys = content->keys;
    size_t key_count = sort_keys(keys, content->key_count);
    write_kinds(w, keys, key_count);
    write_subjects(w);
    write_records(w, keys, key_count);
    write_gates(w, keys, key_count);
    size_t first = 0;
    for (unsigned group = 0; group < GROUPS; group++) {
        size_t end = first;
        while (end < key_count && group_of(keys[end].record.kind) == group)
            end++;
        if (!write_group(w, group, keys, first, end - first))
            return vpi_fail(err, VP_E_SET, "keys crowd one place of the hash table");
        first = end;
    }
    write_policies(w);
    write_calibrations(w);
    struct output *strings = chunk_begin(w, "STRS", w->strings.count);
    *strings = w->strings.out;
    if (!join(w, ret))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    return VP_OK;
}
