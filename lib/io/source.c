/* source.c - the bytes of one object, through blocks */
#include "io/source.h"

/* Blocks hang in a fixed number of chains by their number: a file within the memory limit has few.
 */
enum { CHAINS = 64 };

struct source_block {
    struct source_block *next;
    uint64_t number;
    size_t len;
    uint8_t bytes[];
};

void vpi_source_init(struct source *src, const struct source_ops *ops, void *context, uint64_t size,
                     struct arena *arena)
{
    memset(src, 0, sizeof *src);
    src->ops = ops;
    src->context = context;
    src->size = size;
    src->arena = arena;
}

void vpi_source_init_memory(struct source *src, struct span bytes, struct arena *arena)
{
    vpi_source_init(src, NULL, NULL, bytes.len, arena);
    src->memory = bytes;
}

static bool fail(struct source *src, enum source_failure failure)
{
    src->failure = failure;
    return false;
}

/* Fills `buffer` with exactly `len` bytes that the size promises. */
bool vpi_source_read(struct source *src, uint64_t off, void *buffer, size_t len)
{
    if (src->stop && src->stop(src->stop_context, off, src->size))
        return fail(src, SOURCE_CANCELLED);
    size_t got = 0;
    while (got < len) {
        int64_t count = src->ops->read(src->context, off + got, (uint8_t *)buffer + got, len - got);
        if (count < 0 || (uint64_t)count > len - got)
            return fail(src, SOURCE_READ);
        if (count == 0)
            return fail(src, SOURCE_SHORT); /* shrank since its size was taken */
        got += (size_t)count;
    }
    src->bytes_read += len;
    return true;
}

const uint8_t *vpi_source_cached(const struct source *src, uint64_t number)
{
    if (!src->blocks)
        return NULL;
    for (struct source_block *b = src->blocks[number % CHAINS]; b; b = b->next) {
        if (b->number == number)
            return b->bytes;
    }
    return NULL;
}

static const uint8_t *block_get(struct source *src, uint64_t number)
{
    const uint8_t *cached = vpi_source_cached(src, number);
    if (cached)
        return cached;
    if (!src->blocks)
        src->blocks = vpi_arena_array(src->arena, CHAINS, sizeof(struct source_block *));
    uint64_t off = number * SOURCE_BLOCK;
    size_t len = src->size - off < SOURCE_BLOCK ? (size_t)(src->size - off) : SOURCE_BLOCK;
    struct source_block *b = src->blocks ? vpi_arena_bytes(src->arena, sizeof *b + len) : NULL;
    if (!b) {
        fail(src, SOURCE_MEMORY);
        return NULL;
    }
    if (!vpi_source_read(src, off, b->bytes, len))
        return NULL;
    b->number = number;
    b->len = len;
    b->next = src->blocks[number % CHAINS];
    src->blocks[number % CHAINS] = b;
    return b->bytes;
}

/* The first bytes come alone: for most files they are all that is ever wanted. */
static bool head_get(struct source *src)
{
    if (src->head.data || src->size == 0)
        return true;
    size_t len = src->size < SOURCE_HEAD ? (size_t)src->size : SOURCE_HEAD;
    uint8_t *bytes = vpi_arena_bytes(src->arena, len);
    if (!bytes)
        return fail(src, SOURCE_MEMORY);
    if (!vpi_source_read(src, 0, bytes, len))
        return false;
    src->head = span_of(bytes, len);
    return true;
}

bool vpi_source_get(struct source *src, uint64_t off, uint64_t len, struct span *ret)
{
    if (off > src->size || len > src->size - off)
        return fail(src, SOURCE_SHORT);
    if (!src->ops) {
        if (src->stop && src->stop(src->stop_context, off, src->size))
            return fail(src, SOURCE_CANCELLED);
        return span_sub(src->memory, off, len, ret) || fail(src, SOURCE_SHORT);
    }
    if (off + len <= SOURCE_HEAD)
        return head_get(src) && (span_sub(src->head, off, len, ret) || fail(src, SOURCE_SHORT));
    uint64_t number = off / SOURCE_BLOCK;
    uint64_t in_block = off % SOURCE_BLOCK;
    if (in_block + len <= SOURCE_BLOCK) {
        const uint8_t *bytes = block_get(src, number);
        if (!bytes)
            return false;
        *ret = span_of(bytes + in_block, (size_t)len);
        return true;
    }
    uint8_t *copy = len > SIZE_MAX ? NULL : vpi_arena_bytes(src->arena, (size_t)len);
    if (!copy)
        return fail(src, SOURCE_MEMORY);
    if (!vpi_source_read(src, off, copy, (size_t)len))
        return false;
    *ret = span_of(copy, (size_t)len);
    return true;
}

bool vpi_source_get_some(struct source *src, uint64_t off, uint64_t len, struct span *ret)
{
    if (off >= src->size) {
        *ret = span_of(NULL, 0);
        return true;
    }
    if (len > src->size - off)
        len = src->size - off;
    return vpi_source_get(src, off, len, ret);
}
