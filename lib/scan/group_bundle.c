/* group_bundle.c - Apple's bundles: programs, frameworks, kernel extensions, plug-ins
 *
 * A folder is a bundle when its Info.plist names a main executable that was scanned, whose features
 * then stand beside it (vp_feature.beside), or when a CodeResources stands beside it.  What its
 * name ends with doesn't matter here.  Paths are compared as they are written, case included: on
 * Linux X.app and x.app are two.  Of all files only those with these names and Mach-O files are
 * kept.
 */
#include "scan/bundle_path.h"
#include "scan/group.h"

#include <stdlib.h>
#include <string.h>

/* ---- while the scan gives its results */

static struct bundle_part *keep(struct bundle_parts *parts, const char *path,
                                enum vp_group_role role, size_t root_len)
{
    size_t capacity;
    if (parts->count >= GROUP_PATHS_MOST)
        return NULL;
    struct bundle_part *grown =
        vpi_group_grow(parts->items, parts->count, parts->capacity, sizeof *grown, &capacity);
    if (!grown)
        return NULL;
    parts->items = grown;
    parts->capacity = capacity;
    struct bundle_part *part = &grown[parts->count];
    *part = (struct bundle_part){.path = strdup(path), .role = role, .root_len = root_len};
    if (!part->path)
        return NULL;
    parts->count++;
    return part;
}

/* A Mach-O file that is loaded; its first slice tells of a fat one. */
static bool is_executable(const struct vp_result *result)
{
    struct vp_object object = {.size = sizeof object};
    if (vp_result_object(result, 0, &object) != VP_OK ||
        (object.format == VP_FORMAT_MACHO_FAT && vp_result_object(result, 1, &object) != VP_OK))
        return false;
    bool macho = object.format == VP_FORMAT_MACHO32 || object.format == VP_FORMAT_MACHO64;
    return macho && object.role != VP_ROLE_OBJECT && object.role != VP_ROLE_DEBUG &&
           object.role != VP_ROLE_CORE;
}

/* What the Info.plist beside a main executable says. */
static void take_features(struct bundle_part *part, const struct vp_result *result)
{
    unsigned identifier = vp_kind_from_name("bundle-id");
    unsigned version = vp_kind_from_name("product-version");
    unsigned build = vp_kind_from_name("file-version");
    const char *last_resort = NULL;
    struct vp_feature f = {.size = sizeof f};
    for (uint32_t i = 0; vp_result_feature(result, i, &f) == VP_OK; i++) {
        size_t root = f.beside && *f.beside ? vpi_bundle_of_info(f.beside) : 0;
        if (root == 0 || strncmp(f.beside, part->path, root) != 0 || part->path[root] != '/')
            continue;
        part->role = VP_GROUP_ROLE_MAIN_EXECUTABLE;
        part->root_len = root;
        vpi_group_text(&part->info, f.beside);
        if (f.kind == identifier)
            vpi_group_text(&part->identifier, f.text);
        else if (f.kind == version)
            vpi_group_text(&part->version, f.text);
        else if (f.kind == build)
            last_resort = f.text;
    }
    if (last_resort)
        vpi_group_text(&part->version, last_resort);
}

void vpi_bundles_see(struct groups *groups, const struct vp_scan_item *item)
{
    struct bundle_parts *parts = &groups->bundles;
    size_t root = vpi_bundle_of_info(item->path);
    if (root) {
        keep(parts, item->path, VP_GROUP_ROLE_INFO_PLIST, root);
    } else if ((root = vpi_bundle_of_list(item->path))) {
        keep(parts, item->path, VP_GROUP_ROLE_CODE_RESOURCES, root);
    } else if (item->result && is_executable(item->result)) {
        struct bundle_part *part = keep(parts, item->path, VP_GROUP_ROLE_EXECUTABLE, 0);
        /* Nobody looked beside another name of one file. */
        if (part && !item->hard_link)
            take_features(part, item->result);
    }
}

/* ---- when it is over */

/* A folder that may be a bundle. */
struct root {
    const char *path; /* of `len` bytes */
    size_t len;
    unsigned has;   /* bits of roles */
    uint32_t group; /* VP_NO_INDEX: it is none */
};

struct roots {
    struct root *items;
    size_t count;
};

static int compare_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_roots(const void *left, const void *right)
{
    const struct root *a = left, *b = right;
    return compare_text(a->path, a->len, b->path, b->len);
}

/* In the order of the members: by role, then by path. */
static int compare_parts(const void *left, const void *right)
{
    const struct bundle_part *a = left, *b = right;
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    return strcmp(a->path, b->path);
}

static struct root *find(const struct roots *roots, const char *path, size_t len)
{
    struct root wanted = {.path = path, .len = len};
    return roots->count ? bsearch(&wanted, roots->items, roots->count, sizeof wanted, compare_roots)
                        : NULL;
}

