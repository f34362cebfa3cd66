/* spool.h - bytes written once and read several times: in memory, or in a file that nobody sees
 *
 * The file is removed as soon as it is open.  Errors stick: see `failed`.
 */
#ifndef VPI_SET_SPOOL_H
#define VPI_SET_SPOOL_H

#include <stdio.h>

#include "base/error.h"
#include "base/span.h"

/* A file is written in large pieces: in those of stdio's 4 KiB the system takes four times as long.
 */
enum { SPOOL_BUFFER = 256 << 10 };

struct spool {
    FILE *file;    /* NULL: in memory */
    uint8_t *data; /* in memory all of it, else what was not written to the file yet */
    size_t capacity, buffered;
    uint64_t len;
    bool failed;
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
