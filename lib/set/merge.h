/* merge.h - one database of several compiled ones */
#ifndef VPI_SET_MERGE_H
#define VPI_SET_MERGE_H

#include "db/database.h"
#include "set/build.h"

struct merge {
    struct arena arena;
    size_t count;
    struct vp_db **dbs;
    struct vpi_build *build;
    struct write_content content;
    uint32_t **subjects; /* by database and row: the new row */
    uint32_t *gates;     /* by row of the database that is being read: their numbers in the build */
    uint64_t records_left; /* that its keys may have */
};

/* For merge.c: policies with their rules, calibrations and anchors, after the subjects. */
enum vp_status vpi_merge_rows(struct merge *m, struct vp_error *err);

/* Writes the file `path`; VP_E_SET: they contradict each other. */
enum vp_status vpi_merge(const char *const *paths, size_t count, const char *path,
                         const struct build_options *options, struct vp_error *err);

#endif
