/* write.c - rows to the bytes of a database (docs/database-format.md) */
#include "set/write.h"

#include "db/layout.h"
#include "set/build.h"
#include "set/emit.h"

enum { CHUNKS_MOST = 18, CONFIRM_BITS = 128, COPY = 1 << 16 };

static const char group_letters[EMIT_GROUPS] = {'X', 'T', 'L'};

struct writer {
    struct arena *arena;
    const struct write_content *content;
    struct emit *emit;
    struct strings *strings;
    struct span strs;
    struct sink *sink;
    struct table tables[EMIT_GROUPS];
    struct output rows; /* of the chunk table */
    struct output out;  /* a small chunk that is being made */
    bool failed;        /* a spool can't be read */
};

/* A text that was added before the strings were numbered. */
static uint32_t number(struct writer *w, const char *text)
{
    return vpi_strings_number(w->strings, vpi_strings_add(w->strings, text));
}

static uint64_t write_kinds(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->kind_count; i++) {
        const struct write_kind *kind = &c->kinds[i];
        const uint64_t *counts = w->emit->kinds[kind->number];
        if (counts[0] == 0)
            continue;
        vpi_output_uint(out, kind->number, 2);
        vpi_output_uint(out, (uint8_t)group_letters[vpi_build_group(kind->number)], 1);
        vpi_output_uint(out, 0, 1);
        vpi_output_uint(out, CONFIRM_BITS, 2);
        vpi_output_uint(out, kind->form, 2);
        vpi_output_uint(out, number(w, kind->name), 4);
        vpi_output_uint(out, 0, 4);
        vpi_output_uint(out, counts[0], 8);
        vpi_output_uint(out, counts[1], 8);
    }
    return out->len / KINDROW_SIZE;
}

static uint64_t write_subjects(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->subject_count; i++) {
        const struct db_subject *subject = &c->subjects[i];
        vpi_output_uint(out, number(w, subject->id), 4);
        vpi_output_uint(out, number(w, subject->name), 4);
        vpi_output_uint(out, subject->vendor, 4);
        vpi_output_uint(out, subject->type, 1);
        vpi_output_uint(out, subject->signs_for_others, 1);
        vpi_output_uint(out, subject->deprecated, 2);
        vpi_output_room(out, SUBJ_OWNER - SUBJ_FROM);
        vpi_output_uint(out, subject->owner, 4);
        vpi_output_room(out, SUBJ_SIZE - SUBJ_RESERVED);
    }
    return c->subject_count;
}

static uint64_t write_records(struct writer *w)
{
    uint8_t *buffer = vpi_arena_alloc(w->arena, COPY);
    struct spool *records = &w->emit->records;
    for (uint64_t off = 0; off < records->len && !w->failed; off += COPY) {
        size_t here = records->len - off < COPY ? (size_t)(records->len - off) : COPY;
        w->failed = !buffer || !vpi_spool_read(records, off, buffer, here);
        if (!w->failed)
            vpi_sink_bytes(w->sink, buffer, here);
    }
    return records->len / RECS_SIZE;
}

static uint64_t write_gates(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->gate_count; i++) {
        const struct db_gate *gate = &c->gates[i];
        vpi_output_uint(out, gate->kind, 2);
        vpi_output_uint(out, gate->prefix_len, 1);
        vpi_output_uint(out, (gate->never ? 1u : 0) | (gate->has_key ? 2u : 0), 1);
        vpi_output_uint(out, gate->formats, 4);
        vpi_output_uint(out, gate->roles, 4);
        vpi_output_uint(out, gate->vendor, 4);
        vpi_output_uint(out, gate->size_least, 8);
        vpi_output_uint(out, gate->size_most, 8);
        if (gate->has_key) {
            vpi_output_uint(out, gate->key.high, 8);
            vpi_output_uint(out, gate->key.low, 8);
        } else {
            vpi_output_bytes(out, span_of(gate->prefix, sizeof gate->prefix));
        }
        vpi_output_uint(out, w->emit->behind[i], 8);
        vpi_output_uint(out, gate->has, 2);
        vpi_output_uint(out, 0, 6);
    }
    return c->gate_count;
}

static uint64_t write_policies(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->policy_count; i++) {
        const struct write_policy *policy = &c->policies[i];
        vpi_output_uint(out, number(w, policy->id), 4);
        vpi_output_uint(out, number(w, policy->title), 4);
        vpi_output_uint(out, number(w, policy->basis), 4);
        vpi_output_uint(out, number(w, policy->since), 4);
        vpi_output_uint(out, policy->first, 4);
        vpi_output_uint(out, policy->count, 4);
    }
    return c->policy_count;
}

