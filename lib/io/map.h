/* map.h - a whole trusted-enough file as one span: mapped, or read into memory
 *
 * For the database only: subject files are never mapped, one that shrinks would raise SIGBUS.
 */
#ifndef VPI_IO_MAP_H
#define VPI_IO_MAP_H

#include "base/arena.h"
#include "base/error.h"

enum map_how {
    MAP_AUTO = 0, /* mapped unless others than the owner and this user may write to it */
    MAP_COPY = 1,
    MAP_MAP = 2
};

struct map {
    struct span bytes;
    void *base; /* the mapped file; NULL: the bytes are in `copy` or in the arena */
    void *copy; /* a large copy has memory of its own, in huge pages where the system has them */
    size_t copy_len;
};

/* Looks at the first bytes before anything is mapped or read; false refuses, with `err` filled. */
struct map_check {
    bool (*accept)(struct span head, uint64_t file_size, struct vp_error *err);
    size_t head_len;
};

/* Maps the regular file at `path` (links are followed), or copies it to memory; what the copy takes
 * is counted against the limit of `arena`. */
enum vp_status vpi_map_open(struct map *map, const char *path, enum map_how how,
                            const struct map_check *check, struct arena *arena,
                            struct vp_error *err);
void vpi_map_done(struct map *map);

/* The variable `name`, unless this process has more rights than who started it. */
const char *vpi_map_environment(const char *name);

#endif
