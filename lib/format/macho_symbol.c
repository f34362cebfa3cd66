/* macho_symbol.c - the symbol table: undefined and defined external symbols
 *
 *     row:   offset of the name | type, 1 byte | section, 1 | description, 2 | value, 4 or 8
 *     type:  stab, 3 bits | private external | kind, 3 | external
 *
 * Linkers sort the table into local, defined and undefined symbols and say so in LC_DYSYMTAB; when
 * these three make up the table, the local ones are passed over, which are most.
 */
#include "format/macho.h"

enum {
    N_STAB = 0xe0,
    N_PRIVATE = 0x10,
    N_TYPE = 0x0e,
    N_EXTERNAL = 0x01,
    ROWS_MOST = 1 << 20,
    ROWS_AT_ONCE = 4096,
    NAME_MOST = 64 << 10,
    NAMES_MOST = 32 << 20 /* bytes of all names: they may overlap */
};

struct names {
    uint64_t off, len; /* of the string table, as far as it is there */
    uint64_t left;
};

enum name_found { NAME_NONE, NAME_FOUND, NAME_FAILED };

/* A NUL ends a name; one that the table's end cuts off is none, and one too long for us is a
 * failure. */
static enum name_found name_get(struct macho *m, struct names *names, uint64_t at, struct span *ret)
{
    static const uint64_t tries[] = {256, 4096, NAME_MOST};
    if (at == 0 || at >= names->len)
        return NAME_NONE;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        uint64_t len = names->len - at < tries[i] ? names->len - at : tries[i];
        struct span bytes;
        if (len > names->left) {
            vpi_image_gap(m->image, VP_GAP_COUNT_LIMIT, "names of symbols");
            return NAME_FAILED;
        }
        if (!vpi_source_get(m->src, names->off + at, len, &bytes)) {
            vpi_image_short(m->image, m->src, names->off + at, "names of symbols");
            return NAME_FAILED;
        }
        const uint8_t *end = memchr(bytes.data, 0, bytes.len);
        names->left -= end ? (uint64_t)(end - bytes.data) : len;
        if (end) {
            *ret = span_of(bytes.data, (size_t)(end - bytes.data));
            return ret->len > 0 ? NAME_FOUND : NAME_NONE;
        }
        if (len < tries[i])
            return NAME_NONE;
    }
    vpi_image_gap(m->image, VP_GAP_COUNT_LIMIT, "names of symbols");
    return NAME_FAILED;
}

static void partial(struct macho *m)
{
    m->image->imports_partial = m->image->exports_partial = true;
}

/* False: no more can be read. */
static bool symbol_read(struct macho *m, struct names *names, uint64_t name_off, unsigned type)
{
    struct span name;
    if (type & N_STAB || !(type & N_EXTERNAL))
        return true;
    bool import = (type & N_TYPE) == 0;
    if (!import && type & N_PRIVATE)
        return true;
    enum name_found found = name_get(m, names, name_off, &name);
    if (found == NAME_NONE)
        return true;
    if (found == NAME_FAILED) {
        partial(m);
        return false;
    }
    if (import) {
        struct image_import *row = m->image->imports_partial ? NULL : vpi_image_import(m->image);
        if (row)
            row->name = name;
        else
            m->image->imports_partial = true;
    } else {
        struct image_export *row = m->image->exports_partial ? NULL : vpi_image_export(m->image);
        if (row)
            row->name = name;
        else
            m->image->exports_partial = true;
    }
    return !m->image->imports_partial || !m->image->exports_partial;
}

/* False: no more can be read. */
static bool rows_read(struct macho *m, struct names *names, struct macho_rows rows)
{
    size_t row_len = m->wide ? 16 : 12;
    for (uint64_t done = 0; done < rows.count;) {
        struct span bytes;
        uint64_t count = rows.count - done < ROWS_AT_ONCE ? rows.count - done : ROWS_AT_ONCE;
        uint64_t off = m->symbols_off + (rows.first + done) * row_len;
        if (!vpi_source_get_some(m->src, off, count * row_len, &bytes)) {
            vpi_image_short(m->image, m->src, off, "symbols");
            partial(m);
            return false;
        }
        for (uint64_t i = 0; i < count; i++) {
            struct reader r = macho_reader(m, bytes, i * row_len);
            uint32_t name_off = reader_u32(&r);
            uint8_t type = reader_u8(&r);
            reader_skip(&r, row_len - 5);
            if (r.bad) {
                partial(m); /* noted: the table reaches beyond the end */
                return false;
            }
            if (!symbol_read(m, names, name_off, type))
                return false;
        }
        done += count;
    }
    return true;
}

static bool is_sorted(const struct macho *m)
{
    return m->has_rows && m->local_rows.first == 0 && m->export_rows.first == m->local_rows.count &&
           m->import_rows.first == (uint64_t)m->local_rows.count + m->export_rows.count &&
           m->symbol_count == (uint64_t)m->import_rows.first + m->import_rows.count;
}

void vpi_macho_symbols_read(struct macho *m)
{
    if (!m->has_symbols)
        return;
    struct macho_rows rows = {0, m->symbol_count};
    struct names names = {.off = m->strings_off, .left = NAMES_MOST};
    vpi_macho_cover(m, m->symbols_off, (uint64_t)m->symbol_count * (m->wide ? 16 : 12));
    names.len = vpi_macho_cover(m, m->strings_off, m->strings_len);
    if (is_sorted(m)) {
        rows.first = m->export_rows.first;
        rows.count = m->export_rows.count + m->import_rows.count;
    }
    if (rows.count > ROWS_MOST) {
        vpi_image_gap(m->image, VP_GAP_COUNT_LIMIT, "symbols");
        partial(m);
        return;
    }
    /* Undefined ones first: their hash is what people publish, and there are fewer. */
    if (is_sorted(m)) {
        (void)(rows_read(m, &names, m->import_rows) && rows_read(m, &names, m->export_rows));
        return;
    }
    rows_read(m, &names, rows);
}
