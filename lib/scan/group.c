/* group.c - files that are one thing: the groups of a scan, whatever their kind */
#include "scan/group.h"

#include <stdlib.h>
#include <string.h>

#include "scan/work.h"

void *vpi_group_grow(void *items, size_t count, size_t capacity, size_t len, size_t *ret_capacity)
{
    *ret_capacity = capacity;
    if (count < capacity)
        return items;
    *ret_capacity = capacity ? capacity * 2 : 16;
    return realloc(items, *ret_capacity * len);
}

struct group *vpi_group_new(struct groups *groups, enum vp_group_type type, const char *path,
                            size_t path_len)
{
    size_t capacity;
    if (groups->count >= GROUPS_MOST)
        return NULL;
    struct group *grown =
        vpi_group_grow(groups->items, groups->count, groups->capacity, sizeof *grown, &capacity);
    if (!grown)
        return NULL;
    groups->items = grown;
    groups->capacity = (uint32_t)capacity;
    struct group *group = &grown[groups->count];
    *group = (struct group){.type = type, .path = strndup(path, path_len)};
    if (!group->path)
        return NULL;
    groups->count++;
    return group;
}

struct group_member *vpi_group_add(struct groups *groups, struct group *group,
                                   enum vp_group_role role, const char *name, const char *path)
{
    size_t capacity;
    if (groups->member_count >= GROUP_MEMBERS_MOST)
        return NULL;
    struct group_member *grown =
        vpi_group_grow(group->members, group->count, group->capacity, sizeof *grown, &capacity);
    if (!grown)
        return NULL;
    group->members = grown;
    group->capacity = (uint32_t)capacity;
    struct group_member *member = &grown[group->count];
    *member = (struct group_member){.role = role, .name = strdup(name), .path = path};
    if (!member->name)
        return NULL;
    group->count++;
    groups->member_count++;
    return member;
}

void vpi_group_text(char **text, const char *value)
{
    if (!*text)
        *text = strdup(value);
}

void vpi_groups_see(struct groups *groups, const struct vp_scan_item *item, bool package)
{
    if (package)
        vpi_drivers_see(groups, item->path, item->result);
    vpi_bundles_see(groups, item);
}

void vpi_groups_resolve(struct groups *groups)
{
    if (groups->resolved)
        return;
    groups->resolved = true;
    vpi_drivers_resolve(groups);
    vpi_bundles_resolve(groups);
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
        free(group->identifier);
    }
    free(groups->items);
    vpi_drivers_free(&groups->drivers);
    vpi_bundles_free(&groups->bundles);
}

enum vp_status vp_scan_group(struct vp_scan *scan, uint32_t index, struct vp_group *ret_group)
{
    vpi_groups_resolve(&scan->groups);
    if (index >= scan->groups.count)
        return VP_E_NOT_FOUND;
    const struct group *from = &scan->groups.items[index];
    struct vp_group group = {.size = sizeof group,
                             .type = from->type,
                             .path = from->path,
                             .path_len = strlen(from->path),
                             .provider = from->provider ? from->provider : "",
                             .version = from->version ? from->version : "",
                             .members = from->count,
                             .identifier = from->identifier ? from->identifier : ""};
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
