/* output.c - a growing run of bytes, and strings that stand in it once */
#include "set/output.h"

#include "base/hash.h"

uint8_t *vpi_output_room(struct output *out, size_t len)
{
    if (out->failed)
        return NULL;
    if (len > out->capacity - out->len) {
        size_t larger = out->capacity ? out->capacity : 256;
        while (larger - out->len < len && larger <= SIZE_MAX / 2)
            larger *= 2;
        uint8_t *copy = larger - out->len < len ? NULL : vpi_arena_alloc(out->arena, larger);
        if (!copy) {
            out->failed = true;
            return NULL;
        }
        if (out->len)
            memcpy(copy, out->data, out->len);
        out->data = copy;
        out->capacity = larger;
    }
    uint8_t *room = out->data + out->len;
    out->len += len;
    return room;
}

void vpi_output_bytes(struct output *out, struct span bytes)
{
    uint8_t *room = vpi_output_room(out, bytes.len);
    if (room && bytes.len)
        memcpy(room, bytes.data, bytes.len);
}

void vpi_put_uint(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8)
        to[i] = (uint8_t)value;
}

void vpi_output_uint(struct output *out, uint64_t value, unsigned bytes)
{
    uint8_t *room = vpi_output_room(out, bytes);
    if (room)
        vpi_put_uint(room, value, bytes);
}

void vpi_output_align(struct output *out, size_t align)
{
    vpi_output_room(out, (align - out->len % align) % align);
}

bool vpi_strings_init(struct strings *strings, struct arena *arena)
{
    memset(strings, 0, sizeof *strings);
    strings->out.arena = arena;
    strings->slot_count = 1024;
    strings->slots = vpi_arena_array(arena, strings->slot_count, sizeof *strings->slots);
    vpi_output_uint(&strings->out, 0, 4 + 1); /* number 0 is the empty string */
    strings->count = 1;
    if (!strings->slots)
        strings->out.failed = true;
    return !strings->out.failed;
}

static struct span string_at(const struct strings *strings, uint32_t number)
{
    struct span all = span_of(strings->out.data, strings->out.len), text = {NULL, 0};
    uint64_t len = 0;
    if (span_uint(all, number, 4, &len))
        (void)span_sub(all, (uint64_t)number + 4, len, &text);
    return text;
}

/* The slot of `text`: its own, or the free one where it belongs. */
static uint32_t *find_slot(const struct strings *strings, struct span text)
{
    size_t i = (size_t)vpi_hash64(text) & (strings->slot_count - 1);
    while (strings->slots[i] && !span_equal(string_at(strings, strings->slots[i]), text))
        i = (i + 1) & (strings->slot_count - 1);
    return &strings->slots[i];
}

static bool grow(struct strings *strings)
{
    struct strings larger = *strings;
    larger.slot_count *= 2;
    larger.slots = vpi_arena_array(strings->out.arena, larger.slot_count, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < strings->slot_count; i++) {
        if (strings->slots[i])
            *find_slot(&larger, string_at(&larger, strings->slots[i])) = strings->slots[i];
    }
    *strings = larger;
    return true;
}

uint32_t vpi_strings_add(struct strings *strings, const char *text)
{
    struct span bytes = span_text(text ? text : "");
    if (bytes.len == 0 || strings->out.failed)
        return 0;
    uint32_t *slot = find_slot(strings, bytes);
    if (*slot)
        return *slot;
    size_t number = strings->out.len;
    if (bytes.len > UINT32_MAX - 5 || number > UINT32_MAX - 5 - bytes.len) {
        strings->out.failed = true;
        return 0;
    }
    vpi_output_uint(&strings->out, bytes.len, 4);
    vpi_output_bytes(&strings->out, bytes);
    vpi_output_uint(&strings->out, 0, 1);
    if (strings->out.failed)
        return 0;
    *slot = (uint32_t)number;
    strings->count++;
    if (strings->count * 2 > strings->slot_count && !grow(strings)) {
        strings->out.failed = true;
        return 0;
    }
    return (uint32_t)number;
}
