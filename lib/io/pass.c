/* pass.c - one walk over the blocks feeds every consumer */
#include "io/source.h"

void vpi_pass_add(struct source_pass *pass, struct source_consumer *consumer)
{
    consumer->next = 0;
    consumer->link = pass->consumers;
    pass->consumers = consumer;
}

static uint64_t range_end(struct source_range range, uint64_t size)
{
    if (range.off >= size)
        return range.off;
    return range.len < size - range.off ? range.off + range.len : size;
}

/* Where this consumer's first byte at or after `off` stands, or VP_NONE. */
static uint64_t wants_from(struct source_consumer *c, uint64_t off, uint64_t size)
{
    while (c->next < c->range_count) {
        struct source_range range = c->ranges[c->next];
        uint64_t end = range_end(range, size);
        if (end > off && range.off < end)
            return range.off > off ? range.off : off;
        c->next++;
    }
    return VP_NONE;
}

/* How far the ranges reach that are wanted of the block at `off`. */
static uint64_t wanted_until(struct source_pass *pass, uint64_t off, uint64_t size)
{
    uint64_t most = off;
    for (struct source_consumer *c = pass->consumers; c; c = c->link) {
        uint64_t end = 0;
        if (wants_from(c, off, size) < off + SOURCE_BLOCK)
            end = range_end(c->ranges[c->next], size);
        if (end > most)
            most = end;
    }
    return most;
}

static uint64_t next_wanted(struct source_pass *pass, uint64_t off, uint64_t size)
{
    uint64_t least = VP_NONE;
    for (struct source_consumer *c = pass->consumers; c; c = c->link) {
        uint64_t wanted = wants_from(c, off, size);
        if (wanted < least)
            least = wanted;
    }
    return least;
}

/* Feeds what the consumer wants of `bytes`, which stand at `off`. */
static void feed(struct source_pass *pass, struct source_consumer *c, uint64_t off,
                 struct span bytes, uint64_t size)
{
    uint64_t end = off + bytes.len;
    for (uint64_t at = wants_from(c, off, size); at < end; at = wants_from(c, at, size)) {
        uint64_t stop = range_end(c->ranges[c->next], size);
        if (stop > end)
            stop = end;
        c->update(c->context, span_of(bytes.data + (at - off), (size_t)(stop - at)));
        if (c->cryptographic)
            pass->bytes_hashed += stop - at;
        at = stop;
    }
}

/* Bytes of the source from the block at `off`, at most up to `end` and a run: one cached block, or
 * blocks that aren't, read into the buffer. */
static bool run_bytes(struct source *src, uint64_t off, uint64_t end, struct span *ret)
{
    uint64_t number = off / SOURCE_BLOCK, rest = src->size - off;
    size_t len = rest < SOURCE_BLOCK ? (size_t)rest : SOURCE_BLOCK;
    const uint8_t *cached = vpi_source_cached(src, number);
    for (uint64_t more = number + 1; !cached && more * SOURCE_BLOCK < end && len < SOURCE_RUN &&
                                     (!src->ops || !vpi_source_cached(src, more));
         more++)
        len += rest - len < SOURCE_BLOCK ? (size_t)(rest - len) : SOURCE_BLOCK;
    if (!src->ops) {
        if (src->stop && src->stop(src->stop_context, off, src->size)) {
            src->failure = SOURCE_CANCELLED;
            return false;
        }
        return span_sub(src->memory, off, len, ret);
    }
    if (!cached) {
        if (!src->stream_buffer)
            src->stream_buffer = vpi_arena_bytes(src->arena, SOURCE_RUN);
        if (!src->stream_buffer) {
            src->failure = SOURCE_MEMORY;
            return false;
        }
        if (!vpi_source_read(src, off, src->stream_buffer, len))
            return false;
        cached = src->stream_buffer;
    }
    *ret = span_of(cached, len);
    return true;
}

bool vpi_pass_run(struct source_pass *pass, struct source *src)
{
    uint64_t at = next_wanted(pass, 0, src->size);
    while (at != VP_NONE) {
        uint64_t off = at - at % SOURCE_BLOCK;
        struct span bytes;
        if (!run_bytes(src, off, wanted_until(pass, off, src->size), &bytes))
            return false;
        for (struct source_consumer *c = pass->consumers; c; c = c->link)
            feed(pass, c, off, bytes, src->size);
        at = next_wanted(pass, off + bytes.len, src->size);
    }
    for (struct source_consumer *c = pass->consumers; c; c = c->link)
        c->finish(c->context);
    return true;
}
