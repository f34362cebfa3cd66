/* tree.c - an object and all that is inside it: a list of open containers, no recursion */
#include "engine/engine.h"

enum {
    DEPTH_MOST = 32,
    RESULT_RESERVE = 64 << 10 /* beyond the limit, for saying that it was reached */
};

struct tree {
    struct vp_session *session;
    struct vp_result *result;
    struct examination *open[DEPTH_MOST];  /* containers, the innermost last */
    struct examination *spare[DEPTH_MOST]; /* a container's last member: one is open at a time */
    uint32_t depth;
};

/* What the members of a container may still take of the memory limit. */
static size_t memory_left(const struct tree *tree)
{
    uint64_t used = 0, limit = tree->session->limits.memory;
    for (uint32_t i = 0; i < tree->depth; i++)
        used += tree->open[i]->arena.used;
    if (limit > SIZE_MAX)
        limit = SIZE_MAX;
    return used < limit ? (size_t)(limit - used) : 1;
}

static void done(struct examination *x)
{
    vpi_container_close(&x->container);
    x->result->bytes_read += x->src.bytes_read;
    if (x->parent != VP_NO_INDEX)
        vpi_arena_done(&x->arena); /* x lives in its container's arena */
}

/* Examines one object; a container stays open on the list.  False: no memory. */
static bool enter(struct tree *tree, struct examination *x)
{
    if (!vpi_object_examine(x)) {
        done(x);
        return false;
    }
    if (!x->container.reader) {
        done(x);
        return true;
    }
    uint32_t most = tree->session->limits.depth;
    if (tree->depth >= most || tree->depth == DEPTH_MOST) {
        bool said = vpi_result_gap(x->result, x->object, VP_GAP_DEPTH_LIMIT, "members");
        done(x);
        return said;
    }
    tree->spare[tree->depth] = NULL;
    tree->open[tree->depth++] = x;
    return true;
}

/* For a member of the innermost container: in its memory, one after the other at the same place, so
 * that a hundred thousand members cost no more than one.  NULL: no memory. */
static struct examination *examination_new(struct tree *tree, struct examination *c)
{
    struct examination **spare = &tree->spare[tree->depth - 1];
    struct examination *x = *spare ? *spare : vpi_arena_alloc(&c->arena, sizeof *x);
    if (!x)
        return NULL;
    *spare = x;
    *x =
        (struct examination){.session = tree->session, .result = tree->result, .parent = c->object};
    vpi_arena_init(&x->arena, memory_left(tree));
    return x;
}

/* The next member of the innermost container.  False: no memory. */
static bool next_member(struct tree *tree)
{
    struct examination *c = tree->open[tree->depth - 1];
    bool counted_out = tree->result->object_count > tree->session->limits.members;
    struct examination *x = counted_out ? NULL : examination_new(tree, c);
    struct member member;
    if (x) {
        if (vpi_container_next(&c->container, &x->arena, &member)) {
            x->src = member.src;
            x->src.stop = c->src.stop;
            x->src.stop_context = c->src.stop_context;
            x->name = member.name;
            x->off = member.off;
            if (vpi_object_notes(c))
                return enter(tree, x);
            done(x);
            return false;
        }
        vpi_arena_done(&x->arena);
    } else {
        vpi_image_gap(&c->image, counted_out ? VP_GAP_COUNT_LIMIT : VP_GAP_MEMORY_LIMIT, "members");
    }
    tree->depth--;
    bool said = vpi_object_notes(c);
    done(c);
    return said;
}

/* A result that has no room left is a result all the same, and says so.  False: there is none. */
static bool say_full(struct vp_result *result)
{
    if (result->object_count == 0 || !result->arena.failed)
        return false;
    result->arena.failed = false;
    if (result->arena.limit && result->arena.limit <= SIZE_MAX - RESULT_RESERVE)
        result->arena.limit += RESULT_RESERVE;
    return vpi_result_gap(result, 0, VP_GAP_MEMORY_LIMIT, "features, findings and members");
}

bool vpi_tree_examine(struct examination *top)
{
    struct tree tree = {.session = top->session, .result = top->result};
    bool good = enter(&tree, top);
    while (good && tree.depth)
        good = next_member(&tree);
    while (tree.depth)
        done(tree.open[--tree.depth]);
    return good || say_full(top->result);
}
