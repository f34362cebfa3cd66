/* feature.c - the list of features of one object, and how it is made */
#include "feature/feature.h"
#include "feature/unicode.h"

void vpi_kind_set_add(struct kind_set *set, unsigned kind)
{
    if (kind < KIND_SET_BITS)
        set->bits[kind / 64] |= UINT64_C(1) << kind % 64;
}

bool vpi_kind_set_has(const struct kind_set *set, unsigned kind)
{
    return kind >= KIND_SET_BITS || set->bits[kind / 64] >> kind % 64 & 1;
}

bool vpi_feature_needed(const struct feature_work *work, unsigned kind)
{
    return !work->needed || vpi_kind_set_has(work->needed, kind);
}

static struct span copy(struct arena *arena, struct span bytes)
{
    /* One more, so that an empty value has an address too. */
    uint8_t *to = vpi_arena_alloc(arena, bytes.len + 1);
    if (to && bytes.len)
        memcpy(to, bytes.data, bytes.len);
    return span_of(to, bytes.len);
}

struct feature *vpi_feature_add(struct feature_work *work, unsigned kind, struct span value,
                                const char *text)
{
    const struct kind *row = vpi_kind(kind);
    if (!vpi_feature_needed(work, kind))
        return NULL;
    if (work->count >= FEATURES_MOST) {
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "features");
        return NULL;
    }
    struct feature *items =
        vpi_arena_grow(work->arena, work->items, work->count, &work->capacity, sizeof *work->items);
    if (items)
        work->items = items;
    struct span kept = copy(work->arena, value);
    if (!text && kept.data)
        text = vpi_canonical_print(work->arena, row, kept);
    if (!items || !kept.data || !text) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "features");
        return NULL;
    }
    struct feature *feature = &work->items[work->count++];
    memset(feature, 0, sizeof *feature);
    feature->kind = (uint16_t)kind;
    feature->value = kept;
    feature->text = text;
    feature->off = feature->len = VP_NONE;
    return feature;
}

/* Well-formed, without control characters, at most CANONICAL_MOST bytes: so that its canonical form
 * is the value. */
static char *clean(struct arena *arena, struct span utf8)
{
    utf8 = vpi_utf8_cut(utf8, CANONICAL_MOST);
    char *text = vpi_arena_array(arena, utf8.len + 1, 3);
    if (!text)
        return NULL;
    size_t used = 0, len;
    int32_t c;
    for (size_t off = 0; (len = vpi_utf8_next(utf8, off, &c)) > 0; off += len) {
        if (vpi_unicode_class(c) == UNICODE_CONTROL)
            c = ' ';
        used += vpi_utf8_put(c, (uint8_t *)text + used);
    }
    text[vpi_utf8_cut(span_of(text, used), CANONICAL_MOST).len] = 0;
    return text;
}

struct feature *vpi_feature_add_text(struct feature_work *work, unsigned kind, struct span utf8)
{
    struct span value;
    if (!vpi_feature_needed(work, kind))
        return NULL;
    char *text = clean(work->arena, utf8);
    if (utf8.len > CANONICAL_MOST)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "names at the end of a long text");
    if (!text || !vpi_canonical_text(work->arena, span_text(text), &value)) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "features");
        return NULL;
    }
    return value.len ? vpi_feature_add(work, kind, value, text) : NULL;
}

bool vpi_feature_blob(struct feature_work *work, const struct image_blob *blob, uint64_t most,
                      struct span *ret)
{
    if (blob->bytes.len > 0) {
        *ret = span_first(blob->bytes, most);
        return true;
    }
    if (blob->off == VP_NONE || blob->len == 0)
        return false;
    uint64_t len = blob->len < most ? blob->len : most;
    if (vpi_source_get_some(work->src, blob->off, len, ret))
        return ret->len > 0;
    vpi_image_short(work->notes, work->src, blob->off, "data that the object describes");
    return false;
}

/* The pass has its newest consumer first; features come in the order of the families. */
static void oldest_first(struct source_pass *pass)
{
    struct source_consumer *turned = NULL;
    while (pass->consumers) {
        struct source_consumer *next = pass->consumers->link;
        pass->consumers->link = turned;
        turned = pass->consumers;
        pass->consumers = next;
    }
    pass->consumers = turned;
}

bool vpi_features_make(struct feature_work *work)
{
#define FAMILY(name) vpi_family_##name(work);
#include "feature/families.h"
#undef FAMILY
    oldest_first(&work->pass);
    if (vpi_pass_run(&work->pass, work->src)) {
        vpi_trust_finish(work);
        vpi_catalog_finish(work);
        return true;
    }
    vpi_image_short(work->notes, work->src, 0, "digests");
    return false;
}
