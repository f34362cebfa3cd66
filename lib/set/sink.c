/* sink.c - where a database goes */
#include "set/sink.h"

bool vpi_sink_init(struct sink *sink, struct arena *arena, struct output *memory, FILE *file)
{
    sink->memory = memory;
    sink->file = file;
    sink->len = 0;
    sink->failed = sink->write_failed = false;
    sink->relay.running = false;
    sink->buffered = sink->hashed = 0;
    sink->capacity = file ? SINK_BUFFER_FILE : SINK_BUFFER_MEMORY;
    sink->buffer = vpi_arena_alloc(arena, sink->capacity);
    vpi_hash_begin(&sink->hash);
    return sink->buffer != NULL;
}

static void hash_buffer(struct sink *sink)
{
    vpi_hash_add(&sink->hash, span_of(sink->buffer + sink->hashed, sink->buffered - sink->hashed));
    sink->hashed = sink->buffered;
}

static void *write_file(void *context)
{
    struct sink *sink = context;
    struct span bytes;
    while ((bytes = vpi_relay_take(&sink->relay)).len > 0) {
        if (!sink->write_failed)
            sink->write_failed = fwrite(bytes.data, 1, bytes.len, sink->file) != bytes.len;
    }
    return NULL;
}

void vpi_sink_thread(struct sink *sink)
{
    if (vpi_relay_start(&sink->relay, sink->capacity, write_file, sink))
        sink->buffer = vpi_relay_room(&sink->relay);
}

void vpi_sink_done(struct sink *sink)
{
    vpi_relay_stop(&sink->relay);
    sink->failed |= sink->write_failed;
}

static void write_buffer(struct sink *sink)
{
    struct span bytes = span_of(sink->buffer, sink->buffered);
    hash_buffer(sink);
    sink->buffered = sink->hashed = 0;
    if (sink->failed || bytes.len == 0)
        return;
    if (sink->relay.running) {
        vpi_relay_give(&sink->relay, bytes.len);
        sink->buffer = vpi_relay_room(&sink->relay);
    } else if (sink->file) {
        sink->failed = fwrite(bytes.data, 1, bytes.len, sink->file) != bytes.len;
    } else {
        vpi_output_bytes(sink->memory, bytes);
    }
    if (sink->memory && sink->memory->failed)
        sink->failed = true;
}

void vpi_sink_bytes(struct sink *sink, const void *bytes, size_t len)
{
    struct span rest = span_of(bytes, len);
    sink->len += len;
    while (rest.len > 0) {
        struct span part = span_first(rest, sink->capacity - sink->buffered);
        memcpy(sink->buffer + sink->buffered, part.data, part.len);
        sink->buffered += part.len;
        rest = span_from(rest, part.len);
        if (sink->buffered == sink->capacity)
            write_buffer(sink);
    }
}

void vpi_sink_chunk(struct sink *sink, size_t align)
{
    static const uint8_t zeros[64];
    size_t rest = (size_t)(sink->len % align);
    if (rest > 0 && align <= sizeof zeros)
        vpi_sink_bytes(sink, zeros, align - rest);
    hash_buffer(sink);
    vpi_hash_begin(&sink->hash);
}

uint64_t vpi_sink_checksum(struct sink *sink)
{
    hash_buffer(sink);
    return vpi_hash_end(&sink->hash).low;
}

void vpi_sink_head(struct sink *sink, struct span head)
{
    write_buffer(sink);
    vpi_sink_done(sink);
    if (sink->failed || head.len > sink->len)
        return;
    if (sink->file)
        sink->failed = fseeko(sink->file, 0, SEEK_SET) != 0 ||
                       fwrite(head.data, 1, head.len, sink->file) != head.len ||
                       fflush(sink->file) != 0;
    else
        memcpy(sink->memory->data, head.data, head.len);
}
