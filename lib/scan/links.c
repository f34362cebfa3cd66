/* links.c - files with several names, and the result of the first */
#include "scan/links.h"

#include <stdlib.h>

struct link_file *vpi_link_find(struct link_table *table, const struct walk_file *opened,
                                bool *ret_new)
{
    struct link_file **chain = &table->chains[(opened->inode ^ opened->device) % LINK_CHAINS];
    for (struct link_file *file = *chain; file; file = file->next) {
        if (file->inode == opened->inode && file->device == opened->device) {
            *ret_new = false;
            return file;
        }
    }
    struct link_file *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    file->device = opened->device;
    file->inode = opened->inode;
    file->left = opened->links;
    file->next = *chain;
    *chain = file;
    *ret_new = true;
    return file;
}

void vpi_links_free(struct link_table *table)
{
    for (size_t i = 0; i < LINK_CHAINS; i++) {
        while (table->chains[i]) {
            struct link_file *next = table->chains[i]->next;
            vp_result_unref(table->chains[i]->result);
            free(table->chains[i]);
            table->chains[i] = next;
        }
    }
}
