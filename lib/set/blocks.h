/* blocks.h - the lines of a file of any size, in blocks of whole lines */
#ifndef VPI_SET_BLOCKS_H
#define VPI_SET_BLOCKS_H

#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"

/* A line that is longer than a block is given cut, and what is left of it is skipped. */
enum { BLOCK_BYTES = 1 << 20 };

struct blocks {
    FILE *file; /* NULL: `bytes` */
    struct span bytes;
    uint8_t *buffer; /* of a file */
    size_t held, given;
    uint32_t line; /* of the next block's first one */
    bool cut, ended, failed;
};

struct block {
    struct span text;
    uint32_t line; /* from 1 */
};

/* `path` NULL: of `bytes`, which outlive it.  Nothing is left to free after a failure. */
enum vp_status vpi_blocks_open(struct blocks *blocks, const char *path, struct span bytes,
                               struct arena *arena, struct vp_error *err);
void vpi_blocks_close(struct blocks *blocks);

/* False at the end, or when the file can't be read: blocks->failed.  The text is valid until the
 * next call. */
bool vpi_blocks_next(struct blocks *blocks, struct block *ret);

#endif
