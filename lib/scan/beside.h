/* beside.h - catalogs in the folder of the files that a thread examines, and in the one above */
#ifndef VPI_SCAN_BESIDE_H
#define VPI_SCAN_BESIDE_H

#include <stdbool.h>

#include "vendorprint/vendorprint.h"

enum { BESIDE_FOLDERS = 32, BESIDE_PLACES = 2 };

struct beside_folder {
    char *path;
    struct vp_catalogs *catalogs; /* or NULL */
    uint64_t used;                /* when it was, for who has to go */
};

/* The folders that were looked at last, so that a walk that comes back to one doesn't read it
 * again.  One for each thread; zeroed at first. */
struct beside {
    struct beside_folder folders[BESIDE_FOLDERS];
    uint64_t clock;
    struct vp_catalogs *now[BESIDE_PLACES]; /* in which the session looks */
    size_t count;
};

/* Whether the name at the end of a path ends with ".cat". */
bool vpi_is_catalog_name(const char *path);

/* Makes the session look into the catalogs beside the file; `some` says that there may be any. */
void vpi_beside_set(struct beside *beside, struct vp_session *session, const char *path, bool some);
/* Makes the key of an answer one of an answer with what the session looks into. */
void vpi_beside_key(const struct beside *beside, struct vp_key *key);
void vpi_beside_done(struct beside *beside);

#endif
