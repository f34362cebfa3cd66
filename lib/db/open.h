/* open.h - opening with a cap on memory, for tests */
#ifndef VPI_DB_OPEN_H
#define VPI_DB_OPEN_H

#include "db/database.h"

/* Opens `path`, or `bytes` (copied) if it is NULL; `memory` caps what is allocated, 0: no cap. */
enum vp_status vpi_db_open(const char *path, struct span bytes,
                           const struct vp_db_options *caller_options, size_t memory,
                           struct vp_db **ret_db, struct vp_error *err);

#endif
