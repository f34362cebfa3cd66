/* slice.c - a part of a source as a source of its own */
#include "io/slice.h"

struct slice {
    const struct source_ops *ops;
    void *context;
    uint64_t off, len;
};

static int64_t slice_read(void *context, uint64_t off, void *buffer, size_t len)
{
    const struct slice *slice = context;
    if (off >= slice->len)
        return 0;
    if (len > slice->len - off)
        len = (size_t)(slice->len - off);
    return slice->ops->read(slice->context, slice->off + off, buffer, len);
}

static const struct source_ops slice_ops = {slice_read};

bool vpi_source_init_slice(struct source *src, const struct source *parent, uint64_t off,
                           uint64_t len, struct arena *arena)
{
    if (off > parent->size || len > parent->size - off)
        return false;
    if (!parent->ops) {
        struct span bytes;
        if (!span_sub(parent->memory, off, len, &bytes))
            return false;
        vpi_source_init_memory(src, bytes, arena);
    } else {
        struct slice *slice = vpi_arena_alloc(arena, sizeof *slice);
        if (!slice)
            return false;
        *slice = (struct slice){parent->ops, parent->context, off, len};
        vpi_source_init(src, &slice_ops, slice, len, arena);
    }
    src->stop = parent->stop;
    src->stop_context = parent->stop_context;
    return true;
}
