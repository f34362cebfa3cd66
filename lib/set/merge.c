/* merge.c - one database of several compiled ones
 *
 * What two of them say of one subject, kind, policy or calibration must be the same; records,
 * gates and anchors that are the same are kept once.  So the order of the databases doesn't show,
 * and what sets give that were compiled apart are the bytes of the sets compiled together.
 */
#include "set/merge.h"

#include <stdlib.h>

static enum vp_status no_memory(struct vp_error *err)
{
    return vpi_fail(err, VP_E_MEMORY, "no memory to merge databases");
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* ---- subjects, by id */

struct merge_subject {
    struct db_subject row;
    const char *vendor_id, *owner_id; /* or "" */
    uint32_t *to;                     /* where its new row is to be written */
};

static int compare_subjects(const void *left, const void *right)
{
    const struct merge_subject *a = left, *b = right;
    return strcmp(a->row.id, b->row.id);
}

static bool same_subject(const struct merge_subject *a, const struct merge_subject *b)
{
    return strcmp(a->row.name, b->row.name) == 0 && strcmp(a->vendor_id, b->vendor_id) == 0 &&
           strcmp(a->owner_id, b->owner_id) == 0 && a->row.type == b->row.type &&
           a->row.signs_for_others == b->row.signs_for_others &&
           a->row.deprecated == b->row.deprecated;
}

static enum vp_status gather_subjects(struct merge *m, struct merge_subject *all,
                                      struct vp_error *err)
{
    size_t count = 0;
    for (size_t d = 0; d < m->count; d++) {
        const struct vp_db *db = m->dbs[d];
        m->subjects[d] = vpi_arena_array(&m->arena, db->rows[SLOT_SUBJ], sizeof(uint32_t));
        if (!m->subjects[d])
            return no_memory(err);
        for (uint32_t row = 0; row < db->rows[SLOT_SUBJ]; row++) {
            struct merge_subject *item = &all[count++];
            struct db_subject vendor, owner = {.id = ""};
            if (!vpi_db_subject(db, row, &item->row) ||
                !vpi_db_subject(db, item->row.vendor, &vendor) ||
                (item->row.owner > 0 && !vpi_db_subject(db, item->row.owner - 1, &owner)))
                return vpi_fail(err, VP_E_DATABASE, "%s: subject %u contradicts itself", db->path,
                                row);
            item->vendor_id = vendor.id;
            item->owner_id = owner.id;
            item->to = &m->subjects[d][row];
        }
    }
    return VP_OK;
}

static enum vp_status merge_subjects(struct merge *m, struct vp_error *err)
{
    size_t all_count = 0, kept = 0;
    for (size_t d = 0; d < m->count; d++)
        all_count += m->dbs[d]->rows[SLOT_SUBJ];
    struct merge_subject *all = vpi_arena_array(&m->arena, all_count, sizeof *all);
    struct db_subject *rows = vpi_arena_array(&m->arena, all_count, sizeof *rows);
    m->subjects = vpi_arena_array(&m->arena, m->count, sizeof *m->subjects);
    if (!all || !rows || !m->subjects)
        return no_memory(err);
    enum vp_status status = gather_subjects(m, all, err);
    if (status != VP_OK)
        return status;
    if (all_count)
        qsort(all, all_count, sizeof *all, compare_subjects);
    for (size_t i = 0; i < all_count; i++) {
        if (i > 0 && strcmp(all[i - 1].row.id, all[i].row.id) == 0) {
            if (!same_subject(&all[i - 1], &all[i]))
                return vpi_fail(err, VP_E_SET, "'%s' is not the same in all databases",
                                all[i].row.id);
        } else {
            rows[kept++] = all[i].row;
        }
        *all[i].to = (uint32_t)(kept - 1);
    }
    /* Rows of vendors and owners, now that each has one; equal subjects say the same ones. */
    for (size_t d = 0; d < m->count; d++) {
        for (uint32_t row = 0; row < m->dbs[d]->rows[SLOT_SUBJ]; row++) {
            struct db_subject subject;
            if (!vpi_db_subject(m->dbs[d], row, &subject))
                continue;
            struct db_subject *to = &rows[m->subjects[d][row]];
            to->vendor = m->subjects[d][subject.vendor];
            to->owner = subject.owner ? m->subjects[d][subject.owner - 1] + 1 : 0;
        }
    }
    m->content.subjects = rows;
    m->content.subject_count = kept;
    return VP_OK;
}

/* ---- kinds, by number */

static int compare_kinds(const void *left, const void *right)
{
    const struct write_kind *a = left, *b = right;
    return compare_numbers(a->number, b->number);
}

static enum vp_status merge_kinds(struct merge *m, struct vp_error *err)
{
    size_t all = 0, count = 0, kept = 0;
    for (size_t d = 0; d < m->count; d++)
        all += m->dbs[d]->rows[SLOT_KIND];
    struct write_kind *kinds = vpi_arena_array(&m->arena, all, sizeof *kinds);
    if (!kinds)
        return no_memory(err);
    for (size_t d = 0; d < m->count; d++) {
        for (uint32_t row = 0; row < m->dbs[d]->rows[SLOT_KIND]; row++) {
            struct span bytes;
            uint64_t number = 0, form = 0, name = 0;
            if (vpi_db_row(m->dbs[d], SLOT_KIND, row, &bytes) &&
                span_uint(bytes, KINDROW_NUMBER, 2, &number) &&
                span_uint(bytes, KINDROW_FORM, 2, &form) &&
                span_uint(bytes, KINDROW_NAME, 4, &name))
                kinds[count++] = (struct write_kind){(uint16_t)number, (uint16_t)form,
                                                     vpi_db_string(m->dbs[d], name)};
        }
    }
    if (count)
        qsort(kinds, count, sizeof *kinds, compare_kinds);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || kinds[kept - 1].number != kinds[i].number)
            kinds[kept++] = kinds[i];
        else if (kinds[kept - 1].form != kinds[i].form ||
                 strcmp(kinds[kept - 1].name, kinds[i].name) != 0)
            return vpi_fail(err, VP_E_SET, "kind 0x%04x is not the same in all databases",
                            kinds[i].number);
    }
    m->content.kinds = kinds;
    m->content.kind_count = kept;
    return VP_OK;
}

