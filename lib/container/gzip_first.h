/* gzip_first.h - the first bytes of a gzip stream, without decoding more of it */
#ifndef VPI_CONTAINER_GZIP_FIRST_H
#define VPI_CONTAINER_GZIP_FIRST_H

#include "base/arena.h"

/* Decodes the first `len` bytes of the stream that begins with `head`, fewer only at its end.
 * False: it is damaged, `head` is too short to tell, or there is no memory. */
bool vpi_gzip_first(struct arena *arena, struct span head, uint8_t *bytes, size_t len,
                    size_t *ret_len);

#endif
