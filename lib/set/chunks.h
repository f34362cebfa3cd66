/* chunks.h - the rows of a table of any size, block by block, read and checked in several threads
 *
 * What a thread does needs nothing of the set: cutting lines into fields, looking whether they have
 * their types, and the canonical form of values that are no texts.  Diagnostics, and everything
 * that rows say of each other, are for the thread that takes the chunks, in their order.
 */
#ifndef VPI_SET_CHUNKS_H
#define VPI_SET_CHUNKS_H

#include <pthread.h>
#include <stdatomic.h>

#include "set/blocks.h"
#include "set/read_csv.h"

/* A half has one chunk more than there are lanes: who is done early reads another one. */
enum { CHUNK_LANES_MOST = 16, CHUNK_HALF_MOST = CHUNK_LANES_MOST + 1 };

struct chunk_row {
    struct csv_field *fields;
    unsigned count;
    uint32_t line;
    const char *why; /* not NULL: what is wrong with fields[count], behind which nothing was read */
    bool fine;       /* each field has its type, and there are the fewest at least */
    struct span value; /* canonical; empty: not looked at, or no such value */
};

struct chunk {
    const struct chunks *of;
    struct arena arena;
    struct block block;
    struct chunk_row *rows;
    size_t count, capacity;
    bool failed;
};

/* One is taken while the other one is read: by threads, and by the caller once it took the first.
 */
struct chunk_half {
    struct chunk items[CHUNK_HALF_MOST];
    unsigned count;
    atomic_uint begun; /* chunks that somebody reads or has read */
    pthread_t threads[CHUNK_LANES_MOST];
    unsigned started;
};

struct chunks {
    struct blocks *blocks;
    const struct csv_column *columns;
    unsigned column_count, fewest; /* the last ones may be missing, from the header too */
    unsigned kind, value;          /* the columns of these */
    unsigned lanes;                /* that read, the caller's among them */
    struct chunk_half halves[2];
    unsigned half, next; /* that is taken */
};

/* Begins to read; the blocks are the caller's.  `threads` 0 or 1: in the caller's alone. */
void vpi_chunks_begin(struct chunks *chunks, unsigned threads);

/* The next one, or NULL after the last: valid until the next call.  chunk->failed: no memory. */
const struct chunk *vpi_chunks_next(struct chunks *chunks);

void vpi_chunks_end(struct chunks *chunks);

#endif
