/* read_csv.h - tables of the text set whose columns have types */
#ifndef VPI_SET_READ_CSV_H
#define VPI_SET_READ_CSV_H

#include "set/csv.h"
#include "set/fields.h"

struct csv_column {
    const char *name;
    enum field_type type;
    bool required;
    const char *const *words;
};

/* A table that is read: rows whose fields have their types are given to `take`. */
struct csv_table {
    struct vp_set *set;
    const char *file;
    const struct csv_column *columns;
    unsigned count, fewest; /* 0, or else the last ones may be missing from the header */
    void (*take)(struct vp_set *set, const char *file, const struct csv_row *row);
    bool header, refused; /* the header was read; it isn't that of such a table */
};

struct place vpi_csv_place(const char *file, const struct csv_field *field);

/* Reads the whole lines of `csv`, the header first.  `row` NULL: fields live in the set's arena;
 * else in this one, until the next row.  False: nothing more is to be read. */
bool vpi_csv_lines(struct csv_table *table, struct csv *csv, struct arena *row);

/* After the last line. */
void vpi_csv_end(struct csv_table *table);

/* All of a table in memory. */
void vpi_csv_read(struct vp_set *set, const char *file, struct span text,
                  const struct csv_column *columns, unsigned count,
                  void (*take)(struct vp_set *set, const char *file, const struct csv_row *row));

#endif
