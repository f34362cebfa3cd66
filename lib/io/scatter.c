/* scatter.c - ranges in an order that is not the file's
 *
 * The pass goes forwards once; a compound file's streams are hashed in the order of their names.
 */
#include "io/source.h"

/* Shorter pieces stand beside each other in few blocks, so they come through the cache. */
enum { PIECE_CACHED = 4 << 10 };

static bool stopped(struct source *src, uint64_t off)
{
    if (!src->stop || !src->stop(src->stop_context, off, src->size))
        return false;
    src->failure = SOURCE_CANCELLED;
    return true;
}

static bool buffer_ready(struct source *src)
{
    if (!src->stream_buffer)
        src->stream_buffer = vpi_arena_bytes(src->arena, SOURCE_RUN);
    if (!src->stream_buffer)
        src->failure = SOURCE_MEMORY;
    return src->stream_buffer != NULL;
}

static bool feed_range(struct source *src, struct source_range range,
                       void (*update)(void *context, struct span bytes), void *context)
{
    struct span bytes;
    if (range.off > src->size || range.len > src->size - range.off) {
        src->failure = SOURCE_SHORT;
        return false;
    }
    if (range.len <= PIECE_CACHED) {
        if (!vpi_source_get(src, range.off, range.len, &bytes))
            return false;
        update(context, bytes);
        return true;
    }
    while (range.len > 0) {
        size_t len = range.len < SOURCE_RUN ? (size_t)range.len : SOURCE_RUN;
        if (!src->ops) {
            if (stopped(src, range.off) || !span_sub(src->memory, range.off, len, &bytes))
                return false;
        } else if (buffer_ready(src) && vpi_source_read(src, range.off, src->stream_buffer, len)) {
            bytes = span_of(src->stream_buffer, len);
        } else {
            return false;
        }
        update(context, bytes);
        range.off += len;
        range.len -= len;
    }
    return true;
}

bool vpi_source_scatter(struct source *src, const struct source_range *ranges, size_t count,
                        void (*update)(void *context, struct span bytes), void *context)
{
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].len && !feed_range(src, ranges[i], update, context))
            return false;
    }
    return true;
}

bool vpi_source_copy(struct source *src, uint64_t off, void *buffer, size_t len)
{
    struct span bytes;
    if (off > src->size || len > src->size - off) {
        src->failure = SOURCE_SHORT;
        return false;
    }
    if (src->ops && off + len > SOURCE_HEAD)
        return vpi_source_read(src, off, buffer, len);
    if (!vpi_source_get(src, off, len, &bytes))
        return false;
    if (len)
        memcpy(buffer, bytes.data, len);
    return true;
}
