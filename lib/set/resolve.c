/* resolve.c - what the files of a set say of each other: ids to indexes
 *
 * Afterwards subjects are sorted by id and gates by subject and name, whatever the order of files;
 * gates of every subject come last.
 */
#include <stdlib.h>

#include "set/model.h"

static int compare_ids(const void *left, const void *right)
{
    const struct set_subject *a = *(const struct set_subject *const *)left;
    const struct set_subject *b = *(const struct set_subject *const *)right;
    int order = strcmp(a->id, b->id);
    if (!order)
        order = strcmp(a->place.file, b->place.file);
    return order ? order : (a->place.line > b->place.line) - (a->place.line < b->place.line);
}

static bool sort_subjects(struct vp_set *set)
{
    size_t count = set->subjects_count;
    const struct set_subject **order = vpi_arena_array(&set->arena, count, sizeof(void *));
    struct set_subject *sorted = vpi_arena_array(&set->arena, count, sizeof *sorted);
    uint32_t *now = vpi_arena_array(&set->arena, count, sizeof *now);
    if (!order || !sorted || !now)
        return false;
    for (size_t i = 0; i < count; i++)
        order[i] = &set->subjects[i];
    if (count)
        qsort(order, count, sizeof(void *), compare_ids);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = *order[i];
        now[order[i] - set->subjects] = (uint32_t)i;
    }
    for (size_t i = 0; i < set->keys_count; i++) {
        if (set->keys[i].subject != VP_NO_INDEX)
            set->keys[i].subject = now[set->keys[i].subject];
    }
    for (size_t i = 0; i < set->gates_count; i++) {
        if (set->gates[i].subject != VP_NO_INDEX)
            set->gates[i].subject = now[set->gates[i].subject];
    }
    set->subjects = sorted;
    set->subjects_capacity = count;
    return true;
}

static uint32_t subject_named(const struct vp_set *set, const char *id)
{
    size_t from = 0, to = set->subjects_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(set->subjects[middle].id, id) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < set->subjects_count && strcmp(set->subjects[from].id, id) == 0;
    return found ? (uint32_t)from : VP_NO_INDEX;
}

/* A file of vendors/ is named after its id, but a row of a table is not. */
static void refuse_twice(struct vp_set *set, const struct set_subject *subject)
{
    const struct set_subject *before = subject - 1;
    if (subject != set->subjects && strcmp(before->id, subject->id) == 0)
        vpi_set_say(set, VP_SEVERITY_ERROR, subject->place, "id: '%s' is also in %s:%u",
                    subject->id, before->place.file, before->place.line);
}

static void resolve_owner(struct vp_set *set, struct set_subject *subject)
{
    subject->owner = VP_NO_INDEX;
    if (!subject->owner_id)
        return;
    subject->owner = subject_named(set, subject->owner_id);
    if (!subject->signs_for_others)
        vpi_set_say(set, VP_SEVERITY_ERROR, subject->owner_place,
                    "owner: only what signs for others has one");
    else if (subject->owner == VP_NO_INDEX ||
             set->subjects[subject->owner].type != VP_SUBJECT_VENDOR ||
             set->subjects[subject->owner].signs_for_others)
        vpi_set_say(set, VP_SEVERITY_ERROR, subject->owner_place,
                    "owner: no vendor '%s' in the set that signs for itself", subject->owner_id);
}

static void resolve_vendors(struct vp_set *set)
{
    for (uint32_t i = 0; i < set->subjects_count; i++) {
        struct set_subject *subject = &set->subjects[i];
        refuse_twice(set, subject);
        resolve_owner(set, subject);
        subject->vendor = i;
        if (subject->type != VP_SUBJECT_PRODUCT)
            continue;
        subject->vendor = subject_named(set, subject->vendor_id);
        size_t len = strlen(subject->vendor_id);
        if (strncmp(subject->id, subject->vendor_id, len) != 0 || subject->id[len] != '/')
            vpi_set_say(set, VP_SEVERITY_ERROR, subject->vendor_place,
                        "vendor: '%s' is not the one in the id", subject->vendor_id);
        else if (subject->vendor == VP_NO_INDEX)
            vpi_set_say(set, VP_SEVERITY_ERROR, subject->vendor_place, "vendor: no '%s' in the set",
                        subject->vendor_id);
    }
}

static int compare_gate(uint32_t subject, const char *name, const struct set_gate *gate)
{
    if (subject != gate->subject)
        return subject < gate->subject ? -1 : 1;
    return strcmp(name, gate->name);
}

