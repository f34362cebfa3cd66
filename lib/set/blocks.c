/* blocks.c - the lines of a file of any size, in blocks of whole lines */
#include "set/blocks.h"

#include <errno.h>

#include "io/map.h"

static bool accept_any(struct span head, uint64_t file_size, struct vp_error *err)
{
    (void)head;
    (void)file_size;
    (void)err;
    return true;
}

enum vp_status vpi_blocks_open(struct blocks *blocks, const char *path, struct span bytes,
                               struct arena *arena, struct vp_error *err)
{
    static const struct map_check check = {accept_any, 0};
    struct map map;
    *blocks = (struct blocks){.bytes = bytes, .line = 1};
    if (!path)
        return VP_OK;
    /* Only regular files: opening anything else may wait for ever.  Mapping one reads nothing. */
    enum vp_status status = vpi_map_open(&map, path, MAP_MAP, &check, arena, err);
    if (status != VP_OK)
        return status;
    vpi_map_done(&map);
    blocks->buffer = vpi_arena_bytes(arena, BLOCK_BYTES);
    if (!blocks->buffer)
        return vpi_fail(err, VP_E_MEMORY, "%s: no memory", path);
    blocks->file = fopen(path, "rb");
    return blocks->file ? VP_OK : vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
}

void vpi_blocks_close(struct blocks *blocks)
{
    if (blocks->file)
        fclose(blocks->file);
    blocks->file = NULL;
}

/* What there is of the next block, whole lines or not. */
static struct span fill(struct blocks *blocks)
{
    if (!blocks->file) {
        blocks->bytes = span_from(blocks->bytes, blocks->given);
        blocks->given = 0;
        struct span all = span_first(blocks->bytes, BLOCK_BYTES);
        blocks->ended = all.len == blocks->bytes.len;
        return all;
    }
    blocks->held -= blocks->given;
    memmove(blocks->buffer, blocks->buffer + blocks->given, blocks->held);
    blocks->given = 0;
    while (!blocks->ended && blocks->held < BLOCK_BYTES) {
        size_t got =
            fread(blocks->buffer + blocks->held, 1, BLOCK_BYTES - blocks->held, blocks->file);
        blocks->held += got;
        blocks->failed |= ferror(blocks->file) != 0;
        blocks->ended = got == 0;
    }
    return span_of(blocks->buffer, blocks->held);
}

static uint32_t count_lines(struct span text)
{
    uint32_t count = 0;
    while (text.len > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        if (!end)
            break;
        count++;
        text = span_from(text, (size_t)(end - text.data) + 1);
    }
    return count;
}

static size_t last_line_end(struct span text)
{
    size_t len = text.len;
    while (len > 0 && text.data[len - 1] != '\n')
        len--;
    return len;
}

bool vpi_blocks_next(struct blocks *blocks, struct block *ret)
{
    for (;;) {
        struct span all = fill(blocks);
        if (blocks->failed || all.len == 0)
            return false;
        const uint8_t *end = blocks->cut ? memchr(all.data, '\n', all.len) : NULL;
        if (blocks->cut && !end) {
            blocks->given = all.len;
            continue;
        }
        if (blocks->cut) { /* behind the long line */
            blocks->given = (size_t)(end - all.data) + 1;
            blocks->cut = false;
            blocks->line++;
            continue;
        }
        size_t whole = blocks->ended ? all.len : last_line_end(all);
        blocks->cut = whole == 0;
        ret->text = whole ? span_first(all, whole) : all;
        ret->line = blocks->line;
        blocks->given = ret->text.len;
        blocks->line += count_lines(ret->text);
        return true;
    }
}
