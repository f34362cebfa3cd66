/* zip.c - directory and entries of a ZIP file (APPNOTE.TXT 4.3, 4.5.3)
 *
 *     local header, name, extra, content    one for each entry
 *     central directory                     a row for each entry
 *     ZIP64 end, its locator                when a number doesn't fit
 *     end of central directory, comment
 */
#include "format/zip.h"

#include "base/inflate.h"

enum {
    TAIL = 4 << 10,
    LOCAL = 30,
    ROW = 46,
    END = 22,
    END_WIDE = 56,
    LOCATOR = 20,
    EXTRA_WIDE = 1,
    STORED = 0,
    DEFLATED = 8
};

static bool contains(struct span bytes, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at + len <= bytes.len; at++) {
        if (bytes.data[at] == (uint8_t)text[0] && memcmp(bytes.data + at, text, len) == 0)
            return true;
    }
    return false;
}

bool vpi_zip_tail_has(struct source *src, const char *name)
{
    uint8_t bytes[TAIL];
    size_t len = src->size < TAIL ? (size_t)src->size : TAIL;
    return vpi_source_copy(src, src->size - len, bytes, len) && contains(span_of(bytes, len), name);
}

static bool has_magic(struct span bytes, uint64_t off, const char *magic)
{
    struct span first;
    return span_sub(bytes, off, 4, &first) && memcmp(first.data, magic, 4) == 0;
}

/* The last record that says that it ends with the file. */
static bool end_find(struct source *src, uint64_t *ret)
{
    struct span tail;
    uint64_t comment, len = src->size < END + ZIP_COMMENT_MOST ? src->size : END + ZIP_COMMENT_MOST;
    uint64_t off = src->size - len;
    if (len < END || !vpi_source_get(src, off, len, &tail))
        return false;
    for (size_t at = tail.len - END + 1; at-- > 0;) {
        if (has_magic(tail, at, "PK\5\6") && span_uint(tail, at + 20, 2, &comment) &&
            at + END + comment == tail.len) {
            *ret = off + at;
            return true;
        }
    }
    return false;
}

/* From the records at the end: where the directory is, how long, and how many rows it has. */
static bool end_read(struct zip *zip, uint64_t end, uint64_t *ret_len)
{
    uint8_t bytes[END], locator[LOCATOR], wide[END_WIDE];
    if (!vpi_source_copy(zip->src, end, bytes, END))
        return false;
    struct reader r = reader_at(span_of(bytes, END), 10);
    zip->count = reader_u16(&r);
    *ret_len = reader_u32(&r);
    zip->directory_off = reader_u32(&r);
    if (zip->count != 0xffff && *ret_len != 0xffffffff && zip->directory_off != 0xffffffff)
        return true;
    uint64_t off;
    if (end < LOCATOR || !vpi_source_copy(zip->src, end - LOCATOR, locator, LOCATOR) ||
        !has_magic(span_of(locator, LOCATOR), 0, "PK\6\7") ||
        !span_uint(span_of(locator, LOCATOR), 8, 8, &off) ||
        !vpi_source_copy(zip->src, off, wide, END_WIDE) ||
        !has_magic(span_of(wide, END_WIDE), 0, "PK\6\6"))
        return false;
    r = reader_at(span_of(wide, END_WIDE), 32);
    zip->count = reader_u64(&r);
    *ret_len = reader_u64(&r);
    zip->directory_off = reader_u64(&r);
    zip->wide = true;
    return true;
}

bool vpi_zip_open(struct zip *zip, struct image *image, struct source *src)
{
    uint64_t end, len;
    memset(zip, 0, sizeof *zip);
    zip->image = image;
    zip->src = src;
    if (!end_find(src, &end) || !end_read(zip, end, &len))
        return false;
    if (zip->directory_off > end || len > end - zip->directory_off) {
        vpi_image_note(image, VP_NOTE_TRUNCATED, end, "the directory of the package");
        return false;
    }
    zip->end_off = zip->directory_off + len;
    if (len > ZIP_DIRECTORY_MOST || zip->count > ZIP_ENTRIES_MOST) {
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "the directory of the package");
        return false;
    }
    if (!vpi_source_get(src, zip->directory_off, len, &zip->directory) ||
        !vpi_source_get(src, zip->end_off, src->size - zip->end_off, &zip->end)) {
        vpi_image_short(image, src, zip->directory_off, "the directory of the package");
        return false;
    }
    return true;
}

