/* spool.h - bytes written once and read several times: in memory, or in a file that nobody sees
 *
 * The file is removed as soon as it is open.  Errors stick: see `failed`.
 */
#ifndef VPI_SET_SPOOL_H
#define VPI_SET_SPOOL_H

#include <stdio.h>

#include "base/error.h"
#include "base/span.h"

struct spool {
    FILE *file; /* NULL: in memory */
    uint8_t *data;
    size_t capacity;
    uint64_t len;
    bool failed;
    bool was_read; /* since the last write: a stream wants to be told */
};

/* `beside` NULL: in memory; empty: where the system keeps temporary files; else beside that path,
 * under a name made of `name`. */
enum vp_status vpi_spool_init(struct spool *spool, const char *beside, const char *name,
                              struct vp_error *err);
void vpi_spool_done(struct spool *spool);

void vpi_spool_write(struct spool *spool, const void *bytes, size_t len);

/* `len` bytes from `off`; false beyond the end, or when the file can't be read. */
bool vpi_spool_read(struct spool *spool, uint64_t off, void *ret, size_t len);

#endif