/* The nearest bundle around what the first `len` bytes of a path name, or NULL. */
static const struct root *around(const struct roots *roots, const char *path, size_t len)
{
    while ((len = vpi_path_above(path, len)) > 0) {
        const struct root *root = find(roots, path, len);
        if (root && root->group != VP_NO_INDEX)
            return root;
    }
    return NULL;
}

/* Every folder that some part names, each once, with what it has.  False: no memory. */
static bool collect(const struct bundle_parts *parts, struct roots *ret)
{
    struct root *items = malloc((parts->count ? parts->count : 1) * sizeof *items);
    size_t count = 0, kept = 0;
    if (!items)
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        const struct bundle_part *part = &parts->items[i];
        if (part->root_len)
            items[count++] =
                (struct root){part->path, part->root_len, 1U << part->role, VP_NO_INDEX};
    }
    if (count)
        qsort(items, count, sizeof *items, compare_roots);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_roots(&items[kept - 1], &items[i]) == 0)
            items[kept - 1].has |= items[i].has;
        else
            items[kept++] = items[i];
    }
    *ret = (struct roots){items, kept};
    return true;
}

static void make_groups(struct groups *groups, const struct roots *roots)
{
    for (size_t i = 0; i < roots->count; i++) {
        struct root *root = &roots->items[i];
        unsigned both = 1U << VP_GROUP_ROLE_INFO_PLIST | 1U << VP_GROUP_ROLE_CODE_RESOURCES;
        if (!(root->has & 1U << VP_GROUP_ROLE_MAIN_EXECUTABLE) && (root->has & both) != both)
            continue;
        if (vpi_group_new(groups, VP_GROUP_TYPE_BUNDLE, root->path, root->len))
            root->group = groups->count - 1;
    }
}

/* The name of what lies below a root. */
static const char *name_below(const char *path, size_t root_len)
{
    path += root_len;
    return path + strspn(path, "/");
}

/* Whether the Info.plist that names a main executable was scanned too. */
static bool info_was_scanned(const struct bundle_parts *parts, const struct bundle_part *part)
{
    struct bundle_part wanted = {.path = part->info, .role = VP_GROUP_ROLE_INFO_PLIST};
    return bsearch(&wanted, parts->items, parts->count, sizeof wanted, compare_parts) != NULL;
}

/* `info`: the Info.plist that the part before it told of, or NULL. */
static void add_part(struct groups *groups, const struct roots *roots,
                     const struct bundle_part *part, const char *info)
{
    const struct root *root = part->root_len ? find(roots, part->path, part->root_len)
                                             : around(roots, part->path, strlen(part->path));
    if (!root || root->group == VP_NO_INDEX)
        return;
    struct group *group = &groups->items[root->group];
    vpi_group_add(groups, group, part->role, name_below(part->path, root->len), part->path);
    if (part->identifier)
        vpi_group_text(&group->identifier, part->identifier);
    if (part->version)
        vpi_group_text(&group->version, part->version);
    if (part->info && !(info && strcmp(info, part->info) == 0) &&
        !info_was_scanned(&groups->bundles, part))
        vpi_group_add(groups, group, VP_GROUP_ROLE_INFO_PLIST, name_below(part->info, root->len),
                      NULL);
}

/* Bundles in bundles are members of the nearest one. */
static void add_inner(struct groups *groups, const struct roots *roots)
{
    for (size_t i = 0; i < roots->count; i++) {
        const struct root *inner = &roots->items[i];
        const struct root *root =
            inner->group == VP_NO_INDEX ? NULL : around(roots, inner->path, inner->len);
        if (!root)
            continue;
        const char *path = groups->items[inner->group].path;
        vpi_group_add(groups, &groups->items[root->group], VP_GROUP_ROLE_BUNDLE,
                      name_below(path, root->len), path);
    }
}

void vpi_bundles_resolve(struct groups *groups)
{
    struct bundle_parts *parts = &groups->bundles;
    struct roots roots;
    if (parts->count)
        qsort(parts->items, parts->count, sizeof *parts->items, compare_parts);
    if (!collect(parts, &roots))
        return;
    make_groups(groups, &roots);
    for (size_t i = 0; i < parts->count; i++) {
        const struct bundle_part *part = &parts->items[i];
        /* A path that was named twice is one file. */
        if (i == 0 || compare_parts(&part[-1], part) != 0)
            add_part(groups, &roots, part, i ? part[-1].info : NULL);
    }
    add_inner(groups, &roots);
    free(roots.items);
}

void vpi_bundles_free(struct bundle_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        free(parts->items[i].path);
        free(parts->items[i].info);
        free(parts->items[i].identifier);
        free(parts->items[i].version);
    }
    free(parts->items);
}
