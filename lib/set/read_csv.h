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

struct place vpi_csv_place(const char *file, const struct csv_field *field);

/* Whether a row has the fields of a table, and each has its type; says what is wrong. */
bool vpi_csv_check(struct vp_set *set, const char *file, const struct csv_row *row,
                   const struct csv_column *columns, unsigned count);

/* Whether a row is the header of a table; says so if it isn't. */
bool vpi_csv_check_header(struct vp_set *set, const char *file, const struct csv_row *row,
                          const struct csv_column *columns, unsigned count);

/* All of a table in memory: gives each row whose fields have their types to `take`. */
void vpi_csv_read(struct vp_set *set, const char *file, struct span text,
                  const struct csv_column *columns, unsigned count,
                  void (*take)(struct vp_set *set, const char *file, const struct csv_row *row));

#endif