/* ---- keys */

static enum vp_status merge_gates(struct merge *m, size_t d, struct vp_error *err)
{
    const struct vp_db *db = m->dbs[d];
    uint32_t count = vpi_db_gate_count(db);
    m->gates = vpi_arena_array(&m->arena, count, sizeof *m->gates);
    if (!m->gates)
        return no_memory(err);
    for (uint32_t row = 0; row < count; row++) {
        struct db_gate gate;
        if (!vpi_db_gate(db, row, &gate))
            return vpi_fail(err, VP_E_DATABASE, "%s: gate %u contradicts itself", db->path, row);
        if (gate.vendor != VPDB_NO_ROW)
            gate.vendor = m->subjects[d][gate.vendor];
        gate.keys = 0;
        m->gates[row] = vpi_build_gate(m->build, &gate);
        if (m->gates[row] == VPDB_NO_ROW)
            return no_memory(err);
    }
    return VP_OK;
}

/* The records of one key. */
static enum vp_status merge_records(struct merge *m, size_t d, struct hash128 key, uint32_t first,
                                    bool many, struct vp_error *err)
{
    const struct vp_db *db = m->dbs[d];
    uint64_t run = 1;
    if (many)
        (void)span_uint(db->slots[SLOT_RECS], (uint64_t)first * RECS_SIZE + RECS_RUN, 2, &run);
    if (run > m->records_left)
        return vpi_fail(err, VP_E_DATABASE, "%s: too many keys share records", db->path);
    m->records_left -= run;
    enum vp_status status = VP_OK;
    for (uint64_t i = 0; i < run && status == VP_OK; i++) {
        struct db_record record;
        if (first + i > UINT32_MAX || !vpi_db_record(db, (uint32_t)(first + i), &record))
            return vpi_fail(err, VP_E_DATABASE, "%s: record %llu contradicts itself", db->path,
                            (unsigned long long)(first + i));
        record.subject = m->subjects[d][record.subject];
        if (record.gate != VPDB_NO_ROW)
            record.gate = m->gates[record.gate];
        status = vpi_build_add(m->build, key, &record, err);
    }
    return status;
}

