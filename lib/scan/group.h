/* group.h - files that are one thing: driver packages
 *
 * Of the files in folders with an INF, and one below, the paths are kept while the scan gives its
 * results; when it is over, what each INF names is looked for among them, without case.
 */
#ifndef VPI_SCAN_GROUP_H
#define VPI_SCAN_GROUP_H

#include <stdbool.h>

#include "vendorprint/vendorprint.h"

enum { GROUPS_MOST = 1 << 16, GROUP_MEMBERS_MOST = 1 << 20, GROUP_PATHS_MOST = 1 << 20 };

struct group_member {
    enum vp_group_role role;
    char *name;       /* as the INF has it, with slashes */
    const char *path; /* one of the groups' paths, or NULL */
};

struct group {
    char *path, *provider, *version;
    struct group_member *members;
    uint32_t count, capacity;
};

/* Zeroed at first. */
struct groups {
    struct group *items;
    uint32_t count, capacity;
    char **paths;
    size_t path_count, path_capacity;
    size_t member_count;
    bool resolved;
};

/* Whether the name at the end of a path ends with ".inf". */
bool vpi_is_inf_name(const char *path);

/* Sees a file that the scan gives; `keep` says that it may belong to a group.  What there is no
 * room or memory for is in no group. */
void vpi_groups_see(struct groups *groups, const char *path, bool keep,
                    const struct vp_result *result);
/* After the last one. */
void vpi_groups_resolve(struct groups *groups);
void vpi_groups_free(struct groups *groups);

#endif
