/* lookup.c - features to keys, keys in batches to the database, hits to evidence */
#include "engine/engine.h"

enum {
    BATCH = 128,
    RECORDS_MOST = 64,    /* of one key: a key with more speaks for nobody */
    EVIDENCE_MOST = 16384 /* of one object */
};

struct batch {
    struct examination *x;
    struct vp_key keys[BATCH];
    struct span values[BATCH];
    bool borrowed[BATCH];
    uint32_t features[BATCH];
    size_t count;
    uint32_t feature; /* that is being added */
    bool failed;
};

static void take_hit(struct batch *b, size_t i, struct vp_hit hit)
{
    struct examination *x = b->x;
    uint32_t count = hit.count < RECORDS_MOST ? hit.count : RECORDS_MOST;
    for (uint32_t r = 0; r < count && x->evidence_count < EVIDENCE_MOST; r++) {
        struct evidence e = {.feature = b->features[i],
                             .kind = x->work.items[b->features[i]].kind,
                             .matched = b->values[i],
                             .borrowed = b->borrowed[i]};
        const struct kind *kind = vpi_kind(e.kind);
        if (!kind || !vpi_db_record(x->session->db, hit.first + r, &e.record))
            continue;
        e.class = kind->class;
        struct evidence *grown = vpi_arena_grow(&x->arena, x->evidence, x->evidence_count,
                                                &x->evidence_capacity, sizeof e);
        if (!grown) {
            b->failed = true;
            return;
        }
        x->evidence = grown;
        x->evidence[x->evidence_count++] = e;
    }
}

static void flush(struct batch *b)
{
    struct vp_hit hits[BATCH];
    if (b->count == 0)
        return;
    if (vp_lookup_batch(b->x->session->db, b->keys, b->count, hits) == VP_OK) {
        for (size_t i = 0; i < b->count; i++)
            take_hit(b, i, hits[i]);
    }
    b->count = 0;
}

static void add_key(struct batch *b, unsigned kind, struct span value, bool borrowed)
{
    b->keys[b->count] = vp_key_make(kind, value.data, value.len);
    b->values[b->count] = value;
    b->features[b->count] = b->feature;
    b->borrowed[b->count] = borrowed;
    if (++b->count == BATCH)
        flush(b);
}

static void add_value(void *context, struct span value)
{
    struct batch *b = context;
    add_key(b, b->x->work.items[b->feature].kind, value, false);
}

bool vpi_lookup_features(struct examination *x)
{
    struct vp_db *db = x->session->db;
    struct arena *scratch = &x->arena;
    if (!db || x->looked_up == x->work.count)
        return true;
    struct batch *b = vpi_arena_bytes(scratch, sizeof *b);
    if (!b)
        return false;
    b->x = x;
    b->count = 0;
    b->failed = false;
    for (; x->looked_up < x->work.count; x->looked_up++) {
        const struct feature *f = &x->work.items[x->looked_up];
        const struct kind *kind = vpi_kind(f->kind);
        b->feature = (uint32_t)x->looked_up;
        /* What a signer that signs for others calls the program may be an organization
         * (lib/verdict/behind.c). */
        if (f->kind == KIND_OPUS_NAME)
            add_key(b, KIND_CERTIFICATE_O, f->value, true);
        if (!kind || kind->class == CLASS_VERSION || !vpi_db_has_kind(db, f->kind))
            continue;
        if (!vpi_phrases(scratch, kind, f->value, add_value, b) && !scratch->failed)
            vpi_image_gap(&x->image, VP_GAP_COUNT_LIMIT, "names at the end of a long text");
    }
    flush(b);
    return !b->failed && !scratch->failed;
}