static enum vp_status merge_table(struct merge *m, size_t d, const struct db_table *table,
                                  struct vp_error *err)
{
    enum vp_status status = VP_OK;
    for (uint64_t bucket = 0; bucket < table->bucket_count && status == VP_OK; bucket++) {
        struct hash128 key;
        uint64_t row, record = 0;
        for (unsigned slot = 0; status == VP_OK && vpi_db_key_at(table, bucket, slot, &key, &row);
             slot++) {
            (void)span_uint(table->entries, row * ENTRY_SIZE + ENTRY_RECORD, 4, &record);
            status = merge_records(m, d, key, (uint32_t)record & ~ENTRY_MANY,
                                   (record & ENTRY_MANY) != 0, err);
        }
    }
    return status;
}

static enum vp_status merge_keys(struct merge *m, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    for (size_t d = 0; d < m->count && status == VP_OK; d++) {
        status = merge_gates(m, d, err);
        /* The writer lets keys share runs of two records at most. */
        m->records_left = m->dbs[d]->rows[SLOT_RECS];
        for (int group = 0; group < DB_GROUPS; group++)
            m->records_left += 2 * m->dbs[d]->tables[group].keys;
        for (int group = 0; group < DB_GROUPS && status == VP_OK; group++)
            status = merge_table(m, d, &m->dbs[d]->tables[group], err);
    }
    return status;
}

/* ---- what they say of themselves */

static void merge_head(struct merge *m)
{
    struct write_content *c = &m->content;
    for (size_t d = 0; d < m->count; d++) {
        const struct vp_db *db = m->dbs[d];
        c->serial = db->serial > c->serial ? db->serial : c->serial;
        c->date = db->date > c->date ? db->date : c->date;
        if (db->expires && (!c->expires || db->expires < c->expires))
            c->expires = db->expires;
    }
}

static enum vp_status open_all(struct merge *m, const char *const *paths, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    m->dbs = vpi_arena_array(&m->arena, m->count, sizeof(struct vp_db *));
    if (!m->dbs)
        return no_memory(err);
    for (size_t d = 0; d < m->count && status == VP_OK; d++) {
        status = vp_db_open(paths[d], NULL, &m->dbs[d], err);
        if (status == VP_OK)
            status = vp_db_verify(m->dbs[d], err);
    }
    return status;
}

enum vp_status vpi_merge(const char *const *paths, size_t count, const char *path,
                         const struct build_options *options, struct vp_error *err)
{
    struct merge m = {.count = count};
    vpi_arena_init(&m.arena, 0);
    enum vp_status status = open_all(&m, paths, err);
    if (status == VP_OK)
        status = vpi_build_new(options, &m.arena, &m.build, err);
    if (status == VP_OK)
        status = merge_subjects(&m, err);
    if (status == VP_OK)
        status = merge_kinds(&m, err);
    if (status == VP_OK)
        status = vpi_merge_rows(&m, err);
    if (status == VP_OK)
        status = merge_keys(&m, err);
    if (status == VP_OK)
        merge_head(&m);
    if (status == VP_OK)
        status = vpi_build_file(m.build, &m.content, path, err);
    vpi_build_free(m.build);
    for (size_t d = 0; m.dbs && d < m.count; d++)
        vp_db_unref(m.dbs[d]);
    vpi_arena_done(&m.arena);
    return status;
}
