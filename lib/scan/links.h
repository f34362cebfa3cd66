/* links.h - files with several names, and the result of the first */
#ifndef VPI_SCAN_LINKS_H
#define VPI_SCAN_LINKS_H

#include "scan/walk.h"
#include "vendorprint/vendorprint.h"

/* One file.  `done` and `result` are set when its first name was examined. */
struct link_file {
    struct link_file *next;
    uint64_t device, inode;
    uint64_t left; /* names that are still to come */
    bool done;
    enum vp_status status;
    struct vp_error error;
    struct vp_result *result; /* referenced */
};

enum { LINK_CHAINS = 1024 };

struct link_table {
    struct link_file *chains[LINK_CHAINS];
};

/* The file behind an open one with several names; *ret_new tells whether this is its first name.
 * NULL: no memory. */
struct link_file *vpi_link_find(struct link_table *table, const struct walk_file *opened,
                                bool *ret_new);
void vpi_links_free(struct link_table *table);

#endif
