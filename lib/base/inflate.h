/* inflate.h - deflated bytes (RFC 1951), alone or in a gzip stream (RFC 1952) */
#ifndef VPI_BASE_INFLATE_H
#define VPI_BASE_INFLATE_H

#include "base/arena.h"

enum inflate_form { INFLATE_RAW = 0, INFLATE_GZIP = 1 };

/* Decodes from `packed` to at most `len` bytes; zlib's state lives in the arena.  True when the
 * stream ended or `to` is full; *ret_len bytes were written in any case. */
bool vpi_inflate(struct arena *arena, enum inflate_form form, struct span packed, uint8_t *to,
                 size_t len, size_t *ret_len);

#endif
