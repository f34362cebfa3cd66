/* output.h - a growing run of bytes */
#ifndef VPI_SET_OUTPUT_H
#define VPI_SET_OUTPUT_H

#include "base/arena.h"

/* `failed` sticks when the arena is full; what is written then goes nowhere. */
struct output {
    struct arena *arena;
    uint8_t *data;
    size_t len, capacity;
    bool failed;
};

/* Room for `len` bytes of zeros at the end; NULL: no memory. */
uint8_t *vpi_output_room(struct output *out, size_t len);
void vpi_output_bytes(struct output *out, struct span bytes);
void vpi_output_uint(struct output *out, uint64_t value, unsigned bytes);
void vpi_output_align(struct output *out, size_t align);

/* Overwrites `bytes` bytes at `to`, little-endian.  Inline: with a constant it is one store. */
static inline void vpi_put_uint(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

#endif
