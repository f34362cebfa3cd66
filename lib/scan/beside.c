/* beside.c - catalogs in the folder of a file, and in the one above
 *
 * A driver package has one or a few, and often parts its files by machine into folders below them.
 * Where there are more, as in a CatRoot, they are the caller's to name, so that they are read once
 * and not by each thread.
 */
#include "scan/beside.h"

#include <stdlib.h>
#include <string.h>

enum { BESIDE_CATALOGS_MOST = 64, BESIDE_MEMORY_MOST = 16 << 20 };

static const struct vp_catalogs_options options = {.size = sizeof options,
                                                   .flags = VP_CATALOGS_FLAT,
                                                   .catalogs = BESIDE_CATALOGS_MOST,
                                                   .memory = BESIDE_MEMORY_MOST};

bool vpi_is_catalog_name(const char *path)
{
    static const char end[] = ".cat";
    size_t len = strlen(path);
    if (len < sizeof end)
        return false;
    for (size_t i = 0; i < sizeof end - 1; i++) {
        char c = path[len - (sizeof end - 1) + i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != end[i])
            return false;
    }
    return true;
}

/* The length of the folder in which `len` bytes of a path lie: 0 for the current one.  False: no
 * words tell it. */
static bool above(const char *path, size_t len, size_t *ret_len)
{
    size_t end = len;
    while (end > 0 && path[end - 1] != '/')
        end--;
    const char *name = path + end;
    if (len == end || (name[0] == '.' && (len - end == 1 || (name[1] == '.' && len - end == 2))))
        return false;
    while (end > 1 && path[end - 1] == '/')
        end--;
    *ret_len = end;
    return true;
}

/* The folder of a file and the one above it; returns how many. */
static size_t places(const char *path, size_t ret_lens[BESIDE_PLACES])
{
    size_t count = 0, len = strlen(path);
    while (count < BESIDE_PLACES && above(path, len, &len))
        ret_lens[count++] = len;
    return count;
}

static char *folder_path(const char *path, size_t len)
{
    return len ? strndup(path, len) : strdup(".");
}

enum vp_status vp_catalogs_beside(const char *path, struct vp_catalogs **ret_catalogs,
                                  struct vp_error *err)
{
    struct vp_catalogs_options both = options;
    char *folders[BESIDE_PLACES] = {NULL};
    size_t lens[BESIDE_PLACES], count = places(path, lens);
    enum vp_status status = VP_OK;
    both.catalogs *= BESIDE_PLACES;
    for (size_t i = 0; i < count; i++) {
        folders[i] = folder_path(path, lens[i]);
        if (!folders[i])
            status = VP_E_MEMORY;
    }
    if (status == VP_OK)
        status = vp_catalogs_open((const char *const *)folders, count, &both, ret_catalogs, err);
    else if (err)
        *err = (struct vp_error){.status = status, .text = "no memory for a path"};
    for (size_t i = 0; i < count; i++)
        free(folders[i]);
    return status;
}

static void forget(struct beside_folder *folder)
{
    vp_catalogs_unref(folder->catalogs);
    free(folder->path);
    *folder = (struct beside_folder){.path = NULL};
}

/* The catalogs of a folder, or NULL when it has none or can't be listed. */
static struct vp_catalogs *catalogs_of(struct beside *beside, const char *path, size_t len)
{
    struct beside_folder *oldest = &beside->folders[0];
    beside->clock++;
    for (size_t i = 0; i < BESIDE_FOLDERS; i++) {
        struct beside_folder *folder = &beside->folders[i];
        if (folder->path && strlen(folder->path) == len && memcmp(folder->path, path, len) == 0) {
            folder->used = beside->clock;
            return folder->catalogs;
        }
        if (folder->used < oldest->used)
            oldest = folder;
    }
    forget(oldest);
    char *listed = folder_path(path, len);
    oldest->path = strndup(path, len);
    oldest->used = beside->clock;
    const char *const folders[] = {listed};
    struct vp_catalogs_info info = {.size = sizeof info};
    if (listed && vp_catalogs_open(folders, 1, &options, &oldest->catalogs, NULL) == VP_OK)
        vp_catalogs_info(oldest->catalogs, &info);
    free(listed);
    if (info.catalogs == 0 && oldest->catalogs) {
        vp_catalogs_unref(oldest->catalogs);
        oldest->catalogs = NULL;
    }
    return oldest->catalogs;
}

void vpi_beside_set(struct beside *beside, struct vp_session *session, const char *path, bool some)
{
    size_t lens[BESIDE_PLACES];
    size_t count = some && !vpi_is_catalog_name(path) ? places(path, lens) : 0;
    beside->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct vp_catalogs *catalogs = catalogs_of(beside, path, lens[i]);
        if (catalogs)
            beside->now[beside->count++] = catalogs;
    }
    (void)vp_session_set_beside(session, beside->now, beside->count, NULL);
}

void vpi_beside_key(const struct beside *beside, struct vp_key *key)
{
    for (size_t i = 0; i < beside->count; i++) {
        struct vp_catalogs_info info = {.size = sizeof info};
        struct {
            uint64_t low, high;
            char digest[sizeof info.digest];
        } parts = {key->low, key->high, ""};
        vp_catalogs_info(beside->now[i], &info);
        memcpy(parts.digest, info.digest, sizeof parts.digest);
        *key = vp_key_make(0, &parts, sizeof parts.low + sizeof parts.high + sizeof parts.digest);
    }
}

void vpi_beside_done(struct beside *beside)
{
    for (size_t i = 0; i < BESIDE_FOLDERS; i++)
        forget(&beside->folders[i]);
    beside->count = 0;
}
