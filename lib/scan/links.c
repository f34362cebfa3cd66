/* links.c - files with several names, and the result of the first */
#include "scan/links.h"

#include <stdlib.h>

static struct link_file **chain_of(struct link_table *table, uint64_t device, uint64_t inode)
{
    return &table->chains[(inode ^ device) % LINK_CHAINS];
}

bool vpi_link_find(struct link_table *table, const struct walk_file *opened,
                   struct link_file **ret_file, bool *ret_new)
{
    struct link_file **chain = chain_of(table, opened->device, opened->inode);
    struct link_file *file = *chain;
    while (file && (file->inode != opened->inode || file->device != opened->device))
        file = file->next;
    *ret_file = file;
    *ret_new = !file;
    if (file) {
        file->waiting++;
        if (file->unseen && --file->unseen == 0)
            table->open--;
        return true;
    }
    if (table->open == LINKS_OPEN_MOST)
        return true;
    file = calloc(1, sizeof *file);
    if (!file)
        return false;
    file->device = opened->device;
    file->inode = opened->inode;
    file->unseen = opened->links - 1;
    file->waiting = 1;
    file->next = *chain;
    *chain = file;
    table->open++;
    *ret_file = file;
    return true;
}

void vpi_link_given(struct link_table *table, struct link_file *file)
{
    if (--file->waiting > 0 || file->unseen > 0)
        return;
    struct link_file **at = chain_of(table, file->device, file->inode);
    while (*at != file)
        at = &(*at)->next;
    *at = file->next;
    vp_result_unref(file->result);
    free(file);
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
