/* write_anchors.c - the order of the rows of ANCH */
#include <stdlib.h>

#include "set/write.h"

/* A total order, so that equal sets give equal bytes whatever qsort does. */
static int compare_anchors(const void *left, const void *right)
{
    const struct trust_anchor *a = &((const struct write_anchor *)left)->row;
    const struct trust_anchor *b = &((const struct write_anchor *)right)->row;
    const uint64_t x[] = {a->distrusted, a->from, a->until, a->purposes};
    const uint64_t y[] = {b->distrusted, b->from, b->until, b->purposes};
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    if (a->algorithm != b->algorithm)
        return a->algorithm < b->algorithm ? -1 : 1;
    int order = memcmp(a->hash, b->hash, sizeof a->hash);
    for (size_t i = 0; !order && i < sizeof x / sizeof *x; i++)
        order = (x[i] > y[i]) - (x[i] < y[i]);
    if (!order)
        order = strcmp(a->name, b->name);
    const struct write_anchor *c = left, *d = right;
    if (!order)
        order = strcmp(c->source, d->source);
    return order ? order : strcmp(c->key ? c->key : "", d->key ? d->key : "");
}

size_t vpi_write_sort_anchors(struct write_anchor *rows, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(rows, count, sizeof *rows, compare_anchors);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_anchors(&rows[kept - 1], &rows[i]) != 0)
            rows[kept++] = rows[i];
    }
    return kept;
}
