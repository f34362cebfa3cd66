/* group_driver.c - driver packages: an INF, the catalogs that it names and its files
 *
 * Of the files in folders with an INF, and one below, the paths are kept while the scan gives its
 * results; when it is over, what each INF names is looked for among them, without case.
 */
#include "scan/group.h"

#include <stdlib.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool vpi_is_inf_name(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && path[len - 4] == '.' && lower(path[len - 3]) == 'i' &&
           lower(path[len - 2]) == 'n' && lower(path[len - 1]) == 'f';
}

static void keep_path(struct driver_files *drivers, const char *path)
{
    size_t capacity;
    if (drivers->count >= GROUP_PATHS_MOST)
        return;
    char **grown =
        vpi_group_grow(drivers->paths, drivers->count, drivers->capacity, sizeof *grown, &capacity);
    if (!grown)
        return;
    drivers->paths = grown;
    drivers->capacity = capacity;
    grown[drivers->count] = strdup(path);
    drivers->count += grown[drivers->count] != NULL;
}

static void add_member(struct groups *groups, struct group *group, enum vp_group_role role,
                       const char *name)
{
    struct group_member *member = vpi_group_add(groups, group, role, name, NULL);
    for (char *c = member ? member->name : NULL; c && *c; c++) {
        if (*c == '\\')
            *c = '/';
    }
}

/* A file that stands in several sections of an INF is one. */
static bool is_known(const struct group *group, const char *text)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const char *a = group->members[i].name, *b = text;
        while (*a && lower(*a) == lower(*b == '\\' ? '/' : *b)) {
            a++;
            b++;
        }
        if (!*a && !*b)
            return true;
    }
    return false;
}

static void add_features(struct groups *groups, struct group *group, const struct vp_result *result)
{
    unsigned provider = vp_kind_from_name("company-name");
    unsigned version = vp_kind_from_name("product-version");
    unsigned catalog = vp_kind_from_name("inf-catalog"), file = vp_kind_from_name("inf-file");
    struct vp_feature f = {.size = sizeof f};
    for (uint32_t i = 0; vp_result_feature(result, i, &f) == VP_OK && f.object == 0; i++) {
        if (f.kind == provider)
            vpi_group_text(&group->provider, f.text);
        else if (f.kind == version)
            vpi_group_text(&group->version, f.text);
        else if ((f.kind == catalog || f.kind == file) && !is_known(group, f.text))
            add_member(groups, group, f.kind == file ? VP_GROUP_ROLE_FILE : VP_GROUP_ROLE_CATALOG,
                       f.text);
    }
}

static void add_group(struct groups *groups, const char *path, const struct vp_result *result)
{
    struct group *group = vpi_group_new(groups, VP_GROUP_TYPE_DRIVER_PACKAGE, path, strlen(path));
    const char *slash = strrchr(path, '/');
    if (!group)
        return;
    add_member(groups, group, VP_GROUP_ROLE_INF, slash ? slash + 1 : path);
    add_features(groups, group, result);
}

void vpi_drivers_see(struct groups *groups, const char *path, const struct vp_result *result)
{
    struct vp_object object = {.size = sizeof object};
    keep_path(&groups->drivers, path);
    if (result && vp_result_object(result, 0, &object) == VP_OK && object.format == VP_FORMAT_INF)
        add_group(groups, path, result);
}

static int compare(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)lower(*a) - (unsigned char)lower(*b);
}

/* Paths that differ in case alone come in byte order, so that answers repeat. */
static int compare_paths(const void *left, const void *right)
{
    const char *a = *(char *const *)left, *b = *(char *const *)right;
    int order = compare(a, b);
    return order ? order : strcmp(a, b);
}

static const char *find(const struct driver_files *drivers, const char *path)
{
    size_t low = 0, high = drivers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(drivers->paths[middle], path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < drivers->count && compare(drivers->paths[low], path) == 0;
    return found ? drivers->paths[low] : NULL;
}

static void resolve(const struct driver_files *drivers, struct group *group)
{
    const char *slash = strrchr(group->path, '/');
    size_t folder = slash ? (size_t)(slash - group->path) + 1 : 0;
    for (uint32_t i = 0; i < group->count; i++) {
        struct group_member *member = &group->members[i];
        size_t len = strlen(member->name) + 1;
        char *path = malloc(folder + len);
        if (!path)
            return;
        memcpy(path, group->path, folder);
        memcpy(path + folder, member->name, len);
        member->path = member->role == VP_GROUP_ROLE_INF ? group->path : find(drivers, path);
        free(path);
    }
}

void vpi_drivers_resolve(struct groups *groups)
{
    struct driver_files *drivers = &groups->drivers;
    if (drivers->count)
        qsort(drivers->paths, drivers->count, sizeof *drivers->paths, compare_paths);
    for (uint32_t i = 0; i < groups->count; i++) {
        if (groups->items[i].type == VP_GROUP_TYPE_DRIVER_PACKAGE)
            resolve(drivers, &groups->items[i]);
    }
}

void vpi_drivers_free(struct driver_files *drivers)
{
    for (size_t i = 0; i < drivers->count; i++)
        free(drivers->paths[i]);
    free(drivers->paths);
}
