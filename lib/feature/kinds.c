/* kinds.c - the table of kinds, from list.h, and the key of a value */
#include "feature/feature.h"

#define FORM_OF_HEX(bytes) FORM_HEX, bytes
#define FORM_OF_ANYHEX     FORM_ANYHEX, 0
#define FORM_OF_TEXT       FORM_TEXT, 0
#define FORM_OF_NAME       FORM_NAME, 0
#define FORM_OF_SIZED      FORM_SIZED, 0
#define FORM_OF_BYTES      FORM_BYTES, 0

const struct kind vpi_kinds[] = {
#define KIND(number, NAME, name, class, form) {number, name, CLASS_##class, FORM_OF_##form},
#include "feature/list.h"
#undef KIND
};

const size_t vpi_kind_count = sizeof vpi_kinds / sizeof *vpi_kinds;

const struct kind *vpi_kind(unsigned number)
{
    size_t low = 0, high = vpi_kind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (vpi_kinds[middle].number == number)
            return &vpi_kinds[middle];
        if (vpi_kinds[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct kind *vpi_kind_named(struct span name)
{
    for (size_t i = 0; i < vpi_kind_count; i++) {
        if (span_equal(name, span_text(vpi_kinds[i].name)))
            return &vpi_kinds[i];
    }
    return NULL;
}

struct hash128 vpi_feature_key(unsigned kind, struct span value)
{
    uint8_t bytes[256] = {(uint8_t)kind, (uint8_t)(kind >> 8)};
    /* Nearly all values fit; beginning a running hash costs more than hashing one of them. */
    if (value.len <= sizeof bytes - 2) {
        if (value.len)
            memcpy(bytes + 2, value.data, value.len);
        return vpi_hash128(span_of(bytes, value.len + 2));
    }
    struct hash_stream stream;
    vpi_hash_begin(&stream);
    vpi_hash_add(&stream, span_of(bytes, 2));
    vpi_hash_add(&stream, value);
    return vpi_hash_end(&stream);
}
