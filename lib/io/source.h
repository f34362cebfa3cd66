/* source.h - the bytes of one object, wherever they come from
 *
 * A source has a size and gives spans.  Nothing above lib/io sees a descriptor, and no reader asks
 * for "the file".  Reads go through blocks of 64 KiB that live in the source's arena, so a span
 * stays valid as long as that arena does.  One thread at a time.
 */
#ifndef VPI_IO_SOURCE_H
#define VPI_IO_SOURCE_H

#include "base/arena.h"
#include "base/error.h"

/* A reader wants the start of a file and some places in it: larger blocks would be read for
 * nothing. The sequential pass reads a run of blocks at a time. */
enum { SOURCE_BLOCK = 64 << 10, SOURCE_RUN = 256 << 10, SOURCE_HEAD = 4 << 10 };

/* Why the last get failed. */
enum source_failure {
    SOURCE_FINE = 0,
    SOURCE_SHORT = 1,    /* beyond the end: the object is truncated */
    SOURCE_READ = 2,     /* the system or the callback failed */
    SOURCE_MEMORY = 3,   /* the arena's limit */
    SOURCE_CANCELLED = 4 /* by the caller's progress function, or the deadline */
};

/* Where the bytes are.  `read` fills up to len bytes at off and returns how many, fewer only at the
 * end, or -1. */
struct source_ops {
    int64_t (*read)(void *context, uint64_t off, void *buffer, size_t len);
};

struct source_block; /* a cached block: in source.c */

struct source {
    uint64_t size;
    const struct source_ops *ops; /* NULL: `memory` */
    void *context;
    struct span memory;  /* all of it, for one in memory */
    struct arena *arena; /* of the blocks */
    uint64_t bytes_read;
    struct span head;             /* the first bytes, read once */
    struct source_block **blocks; /* hash table of cached blocks */
    enum source_failure failure;  /* of the last get or pass that failed */
    uint8_t *stream_buffer;       /* for the pass: a run of blocks */
    /* Asked between blocks; true stops.  May be NULL. */
    bool (*stop)(void *stop_context, uint64_t done, uint64_t total);
    void *stop_context;
    /* What the file system keeps beside the bytes: up to `len` bytes of the attribute `name`; how
     * many, or -1.  NULL: nothing is kept. */
    int64_t (*attribute)(void *context, const char *name, void *buffer, size_t len);
};

/* `ops` and `context` belong to the caller and outlive the source. */
void vpi_source_init(struct source *src, const struct source_ops *ops, void *context, uint64_t size,
                     struct arena *arena);

/* A source over bytes that outlive it; spans point into them. */
void vpi_source_init_memory(struct source *src, struct span bytes, struct arena *arena);

/* `len` bytes at `off`, or false with src->failure set.  A span over a block's edge is a copy. */
bool vpi_source_get(struct source *src, uint64_t off, uint64_t len, struct span *ret);

/* Like vpi_source_get, but what there is of `len` bytes: shorter at the end of the source. */
bool vpi_source_get_some(struct source *src, uint64_t off, uint64_t len, struct span *ret);

/* For lib/io itself: exactly `len` bytes past the cache, and a cached block or NULL. */
bool vpi_source_read(struct source *src, uint64_t off, void *buffer, size_t len);
const uint8_t *vpi_source_cached(const struct source *src, uint64_t number);

/* ---- the sequential pass: one walk over the blocks feeds every consumer at once */

struct source_range {
    uint64_t off;
    uint64_t len;
};

/* `update` and `finish` must be set.  Gets the bytes of its ranges, in the order of the ranges;
 * these must ascend and not overlap (the pass sorts nothing).  Ranges are clamped to the source.
 * `finish` is called when all were fed; it is not called when the pass failed. */
struct source_consumer {
    const struct source_range *ranges;
    size_t range_count;
    void (*update)(void *context, struct span bytes);
    void (*finish)(void *context);
    void *context;
    size_t next;        /* the pass's own: range that is being fed */
    bool cryptographic; /* counts for bytes_hashed */
    struct source_consumer *link;
};

struct source_pass {
    struct source_consumer *consumers;
    uint64_t bytes_hashed; /* by cryptographic consumers */
};

/* Like vpi_source_get, but a copy that leaves nothing in the cache: for small pieces all over a
 * large file, each wanted once. */
bool vpi_source_copy(struct source *src, uint64_t off, void *buffer, size_t len);

/* Feeds the bytes of the ranges in the order given, which may go back and forth; long ones are not
 * kept.  False: src->failure says why, and SOURCE_SHORT that a range is not in the source. */
bool vpi_source_scatter(struct source *src, const struct source_range *ranges, size_t count,
                        void (*update)(void *context, struct span bytes), void *context);

/* Adds `consumer`, which outlives the pass. */
void vpi_pass_add(struct source_pass *pass, struct source_consumer *consumer);

/* Reads what some consumer wants, in blocks, ascending, each once.  False: src->failure says why,
 * and no `finish` was called. */
bool vpi_pass_run(struct source_pass *pass, struct source *src);

#endif
