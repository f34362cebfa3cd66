/* arena.c - memory that is freed all at once, with a limit */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The library's one malloc. */
struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* of `bytes` */
    size_t used;
    alignas(max_align_t) uint8_t bytes[];
};

enum { CHUNK_FIRST = 16 << 10, CHUNK_MOST = 1 << 20 };

/* A sanitizer sees the use of forgotten memory only when it was given back. */
#if defined(__SANITIZE_ADDRESS__)
enum { SPARE_MOST = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SPARE_MOST = 0 };
#else
enum { SPARE_MOST = 4 << 20 };
#endif
#else
enum { SPARE_MOST = 4 << 20 };
#endif

void vpi_arena_init(struct arena *arena, size_t limit)
{
    memset(arena, 0, sizeof *arena);
    arena->limit = limit;
}

static void free_all(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void vpi_arena_done(struct arena *arena)
{
    free_all(arena->chunks);
    free_all(arena->spare);
    arena->chunks = arena->spare = NULL;
    arena->used = arena->spare_len = 0;
}

static void put_away(struct arena *arena, struct arena_chunk *chunk)
{
    if (chunk->size > CHUNK_MOST || chunk->size > SPARE_MOST - arena->spare_len) {
        free(chunk);
        return;
    }
    chunk->next = arena->spare;
    arena->spare = chunk;
    arena->spare_len += chunk->size;
}

/* One of exactly this size, or NULL. */
static struct arena_chunk *take_spare(struct arena *arena, size_t size)
{
    for (struct arena_chunk **at = &arena->spare; *at; at = &(*at)->next) {
        struct arena_chunk *chunk = *at;
        if (chunk->size == size) {
            *at = chunk->next;
            arena->spare_len -= size;
            return chunk;
        }
    }
    return NULL;
}

/* Only the first chunk is kept, and only at its usual size: what fits into an arena must not depend
 * on what was in it before. */
void vpi_arena_reset(struct arena *arena)
{
    while (arena->chunks && (arena->chunks->next || arena->chunks->size != CHUNK_FIRST)) {
        struct arena_chunk *next = arena->chunks->next;
        put_away(arena, arena->chunks);
        arena->chunks = next;
    }
    arena->failed = false;
    arena->used = 0;
    if (arena->chunks) {
        arena->chunks->used = 0;
        arena->used = sizeof *arena->chunks + CHUNK_FIRST;
    }
}

static struct arena_chunk *chunk_new(struct arena *arena, size_t len)
{
    size_t first = arena->first ? arena->first : CHUNK_FIRST;
    /* The first chunk has its usual size whatever comes first, so that it can be kept. */
    if (!arena->chunks && len > first)
        (void)chunk_new(arena, first);
    size_t size = arena->chunks ? arena->chunks->size * 2 : first;
    size = size < CHUNK_MOST ? size : CHUNK_MOST;
    if (size < len)
        size = len;
    if (arena->limit) {
        size_t left = arena->limit > arena->used ? arena->limit - arena->used : 0;
        if (left < sizeof(struct arena_chunk) || len > left - sizeof(struct arena_chunk))
            return NULL;
        if (size > left - sizeof(struct arena_chunk))
            size = len;
    }
    if (size > SIZE_MAX - sizeof(struct arena_chunk))
        return NULL;
    struct arena_chunk *chunk = take_spare(arena, size);
    if (!chunk)
        chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->size = size;
    chunk->used = 0;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->used += sizeof *chunk + size;
    return chunk;
}

void *vpi_arena_bytes(struct arena *arena, size_t len)
{
    const size_t align = alignof(max_align_t);
    if (len > SIZE_MAX - align) {
        arena->failed = true;
        return NULL;
    }
    size_t padded = (len + align - 1) & ~(align - 1);
    struct arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < padded)
        chunk = chunk_new(arena, padded);
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    void *bytes = chunk->bytes + chunk->used;
    chunk->used += padded;
    return bytes;
}

void *vpi_arena_alloc(struct arena *arena, size_t len)
{
    void *bytes = vpi_arena_bytes(arena, len);
    if (bytes)
        memset(bytes, 0, len);
    return bytes;
}

void *vpi_arena_array(struct arena *arena, size_t count, size_t len)
{
    if (len && count > SIZE_MAX / len) {
        arena->failed = true;
        return NULL;
    }
    return vpi_arena_alloc(arena, count * len);
}

void *vpi_arena_extend(struct arena *arena, void *bytes, size_t len, size_t longer)
{
    const size_t align = alignof(max_align_t);
    struct arena_chunk *chunk = arena->chunks;
    bool alone = chunk && bytes == chunk->bytes && chunk->used - len < align;
    if (!alone || longer > SIZE_MAX - sizeof *chunk - align) {
        void *copy = vpi_arena_alloc(arena, longer);
        if (copy)
            memcpy(copy, bytes, len);
        return copy;
    }
    size_t size = (longer + align - 1) & ~(align - 1);
    if (size > chunk->size) {
        size_t left = arena->limit > arena->used ? arena->limit - arena->used : 0;
        bool fits = !arena->limit || size - chunk->size <= left;
        struct arena_chunk *moved = fits ? realloc(chunk, sizeof *chunk + size) : NULL;
        if (!moved) {
            arena->failed = true;
            return NULL;
        }
        arena->used += size - moved->size;
        moved->size = size;
        arena->chunks = chunk = moved;
    }
    chunk->used = size;
    memset(chunk->bytes + len, 0, longer - len);
    return chunk->bytes;
}

char *vpi_arena_text(struct arena *arena, struct span bytes)
{
    if (bytes.len == SIZE_MAX)
        return NULL;
    char *text = vpi_arena_bytes(arena, bytes.len + 1);
    if (!text)
        return NULL;
    if (bytes.len)
        memcpy(text, bytes.data, bytes.len);
    text[bytes.len] = 0;
    return text;
}

char *vpi_arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : vpi_arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void *vpi_arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t len)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 8;
    void *copy = vpi_arena_array(arena, larger, len);
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, items, count * len);
    *capacity = larger;
    return copy;
}