static int compare_gates(const void *left, const void *right)
{
    const struct set_gate *a = left, *b = right;
    int order = compare_gate(a->subject, a->name, b);
    if (!order)
        order = strcmp(a->place.file, b->place.file);
    return order ? order : (a->place.line > b->place.line) - (a->place.line < b->place.line);
}

/* Two sets may have a gate of one name, if they mean the same. */
static void refuse_other_gate(struct vp_set *set, const struct set_gate *gate)
{
    const struct set_gate *before = gate - 1;
    if (gate == set->gates || compare_gate(gate->subject, gate->name, before) != 0)
        return;
    bool same = gate->has == before->has && gate->never == before->never &&
                gate->has_key == before->has_key && gate->key.high == before->key.high &&
                gate->key.low == before->key.low && gate->formats == before->formats &&
                gate->roles == before->roles && gate->size_least == before->size_least &&
                gate->size_most == before->size_most && gate->prefix_len == before->prefix_len &&
                memcmp(gate->prefix, before->prefix, sizeof gate->prefix) == 0 &&
                !gate->requires == !before->requires &&
                (!gate->requires || strcmp(gate->requires, before->requires) == 0);
    if (!same)
        vpi_set_say(set, VP_SEVERITY_ERROR, gate->place, "gates: '%s' is another one in %s:%u",
                    gate->name, before->place.file, before->place.line);
}

static void resolve_gates(struct vp_set *set)
{
    if (set->gates_count)
        qsort(set->gates, set->gates_count, sizeof *set->gates, compare_gates);
    for (size_t i = 0; i < set->gates_count; i++) {
        struct set_gate *gate = &set->gates[i];
        refuse_other_gate(set, gate);
        if (!gate->requires)
            continue;
        gate->requires_vendor = subject_named(set, gate->requires);
        if (gate->requires_vendor == VP_NO_INDEX)
            vpi_set_say(set, VP_SEVERITY_ERROR, gate->requires_place,
                        "requires: no '%s' in the set", gate->requires);
    }
}

static uint32_t gate_named(const struct vp_set *set, uint32_t subject, const char *name)
{
    size_t from = 0, to = set->gates_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = compare_gate(subject, name, &set->gates[middle]);
        if (order == 0)
            return (uint32_t)middle;
        if (order > 0)
            from = middle + 1;
        else
            to = middle;
    }
    return VP_NO_INDEX;
}

void vpi_set_resolve_key(struct vp_set *set, struct set_key *key)
{
    if (key->subject == VP_NO_INDEX) {
        key->subject = subject_named(set, key->subject_id);
        if (key->subject == VP_NO_INDEX) {
            vpi_set_say(set, VP_SEVERITY_ERROR, key->place, "%s: no '%s' in the set",
                        key->subject_field, key->subject_id);
            return;
        }
        if (!key->relation)
            key->relation = vpi_set_relation(key->kind, set->subjects[key->subject].type);
    }
    if (!key->gate_name)
        return;
    key->gate = gate_named(set, key->subject, key->gate_name);
    uint32_t vendor = set->subjects[key->subject].vendor;
    if (key->gate == VP_NO_INDEX && vendor != VP_NO_INDEX)
        key->gate = gate_named(set, vendor, key->gate_name);
    if (key->gate == VP_NO_INDEX)
        key->gate = gate_named(set, VP_NO_INDEX, key->gate_name);
    if (key->gate == VP_NO_INDEX) {
        vpi_set_say(set, VP_SEVERITY_ERROR, key->gate_place,
                    "gate: no '%s' in '%s', its vendor or gates.yaml", key->gate_name,
                    set->subjects[key->subject].id);
        return;
    }
    const struct set_gate *gate = &set->gates[key->gate];
    if (key->size != VP_NONE && (key->size < gate->size_least || key->size > gate->size_most))
        vpi_set_say(set, VP_SEVERITY_ERROR, key->gate_place, "size: the gate '%s' excludes it",
                    key->gate_name);
}

void vpi_set_resolve(struct vp_set *set)
{
    if (!sort_subjects(set))
        return;
    resolve_vendors(set);
    resolve_gates(set);
    for (size_t i = 0; i < set->keys_count; i++)
        vpi_set_resolve_key(set, &set->keys[i]);
    for (size_t i = 0; i < set->rules_count; i++) {
        struct set_rule *rule = &set->rules[i];
        rule->subject = subject_named(set, rule->subject_id);
        if (rule->subject == VP_NO_INDEX)
            vpi_set_say(set, VP_SEVERITY_ERROR, rule->place, "subject: no '%s' in the set",
                        rule->subject_id);
    }
}