/* Numbers that don't fit stand in an extra field, in this order and only those (4.5.3). */
static void wide_read(struct span extra, struct zip_entry *entry)
{
    uint64_t *const numbers[] = {&entry->len, &entry->packed_len, &entry->off};
    struct reader r = reader_at(extra, 0);
    while (!r.bad && r.off + 4 <= extra.len) {
        unsigned id = reader_u16(&r), len = reader_u16(&r);
        struct reader field = reader_at(reader_span(&r, len), 0);
        for (size_t i = 0; id == EXTRA_WIDE && i < 3; i++) {
            if (*numbers[i] == 0xffffffff)
                *numbers[i] = reader_u64(&field);
        }
    }
}

bool vpi_zip_next(struct span *rest, struct zip_entry *ret)
{
    struct zip_entry entry = {.method = 0};
    struct reader r = reader_at(*rest, 8);
    if (!has_magic(*rest, 0, "PK\1\2"))
        return false;
    entry.flags = reader_u16(&r);
    entry.method = reader_u16(&r);
    reader_skip(&r, 8);
    entry.packed_len = reader_u32(&r);
    entry.len = reader_u32(&r);
    unsigned name_len = reader_u16(&r), extra_len = reader_u16(&r), comment_len = reader_u16(&r);
    reader_skip(&r, 8);
    entry.off = reader_u32(&r);
    entry.name = reader_span(&r, name_len);
    wide_read(reader_span(&r, extra_len), &entry);
    reader_skip(&r, comment_len);
    if (r.bad)
        return false;
    entry.row = span_first(*rest, r.off);
    *rest = span_from(*rest, r.off);
    *ret = entry;
    return true;
}

bool vpi_zip_find(const struct zip *zip, const char *name, struct zip_entry *ret)
{
    struct span rest = zip->directory, wanted = span_text(name);
    struct zip_entry entry;
    while (vpi_zip_next(&rest, &entry)) {
        if (span_equal(entry.name, wanted)) {
            *ret = entry;
            return true;
        }
    }
    return false;
}

bool vpi_zip_data(const struct zip *zip, const struct zip_entry *entry, uint64_t *ret_off)
{
    uint8_t local[LOCAL];
    if (!vpi_source_copy(zip->src, entry->off, local, LOCAL) ||
        !has_magic(span_of(local, LOCAL), 0, "PK\3\4"))
        return false;
    struct reader r = reader_at(span_of(local, LOCAL), 26);
    uint64_t name_len = reader_u16(&r), extra_len = reader_u16(&r);
    *ret_off = entry->off + LOCAL + name_len + extra_len;
    return true;
}

bool vpi_zip_content(const struct zip *zip, const struct zip_entry *entry, uint64_t most,
                     struct span *ret)
{
    struct span packed;
    uint64_t off;
    size_t len;
    if (entry->len > most || entry->packed_len > most) {
        vpi_image_gap(zip->image, VP_GAP_COUNT_LIMIT, "a part of the package");
        return false;
    }
    if (!vpi_zip_data(zip, entry, &off) ||
        !vpi_source_get(zip->src, off, entry->packed_len, &packed))
        return false;
    if (entry->method == STORED) {
        *ret = packed;
        return entry->len == entry->packed_len;
    }
    uint8_t *to = vpi_arena_bytes(zip->image->arena, (size_t)entry->len + 1);
    /* Room for one more, to see that it isn't there. */
    if (!to || entry->method != DEFLATED ||
        !vpi_inflate(zip->image->arena, INFLATE_RAW, packed, to, (size_t)entry->len + 1, &len))
        return false;
    *ret = span_of(to, len);
    return len == entry->len;
}
