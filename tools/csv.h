/* csv.h - CSV (RFC 4180), written and read */
#ifndef TOOLS_CSV_H
#define TOOLS_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Fields are quoted where they must be; lines end with a line feed.  Onto a terminal, control
 * characters are escaped as in text; into a file or pipe every byte goes as it is. */
struct csv {
    FILE *stream;
    bool terminal;
    bool comma;
};

void csv_init(struct csv *csv, FILE *stream);
void csv_text(struct csv *csv, const char *text);
/* Bytes that should be UTF-8 but needn't: what isn't becomes U+FFFD. */
void csv_bytes(struct csv *csv, const char *bytes, size_t len);
/* Base64 of the bytes where csv_bytes would lose something, else empty. */
void csv_base64(struct csv *csv, const char *bytes, size_t len);
void csv_unsigned(struct csv *csv, uint64_t value); /* VP_NONE: empty */
void csv_hex(struct csv *csv, const void *bytes, size_t len);
void csv_end(struct csv *csv);
/* A row of plain words separated by commas. */
void csv_header(struct csv *csv, const char *columns);

/* Reads lines and records of a stream.  A line or record longer than CSV_RECORD bytes is read to
 * its end and marked. */
enum { CSV_RECORD = 1 << 16, CSV_FIELDS = 256 };

struct csv_reader {
    FILE *stream;
    uint64_t line;            /* where the present record begins, from 1 */
    uint64_t next;            /* line feeds read so far, + 1 */
    bool too_long;            /* the record was cut */
    size_t len;               /* of a line */
    char *buffer;             /* CSV_RECORD + 1 bytes, the caller's */
    unsigned count;           /* fields of a record; those beyond CSV_FIELDS are dropped */
    size_t field[CSV_FIELDS]; /* offsets in buffer, NUL-terminated */
};

/* The next line without its end; false at the end of the stream. */
bool csv_read_line(struct csv_reader *reader);
/* Splits the line just read into fields, in place. */
void csv_split(struct csv_reader *reader);
/* The next record, which may go over several lines; false at the end of the stream. */
bool csv_read_record(struct csv_reader *reader);

#endif
