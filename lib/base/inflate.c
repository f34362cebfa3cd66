/* inflate.c - the only place that knows zlib */
#include "base/inflate.h"

#include <limits.h>
#include <zlib.h>

/* zlib.h, inflateInit2: any window; 16 more for a gzip header, negative for none. */
enum { WINDOW = 15, GZIP_HEADER = 16 };

/* Not zeroed: zlib reads nothing that it didn't write, and its window alone is 32 KiB. */
static voidpf take(voidpf arena, uInt count, uInt len)
{
    return len && count > SIZE_MAX / len ? NULL : vpi_arena_bytes(arena, (size_t)count * len);
}

static void give_back(voidpf arena, voidpf bytes)
{
    (void)arena;
    (void)bytes;
}

bool vpi_inflate(struct arena *arena, enum inflate_form form, struct span packed, uint8_t *to,
                 size_t len, size_t *ret_len)
{
    int window = form == INFLATE_GZIP ? WINDOW + GZIP_HEADER : -WINDOW;
    z_stream stream = {.zalloc = take, .zfree = give_back, .opaque = arena};
    *ret_len = 0;
    if (packed.len > INT_MAX || len > INT_MAX || inflateInit2(&stream, window) != Z_OK)
        return false;
    stream.next_in = (z_const Bytef *)(uintptr_t)packed.data;
    stream.avail_in = (uInt)packed.len;
    stream.next_out = to;
    stream.avail_out = (uInt)len;
    int status = inflate(&stream, Z_FINISH);
    (void)inflateEnd(&stream);
    *ret_len = len - stream.avail_out;
    return status == Z_STREAM_END || (status == Z_BUF_ERROR && stream.avail_out == 0);
}
