/* lookup_read.c - values from standard input: lines, or CSV with a header */
#include <stdlib.h>
#include <string.h>

#include "lookup.h"
#include "terminal.h"

/* A line of a table without a header that we know: its fields that look like digests are values.
 * As one long text it would be missed, and nobody would notice. */
static bool add_fields(struct lookup *lookup, const char *line, size_t len, uint64_t number)
{
    static const char separators[] = ",;\t\"";
    bool found = false;
    size_t end;
    for (size_t i = 0; i < len; i = end + 1) {
        end = i + strcspn(line + i, separators);
        /* Without a separator it's the value itself, or text with one in it. */
        if ((i == 0 && end == len) || !value_looks_like_digest(line + i, end - i))
            continue;
        lookup_add(lookup, 0, line + i, end - i, NULL, number);
        found = true;
    }
    return found;
}

static void add_line(struct lookup *lookup, const char *line, size_t len, uint64_t number)
{
    size_t name, digits = value_sum_line(line, len, &name);
    if (len == 0 || line[0] == '#')
        return;
    if (memchr(line, '\0', len) != NULL) {
        lookup->values++;
        lookup_invalid(lookup, number, "a NUL byte");
    } else if (digits > 0) {
        lookup_add(lookup, 0, line, digits, line + name, number);
    } else if (!add_fields(lookup, line, len, number)) {
        lookup_add(lookup, 0, line, len, NULL, number);
    }
}

/* What the columns of a CSV mean. */
struct columns {
    unsigned kind[CSV_FIELDS]; /* of a column of digests; 0: none */
    unsigned count;
    unsigned kind_column, value_column; /* CSV_FIELDS: none */
};

/* Lists of digests have columns such as "FileName" and "Comments", which aren't asked about. */
static unsigned digest_named(const struct lookup *lookup, const char *name)
{
    unsigned kind = value_kind_named(&lookup->kinds, name, strlen(name));
    return value_kind_is_digest(&lookup->kinds, kind) ? kind : 0;
}

/* Our own names first, then those of public lists. */
static const char *const kind_names[] = {"kind", "hash_type", "algorithm", NULL};
static const char *const value_names[] = {"value", "hash", "digest", "checksum", NULL};

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* Whether the line just read, split into fields, is a header. */
static bool read_header(const struct lookup *lookup, const struct csv_reader *reader,
                        struct columns *columns)
{
    unsigned digests = 0;
    *columns = (struct columns){
        .count = reader->count, .kind_column = CSV_FIELDS, .value_column = CSV_FIELDS};
    for (unsigned i = 0; i < reader->count; i++) {
        const char *name = reader->buffer + reader->field[i];
        if (is_one_of(name, kind_names))
            columns->kind_column = i;
        else if (is_one_of(name, value_names))
            columns->value_column = i;
        else
            columns->kind[i] = digest_named(lookup, name);
        digests += columns->kind[i] != 0;
    }
    if (columns->value_column != CSV_FIELDS) {
        /* Other columns then describe the value: "file-version" is no second one. */
        memset(columns->kind, 0, sizeof columns->kind);
        return columns->kind_column != CSV_FIELDS || reader->count > 1;
    }
    return digests > 0;
}

static void add_record(struct lookup *lookup, const struct csv_reader *reader,
                       const struct columns *columns)
{
    unsigned fixed = 0;
    if (columns->kind_column < reader->count) {
        const char *name = reader->buffer + reader->field[columns->kind_column];
        fixed = value_kind_named(&lookup->kinds, name, strlen(name));
        if (fixed == 0 && name[0] != '\0') {
            lookup->values++;
            lookup_invalid(lookup, reader->line, "no such kind");
            return;
        }
    }
    for (unsigned i = 0; i < reader->count && i < columns->count; i++) {
        const char *text = reader->buffer + reader->field[i];
        unsigned kind = i == columns->value_column ? fixed : columns->kind[i];
        if (text[0] != '\0' && (i == columns->value_column || kind != 0))
            lookup_add(lookup, kind, text, strlen(text), NULL, reader->line);
    }
}

static bool is_good(struct lookup *lookup, const struct csv_reader *reader)
{
    if (!reader->too_long)
        return true;
    lookup->values++;
    lookup_invalid(lookup, reader->line, "longer than 65536 bytes");
    return false;
}

static void read_stream(struct lookup *lookup, FILE *stream, struct csv_reader *reader)
{
    struct columns columns;
    reader->stream = stream;
    if (!csv_read_line(reader))
        return;
    /* A byte order mark is how some spreadsheets begin a CSV. */
    if (reader->len >= 3 && memcmp(reader->buffer, "\xef\xbb\xbf", 3) == 0) {
        reader->len -= 3;
        memmove(reader->buffer, reader->buffer + 3, reader->len + 1);
    }
    char *first = malloc(reader->len + 1);
    if (first == NULL) {
        complain("out of memory");
        lookup->failed = true;
        return;
    }
    size_t first_len = reader->len;
    memcpy(first, reader->buffer, first_len + 1);
    csv_split(reader);
    bool is_csv = !reader->too_long && read_header(lookup, reader, &columns);
    if (!is_csv && is_good(lookup, reader))
        add_line(lookup, first, first_len, reader->line);
    free(first);
    while (!lookup->stopped && (is_csv ? csv_read_record(reader) : csv_read_line(reader))) {
        if (!is_good(lookup, reader))
            continue;
        if (is_csv)
            add_record(lookup, reader, &columns);
        else
            add_line(lookup, reader->buffer, reader->len, reader->line);
    }
}

void lookup_read_stdin(struct lookup *lookup)
{
    struct csv_reader reader = {.buffer = malloc(CSV_RECORD + 1)};
    lookup->from_stdin = true;
    if (reader.buffer == NULL) {
        complain("out of memory");
        lookup->failed = true;
        return;
    }
    read_stream(lookup, stdin, &reader);
    if (ferror(stdin)) {
        complain("reading standard input failed");
        lookup->failed = true;
    }
    free(reader.buffer);
}
