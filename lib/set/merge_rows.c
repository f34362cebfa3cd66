/* merge_rows.c - policies, calibrations and anchors of several databases */
#include <stdlib.h>

#include "set/merge.h"

static enum vp_status no_memory(struct vp_error *err)
{
    return vpi_fail(err, VP_E_MEMORY, "no memory to merge databases");
}

static enum vp_status bad_row(const struct vp_db *db, const char *what, uint32_t row,
                              struct vp_error *err)
{
    return vpi_fail(err, VP_E_DATABASE, "%s: %s %u contradicts itself", db->path, what, row);
}

static size_t rows_of(const struct merge *m, enum db_slot slot)
{
    size_t count = 0;
    for (size_t d = 0; d < m->count; d++)
        count += m->dbs[d]->rows[slot];
    return count;
}

/* ---- policies, by id; their rules keep their order */

struct merge_policy {
    struct vp_policy row;
    const struct db_rule *rules;
    uint32_t count;
};

static int compare_policies(const void *left, const void *right)
{
    const struct merge_policy *a = left, *b = right;
    return strcmp(a->row.id, b->row.id);
}

static bool same_policy(const struct merge_policy *a, const struct merge_policy *b)
{
    if (strcmp(a->row.title, b->row.title) != 0 || strcmp(a->row.basis, b->row.basis) != 0 ||
        strcmp(a->row.since, b->row.since) != 0 || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct db_rule *x = &a->rules[i], *y = &b->rules[i];
        if (x->subject != y->subject || x->relations != y->relations || x->levels != y->levels ||
            x->answer != y->answer || strcmp(x->why, y->why) != 0)
            return false;
    }
    return true;
}

static enum vp_status gather_policies(struct merge *m, struct merge_policy *all,
                                      struct vp_error *err)
{
    size_t count = 0, left = rows_of(m, SLOT_PITM);
    for (size_t d = 0; d < m->count; d++) {
        struct vp_db *db = m->dbs[d];
        for (uint32_t row = 0; row < db->rows[SLOT_POLI]; row++) {
            struct merge_policy *item = &all[count++];
            uint32_t first;
            item->row.size = sizeof item->row;
            if (vp_db_policy_at(db, row, &item->row) != VP_OK ||
                !vpi_db_policy_named(db, item->row.id, &first, &item->count))
                return bad_row(db, "policy", row, err);
            if (item->count > left)
                return vpi_fail(err, VP_E_DATABASE, "%s: policies share rules", db->path);
            left -= item->count;
            struct db_rule *rules = vpi_arena_array(&m->arena, item->count, sizeof *rules);
            if (!rules)
                return no_memory(err);
            for (uint32_t i = 0; i < item->count; i++) {
                if (!vpi_db_rule(db, first + i, &rules[i]))
                    return bad_row(db, "rule", first + i, err);
                rules[i].subject = m->subjects[d][rules[i].subject];
            }
            item->rules = rules;
        }
    }
    return VP_OK;
}

static enum vp_status merge_policies(struct merge *m, struct vp_error *err)
{
    size_t all_count = rows_of(m, SLOT_POLI), kept = 0;
    uint32_t rule_count = 0;
    struct merge_policy *all = vpi_arena_array(&m->arena, all_count, sizeof *all);
    struct write_policy *policies = vpi_arena_array(&m->arena, all_count, sizeof *policies);
    struct db_rule *rules = vpi_arena_array(&m->arena, rows_of(m, SLOT_PITM), sizeof *rules);
    if (!all || !policies || !rules)
        return no_memory(err);
    enum vp_status status = gather_policies(m, all, err);
    if (status != VP_OK)
        return status;
    if (all_count)
        qsort(all, all_count, sizeof *all, compare_policies);
    for (size_t i = 0; i < all_count; i++) {
        const struct merge_policy *p = &all[i];
        if (i > 0 && strcmp(all[i - 1].row.id, p->row.id) == 0) {
            if (!same_policy(&all[i - 1], p))
                return vpi_fail(err, VP_E_SET, "policy '%s' is not the same in all databases",
                                p->row.id);
            continue;
        }
        policies[kept++] = (struct write_policy){p->row.id,    p->row.title, p->row.basis,
                                                 p->row.since, rule_count,   p->count};
        for (uint32_t n = 0; n < p->count; n++)
            rules[rule_count++] = p->rules[n];
    }
    m->content.policies = policies;
    m->content.policy_count = kept;
    m->content.rules = rules;
    m->content.rule_count = rule_count;
    return VP_OK;
}

/* ---- calibrations, by kind and relation */

static int compare_calibrations(const void *left, const void *right)
{
    const struct db_calibration *a = &((const struct write_calibration *)left)->row;
    const struct db_calibration *b = &((const struct write_calibration *)right)->row;
    int order = (a->kind > b->kind) - (a->kind < b->kind);
    return order ? order : (a->relation > b->relation) - (a->relation < b->relation);
}

static enum vp_status merge_calibrations(struct merge *m, struct vp_error *err)
{
    size_t count = 0, kept = 0;
    struct write_calibration *rows =
        vpi_arena_array(&m->arena, rows_of(m, SLOT_CALI), sizeof *rows);
    if (!rows)
        return no_memory(err);
    for (size_t d = 0; d < m->count; d++) {
        const struct vp_db *db = m->dbs[d];
        for (uint32_t row = 0; row < db->rows[SLOT_CALI]; row++, count++) {
            uint64_t source = 0;
            if (!vpi_db_calibration(db, row, &rows[count].row))
                return bad_row(db, "calibration", row, err);
            (void)span_uint(db->slots[SLOT_CALI], (uint64_t)row * CALI_SIZE + CALI_SOURCE, 4,
                            &source);
            rows[count].source = vpi_db_string(db, source);
        }
    }
    if (count)
        qsort(rows, count, sizeof *rows, compare_calibrations);
    for (size_t i = 0; i < count; i++) {
        const struct write_calibration *last = &rows[kept ? kept - 1 : 0];
        if (kept == 0 || compare_calibrations(last, &rows[i]) != 0)
            rows[kept++] = rows[i];
        else if (last->row.right != rows[i].row.right || last->row.wrong != rows[i].row.wrong ||
                 strcmp(last->source, rows[i].source) != 0)
            return vpi_fail(err, VP_E_SET,
                            "the calibration of kind 0x%04x is not the same in all databases",
                            rows[i].row.kind);
    }
    m->content.calibrations = rows;
    m->content.calibration_count = kept;
    return VP_OK;
}

/* ---- anchors */

static enum vp_status merge_anchors(struct merge *m, struct vp_error *err)
{
    size_t count = 0;
    struct write_anchor *rows = vpi_arena_array(&m->arena, rows_of(m, SLOT_ANCH), sizeof *rows);
    if (!rows)
        return no_memory(err);
    for (size_t d = 0; d < m->count; d++) {
        const struct vp_db *db = m->dbs[d];
        for (uint32_t row = 0; row < db->rows[SLOT_ANCH]; row++, count++) {
            if (!vpi_db_anchor(db, row, &rows[count].row, &rows[count].source, &rows[count].key))
                return bad_row(db, "anchor", row, err);
        }
    }
    m->content.anchors = rows;
    m->content.anchor_count = vpi_write_sort_anchors(rows, count);
    return VP_OK;
}

enum vp_status vpi_merge_rows(struct merge *m, struct vp_error *err)
{
    enum vp_status status = merge_policies(m, err);
    if (status == VP_OK)
        status = merge_calibrations(m, err);
    if (status == VP_OK)
        status = merge_anchors(m, err);
    return status;
}
