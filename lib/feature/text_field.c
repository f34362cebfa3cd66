/* text_field.c - texts whose field has no kind of its own */
#include "feature/feature.h"
#include "feature/unicode.h"

enum { FIELD_MOST = 128 };

struct feature *vpi_feature_add_field(struct feature_work *work, unsigned kind,
                                      const struct image_text *text)
{
    if (!vpi_feature_needed(work, kind))
        return NULL;
    struct span field = vpi_utf8_cut(span_text(text->field), FIELD_MOST);
    struct span value = vpi_utf8_cut(text->utf8, CANONICAL_MOST);
    uint8_t *both = vpi_arena_alloc(work->arena, field.len + 2 + value.len);
    struct span blank;
    if (!both || !vpi_canonical_text(work->arena, value, &blank)) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "texts");
        return NULL;
    }
    if (blank.len == 0)
        return NULL;
    memcpy(both, field.data, field.len);
    memcpy(both + field.len, ": ", 2);
    memcpy(both + field.len + 2, value.data, value.len);
    return vpi_feature_add_text(work, kind, span_of(both, field.len + 2 + value.len));
}
