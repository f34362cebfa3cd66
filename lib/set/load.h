/* load.h - reading a set, and for tests: with a cap on memory, and from memory */
#ifndef VPI_SET_LOAD_H
#define VPI_SET_LOAD_H

#include "set/model.h"

/* An empty set; NULL: no memory.  `memory` caps its arena, 0: no cap. */
struct vp_set *vpi_set_new(size_t memory);

/* Reads one file of the set by its path inside it; what belongs to no room is an error.  Of tables
 * of keys the bytes outlive vpi_set_finish, which reads them. */
void vpi_set_read_file(struct vp_set *set, const char *relative, struct span bytes);

/* After the last file: ids, tables of keys, lint, order of the diagnostics.  set->status and
 * set->arena.failed say whether it could be done. */
void vpi_set_finish(struct vp_set *set);

/* The set of all files in these folders. */
enum vp_status vpi_set_load(const char *const *folders, size_t count,
                            const struct build_options *options, struct vp_set **ret_set,
                            struct vp_error *err);

#endif
