/* slice.h - a part of a source as a source of its own */
#ifndef VPI_IO_SLICE_H
#define VPI_IO_SLICE_H

#include "io/source.h"

/* `len` bytes at `off` of `parent`, which outlives the slice; they must be there.  `arena` holds
 * what the slice itself needs and its blocks.  False: no memory, or it reaches beyond the parent.
 */
bool vpi_source_init_slice(struct source *src, const struct source *parent, uint64_t off,
                           uint64_t len, struct arena *arena);

#endif
