/* group.c - files that are one thing: driver packages */
#include "scan/group.h"

#include <stdlib.h>
#include <string.h>

#include "scan/work.h"

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

/* Room for one more, or NULL. */
static void *grow(void *items, size_t count, size_t capacity, size_t len, size_t *ret_capacity)
{
    *ret_capacity = capacity;
    if (count < capacity)
        return items;
    *ret_capacity = capacity ? capacity * 2 : 16;
    return realloc(items, *ret_capacity * len);
}

static void keep_path(struct groups *groups, const char *path)
{
    size_t capacity;
    if (groups->path_count >= GROUP_PATHS_MOST)
        return;
    char **grown =
        grow(groups->paths, groups->path_count, groups->path_capacity, sizeof *grown, &capacity);
    if (!grown)
        return;
    groups->paths = grown;
    groups->path_capacity = capacity;
    grown[groups->path_count] = strdup(path);
    groups->path_count += grown[groups->path_count] != NULL;
}

static void add_member(struct groups *groups, struct group *group, enum vp_group_role role,
                       const char *name)
{
    size_t capacity;
    if (groups->member_count >= GROUP_MEMBERS_MOST)
        return;
    struct group_member *grown =
        grow(group->members, group->count, group->capacity, sizeof *grown, &capacity);
    if (!grown)
        return;
    group->members = grown;
    group->capacity = (uint32_t)capacity;
    struct group_member *member = &grown[group->count];
    *member = (struct group_member){.role = role, .name = strdup(name)};
    if (!member->name)
        return;
    for (char *c = member->name; *c; c++) {
        if (*c == '\\')
            *c = '/';
    }
    group->count++;
    groups->member_count++;
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

static void set_once(char **text, const char *value)
{
    if (!*text)
        *text = strdup(value);
}

static void add_features(struct groups *groups, struct group *group, const struct vp_result *result)
{
    unsigned provider = vp_kind_from_name("company-name");
    unsigned version = vp_kind_from_name("product-version");
    unsigned catalog = vp_kind_from_name("inf-catalog"), file = vp_kind_from_name("inf-file");
    struct vp_feature f = {.size = sizeof f};
    for (uint32_t i = 0; vp_result_feature(result, i, &f) == VP_OK && f.object == 0; i++) {
        if (f.kind == provider)
            set_once(&group->provider, f.text);
        else if (f.kind == version)
            set_once(&group->version, f.text);
        else if ((f.kind == catalog || f.kind == file) && !is_known(group, f.text))
            add_member(groups, group, f.kind == file ? VP_GROUP_ROLE_FILE : VP_GROUP_ROLE_CATALOG,
                       f.text);
    }
}

static void add_group(struct groups *groups, const char *path, const struct vp_result *result)
{
    size_t capacity;
    if (groups->count >= GROUPS_MOST)
        return;
    struct group *grown =
        grow(groups->items, groups->count, groups->capacity, sizeof *grown, &capacity);
    if (!grown)
        return;
    groups->items = grown;
    groups->capacity = (uint32_t)capacity;
    struct group *group = &grown[groups->count];
    *group = (struct group){.path = strdup(path)};
    if (!group->path)
        return;
    groups->count++;
    const char *slash = strrchr(path, '/');
    add_member(groups, group, VP_GROUP_ROLE_INF, slash ? slash + 1 : path);
    add_features(groups, group, result);
}

void vpi_groups_see(struct groups *groups, const char *path, bool keep,
                    const struct vp_result *result)
{
    struct vp_object object = {.size = sizeof object};
    if (!keep)
        return;
    keep_path(groups, path);
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

static const char *find(const struct groups *groups, const char *path)
{
    size_t low = 0, high = groups->path_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(groups->paths[middle], path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < groups->path_count && compare(groups->paths[low], path) == 0;
    return found ? groups->paths[low] : NULL;
}

static void resolve(struct groups *groups, struct group *group)
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
        member->path = member->role == VP_GROUP_ROLE_INF ? group->path : find(groups, path);
        free(path);
    }
}

void vpi_groups_resolve(struct groups *groups)
{
    if (groups->resolved)
        return;
    groups->resolved = true;
    if (groups->path_count)
        qsort(groups->paths, groups->path_count, sizeof *groups->paths, compare_paths);
    for (uint32_t i = 0; i < groups->count; i++)
        resolve(groups, &groups->items[i]);
}

void vpi_groups_free(struct groups *groups)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        struct group *group = &groups->items[i];
        for (uint32_t k = 0; k < group->count; k++)
            free(group->members[k].name);
        free(group->members);
        free(group->path);
        free(group->provider);
        free(group->version);
    }
    for (size_t i = 0; i < groups->path_count; i++)
        free(groups->paths[i]);
    free(groups->items);
    free(groups->paths);
}

enum vp_status vp_scan_group(struct vp_scan *scan, uint32_t index, struct vp_group *ret_group)
{
    vpi_groups_resolve(&scan->groups);
    if (index >= scan->groups.count)
        return VP_E_NOT_FOUND;
    const struct group *from = &scan->groups.items[index];
    struct vp_group group = {.size = sizeof group,
                             .type = VP_GROUP_TYPE_DRIVER_PACKAGE,
                             .path = from->path,
                             .path_len = strlen(from->path),
                             .provider = from->provider ? from->provider : "",
                             .version = from->version ? from->version : "",
                             .members = from->count};
    size_t size = ret_group->size < sizeof group ? ret_group->size : sizeof group;
    memcpy((char *)ret_group + sizeof size, (const char *)&group + sizeof size, size - sizeof size);
    return VP_OK;
}

enum vp_status vp_scan_group_member(struct vp_scan *scan, uint32_t group, uint32_t index,
                                    struct vp_group_member *ret_member)
{
    vpi_groups_resolve(&scan->groups);
    if (group >= scan->groups.count || index >= scan->groups.items[group].count)
        return VP_E_NOT_FOUND;
    const struct group_member *from = &scan->groups.items[group].members[index];
    struct vp_group_member member = {.size = sizeof member,
                                     .role = from->role,
                                     .name = from->name,
                                     .path = from->path ? from->path : "",
                                     .path_len = from->path ? strlen(from->path) : 0};
    size_t size = ret_member->size < sizeof member ? ret_member->size : sizeof member;
    memcpy((char *)ret_member + sizeof size, (const char *)&member + sizeof size,
           size - sizeof size);
    return VP_OK;
}
