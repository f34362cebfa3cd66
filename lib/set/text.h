/* text.h - YAML to a small tree (the only file that knows the YAML reader is text.c)
 *
 * A subset: block and flow maps, lists and scalars, in one document.  Aliases, anchors, tags and
 * further documents are refused, so a tree is never larger than its text.  Every scalar is text.
 */
#ifndef VPI_SET_TEXT_H
#define VPI_SET_TEXT_H

#include "base/arena.h"

enum {
    TEXT_BYTES_MOST = 4 << 20,
    TEXT_DEPTH_MOST = 16,
    TEXT_NODES_MOST = 200000,
    TEXT_FIELDS_MOST = 256, /* of one map */
    TEXT_SCALAR_MOST = 4096 /* bytes; what a database can hold */
};

enum node_type { NODE_SCALAR = 1, NODE_LIST = 2, NODE_MAP = 3 };

struct node {
    enum node_type type;
    uint32_t line, column; /* from 1 */
    struct span text;      /* of a scalar: UTF-8 without control characters, NUL-terminated */
    struct span key;       /* in a map */
    uint32_t key_line, key_column;
    struct node *parent, *first, *last, *next;
    uint32_t count; /* of children */
};

struct text_problem {
    uint32_t line, column; /* 0: the whole file */
    char text[160];
};

/* False: `problem` says why, or arena->failed. */
bool vpi_text_read(struct arena *arena, struct span bytes, const struct node **ret_root,
                   struct text_problem *problem);

/* A field of a map, or NULL. */
const struct node *vpi_node_field(const struct node *map, const char *name);

#endif
