/* output.c - a growing run of bytes */
#include "set/output.h"

uint8_t *vpi_output_room(struct output *out, size_t len)
{
    if (out->failed)
        return NULL;
    if (!out->data || len > out->capacity - out->len) {
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
    memset(room, 0, len); /* the buffer may have held another chunk */
    out->len += len;
    return room;
}

void vpi_output_bytes(struct output *out, struct span bytes)
{
    uint8_t *room = vpi_output_room(out, bytes.len);
    if (room && bytes.len)
        memcpy(room, bytes.data, bytes.len);
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
