/* container.c - the first reader that knows the container */
#include "container/container.h"

bool vpi_container_open(struct container *c, struct span head)
{
    static const struct container_reader *const readers[] = {
#define CONTAINER(name) &vpi_container_##name,
#include "container/list.h"
#undef CONTAINER
    };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        c->reader = readers[i];
        if (c->reader->probe(head) && c->reader->open(c))
            return true;
    }
    c->reader = NULL;
    return false;
}

bool vpi_container_next(struct container *c, struct arena *arena, struct member *ret)
{
    return c->reader->next(c, arena, ret);
}

void vpi_container_close(struct container *c)
{
    if (c->reader && c->reader->close)
        c->reader->close(c);
    c->reader = NULL;
}
