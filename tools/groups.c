/* groups.c - the groups of a scan: driver packages */
#include "groups.h"

#include "terminal.h"

void groups_json(struct vp_scan *scan, struct json *json)
{
    struct vp_group group = {.size = sizeof group};
    struct vp_group_member member = {.size = sizeof member};
    json_array(json, "groups");
    for (uint32_t i = 0; vp_scan_group(scan, i, &group) == VP_OK; i++) {
        json_object(json, NULL);
        json_text(json, "type", vp_name(VP_NAMES_GROUP_TYPE, (unsigned)group.type));
        json_bytes(json, "path", group.path, group.path_len);
        json_text(json, "provider", group.provider);
        json_text(json, "version", group.version);
        json_array(json, "members");
        for (uint32_t k = 0; vp_scan_group_member(scan, i, k, &member) == VP_OK; k++) {
            json_object(json, NULL);
            json_text(json, "role", vp_name(VP_NAMES_GROUP_ROLE, (unsigned)member.role));
            json_text(json, "name", member.name);
            if (member.path_len > 0)
                json_bytes(json, "path", member.path, member.path_len);
            json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void show(struct vp_scan *scan, FILE *stream, uint32_t index, const struct vp_group *group)
{
    struct vp_group_member member = {.size = sizeof member};
    uint32_t there = 0;
    for (uint32_t k = 0; vp_scan_group_member(scan, index, k, &member) == VP_OK; k++)
        there += member.path_len > 0;
    fputs("  ", stream);
    terminal_path(stream, group->path, group->path_len);
    fputs(": ", stream);
    terminal_text(stream, group->provider);
    fputc(' ', stream);
    terminal_text(stream, group->version);
    fprintf(stream, ", %u of %u files\n", there, group->members);
}

void groups_text(struct vp_scan *scan, FILE *stream, bool all)
{
    struct vp_group group = {.size = sizeof group};
    uint32_t count = 0;
    while (vp_scan_group(scan, count, &group) == VP_OK)
        count++;
    if (count == 0)
        return;
    fprintf(stream, "%u driver packages%s\n", count, all ? ":" : "");
    for (uint32_t i = 0; all && vp_scan_group(scan, i, &group) == VP_OK; i++)
        show(scan, stream, i, &group);
}
