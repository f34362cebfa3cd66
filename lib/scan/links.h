/* links.h - files with several names, and the result of the first */
#ifndef VPI_SCAN_LINKS_H
#define VPI_SCAN_LINKS_H

#include "scan/walk.h"
#include "vendorprint/vendorprint.h"

/* One file.  `done`, `error` and `result` are set when its first name was examined. */
struct link_file {
    struct link_file *next;
    uint64_t device, inode;
    uint64_t unseen;  /* names that the walk has still to meet, or that lie elsewhere */
    uint64_t waiting; /* names that it met and the caller hasn't got */
    bool done;
    struct vp_error error;
    struct vp_result *result; /* referenced */
};

/* The result of each open file is kept, so there is a bound on them: names that lie outside of the
 * paths, as in a set of snapshots, never come. */
enum { LINK_CHAINS = 1024, LINKS_OPEN_MOST = 4096 };

struct link_table {
    struct link_file *chains[LINK_CHAINS];
    size_t open; /* files with names unseen */
};

/* The file behind an open one with several names: NULL when too many are open, then the name is
 * examined as if it were the only one.  *ret_new tells whether this is its first name.  False: no
 * memory. */
bool vpi_link_find(struct link_table *table, const struct walk_file *opened,
                   struct link_file **ret_file, bool *ret_new);

/* One of its names was given to the caller; after the last, the file is forgotten. */
void vpi_link_given(struct link_table *table, struct link_file *file);

void vpi_links_free(struct link_table *table);

#endif
