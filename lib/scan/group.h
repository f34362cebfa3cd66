/* group.h - files that are one thing
 *
 * Each kind of group remembers what it needs of the files while the scan gives its results; when it
 * is over, it makes its groups of that (group_driver.c, group_bundle.c).  What there is no room or
 * memory for is in no group.
 */
#ifndef VPI_SCAN_GROUP_H
#define VPI_SCAN_GROUP_H

#include <stdbool.h>

#include "vendorprint/vendorprint.h"

enum { GROUPS_MOST = 1 << 16, GROUP_MEMBERS_MOST = 1 << 20, GROUP_PATHS_MOST = 1 << 20 };

struct group_member {
    enum vp_group_role role;
    char *name;       /* below the group's folder, with slashes */
    const char *path; /* one that its kind remembers, or NULL */
};

struct group {
    enum vp_group_type type;
    char *path, *provider, *version, *identifier;
    struct group_member *members;
    uint32_t count, capacity;
};

/* Of the files in folders with an INF, and one below. */
struct driver_files {
    char **paths;
    size_t count, capacity;
};

/* A file that tells of a bundle, or may lie in one. */
struct bundle_part {
    char *path;
    enum vp_group_role role;
    size_t root_len; /* of the bundle's folder in the path; 0: not known from this file alone */
    /* Of a main executable: the Info.plist that names it, and what that says. */
    char *info, *identifier, *version;
};

struct bundle_parts {
    struct bundle_part *items;
    size_t count, capacity;
};

/* Zeroed at first. */
struct groups {
    struct group *items;
    uint32_t count, capacity;
    size_t member_count;
    bool resolved;
    struct driver_files drivers;
    struct bundle_parts bundles;
};

/* Sees what the scan gives; `package` says that it may belong to a driver package. */
void vpi_groups_see(struct groups *groups, const struct vp_scan_item *item, bool package);
/* After the last one. */
void vpi_groups_resolve(struct groups *groups);
void vpi_groups_free(struct groups *groups);

/* ---- for each kind of group */

/* Room for one more, or NULL. */
void *vpi_group_grow(void *items, size_t count, size_t capacity, size_t len, size_t *ret_capacity);

/* A new group, or NULL.  `path_len` bytes of `path` are copied. */
struct group *vpi_group_new(struct groups *groups, enum vp_group_type type, const char *path,
                            size_t path_len);

/* A new member, or NULL.  `name` is copied, `path` is not. */
struct group_member *vpi_group_add(struct groups *groups, struct group *group,
                                   enum vp_group_role role, const char *name, const char *path);

/* Sets a text of a group that has none yet. */
void vpi_group_text(char **text, const char *value);

/* ---- group_driver.c */

/* Whether the name at the end of a path ends with ".inf". */
bool vpi_is_inf_name(const char *path);

void vpi_drivers_see(struct groups *groups, const char *path, const struct vp_result *result);
void vpi_drivers_resolve(struct groups *groups);
void vpi_drivers_free(struct driver_files *drivers);

/* ---- group_bundle.c */

void vpi_bundles_see(struct groups *groups, const struct vp_scan_item *item);
void vpi_bundles_resolve(struct groups *groups);
void vpi_bundles_free(struct bundle_parts *parts);

#endif
