/* sink.h - where a database goes: from front to back into memory or a file, hashed chunk by chunk
 *
 * Only the header and the chunk rows are written last, over the zeros that were kept for them.  A
 * file may be written by a thread of the sink's, while the caller makes what comes next.
 */
#ifndef VPI_SET_SINK_H
#define VPI_SET_SINK_H

#include <stdio.h>

#include "base/hash.h"
#include "set/output.h"
#include "set/relay.h"

/* A file is written in pieces of a huge page, at multiples of it: file systems that can then keep
 * it in huge pages, and a map of it has them too. */
enum { SINK_BUFFER_MEMORY = 1 << 14, SINK_BUFFER_FILE = 2 << 20 };

struct sink {
    struct output *memory; /* or */
    FILE *file;
    uint64_t len;
    bool failed;
    struct hash_stream hash; /* since vpi_sink_chunk */
    uint8_t *buffer;         /* what was not written yet; the first `hashed` bytes were hashed */
    size_t buffered, hashed, capacity;
    struct relay relay; /* to the thread, if there is one */
    bool write_failed;  /* the thread's */
};

/* One of the two; the buffer is the arena's, the sink lives on the stack, for its alignment. False:
 * no memory. */
bool vpi_sink_init(struct sink *sink, struct arena *arena, struct output *memory, FILE *file);

void vpi_sink_bytes(struct sink *sink, const void *bytes, size_t len);

/* Zeros up to the next multiple of `align`, then a new hash. */
void vpi_sink_chunk(struct sink *sink, size_t align);

/* Low half of the XXH3-128 of what came since vpi_sink_chunk. */
uint64_t vpi_sink_checksum(struct sink *sink);

/* Writes what is left, then overwrites the first bytes; nothing follows. */
void vpi_sink_head(struct sink *sink, struct span head);

/* Lets a thread write the file, if there can be one; then vpi_sink_done waits for it. */
void vpi_sink_thread(struct sink *sink);
void vpi_sink_done(struct sink *sink);

#endif
