/* load.c - the files of a set, in an order that no file system decides */
#include "set/load.h"

#include "base/text.h"
#include "io/folder.h"
#include "io/map.h"
#include "set/csv.h"

struct vp_set *vpi_set_new(size_t memory)
{
    struct arena arena;
    vpi_arena_init(&arena, memory);
    struct vp_set *set = vpi_arena_alloc(&arena, sizeof *set);
    if (!set) {
        vpi_arena_done(&arena);
        return NULL;
    }
    set->arena = arena;
    set->folder = "";
    return set;
}

void vp_set_free(struct vp_set *set)
{
    if (!set)
        return;
    vpi_build_free(set->build);
    vpi_crypto_free(set->crypto);
    struct arena arena = set->arena; /* the set lives in it */
    vpi_arena_done(&arena);
}

/* What stands between `before` and `after`, copied; NULL: `path` is not like that. */
static const char *middle(struct vp_set *set, const char *path, const char *before,
                          const char *after)
{
    size_t len = strlen(path), head = strlen(before), tail = strlen(after);
    if (len <= head + tail || memcmp(path, before, head) != 0 ||
        memcmp(path + len - tail, after, tail) != 0)
        return NULL;
    return vpi_arena_text(&set->arena, span_of(path + head, len - head - tail));
}

/* One canonical phrase a line; empty lines and # comments are skipped. */
static void read_common(struct vp_set *set, struct span bytes)
{
    for (size_t off = 0; off < bytes.len;) {
        struct span line = span_from(bytes, off);
        const uint8_t *end = memchr(line.data, '\n', line.len);
        line.len = end ? (size_t)(end - line.data) : line.len;
        off += line.len + 1;
        struct span text;
        if (line.len == 0 || line.data[0] == '#' || !vpi_canonical_text(&set->arena, line, &text) ||
            text.len == 0)
            continue;
        const char *copy = vpi_arena_text(&set->arena, text);
        const char **to = vpi_set_add(set, common);
        if (!copy || !to)
            return;
        *to = copy;
    }
}

/* A table of keys, to be read when everything that its rows name is known. */
static void add_table(struct vp_set *set, const char *file, const char *path, struct span bytes,
                      bool hashes)
{
    struct set_table *table = vpi_set_add(set, tables);
    if (table)
        *table = (struct set_table){file, path, bytes, hashes};
}

static void read_yaml(struct vp_set *set, const char *file, const char *relative, struct span bytes)
{
    const char *id;
    const struct node *root;
    struct text_problem problem;
    if (!vpi_text_read(&set->arena, bytes, &root, &problem)) {
        struct place place = {file, problem.line, problem.column};
        if (!set->arena.failed)
            vpi_set_say(set, VP_SEVERITY_ERROR, place, "%s", problem.text);
        return;
    }
    if (strcmp(relative, "set.yaml") == 0)
        vpi_set_read_head(set, file, root);
    else if (strcmp(relative, "gates.yaml") == 0)
        vpi_set_read_gates(set, file, root);
    else if ((id = middle(set, relative, "vendors/", ".yaml")))
        vpi_set_read_subject(set, file, id, false, root);
    else if ((id = middle(set, relative, "products/", ".yaml")))
        vpi_set_read_subject(set, file, id, true, root);
    else if ((id = middle(set, relative, "policies/", ".yaml")))
        vpi_set_read_policy(set, file, id, root);
}

void vpi_set_read_file(struct vp_set *set, const char *relative, struct span bytes)
{
    const char *file = *set->folder ? vpi_arena_printf(&set->arena, "%s/%s", set->folder, relative)
                                    : vpi_arena_text(&set->arena, span_text(relative));
    if (!file)
        return;
    if (strcmp(relative, "calibration.csv") == 0)
        vpi_set_read_calibration(set, file, bytes);
    else if (strcmp(relative, "common-phrases.txt") == 0)
        read_common(set, bytes);
    else if (middle(set, relative, "hashes/", ".csv"))
        add_table(set, file, NULL, bytes, true);
    else if (middle(set, relative, "keys/", ".csv"))
        add_table(set, file, NULL, bytes, false);
    else if (middle(set, relative, "vendors/", ".csv"))
        vpi_set_read_stubs(set, file, bytes);
    else if (middle(set, relative, "products/", ".csv"))
        vpi_set_read_products(set, file, bytes);
    else if (middle(set, relative, "anchors/", ".csv"))
        vpi_set_read_anchors(set, file, bytes);
    else if (middle(set, relative, "public-keys/", ".csv"))
        vpi_set_read_public_keys(set, file, bytes);
    else
        read_yaml(set, file, relative, bytes);
}

static void begin_build(struct vp_set *set)
{
    set->status = vpi_build_new(&set->build_options, &set->arena, &set->build, &set->failure);
    for (size_t i = 0; i < set->keys_count && set->status == VP_OK; i++)
        vpi_set_gather_key(set, &set->keys[i]);
}

void vpi_set_finish(struct vp_set *set)
{
    if (!set->date) {
        struct place place = {*set->folder ? set->folder : "set.yaml", 0, 0};
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "no set.yaml that says serial and date");
    }
    vpi_set_resolve(set);
    if (!set->arena.failed)
        begin_build(set);
    if (!set->arena.failed)
        vpi_set_read_tables(set);
    if (!set->arena.failed && set->status == VP_OK)
        vpi_set_lint(set);
    vpi_set_sort_diagnostics(set);
}

static bool accept_any(struct span head, uint64_t file_size, struct vp_error *err)
{
    if (file_size <= CSV_BYTES_MOST)
        return true;
    vpi_fail(err, VP_E_IO, "a file of a set is larger than %d bytes", CSV_BYTES_MOST);
    return false;
}

