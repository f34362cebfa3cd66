/* fat.c - fat ("universal") Mach-O files: a slice for each machine (Apple, <mach-o/fat.h>)
 *
 *     0xcafebabe | count | { cpu, subtype, offset, length, alignment } ...
 *
 * Always big-endian.  With 0xcafebabf, offset and length have 8 bytes, and 4 more follow the
 * alignment.  A slice is called what the file is called, because it is the program of that name.
 *
 * A Java class begins with the same four bytes; its version, which stands where the count is, is at
 * least 45, and nobody has that many machines.
 */
#include "container/container.h"

#include "io/slice.h"

enum { HEADER_LEN = 8, SLICES_MOST = 44, ROW_MOST = 32 };

/* Beyond what an enumerator may be. */
static const uint32_t magic_narrow = 0xcafebabe, magic_wide = 0xcafebabf;

struct fat {
    struct span rows;
    size_t row_len, next;
    bool wide;
    /* What slices may still take: a crafted table describes the same bytes many times, and slices
     * in slices would multiply. */
    uint64_t left;
};

static uint32_t count_of(struct span head, bool *ret_wide)
{
    struct reader r = reader_at(head, 0);
    r.big = true;
    uint32_t magic = reader_u32(&r), count = reader_u32(&r);
    *ret_wide = magic == magic_wide;
    if (r.bad || (magic != magic_narrow && magic != magic_wide) || count > SLICES_MOST)
        return 0;
    return count;
}

static bool probe(struct span head)
{
    bool wide;
    return count_of(head, &wide) > 0;
}

static bool open_fat(struct container *c)
{
    struct span head;
    bool wide;
    if (!vpi_source_get_some(c->src, 0, HEADER_LEN + SLICES_MOST * ROW_MOST, &head))
        return false;
    uint32_t count = count_of(head, &wide);
    struct fat *fat = count ? vpi_arena_alloc(c->arena, sizeof *fat) : NULL;
    if (!fat)
        return false;
    fat->wide = wide;
    fat->row_len = wide ? 32 : 20;
    fat->rows = span_first(span_from(head, HEADER_LEN), count * fat->row_len);
    fat->left = c->src->size;
    if (fat->rows.len < count * fat->row_len)
        vpi_image_note(c->image, VP_NOTE_TRUNCATED, 0, "the table of slices");
    c->state = fat;
    c->format = VP_FORMAT_MACHO_FAT;
    return true;
}

/* False: this one can't be opened. */
static bool slice_open(struct container *c, struct arena *arena, struct span row,
                       struct member *ret)
{
    struct fat *fat = c->state;
    unsigned width = fat->wide ? 8 : 4;
    struct reader r = reader_at(row, 0);
    r.big = true;
    reader_skip(&r, 8); /* the machine, which the slice says itself */
    uint64_t off = reader_uint(&r, width), len = reader_uint(&r, width), size = c->src->size;
    if (off < HEADER_LEN + fat->rows.len || off >= size || len == 0) {
        vpi_image_note(c->image, off >= size ? VP_NOTE_TRUNCATED : VP_NOTE_MALFORMED, off,
                       "a slice");
        return false;
    }
    if (len > size - off) {
        vpi_image_note(c->image, VP_NOTE_TRUNCATED, off, "a slice");
        len = size - off;
    }
    if (len > fat->left) {
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "slices that overlap");
        return false;
    }
    fat->left -= len;
    *ret = (struct member){.name = c->name, .off = off};
    if (vpi_source_init_slice(&ret->src, c->src, off, len, arena))
        return true;
    vpi_image_gap(c->image, VP_GAP_MEMORY_LIMIT, "slices");
    return false;
}

static bool next(struct container *c, struct arena *arena, struct member *ret)
{
    struct fat *fat = c->state;
    struct span row;
    while (span_sub(fat->rows, fat->next * fat->row_len, fat->row_len, &row)) {
        fat->next++;
        if (slice_open(c, arena, row, ret))
            return true;
    }
    return false;
}

const struct container_reader vpi_container_fat = {probe, open_fat, next, NULL};
