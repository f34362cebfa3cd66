/* compound_tree.c - the directory as a tree ([MS-CFB] 2.6.4)
 *
 * Each storage names one of its entries, and these name each other as a red-black tree.  Signatures
 * cover a storage's entries in the order of the bytes of their names.  Nothing here recurses: what
 * is still to be looked at is in lists, and an entry that is met twice ends it.
 */
#include <stdlib.h>

#include "format/compound.h"

static int by_name(const void *left, const void *right)
{
    const struct compound_entry *a = *(const struct compound_entry *const *)left;
    const struct compound_entry *b = *(const struct compound_entry *const *)right;
    int order = span_compare(a->name, b->name);
    return order ? order : (a > b) - (a < b);
}

struct list {
    const struct compound_entry **items;
    size_t count, capacity;
};

static bool list_add(struct compound *c, struct list *list, uint32_t number, bool *seen)
{
    if (number == COMPOUND_NOBODY)
        return true;
    if (number >= c->entry_count || number == 0 || seen[number])
        return false;
    const struct compound_entry **grown =
        vpi_arena_grow(c->image->arena, list->items, list->count, &list->capacity, sizeof *grown);
    if (!grown)
        return false;
    seen[number] = true;
    list->items = grown;
    grown[list->count++] = &c->entries[number];
    return true;
}

bool vpi_compound_children(struct compound *c, const struct compound_entry *storage, bool *seen,
                           const struct compound_entry ***ret, size_t *ret_count)
{
    struct list list = {NULL, 0, 0};
    if (!list_add(c, &list, storage->child, seen))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct compound_entry *entry = list.items[i];
        if (!list_add(c, &list, entry->left, seen) || !list_add(c, &list, entry->right, seen))
            return false;
    }
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, by_name);
    *ret = list.items;
    *ret_count = list.count;
    return true;
}

struct level {
    const struct compound_entry *storage, **children;
    size_t count, next;
};

static bool enter(struct compound *c, const struct compound_entry *storage, bool *seen,
                  struct level *level)
{
    *level = (struct level){.storage = storage};
    return vpi_compound_children(c, storage, seen, &level->children, &level->count);
}

bool vpi_compound_walk(struct compound *c,
                       bool (*each)(void *context, const struct compound_entry *entry,
                                    unsigned depth, bool leaving),
                       void *context)
{
    struct level levels[COMPOUND_DEPTH_MOST];
    unsigned depth = 1;
    bool *seen = vpi_arena_array(c->image->arena, c->entry_count, sizeof *seen);
    if (!seen || !enter(c, &c->entries[0], seen, &levels[0]))
        return false;
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        if (level->next == level->count) {
            depth--;
            if (!each(context, level->storage, depth, true))
                return false;
            continue;
        }
        const struct compound_entry *entry = level->children[level->next++];
        if (!each(context, entry, depth, false))
            return false;
        if (entry->type != COMPOUND_STORAGE)
            continue;
        if (depth == COMPOUND_DEPTH_MOST || !enter(c, entry, seen, &levels[depth++]))
            return false;
    }
    return true;
}
