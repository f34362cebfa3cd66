/* load.h - reading a set with a cap on memory, for tests */
#ifndef VPI_SET_LOAD_H
#define VPI_SET_LOAD_H

#include "set/model.h"

/* An empty set; NULL: no memory.  `memory` caps its arena, 0: no cap. */
struct vp_set *vpi_set_new(size_t memory);

/* Reads one file of the set by its path inside it; what belongs to no room is an error. */
void vpi_set_read_file(struct vp_set *set, const char *relative, struct span bytes);

/* After the last file: ids, lint, order of the diagnostics. */
void vpi_set_finish(struct vp_set *set);

enum vp_status vpi_set_load(const char *folder, size_t memory, struct vp_set **ret_set,
                            struct vp_error *err);

#endif
