/* groups.c - the groups of a scan: driver packages and bundles */
#include "groups.h"

#include <string.h>

#include "terminal.h"

static void write_members(struct vp_scan *scan, struct json *json, uint32_t index)
{
    struct vp_group_member member = {.size = sizeof member};
    json_array(json, "members");
    for (uint32_t k = 0; vp_scan_group_member(scan, index, k, &member) == VP_OK; k++) {
        json_object(json, NULL);
        json_text(json, "role", vp_name(VP_NAMES_GROUP_ROLE, (unsigned)member.role));
        json_bytes(json, "name", member.name, strlen(member.name));
        if (member.path_len > 0)
            json_bytes(json, "path", member.path, member.path_len);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_group(struct vp_scan *scan, struct json *json, const char *key, uint32_t index,
                        const struct vp_group *group)
{
    json_object(json, key);
    json_text(json, "type", vp_name(VP_NAMES_GROUP_TYPE, (unsigned)group->type));
    json_bytes(json, "path", group->path, group->path_len);
    json_text(json, "provider", group->provider);
    if (group->type == VP_GROUP_TYPE_BUNDLE)
        json_text(json, "identifier", group->identifier);
    json_text(json, "version", group->version);
    write_members(scan, json, index);
    json_object_end(json);
}

void groups_json(struct vp_scan *scan, struct json *json)
{
    struct vp_group group = {.size = sizeof group};
    json_array(json, "groups");
    for (uint32_t i = 0; vp_scan_group(scan, i, &group) == VP_OK; i++)
        write_group(scan, json, NULL, i, &group);
    json_array_end(json);
}

void groups_ndjson(struct vp_scan *scan, struct output *output)
{
    struct vp_group group = {.size = sizeof group};
    bool go_on = true;
    for (uint32_t i = 0; go_on && vp_scan_group(scan, i, &group) == VP_OK; i++) {
        output_begin_result(output);
        write_group(scan, &output->json, "group", i, &group);
        go_on = output_end_result(output);
    }
}

static void show_driver(struct vp_scan *scan, FILE *stream, uint32_t index,
                        const struct vp_group *group)
{
    struct vp_group_member member = {.size = sizeof member};
    uint32_t there = 0;
    for (uint32_t k = 0; vp_scan_group_member(scan, index, k, &member) == VP_OK; k++)
        there += member.path_len > 0;
    terminal_text(stream, group->provider);
    fputc(' ', stream);
    terminal_text(stream, group->version);
    fprintf(stream, ", %u of %u files\n", there, group->members);
}

static void show_bundle(struct vp_scan *scan, FILE *stream, uint32_t index,
                        const struct vp_group *group)
{
    struct vp_group_member member = {.size = sizeof member};
    uint32_t executables = 0, bundles = 0;
    bool runs = false;
    for (uint32_t k = 0; vp_scan_group_member(scan, index, k, &member) == VP_OK; k++) {
        runs |= member.role == VP_GROUP_ROLE_MAIN_EXECUTABLE;
        executables += member.role == VP_GROUP_ROLE_EXECUTABLE;
        bundles += member.role == VP_GROUP_ROLE_BUNDLE;
    }
    terminal_text(stream, group->identifier);
    fputs(group->identifier[0] && group->version[0] ? " " : "", stream);
    terminal_text(stream, group->version);
    fputs(group->identifier[0] || group->version[0] ? ", " : "", stream);
    fprintf(stream, "%s, %u other executables, %u bundles in it\n",
            runs ? "a main executable" : "no main executable", executables, bundles);
}

/* How many groups of a type there are, and with `all` each of them. */
static void show_type(struct vp_scan *scan, FILE *stream, bool all, enum vp_group_type type,
                      const char *words)
{
    struct vp_group group = {.size = sizeof group};
    uint32_t count = 0;
    for (uint32_t i = 0; vp_scan_group(scan, i, &group) == VP_OK; i++)
        count += group.type == type;
    if (count == 0)
        return;
    fprintf(stream, "%u %s%s\n", count, words, all ? ":" : "");
    for (uint32_t i = 0; all && vp_scan_group(scan, i, &group) == VP_OK; i++) {
        if (group.type != type)
            continue;
        fputs("  ", stream);
        terminal_path(stream, group.path, group.path_len);
        fputs(": ", stream);
        if (type == VP_GROUP_TYPE_BUNDLE)
            show_bundle(scan, stream, i, &group);
        else
            show_driver(scan, stream, i, &group);
    }
}

void groups_text(struct vp_scan *scan, FILE *stream, bool all)
{
    show_type(scan, stream, all, VP_GROUP_TYPE_DRIVER_PACKAGE, "driver packages");
    show_type(scan, stream, all, VP_GROUP_TYPE_BUNDLE, "bundles");
}
