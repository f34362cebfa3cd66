/* gather.c - keys of the text to keys of the database, one at a time and any number of them */
#include "set/model.h"

/* The gate that a key asks for: its own, for its kind, narrowed to its size.  False: none. */
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

/* The number of the file that a key stands in.  Keys come file by file. */
static uint32_t origin_of(struct vp_set *set, const char *file)
{
    if (set->origins_count == 0 || set->origins[set->origins_count - 1].file != file) {
        struct set_origin *origin = vpi_set_add(set, origins);
        if (!origin)
            return 0;
        origin->file = file;
    }
    return (uint32_t)(set->origins_count - 1);
}

bool vpi_set_key_counts(const struct vp_set *set, const struct set_key *key)
{
    return key->subject != VP_NO_INDEX && set->subjects[key->subject].vendor != VP_NO_INDEX &&
           !set->subjects[key->subject].deprecated;
}

/* One entry a file and kind: their number doesn't grow with that of the keys. */
static void count_ungated(struct vp_set *set, const struct set_key *key, uint32_t origin)
{
    size_t i = set->ungated_count;
    while (i > 0 && set->ungated[i - 1].origin == origin && set->ungated[i - 1].kind != key->kind)
        i--;
    if (i == 0 || set->ungated[i - 1].origin != origin) {
        struct set_ungated *item = vpi_set_add(set, ungated);
        if (!item)
            return;
        *item = (struct set_ungated){key->kind, origin, 0, key->place};
        i = set->ungated_count;
    }
    set->ungated[i - 1].count++;
}

static void add_value(struct vp_set *set, const struct set_key *key, struct span value,
                      const struct db_record *record, uint32_t origin)
{
    struct build_place place = {origin, key->place.line, key->place.column};
    if (set->status == VP_OK)
        set->status = vpi_build_add_at(set->build, vpi_feature_key(key->kind->number, value),
                                       record, place, &set->failure);
}

void vpi_set_gather_key(struct vp_set *set, const struct set_key *key)
{
    struct db_gate gate;
    uint32_t origin = origin_of(set, key->place.file);
    if (key->subject == VP_NO_INDEX || set->status != VP_OK || set->arena.failed)
        return;
    if (key->kind->class == CLASS_EXACT && !key->gate_name && key->size == VP_NONE &&
        vpi_set_key_counts(set, key))
        count_ungated(set, key, origin);
    struct db_record record = {.subject = key->subject,
                               .gate = VPDB_NO_ROW,
                               .kind = key->kind->number,
                               .relation = key->relation,
                               .confidence = key->confidence,
                               .deprecated = set->subjects[key->subject].deprecated,
                               .was_signed = key->was_signed,
                               .version = key->version,
                               .file = key->file,
                               .source = key->source,
                               .date = key->date};
    if (gate_of(set, key, &gate)) {
        record.gate = vpi_build_gate(set->build, &gate);
        if (record.gate == VPDB_NO_ROW)
            return; /* no memory */
    }
    add_value(set, key, key->value, &record, origin);
    if (key->has_phrase && !span_equal(key->phrase, key->value))
        add_value(set, key, key->phrase, &record, origin);
}
