/* msi_table.c - texts of the tables Property and MsiPatchMetadata of a Windows Installer package
 *
 *     _StringPool   code page and a flag; for each string its length and how often it is used
 *     _StringData   the strings, one behind the other
 *     a table       its first column for all rows, then the second: numbers of strings
 *
 * As libmsi and Wine (dlls/msi/string.c, table.c) read them; Microsoft has not published it.
 */
#include "base/code_page.h"
#include "format/msi.h"

enum {
    POOL_MOST = 8 << 20,
    DATA_MOST = 32 << 20,
    TABLE_MOST = 4 << 20,
    ROWS_MOST = 65536,
    TEXT_MOST = 4096,
    TEXTS_MOST = 512,
    LONG_REFERENCES = 0x8000 /* numbers of strings take three bytes */
};

struct strings {
    struct arena *arena;
    struct span data;
    struct span *items; /* by their number; 0 is none */
    size_t count;
    unsigned code_page, reference_len;
};

static bool stream_bytes(struct compound *c, const char *name, uint64_t most, struct span *ret)
{
    const struct compound_entry *entry = vpi_msi_stream(c, name);
    return entry && vpi_compound_bytes(c, entry, most, ret);
}

/* A length of 0 with a use is the upper half of the next row's length. */
static bool strings_read(struct compound *c, struct strings *s)
{
    struct span pool;
    uint64_t low, high, off = 0;
    if (!stream_bytes(c, "!_StringPool", POOL_MOST, &pool) ||
        !stream_bytes(c, "!_StringData", DATA_MOST, &s->data))
        return false;
    s->arena = c->image->arena;
    s->items = vpi_arena_array(s->arena, pool.len / 4 + 1, sizeof *s->items);
    if (!s->items) {
        vpi_image_gap(c->image, VP_GAP_MEMORY_LIMIT, "strings of an installer");
        return false;
    }
    struct reader r = reader_at(pool, 0);
    low = reader_u16(&r);
    high = reader_u16(&r);
    s->code_page = (unsigned)(low | (high & 0x7fff) << 16);
    s->reference_len = high & LONG_REFERENCES ? 3 : 2;
    for (s->count = 1; r.off + 4 <= pool.len; s->count++) {
        uint64_t len = reader_u16(&r), uses = reader_u16(&r);
        if (len == 0 && uses != 0) {
            len = uses << 16 | reader_u16(&r);
            reader_skip(&r, 2);
        }
        if (!span_sub(s->data, off, len, &s->items[s->count])) {
            vpi_image_note(c->image, VP_NOTE_MALFORMED, VP_NONE, "strings of an installer");
            return false;
        }
        off += len;
    }
    return true;
}

static struct span string_at(const struct strings *s, struct span table, uint64_t off)
{
    uint64_t number;
    if (!span_uint(table, off, s->reference_len, &number) || number >= s->count)
        return span_of(NULL, 0);
    return s->items[number];
}

static bool is_text(struct span name)
{
    static const char *const wanted[] = {
        "Manufacturer", "ProductName", "ProductVersion", "ProductCode", "UpgradeCode",
        /* of a patch */
        "ManufacturerName", "TargetProductName", "DisplayName", "Description", "MoreInfoURL"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (span_equal(name, span_text(wanted[i])))
            return true;
    }
    return name.len > 3 && name.len <= 64 && memcmp(name.data, "ARP", 3) == 0;
}

static void text_add(struct compound *c, const struct strings *s, struct span name,
                     struct span value)
{
    struct span utf8;
    unsigned page = s->code_page ? s->code_page : CODE_PAGE_WESTERN;
    const char *field = vpi_arena_text(s->arena, name);
    if (!field || !vpi_code_page_text(s->arena, page, span_first(value, TEXT_MOST), &utf8))
        return;
    struct image_text *text = vpi_image_text(c->image);
    if (text)
        *text = (struct image_text){.group = TEXT_MSI,
                                    .field = field,
                                    .utf8 = utf8,
                                    .off = VP_NONE,
                                    .len = VP_NONE,
                                    .code_page = (uint16_t)page};
}

/* The rows of a table whose `columns` are all strings, with a name and a value among them. */
static void table_read(struct compound *c, const struct strings *s, const char *stream,
                       unsigned columns, unsigned name_column)
{
    struct span table;
    size_t taken = 0;
    if (!stream_bytes(c, stream, TABLE_MOST, &table))
        return;
    uint64_t rows = table.len / (columns * s->reference_len);
    if (rows > ROWS_MOST)
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "rows of a table");
    uint64_t column = rows * s->reference_len;
    for (uint64_t i = 0; i < rows && i < ROWS_MOST && taken < TEXTS_MOST; i++) {
        uint64_t off = name_column * column + i * s->reference_len;
        struct span name = string_at(s, table, off), value = string_at(s, table, off + column);
        if (!is_text(name) || value.len == 0)
            continue;
        text_add(c, s, name, value);
        taken++;
    }
}

void vpi_msi_properties(struct compound *c)
{
    struct strings strings = {.count = 0};
    if (!strings_read(c, &strings))
        return;
    table_read(c, &strings, "!Property", 2, 0);
    table_read(c, &strings, "!MsiPatchMetadata", 3, 1);
}