static uint64_t write_rules(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->rule_count; i++) {
        const struct db_rule *rule = &c->rules[i];
        vpi_output_uint(out, rule->subject, 4);
        vpi_output_uint(out, rule->relations, 4);
        vpi_output_uint(out, rule->answer, 1);
        vpi_output_uint(out, rule->levels, 1);
        vpi_output_uint(out, 0, 2);
        vpi_output_uint(out, number(w, rule->why), 4);
    }
    return c->rule_count;
}

static uint64_t write_calibrations(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->calibration_count; i++) {
        const struct db_calibration *row = &c->calibrations[i].row;
        vpi_output_uint(out, row->kind, 2);
        vpi_output_uint(out, row->relation, 1);
        vpi_output_uint(out, 0, 1);
        vpi_output_uint(out, row->right, 4);
        vpi_output_uint(out, row->wrong, 4);
        vpi_output_uint(out, number(w, c->calibrations[i].source), 4);
    }
    return c->calibration_count;
}

static uint64_t write_anchors(struct writer *w)
{
    const struct write_content *c = w->content;
    struct output *out = &w->out;
    for (size_t i = 0; i < c->anchor_count; i++) {
        const struct trust_anchor *row = &c->anchors[i].row;
        vpi_output_uint(out, row->what, 1);
        vpi_output_uint(out, row->algorithm - DIGEST_SHA1 + 1u, 1);
        vpi_output_uint(out, row->purposes, 2);
        vpi_output_uint(out, row->distrusted, 4);
        vpi_output_bytes(out, span_of(row->hash, sizeof row->hash));
        vpi_output_uint(out, VPDB_NO_ROW, 4);
        vpi_output_uint(out, number(w, row->name), 4);
        vpi_output_uint(out, number(w, c->anchors[i].source), 4);
        vpi_output_uint(out, number(w, c->anchors[i].key), 4);
        vpi_output_uint(out, row->from, 8);
        vpi_output_uint(out, row->until, 8);
    }
    return c->anchor_count;
}

static uint64_t write_strings(struct writer *w)
{
    vpi_sink_bytes(w->sink, w->strs.data, w->strs.len);
    return w->strings->count;
}

/* Filter, table and entries of one group, by the last letter of `id`. */
static uint64_t write_table(struct writer *w, const char *id)
{
    unsigned group = 0;
    while (group_letters[group] != id[3])
        group++;
    const struct table *table = &w->tables[group];
    if (id[0] == 'F') {
        w->failed |= !vpi_table_filter(table, w->sink);
        return table->filter_words;
    }
    w->failed |=
        id[0] == 'T' ? !vpi_table_buckets(table, w->sink) : !vpi_table_entries(table, w->sink);
    return table->count;
}

struct chunk {
    char id[5];
    uint64_t (*write)(struct writer *w); /* to `out` or to the sink; NULL: a table's */
};

static const struct chunk chunks[CHUNKS_MOST] = {
    {"KIND", write_kinds},   {"SUBJ", write_subjects},
    {"RECS", write_records}, {"GATE", write_gates},
    {"FILX", NULL},          {"TABX", NULL},
    {"ENTX", NULL},          {"FILT", NULL},
    {"TABT", NULL},          {"ENTT", NULL},
    {"FILL", NULL},          {"TABL", NULL},
    {"ENTL", NULL},          {"POLI", write_policies},
    {"PITM", write_rules},   {"CALI", write_calibrations},
    {"ANCH", write_anchors}, {"STRS", write_strings},
};

static bool has_chunk(const struct writer *w, const struct chunk *chunk)
{
    const struct write_content *c = w->content;
    bool keys = w->emit->keys.len > 0;
    for (unsigned group = 0; group < EMIT_GROUPS; group++) {
        if (!chunk->write && chunk->id[3] == group_letters[group])
            return w->tables[group].count > 0;
    }
    return chunk->write == write_kinds          ? keys
           : chunk->write == write_records      ? keys
           : chunk->write == write_subjects     ? c->subject_count > 0
           : chunk->write == write_gates        ? c->gate_count > 0
           : chunk->write == write_policies     ? c->policy_count > 0
           : chunk->write == write_rules        ? c->rule_count > 0
           : chunk->write == write_calibrations ? c->calibration_count > 0
           : chunk->write == write_anchors      ? c->anchor_count > 0
                                                : true;
}

static void write_chunk(struct writer *w, const struct chunk *chunk)
{
    struct sink *sink = w->sink;
    vpi_sink_chunk(sink, VPDB_ALIGN);
    uint64_t off = sink->len;
    w->out.len = 0;
    uint64_t rows = chunk->write ? chunk->write(w) : write_table(w, chunk->id);
    vpi_sink_bytes(sink, w->out.data, w->out.len);
    vpi_output_bytes(&w->rows, span_of(chunk->id, 4));
    vpi_output_uint(&w->rows, 0, 4);
    vpi_output_uint(&w->rows, off, 8);
    vpi_output_uint(&w->rows, sink->len - off, 8);
    vpi_output_uint(&w->rows, rows, 8);
    vpi_output_uint(&w->rows, vpi_sink_checksum(sink), 8);
}

