/* arena.h - memory that is freed all at once, with a limit
 *
 * What an arena returns is zeroed, aligned for any type, and lives until vpi_arena_reset or
 * vpi_arena_done.  At the limit, or when the machine has no memory, allocations return NULL and
 * `failed` stays set.  One thread at a time.
 */
#ifndef VPI_BASE_ARENA_H
#define VPI_BASE_ARENA_H

#include "base/span.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    struct arena_chunk *spare; /* of objects before, for the same use; not in `used` */
    size_t spare_len;
    size_t used;  /* bytes taken from the machine */
    size_t limit; /* of `used`; 0: none */
    size_t first; /* size of the first chunk; 0: the usual one, which is kept when it is reset */
    bool failed;
};

void vpi_arena_init(struct arena *arena, size_t limit);
void vpi_arena_done(struct arena *arena);

/* Forgets what was allocated and clears `failed`.  A few MiB are kept for reuse, which is not seen
 * in `used`. */
void vpi_arena_reset(struct arena *arena);

void *vpi_arena_alloc(struct arena *arena, size_t len);

/* Like vpi_arena_alloc, but not zeroed: for bytes that are filled at once. */
void *vpi_arena_bytes(struct arena *arena, size_t len);

/* Like vpi_arena_alloc, but for `count` things; an overflow is a failure. */
void *vpi_arena_array(struct arena *arena, size_t count, size_t len);

/* Makes an allocation of `len` bytes longer: returns where it is now.  In its place if it is the
 * newest and alone in its chunk, as what is larger than a chunk (1 MiB) is; so growing step by step
 * doesn't leave copies behind as vpi_arena_grow does.  NULL: it stays as it was. */
void *vpi_arena_extend(struct arena *arena, void *bytes, size_t len, size_t longer);

/* A copy with a NUL after it. */
char *vpi_arena_text(struct arena *arena, struct span bytes);

/* Formatted text, NUL-terminated. */
char *vpi_arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes room for one more thing in a growing array: returns `items`, or a larger copy of it, or
 * NULL (the old array stays as it was).  *capacity is updated. */
void *vpi_arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t len);

#endif
