/* compile.h - a set without errors to the bytes of a database */
#ifndef VPI_SET_COMPILE_H
#define VPI_SET_COMPILE_H

#include "set/model.h"

enum vp_status vpi_set_compile(struct vp_set *set, struct span *ret, struct vp_error *err);

#endif
