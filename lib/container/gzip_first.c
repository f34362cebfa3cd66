/* gzip_first.c - the first bytes of a gzip stream, without decoding more of it
 *
 * One file of seven on a Linux system is a compressed manual.  libarchive decodes 64 KiB before it
 * gives the first byte, which costs more than all else that is done for such a file.  The only file
 * that sees zlib.h.
 */
#include "container/gzip_first.h"

#include <limits.h>
#include <zlib.h>

enum { WINDOW_AND_HEADER = 15 + 16 }; /* zlib.h, inflateInit2: any window, a gzip header */

static voidpf take(voidpf arena, uInt count, uInt len)
{
    return vpi_arena_array(arena, count, len);
}

static void give_back(voidpf arena, voidpf bytes)
{
    (void)arena;
    (void)bytes;
}

bool vpi_gzip_first(struct arena *arena, struct span head, uint8_t *bytes, size_t len,
                    size_t *ret_len)
{
    z_stream stream = {.zalloc = take, .zfree = give_back, .opaque = arena};
    if (head.len > INT_MAX || len > INT_MAX || inflateInit2(&stream, WINDOW_AND_HEADER) != Z_OK)
        return false;
    stream.next_in = (z_const Bytef *)(uintptr_t)head.data;
    stream.avail_in = (uInt)head.len;
    stream.next_out = bytes;
    stream.avail_out = (uInt)len;
    int status = inflate(&stream, Z_FINISH);
    (void)inflateEnd(&stream);
    *ret_len = len - stream.avail_out;
    return status == Z_STREAM_END || (status == Z_BUF_ERROR && stream.avail_out == 0);
}
