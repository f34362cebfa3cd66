/* saved_rows.c - one row of a result as bytes, and back
 *
 * Numbers are LEB128 of the value plus one, so that VP_NONE is one byte; texts are counted.
 */
#include "engine/saved.h"

void vpi_saved_put_bytes(struct writer *w, struct span bytes)
{
    if (bytes.len && w->len <= w->capacity && bytes.len <= w->capacity - w->len)
        memcpy(w->bytes + w->len, bytes.data, bytes.len);
    w->len += bytes.len;
}

void vpi_saved_put_uint(struct writer *w, uint64_t value)
{
    value++;
    do {
        uint8_t byte = (uint8_t)(value & 0x7f) | (value > 0x7f ? 0x80 : 0);
        vpi_saved_put_bytes(w, span_of(&byte, 1));
        value >>= 7;
    } while (value);
}

void vpi_saved_put_counted(struct writer *w, struct span bytes)
{
    vpi_saved_put_uint(w, bytes.len);
    vpi_saved_put_bytes(w, bytes);
}

static uint64_t load_uint(const void *at, unsigned len)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (len) {
    case 1:
        memcpy(&one, at, sizeof one);
        return one;
    case 2:
        memcpy(&two, at, sizeof two);
        return two;
    case 4:
        memcpy(&four, at, sizeof four);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

static void store_uint(void *at, unsigned len, uint64_t value)
{
    uint8_t one = (uint8_t)value;
    uint16_t two = (uint16_t)value;
    uint32_t four = (uint32_t)value;
    switch (len) {
    case 1:
        memcpy(at, &one, sizeof one);
        break;
    case 2:
        memcpy(at, &two, sizeof two);
        break;
    case 4:
        memcpy(at, &four, sizeof four);
        break;
    default:
        memcpy(at, &value, sizeof value);
    }
}

static void put_row(struct writer *w, const struct row_form *form, const void *row)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        const char *at = (const char *)row + field->off;
        const char *text;
        struct span span;
        switch ((enum field_type)field->type) {
        case FIELD_UINT:
            vpi_saved_put_uint(w, load_uint(at, field->len));
            break;
        case FIELD_TEXT:
            memcpy(&text, at, sizeof text);
            vpi_saved_put_counted(w, span_text(text ? text : ""));
            break;
        case FIELD_SPAN:
            memcpy(&span, at, sizeof span);
            vpi_saved_put_counted(w, span);
            break;
        }
    }
}

void vpi_saved_put_rows(struct writer *w, const struct row_form *form, const void *rows,
                        size_t count)
{
    vpi_saved_put_uint(w, count);
    for (size_t i = 0; i < count; i++)
        put_row(w, form, (const char *)rows + i * form->row_len);
}

/* ---- reading */

uint64_t vpi_saved_take_uint(struct reader *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(in);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value - 1;
    }
    in->bad = true;
    return 0;
}

struct span vpi_saved_take_counted(struct saved *s)
{
    uint64_t len = vpi_saved_take_uint(&s->in);
    return reader_span(&s->in, len);
}

/* A copy with a NUL behind it; NULL: no memory, or the input ended. */
static const char *take_text(struct saved *s, size_t *ret_len)
{
    struct span bytes = vpi_saved_take_counted(s);
    const char *text = s->in.bad ? NULL : vpi_arena_text(s->arena, bytes);
    s->in.bad |= !text;
    *ret_len = bytes.len;
    return text;
}

static void take_row(struct saved *s, const struct row_form *form, void *row)
{
    for (size_t i = 0; i < form->field_count && !s->in.bad; i++) {
        const struct field *field = &form->fields[i];
        char *at = (char *)row + field->off;
        size_t len;
        const char *text;
        struct span span;
        if (field->type == FIELD_UINT) {
            store_uint(at, field->len, vpi_saved_take_uint(&s->in));
            continue;
        }
        text = take_text(s, &len);
        span = span_of(text, len);
        if (field->type == FIELD_TEXT)
            memcpy(at, &text, sizeof text);
        else
            memcpy(at, &span, sizeof span);
    }
}

void *vpi_saved_take_rows(struct saved *s, const struct row_form *form, uint32_t *ret_count)
{
    uint64_t count = vpi_saved_take_uint(&s->in);
    uint64_t left = s->in.bad ? 0 : s->in.all.len - s->in.off;
    void *rows = NULL;
    if (!s->in.bad && count <= left / form->field_count && count < VP_NO_INDEX)
        rows = vpi_arena_array(s->arena, (size_t)count + 1, form->row_len);
    s->in.bad |= !rows;
    for (uint64_t i = 0; i < count && !s->in.bad; i++)
        take_row(s, form, (char *)rows + i * form->row_len);
    *ret_count = s->in.bad ? 0 : (uint32_t)count;
    return rows;
}
