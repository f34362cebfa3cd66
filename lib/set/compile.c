/* compile.c - a set without errors to the rows of a database */
#include "set/compile.h"

#include <stdlib.h>

#include "set/write.h"

struct compiler {
    struct vp_set *set;
    struct write_content content;
    struct db_gate *gates;
};

static int compare_gates(const void *left, const void *right)
{
    const struct db_gate *a = left, *b = right;
    const uint64_t x[] = {a->kind,       a->size_least, a->size_most, a->formats,
                          a->roles,      a->vendor,     a->has,       a->never,
                          a->prefix_len, a->has_key,    a->key.high,  a->key.low};
    const uint64_t y[] = {b->kind,       b->size_least, b->size_most, b->formats,
                          b->roles,      b->vendor,     b->has,       b->never,
                          b->prefix_len, b->has_key,    b->key.high,  b->key.low};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return memcmp(a->prefix, b->prefix, sizeof a->prefix);
}

/* The row that a key asks for: its gate, for its kind, narrowed to its size.  False: none. */
static bool gate_of(const struct vp_set *set, const struct set_key *key, struct db_gate *ret)
{
    if (key->gate == VP_NO_INDEX && key->size == VP_NONE)
        return false;
    if (set->subjects[key->subject].deprecated)
        return false; /* nothing is computed for what was wrong */
    memset(ret, 0, sizeof *ret);
    ret->kind = key->kind->number;
    ret->vendor = VPDB_NO_ROW;
    ret->size_most = UINT64_MAX;
    if (key->gate != VP_NO_INDEX) {
        const struct set_gate *gate = &set->gates[key->gate];
        ret->formats = gate->formats;
        ret->roles = gate->roles;
        ret->vendor = gate->requires_vendor;
        ret->has = gate->has;
        ret->has_key = gate->has_key;
        ret->key = gate->key;
        ret->never = gate->never;
        ret->size_least = gate->size_least;
        ret->size_most = gate->size_most;
        ret->prefix_len = gate->prefix_len;
        memcpy(ret->prefix, gate->prefix, sizeof ret->prefix);
    }
    if (key->size != VP_NONE)
        ret->size_least = ret->size_most = key->size;
    return true;
}

static bool make_gates(struct compiler *c)
{
    const struct vp_set *set = c->set;
    size_t count = 0, kept = 0;
    c->gates = vpi_arena_array(&c->set->arena, set->keys_count, sizeof *c->gates);
    if (!c->gates)
        return false;
    for (size_t i = 0; i < set->keys_count; i++)
        count += gate_of(set, &set->keys[i], &c->gates[count]);
    if (count)
        qsort(c->gates, count, sizeof *c->gates, compare_gates);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_gates(&c->gates[kept - 1], &c->gates[i]) != 0)
            c->gates[kept++] = c->gates[i];
    }
    c->content.gates = c->gates;
    c->content.gate_count = kept;
    return true;
}

static uint32_t gate_row(const struct compiler *c, const struct set_key *key)
{
    struct db_gate gate;
    if (!gate_of(c->set, key, &gate))
        return VPDB_NO_ROW;
    const struct db_gate *found =
        bsearch(&gate, c->gates, c->content.gate_count, sizeof gate, compare_gates);
    return (uint32_t)(found - c->gates);
}

static bool make_keys(struct compiler *c)
{
    const struct vp_set *set = c->set;
    struct write_key *keys = vpi_arena_array(&c->set->arena, set->keys_count, 2 * sizeof *keys);
    if (!keys)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < set->keys_count; i++) {
        const struct set_key *key = &set->keys[i];
        struct write_key row = {
            .key = vpi_feature_key(key->kind->number, key->value),
            .record = {.subject = key->subject,
                       .gate = gate_row(c, key),
                       .kind = key->kind->number,
                       .relation = key->relation,
                       .confidence = key->confidence,
                       .deprecated = set->subjects[key->subject].deprecated,
                       .version = key->version,
                       .file = key->file,
                       .source = key->source,
                       .date = key->date},
        };
        keys[count++] = row;
        if (key->has_phrase && !span_equal(key->phrase, key->value)) {
            row.key = vpi_feature_key(key->kind->number, key->phrase);
            keys[count++] = row;
        }
    }
    c->content.keys = keys;
    c->content.key_count = count;
    return true;
}

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

/* A total order, so that equal sets give equal bytes whatever qsort does. */
static int compare_anchors(const void *left, const void *right)
{
    const struct trust_anchor *a = &((const struct write_anchor *)left)->row;
    const struct trust_anchor *b = &((const struct write_anchor *)right)->row;
    const uint64_t x[] = {a->distrusted, a->from, a->until, a->purposes};
    const uint64_t y[] = {b->distrusted, b->from, b->until, b->purposes};
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    if (a->algorithm != b->algorithm)
        return a->algorithm < b->algorithm ? -1 : 1;
    int order = memcmp(a->hash, b->hash, sizeof a->hash);
    for (size_t i = 0; !order && i < sizeof x / sizeof *x; i++)
        order = (x[i] > y[i]) - (x[i] < y[i]);
    if (!order)
        order = strcmp(a->name, b->name);
    return order ? order
                 : strcmp(((const struct write_anchor *)left)->source,
                          ((const struct write_anchor *)right)->source);
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
    if (set->anchors_count)
        qsort(rows, set->anchors_count, sizeof *rows, compare_anchors);
    c->content.anchors = rows;
    c->content.anchor_count = set->anchors_count;
    return true;
}

enum vp_status vpi_set_compile(struct vp_set *set, struct span *ret, struct vp_error *err)
{
    struct compiler c = {
        .set = set,
        .content = {.serial = set->serial, .date = set->date, .expires = set->expires},
    };
    if (!make_gates(&c) || !make_keys(&c) || !make_subjects(&c) || !make_policies(&c) ||
        !make_calibrations(&c) || !make_anchors(&c))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    return vpi_write(&set->arena, &c.content, ret, err);
}
