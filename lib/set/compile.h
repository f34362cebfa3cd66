/* compile.h - a set without errors to the bytes of a database, in memory or in a file */
#ifndef VPI_SET_COMPILE_H
#define VPI_SET_COMPILE_H

#include "set/model.h"

enum vp_status vpi_set_compile(struct vp_set *set, struct span *ret, struct vp_error *err);
enum vp_status vpi_set_write(struct vp_set *set, const char *path, struct vp_error *err);

#endif