static enum vp_status read_path(struct vp_set *set, const char *relative, bool needed,
                                struct vp_error *err)
{
    static const struct map_check check = {accept_any, 0};
    struct map map;
    const char *path = vpi_arena_printf(&set->arena, "%s/%s", set->folder, relative);
    if (!path)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a set");
    struct vp_error local;
    enum vp_status status = vpi_map_open(&map, path, MAP_COPY, &check, &set->arena, &local);
    if (status == VP_E_NOT_FOUND && !needed)
        return VP_OK;
    if (status != VP_OK) {
        if (err)
            *err = local;
        return status;
    }
    vpi_set_read_file(set, relative, map.bytes);
    vpi_map_done(&map);
    if (set->arena.failed)
        return vpi_fail(err, VP_E_MEMORY, "%s: no memory", path);
    return VP_OK;
}

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);
    return len > tail && strcmp(name + len - tail, end) == 0;
}

/* The files of one room that end in `end` or `other`; a room that isn't there is empty. */
static enum vp_status read_room(struct vp_set *set, const char *room, const char *end,
                                const char *other, struct vp_error *err)
{
    const char **names;
    size_t count;
    const char *path = vpi_arena_printf(&set->arena, "%s/%s", set->folder, room);
    if (!path)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a set");
    enum vp_status status = vpi_folder_list(path, &set->arena, &names, &count, err);
    if (status != VP_OK)
        return status == VP_E_NOT_FOUND ? VP_OK : status;
    for (size_t i = 0; i < count && status == VP_OK; i++) {
        if (!ends_in(names[i], end) && !(other && ends_in(names[i], other))) {
            struct place place = {vpi_arena_printf(&set->arena, "%s/%s", path, names[i]), 0, 0};
            if (place.file)
                vpi_set_say(set, VP_SEVERITY_WARNING, place, "not read: it ends not in %s%s%s", end,
                            other ? " or " : "", other ? other : "");
            continue;
        }
        const char *relative = vpi_arena_printf(&set->arena, "%s/%s", room, names[i]);
        const char *file = vpi_arena_printf(&set->arena, "%s/%s", path, names[i]);
        bool hashes = strcmp(room, "hashes") == 0;
        if (!relative || !file)
            status = vpi_fail(err, VP_E_MEMORY, "no memory for a set");
        else if (hashes || strcmp(room, "keys") == 0)
            add_table(set, file, file, span_of(NULL, 0), hashes);
        else
            status = read_path(set, relative, true, err);
    }
    return status;
}

/* products/VENDOR/: a room for each vendor, beside tables of products. */
static enum vp_status read_products(struct vp_set *set, struct vp_error *err)
{
    const char **names;
    size_t count;
    const char *room = vpi_arena_printf(&set->arena, "%s/products", set->folder);
    if (!room)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a set");
    enum vp_status status = vpi_folder_list(room, &set->arena, &names, &count, err);
    if (status != VP_OK)
        return status == VP_E_NOT_FOUND ? VP_OK : status;
    for (size_t i = 0; i < count && status == VP_OK; i++) {
        const char *path = vpi_arena_printf(&set->arena, "products/%s", names[i]);
        if (!path)
            return vpi_fail(err, VP_E_MEMORY, "no memory for a set");
        status = ends_in(names[i], ".csv") ? read_path(set, path, true, err)
                                           : read_room(set, path, ".yaml", NULL, err);
    }
    return status;
}

static enum vp_status read_all(struct vp_set *set, struct vp_error *err)
{
    static const char *const rooms[][3] = {
        {"vendors", ".yaml", ".csv"}, {"hashes", ".csv", NULL},  {"keys", ".csv", NULL},
        {"policies", ".yaml", NULL},  {"anchors", ".csv", NULL}, {"public-keys", ".csv", NULL}};
    const char **names;
    size_t count;
    /* The folder itself must be there. */
    enum vp_status status = vpi_folder_list(set->folder, &set->arena, &names, &count, err);
    if (status == VP_OK)
        status = read_path(set, "set.yaml", false, err);
    if (status == VP_OK)
        status = read_path(set, "gates.yaml", false, err);
    if (status == VP_OK)
        status = read_path(set, "calibration.csv", false, err);
    if (status == VP_OK)
        status = read_path(set, "common-phrases.txt", false, err);
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms && status == VP_OK; i++)
        status = read_room(set, rooms[i][0], rooms[i][1], rooms[i][2], err);
    if (status == VP_OK)
        status = read_products(set, err);
    return status;
}

static enum vp_status read_folders(struct vp_set *set, const char *const *folders, size_t count,
                                   struct vp_error *err)
{
    enum vp_status status = VP_OK;
    for (size_t i = 0; i < count && status == VP_OK; i++) {
        set->folder = vpi_arena_text(&set->arena, span_text(folders[i]));
        status = set->folder ? read_all(set, err) : VP_E_MEMORY;
    }
    if (status == VP_OK)
        vpi_set_finish(set);
    if (status == VP_OK && set->status != VP_OK) {
        status = set->status;
        if (err)
            *err = set->failure;
    }
    if (set->arena.failed)
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a set");
    return status;
}

enum vp_status vpi_set_load(const char *const *folders, size_t count,
                            const struct build_options *options, struct vp_set **ret_set,
                            struct vp_error *err)
{
    struct vp_set *set = vpi_set_new(0);
    if (!set)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a set");
    set->build_options = *options;
    enum vp_status status = read_folders(set, folders, count, err);
    if (status != VP_OK) {
        vp_set_free(set);
        return status;
    }
    *ret_set = set;
    return VP_OK;
}
