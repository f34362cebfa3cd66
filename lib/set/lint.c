/* lint.c - what is wrong between the entries of a set, or doubtful */
#include <stdlib.h>

#include "set/model.h"

/* One key of the database to be: a value under a kind. */
struct claim {
    const struct kind *kind;
    struct span value;
    const struct set_key *key;
};

struct claims {
    struct vp_set *set;
    struct claim *items;
    size_t count;
    const struct set_key *key; /* whose phrases are looked at */
};

static int compare_value(const struct kind *kind, struct span value, const struct claim *claim)
{
    if (kind->number != claim->kind->number)
        return kind->number < claim->kind->number ? -1 : 1;
    return span_compare(value, claim->value);
}

static int compare_places(const struct place *a, const struct place *b)
{
    int order = strcmp(a->file, b->file);
    if (!order)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : (a->column > b->column) - (a->column < b->column);
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = compare_value(a->kind, a->value, b);
    return order ? order : compare_places(&a->key->place, &b->key->place);
}

static uint32_t vendor_of(const struct vp_set *set, const struct set_key *key)
{
    return key->subject == VP_NO_INDEX ? VP_NO_INDEX : set->subjects[key->subject].vendor;
}

static bool counts(const struct vp_set *set, const struct set_key *key)
{
    return vendor_of(set, key) != VP_NO_INDEX && !set->subjects[key->subject].deprecated;
}

