/* sink.h - where a database goes: from front to back into memory or a file, hashed chunk by chunk
 *
 * Only the header and the chunk rows are written last, over the zeros that were kept for them.
 */
#ifndef VPI_SET_SINK_H
#define VPI_SET_SINK_H

#include <stdio.h>

#include "base/hash.h"
#include "set/output.h"

enum { SINK_BUFFER = 1 << 16 };

struct sink {
    struct output *memory; /* or */
    FILE *file;
    uint64_t len; /* without what is in the buffer */
    bool failed;
    struct hash_stream hash; /* since vpi_sink_chunk, without the buffer */
    size_t buffered;
    uint8_t buffer[SINK_BUFFER];
};

void vpi_sink_bytes(struct sink *sink, const void *bytes, size_t len);

/* One of the two; it lives on the stack, for its alignment. */
void vpi_sink_init(struct sink *sink, struct output *memory, FILE *file);

/* Empties the buffer. */
void vpi_sink_flush(struct sink *sink);

/* Zeros up to the next multiple of `align`, then a new hash. */
void vpi_sink_chunk(struct sink *sink, size_t align);

/* Overwrites the first bytes, after a flush; nothing is written after that. */
void vpi_sink_head(struct sink *sink, struct span head);

#endif
