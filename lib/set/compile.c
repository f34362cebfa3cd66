/* compile.c - a set without errors to the rows of a database */
#include "set/compile.h"

#include <stdlib.h>

#include "set/write.h"

struct compiler {
    struct vp_set *set;
    struct write_content content;
};

static bool make_subjects(struct compiler *c)
{
    const struct vp_set *set = c->set;
    struct write_kind *kinds = vpi_arena_array(&c->set->arena, vpi_kind_count, sizeof *kinds);
    struct db_subject *subjects =
        vpi_arena_array(&c->set->arena, set->subjects_count, sizeof *subjects);
    if (!kinds || !subjects)
        return false;
    for (size_t i = 0; i < vpi_kind_count; i++) {
        kinds[i].number = vpi_kinds[i].number;
        kinds[i].form = (uint16_t)vpi_kinds[i].form;
        kinds[i].name = vpi_kinds[i].name;
    }
    for (size_t i = 0; i < set->subjects_count; i++) {
        const struct set_subject *subject = &set->subjects[i];
        subjects[i].id = subject->id;
        subjects[i].name = subject->name;
        subjects[i].vendor = subject->vendor;
        subjects[i].type = subject->type;
        subjects[i].signs_for_others = subject->signs_for_others;
        subjects[i].deprecated = subject->deprecated;
        subjects[i].owner = subject->owner + 1; /* VP_NO_INDEX to 0 */
    }
    c->content.kinds = kinds;
    c->content.kind_count = vpi_kind_count;
    c->content.subjects = subjects;
    c->content.subject_count = set->subjects_count;
    return true;
}

static int compare_policies(const void *left, const void *right)
{
    const struct set_policy *a = left, *b = right;
    return strcmp(a->id, b->id);
}

/* Policies by id, and their rules in the same order: not in that of the files. */
static bool make_policies(struct compiler *c)
{
    struct vp_set *set = c->set;
    struct write_policy *policies =
        vpi_arena_array(&set->arena, set->policies_count, sizeof *policies);
    struct db_rule *rules = vpi_arena_array(&set->arena, set->rules_count, sizeof *rules);
    uint32_t rule_count = 0;
    if (!policies || !rules)
        return false;
    if (set->policies_count)
        qsort(set->policies, set->policies_count, sizeof *set->policies, compare_policies);
    for (size_t i = 0; i < set->policies_count; i++) {
        const struct set_policy *p = &set->policies[i];
        struct write_policy row = {p->id, p->title, p->basis, p->since, rule_count, p->count};
        policies[i] = row;
        for (uint32_t n = 0; n < p->count; n++) {
            const struct set_rule *r = &set->rules[p->first + n];
            struct db_rule rule = {r->subject, r->relations, r->levels, r->answer, r->why};
            rules[rule_count++] = rule;
        }
    }
    c->content.policies = policies;
    c->content.policy_count = set->policies_count;
    c->content.rules = rules;
    c->content.rule_count = rule_count;
    return true;
}

static bool make_calibrations(struct compiler *c)
{
    const struct vp_set *set = c->set;
    struct write_calibration *rows =
        vpi_arena_array(&c->set->arena, set->calibrations_count, sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < set->calibrations_count; i++) {
        const struct set_calibration *m = &set->calibrations[i];
        struct write_calibration row = {{m->kind, m->relation, m->right, m->wrong}, m->source};
        rows[i] = row;
    }
    c->content.calibrations = rows;
    c->content.calibration_count = set->calibrations_count;
    return true;
}

static bool make_anchors(struct compiler *c)
{
    const struct vp_set *set = c->set;
    struct write_anchor *rows = vpi_arena_array(&c->set->arena, set->anchors_count, sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < set->anchors_count; i++)
        rows[i] =
            (struct write_anchor){set->anchors[i].row, set->anchors[i].source, set->anchors[i].key};
    c->content.anchors = rows;
    c->content.anchor_count = vpi_write_sort_anchors(rows, set->anchors_count);
    return true;
}

static enum vp_status make_content(struct compiler *c, struct vp_error *err)
{
    struct vp_set *set = c->set;
    c->content.serial = set->serial;
    c->content.date = set->date;
    c->content.expires = set->expires;
    if (!make_subjects(c) || !make_policies(c) || !make_calibrations(c) || !make_anchors(c))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    return VP_OK;
}

enum vp_status vpi_set_compile(struct vp_set *set, struct span *ret, struct vp_error *err)
{
    struct compiler c = {.set = set};
    struct output out = {.arena = &set->arena};
    struct sink sink;
    enum vp_status status = make_content(&c, err);
    if (status == VP_OK && !vpi_sink_init(&sink, &set->arena, &out, NULL))
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    if (status == VP_OK)
        status = vpi_build_write(set->build, &c.content, &sink, err);
    if (status == VP_OK)
        *ret = span_of(out.data, out.len);
    return status;
}

enum vp_status vpi_set_write(struct vp_set *set, const char *path, struct vp_error *err)
{
    struct compiler c = {.set = set};
    enum vp_status status = make_content(&c, err);
    return status == VP_OK ? vpi_build_file(set->build, &c.content, path, err) : status;
}
