/* csv.h - RFC 4180, one row at a time */
#ifndef VPI_SET_CSV_H
#define VPI_SET_CSV_H

#include "base/arena.h"

/* CSV_BYTES_MOST: of a file that is read at once. */
enum { CSV_FIELDS_MOST = 16, CSV_FIELD_BYTES_MOST = 4096, CSV_BYTES_MOST = 1 << 30 };

struct csv {
    struct span text;
    size_t off;
    uint32_t line; /* of the next row */
};

struct csv_field {
    struct span text; /* UTF-8 without control characters, NUL-terminated */
    uint32_t line, column;
};

struct csv_row {
    struct csv_field fields[CSV_FIELDS_MOST];
    unsigned count;
    uint32_t line;
};

enum csv_result { CSV_ROW = 1, CSV_END = 2, CSV_BAD = 3, CSV_MEMORY = 4 };

struct csv vpi_csv_begin(struct span text);

/* The next row; empty lines are skipped.  CSV_BAD: *ret_why is static text about the field
 * row->fields[row->count]; the reader has gone on to the next line. */
enum csv_result vpi_csv_next(struct csv *csv, struct arena *arena, struct csv_row *row,
                             const char **ret_why);

#endif
