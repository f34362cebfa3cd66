/* kept.h - what was worked out from some bytes and depends on nothing else, so that it need not be
 * worked out again: nothing is carried from one file to the next but time
 */
#ifndef VPI_CRYPTO_KEPT_H
#define VPI_CRYPTO_KEPT_H

#include "base/span.h"

struct kept;

/* A table whose keys take at most `bytes_most` bytes together: one more, and all are forgotten.
 * `release` frees an object.  NULL: no memory. */
struct kept *vpi_kept_new(size_t bytes_most, void (*release)(void *object));
void vpi_kept_free(struct kept *kept);

/* The object of these bytes, which stays the table's, or NULL. */
void *vpi_kept_find(const struct kept *kept, struct span bytes);

/* Gives an object away; the bytes are copied.  It may be released at once: too many bytes for one,
 * or no memory. */
void vpi_kept_put(struct kept *kept, struct span bytes, void *object);

#endif
