/* csv.c - CSV (RFC 4180), written and read */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "json.h"
#include "terminal.h"
#include "utf8.h"

void csv_init(struct csv *csv, FILE *stream)
{
    *csv = (struct csv){.stream = stream, .terminal = isatty(fileno(stream)) == 1};
}

static void begin(struct csv *csv)
{
    if (csv->comma)
        fputc(',', csv->stream);
    csv->comma = true;
}

static void write_quoted(struct csv *csv, const char *bytes, size_t len)
{
    fputc('"', csv->stream);
    size_t used;
    for (size_t i = 0; i < len; i += used) {
        uint32_t point = utf8_next(bytes + i, len - i, &used);
        if (point == UTF8_INVALID)
            fputs("\xef\xbf\xbd", csv->stream);
        else if (csv->terminal && utf8_is_control(point))
            terminal_path(csv->stream, bytes + i, used);
        else if (point == '"')
            fputs("\"\"", csv->stream);
        else
            fwrite(bytes + i, 1, used, csv->stream);
    }
    fputc('"', csv->stream);
}

void csv_bytes(struct csv *csv, const char *bytes, size_t len)
{
    begin(csv);
    bool plain = true;
    for (size_t i = 0; i < len && plain; i++) {
        unsigned char c = (unsigned char)bytes[i];
        plain = c > ' ' && c < 0x7f && c != '"' && c != ',';
    }
    if (plain)
        fwrite(bytes, 1, len, csv->stream);
    else
        write_quoted(csv, bytes, len);
}

void csv_text(struct csv *csv, const char *text)
{
    csv_bytes(csv, text, strlen(text));
}

void csv_base64(struct csv *csv, const char *bytes, size_t len)
{
    begin(csv);
    if (!utf8_valid(bytes, len))
        base64_write(csv->stream, bytes, len);
}

void csv_unsigned(struct csv *csv, uint64_t value)
{
    begin(csv);
    if (value != UINT64_MAX)
        fprintf(csv->stream, "%" PRIu64, value);
}

void csv_hex(struct csv *csv, const void *bytes, size_t len)
{
    begin(csv);
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        fprintf(csv->stream, "%02x", (unsigned)p[i]);
}

void csv_end(struct csv *csv)
{
    fputc('\n', csv->stream);
    csv->comma = false;
}

void csv_header(struct csv *csv, const char *columns)
{
    fputs(columns, csv->stream);
    fputc('\n', csv->stream);
}

static void keep(struct csv_reader *reader, int c)
{
    if (reader->len < CSV_RECORD)
        reader->buffer[reader->len++] = (char)c;
    else
        reader->too_long = true;
}

static void start(struct csv_reader *reader)
{
    if (reader->next == 0)
        reader->next = 1;
    reader->line = reader->next;
    reader->len = 0;
    reader->too_long = false;
}

bool csv_read_line(struct csv_reader *reader)
{
    start(reader);
    int c = getc_unlocked(reader->stream);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc_unlocked(reader->stream))
        keep(reader, c);
    reader->next++;
    if (reader->len > 0 && reader->buffer[reader->len - 1] == '\r')
        reader->len--;
    reader->buffer[reader->len] = '\0';
    return true;
}

enum csv_state { FIELD_START, PLAIN, QUOTED, QUOTE_SEEN };

/* A quote means something only at the start of a field and inside quotes: a stray one must not
 * swallow the rest of the stream. */
static enum csv_state step(enum csv_state state, int c)
{
    switch (state) {
    case QUOTED:
        return c == '"' ? QUOTE_SEEN : QUOTED;
    case PLAIN:
        return c == ',' ? FIELD_START : PLAIN;
    default:
        return c == '"' ? QUOTED : c == ',' ? FIELD_START : PLAIN;
    }
}

static void end_field(struct csv_reader *reader, size_t first)
{
    if (reader->count < CSV_FIELDS)
        reader->field[reader->count++] = first;
    reader->buffer[reader->len++] = '\0';
}

/* The fields go to the front of the buffer that they are read from.  They never overtake it: a
 * comma becomes a NUL, and the last NUL has the place of the line's own. */
void csv_split(struct csv_reader *reader)
{
    size_t len = reader->len, first = 0;
    enum csv_state state = FIELD_START;
    reader->len = 0;
    reader->count = 0;
    for (size_t i = 0; i < len; i++) {
        char c = reader->buffer[i];
        enum csv_state next = step(state, c);
        if (next == FIELD_START) {
            end_field(reader, first);
            first = reader->len;
        } else if (next != QUOTE_SEEN && !(next == QUOTED && state == FIELD_START)) {
            reader->buffer[reader->len++] = c;
        }
        state = next;
    }
    end_field(reader, first);
}

bool csv_read_record(struct csv_reader *reader)
{
    start(reader);
    int c = getc_unlocked(reader->stream);
    if (c == EOF)
        return false;
    enum csv_state state = FIELD_START;
    for (; c != EOF && (c != '\n' || state == QUOTED); c = getc_unlocked(reader->stream)) {
        state = step(state, c);
        reader->next += c == '\n';
        keep(reader, c);
    }
    reader->next++;
    if (state != QUOTED && reader->len > 0 && reader->buffer[reader->len - 1] == '\r')
        reader->len--;
    csv_split(reader);
    return true;
}
