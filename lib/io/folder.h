/* folder.h - a folder's names, and writing a file so that nobody sees half of it
 *
 * For the text set and what is made from it.
 */
#ifndef VPI_IO_FOLDER_H
#define VPI_IO_FOLDER_H

#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"

enum { FOLDER_NAMES_MOST = 100000 };

/* The names in `path` that don't begin with a dot, sorted bytewise. */
enum vp_status vpi_folder_list(const char *path, struct arena *arena, const char ***ret_names,
                               size_t *ret_count, struct vp_error *err);

/* Like vpi_folder_list, but `path` itself is no link. */
enum vp_status vpi_folder_list_here(const char *path, struct arena *arena, const char ***ret_names,
                                    size_t *ret_count, struct vp_error *err);

/* Writes `bytes` beside `path`, then renames over it. */
enum vp_status vpi_file_replace(const char *path, struct span bytes, struct vp_error *err);

/* The same for what is written piece by piece: `stream` goes to a file beside `path`. */
struct file_new {
    FILE *stream;
    const char *path; /* the caller's */
    char *beside;     /* in the arena */
};
enum vp_status vpi_file_begin(struct file_new *file, const char *path, struct arena *arena,
                              struct vp_error *err);

/* Renames it over `path` if `status` is VP_OK, else removes it; returns `status`, or why not. */
enum vp_status vpi_file_end(struct file_new *file, enum vp_status status, struct vp_error *err);

#endif