/* Over the zeros at the front. */
static void write_head(struct writer *w)
{
    uint8_t *head = vpi_output_room(&w->rows, HEADER_SIZE);
    if (!head)
        return;
    size_t rows = w->rows.len - HEADER_SIZE;
    memmove(w->rows.data + HEADER_SIZE, w->rows.data, rows);
    head = w->rows.data;
    memset(head, 0, HEADER_SIZE);
    memcpy(head + HEADER_MAGIC, VPDB_MAGIC, VPDB_MAGIC_LEN);
    vpi_put_uint(head + HEADER_MAJOR, VPDB_MAJOR, 2);
    vpi_put_uint(head + HEADER_MINOR, VPDB_MINOR, 2);
    vpi_put_uint(head + HEADER_CHUNKS, rows / CHUNK_ROW, 4);
    vpi_put_uint(head + HEADER_FILE_SIZE, w->sink->len, 8);
    vpi_put_uint(head + HEADER_SERIAL, w->content->serial, 8);
    vpi_put_uint(head + HEADER_DATE, w->content->date, 4);
    vpi_put_uint(head + HEADER_EXPIRES, w->content->expires, 4);
    vpi_put_uint(head + HEADER_CANONICAL, 1, 4);
    /* The digest field is still zeros, as its definition wants it. */
    struct span all = span_of(w->rows.data, w->rows.len);
    vpi_hash_bytes(vpi_hash128(all), head + HEADER_DIGEST);
    vpi_sink_head(w->sink, all);
}

/* Where each group's keys stand in the spool, and how its table is laid out. */
static enum vp_status plan_tables(struct writer *w, struct vp_error *err)
{
    uint64_t off = 0;
    for (unsigned group = 0; group < EMIT_GROUPS; group++) {
        struct table *table = &w->tables[group];
        table->spool = &w->emit->keys;
        table->off = off;
        table->count = w->emit->group_keys[group];
        off += table->count * sizeof(struct table_key);
        if (table->count >= VPDB_NO_ROW)
            return vpi_fail(err, VP_E_SET, "the set is too large for a database");
        if (table->count == 0 || vpi_table_plan(table))
            continue;
        if (table->spool->failed)
            return vpi_fail(err, VP_E_IO,
                            "a database's temporary files: no room, or can't be read");
        return vpi_fail(err, VP_E_SET, "keys crowd one place of the hash table");
    }
    return VP_OK;
}

enum vp_status vpi_write_chunks(struct arena *arena, const struct write_content *content,
                                struct emit *emit, struct strings *strings, struct span strs,
                                struct sink *sink, struct vp_error *err)
{
    static const uint8_t zeros[HEADER_SIZE + CHUNKS_MOST * CHUNK_ROW];
    struct writer w = {.arena = arena,
                       .content = content,
                       .emit = emit,
                       .strings = strings,
                       .strs = strs,
                       .sink = sink,
                       .rows = {.arena = arena},
                       .out = {.arena = arena}};
    enum vp_status status = plan_tables(&w, err);
    if (status != VP_OK)
        return status;
    size_t count = 0;
    for (size_t i = 0; i < CHUNKS_MOST; i++)
        count += has_chunk(&w, &chunks[i]);
    vpi_sink_chunk(sink, VPDB_ALIGN);
    vpi_sink_bytes(sink, zeros, HEADER_SIZE + count * CHUNK_ROW);
    for (size_t i = 0; i < CHUNKS_MOST; i++) {
        if (has_chunk(&w, &chunks[i]))
            write_chunk(&w, &chunks[i]);
    }
    write_head(&w);
    if (w.rows.failed || w.out.failed || (sink->memory && sink->memory->failed))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    if (w.failed || sink->failed)
        return vpi_fail(err, VP_E_IO, "a database can't be written");
    return VP_OK;
}

enum vp_status vpi_write(struct arena *arena, const struct write_content *content, struct span *ret,
                         struct vp_error *err)
{
    static const struct build_options options = {NULL, 0, 1};
    struct vpi_build *build;
    struct output out = {.arena = arena};
    struct sink sink;
    if (!vpi_sink_init(&sink, arena, &out, NULL))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    enum vp_status status = vpi_build_new(&options, arena, &build, err);
    if (status != VP_OK)
        return status;
    for (size_t i = 0; i < content->key_count && status == VP_OK; i++)
        status = vpi_build_add(build, content->keys[i].key, &content->keys[i].record, err);
    if (status == VP_OK)
        status = vpi_build_write(build, content, &sink, err);
    if (status == VP_OK)
        *ret = span_of(out.data, out.len);
    vpi_build_free(build);
    return status;
}
