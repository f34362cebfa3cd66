/* public.c - kinds, values and keys, as the embedding API shows them */
#include "feature/feature.h"

/* What the longest text needs: code points, their composition and a long run of marks. */
enum { PARSE_MEMORY_MOST = 4 << 20 };

VP_API unsigned vp_kind_from_name(const char *name)
{
    const struct kind *kind = name ? vpi_kind_named(span_text(name)) : NULL;
    return kind ? kind->number : 0;
}

VP_API unsigned vp_kind_at(size_t index)
{
    return index < vpi_kind_count ? vpi_kinds[index].number : 0;
}

VP_API enum vp_status vp_value_parse(unsigned kind, const char *text, size_t len, uint8_t *buffer,
                                     size_t capacity, size_t *ret_len, struct vp_error *err)
{
    const struct kind *row = vpi_kind(kind);
    if (!row)
        return vpi_fail(err, VP_E_ARGUMENT, "no kind has the number %u", kind);
    if ((!text && len) || (!buffer && capacity) || !ret_len)
        return vpi_fail(err, VP_E_ARGUMENT, "a pointer is NULL");
    struct arena arena;
    vpi_arena_init(&arena, PARSE_MEMORY_MOST);
    enum vp_status status = VP_OK;
    struct span value;
    const char *why;
    if (!vpi_canonical_value(&arena, row, span_of(text, len), &value, &why)) {
        status = vpi_fail(err, arena.failed ? VP_E_MEMORY : VP_E_ARGUMENT,
                          "no value of kind %s: %s", row->name, why);
        goto done;
    }
    size_t fits = value.len < capacity ? value.len : capacity;
    if (fits)
        memcpy(buffer, value.data, fits);
    *ret_len = value.len;
    if (fits < value.len)
        status = vpi_fail(err, VP_E_ARGUMENT, "the value needs %zu bytes, the buffer has %zu",
                          value.len, capacity);
done:
    vpi_arena_done(&arena);
    return status;
}

VP_API struct vp_key vp_key_make(unsigned kind, const void *value, size_t len)
{
    struct hash128 hash = vpi_feature_key(kind, span_of(value, len));
    struct vp_key key = {.low = hash.low, .high = hash.high, .kind = (uint16_t)kind};
    return key;
}
