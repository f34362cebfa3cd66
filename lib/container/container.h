/* container.h - what is inside an object: the same interface for every kind of container
 *
 * A container lists its members one after the other and opens each as a source.  Nothing here goes
 * down into a member: lib/engine keeps the list of open containers, so no content makes it recurse.
 */
#ifndef VPI_CONTAINER_CONTAINER_H
#define VPI_CONTAINER_CONTAINER_H

#include "format/image.h"

struct member {
    struct span name;  /* bytes as the container has them, or empty; as long as the container */
    uint64_t off;      /* where it begins in the container's own bytes, or VP_NONE: it is packed */
    struct source src; /* its bytes; lives as long as the arena that `next` was given */
};

struct container_limits {
    uint64_t member_memory; /* bytes of one member that may be kept */
    uint64_t *expanded;     /* bytes that may still be taken out of containers; counted down */
};

struct container {
    const struct container_reader *reader;
    enum vp_format format; /* what the container itself is called: `open` sets it */
    struct source *src;    /* outlives the container */
    struct arena *arena;   /* as long as the container is open */
    struct image *image;   /* of the container: where notes and gaps go */
    struct span name;      /* of the container, or empty */
    struct container_limits limits;
    void *state; /* the reader's */
};

struct container_reader {
    /* Whether the first bytes look like it. */
    bool (*probe)(struct span head);
    /* False: it is none after all, or nothing in it is for us. */
    bool (*open)(struct container *c);
    /* The next member, whose source lives in `arena`; false: there are no more.  What can't be read
     * becomes a note or a gap of c->image. */
    bool (*next)(struct container *c, struct arena *arena, struct member *ret);
    /* Frees what the arena doesn't.  May be NULL. */
    void (*close)(struct container *c);
};

/* Tries the readers of list.h on the object that c->src and c->image describe; c->arena and
 * c->limits are set.  False: it is no container that we read. */
bool vpi_container_open(struct container *c, struct span head);
bool vpi_container_next(struct container *c, struct arena *arena, struct member *ret);
/* Closing one that isn't open is fine. */
void vpi_container_close(struct container *c);

#define CONTAINER(name) extern const struct container_reader vpi_container_##name;
#include "container/list.h"
#undef CONTAINER

#endif