static bool gather(struct claims *all)
{
    struct vp_set *set = all->set;
    all->items = vpi_arena_array(&set->arena, set->keys_count, 2 * sizeof *all->items);
    if (!all->items)
        return false;
    for (size_t i = 0; i < set->keys_count; i++) {
        const struct set_key *key = &set->keys[i];
        struct claim claim = {key->kind, key->value, key};
        if (!counts(set, key))
            continue;
        all->items[all->count++] = claim;
        claim.value = key->phrase;
        if (key->has_phrase && !span_equal(key->phrase, key->value))
            all->items[all->count++] = claim;
    }
    if (all->count)
        qsort(all->items, all->count, sizeof *all->items, compare_claims);
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Neighbours with one value: of one vendor it is no news, of two it speaks for neither. */
static void find_duplicates(struct claims *all)
{
    for (size_t i = 1; i < all->count; i++) {
        const struct claim *before = &all->items[i - 1], *here = &all->items[i];
        const struct set_key *a = before->key, *b = here->key;
        if (compare_value(here->kind, here->value, before) != 0 || a == b)
            continue;
        if (vendor_of(all->set, a) != vendor_of(all->set, b))
            vpi_set_say(all->set, VP_SEVERITY_ERROR, b->place, "this %s is also of '%s' (%s:%u)",
                        here->kind->name, all->set->subjects[a->subject].id, a->place.file,
                        a->place.line);
        else if (a->subject == b->subject && span_equal(a->value, b->value) &&
                 same_text(a->version, b->version) && same_text(a->file, b->file) &&
                 same_text(a->gate_name, b->gate_name) && a->size == b->size)
            vpi_set_say(all->set, VP_SEVERITY_WARNING, b->place, "this %s stands twice (%s:%u)",
                        here->kind->name, a->place.file, a->place.line);
    }
}

/* Whose key a phrase is. */
static const struct claim *claim_of(const struct claims *all, const struct kind *kind,
                                    struct span value)
{
    size_t from = 0, to = all->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare_value(kind, value, &all->items[middle]) > 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < all->count && compare_value(kind, value, &all->items[from]) == 0;
    return found ? &all->items[from] : NULL;
}

static void look_at_phrase(void *context, struct span phrase)
{
    struct claims *all = context;
    const struct set_key *key = all->key;
    if (span_equal(phrase, key->value) || (key->has_phrase && span_equal(phrase, key->phrase)))
        return;
    const struct claim *other = claim_of(all, key->kind, phrase);
    if (other && vendor_of(all->set, other->key) != vendor_of(all->set, key))
        vpi_set_say(all->set, VP_SEVERITY_NOTE, key->place,
                    "this %s contains a name of '%s'; the longer one wins", key->kind->name,
                    all->set->subjects[other->key->subject].id);
}

static bool is_common(const struct vp_set *set, struct span text)
{
    for (size_t i = 0; i < set->common_count; i++) {
        if (span_equal(text, span_text(set->common[i])))
            return true;
    }
    return false;
}

static void look_at_texts(struct claims *all)
{
    struct vp_set *set = all->set;
    struct arena scratch;
    vpi_arena_init(&scratch, 0);
    for (size_t i = 0; i < set->keys_count; i++) {
        const struct set_key *key = &set->keys[i];
        if (key->kind->form != FORM_TEXT || !counts(set, key))
            continue;
        if (is_common(set, key->value) || (key->has_phrase && is_common(set, key->phrase)))
            vpi_set_say(set, VP_SEVERITY_ERROR, key->place,
                        "this %s is too common to speak for anybody", key->kind->name);
        if (!key->has_phrase)
            vpi_set_say(set, VP_SEVERITY_NOTE, key->place,
                        "this %s is found as a whole only, not inside longer text",
                        key->kind->name);
        all->key = key;
        (void)vpi_phrases(&scratch, key->kind, key->value, look_at_phrase, all);
        vpi_arena_reset(&scratch);
    }
    set->arena.failed |= scratch.failed;
    vpi_arena_done(&scratch);
}

static int compare_ungated(const void *left, const void *right)
{
    const struct set_key *a = *(const struct set_key *const *)left;
    const struct set_key *b = *(const struct set_key *const *)right;
    int order = strcmp(a->place.file, b->place.file);
    if (!order)
        order = (a->kind->number > b->kind->number) - (a->kind->number < b->kind->number);
    return order ? order : compare_places(&a->place, &b->place);
}

/* One warning a file and kind: the price doesn't grow with the number of keys. */
static void find_ungated(struct vp_set *set)
{
    const struct set_key **list = vpi_arena_array(&set->arena, set->keys_count, sizeof(void *));
    size_t count = 0;
    if (!list)
        return;
    for (size_t i = 0; i < set->keys_count; i++) {
        const struct set_key *key = &set->keys[i];
        if (key->kind->class == CLASS_EXACT && !key->gate_name && key->size == VP_NONE &&
            counts(set, key))
            list[count++] = key;
    }
    if (count)
        qsort(list, count, sizeof(void *), compare_ungated);
    for (size_t i = 0; i < count;) {
        size_t next = i + 1;
        while (next < count && list[next]->kind == list[i]->kind &&
               strcmp(list[next]->place.file, list[i]->place.file) == 0)
            next++;
        vpi_set_say(set, VP_SEVERITY_WARNING, list[i]->place,
                    "%zu %s without a gate: every byte scanned is hashed for them", next - i,
                    list[i]->kind->name);
        i = next;
    }
}

static int compare_calibrations(const void *left, const void *right)
{
    const struct set_calibration *a = left, *b = right;
    int order = (a->kind > b->kind) - (a->kind < b->kind);
    return order ? order : (a->relation > b->relation) - (a->relation < b->relation);
}

static void check_calibrations(struct vp_set *set)
{
    if (set->calibrations_count)
        qsort(set->calibrations, set->calibrations_count, sizeof *set->calibrations,
              compare_calibrations);
    for (size_t i = 1; i < set->calibrations_count; i++) {
        if (compare_calibrations(&set->calibrations[i - 1], &set->calibrations[i]) == 0)
            vpi_set_say(set, VP_SEVERITY_ERROR, set->calibrations[i].place,
                        "this kind and relation stand twice");
    }
}

void vpi_set_lint(struct vp_set *set)
{
    struct claims all = {.set = set};
    check_calibrations(set);
    find_ungated(set);
    if (!gather(&all))
        return;
    find_duplicates(&all);
    look_at_texts(&all);
}
