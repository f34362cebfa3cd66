/* sink.c - where a database goes */
#include "set/sink.h"

void vpi_sink_init(struct sink *sink, struct output *memory, FILE *file)
{
    sink->memory = memory;
    sink->file = file;
    sink->len = 0;
    sink->failed = false;
    sink->buffered = 0;
    vpi_hash_begin(&sink->hash);
}

static void put(struct sink *sink, const void *bytes, size_t len)
{
    if (sink->failed || len == 0)
        return;
    if (sink->file)
        sink->failed = fwrite(bytes, 1, len, sink->file) != len;
    else
        vpi_output_bytes(sink->memory, span_of(bytes, len));
    if (sink->memory && sink->memory->failed)
        sink->failed = true;
    sink->len += len;
}

void vpi_sink_flush(struct sink *sink)
{
    vpi_hash_add(&sink->hash, span_of(sink->buffer, sink->buffered));
    put(sink, sink->buffer, sink->buffered);
    sink->buffered = 0;
}

void vpi_sink_bytes(struct sink *sink, const void *bytes, size_t len)
{
    if (len > sizeof sink->buffer - sink->buffered)
        vpi_sink_flush(sink);
    if (len <= sizeof sink->buffer) {
        if (len)
            memcpy(sink->buffer + sink->buffered, bytes, len);
        sink->buffered += len;
        return;
    }
    vpi_hash_add(&sink->hash, span_of(bytes, len));
    put(sink, bytes, len);
}

void vpi_sink_chunk(struct sink *sink, size_t align)
{
    static const uint8_t zeros[64];
    vpi_sink_flush(sink);
    size_t rest = (size_t)(sink->len % align);
    if (rest > 0 && align <= sizeof zeros)
        put(sink, zeros, align - rest);
    vpi_hash_begin(&sink->hash);
}

void vpi_sink_head(struct sink *sink, struct span head)
{
    if (sink->failed || head.len > sink->len)
        return;
    if (sink->file)
        sink->failed = fseeko(sink->file, 0, SEEK_SET) != 0 ||
                       fwrite(head.data, 1, head.len, sink->file) != head.len;
    else
        memcpy(sink->memory->data, head.data, head.len);
}
