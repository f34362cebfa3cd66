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

static bool gather(struct claims *all)
{
    struct vp_set *set = all->set;
    all->items = vpi_arena_array(&set->arena, set->keys_count, 2 * sizeof *all->items);
    if (!all->items)
        return false;
    for (size_t i = 0; i < set->keys_count; i++) {
        const struct set_key *key = &set->keys[i];
        struct claim claim = {key->kind, key->value, key};
        if (key->kind->form != FORM_TEXT || !vpi_set_key_counts(set, key))
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
        if (key->kind->form != FORM_TEXT || !vpi_set_key_counts(set, key))
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

/* One warning a file and kind: the price doesn't grow with the number of keys. */
static void find_ungated(struct vp_set *set)
{
    for (size_t i = 0; i < set->ungated_count; i++) {
        const struct set_ungated *item = &set->ungated[i];
        vpi_set_say(set, VP_SEVERITY_WARNING, item->place,
                    "%llu %s without a gate: every byte scanned is hashed for them",
                    (unsigned long long)item->count, item->kind->name);
    }
}

/* The files of keys in the order of their names, whatever order they were read in. */
struct ranks {
    struct vp_set *set;
    const struct set_origin **files; /* by rank */
    uint32_t *rank;                  /* by number */
};

static int compare_origins(const void *left, const void *right)
{
    const struct set_origin *a = *(const struct set_origin *const *)left;
    const struct set_origin *b = *(const struct set_origin *const *)right;
    int order = strcmp(a->file, b->file);
    return order ? order : (a > b) - (a < b);
}

static bool make_ranks(struct ranks *ranks)
{
    struct vp_set *set = ranks->set;
    size_t count = set->origins_count;
    ranks->files = vpi_arena_array(&set->arena, count, sizeof *ranks->files);
    ranks->rank = vpi_arena_array(&set->arena, count, sizeof *ranks->rank);
    if (!ranks->files || !ranks->rank)
        return false;
    for (size_t i = 0; i < count; i++)
        ranks->files[i] = &set->origins[i];
    if (count)
        qsort(ranks->files, count, sizeof *ranks->files, compare_origins);
    for (size_t i = 0; i < count; i++)
        ranks->rank[ranks->files[i] - set->origins] = (uint32_t)i;
    return true;
}

static int compare_items(const void *left, const void *right)
{
    const struct sort_item *a = left, *b = right;
    int order = (a->origin > b->origin) - (a->origin < b->origin);
    if (!order)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : (a->column > b->column) - (a->column < b->column);
}

/* What is said of one key of any kind but texts, which are compared as they are written. */
static void look_at_items(void *context, struct sort_item *items, size_t count)
{
    const struct ranks *ranks = context;
    struct vp_set *set = ranks->set;
    const struct kind *kind = vpi_kind(items->kind);
    size_t kept = 0;
    if (!kind || kind->form == FORM_TEXT)
        return;
    for (size_t i = 0; i < count; i++) {
        if (set->subjects[items[i].subject].vendor == VP_NO_INDEX || items[i].deprecated)
            continue;
        items[kept] = items[i];
        items[kept++].origin = ranks->rank[items[i].origin];
    }
    if (kept > 1)
        qsort(items, kept, sizeof *items, compare_items);
    for (size_t i = 1; i < kept; i++) {
        const struct sort_item *a = &items[i - 1], *b = &items[i];
        const char *file = ranks->files[a->origin]->file;
        struct place place = {ranks->files[b->origin]->file, b->line, b->column};
        if (set->subjects[a->subject].vendor != set->subjects[b->subject].vendor)
            vpi_set_say(set, VP_SEVERITY_ERROR, place, "this %s is also of '%s' (%s:%u)",
                        kind->name, set->subjects[a->subject].id, file, a->line);
        else if (a->subject == b->subject && a->version == b->version && a->file == b->file &&
                 a->gate == b->gate)
            vpi_set_say(set, VP_SEVERITY_WARNING, place, "this %s stands twice (%s:%u)", kind->name,
                        file, a->line);
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

static int compare_policies(const void *left, const void *right)
{
    const struct set_policy *a = left, *b = right;
    int order = strcmp(a->id, b->id);
    return order ? order : compare_places(&a->place, &b->place);
}

/* A file is named after its policy, but sets that are built together may have the same. */
static void check_policies(struct vp_set *set)
{
    if (set->policies_count)
        qsort(set->policies, set->policies_count, sizeof *set->policies, compare_policies);
    for (size_t i = 1; i < set->policies_count; i++) {
        const struct set_policy *before = &set->policies[i - 1], *here = &set->policies[i];
        if (strcmp(before->id, here->id) == 0)
            vpi_set_say(set, VP_SEVERITY_ERROR, here->place, "id: '%s' is also in %s:%u", here->id,
                        before->place.file, before->place.line);
    }
}

void vpi_set_lint(struct vp_set *set)
{
    struct claims all = {.set = set};
    check_calibrations(set);
    check_policies(set);
    find_ungated(set);
    struct ranks ranks = {.set = set};
    if (make_ranks(&ranks))
        set->status = vpi_build_shared(set->build, look_at_items, &ranks, &set->failure);
    if (!gather(&all))
        return;
    find_duplicates(&all);
    look_at_texts(&all);
}
