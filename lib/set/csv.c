/* csv.c - RFC 4180, one row at a time; lines end in LF or CR LF */
#include "set/csv.h"

#include "base/text.h"

struct csv vpi_csv_begin(struct span text)
{
    struct csv csv = {.text = text, .line = 1};
    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        csv.off = 3;
    return csv;
}

/* The byte at `off`, or -1 at the end. */
static int byte_at(const struct csv *csv, size_t off)
{
    return off < csv->text.len ? csv->text.data[off] : -1;
}

/* Length of a line end at `off`, or 0. */
static size_t line_end(const struct csv *csv, size_t off)
{
    if (byte_at(csv, off) == '\n')
        return 1;
    return byte_at(csv, off) == '\r' && byte_at(csv, off + 1) == '\n' ? 2 : 0;
}

static void skip_line(struct csv *csv)
{
    struct span rest = span_from(csv->text, csv->off);
    const uint8_t *end = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;
    csv->off = end ? csv->off + (size_t)(end - rest.data) + 1 : csv->text.len;
    csv->line++;
}

/* The raw bytes of a field at csv->off, which moves behind it; a quoted one without its quotes. */
static bool scan_field(struct csv *csv, struct span *ret, bool *ret_quoted, const char **ret_why)
{
    size_t start = csv->off;
    *ret_quoted = byte_at(csv, start) == '"';
    if (!*ret_quoted) {
        int c;
        while ((c = byte_at(csv, csv->off)) != -1 && c != ',' && !line_end(csv, csv->off)) {
            *ret_why = "a quote inside an unquoted field";
            if (c == '"')
                return false;
            csv->off++;
        }
        *ret = span_of(csv->text.data + start, csv->off - start);
        return true;
    }
    *ret_why = "a quoted field does not end in its line";
    for (csv->off++;; csv->off++) {
        int c = byte_at(csv, csv->off);
        if (c == -1 || c == '\n')
            return false;
        if (c != '"')
            continue;
        if (byte_at(csv, csv->off + 1) != '"')
            break;
        csv->off++;
    }
    *ret = span_of(csv->text.data + start + 1, csv->off - start - 1);
    csv->off++;
    *ret_why = "something after the quote that ends a field";
    int after = byte_at(csv, csv->off);
    return after == -1 || after == ',' || line_end(csv, csv->off);
}

static enum csv_result copy_field(struct arena *arena, struct span raw, bool quoted,
                                  struct csv_field *field, const char **ret_why)
{
    *ret_why = "a field is too long";
    if (raw.len > CSV_FIELD_BYTES_MOST)
        return CSV_BAD;
    char *text = vpi_arena_text(arena, raw);
    if (!text)
        return CSV_MEMORY;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        text[len++] = (char)raw.data[i];
        if (quoted && raw.data[i] == '"')
            i++; /* a doubled quote */
    }
    text[len] = 0;
    field->text = span_of(text, len);
    *ret_why = "not UTF-8, or a control character";
    return vpi_text_clean(field->text) ? CSV_ROW : CSV_BAD;
}

static enum csv_result read_row(struct csv *csv, struct arena *arena, struct csv_row *row,
                                size_t start, const char **ret_why)
{
    for (;;) {
        struct csv_field *field = &row->fields[row->count];
        struct span raw = {NULL, 0};
        bool quoted;
        field->line = csv->line;
        field->column = (uint32_t)(csv->off - start) + 1;
        if (!scan_field(csv, &raw, &quoted, ret_why))
            return CSV_BAD;
        enum csv_result result = copy_field(arena, raw, quoted, field, ret_why);
        if (result != CSV_ROW)
            return result;
        if (byte_at(csv, csv->off) != ',') {
            row->count++;
            return CSV_ROW;
        }
        *ret_why = "too many fields";
        if (row->count + 1 == CSV_FIELDS_MOST)
            return CSV_BAD;
        row->count++;
        csv->off++;
    }
}

enum csv_result vpi_csv_next(struct csv *csv, struct arena *arena, struct csv_row *row,
                             const char **ret_why)
{
    size_t blank;
    while ((blank = line_end(csv, csv->off)) > 0) {
        csv->off += blank;
        csv->line++;
    }
    if (csv->off >= csv->text.len)
        return CSV_END;
    row->count = 0;
    row->line = csv->line;
    enum csv_result result = read_row(csv, arena, row, csv->off, ret_why);
    if (result != CSV_MEMORY)
        skip_line(csv);
    return result;
}
